"""Parameters of the Concentration experiment."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from typicality.experiments.concentration.variables import ConcentrationVariables
from typicality.experiments.experiment import Experiment
from typicality.results.table import Table

__all__ = ["Concentration"]


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
    variables: ClassVar[type[Table]] = ConcentrationVariables
    usual_seconds: ClassVar[float] = 13.0
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
