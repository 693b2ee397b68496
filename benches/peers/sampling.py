"""Draws of random states and their spectra against what a user would write or install today.

Run it with nothing else going on: ``python benches/peers/sampling.py [ROW ...]``. Alternatives that
are not installed are left out and named. Each library uses the threads it uses by default.
"""

import argparse
import importlib.util
import json
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from comparison import OURS, Limit, compare
from scipy.linalg import eigvalsh_tridiagonal

import typicality as ty
from typicality import _core

CORES = 2
Work = dict[str, Callable[[], object]]


Fill = Callable[[np.ndarray], None]


def threaded(count: int) -> Fill:
    """Return what fills an array with normals, by NumPy in `count` threads."""
    seeds = np.random.SeedSequence(1).spawn(count)
    generators = [np.random.Generator(np.random.SFC64(seed)) for seed in seeds]
    pool = ThreadPoolExecutor(count)

    def fill(out: np.ndarray) -> None:
        parts = np.array_split(out.reshape(-1), count)
        list(pool.map(lambda g, part: g.standard_normal(out=part), generators, parts))

    return fill


def by_hand(fill: Fill, size: int, d_a: int, d_b: int) -> np.ndarray:
    """Draw coefficient matrices of Haar states by NumPy."""
    pairs = np.empty((size, d_a, d_b, 2))
    fill(pairs)
    g = pairs.view(np.complex128)[..., 0]
    g /= np.linalg.norm(g, axis=(1, 2), keepdims=True)
    return g


def gram(a: np.ndarray) -> np.ndarray:
    """Multiply a batch by its adjoint, A A^H, by NumPy."""
    return a @ a.conj().swapaxes(-1, -2)


def dense_spectra(size: int, m: int, n: int) -> np.ndarray:
    """Draw states, trace out the larger side, diagonalize: NumPy throughout."""
    return np.linalg.eigvalsh(gram(by_hand(threaded(CORES), size, m, n)))


def bidiagonal_spectra(size: int, m: int, n: int) -> np.ndarray:
    """Draw the bidiagonal Laguerre model by NumPy, solve it with LAPACK's sterf one by one."""
    generator = np.random.Generator(np.random.SFC64(1))
    i = np.arange(m)
    diagonal = generator.gamma(n - i, size=(size, m))
    below = generator.gamma(m - i[1:], size=(size, m - 1))
    squares = diagonal.copy()
    squares[:, 1:] += below
    off = np.sqrt(diagonal[:, :-1] * below)
    spectra = np.array([sterf(a, b) for a, b in zip(squares, off, strict=True)])
    return spectra / squares.sum(axis=1, keepdims=True)


def sterf(diagonal: np.ndarray, off: np.ndarray) -> np.ndarray:
    """Solve one tridiagonal matrix by LAPACK."""
    return eigvalsh_tridiagonal(diagonal, off, lapack_driver="sterf")


def quimb_spectrum(m: int, n: int) -> np.ndarray:
    """Draw one state, trace, diagonalize: quimb."""
    import quimb

    return quimb.eigvalsh(quimb.rand_ket(m * n).ptr([m, n], 0))


def repeated(count: int, call: Callable[[], object]) -> None:
    """Call again and again, where a library has no batches."""
    for _ in range(count):
        call()


def installed(name: str) -> bool:
    """Whether a library is there to be compared with."""
    return importlib.util.find_spec(name) is not None


def standard_normals() -> None:
    """Compare 10^7 normals in one thread, into memory that is in use and into new memory."""
    n = 10**7
    generator = np.random.Generator(np.random.SFC64(1))
    key, out = bytes(32), np.empty(n)
    limit = Limit(1e-9 * n, "1 ns each")
    if shutil.which("cargo"):
        work: Work = {
            OURS: lambda: criterion("random", f"normals/one thread/{n}"),
            "NumPy, SFC64": lambda: generator.standard_normal(out=out),
        }
        compare(f"{n:.0e} standard normals, one thread, memory in use", work, limit=limit)
    with ty.threads(1):
        work = {
            OURS: lambda: _core.standard_normals(key, b"peers", 0, 1, n, False),
            "NumPy, SFC64": lambda: generator.standard_normal(n),
        }
        compare(f"{n:.0e} standard normals, one thread, new memory", work, limit=limit)


def criterion(bench: str, name: str) -> float:
    """Run one criterion bench of the core; the seconds that it takes."""
    root = Path(__file__).parents[2]
    command = ["cargo", "bench", "--quiet", "--locked", "--bench", bench, "--", name]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    found = root / "target" / "criterion" / name / "new" / "estimates.json"
    return json.loads(found.read_text())["median"]["point_estimate"] / 1e9


def haar_states() -> None:
    """Compare draws of state vectors, one large or many small."""
    for d, size in ((2**20, 1), (2**24, 1), (2**10, 1000)):
        work: Work = {
            OURS: partial(ty.quantum.haar_states, d, size, rng=1),
            "NumPy by hand, two threads": partial(by_hand, threaded(2), size, 1, d),
            "NumPy by hand, one thread": partial(by_hand, threaded(1), size, 1, d),
        }
        if installed("qiskit"):
            from qiskit.quantum_info import random_statevector

            work["Qiskit"] = partial(repeated, size, partial(random_statevector, d))
        if installed("quimb"):
            import quimb

            work["quimb"] = partial(repeated, size, partial(quimb.rand_ket, d))
        limit = Limit(2e-9 * d * size / CORES, "1 ns a normal on each core")
        compare(f"haar_states({d}, size={size})", work, limit=limit)


def schmidt_spectra() -> None:
    """Compare draws of entanglement spectra."""
    by_numpy = "NumPy: draw, Gram, eigvalsh"
    for m, n, size, dense in ((64, 64, 1000, 100), (1024, 1024, 100, 1), (256, 65536, 10, 1)):
        work: Work = {
            OURS: partial(ty.quantum.haar_schmidt_spectra, m, n, size, rng=1),
            "SciPy's sterf on the same model": partial(bidiagonal_spectra, size, m, n),
            by_numpy: partial(dense_spectra, dense, m, n),
        }
        if installed("quimb"):
            work["quimb"] = partial(repeated, dense, partial(quimb_spectrum, m, n))
        compare(
            f"haar_schmidt_spectra({m}, {n}, size={size})",
            work,
            limit=Limit(2e-9 * m * m * size / CORES, "2 ns x m^2 on each core"),
            scaled={by_numpy: size / dense, "quimb": size / dense},
        )


def tridiagonal_eigenvalues() -> None:
    """Eigenvalues of many tridiagonal matrices."""
    size, n = 1000, 256
    generator = np.random.default_rng(1)
    diagonal = generator.standard_normal((size, n))
    off = generator.standard_normal((size, n - 1))
    work: Work = {
        OURS: lambda: ty.spectra.tridiagonal_eigenvalues(diagonal, off),
        "SciPy's sterf in a loop": lambda: [
            sterf(a, b) for a, b in zip(diagonal, off, strict=True)
        ],
    }
    limit = Limit(2e-9 * n * n * size / CORES, "2 ns x m^2 on each core")
    compare(f"tridiagonal_eigenvalues, {size} matrices of {n}", work, limit=limit)


def reduced_states() -> None:
    """Reduced density matrices with a large environment."""
    d_a, d_b = 256, 2**20
    part = 64
    work: Work = {
        OURS: lambda: ty.quantum.haar_reduced_states(d_a, d_b, rng=1),
        "NumPy: draw, A A^H": lambda: gram(by_hand(threaded(CORES), 1, d_a, d_b // part)),
    }
    name = "NumPy: draw, A A^H"
    compare(f"haar_reduced_states({d_a}, {d_b})", work, scaled={name: float(part)})


def page_curves() -> None:
    """Entropy or purity at every cut."""
    n, draws = 20, 20

    def entropies() -> None:
        for cut in range(n + 1):
            spectra = ty.quantum.haar_schmidt_spectra(2**cut, 2 ** (n - cut), draws, rng=cut)
            ty.quantum.spectrum_entropy(spectra)

    def by_sterf() -> None:
        for cut in range(n + 1):
            m = 2 ** min(cut, n - cut)
            ty.quantum.spectrum_entropy(bidiagonal_spectra(draws, m, 2**n // m))

    def dense() -> None:
        # One state, traced down qubit by qubit from both of its halves.
        psi = by_hand(threaded(CORES), 1, 2 ** (n // 2), 2 ** (n // 2))[0]
        for half in (gram(psi), gram(psi.T)):
            rho = half
            while rho.shape[0] > 1:
                p = np.linalg.eigvalsh(rho).clip(1e-300)
                -(p * np.log(p)).sum()
                k = rho.shape[0] // 2
                rho = np.einsum("aibi->ab", rho.reshape(k, 2, k, 2))

    squares = sum(4 ** min(cut, n - cut) for cut in range(n + 1))
    compare(
        f"Page curve: every cut of {n} qubits, {draws} draws",
        {OURS: entropies, "sterf on the same model": by_sterf, "NumPy, nested traces": dense},
        limit=Limit(2e-9 * squares * draws / CORES, "2 ns x sum m^2 on each core"),
        scaled={"NumPy, nested traces": float(draws)},
    )


def large_curves() -> None:
    """Curves that no other route reaches."""
    draws = 100

    def purities() -> None:
        for cut in range(61):
            ty.quantum.haar_power_traces(2**cut, 2 ** (60 - cut), 2, rng=cut)

    def entropies() -> None:
        for cut in range(27):
            spectra = ty.quantum.haar_schmidt_spectra(2**cut, 2 ** (26 - cut), draws, rng=cut)
            ty.quantum.spectrum_entropy(spectra)

    variates = sum(2 * 2 ** min(cut, 60 - cut) for cut in range(61))
    compare(
        "purity at every cut of 60 qubits, one draw",
        {OURS: purities},
        limit=Limit(5e-9 * variates / CORES, "5 ns a Gamma variate on each core"),
        repeats=1,
        budget=600.0,
    )
    squares = sum(4 ** min(cut, 26 - cut) for cut in range(27))
    compare(
        f"entropy at every cut of 26 qubits, {draws} draws",
        {OURS: entropies},
        limit=Limit(2e-9 * squares * draws / CORES, "2 ns x sum m^2 on each core"),
        repeats=5,
        budget=600.0,
    )


ROWS: dict[str, Callable[[], None]] = {
    "normals": standard_normals,
    "states": haar_states,
    "spectra": schmidt_spectra,
    "tridiagonal": tridiagonal_eigenvalues,
    "reduced": reduced_states,
    "page": page_curves,
    "large": large_curves,
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
    missing = [name for name in ("qiskit", "quimb") if not installed(name)]
    if missing:
        print(f"not installed, left out: {', '.join(missing)}")
    print(f"{ty.__version__}, {_core.simd_level()}, {_core.get_threads()} threads")
    for row in chosen:
        ROWS[row]()


if __name__ == "__main__":
    main()
