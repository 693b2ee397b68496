"""The fitting threshold: smallest eigenvalue of the tangent kernel and of rho_A, Sec. III.

The paper takes lambda_min(K) ~ sigma (sqrt(P) - kappa sqrt(n_L N)) for K = J J^T of Eq. (3) and
reads from it a threshold kappa n_L N. Here K is computed on handwritten digits for widths on both
sides of P_eff = n_L N, P_eff being the rank that J can reach; `smallest_eigenvalues` stands
next to it for rho_A on both sides of d_B = d_A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import Floats
from typicality._progress import Progress
from typicality._random import Seeds
from typicality.experiments.fitting_threshold.experiment import WINDOWS
from typicality.experiments.fitting_threshold.quantum_side import (
    dimensions,
    smallest_eigenvalues,
)
from typicality.experiments.fitting_threshold.variables import FittingThresholdVariables as V
from typicality.networks import (
    MLP,
    effective_parameters,
    empirical_ntk,
    fit_threshold,
    load_digits,
    normalized_edge,
    on_sphere,
)
from typicality.results.estimates import mean_estimate, proportion_estimate
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality.experiments.fitting_threshold.experiment import FittingThreshold

__all__ = ["measure"]

_POINTS = ("activation", "n_samples", "point")


def measure(experiment: FittingThreshold, seeds: Seeds, progress: Progress) -> Values:
    """Compute the kernels' spectra, fit both windows, and draw the spectra of rho_A."""
    spectra = _kernel_spectra(experiment, seeds, lambda part, text: progress(0.95 * part, text))
    progress(0.95, "reduced states")
    variables = _kernel_variables(experiment, spectra) | _fits(experiment, spectra)
    variables |= smallest_eigenvalues(experiment.d_a, experiment.n_spectra, seeds)
    return variables | {
        V.activation: list(experiment.activations),
        V.n_samples: list(experiment.n_samples),
        V.point: sorted(experiment.ratios),
        V.window: list(WINDOWS),
        V.d_b: dimensions(experiment.d_a),
    }


def _kernel_spectra(
    experiment: FittingThreshold, seeds: Seeds, progress: Progress
) -> dict[str, Floats]:
    """Per activation, N, width and draw: the smallest eigenvalue, the trace, rank and P_eff."""
    inputs = on_sphere(load_digits(n_components=experiment.n_components).inputs)
    points = sorted(experiment.ratios)
    shape = (
        len(experiment.activations),
        len(experiment.n_samples),
        len(points),
        experiment.n_draws,
    )
    names = ("smallest", "trace", "rank", "n_effective", "n_params", "width")
    found = {name: np.zeros(shape) for name in names}
    # The work is that of the eigenvalues, cubic in N.
    work = np.cumsum([n**3 for n in experiment.n_samples for _ in points])
    total = float(work[-1]) * len(experiment.activations)
    for i, activation in enumerate(experiment.activations):
        for j, n in enumerate(experiment.n_samples):
            samples = [inputs[chosen] for chosen in _digits(experiment, seeds, n, len(inputs))]
            counts = [_effective_parameters(experiment, activation, x) for x in samples]
            for k, ratio in enumerate(points):
                step = work[j * len(points) + k] - n**3 + i * work[-1]
                progress(float(step) / total, f"{activation}, {n} digits, P/(n_L N) = {ratio:g}")
                target = ratio * experiment.n_outputs * n
                widths = [max(1, 1 + round((target - one) / more)) for one, more in counts]
                kernels = np.empty(
                    (experiment.n_draws, experiment.n_outputs * n, experiment.n_outputs * n)
                )
                for draw, (x, width) in enumerate(zip(samples, widths, strict=True)):
                    mlp = _network(experiment, activation, width)
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


def _digits(
    experiment: FittingThreshold, seeds: Seeds, n: int, available: int
) -> list[npt.NDArray[np.int64]]:
    return [
        np.random.default_rng(seeds.seed("digits", n, draw)).permutation(available)[:n]
        for draw in range(experiment.n_draws)
    ]


def _network(experiment: FittingThreshold, activation: str, width: int) -> MLP:
    widths = (experiment.n_components, width, experiment.n_outputs)
    return MLP(widths=widths, activation=activation, bias_scale=experiment.bias_scale)


def _effective_parameters(
    experiment: FittingThreshold, activation: str, x: Floats
) -> tuple[int, int]:
    """P_eff on `x` of a single hidden unit, and what each further one adds to it."""
    one, two = (
        effective_parameters(_network(experiment, activation, width), x) for width in (1, 2)
    )
    return one, two - one


def _kernel_variables(experiment: FittingThreshold, spectra: dict[str, Floats]) -> Values:
    constraints = experiment.n_outputs * np.array(experiment.n_samples)[None, :, None]
    params = spectra["n_effective"].mean(axis=-1)
    full_rank = spectra["rank"] == constraints[..., None]
    share, proportion_stderr = proportion_estimate(full_rank, axis=-1)
    mean = spectra["trace"] / constraints[..., None]
    return {
        V.edge: mean_estimate(_edges(experiment, spectra), axis=-1),
        V.relative_edge: mean_estimate(spectra["smallest"] / mean, axis=-1),
        V.smallest_eigenvalue: spectra["smallest"],
        V.trace: spectra["trace"],
        V.rank: spectra["rank"],
        V.full_rank_share: share,
        V.full_rank_share_stderr: proportion_stderr,
        V.full_rank_share_exact: (params >= constraints).astype(np.float64),
        V.n_effective: spectra["n_effective"],
        V.n_params: spectra["n_params"][..., 0],
        V.width: spectra["width"][..., 0],
        V.ratio: params / constraints,
        V.root_ratio: np.sqrt(params / constraints),
        V.n_inputs: experiment.n_components,
        V.n_constraints: constraints[0, :, 0],
    }


def _edges(experiment: FittingThreshold, spectra: dict[str, Floats]) -> Floats:
    """Smallest singular value of J in units of its rms entry times sqrt(n_L N)."""
    edges = [
        normalized_edge(
            spectra["n_effective"][:, j],
            spectra["smallest"][:, j],
            experiment.n_outputs * n,
            trace=spectra["trace"][:, j],
        )
        / np.sqrt(experiment.n_outputs * n)
        for j, n in enumerate(experiment.n_samples)
    ]
    return np.stack(edges, axis=1)


def _fits(experiment: FittingThreshold, spectra: dict[str, Floats]) -> Values:
    """Fit of the paper's line to each draw in each window, and the mean line at every point.

    The points of one draw share its digits, so the scatter from draw to draw is the error.
    """
    shape = (
        len(experiment.activations),
        len(experiment.n_samples),
        len(WINDOWS),
        experiment.n_draws,
    )
    sigma, kappa, r_squared = (np.full(shape, np.nan) for _ in range(3))
    lines = np.full((*shape[:3], len(experiment.ratios)), np.nan)
    aimed = np.array(sorted(experiment.ratios))
    for i, j, k in np.ndindex(shape[:3]):
        low, high = tuple(WINDOWS.values())[k]
        inside = (low <= aimed) & (aimed <= high)
        constraints = experiment.n_outputs * experiment.n_samples[j]
        params = spectra["n_effective"][i, j]
        fits = [
            fit_threshold(
                params[inside, draw],
                spectra["smallest"][i, j, inside, draw],
                constraints,
                trace=spectra["trace"][i, j, inside, draw],
            )
            for draw in range(experiment.n_draws)
        ]
        sigma[i, j, k] = [fit.sigma for fit in fits]
        kappa[i, j, k] = [fit.kappa for fit in fits]
        r_squared[i, j, k] = [fit.r_squared for fit in fits]
        root = np.sqrt(params.mean(axis=-1) / constraints)
        lines[i, j, k] = np.mean([fit.sigma * (root - fit.kappa) for fit in fits], axis=0)
    bounds = np.array(list(WINDOWS.values()))
    mean_sigma, sigma_stderr = mean_estimate(sigma, axis=-1)
    mean_kappa, kappa_stderr = mean_estimate(kappa, axis=-1)
    return {
        V.sigma: mean_sigma,
        V.sigma_stderr: sigma_stderr,
        V.kappa: mean_kappa,
        V.kappa_stderr: kappa_stderr,
        V.sigma_draw: sigma,
        V.kappa_draw: kappa,
        V.r_squared: r_squared.mean(axis=-1),
        V.edge_fit: lines,
        V.window_low: bounds[:, 0],
        V.window_high: bounds[:, 1],
    }
