"""Double descent: test error on both sides of the fitting threshold, Sec. III.

Minimum-norm least squares on handwritten digits, first with nested random relu features, then with
the tangent features of a tanh network, which is what the linearized network of Eq. (4) learns. Next
to them the one case with an exact mean, Gaussian features, and the quantum side.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._progress import Progress
from typicality._random import Seeds
from typicality.experiments.double_descent.experiment import N_OUTPUTS
from typicality.experiments.double_descent.quantum_side import (
    QUARTILES,
    factor_pairs,
    minimum_norm_displacements,
)
from typicality.experiments.double_descent.variables import DoubleDescentVariables as V
from typicality.networks import MLP, RandomFeatures, load_digits, on_sphere, ridgeless_risk
from typicality.results.estimates import mean_estimate
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.double_descent.experiment import DoubleDescent

__all__ = ["measure"]

_GAUSSIAN_SAMPLES = 40
_GAUSSIAN_TOTAL = 800
_GAUSSIAN_SIZES = (2, 5, 10, 16, 22, 28, 33, 48, 54, 64, 80, 110, 160, 240, 400, 800)


def measure(experiment: DoubleDescent, seeds: Seeds, progress: Progress) -> Values:
    """Fit every model of every draw, and put the exact cases beside them."""
    variables = _features(experiment, seeds, lambda part, text: progress(0.6 * part, text))
    variables |= _tangent(experiment, seeds, lambda part, text: progress(0.6 + 0.25 * part, text))
    progress(0.85, "Gaussian features")
    variables |= _gaussian(experiment, seeds)
    progress(0.93, "reduced states")
    variables |= minimum_norm_displacements(experiment.total_dimension, experiment.n_spectra, seeds)
    return variables | {
        V.noise: list(experiment.noise),
        V.features: list(experiment.features),
        V.tangent: experiment.tangent_sizes(),
        V.gaussian: list(_GAUSSIAN_SIZES),
        V.d_a: [d_a for d_a, _ in factor_pairs(experiment.total_dimension)],
    }


def _features(experiment: DoubleDescent, seeds: Seeds, progress: Progress) -> Values:
    inputs, labels = load_digits()
    x = on_sphere(inputs)
    shape = (len(experiment.noise), len(experiment.features), experiment.n_draws)
    test, train = np.zeros(shape), np.zeros(shape)
    for draw in range(experiment.n_draws):
        progress(draw / experiment.n_draws, f"random features, draw {draw + 1}")
        order, targets, truth = _split(
            experiment, labels, experiment.n_samples, "features", draw, seeds
        )
        features = RandomFeatures(
            x.shape[1], experiment.features[-1], "relu", rng=seeds.seed("features", draw)
        )
        table = features(x[order])
        models = [table[:, :size] for size in experiment.features]
        test[..., draw], train[..., draw] = _errors(models, targets, truth)
    return _error_variables("features", test, train, experiment.features, experiment.n_samples)


def _tangent(experiment: DoubleDescent, seeds: Seeds, progress: Progress) -> Values:
    inputs, labels = load_digits(n_components=experiment.n_components)
    x = on_sphere(inputs)
    shape = (len(experiment.noise), len(experiment.widths), experiment.n_draws)
    test, train = np.zeros(shape), np.zeros(shape)
    for draw in range(experiment.n_draws):
        progress(draw / experiment.n_draws, f"linearized network, draw {draw + 1}")
        order, targets, truth = _split(
            experiment, labels, experiment.n_tangent_samples, "tangent", draw, seeds
        )
        models = (
            _tangent_features(x[order], width, seeds.seed("theta", draw, width))
            for width in experiment.widths
        )
        test[..., draw], train[..., draw] = _errors(models, targets, truth)
    return _error_variables(
        "tangent", test, train, experiment.tangent_sizes(), experiment.n_tangent_samples
    )


def _tangent_features(x: Floats, width: int, seed: np.random.SeedSequence) -> Floats:
    mlp = MLP(widths=(x.shape[1], width, 1), activation="tanh", bias_scale=0.5)
    return mlp.jacobian(mlp.init(rng=seed), x)[:, 0]


def _split(
    experiment: DoubleDescent,
    labels: npt.NDArray[np.int64],
    n: int,
    part: str,
    draw: int,
    seeds: Seeds,
) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Order of the digits, the first `n` for training; noisy targets; the test targets."""
    generator = np.random.default_rng(seeds.seed("split", part, draw))
    order = generator.permutation(len(labels))
    # One set of uniform numbers: the labels that are noisy at 10% are so at 20% as well.
    chance, other = generator.random(n), generator.integers(0, N_OUTPUTS, n)
    one_hot = np.eye(N_OUTPUTS)
    right = labels[order[:n]]
    targets = np.stack([one_hot[np.where(chance < p, other, right)] for p in experiment.noise])
    return order, targets, one_hot[labels[order[n:]]]


def _error_variables(
    prefix: str,
    test: Floats,
    train: Floats,
    sizes: Sequence[int],
    n: int,
) -> Values:
    below = np.median(test, axis=-1)[:, np.array(sizes) < n]
    first = below.min(axis=-1) if below.size else np.full(len(test), np.nan)
    variables: Values = {
        V.named(f"{prefix}_error"): test,
        V.named(f"{prefix}_training_error"): train.mean(axis=-1),
        V.named(f"{prefix}_params"): np.array(sizes) * N_OUTPUTS,
        V.named(f"{prefix}_ratio"): np.array(sizes) / n,
        V.named(f"{prefix}_first_minimum"): first,
    }
    for name, level in QUARTILES.items():
        variables[V.named(f"{prefix}_error_{name}")] = np.quantile(test, level, axis=-1)
    return variables


def _gaussian(experiment: DoubleDescent, seeds: Seeds) -> Values:
    """Risk on isotropic Gaussian features, of which the fit sees some, with its exact mean."""
    n, total, noise = _GAUSSIAN_SAMPLES, _GAUSSIAN_TOTAL, 0.1
    weights = np.full(total, 1.0 / np.sqrt(total))
    risk = np.zeros((len(_GAUSSIAN_SIZES), experiment.n_gaussian_draws))
    for draw in range(experiment.n_gaussian_draws):
        generator = np.random.default_rng(seeds.seed("gaussian", draw))
        x = generator.standard_normal((n, total))
        y = x @ weights + np.sqrt(noise) * generator.standard_normal(n)
        for i, size in enumerate(_GAUSSIAN_SIZES):
            fitted = np.zeros(total)
            fitted[:size] = _minimum_norm(x[:, :size], y[:, None])[:, 0]
            risk[i, draw] = np.sum((fitted - weights) ** 2)
    exact = ridgeless_risk(
        n, _GAUSSIAN_SIZES, noise_variance=noise, signal_norm_squared=1.0, total_features=total
    )
    return {
        V.gaussian_risk: mean_estimate(risk, axis=-1),
        V.gaussian_risk_exact: exact,
        V.gaussian_ratio: np.array(_GAUSSIAN_SIZES) / n,
    }


def _errors(models: Any, targets: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """Test and training error, shape (noise, model), of minimum-norm fits of the first rows."""
    levels, n, classes = targets.shape
    # All noise levels are columns of one system: they share its factorization.
    columns = targets.transpose(1, 0, 2).reshape(n, levels * classes)
    test, train = [], []
    for table in models:
        weights = _minimum_norm(table[:n], columns)
        answers = (table[n:] @ weights).reshape(-1, levels, classes)
        fitted = (table[:n] @ weights).reshape(n, levels, classes)
        test.append(np.mean(np.sum((answers - truth[:, None]) ** 2, axis=-1), axis=0))
        train.append(np.mean(np.sum((fitted - targets.swapaxes(0, 1)) ** 2, axis=-1), axis=0))
    return np.array(test).T, np.array(train).T


def _minimum_norm(table: Floats, columns: Floats) -> Floats:
    """Minimum-norm least squares, by the cheaper of two routes."""
    n, size = table.shape
    if size <= 2 * n:
        # Near the threshold the Gram matrix would lose half the digits of a large condition number.
        thin = functools.partial(np.linalg.svd, full_matrices=False)
        left, singular, right = interruptible(thin, table)
        kept = singular > max(n, size) * np.finfo(np.float64).eps * singular[0]
        inverse = np.where(kept, 1.0 / np.where(kept, singular, 1.0), 0.0)
        return right.T @ (inverse[:, None] * (left.T @ columns))
    return table.T @ interruptible(np.linalg.solve, table @ table.T, columns)
