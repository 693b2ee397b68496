"""Findings of the global minima experiment, Sec. II: existence by rank, distance by Eq. (4)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.global_minima.variables import GlobalMinimaVariables as V
from typicality.results.estimates import proportion_stderr
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

    from typicality._arrays import Floats

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Work out the rows of the table from a dataset of `GlobalMinima`."""
    return [*_existence(dataset), *_distance(dataset)]


def _existence(dataset: xr.Dataset) -> list[Finding]:
    ratio = dataset[V.ratio].values
    share = dataset[V.share].values
    starts = float(dataset[V.n_starts])
    rows: list[Finding] = []
    below, far = ratio < 1.0, ratio >= 2.0
    if below.any():
        rows.append(
            Finding(
                statement="fraction of initializations with a global minimum found where P_eff < "
                "n_L N",
                equation="rank of J",
                predicted=0.0,
                measured=share[below].mean(),
                stderr=0.0,
                note=f"{below.sum()} widths, {starts * below.sum():.0f} initializations; the "
                "targets are generic",
            )
        )
    if far.any():
        measured = float(share[far].mean())
        rows.append(
            Finding(
                statement="fraction of initializations with a global minimum found, P_eff from "
                f"{ratio[far].min():.2g} to {ratio[far].max():.2g} n_L N",
                equation="Sec. II",
                predicted=1.0,
                measured=measured,
                stderr=float(proportion_stderr(measured, starts * far.sum())),
                claim="minima",
                note="overparametrized means P much larger than n_L N (printed: n_L much larger "
                "than N). Nearer to the threshold a failed search is no proof",
            )
        )
    return rows


def _distance(dataset: xr.Dataset) -> list[Finding]:
    width = dataset[V.wide_width].values.astype(np.float64)
    ratio = dataset[V.descent_ratio].values
    error = dataset[V.descent_ratio.stderr].values
    lost = int(dataset[V.not_converged].sum())
    total = dataset[V.displacement].size
    limit, limit_error = _extrapolated(width[-2:], ratio[-2:], error[-2:])
    rows = [
        Finding(
            statement="distance of gradient descent to its minimum over √(r^T K^-1 r), "
            "extrapolated to infinite width",
            equation="Eq. (4)",
            predicted=1.0,
            measured=limit,
            stderr=limit_error,
            bias=_drift(width, ratio, error, limit),
            claim="linear model",
            note=f"linear in width^(-1/2) through the two largest widths, {ratio[-1]:.3f} at "
            f"width {width[-1]:.0f}; allowed: what the width before moves it by. {lost} of "
            f"{total} descents did not converge and are left out",
        )
    ]
    params = dataset[V.n_params].values
    mean = dataset[V.rms_linear_mean].values
    stderr = dataset[V.rms_linear_mean.stderr].values
    exponent, exponent_error = _exponent(params[-2:], mean[-2:], stderr[-2:])
    before = exponent
    if len(params) > 2:
        before, _ = _exponent(params[-3:-1], mean[-3:-1], stderr[-3:-1])
    rows.append(
        Finding(
            statement="exponent in P of the root mean square change of a parameter, linear model",
            equation="Eq. (4)",
            predicted=-0.5,
            measured=exponent,
            stderr=exponent_error,
            bias=abs(exponent - before),
            note="two largest widths; allowed: the change from the width before",
        )
    )
    for name, text in ((V.rms, "root mean square"), (V.largest, "largest")):
        exponent, exponent_error = _exponent(
            params[[0, -1]],
            dataset[V.named(f"{name}_mean")].values[[0, -1]],
            dataset[V.named(f"{name}_mean").stderr].values[[0, -1]],
        )
        rows.append(
            Finding(
                statement=f"exponent in P of the {text} change of a parameter by gradient descent",
                equation="Sec. II",
                predicted=0.0,
                measured=exponent,
                stderr=exponent_error,
                relation="at most",
                claim="small change",
                note="an even spread over the parameters would be −1/2",
            )
        )
    return rows


def _extrapolated(width: Floats, ratio: Floats, error: Floats) -> tuple[float, float]:
    """Limit of a line in width^(-1/2) through two points, and its standard error."""
    x = width**-0.5
    weight = x[1] / (x[0] - x[1])
    limit = ratio[1] + (ratio[1] - ratio[0]) * weight
    return float(limit), math.hypot((1.0 + weight) * error[1], weight * error[0])


def _drift(
    width: Floats,
    ratio: Floats,
    error: Floats,
    limit: float,
) -> float:
    if len(width) < 3:
        return abs(limit - float(ratio[-1]))
    before, _ = _extrapolated(width[-3:-1], ratio[-3:-1], error[-3:-1])
    return abs(limit - before)


def _exponent(x: Floats, y: Floats, error: Floats) -> tuple[float, float]:
    """Slope between two points on logarithmic axes, and its standard error."""
    span = math.log(x[1] / x[0])
    return math.log(y[1] / y[0]) / span, math.hypot(error[0] / y[0], error[1] / y[1]) / span
