"""Parameters of the Correspondence experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from typicality.correspondence._variables import CorrespondenceVariables
from typicality.experiments.experiment import Experiment
from typicality.results.table import Table

if TYPE_CHECKING:
    from typicality.correspondence._matched_systems import MatchedSystems

__all__ = ["Correspondence"]


class Correspondence(Experiment, frozen=True, kw_only=True):
    """Five statistics, each measured on a quantum system and on a network of about its size.

    Parameters
    ----------
    d_a : int, default: 8
        Dimension of the subsystem, from 2 to 64, at most `d_b`.
    d_b : int, default: 64
        Dimension of its environment, at most 4096.
    n_samples : int, default: 64
        Samples that the network is to fit, at most 1000.
    n_inputs : int, default: 16
        Inputs of the network.
    width : int, default: 57
        Hidden units of the network.
    n_draws : int, default: 100
        Random states, and random networks, of each measurement.
    growth : tuple of int, default: (1, 2, 4, 8, 16)
        Ascending factors by which d_B and the width grow, at most 256.
    target_distance : float, default: 0.25
        Root mean square distance of the targets from the outputs at initialization.
    critical_d_b : int, default: 24
        Environment at which the threshold is crossed by raising d_A, from 4 to 128.
    critical_width : int, default: 8
        Width at which the threshold is crossed by raising the number of samples, at most 64.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import Correspondence
    >>> data = Correspondence(n_draws=4, growth=(1, 2, 4)).run(rng=0)
    >>> data["value"].dims, data["side"].values.tolist()
    (('row', 'side'), ['quantum', 'network'])
    """

    name: ClassVar[str] = "correspondence"
    title: ClassVar[str] = "The correspondence, measured"
    equation: ClassVar[str] = "Table 1"
    summary: ClassVar[str] = "five statistics on the quantum and on the network side"
    variables: ClassVar[type[Table]] = CorrespondenceVariables
    usual_seconds: ClassVar[float] = 10.0
    quick: ClassVar[dict[str, Any]] = {"n_draws": 50}
    full: ClassVar[dict[str, Any]] = {"n_draws": 400, "growth": (1, 2, 4, 8, 16, 32)}

    d_a: int = 8
    d_b: int = 64
    n_samples: int = 64
    n_inputs: int = 16
    width: int = 57
    n_draws: int = 100
    growth: tuple[int, ...] = (1, 2, 4, 8, 16)
    target_distance: float = 0.25
    critical_d_b: int = 24
    critical_width: int = 8

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        self.systems()

    def systems(self) -> MatchedSystems:
        """Make the two systems that are compared; they check the ranges."""
        # Not at the top: networks are not needed to show help.
        from typicality.correspondence._matched_systems import MatchedSystems

        return MatchedSystems(**msgspec.structs.asdict(self))
