"""Parameters of the GlobalMinima experiment."""

from __future__ import annotations

from typing import Any, ClassVar

from typicality.experiments.experiment import Experiment
from typicality.experiments.global_minima.variables import GlobalMinimaVariables
from typicality.results.table import Table

__all__ = ["GlobalMinima"]


class GlobalMinima(Experiment, frozen=True, kw_only=True):
    """Share of starts with a global minimum against P_eff, and its distance against the width.

    One hidden tanh layer and one output on the leading principal components of handwritten digits,
    normalized to the sphere. The targets are the standardized class label plus N(0, 1), so that no
    network can know them and every one must be fitted. P_eff is the rank that the Jacobian can
    reach on these inputs. Existence is searched with the method of Levenberg and Marquardt; the
    distance is that of full-batch gradient descent, next to that of the linear model,
    sqrt(r^T K^-1 r).

    Parameters
    ----------
    n_samples : tuple of int, default: (100, 120)
        Numbers N of digits for the existence part; the first one is used for the distance. With
        n_L = 1 output and 16 components P_eff is 18 widths + 1, so that a second N gives points
        between those of the first.
    widths : tuple of int
        Widths for the existence part.
    n_starts : int, default: 32
        Initializations per width and N.
    max_steps : int, default: 1000
        Most steps of one Levenberg-Marquardt search.
    tolerance : float, default: 1e-8
        A loss below this is a global minimum.
    wide_widths : tuple of int, default: (64, 128, 256, 512, 1024)
        Widths for the distance part.
    n_descents : int, default: 8
        Initializations per width for the distance part, at least 2.
    descent_steps : int, default: 12000
        Most steps of gradient descent.
    momentum : float, default: 0.8
        Of gradient descent. Larger ones overshoot so far that the descent leaves the neighborhood
        of its start and ends at another, more distant minimum.
    n_components : int, default: 16
        Principal components of the digits.
    bias_scale : float, default: 0.5
        Scale of the biases.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import GlobalMinima
    >>> data = GlobalMinima(n_samples=(20,), widths=(1, 12), n_starts=4, wide_widths=(32, 64),
    ...                     n_descents=2, n_components=4).run(rng=1)
    >>> data["share"].values.tolist()
    [[0.0, 1.0]]
    >>> data["displacement"].dims
    ('wide_width', 'descent')
    """

    name: ClassVar[str] = "global-minima"
    title: ClassVar[str] = "Ubiquity of global minima"
    equation: ClassVar[str] = "Eq. (4), Sec. II"
    summary: ClassVar[str] = "fraction of initializations near a global minimum, and its distance"
    variables: ClassVar[type[Table]] = GlobalMinimaVariables
    usual_seconds: ClassVar[float] = 15.0
    full: ClassVar[dict[str, Any]] = {
        "n_samples": (80, 100, 120),
        "n_starts": 200,
        "max_steps": 5000,
        "wide_widths": (64, 128, 256, 512, 1024, 2048, 4096),
        "n_descents": 16,
        "descent_steps": 50000,
    }

    n_samples: tuple[int, ...] = (100, 120)
    widths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16)
    n_starts: int = 32
    max_steps: int = 1000
    tolerance: float = 1e-8
    wide_widths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    n_descents: int = 8
    descent_steps: int = 12000
    momentum: float = 0.8
    n_components: int = 16
    bias_scale: float = 0.5

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        limits = {
            "n_samples": (2, 1000),
            "widths": (1, 10**4),
            "wide_widths": (1, 10**5),
            "n_starts": (2, 10**6),
            "n_descents": (2, 10**6),
            "max_steps": (1, 10**8),
            "descent_steps": (1, 10**8),
            "n_components": (1, 61),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            if not values or not all(low <= number <= high for number in values):
                raise ValueError(f"{name} must be from {low} to {high}; got {value}.")
            if len(set(values)) != len(values):
                raise ValueError(f"{name} must not name a value twice; got {value}.")
        if len(self.wide_widths) < 2:
            raise ValueError(f"wide_widths must hold two widths or more; got {self.wide_widths}.")
        if not 0 < self.tolerance < 1:
            raise ValueError(f"tolerance must be between 0 and 1; got {self.tolerance}.")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be from 0 to below 1; got {self.momentum}.")
        if not 0 < self.bias_scale <= 10:
            raise ValueError(f"bias_scale must be above 0, at most 10; got {self.bias_scale}.")
