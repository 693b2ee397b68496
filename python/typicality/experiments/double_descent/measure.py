"""Double descent: test error on both sides of the fitting threshold, Sec. III.

Minimum-norm least squares on handwritten digits, first with nested random relu features, then with
the tangent features of a tanh network, which is what the linearized network of Eq. (4) learns. Next
to them the one case with an exact mean, Gaussian features, and the quantum side, `least_steps`.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from typicality._interruptible import interruptible
from typicality._random import Seeds
from typicality.experiments.double_descent.quantum_side import QUARTILES, least_steps, sides
from typicality.experiments.experiment import Experiment, Progress
from typicality.networks import MLP, RandomFeatures, load_digits, on_sphere, ridgeless_risk
from typicality.results.estimates import mean_estimate
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["DoubleDescent"]

_CLASSES = 10
_GAUSSIAN_SAMPLES = 40
_GAUSSIAN_TOTAL = 800
_GAUSSIAN_SIZES = (2, 5, 10, 16, 22, 28, 33, 48, 54, 64, 80, 110, 160, 240, 400, 800)


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
        if self.n_tangent_samples in self._tangent_sizes():
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

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Fit every model of every draw, and put the exact cases beside them.

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
        variables = self._features(seeds, lambda part, text: progress(0.6 * part, text))
        variables |= self._tangent(seeds, lambda part, text: progress(0.6 + 0.25 * part, text))
        progress(0.85, "Gaussian features")
        variables |= self._gaussian(seeds)
        progress(0.93, "reduced states")
        variables |= least_steps(self.total_dimension, self.n_spectra, seeds)
        return dataset(
            variables,
            coords={
                "noise": coordinate("noise", list(self.noise), "probability of a noisy label"),
                "features": coordinate("features", list(self.features), "random features"),
                "tangent": coordinate("tangent", self._tangent_sizes(), "tangent features"),
                "gaussian": coordinate("gaussian", list(_GAUSSIAN_SIZES), "Gaussian features"),
                "d_a": coordinate(
                    "d_a", [d_a for d_a, _ in sides(self.total_dimension)], "dimension of A"
                ),
            },
        )

    def _tangent_sizes(self) -> list[int]:
        return [(self.n_components + 2) * width + 1 for width in self.widths]

    def _features(self, seeds: Seeds, progress: Progress) -> Variables:
        inputs, labels = load_digits()
        x = on_sphere(inputs)
        shape = (len(self.noise), len(self.features), self.n_draws)
        test, train = np.zeros(shape), np.zeros(shape)
        for draw in range(self.n_draws):
            progress(draw / self.n_draws, f"random features, draw {draw + 1}")
            order, targets, truth = self._split(labels, self.n_samples, "features", draw, seeds)
            features = RandomFeatures(
                x.shape[1], self.features[-1], "relu", rng=seeds.seed("features", draw)
            )
            table = features(x[order])
            models = [table[:, :size] for size in self.features]
            test[..., draw], train[..., draw] = _errors(models, targets, truth)
        return self._error_variables(
            "features", test, train, self.features, self.n_samples, "random relu features"
        )

    def _tangent(self, seeds: Seeds, progress: Progress) -> Variables:
        inputs, labels = load_digits(n_components=self.n_components)
        x = on_sphere(inputs)
        shape = (len(self.noise), len(self.widths), self.n_draws)
        test, train = np.zeros(shape), np.zeros(shape)
        for draw in range(self.n_draws):
            progress(draw / self.n_draws, f"linearized network, draw {draw + 1}")
            order, targets, truth = self._split(
                labels, self.n_tangent_samples, "tangent", draw, seeds
            )
            models = (
                self._tangent_features(x[order], width, seeds.seed("theta", draw, width))
                for width in self.widths
            )
            test[..., draw], train[..., draw] = _errors(models, targets, truth)
        return self._error_variables(
            "tangent",
            test,
            train,
            self._tangent_sizes(),
            self.n_tangent_samples,
            "linearized tanh network",
        )

    def _tangent_features(
        self, x: npt.NDArray[np.float64], width: int, seed: np.random.SeedSequence
    ) -> npt.NDArray[np.float64]:
        mlp = MLP(widths=(x.shape[1], width, 1), activation="tanh", bias_scale=0.5)
        return mlp.jacobian(mlp.init(rng=seed), x)[:, 0]

    def _split(
        self, labels: npt.NDArray[np.int64], n: int, part: str, draw: int, seeds: Seeds
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Order of the digits, the first `n` for training; noisy targets; the test targets."""
        generator = np.random.default_rng(seeds.seed("split", part, draw))
        order = generator.permutation(len(labels))
        # One set of uniform numbers: the labels that are noisy at 10% are so at 20% as well.
        chance, other = generator.random(n), generator.integers(0, _CLASSES, n)
        one_hot = np.eye(_CLASSES)
        right = labels[order[:n]]
        targets = np.stack([one_hot[np.where(chance < p, other, right)] for p in self.noise])
        return order, targets, one_hot[labels[order[n:]]]

    def _error_variables(
        self,
        dim: str,
        test: npt.NDArray[np.float64],
        train: npt.NDArray[np.float64],
        sizes: Sequence[int],
        n: int,
        what: str,
    ) -> Variables:
        variables: Variables = {
            f"{dim}_error": variable(
                ("noise", dim, "draw"), test, "measured", f"test mean squared error, {what}"
            ),
            f"{dim}_training_error": variable(
                ("noise", dim),
                train.mean(axis=-1),
                "measured",
                f"mean training mean squared error, {what}",
            ),
            f"{dim}_params": variable(
                dim, np.array(sizes) * _CLASSES, "setting", f"number of parameters P, {what}"
            ),
            f"{dim}_ratio": variable(dim, np.array(sizes) / n, "setting", f"P / (n_L N), {what}"),
        }
        below = np.median(test, axis=-1)[:, np.array(sizes) < n]
        variables[f"{dim}_first_minimum"] = variable(
            "noise",
            below.min(axis=-1) if below.size else np.full(len(self.noise), np.nan),
            "measured",
            f"least median test mean squared error below the threshold, {what}",
        )
        for name, level in QUARTILES.items():
            variables[f"{dim}_error_{name}"] = variable(
                ("noise", dim),
                np.quantile(test, level, axis=-1),
                "quantile",
                f"{level:.0%} quantile of the test mean squared error, {what}",
            )
        return variables

    def _gaussian(self, seeds: Seeds) -> Variables:
        """Risk on isotropic Gaussian features, of which the fit sees some, with its exact mean."""
        n, total, noise = _GAUSSIAN_SAMPLES, _GAUSSIAN_TOTAL, 0.1
        weights = np.full(total, 1.0 / np.sqrt(total))
        risk = np.zeros((len(_GAUSSIAN_SIZES), self.n_gaussian_draws))
        for draw in range(self.n_gaussian_draws):
            generator = np.random.default_rng(seeds.seed("gaussian", draw))
            x = generator.standard_normal((n, total))
            y = x @ weights + np.sqrt(noise) * generator.standard_normal(n)
            for i, size in enumerate(_GAUSSIAN_SIZES):
                fitted = np.zeros(total)
                fitted[:size] = _least_norm(x[:, :size], y[:, None])[:, 0]
                risk[i, draw] = np.sum((fitted - weights) ** 2)
        exact = ridgeless_risk(
            n, _GAUSSIAN_SIZES, noise_variance=noise, signal_norm_squared=1.0, total_features=total
        )
        return {
            **estimated(
                "gaussian_risk",
                "gaussian",
                mean_estimate(risk, axis=-1),
                "mean squared error against the noiseless response, Gaussian features",
            ),
            "gaussian_risk_exact": variable(
                "gaussian", exact, "exact", "mean risk from the inverse Wishart trace"
            ),
            "gaussian_ratio": variable(
                "gaussian", np.array(_GAUSSIAN_SIZES) / n, "setting", "P / N, Gaussian features"
            ),
        }


def _errors(
    models: Any, targets: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Test and training error, shape (noise, model), of least-norm fits of the first rows."""
    levels, n, classes = targets.shape
    # All noise levels are columns of one system: they share its factorization.
    columns = targets.transpose(1, 0, 2).reshape(n, levels * classes)
    test, train = [], []
    for table in models:
        weights = _least_norm(table[:n], columns)
        answers = (table[n:] @ weights).reshape(-1, levels, classes)
        fitted = (table[:n] @ weights).reshape(n, levels, classes)
        test.append(np.mean(np.sum((answers - truth[:, None]) ** 2, axis=-1), axis=0))
        train.append(np.mean(np.sum((fitted - targets.swapaxes(0, 1)) ** 2, axis=-1), axis=0))
    return np.array(test).T, np.array(train).T


def _least_norm(
    table: npt.NDArray[np.float64], columns: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Least squares, least norm, by the cheaper of two routes."""
    n, size = table.shape
    if size <= 2 * n:
        # Near the threshold the Gram matrix would lose half the digits of a large condition number.
        thin = functools.partial(np.linalg.svd, full_matrices=False)
        left, singular, right = interruptible(thin, table)
        kept = singular > max(n, size) * np.finfo(np.float64).eps * singular[0]
        inverse = np.where(kept, 1.0 / np.where(kept, singular, 1.0), 0.0)
        return right.T @ (inverse[:, None] * (left.T @ columns))
    return table.T @ interruptible(np.linalg.solve, table @ table.T, columns)
