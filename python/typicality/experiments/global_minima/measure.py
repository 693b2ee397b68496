"""Ubiquity of global minima: which starts have one, and how far away it is, Sec. II.

The paper says that the neighborhood of an arbitrary initialization holds a global minimum once
there are many parameters, because the linear model of Eq. (4) has a solution. Existence and what
gradient descent reaches are different questions and are measured apart: a start from which one
search failed is not a start without a minimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._interruptible import interruptible
from typicality._progress import Progress
from typicality._random import Seeds
from typicality.experiments.global_minima.variables import GlobalMinimaVariables as V
from typicality.networks import (
    MLP,
    effective_parameters,
    empirical_ntk,
    find_minima,
    load_digits,
    on_sphere,
    train,
    vector_jacobian_product,
)
from typicality.results.estimates import mean_estimate
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.global_minima.experiment import GlobalMinima

__all__ = ["measure"]

_CONFIDENCE = 0.95


def measure(experiment: GlobalMinima, seeds: Seeds, progress: Progress) -> Values:
    """Search minima from every start, then follow gradient descent in wide networks."""
    x, y = _data(experiment, seeds)
    variables = _existence(experiment, x, y, seeds, lambda part, text: progress(0.5 * part, text))
    n = experiment.n_samples[0]
    variables |= _distance(
        experiment, x[:n], y[:n], seeds, lambda part, text: progress(0.5 + 0.5 * part, text)
    )
    return variables | {
        V.n_samples: list(experiment.n_samples),
        V.width: sorted(experiment.widths),
        V.wide_width: sorted(experiment.wide_widths),
    }


def _data(experiment: GlobalMinima, seeds: Seeds) -> tuple[Floats, Floats]:
    inputs, labels = load_digits(n_components=experiment.n_components)
    standardized = (labels - labels.mean()) / labels.std()
    generator = np.random.default_rng(seeds.seed("digits"))
    # The first N of one order: the smaller sets are part of the larger.
    chosen = generator.permutation(len(labels))[: max(experiment.n_samples)]
    return on_sphere(inputs[chosen]), standardized[chosen] + generator.standard_normal(len(chosen))


def _network(experiment: GlobalMinima, width: int) -> MLP:
    widths = (experiment.n_components, width, 1)
    return MLP(widths=widths, activation="tanh", bias_scale=experiment.bias_scale)


def _existence(
    experiment: GlobalMinima,
    x: Floats,
    y: Floats,
    seeds: Seeds,
    progress: Progress,
) -> Values:
    widths = sorted(experiment.widths)
    shape = (len(experiment.n_samples), len(widths))
    losses = np.zeros((*shape, experiment.n_starts))
    steps = np.zeros((*shape, experiment.n_starts))
    stalled = np.zeros(shape)
    effective = np.zeros(shape)
    done, total = 0, shape[0] * shape[1]
    for i, n in enumerate(experiment.n_samples):
        for j, width in enumerate(widths):
            mlp = _network(experiment, width)
            text = f"searching minima, {n} digits, width {width}"

            def forward(part: float, _: str, done: int = done, text: str = text) -> None:
                progress((done + part) / total, text)

            found = find_minima(
                mlp,
                mlp.init(experiment.n_starts, rng=seeds.seed("starts", n, width)),
                x[:n],
                y[:n, None],
                max_steps=experiment.max_steps,
                tolerance=experiment.tolerance,
                progress=forward,
            )
            losses[i, j] = found.losses
            steps[i, j] = found.steps
            stalled[i, j] = np.mean(found.status == "stalled")
            effective[i, j] = effective_parameters(mlp, x[:n])
            done += 1
    successes = np.sum(losses < experiment.tolerance, axis=-1)
    low, high = _clopper_pearson(successes, experiment.n_starts)
    constraints = np.array(experiment.n_samples, dtype=np.float64)[:, None]
    return {
        V.share: successes / experiment.n_starts,
        V.share_low: low,
        V.share_high: high,
        V.share_bound: (effective >= constraints).astype(np.float64),
        V.loss: losses,
        V.steps: steps,
        V.stalled_share: stalled,
        V.n_effective: effective,
        V.ratio: effective / constraints,
        V.n_starts: experiment.n_starts,
    }


def _distance(
    experiment: GlobalMinima,
    x: Floats,
    y: Floats,
    seeds: Seeds,
    progress: Progress,
) -> Values:
    widths = sorted(experiment.wide_widths)
    shape = (len(widths), experiment.n_descents)
    names = (
        "displacement",
        "linear",
        "rms",
        "rms_linear",
        "largest",
        "largest_linear",
        "relative",
    )
    found = {name: np.full(shape, np.nan) for name in names}
    loss, steps = np.zeros(shape), np.zeros(shape)
    total = float(sum(widths))
    for i, width in enumerate(widths):
        mlp = _network(experiment, width)
        start = mlp.init(experiment.n_descents, rng=seeds.seed("descent", width))
        done = sum(widths[:i])

        def forward(part: float, _: str, done: int = done, width: int = width) -> None:
            progress((done + part * width) / total, f"gradient descent, width {width}")

        run = train(
            mlp,
            start,
            x,
            y[:, None],
            max_steps=experiment.descent_steps,
            tolerance=experiment.tolerance,
            momentum=experiment.momentum,
            progress=forward,
        )
        loss[i], steps[i] = run.losses, run.steps
        change = np.abs(run.theta - start)
        size = np.linalg.norm(change, axis=1)
        found["displacement"][i] = size
        found["rms"][i] = size / np.sqrt(mlp.n_params)
        found["largest"][i] = change.max(axis=1)
        found["relative"][i] = size / np.linalg.norm(start, axis=1)
        for k, theta in enumerate(start):
            residual = y - mlp.apply(theta, x)[:, 0]
            dual = interruptible(np.linalg.solve, empirical_ntk(mlp, theta, x), residual)
            least = vector_jacobian_product(mlp, theta, x, dual[:, None])
            found["linear"][i, k] = np.sqrt(residual @ dual)
            found["rms_linear"][i, k] = found["linear"][i, k] / np.sqrt(mlp.n_params)
            found["largest_linear"][i, k] = np.abs(least).max()
    return _distance_variables(experiment, found, loss, steps)


def _distance_variables(
    experiment: GlobalMinima,
    found: dict[str, Floats],
    loss: Floats,
    steps: Floats,
) -> Values:
    arrived = loss < experiment.tolerance
    # A descent that was still on its way has no distance to a minimum.
    for name in ("displacement", "rms", "largest", "relative"):
        found[name] = np.where(arrived, found[name], np.nan)
    n_params = [_network(experiment, width).n_params for width in sorted(experiment.wide_widths)]
    variables: Values = {}
    for name in (
        V.displacement,
        V.linear,
        V.rms,
        V.rms_linear,
        V.largest,
        V.largest_linear,
        V.relative,
    ):
        variables[name] = found[name]
        variables[V.named(f"{name}_mean")] = _mean_of_arrived(found[name])
    variables[V.descent_ratio] = _mean_of_arrived(found["displacement"] / found["linear"])
    return variables | {
        V.descent_loss: loss,
        V.descent_steps: steps,
        V.not_converged: np.sum(~arrived, axis=1),
        V.n_params: n_params,
        V.ratio_limit: 1.0,
    }


def _mean_of_arrived(
    values: Floats,
) -> tuple[Floats, Floats]:
    """Mean and standard error along the last axis over finite values; NaN where fewer than two."""
    mean, stderr = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for i, row in enumerate(values):
        arrived = row[np.isfinite(row)]
        if len(arrived) >= 2:
            mean[i], stderr[i] = mean_estimate(arrived)
    return mean, stderr


def _clopper_pearson(successes: npt.NDArray[np.int64], n: int) -> tuple[Floats, Floats]:
    """Exact 95% confidence interval of a share, from quantiles of the Beta law."""
    from scipy.special import betaincinv

    tail = (1.0 - _CONFIDENCE) / 2
    low = np.where(
        successes > 0, betaincinv(np.maximum(successes, 1), n - successes + 1, tail), 0.0
    )
    high = np.where(
        successes < n, betaincinv(successes + 1, np.maximum(n - successes, 1), 1.0 - tail), 1.0
    )
    return low, high
