"""Parameters of the DoubleDescent experiment."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Final

from typicality.experiments.double_descent.variables import DoubleDescentVariables
from typicality.experiments.experiment import Experiment
from typicality.results.table import Table

__all__ = ["N_OUTPUTS", "DoubleDescent"]

N_OUTPUTS: Final = 10
"""Outputs of the models, one for each class of digits."""


class DoubleDescent(Experiment, frozen=True, kw_only=True):
    """Test error of minimum-norm least squares on digits, against the number of parameters.

    The ten classes are ten outputs, one-hot, so that P is features times ten and the threshold
    n_L N. The mean squared error is summed over the outputs: answering the mean has 0.9. A label is
    noisy with the stated probability, and then any of the ten with equal chance. One draw is a new
    split into training and test digits, new noise and new features; larger models contain the
    smaller ones' features.

    Parameters
    ----------
    n_samples : int, default: 300
        Training digits N of the random features.
    features : tuple of int
        Numbers of random features, none equal to `n_samples`.
    n_tangent_samples : int, default: 200
        Training digits of the linearized network.
    widths : tuple of int
        Widths of the linearized network, with (n_components + 2) width + 1 tangent features an
        output.
    n_components : int, default: 16
        Principal components of the digits that the linearized network sees. On all pixels those
        that hardly vary make its error explode far from the threshold.
    noise : tuple of float, default: (0.0, 0.1, 0.2)
        Probabilities of a noisy label, from 0 to 1, in rising order.
    n_draws : int, default: 20
        Draws, at least 4.
    n_gaussian_draws : int, default: 400
        Draws of the Gaussian features.
    total_dimension : int, default: 3600
        D on the quantum side, cut into d_A and D / d_A in every way; a square, so that d_A = d_B is
        among them, and at most 10^6.
    n_spectra : int, default: 200
        Draws of the spectrum of rho_A per cut.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import DoubleDescent
    >>> data = DoubleDescent(n_samples=30, features=(10, 29, 31, 300), n_tangent_samples=20,
    ...                      widths=(2, 40), n_components=4, n_draws=4, n_gaussian_draws=10,
    ...                      total_dimension=36, n_spectra=10).run(rng=1)
    >>> data["features_error"].dims
    ('noise', 'features', 'draw')
    >>> median = data["features_error_median"].sel(noise=0.0)
    >>> bool(median.sel(features=300) < median.sel(features=31))
    True
    """

    name: ClassVar[str] = "double-descent"
    title: ClassVar[str] = "Double descent"
    equation: ClassVar[str] = "Eq. (4), Sec. III"
    summary: ClassVar[str] = "test error on digits on both sides of the fitting threshold"
    variables: ClassVar[type[Table]] = DoubleDescentVariables
    usual_seconds: ClassVar[float] = 14.0
    full: ClassVar[dict[str, Any]] = {
        "n_draws": 100,
        "n_gaussian_draws": 10000,
        "n_spectra": 2000,
        "total_dimension": 14400,
    }

    n_samples: int = 300
    features: tuple[int, ...] = (
        10, 20, 30, 45, 60, 75, 90, 120, 150, 190, 230, 260, 280, 292, 308, 320, 345, 380, 450, 600,
        900, 1500, 3000,
    )  # fmt: skip
    n_tangent_samples: int = 200
    widths: tuple[int, ...] = (
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 20, 28, 40, 80, 160, 320,
    )  # fmt: skip
    n_components: int = 16
    noise: tuple[float, ...] = (0.0, 0.1, 0.2)
    n_draws: int = 20
    n_gaussian_draws: int = 400
    total_dimension: int = 3600
    n_spectra: int = 200

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        for name in ("n_samples", "n_tangent_samples"):
            if not 10 <= getattr(self, name) <= 1500:
                raise ValueError(f"{name} must be from 10 to 1500; got {getattr(self, name)}.")
        for name in ("features", "widths", "noise"):
            values = getattr(self, name)
            if not values or sorted(set(values)) != list(values):
                raise ValueError(f"{name} must hold rising values; got {values}.")
        if self.features[0] < 1 or self.features[-1] > 10**5:
            raise ValueError(f"features must be from 1 to 100000; got {self.features}.")
        if self.widths[0] < 1 or self.widths[-1] > 5000:
            raise ValueError(f"widths must be from 1 to 5000; got {self.widths}.")
        if not 1 <= self.n_components <= 61:
            raise ValueError(f"n_components must be from 1 to 61; got {self.n_components}.")
        if self.n_samples in self.features:
            raise ValueError(
                f"features must not hold n_samples={self.n_samples}: at P = n_L N the mean "
                "error is infinite. Take values on both sides of it."
            )
        if self.n_tangent_samples in self.tangent_sizes():
            raise ValueError(
                f"widths must not give n_tangent_samples={self.n_tangent_samples} tangent "
                "features: at P = n_L N the mean error is infinite. Take others."
            )
        if not (self.noise[0] >= 0 and self.noise[-1] <= 1):
            raise ValueError(f"noise must be from 0 to 1; got {self.noise}.")
        if self.n_draws < 4 or self.n_gaussian_draws < 4 or self.n_spectra < 4:
            raise ValueError(
                f"n_draws, n_gaussian_draws and n_spectra must be at least 4; got {self.n_draws}, "
                f"{self.n_gaussian_draws}, {self.n_spectra}."
            )
        root = math.isqrt(max(self.total_dimension, 0))
        if not 4 <= self.total_dimension <= 10**6 or root**2 != self.total_dimension:
            raise ValueError(
                "total_dimension must be a square number from 4 to 1000000; got "
                f"{self.total_dimension}."
            )

    def tangent_sizes(self) -> list[int]:
        """Return the numbers of tangent features of an output, for every width."""
        return [(self.n_components + 2) * width + 1 for width in self.widths]
