"""Every kernel of the sampling engine on small work of each kind, for the tests of its bits.

Run as a program it prints the instruction set in force and a digest of each kernel's results.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator

import numpy as np

from typicality import _core

KEY = bytes(range(32))
LEVELS = np.linspace(-1.0, 1.0, 9)
MANY_LEVELS = np.linspace(-1.0, 1.0, 9000)
N_GIVEN = 70
_NORMALS = _core.standard_normals(KEY, b"given", 0, 4 * N_GIVEN, 2 * 144 * 144, False)

# (first sample, number of samples) -> results, one a sample.
Kernel = Callable[[int, int], np.ndarray]


def draws() -> Iterator[tuple[str, Kernel]]:
    """Yield the draws by name, for both fields and both precisions."""
    for beta in (1, 2):
        for single in (False, True):
            kind = f"beta {beta}, {'single' if single else 'double'}"
            for name, arguments in (
                ("haar_states", (100,)),
                ("haar_unitaries", (9,)),
                ("haar_unitaries", (40,)),
                ("haar_isometries", (300, 3)),
                ("haar_reduced_states", (8, 2.0**40)),
                ("haar_reduced_states", (70, 9.0)),
                ("haar_schmidt_spectra", (20, 30.0)),
                ("haar_schmidt_spectra", (5, 5.0)),
                ("wishart_matrices", (70, 90.0)),
                ("wishart_eigenvalues", (20, 20.0)),
                ("gaussian_matrices", (33,)),
            ):
                yield (
                    f"{name}{arguments}, {kind}",
                    lambda first, count, name=name, arguments=arguments, beta=beta, single=single: (
                        getattr(_core, name)(KEY, first, count, *arguments, beta, single)
                    ),
                )
        for m, order in ((300, 2), (30, 3), (5, 9)):
            yield (
                f"haar_power_traces{m, order}, beta {beta}",
                lambda first, count, m=m, order=order, beta=beta: _core.haar_power_traces(
                    KEY, first, count, m, 400.0, order, beta
                ),
            )
        for levels in (LEVELS, MANY_LEVELS):
            yield (
                f"haar_expectations of {levels.size} levels, beta {beta}",
                lambda first, count, levels=levels, beta=beta: _core.haar_expectations(
                    KEY, first, count, levels, np.full(levels.size, 3.0), beta
                ),
            )


def functions() -> Iterator[tuple[str, Kernel]]:
    """Yield the functions of given arrays by name; sample i is the same array in every call."""
    for kind in (np.float64, np.float32, np.complex128, np.complex64):
        name = np.dtype(kind).name

        def given(first: int, count: int, length: int, kind: type = kind) -> np.ndarray:
            taken = _NORMALS[first : first + count, : 2 * length]
            parts = taken[:, :length] + 1j * taken[:, length:]
            array = parts if np.issubdtype(kind, np.complexfloating) else parts.real
            norms = np.linalg.norm(array, axis=1, keepdims=True)
            return np.ascontiguousarray(array / norms, dtype=kind)

        for keep in ([0, 1, 2], [6, 1, 4], [2]):
            yield (
                f"reduced_density_matrix{keep}, {name}",
                lambda first, count, keep=keep, given=given: _core.reduced_density_matrix(
                    given(first, count, 256), [2] * 8, keep
                ),
            )
            yield (
                f"schmidt_spectrum{keep}, {name}",
                lambda first, count, keep=keep, given=given: _core.schmidt_spectrum(
                    given(first, count, 256), [2] * 8, keep
                ),
            )
        for m, n in ((6, 7), (40, 40), (5, 200), (129, 131)):

            def tilted(
                first: int, count: int, m: int = m, n: int = n, given: Callable = given
            ) -> np.ndarray:
                # Nearly product states: what A A^H says of them is not enough.
                kets = 1e-4 * given(first, count, m * n) + np.cos(np.arange(m * n) // n)
                return kets.astype(given(0, 1, 1).dtype)

            yield (
                f"schmidt_spectrum of {m} x {n}, {name}",
                lambda first, count, m=m, n=n, tilted=tilted: _core.schmidt_spectrum(
                    tilted(first, count), [m, n], [0]
                ),
            )
        for n in (6, 40, 144):

            def hermitian(
                first: int, count: int, n: int = n, given: Callable = given
            ) -> np.ndarray:
                matrix = given(first, count, n * n).reshape(count, n, n)
                return matrix + matrix.conj().swapaxes(1, 2)

            yield (
                f"hermitian_eigenvalues of order {n}, {name}",
                lambda first, count, hermitian=hermitian: _core.hermitian_eigenvalues(
                    hermitian(first, count)
                ),
            )
        yield (
            f"partial_trace, {name}",
            lambda first, count, given=given: _core.partial_trace(
                given(first, count, 144).reshape(count, 12, 12), [2, 3, 2], [2, 0]
            ),
        )
    for kind in (np.float64, np.float32):
        yield (
            f"tridiagonal_eigenvalues, {np.dtype(kind).name}",
            lambda first, count, kind=kind: _core.tridiagonal_eigenvalues(
                _NORMALS[first : first + count, :50].astype(kind),
                _NORMALS[first : first + count, 50:99].astype(kind),
            ),
        )


def kernels() -> Iterator[tuple[str, Kernel]]:
    """Yield all of them."""
    yield from draws()
    yield from functions()


if __name__ == "__main__":
    sys.stdout.write(f"{_core.simd_level()}\n")
    for name, kernel in kernels():
        digest = hashlib.sha256(kernel(0, 19).tobytes()).hexdigest()
        sys.stdout.write(f"{name}: {digest}\n")
