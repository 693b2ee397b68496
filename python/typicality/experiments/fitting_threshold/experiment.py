"""Parameters of the FittingThreshold experiment."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from typicality._arrays import choice
from typicality.experiments.experiment import Experiment
from typicality.experiments.fitting_threshold.variables import FittingThresholdVariables
from typicality.results.table import Table

__all__ = ["WINDOWS", "FittingThreshold"]

WINDOWS: Final = {"near": (1.3, 4.0), "far": (4.0, 16.5)}
"""Ranges of P_eff / (n_L N) in which a line is fitted, by name."""


class FittingThreshold(Experiment, frozen=True, kw_only=True):
    """Smallest kernel eigenvalue against the number of parameters, and rho_A's against d_B.

    One hidden layer on the leading principal components of handwritten digits, normalized to the
    sphere. Every draw takes new digits and new parameters. Widths are chosen so that the effective
    number of parameters P_eff, the rank that J can reach on these digits, comes closest to each of
    `ratios` times n_L N.

    Parameters
    ----------
    n_samples : tuple of int, default: (30, 60, 120)
        Numbers N of digits.
    activations : tuple of str, default: ("relu", "tanh")
        Activation functions: "relu", "tanh".
    n_outputs : int, default: 10
        Outputs n_L.
    n_components : int, default: 16
        Principal components of the digits.
    bias_scale : float, default: 0.5
        Scale of the biases.
    ratios : tuple of float
        P_eff / (n_L N) to aim at, from below 1 to 16; each of the windows 1.3 to 4 and 4 to 16.5 of
        the fits must hold three.
    n_draws : int, default: 24
        Draws of digits and parameters per point, at least 2.
    d_a : int, default: 64
        Dimension of the subsystem A on the quantum side.
    n_spectra : int, default: 400
        Draws of the spectrum of rho_A per dimension of B.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import FittingThreshold
    >>> data = FittingThreshold(n_samples=(10,), activations=("tanh",), n_outputs=2, n_draws=2,
    ...                         d_a=8, n_spectra=50).run(rng=1)
    >>> data["edge"].dims, data["kappa"].dims
    (('activation', 'n_samples', 'point'), ('activation', 'n_samples', 'window'))
    >>> bool((data["rank"] <= data["n_effective"]).all())
    True
    """

    name: ClassVar[str] = "fitting-threshold"
    title: ClassVar[str] = "The fitting threshold"
    equation: ClassVar[str] = "Eq. (3), Sec. III"
    result_version: ClassVar[int] = 2
    summary: ClassVar[str] = "smallest eigenvalue of the tangent kernel and of the reduced state"
    variables: ClassVar[type[Table]] = FittingThresholdVariables
    usual_seconds: ClassVar[float] = 8.0
    quick: ClassVar[dict[str, Any]] = {"n_outputs": 3, "n_draws": 32}

    n_samples: tuple[int, ...] = (30, 60, 120)
    activations: tuple[str, ...] = ("relu", "tanh")
    n_outputs: int = 10
    n_components: int = 16
    bias_scale: float = 0.5
    ratios: tuple[float, ...] = (
        0.5, 0.7, 0.85, 0.95, 1.0, 1.05, 1.15, 1.35, 1.7, 2.1, 2.7, 3.4, 4.2, 6.0, 8.0, 11.0, 16.0,
    )  # fmt: skip
    n_draws: int = 24
    d_a: int = 64
    n_spectra: int = 400

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not self.n_samples or not all(2 <= n <= 1000 for n in self.n_samples):
            raise ValueError(f"n_samples must hold numbers from 2 to 1000; got {self.n_samples}.")
        if not self.activations:
            raise ValueError("activations must name at least one activation function.")
        for activation in self.activations:
            choice(activation, "activations", ("relu", "tanh"))
        for name in ("n_samples", "activations", "ratios"):
            values = getattr(self, name)
            if len(set(values)) != len(values):
                raise ValueError(f"{name} must not name a value twice; got {values}.")
        if not 1 <= self.n_outputs <= 100:
            raise ValueError(f"n_outputs must be from 1 to 100; got {self.n_outputs}.")
        if max(self.n_samples) * self.n_outputs > 5000:
            raise ValueError(
                f"n_samples * n_outputs must be at most 5000, the side of K; got "
                f"{max(self.n_samples) * self.n_outputs}."
            )
        if not 1 <= self.n_components <= 61:
            raise ValueError(f"n_components must be from 1 to 61; got {self.n_components}.")
        if not 0 < self.bias_scale <= 10:
            raise ValueError(f"bias_scale must be above 0, at most 10; got {self.bias_scale}.")
        if not all(0 < ratio <= 100 for ratio in self.ratios):
            raise ValueError(f"ratios must be above 0, at most 100; got {self.ratios}.")
        for low, high in WINDOWS.values():
            if sum(low <= ratio <= high for ratio in self.ratios) < 3:
                raise ValueError(
                    f"ratios must have three values from {low} to {high}, the window of a fit; "
                    f"got {self.ratios}."
                )
        if self.n_draws < 2 or self.n_spectra < 2:
            raise ValueError(
                f"n_draws and n_spectra must be at least 2; got {self.n_draws}, {self.n_spectra}."
            )
        if not 2 <= self.d_a <= 1024:
            raise ValueError(f"d_a must be from 2 to 1024; got {self.d_a}.")
