"""Calls of everything public with nonsense: call number i is the same call in every run.

Run as a program it makes the calls FIRST to LAST and writes a line of JSON before each of them and
for each that went wrong, so that whoever reads can tell which one crashed or hangs.
"""

import faulthandler
import inspect
import json
import signal
import sys
import time
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import aslinearoperator
from sklearn import datasets

import typicality as ty

CLEAR = (ValueError, TypeError, MemoryError, ty.errors.ConvergenceError)
# Nonsense may be the name of a file that cannot be read or written.
FILE_ERRORS = {"report": (OSError,), "experiments": (OSError,)}
# A call may be long, for nonsense can ask for much; it must then stop when it is told to.
LONG_SECONDS = 2.0
# So soon, on a busy machine.
DEAF_SECONDS = 2.0
# After so long without an answer to the alarm the process is given up.
HANGING_SECONDS = 60.0


class TooLong(BaseException):
    """Raised by the alarm inside a call that takes long."""


class Hostile:
    """Raises whatever it is asked."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array here")

    def __float__(self):
        raise KeyError("no float here")

    def __index__(self):
        raise ZeroDivisionError("no index here")

    def __len__(self):
        return -1

    def __repr__(self):
        raise RuntimeError("no text here")


def misaligned(array):
    return (
        np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:].view(array.dtype).reshape(array.shape)
    )


KET = np.array([0.6, 0.0, 0.8j, 0.0])
RHO = np.diag([0.5, 0.25, 0.25, 0.0]).astype(complex)
HAMILTONIAN = np.diag([0.0, 1.0, 1.5, 3.0]) + 0.1 * np.ones((4, 4))
MLP = ty.networks.MLP((2, 3, 1), activation="tanh")
THETA = MLP.init(rng=1)
X = np.array([[0.3, -1.0], [0.7, 0.2], [-0.4, 0.9]])
Y = np.array([[0.1], [0.2], [-0.3]])
SHELL = ty.quantum.EnergyShell([0.0, 1.0], np.eye(4)[:, :2])
QOBJ = SimpleNamespace(full=lambda: RHO, dims=[[2, 2], [2, 2]], shape=(4, 4), type="oper")
STATEVECTOR = SimpleNamespace(data=KET, dims=lambda: (2, 2))

# Arguments that make sense, by their names: beside them nonsense reaches further.
SENSE: dict[str, list[Any]] = {
    "rho": [RHO, RHO[None], RHO.astype("c8")],
    "sigma": [RHO, np.eye(4) / 4],
    "matrix": [RHO, 2 * RHO],
    "state": [KET, RHO, np.eye(4)],
    "psi": [KET, KET.real / 0.6, KET[None]],
    "dims": [(2, 2), [4], (2, 1, 2)],
    "keep": [0, [1], ()],
    "keep_a": [0, []],
    "keep_b": [1],
    "subsystems": [0, [1, 0]],
    "alpha": [0.5, [0, 1, np.inf]],
    "base": [None, 2],
    "tolerance": [None, 1e-6],
    "d": [3, 4],
    "d_a": [2, 4, 2**40],
    "d_b": [3, 4, 2**70],
    "n": [3, 5],
    "m": [3],
    "p": [2, [0.5, 0.5]],
    "size": [None, 2, (2, 3)],
    "field": ["complex", "real"],
    "rng": [None, 1],
    "dtype": [None, "f4", np.float64],
    "spectrum": [[0.5, 1.5]],
    "orders": [[1, 2]],
    "order": [2, 3],
    "diagonal": [[0.0, 1.0, 2.0]],
    "off_diagonal": [[0.5, 0.5]],
    "eigenvalues": [[0.0, 1.0, 3.0]],
    "multiplicities": [None, [1, 2, 3]],
    "x": [X, [0.5, 1.0], 0.3],
    "x2": [None, X[:2]],
    "y": [Y],
    "energies": [[0.0, 1.0]],
    "basis": [np.eye(4)[:, :2]],
    "hamiltonian": [HAMILTONIAN, sparse.csr_array(HAMILTONIAN), aslinearoperator(HAMILTONIAN)],
    "observable": [HAMILTONIAN, sparse.csr_array(HAMILTONIAN)],
    "operator": [HAMILTONIAN, np.diag([1.0, -1.0])],
    "observables": [HAMILTONIAN[None]],
    "window": [(-1.0, 2.0), (0, np.inf)],
    "center": [None, 1.0],
    "n_states": [None, 2],
    "energy": [1.0],
    "width": [1.0],
    "times": [1.0, [0.0, 2.0]],
    "progress": [None, lambda *_: None],
    "mlp": [MLP],
    "theta": [THETA, MLP.init(2, rng=1)],
    "theta0": [THETA],
    "widths": [(2, 3, 1)],
    "activation": ["tanh", "relu"],
    "max_steps": [3],
    "kernel": [HAMILTONIAN],
    "residual": [np.ones(4)],
    "targets": [np.ones(4)],
    "features": [HAMILTONIAN],
    "v": [np.ones(3), THETA],
    "u": [THETA, np.ones((3, 1))],
    "qobj": [QOBJ],
    "qargs": [0, [0, 1]],
    "c": [0.5, 2.0],
    "q": [0.5],
    "string": ["XZ"],
    "epsilon": [0.1],
    "spread": [1.0],
    "norm": [1.0],
    "variance": [1.0],
    "n_params": [[10.0, 20.0, 40.0, 80.0]],
    "smallest_eigenvalue": [[0.0, 1.0, 2.0, 4.0]],
    "trace": [[10.0, 20.0, 40.0, 80.0]],
    "n_constraints": [15],
    "n_in": [2],
    "n_features": [5],
    "n_samples": [10, 1],
    "noise_variance": [0.1],
    "signal_norm_squared": [1.0],
    "n_majorana": [4],
    "coupling": [1.0],
    "transverse": [1.0],
    "anisotropy": [0.5],
    "magnetization": [None, 1],
    "beta": [1.0],
    "shape": [3, (2, 2)],
}

NONSENSE: list[Any] = [
    None, True, False, "complex", "nonsense", "", b"bytes", object(), Hostile(), type, abs,
    -1, 0, 1, 2, 3, 7, 2**40, 2**62, 2**63, 2**64, 2**500, 10**5000, -(2**70), -(10**5000),
    0.0, -0.0, 0.5, 1.0, 2.0, -2.5, 1e-300, 5e-324, 1e300, np.nan, np.inf, -np.inf,
    1j, 1 + 0j, complex(np.nan, 1), np.int8(2), np.uint64(2**63), np.float16(0.5), np.float32(0.5),
    np.longdouble("1e4000"), np.complex64(1j), np.bool_(True), np.str_("x"), np.bytes_(b"1"),
    np.datetime64("2026-01-01"), np.datetime64("NaT"), np.timedelta64(3, "s"), np.void(b"ab"),
    (), [], {}, set(), {"a": 1}, {1, 2}, range(3), (2, 2), (2, 0), [2, 2], [0], (0, 1), (0, 0),
    (-1,), [[]], [[1, 2], [3]], [[[1]]], [None, 1], ["a", 1.0], [1, 2.5, 3j], [2**70, 0.5],
    [10**5000], [1.0, np.nan], [np.ma.masked, 1.0], (x for x in (1, 2)), iter([1]), slice(3),
    np.ma.masked, np.ma.array([0.6, 0.8], mask=[False, True]), np.ma.array(RHO),
    KET, KET.real, KET[::2], KET[:, None], RHO, RHO[None], RHO[:, :3], RHO[:0], RHO[:0, :0],
    np.nan * RHO, np.full((4, 4), np.inf), 2 * RHO, -RHO, 1e200 * RHO, 1e-200 * RHO, RHO + 1e-3j,
    misaligned(RHO), misaligned(KET), misaligned(np.eye(4)), np.eye(4)[::-1], np.asfortranarray(X),
    np.eye(4).astype(">f8"), np.eye(4, dtype="f2"), np.eye(4, dtype="g"), np.eye(4, dtype=bool),
    np.eye(4, dtype="i1"), np.eye(4, dtype=object), np.array(3), np.array(0.5), np.array(1j),
    np.array([]), np.zeros((0, 4)), np.zeros((4, 0)), np.zeros((2, 0, 3)), np.ones((1,) * 40),
    np.ones((2, 3)), np.ones((3, 2), dtype="f4"), np.ones((2, 1)), np.zeros((2, 2, 2)),
    np.array(["a"]), np.array([b"1"]), np.array([object()]), np.array(["2026"], dtype="M8[D]"),
    np.array([1], dtype="m8[s]"), np.zeros(2, dtype=[("a", float)]), np.zeros(2, dtype="V4"),
    np.array([2**63], dtype="u8"), np.array([[np.inf, 1.0], [1.0, 0.0]]), X, Y, THETA, HAMILTONIAN,
    1e155 * HAMILTONIAN, -1e-160 * HAMILTONIAN, sparse.csr_array(HAMILTONIAN),
    sparse.coo_array((0, 0)), sparse.csr_array(np.nan * HAMILTONIAN), aslinearoperator(HAMILTONIAN),
    np.broadcast_to(np.float64(0.5), (10**6,) * 2)[:3, :3], np.random.default_rng(1),
    np.random.RandomState(1), np.random.SeedSequence(1), MLP, SHELL, QOBJ, STATEVECTOR,
    lambda *_: 0.0, lambda: None, memoryview(b"abc"), bytearray(b"abc"), Exception("x"), Ellipsis,
    NotImplemented,
]  # fmt: skip

# Records of results hold what they are given; the reproduction starts every experiment.
RECORDS = {
    "Certificate", "KernelRegression", "LinearizedMLP", "Minima", "Minimum", "Reproduction",
    "Samples", "Step", "Teacher", "ThresholdFit", "Training", "reproduce",
}  # fmt: skip


def targets() -> dict[str, Callable[..., Any]]:
    """Return functions, classes and methods of instances, by name."""
    found: dict[str, Callable[..., Any]] = {"typicality.threads": ty.threads}
    modules = (ty.spectra, ty.quantum, ty.networks, ty.interop.qutip, ty.interop.qiskit)
    for module in modules:
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value) and name not in RECORDS:
                found[f"{module.__name__}.{name}"] = value
    for module in (ty.experiments, ty.correspondence, ty.plots, ty.report):
        for name in module.__all__:
            value = getattr(module, name)
            if callable(value) and name not in RECORDS:
                found[f"{module.__name__}.{name}"] = value
    instances = [
        ty.spectra.MarchenkoPastur(0.5),
        ty.spectra.MarchenkoPastur(2.5, 2.0),
        ty.quantum.smallest_schmidt_law(3, 3),
        SHELL,
        MLP,
        ty.networks.RandomFeatures(2, 5, "relu", rng=1),
        ty.networks.linearize(MLP, THETA),
    ]
    for number, instance in enumerate(instances):
        kind = type(instance).__name__
        for name in dir(type(instance)):
            value = getattr(instance, name)
            if callable(value) and (not name.startswith("_") or name == "__call__"):
                found[f"{number}: {kind}.{name}"] = value
    return found


TARGETS = targets()
NAMES = list(TARGETS)


def make(number: int) -> tuple[str, list[Any], dict[str, Any]]:
    """Return the name, arguments and keywords of a call."""
    generator = np.random.default_rng([20260101, number])
    name = NAMES[number % len(NAMES)]
    try:
        parameters = inspect.signature(TARGETS[name]).parameters.values()
    except ValueError:
        parameters = ()
    # Few of the arguments are nonsense in one half of the calls, most in the other.
    share = generator.choice([0.2, 0.8])

    def pick(parameter: inspect.Parameter) -> Any:
        sense = SENSE.get(parameter.name, [])
        if sense and generator.random() > share:
            return sense[generator.integers(len(sense))]
        return NONSENSE[generator.integers(len(NONSENSE))]

    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    skipped = False
    for parameter in parameters:
        required = parameter.default is inspect.Parameter.empty
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
            continue
        if not required and generator.random() < 0.6:
            skipped = True
            continue
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY or skipped:
            keywords[parameter.name] = pick(parameter)
        else:
            arguments.append(pick(parameter))
    return name, arguments, keywords


def shown(value: Any) -> str:
    try:
        text = " ".join(repr(value).split())
    except Exception as error:
        text = f"{type(value).__name__} without text ({type(error).__name__})"
    return text[:100]


def outcome(number: int) -> str:
    """Make a call; return what is wrong with how it ended, nothing if nothing is."""
    name, arguments, keywords = make(number)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        signal.setitimer(signal.ITIMER_REAL, LONG_SECONDS)
        try:
            TARGETS[name](*arguments, **keywords)
            wrong = ""
        except TooLong:
            late = time.monotonic() - alarm.at
            wrong = f"deaf for {late:.1f} s" if late > DEAF_SECONDS else ""
        except (*CLEAR, *FILE_ERRORS.get(name.partition(".")[2].partition(".")[0], ())) as error:
            words = str(error).split()
            wrong = "" if len(words) > 3 else f"{type(error).__name__} says too little: {error}"
        except BaseException as error:
            wrong = f"{type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    if caught and not wrong:
        wrong = f"warning {caught[0].category.__name__}: {caught[0].message}"
    if not wrong:
        return ""
    said = ", ".join([*map(shown, arguments), *(f"{k}={shown(v)}" for k, v in keywords.items())])
    return f"{wrong} <- {name}({said})"


def alarm(*_: object) -> None:
    alarm.at = time.monotonic()
    raise TooLong


alarm.at = 0.0


def write(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(first: int, last: int) -> None:
    # Interrupted in the middle, their first import would leave half a module behind.
    datasets.load_iris()
    ty.report.draw(
        ty.experiments.Relaxation(n_spins=(4, 5), n_times=5, n_late=20, n_states=4).run(rng=1)
    )
    signal.signal(signal.SIGALRM, alarm)
    for number in range(first, last):
        write(begun=number)
        # A watchdog that needs no interpreter: it ends what holds on to it.
        faulthandler.dump_traceback_later(HANGING_SECONDS, exit=True)
        wrong = outcome(number)
        faulthandler.cancel_dump_traceback_later()
        if wrong:
            write(number=number, wrong=wrong)
    write(done=last)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
