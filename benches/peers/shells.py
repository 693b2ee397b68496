"""Energy shells, Lanczos levels, filtered states and the law of <O> at their largest sizes.

Run it with nothing else going on: ``python benches/peers/shells.py [ROW ...]``. No other library
does these whole, so each row stands beside the time and memory that were set for it. Every row is
one run in a process of its own, whose peak memory is its alone; small numbers say that the answer
is right.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from comparison import duration
from scipy import stats

import typicality as ty
from typicality import _core


@dataclass(frozen=True)
class Row:
    """What a row does, and the seconds and GiB that were set for it."""

    title: str
    work: Callable[[], float]
    seconds: float
    gibibytes: float


def chain(n: int) -> object:
    """Build the mixed-field Ising chain, far from integrable."""
    return ty.quantum.ising_chain(n, transverse=-1.05, longitudinal=0.5)


def shell() -> float:
    """Take the levels -2 to 2 of 13 spins, all 2^13 diagonalized, to the bounds on one spin."""
    start = time.perf_counter()
    levels = ty.quantum.EnergyShell.from_hamiltonian(chain(13), window=(-2.0, 2.0))
    spin = ty.quantum.pauli("I" * 6 + "Z" + "I" * 6)
    spectrum = levels.observable_spectrum(spin)
    mean, variance = float(spectrum.mean()), float(spectrum.var())
    bound = float(ty.quantum.chebyshev_bound(variance, levels.dimension, 0.1))
    inside = np.diff(ty.quantum.expectation_cdf(spectrum, [mean - 0.1, mean + 0.1]))[0]
    seconds = time.perf_counter() - start
    print(f"  {levels}")
    print(f"  P(|<Z> - {mean:.4f}| > 0.1): Chebyshev {bound:.3g}, exact {1 - float(inside):.3g}")
    return seconds


def lowest() -> float:
    """Find the 200 lowest levels of 18 spins."""
    h = chain(18)
    start = time.perf_counter()
    levels = ty.quantum.EnergyShell.from_hamiltonian(h, center=-np.inf, n_states=200)
    seconds = time.perf_counter() - start
    residual = np.linalg.norm(h @ levels.basis - levels.basis * levels.energies, axis=0).max()
    overlap = np.abs(levels.basis.T @ levels.basis - np.eye(200)).max()
    print(f"  {levels}")
    print(f"  largest residual {residual:.2g}, largest overlap of two states {overlap:.2g}")
    return seconds


def middle() -> float:
    """Draw ten typical states of width 0.3 in the middle of 20 spins."""
    h, width = chain(20), 0.3
    start = time.perf_counter()
    states = ty.quantum.microcanonical_states(h, energy=0.0, width=width, size=10, rng=1)
    seconds = time.perf_counter() - start
    images = (h @ states.T).T
    energies = np.einsum("ij,ij->i", states.conj(), images).real
    widths = np.sqrt(np.linalg.norm(images, axis=1) ** 2 - energies**2)
    print(f"  energies {energies.min():.4f} to {energies.max():.4f}, asked for 0")
    print(f"  widths {widths.min():.4f} to {widths.max():.4f}, asked for {width}")
    return seconds


def law() -> float:
    """Evaluate P(<O> <= x) for 4096 random levels at 100 points, then compare with draws."""
    levels = np.random.default_rng(1).standard_normal(4096)
    deviation = np.sqrt(levels.var() / (levels.size + 1))
    points = levels.mean() + deviation * np.linspace(-4.0, 4.0, 100)
    ty.quantum.expectation_cdf(levels, points[:1])
    start = time.perf_counter()
    cdf = ty.quantum.expectation_cdf(levels, points)
    seconds = time.perf_counter() - start
    draws = ty.quantum.haar_expectations(levels, size=2000, rng=2)
    test = stats.kstest(draws, lambda x: ty.quantum.expectation_cdf(levels, x))
    print(
        f"  from {cdf[0]:.3g} to {cdf[-1]:.6f}; {draws.size} states drawn: KS p = {test.pvalue:.3g}"
    )
    return seconds


ROWS: dict[str, Row] = {
    "shell": Row("shell of 13 spins, from the Hamiltonian to the bound", shell, 120.0, 4.0),
    "lowest": Row("200 lowest states of 18 spins", lowest, 180.0, 4.0),
    "middle": Row("10 typical states in the middle of 20 spins", middle, 300.0, 4.0),
    "law": Row("law of <O>, 4096 random levels, 100 points", law, 1.0, 4.0),
}


def alone(name: str) -> None:
    """Run a row in this process."""
    row = ROWS[name]
    print(row.title, flush=True)
    seconds = row.work()
    # Linux counts in KiB, macOS in bytes.
    unit = 2**30 if sys.platform == "darwin" else 2**20
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    late = "" if seconds <= row.seconds and memory <= row.gibibytes else "   MORE THAN WAS SET"
    print(
        f"  {duration(seconds)} of {duration(row.seconds)}, "
        f"{memory:.2f} GiB of {row.gibibytes:g} GiB at most{late}"
    )


def main() -> None:
    """Run the rows that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all by default"
    )
    parser.add_argument("--alone", action="store_true", help="run one row in this process")
    arguments = parser.parse_args()
    chosen = arguments.rows or list(ROWS)
    unknown = [row for row in chosen if row not in ROWS]
    if unknown:
        parser.error(f"no row is called {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if arguments.alone:
        for row in chosen:
            alone(row)
        return
    print(f"{ty.__version__}, {_core.get_threads()} threads")
    for row in chosen:
        print(flush=True)
        subprocess.run([sys.executable, __file__, "--alone", row], check=True)


if __name__ == "__main__":
    main()
