"""Energy shells, Lanczos levels, filtered states and the law of <O> at their largest sizes.

Run it with nothing else going on: ``python benches/peers/shells.py [ROW ...]``. No other library
does these whole, so each row stands beside the time and memory that were set for it. Every row is
one run in a process of its own, whose peak memory is its alone. What the answer must satisfy is
checked; a row that is wrong, or takes more than was set, ends the program with an error.
"""

import argparse
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from comparison import duration
from scipy import stats

import typicality as ty
from typicality import _core


@dataclass(frozen=True)
class Answer:
    """The seconds that the work took, and whether what must be true of its result is."""

    seconds: float
    claims: Mapping[str, bool]


@dataclass(frozen=True)
class Row:
    """What a row does, and the seconds and GiB that were set for it."""

    title: str
    work: Callable[[], Answer]
    seconds: float
    gibibytes: float


def chain(n: int) -> object:
    """Build the mixed-field Ising chain, far from integrable."""
    return ty.quantum.ising_chain(n, transverse=-1.05, longitudinal=0.5)


def middle_spin(n: int) -> object:
    """Z of the spin in the middle of the chain."""
    return ty.quantum.pauli("I" * (n // 2) + "Z" + "I" * (n - n // 2 - 1))


def shell(n: int = 13) -> Answer:
    """Take the levels -2 to 2 of the chain, all diagonalized, to the bounds on one spin."""
    start = time.perf_counter()
    levels = ty.quantum.EnergyShell.from_hamiltonian(chain(n), window=(-2.0, 2.0))
    spectrum = levels.observable_spectrum(middle_spin(n))
    mean, variance = float(spectrum.mean()), float(spectrum.var())
    bound = float(ty.quantum.chebyshev_bound(variance, levels.dimension, 0.1))
    inside = np.diff(ty.quantum.expectation_cdf(spectrum, [mean - 0.1, mean + 0.1]))[0]
    seconds = time.perf_counter() - start
    print(f"  {levels}")
    print(f"  P(|<Z> - {mean:.4f}| > 0.1): Chebyshev {bound:.3g}, exact {1 - float(inside):.3g}")
    return Answer(
        seconds,
        {
            "all energies in the window": bool((abs(levels.energies) <= 2.0 + 1e-8).all()),
            "eigenvalues of P Z P from -1 to 1": bool((abs(spectrum) <= 1.0 + 1e-12).all()),
            "Chebyshev above the exact probability": 0.0 <= 1 - float(inside) <= bound,
        },
    )


def whole(n: int = 13) -> Answer:
    """Take all levels of the chain to the mean, the variance and the Chebyshev bound of a spin."""
    start = time.perf_counter()
    levels = ty.quantum.EnergyShell.from_hamiltonian(chain(n), window=(-math.inf, math.inf))
    spin = middle_spin(n)
    mean, variance = levels.microcanonical_mean(spin), levels.microcanonical_variance(spin)
    bound = float(ty.quantum.chebyshev_bound(variance, levels.dimension, 0.1))
    seconds = time.perf_counter() - start
    print(f"  {levels}")
    print(f"  mean {mean:.2g}, variance 1 {variance - 1:+.2g}; Chebyshev at 0.1 {bound:.3g}")
    # The shell is the whole space: P Z P is Z, with as many eigenvalues 1 as -1.
    d = 2**n
    return Answer(
        seconds,
        {
            f"{d} levels": levels.dimension == d,
            "mean 0 to 1e-10": abs(mean) < 1e-10,
            "variance 1 to 1e-10": abs(variance - 1.0) < 1e-10,
            "Chebyshev bound 100/(d + 1)": math.isclose(bound, min(1.0, 100 / (d + 1))),
        },
    )


def lowest(n: int = 18, count: int = 200) -> Answer:
    """Find the lowest levels of the chain."""
    h = chain(n)
    start = time.perf_counter()
    levels = ty.quantum.EnergyShell.from_hamiltonian(h, center=-np.inf, n_states=count)
    seconds = time.perf_counter() - start
    residual = np.linalg.norm(h @ levels.basis - levels.basis * levels.energies, axis=0).max()
    overlap = np.abs(levels.basis.T @ levels.basis - np.eye(count)).max()
    print(f"  {levels}")
    print(f"  largest residual {residual:.2g}, largest overlap of two states {overlap:.2g}")
    return Answer(
        seconds,
        {
            f"{count} levels": levels.dimension == count,
            "residuals below 1e-9": bool(residual < 1e-9),
            "overlaps below 1e-11": bool(overlap < 1e-11),
        },
    )


def middle(n: int = 20, width: float = 0.3) -> Answer:
    """Draw ten typical states in the middle of the chain's spectrum."""
    h = chain(n)
    start = time.perf_counter()
    states = ty.quantum.microcanonical_states(h, energy=0.0, width=width, size=10, rng=1)
    seconds = time.perf_counter() - start
    images = (h @ states.T).T
    energies = np.einsum("ij,ij->i", states.conj(), images).real
    widths = np.sqrt(np.linalg.norm(images, axis=1) ** 2 - energies**2)
    print(f"  energies {energies.min():.4f} to {energies.max():.4f}, asked for 0")
    print(f"  widths {widths.min():.4f} to {widths.max():.4f}, asked for {width}")
    # Levels are spread like a Gaussian; a state's mean energy scatters by width / sqrt(2 d), d the
    # number of levels it spreads over.
    spread = math.sqrt((n - 1) + n * (1.05**2 + 0.5**2))
    levels = 2**n * math.sqrt(2.0) * width / spread
    allowed = width * (0.01 + 5.0 / math.sqrt(levels))
    return Answer(
        seconds,
        {
            f"energies within {allowed:.2g}": bool((abs(energies) < allowed).all()),
            f"widths within {allowed:.2g}": bool((abs(widths - width) < allowed).all()),
        },
    )


def law(count: int = 4096) -> Answer:
    """Evaluate P(<O> <= x) for random levels at 100 points, then compare with draws."""
    levels = np.random.default_rng(1).standard_normal(count)
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
    return Answer(
        seconds,
        {
            "rises from 0 to 1": bool((np.diff(cdf) > 0).all() and cdf[0] > 0 and cdf[-1] < 1),
            "KS p above 1e-3": bool(test.pvalue > 1e-3),
        },
    )


ROWS: dict[str, Row] = {
    "shell": Row("shell of 13 spins, from the Hamiltonian to the bound", shell, 120.0, 4.0),
    "whole": Row("all levels of 13 spins, from the Hamiltonian to the bound", whole, 120.0, 4.0),
    "lowest": Row("200 lowest states of 18 spins", lowest, 180.0, 4.0),
    "middle": Row("10 typical states in the middle of 20 spins", middle, 300.0, 4.0),
    "law": Row("law of <O>, 4096 random levels, 100 points", law, 1.0, 4.0),
}


def alone(row: Row) -> bool:
    """Run a row in this process; False if its answer is wrong or took more than was set."""
    print(row.title, flush=True)
    answer = row.work()
    wrong = [claim for claim, holds in answer.claims.items() if not holds]
    for claim in wrong:
        print(f"  WRONG: {claim}")
    # Linux counts in KiB, macOS in bytes.
    unit = 2**30 if sys.platform == "darwin" else 2**20
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    within = answer.seconds <= row.seconds and memory <= row.gibibytes
    print(
        f"  {duration(answer.seconds)} of {duration(row.seconds)}, "
        f"{memory:.2f} GiB of {row.gibibytes:g} GiB at most"
        f"{'' if within else '   MORE THAN WAS SET'}",
        flush=True,
    )
    return within and not wrong


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
        sys.exit(0 if all([alone(ROWS[row]) for row in chosen]) else 1)
    print(f"{ty.__version__}, {_core.get_threads()} threads")
    failed: list[str] = []
    for row in chosen:
        print(flush=True)
        if subprocess.run([sys.executable, __file__, "--alone", row], check=False).returncode:
            failed.append(row)
    if failed:
        sys.exit(f"\nwrong, or more than was set: {', '.join(failed)}")


if __name__ == "__main__":
    main()
