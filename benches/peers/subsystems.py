"""Reduced states and Schmidt spectra of given states against NumPy, SciPy and what is installed.

Run it with nothing else going on: ``python benches/peers/subsystems.py [ROW ...]``. Peers that are
not installed are left out and named. Each library uses the threads it uses by default. Gflop/s
count the half of the product that a Hermitian result needs; the limit is that half at the peak of
a matrix product, measured first.

Small states do not reach it, since they come from memory and results go there. Measured on a core
of 104 Gflop/s, for a ket of 12 qubits that keeps 6: the half product takes 10 us, reading the ket
2.4 us, writing the result past the caches 2.5 us. In cache the work takes 16 us, of which 1.5 to
2.5 us are packing and 1.4 us the mirror image; each of 1000 kets takes 19 to 23 us.
"""

import argparse
import importlib.util
import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from comparison import OURS, Limit, compare
from scipy.linalg.blas import zherk

import typicality as ty
from typicality import _core

Array = npt.NDArray[np.complex128]
Work = dict[str, Callable[[], object]]
PEERS = ("quimb", "qutip", "qiskit")


def states(size: int, qubits: int) -> Array:
    """Draw normalized states."""
    return ty.quantum.haar_states(2**qubits, size, rng=1)


def matrix(psi: Array, qubits: int, keep: Sequence[int]) -> Array:
    """Permute the axes of states so that those to keep come first: one copy by NumPy."""
    return permuted_view(psi, qubits, keep).reshape(len(psi), 2 ** len(keep), -1)


def permuted_view(psi: Array, qubits: int, keep: Sequence[int]) -> Array:
    """Permute the axes of states so that those to keep come first, without a copy."""
    rest = [qubit for qubit in range(qubits) if qubit not in keep]
    axes = [0, *(1 + qubit for qubit in [*keep, *rest])]
    return psi.reshape(len(psi), *[2] * qubits).transpose(axes)


def by_numpy(psi: Array, qubits: int, keep: Sequence[int]) -> Array:
    """Permute and multiply as one writes it by hand."""
    a = matrix(psi, qubits, keep)
    return a @ a.conj().swapaxes(-1, -2)


def spectra_by_numpy(psi: Array, qubits: int, keep: Sequence[int]) -> npt.NDArray[np.float64]:
    """Take the singular values as one writes it by hand."""
    return np.linalg.svd(matrix(psi, qubits, keep), compute_uv=False) ** 2


def by_peers(psi: Array, qubits: int, keep: Sequence[int]) -> Work:
    """Return the partial traces of the packages that are installed, state by state."""
    work: Work = {}
    if installed("quimb"):
        import quimb

        kets = [quimb.qu(state, qtype="ket") for state in psi]
        work["quimb"] = lambda: [ket.ptr([2] * qubits, keep) for ket in kets]
    if installed("qutip"):
        import qutip

        dims = [[2] * qubits, [1] * qubits]
        objects = [qutip.Qobj(state[:, None], dims=dims) for state in psi]
        work["QuTiP"] = lambda: [state.ptrace(keep) for state in objects]
    if installed("qiskit"):
        from qiskit.quantum_info import Statevector, partial_trace

        # Its subsystem 0 is the last one of ours.
        traced = [qubits - 1 - qubit for qubit in range(qubits) if qubit not in keep]
        vectors = [Statevector(state) for state in psi]
        work["Qiskit"] = lambda: [partial_trace(vector, traced) for vector in vectors]
    return work


def installed(name: str) -> bool:
    """Whether a library is there to be compared with."""
    return importlib.util.find_spec(name) is not None


def peak() -> float:
    """Measure flops a second of NumPy's complex matrix product, the best of several."""
    a = states(1024, 10)
    best = math.inf
    for _ in range(7):
        start = time.perf_counter()
        a @ a
        best = min(best, time.perf_counter() - start)
    return 8 * 1024**3 / best


def reduced(size: int, qubits: int, keep: Sequence[int], flops: float) -> None:
    """Compare reduced density matrices: the compiled kernel, the public door, the others."""
    psi = states(size, qubits)
    dims, kept = [2] * qubits, list(keep)
    half = 4.0 * psi.size * 2 ** len(kept)
    work: Work = {
        OURS: partial(_core.reduced_density_matrix, psi, dims, kept),
        "typicality, checked": partial(ty.quantum.reduced_density_matrix, psi, dims, kept),
        "NumPy": partial(by_numpy, psi, qubits, kept),
    }
    if size == 1:
        permuted = np.asfortranarray(matrix(psi, qubits, kept)[0])
        work["SciPy zherk, permuted before"] = partial(zherk, 1.0, permuted)
    work |= by_peers(psi, qubits, kept)
    limit = Limit(half / flops, f"{half / 1e9:.3g} Gflop at {flops / 1e9:.0f} a second")
    compare(f"{size} x {qubits} qubits, keep {kept}", work, limit=limit)


def large_states(flops: float) -> None:
    """Reduce one large state, to qubits that stand together or apart."""
    for keep in (range(10), range(0, 20, 2), range(1, 20, 2)):
        reduced(1, 20, keep, flops)
    for keep in (range(8), range(0, 24, 3)):
        reduced(1, 24, keep, flops)


def small_states(flops: float) -> None:
    """Reduce many small states, to new arrays and to arrays that are there."""
    for keep in (range(6), range(0, 12, 2)):
        reduced(1000, 12, keep, flops)
        reduced_in_place(1000, 12, keep, flops)


def reduced_in_place(size: int, qubits: int, keep: Sequence[int], flops: float) -> None:
    """Compare reduced density matrices without fresh memory, as in a loop over batches."""
    psi = states(size, qubits)
    dims, kept = [2] * qubits, list(keep)
    d_keep = 2 ** len(kept)
    out = np.empty((size, d_keep, d_keep), dtype=complex)
    permuted = np.empty((size, d_keep, psi.shape[-1] // d_keep), dtype=complex)
    conjugate = np.empty_like(permuted)

    def by_hand() -> Array:
        view = permuted_view(psi, qubits, kept)
        np.copyto(permuted.reshape(view.shape), view)
        np.conjugate(permuted, out=conjugate)
        return np.matmul(permuted, conjugate.swapaxes(-1, -2), out=out)

    def by_hand_in_order() -> Array:
        given = psi.reshape(permuted.shape)
        np.conjugate(given, out=conjugate)
        return np.matmul(given, conjugate.swapaxes(-1, -2), out=out)

    in_order = kept == list(range(len(kept)))
    half = 4.0 * psi.size * d_keep
    work: Work = {
        OURS: partial(ty.quantum.reduced_density_matrix, psi, dims, kept, out=out),
        "NumPy, matmul(..., out=)": by_hand_in_order if in_order else by_hand,
    }
    limit = Limit(half / flops, f"{half / 1e9:.3g} Gflop at {flops / 1e9:.0f} a second")
    compare(f"{size} x {qubits} qubits, keep {kept}, out=", work, limit=limit)


def schmidt_spectra(flops: float) -> None:
    """Take the Schmidt spectra of many small states."""
    psi = states(1000, 12)
    dims = [2] * 12
    # Bidiagonalization of each 64 x 64 matrix, at half of the peak.
    count = len(psi) * 32 / 3 * 64**3
    limit = Limit(2 * count / flops, "bidiagonalization at half of peak")
    for keep in (list(range(6)), list(range(0, 12, 2))):
        work: Work = {
            OURS: partial(_core.schmidt_spectrum, psi, dims, keep),
            "typicality, checked": partial(ty.quantum.schmidt_spectrum, psi, dims, keep),
            "NumPy": partial(spectra_by_numpy, psi, 12, keep),
        }
        compare(f"Schmidt spectra, 1000 x 12 qubits, keep {keep}", work, limit=limit)


ROWS: dict[str, Callable[[float], None]] = {
    "large": large_states,
    "small": small_states,
    "spectra": schmidt_spectra,
}


def main() -> None:
    """Run the rows that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all by default"
    )
    chosen = parser.parse_args().rows or list(ROWS)
    unknown = [row for row in chosen if row not in ROWS]
    if unknown:
        parser.error(f"no row is called {', '.join(unknown)}; there are {', '.join(ROWS)}")
    missing = [name for name in PEERS if not installed(name)]
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    flops = peak()
    print(f"{ty.__version__}, {_core.get_threads()} threads, {flops / 1e9:.0f} Gflop/s peak")
    for row in chosen:
        ROWS[row](flops)


if __name__ == "__main__":
    main()
