"""Concentration of expectation values in an energy shell, Eq. (1).

Haar-random states of energy shells of a mixed-field Ising chain are drawn explicitly, and <O> of a
local observable is sampled from its exact distribution, that of the eigenvalues of P_E O P_E; an
abstract spectrum carries the same statistics to large d. Beside the spread and the tails stand the
exact variance and the bounds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from typicality._random import Seeds
from typicality.experiments.experiment import Experiment, Progress
from typicality.experiments.stage import stage
from typicality.quantum import (
    EnergyShell,
    chebyshev_bound,
    expectation_cdf,
    haar_expectations,
    hoeffding_bound,
    ising_chain,
    levy_bound,
    pauli,
    reduced_density_matrix,
    trace_distance,
)
from typicality.results.estimates import mean_estimate, share_estimate, variance_estimate
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Concentration"]

_BLOCK: int = 500


class Concentration(Experiment, frozen=True, kw_only=True):
    """Spread and tails of <O> over the Haar states of energy shells.

    A shell holds all eigenstates of the open chain ``H = coupling sum ZZ + transverse sum X +
    longitudinal sum Z`` with energies in a window around ``energy_density * n``.

    Parameters
    ----------
    n_spins : tuple of int, default: (10, 12)
        Lengths of the chains, from 4 to 13.
    coupling : float, default: 1.0
        Strength of the ZZ bonds, the unit of the energies.
    transverse : float, default: -1.05
        Field along X.
    longitudinal : float, default: 0.5
        Field along Z; 0 makes the chain integrable.
    observable : str, default: "Z"
        Pauli letters that stand on neighboring spins from the middle of the chain on.
    energy_density : float, default: -0.5
        Energy per spin at the middle of the windows. At 0 the shells would be at infinite
        temperature and look like the whole space.
    window_widths : tuple of float, default: (0.5, 1.0, 2.0, 4.0)
        Widths of the windows, in the unit of the energies.
    n_samples : int, default: 2000
        States drawn explicitly in each shell.
    n_draws : int, default: 40000
        Values of <O> sampled from its exact distribution in each shell and, for the tails, of the
        abstract spectrum.
    dimensions : tuple of int, default: (4, 16, 64, 256, 1024, 4096, 16384)
        Dimensions d of the abstract spectrum: d levels evenly spaced from -1 to 1.
    n_variates : int, default: 60000000
        Most random variates that are spent on one dimension of the abstract spectrum, which limits
        the draws at large d.
    subsystem_spins : int, default: 2
        Spins, from the middle on, whose reduced state is compared with the shell's.

    Raises
    ------
    ValueError
        If a parameter is out of its range; from `run` if the observable has no spread in a shell,
        as in one of a single level.

    Examples
    --------
    >>> from typicality.experiments import Concentration
    >>> data = Concentration(n_spins=(6,), window_widths=(2.0,), n_samples=200, n_draws=500,
    ...                      dimensions=(4, 16)).run(rng=1)
    >>> data["variance"].dims, data["tail"].dims
    (('shell',), ('shell', 'deviation'))
    """

    name: ClassVar[str] = "concentration"
    title: ClassVar[str] = "Concentration in an energy shell"
    equation: ClassVar[str] = "Eq. (1)"
    result_version: ClassVar[int] = 4
    summary: ClassVar[str] = "spread and tails of <O> in energy shells of a spin chain"
    full: ClassVar[dict[str, Any]] = {
        "n_spins": (8, 10, 12, 13),
        "n_samples": 10000,
        "n_draws": 400000,
        "n_variates": 2000000000,
    }

    n_spins: tuple[int, ...] = (10, 12)
    coupling: float = 1.0
    transverse: float = -1.05
    longitudinal: float = 0.5
    observable: str = "Z"
    energy_density: float = -0.5
    window_widths: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    n_samples: int = 2000
    n_draws: int = 40000
    dimensions: tuple[int, ...] = (4, 16, 64, 256, 1024, 4096, 16384)
    n_variates: int = 60_000_000
    subsystem_spins: int = 2

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not self.n_spins or not all(4 <= n <= 13 for n in self.n_spins):
            raise ValueError(f"n_spins must hold lengths from 4 to 13; got {self.n_spins}.")
        if not self.observable or set(self.observable) - set("XYZ"):
            raise ValueError(f"observable must be letters X, Y, Z; got {self.observable!r}.")
        longest = min(self.n_spins) // 2
        for name, length in (
            ("observable", len(self.observable)),
            ("subsystem_spins", self.subsystem_spins),
        ):
            if not 1 <= length <= longest:
                raise ValueError(f"{name} must cover 1 to {longest} spins; got {length}.")
        widths = self.window_widths
        if not widths or not all(0 < width < math.inf for width in widths):
            raise ValueError(f"window_widths must be positive numbers; got {widths}.")
        if not self.dimensions or not all(2 <= d <= 2**24 for d in self.dimensions):
            raise ValueError(f"dimensions must be from 2 to 2**24; got {self.dimensions}.")
        for name in ("n_samples", "n_draws", "n_variates"):
            if getattr(self, name) < 100:
                raise ValueError(f"{name} must be at least 100; got {getattr(self, name)}.")

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Diagonalize the chains, draw in every shell, and put the theory beside the draws.

        Parameters
        ----------
        seeds : Seeds
            Source of randomness.
        progress : callable
            Called with the fraction done.

        Returns
        -------
        xarray.Dataset
        """
        rows: list[dict[str, Any]] = []
        # The time of a chain is that of its diagonalization.
        costs = np.cumsum([8.0**n for n in self.n_spins])
        for index, n in enumerate(self.n_spins):
            before = 0.7 * (costs[index - 1] if index else 0.0) / costs[-1]
            now = stage(progress, before, 0.7 * costs[index] / costs[-1], f"{n} spins")
            rows += self._chain(n, seeds, now)
        shells = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        abstract = self._abstract(seeds, progress)
        return dataset(
            _shell_variables(shells) | _abstract_variables(abstract),
            coords={
                "shell": coordinate("shell", np.arange(len(rows)), "number of the energy shell"),
                "n_spins": coordinate("shell", shells["n_spins"], "spins of the chain"),
                "width": coordinate("shell", shells["width"], "width of the window", "coupling"),
                "shell_dimension": coordinate(
                    "shell", shells["dimension"], "dimension of the shell"
                ),
                "dimension": coordinate(
                    "dimension", list(self.dimensions), "dimension d of the abstract spectrum"
                ),
                "deviation": coordinate(
                    "deviation", _deviations(), "deviation in exact standard deviations"
                ),
            },
        )

    def _chain(self, n: int, seeds: Seeds, progress: Progress) -> list[dict[str, Any]]:
        hamiltonian = ising_chain(
            n, coupling=self.coupling, transverse=self.transverse, longitudinal=self.longitudinal
        )
        everything = EnergyShell.from_hamiltonian(
            hamiltonian, window=(-math.inf, math.inf), progress=stage(progress, 0.0, 0.6)
        )
        left = n // 2
        letters = "I" * left + self.observable + "I" * (n - left - len(self.observable))
        center = self.energy_density * n
        rows: list[dict[str, Any]] = []
        for index, width in enumerate(self.window_widths):
            share = 0.4 / len(self.window_widths)
            rows.append(
                {"n_spins": n, "width": width}
                | self._shell(
                    everything.within((center - width / 2, center + width / 2)),
                    pauli(letters),
                    (n, index),
                    seeds,
                    stage(progress, 0.6 + share * index, 0.6 + share * (index + 1)),
                )
            )
        return rows

    def _shell(
        self,
        shell: EnergyShell,
        observable: sparse.csr_array,
        label: tuple[int, int],
        seeds: Seeds,
        progress: Progress,
    ) -> dict[str, Any]:
        d, n = shell.dimension, label[0]
        progress(0.0, f"shell of dimension {d}")
        spectrum = shell.observable_spectrum(observable)
        # The observable's norm is one.
        if np.ptp(spectrum) < 1e-9:
            raise ValueError(
                f"window_widths[{label[1]}]={self.window_widths[label[1]]:g} leaves d = {d} "
                f"level(s) of {n} spins, where the observable has a single value and no spread to "
                "measure. Choose a wider window or a longer chain."
            )
        dims, keep = (2,) * n, tuple(range(n // 2, n // 2 + self.subsystem_spins))
        omega = shell.reduced_state(dims, keep)
        mixed = np.eye(len(omega)) / len(omega)
        values: list[npt.NDArray[np.float64]] = []
        distances: list[npt.NDArray[np.float64]] = []
        for start in range(0, self.n_samples, _BLOCK):
            size = min(_BLOCK, self.n_samples - start)
            progress(start / self.n_samples, f"states of a shell of dimension {d}")
            states = shell.sample(size, rng=seeds.seed("states", *label, start))
            images = (observable @ states.T).T
            values.append(np.einsum("ij,ij->i", states.conj(), images).real)
            rho = reduced_density_matrix(states, dims, keep)
            squared = np.sum(np.abs(rho - omega) ** 2, axis=(-2, -1))
            distances.append(
                np.stack([trace_distance(rho, omega), trace_distance(rho, mixed), squared])
            )
        expectations = np.concatenate(values)
        to_omega, to_mixed, squared = np.concatenate(distances, axis=-1)
        drawn = haar_expectations(spectrum, size=self.n_draws, rng=seeds.seed("in law", *label))
        mean, variance = float(spectrum.mean()), float(spectrum.var())
        # O is a product of Pauli matrices, so O^2 = 1 and tr(P O^2)/d = 1.
        unrestricted = 1.0 - mean**2
        found: dict[str, Any] = {
            "dimension": d,
            "mean_exact": mean,
            "variance_exact": variance / (d + 1),
            "unrestricted": unrestricted / (d + 1),
            "omega_distance": float(trace_distance(omega, mixed)),
            "squared_exact": shell.mean_squared_distance(dims, keep),
        }
        for name, estimate in (
            ("mean", mean_estimate(expectations)),
            ("variance", variance_estimate(expectations)),
            ("variance_in_law", variance_estimate(drawn)),
            ("to_omega", mean_estimate(to_omega)),
            ("to_mixed", mean_estimate(to_mixed)),
            ("squared", mean_estimate(squared)),
        ):
            found[name], found[f"{name}_stderr"] = map(float, estimate)
        return found | _tails(drawn, spectrum, 1.0)

    def _abstract(self, seeds: Seeds, progress: Progress) -> dict[str, npt.NDArray[np.float64]]:
        rows: list[dict[str, Any]] = []
        for index, d in enumerate(self.dimensions):
            spectrum = np.linspace(-1.0, 1.0, d)
            size = max(100, min(self.n_draws, self.n_variates // d))
            drawn = haar_expectations(spectrum, size=size, rng=seeds.seed("abstract", d))
            variance = float(spectrum.var())
            found, stderr = variance_estimate(drawn)
            row: dict[str, Any] = {"variance": found, "variance_stderr": stderr, "draws": size}
            row["variance_exact"] = variance / (d + 1)
            rows.append(row | _tails(drawn, spectrum, 1.0))
            progress(0.7 + 0.3 * (index + 1) / len(self.dimensions), f"abstract spectrum, d = {d}")
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def _deviations() -> npt.NDArray[np.float64]:
    return np.arange(0.25, 6.01, 0.25)


def _tails(
    drawn: npt.NDArray[np.float64], spectrum: npt.NDArray[np.float64], norm: float
) -> dict[str, Any]:
    """Return the share of the draws beyond each deviation, its exact value, and what bounds it."""
    d, mean, variance = spectrum.size, float(spectrum.mean()), float(spectrum.var())
    spread = float(np.ptp(spectrum))
    epsilon = _deviations() * math.sqrt(variance / (d + 1))
    above = expectation_cdf(spectrum, mean + epsilon, upper=True)
    below = expectation_cdf(spectrum, mean - epsilon)
    share, stderr = share_estimate(np.abs(drawn - mean)[:, None] >= epsilon)
    return {
        "tail": share,
        "tail_stderr": stderr,
        "chebyshev": [float(chebyshev_bound(variance, d, x)) for x in epsilon],
        "hoeffding": [float(hoeffding_bound(spread, d, x)) for x in epsilon],
        "levy": [float(levy_bound(norm, d, x)) for x in epsilon],
        "exact": above + below,
        "gaussian": special.erfc(_deviations() / math.sqrt(2.0)),
    }


def _tail_variables(prefix: str, dim: str, found: dict[str, npt.NDArray[np.float64]]) -> Variables:
    dims = (dim, "deviation")
    bound = "on the probability of a deviation, capped at 1"
    return {
        **estimated(
            f"{prefix}tail", dims, (found["tail"], found["tail_stderr"]), "chance of a deviation"
        ),
        f"{prefix}tail_exact": variable(
            dims, found["exact"], "exact", "probability of a deviation, from the exact law of <O>"
        ),
        f"{prefix}tail_chebyshev_bound": variable(
            dims, found["chebyshev"], "bound", f"Chebyshev bound, Eq. (1), {bound}"
        ),
        f"{prefix}tail_hoeffding_bound": variable(
            dims, found["hoeffding"], "bound", f"Hoeffding-type bound {bound}"
        ),
        f"{prefix}tail_levy_bound": variable(dims, found["levy"], "bound", f"Levy bound {bound}"),
        f"{prefix}tail_asymptotic": variable(
            dims, found["gaussian"], "asymptotic", "Gaussian probability of a deviation"
        ),
    }


def _shell_variables(found: dict[str, npt.NDArray[np.float64]]) -> Variables:
    def pair(name: str) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return found[name], found[f"{name}_stderr"]

    variables = {
        **estimated("mean", "shell", pair("mean"), "mean of <O> over states of the shell"),
        "mean_exact": variable("shell", found["mean_exact"], "exact", "microcanonical mean"),
        **estimated("variance", "shell", pair("variance"), "variance of <O>, explicit states"),
        **estimated(
            "variance_in_law",
            "shell",
            pair("variance_in_law"),
            "variance of <O> sampled from its exact distribution",
        ),
        "variance_exact": variable(
            "shell", found["variance_exact"], "exact", "Var_mc/(d + 1), eigenvalues of P_E O P_E"
        ),
        "variance_unrestricted_bound": variable(
            "shell", found["unrestricted"], "bound", "(tr(P_E O^2)/d - mean^2)/(d + 1)"
        ),
        **estimated(
            "distance", "shell", pair("to_omega"), "trace distance of rho_A to the shell's Omega_A"
        ),
        **estimated(
            "mixed_distance", "shell", pair("to_mixed"), "trace distance of rho_A to I/d_A"
        ),
        "omega_mixed_distance": variable(
            "shell", found["omega_distance"], "exact", "trace distance of Omega_A to I/d_A"
        ),
        **estimated(
            "squared_distance", "shell", pair("squared"), "squared distance ||rho_A - Omega_A||_2^2"
        ),
        "squared_distance_exact": variable(
            "shell", found["squared_exact"], "exact", "(d tr Omega_B^2 - tr Omega_A^2)/(d + 1)"
        ),
    }
    return variables | _tail_variables("", "shell", found)


def _abstract_variables(found: dict[str, npt.NDArray[np.float64]]) -> Variables:
    variables = {
        **estimated(
            "abstract_variance",
            "dimension",
            (found["variance"], found["variance_stderr"]),
            "variance of <O>, evenly spaced levels from -1 to 1",
        ),
        "abstract_variance_exact": variable(
            "dimension", found["variance_exact"], "exact", "Var_mc/(d + 1)"
        ),
        "abstract_draws": variable("dimension", found["draws"], "setting", "number of draws"),
    }
    return variables | _tail_variables("abstract_", "dimension", found)
