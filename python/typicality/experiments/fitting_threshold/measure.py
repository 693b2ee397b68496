"""The fitting threshold: smallest eigenvalue of the tangent kernel and of rho_A, Sec. III.

The paper takes lambda_min(K) ~ sigma (sqrt(P) - kappa sqrt(n_L N)) for K = J J^T of Eq. (3) and
reads from it a threshold kappa n_L N. Here K is computed on handwritten digits for widths on both
sides of P_eff = n_L N, P_eff being the rank that J can reach; `smallest_schmidt_weights` stands
next to it for rho_A on both sides of d_B = d_A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import choice
from typicality._random import Seeds
from typicality.experiments.experiment import Experiment, Progress
from typicality.experiments.fitting_threshold.quantum_side import (
    dimensions,
    smallest_schmidt_weights,
)
from typicality.networks import (
    MLP,
    effective_parameters,
    empirical_ntk,
    fit_threshold,
    load_digits,
    normalized_edge,
    on_sphere,
)
from typicality.results.estimates import mean_estimate, share_estimate
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["FittingThreshold"]

_WINDOWS = {"near": (1.3, 4.0), "far": (4.0, 16.5)}
_POINTS = ("activation", "n_samples", "point")


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
        for low, high in _WINDOWS.values():
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

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Compute the kernels' spectra, fit both windows, and draw the spectra of rho_A.

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
        spectra = self._kernel_spectra(seeds, lambda part, text: progress(0.95 * part, text))
        progress(0.95, "reduced states")
        variables = self._kernel_variables(spectra) | self._fits(spectra)
        variables |= smallest_schmidt_weights(self.d_a, self.n_spectra, seeds)
        return dataset(
            variables,
            coords={
                "activation": coordinate(
                    "activation", list(self.activations), "activation function"
                ),
                "n_samples": coordinate("n_samples", list(self.n_samples), "digits N"),
                "point": coordinate(
                    "point", sorted(self.ratios), "P_eff / (n_L N) that was aimed at"
                ),
                "window": coordinate("window", list(_WINDOWS), "window of the fit"),
                "d_b": coordinate("d_b", dimensions(self.d_a), "dimension of B"),
            },
        )

    def _kernel_spectra(
        self, seeds: Seeds, progress: Progress
    ) -> dict[str, npt.NDArray[np.float64]]:
        """Per activation, N, width and draw: the smallest eigenvalue, the trace, rank and P_eff."""
        inputs = on_sphere(load_digits(n_components=self.n_components).inputs)
        points = sorted(self.ratios)
        shape = (len(self.activations), len(self.n_samples), len(points), self.n_draws)
        names = ("smallest", "trace", "rank", "n_effective", "n_params", "width")
        found = {name: np.zeros(shape) for name in names}
        # The work is that of the eigenvalues, cubic in N.
        work = np.cumsum([n**3 for n in self.n_samples for _ in points])
        total = float(work[-1]) * len(self.activations)
        for i, activation in enumerate(self.activations):
            for j, n in enumerate(self.n_samples):
                samples = [inputs[chosen] for chosen in self._digits(seeds, n, len(inputs))]
                counts = [self._effective_parameters(activation, x) for x in samples]
                for k, ratio in enumerate(points):
                    step = work[j * len(points) + k] - n**3 + i * work[-1]
                    progress(
                        float(step) / total, f"{activation}, {n} digits, P/(n_L N) = {ratio:g}"
                    )
                    target = ratio * self.n_outputs * n
                    widths = [max(1, 1 + round((target - one) / more)) for one, more in counts]
                    kernels = np.empty((self.n_draws, self.n_outputs * n, self.n_outputs * n))
                    for draw, (x, width) in enumerate(zip(samples, widths, strict=True)):
                        mlp = self._network(activation, width)
                        theta = mlp.init(rng=seeds.seed("theta", activation, n, k, draw))
                        kernels[draw] = empirical_ntk(mlp, theta, x)
                        found["n_params"][i, j, k, draw] = mlp.n_params
                    # In one call, so that the draws share the cores.
                    eigenvalues = _core.hermitian_eigenvalues(kernels)
                    # A zero eigenvalue comes back as rounding of the largest one.
                    zero = eigenvalues[:, -1:] * 1e-15 * eigenvalues.shape[1]
                    found["smallest"][i, j, k] = np.maximum(eigenvalues[:, 0], 0.0)
                    found["trace"][i, j, k] = np.trace(kernels, axis1=1, axis2=2)
                    found["rank"][i, j, k] = np.sum(eigenvalues > zero, axis=1)
                    found["width"][i, j, k] = widths
                    found["n_effective"][i, j, k] = [
                        one + more * (width - 1)
                        for (one, more), width in zip(counts, widths, strict=True)
                    ]
        return found

    def _digits(self, seeds: Seeds, n: int, available: int) -> list[npt.NDArray[np.int64]]:
        return [
            np.random.default_rng(seeds.seed("digits", n, draw)).permutation(available)[:n]
            for draw in range(self.n_draws)
        ]

    def _network(self, activation: str, width: int) -> MLP:
        widths = (self.n_components, width, self.n_outputs)
        return MLP(widths=widths, activation=activation, bias_scale=self.bias_scale)

    def _effective_parameters(self, activation: str, x: npt.NDArray[np.float64]) -> tuple[int, int]:
        """P_eff on `x` of a single hidden unit, and what each further one adds to it."""
        one, two = (effective_parameters(self._network(activation, width), x) for width in (1, 2))
        return one, two - one

    def _kernel_variables(self, spectra: dict[str, npt.NDArray[np.float64]]) -> Variables:
        constraints = self.n_outputs * np.array(self.n_samples)[None, :, None]
        params = spectra["n_effective"].mean(axis=-1)
        full_rank = spectra["rank"] == constraints[..., None]
        share, share_stderr = share_estimate(full_rank, axis=-1)
        mean = spectra["trace"] / constraints[..., None]
        draws = (*_POINTS, "draw")
        return {
            **estimated(
                "edge",
                _POINTS,
                mean_estimate(self._edges(spectra), axis=-1),
                "sqrt(P_eff lambda_min(K) / tr K)",
            ),
            **estimated(
                "relative_edge",
                _POINTS,
                mean_estimate(spectra["smallest"] / mean, axis=-1),
                "smallest over mean eigenvalue of K",
            ),
            "smallest_eigenvalue": variable(
                draws, spectra["smallest"], "measured", "smallest eigenvalue of K"
            ),
            "trace": variable(draws, spectra["trace"], "measured", "trace of K"),
            "rank": variable(draws, spectra["rank"], "measured", "rank of K"),
            "full_rank_share": variable(
                _POINTS, share, "measured", "share of draws with K of full rank"
            ),
            "full_rank_share_stderr": variable(
                _POINTS, share_stderr, "stderr", "standard error of the share"
            ),
            "full_rank_share_exact": variable(
                _POINTS,
                (params >= constraints).astype(np.float64),
                "bound",
                "1 where P_eff >= n_L N: no more can have full rank",
            ),
            "n_effective": variable(
                draws, spectra["n_effective"], "setting", "effective number of parameters P_eff"
            ),
            "n_params": variable(
                _POINTS, spectra["n_params"][..., 0], "setting", "number of parameters P"
            ),
            "width": variable(_POINTS, spectra["width"][..., 0], "setting", "width"),
            "ratio": variable(_POINTS, params / constraints, "setting", "P_eff / (n_L N)"),
            "root_ratio": variable(
                _POINTS, np.sqrt(params / constraints), "setting", "sqrt(P_eff / (n_L N))"
            ),
            "n_inputs": variable((), self.n_components, "setting", "entries of an input"),
            "n_constraints": variable(
                "n_samples", constraints[0, :, 0], "setting", "scalar outputs to fit, n_L N"
            ),
        }

    def _edges(self, spectra: dict[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """Smallest singular value of J in units of its rms entry times sqrt(n_L N)."""
        edges = [
            normalized_edge(
                spectra["n_effective"][:, j],
                spectra["smallest"][:, j],
                self.n_outputs * n,
                trace=spectra["trace"][:, j],
            )
            / np.sqrt(self.n_outputs * n)
            for j, n in enumerate(self.n_samples)
        ]
        return np.stack(edges, axis=1)

    def _fits(self, spectra: dict[str, npt.NDArray[np.float64]]) -> Variables:
        """Fit of the paper's line to each draw in each window, and the mean line at every point.

        The points of one draw share its digits, so the scatter from draw to draw is the error.
        """
        shape = (len(self.activations), len(self.n_samples), len(_WINDOWS), self.n_draws)
        sigma, kappa, r_squared = (np.full(shape, np.nan) for _ in range(3))
        lines = np.full((*shape[:3], len(self.ratios)), np.nan)
        aimed = np.array(sorted(self.ratios))
        for i, j, k in np.ndindex(shape[:3]):
            low, high = tuple(_WINDOWS.values())[k]
            inside = (low <= aimed) & (aimed <= high)
            constraints = self.n_outputs * self.n_samples[j]
            params = spectra["n_effective"][i, j]
            fits = [
                fit_threshold(
                    params[inside, draw],
                    spectra["smallest"][i, j, inside, draw],
                    constraints,
                    trace=spectra["trace"][i, j, inside, draw],
                )
                for draw in range(self.n_draws)
            ]
            sigma[i, j, k] = [fit.sigma for fit in fits]
            kappa[i, j, k] = [fit.kappa for fit in fits]
            r_squared[i, j, k] = [fit.r_squared for fit in fits]
            root = np.sqrt(params.mean(axis=-1) / constraints)
            lines[i, j, k] = np.mean([fit.sigma * (root - fit.kappa) for fit in fits], axis=0)
        dims = ("activation", "n_samples", "window")
        bounds = np.array(list(_WINDOWS.values()))
        mean_sigma, sigma_stderr = mean_estimate(sigma, axis=-1)
        mean_kappa, kappa_stderr = mean_estimate(kappa, axis=-1)
        sigma_text = "slope sigma of the normalized edge against sqrt(P_eff)"
        kappa_text = "kappa: the line is 0 at sqrt(P_eff) = kappa sqrt(n_L N)"
        return {
            "sigma": variable(dims, mean_sigma, "fit", sigma_text),
            "sigma_stderr": variable(dims, sigma_stderr, "stderr", "standard error of sigma"),
            "kappa": variable(dims, mean_kappa, "fit", kappa_text),
            "kappa_stderr": variable(dims, kappa_stderr, "stderr", "standard error of kappa"),
            "sigma_draw": variable((*dims, "draw"), sigma, "fit", f"{sigma_text}, each draw"),
            "kappa_draw": variable((*dims, "draw"), kappa, "fit", f"{kappa_text}, each draw"),
            "r_squared": variable(
                dims, r_squared.mean(axis=-1), "fit", "mean share of a draw's variance on the line"
            ),
            "edge_fit": variable((*dims, "point"), lines, "fit", "mean of the fitted lines"),
            "window_low": variable("window", bounds[:, 0], "setting", "least P_eff / (n_L N)"),
            "window_high": variable("window", bounds[:, 1], "setting", "largest P_eff / (n_L N)"),
        }
