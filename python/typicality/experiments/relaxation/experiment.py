"""Parameters of the Relaxation experiment."""

from __future__ import annotations

from typing import Any, ClassVar

from typicality.experiments.experiment import Experiment
from typicality.experiments.relaxation.variables import RelaxationVariables
from typicality.results.table import Table

__all__ = ["Relaxation"]


class Relaxation(Experiment, frozen=True, kw_only=True):
    """Quench of a product state under the Ising chain in transverse and longitudinal fields.

    All spins start in the same direction of the yz-plane. The observable is Z of the middle spin.

    Parameters
    ----------
    n_spins : tuple of int, default: (6, 8, 10)
        Lengths of the chain, ascending, from 4 to 13: all eigenvectors are computed.
    polarization : float, default: -0.5
        <Z> of each spin at the start, between -1 and 1; it sets the energy.
    longest_time : float, default: 20.0
        End of the curves, in inverse units of the coupling.
    n_times : int, default: 81
        Points of each curve.
    n_late : int, default: 400
        Random late times over which expectation values are averaged.
    n_states : int, default: 40
        Typical states of the energy window that stand for the microcanonical ensemble.
    window : float, default: 1.0
        Width of that window around the energy of the state, in units of the coupling.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import Relaxation
    >>> data = Relaxation(n_spins=(4, 5), n_times=5, n_late=20, n_states=4).run(rng=1)
    >>> data["expectation"].dims, data.sizes["time"]
    (('n_spins', 'time'), 5)
    """

    name: ClassVar[str] = "relaxation"
    title: ClassVar[str] = "Relaxation after a quench"
    equation: ClassVar[str] = "Eq. (1), Sec. II"
    summary: ClassVar[str] = "time averages after a quench against the microcanonical mean"
    variables: ClassVar[type[Table]] = RelaxationVariables
    usual_seconds: ClassVar[float] = 1.0
    full: ClassVar[dict[str, Any]] = {
        "n_spins": (6, 7, 8, 9, 10, 11, 12),
        "longest_time": 40.0,
        "n_times": 201,
        "n_late": 1000,
        "n_states": 100,
    }

    n_spins: tuple[int, ...] = (6, 8, 10)
    polarization: float = -0.5
    longest_time: float = 20.0
    n_times: int = 81
    n_late: int = 400
    n_states: int = 40
    window: float = 1.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not self.n_spins or sorted(set(self.n_spins)) != list(self.n_spins):
            raise ValueError(f"n_spins must be ascending without repetition; got {self.n_spins}.")
        if not 4 <= self.n_spins[0] <= self.n_spins[-1] <= 13:
            raise ValueError(f"n_spins must be from 4 to 13; got {self.n_spins}.")
        if not -1.0 < self.polarization < 1.0:
            raise ValueError(f"polarization must be between -1 and 1; got {self.polarization}.")
        if not 0.0 < self.longest_time <= 1e4:
            raise ValueError(
                f"longest_time must be positive, at most 1e4; got {self.longest_time}."
            )
        if not 0.05 <= self.window <= 100.0:
            raise ValueError(f"window must be from 0.05 to 100; got {self.window}.")
        for name, least in (("n_times", 2), ("n_late", 10), ("n_states", 4)):
            if getattr(self, name) < least:
                raise ValueError(f"{name} must be at least {least}; got {getattr(self, name)}.")
