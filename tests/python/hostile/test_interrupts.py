"""Ctrl-C at random moments of long calls: it is answered at once, and leaving Python is orderly.

Each interrupt has an interpreter of its own, which works until it is stopped, says when it heard of
it, and leaves. On a busy machine the time that the process waited for a processor does not count:
the kernel keeps it for every thread, and the longest wait is taken off.
"""

import ast
import dataclasses
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

_SECONDS = 0.5
_PREPARATION = """
import signal, sys, time
import numpy as np
import typicality as ty
from pathlib import Path
q, n = ty.quantum, ty.networks
# A shell's background jobs ignore Ctrl-C, and their children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
def waited():
    tasks = Path("/proc/self/task").glob("*/schedstat")
    return {task.parent.name: int(task.read_text().split()[1]) for task in tasks}
"""
_WORK = """
print("ready", flush=True)
try:
    while True:
        {work}
except KeyboardInterrupt:
    heard = time.monotonic()
    print(heard, waited(), flush=True)
    {leave}
"""
_CLI = "assert main({words}) == 130; raise KeyboardInterrupt"

# What is prepared, and what is then done over and over: a second each or more, as a rule.
CALLS = {
    "dense diagonalization": (
        "h = q.ising_chain(11, transverse=-1.05, longitudinal=0.5)",
        "q.EnergyShell.from_hamiltonian(h, window=(-1.0, 1.0))",
    ),
    "complex diagonalization with progress": (
        "h = q.syk(20, rng=1)",
        "q.EnergyShell.from_hamiltonian(h, window=(-1.0, 1.0), progress=lambda *_: None)",
    ),
    "typicality run concentration": (
        "from typicality.cli import main",
        _CLI.format(words='["run", "concentration", "--n-spins", "12", "--seed", "1"]'),
    ),
    "typicality reproduce": (
        "import tempfile\nfrom typicality.cli import main\nfolder = tempfile.TemporaryDirectory()",
        _CLI.format(words='["reproduce", "--out", folder.name]'),
    ),
    "random states": ("", "q.haar_states(2**16, 256, rng=1)"),
    "Schmidt spectra": ("", "q.haar_schmidt_spectra(256, 256, size=2000, rng=1)"),
    "Lanczos": (
        "h = q.ising_chain(15, transverse=-1.05, longitudinal=0.5)",
        "q.EnergyShell.from_hamiltonian(h, center=-np.inf, n_states=80)",
    ),
    "microcanonical states": (
        "h = q.ising_chain(15, transverse=-1.05, longitudinal=0.5)",
        "q.microcanonical_states(h, 0.0, 0.1, 10, rng=1)",
    ),
    "states of a large shell": (
        "s = q.EnergyShell(np.arange(2048.0), np.eye(4096)[:, :2048])",
        "s.sample(1000, rng=1)",
    ),
    "restriction to a large shell": (
        "s = q.EnergyShell(np.arange(2048.0), np.eye(4096)[:, :2048])\n"
        "o = q.local_sum(q.pauli('X'), 12)",
        "s.observable_spectrum(o)",
    ),
    "long chain": ("", "q.ising_chain(20, transverse=-1.05, longitudinal=0.5)"),
    "check of a long chain": (
        "h = q.ising_chain(18, transverse=-1.05, longitudinal=0.5)\n"
        "from typicality.quantum._operators.hermitian import hermitian_operator",
        "hermitian_operator(h, 'h')",
    ),
    "tangent kernels": (
        "rho = q.haar_reduced_states(32, 64, 100, rng=1)",
        "q.tangent_kernel(rho)",
    ),
    "fidelity": (
        "rho, sigma = q.haar_reduced_states(700, 900, 2, rng=1)",
        "q.fidelity(rho, sigma)",
    ),
    "entropies": (
        "rho = q.haar_reduced_states(900, 1000, rng=1)",
        "q.von_neumann_entropy(rho)",
    ),
    "tangent kernel of a network": (
        "mlp = n.MLP((64, 512, 512, 1), 'tanh')\n"
        "theta, x = mlp.init(rng=1), n.sphere_inputs(3000, 64, rng=2)",
        "n.empirical_ntk(mlp, theta, x)",
    ),
    "nearest minimum": (
        "mlp = n.MLP((16, 400, 1), 'tanh')\n"
        "theta, x = mlp.init(rng=1), n.sphere_inputs(5000, 16, rng=2)",
        "n.nearest_minimum(mlp, theta, x, x[:, :1])",
    ),
    "least squares": (
        "a = np.random.default_rng(0).standard_normal((1200, 2400)); b = np.ones(1200)",
        "n.minimum_norm(a, b)",
    ),
    "page curve": (
        "from typicality.experiments import PageCurve",
        "PageCurve(n_qubits=16, n_samples=20).run(rng=1)",
    ),
}
# In the checks of every change: one moment each.
QUICK = (
    "dense diagonalization",
    "typicality run concentration",
    "random states",
    "Lanczos",
    "microcanonical states",
    "restriction to a large shell",
    "tangent kernels",
    "tangent kernel of a network",
)
EACH = 200 // len(CALLS) + 1


@dataclasses.dataclass(frozen=True)
class Stopped:
    """What came of one interrupt."""

    heard: float
    """Seconds until it was answered, without the longest wait of a thread for a processor."""
    left: float
    """Seconds from then until the process was gone."""
    waited: float
    code: int
    errors: str


def interrupt(name: str, seconds: float) -> Stopped:
    """Stop a call so long after it began."""
    preparation, work = CALLS[name]
    leave = "sys.exit(130)" if "main(" in work else "raise"
    code = _PREPARATION + preparation + _WORK.format(work=work, leave=leave)
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    while (line := child.stdout.readline()) != "ready\n":
        assert line, child.communicate()[1]
    time.sleep(seconds)
    before = waits(child.pid)
    sent = time.monotonic()
    child.send_signal(signal.SIGINT)
    output, errors = child.communicate(timeout=120)
    gone = time.monotonic()
    words = [line for line in output.splitlines() if "{" in line]
    assert words, (name, child.returncode, output, errors)
    moment, _, rest = words[-1].partition(" ")
    after: dict[str, int] = ast.literal_eval(rest)
    waited = max((after[task] - before.get(task, 0) for task in after), default=0) / 1e9
    heard = float(moment) - sent
    return Stopped(heard - waited, gone - float(moment), waited, child.returncode, errors)


def waits(process: int) -> dict[str, int]:
    """Nanoseconds that each thread has waited for a processor; nothing where Linux is not asked."""
    tasks = Path(f"/proc/{process}/task").glob("*/schedstat")
    return {task.parent.name: int(task.read_text().split()[1]) for task in tasks}


def check(name: str, found: Stopped) -> None:
    assert found.heard < _SECONDS, (name, found)
    # Python ends itself by the signal after an interrupt that nobody caught.
    expected = 130 if "main(" in CALLS[name][1] else -signal.SIGINT
    assert found.code == expected, (name, found)


@pytest.mark.parametrize("name", QUICK)
def test_ctrl_c_is_answered(name: str) -> None:
    check(name, interrupt(name, 0.7))


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_ctrl_c_at_random_moments(name: str) -> None:
    moments = random.Random(name)
    for _ in range(EACH):
        check(name, interrupt(name, moments.uniform(0.0, 3.0)))
