"""Findings of the double descent experiment, Sec. III: peak, second descent, displacements."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.double_descent.experiment import N_OUTPUTS
from typicality.experiments.double_descent.variables import DoubleDescentVariables as V
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

    from typicality._arrays import Floats

__all__ = ["findings"]

_MODELS = {"features": "random relu features", "tangent": "linearized tanh network"}
# Residuals of a fit that is exact but for rounding, relative to targets of size 1.
_ROUNDING = 1e-9


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Work out the rows of the table from a dataset of `DoubleDescent`."""
    rows: list[Finding] = []
    for name, text in _MODELS.items():
        rows += _model(dataset, name, text)
    return [*rows, *_gaussian(dataset), *_quantum(dataset)]


def _model(dataset: xr.Dataset, name: str, text: str) -> list[Finding]:
    ratio = dataset[V.named(f"{name}_ratio")].values
    below, above = ratio < 1.0, ratio > 1.0
    if not (below.any() and above.any()):
        return []
    rows = [
        Finding(
            statement=f"largest mean training error where P > n_L N, {text}",
            equation="rank of J",
            predicted=0.0,
            measured=float(dataset[V.named(f"{name}_training_error")].values[:, above].max()),
            stderr=0.0,
            bias=_ROUNDING,
            note="bias: rounding",
        )
    ]
    for noise in dataset[V.noise].values:
        level = f"{noise:.0%} noisy labels"
        median = dataset[V.named(f"{name}_error_median")].sel(noise=noise).values
        draws = dataset[V.named(f"{name}_error")].sel(noise=noise).values
        peak = int(median.argmax())
        step = float(np.abs(ratio[max(peak - 1, 0) : peak + 2] - ratio[peak]).max())
        rows.append(
            Finding(
                statement="parameters per training sample, P/N, where the median test error is "
                f"largest, {text}, {level}",
                equation="Sec. III",
                predicted=1.0,
                corrected=N_OUTPUTS,
                measured=ratio[peak] * N_OUTPUTS,
                stderr=0.0,
                bias=step * N_OUTPUTS,
                claim="training data",
                note=f"each sample has n_L = {N_OUTPUTS} outputs to be fitted: the peak is at P = "
                f"n_L N. Allowed: the step to the next size; median error {median[peak]:.3g}",
            )
        )
        if peak == len(ratio) - 1:
            continue
        # Single errors near the peak have no variance to speak of; their logarithms do.
        change = np.log(draws[-1] / draws[peak])
        rows.append(
            Finding(
                statement=f"log of the test error at the largest P over that at its peak, {text}, "
                f"{level}",
                equation="Sec. III",
                predicted=0.0,
                measured=float(change.mean()),
                stderr=float(change.std(ddof=1) / math.sqrt(change.size)),
                relation="at most",
                claim="second descent",
                note=f"medians {median[peak]:.3g} at P/(n_L N) = {ratio[peak]:.3g} and "
                f"{median[-1]:.3f} at {ratio[-1]:.3g}; {_first_minimum(median, ratio)}",
            )
        )
    return rows


def _first_minimum(median: Floats, ratio: Floats) -> str:
    """Say how the second descent ends, of which neither the paper nor a theorem says more."""
    first = int(np.where(ratio < 1.0, median, np.inf).argmin())
    side = "below" if median[-1] < median[first] else "above"
    return f"{side} the first minimum, {median[first]:.3f} at {ratio[first]:.2f}"


def _gaussian(dataset: xr.Dataset) -> list[Finding]:
    ratio = dataset[V.gaussian_ratio].values
    chosen = {
        "below the threshold": int(np.flatnonzero(ratio < 1.0)[-1]),
        "above the threshold": int(np.flatnonzero(ratio > 1.0)[0]),
        "far above it": len(ratio) - 1,
    }
    return [
        Finding(
            statement=f"mean squared error {place}, P/N = {ratio[i]:.3g}, Gaussian features",
            equation="inverse Wishart trace",
            predicted=dataset[V.gaussian_risk_exact].values[i],
            measured=dataset[V.gaussian_risk].values[i],
            stderr=dataset[V.gaussian_risk.stderr].values[i],
        )
        for place, i in chosen.items()
    ]


def _quantum(dataset: xr.Dataset) -> list[Finding]:
    ratio = dataset[V.dimension_ratio].values
    distance = dataset[V.distance].values
    error = dataset[V.distance.stderr].values
    rises = np.diff(distance)
    least = int(rises.argmin())
    middle = int(np.abs(np.log(ratio)).argmin())
    beyond = int(distance[middle + 1 :].argmax()) + middle + 1
    rows = [
        Finding(
            statement="trace distance of ρ_A to I/d_A at d_A = d_B minus the largest one beyond: "
            "no peak",
            equation="T(c)",
            predicted=0.0,
            measured=distance[middle] - distance[beyond],
            stderr=math.hypot(error[middle], error[beyond]),
            relation="at most",
            note="distinguishability grows monotonically with d_A and is smooth at d_A = d_B; "
            "what has the peak is the minimum-norm linearized displacement",
        ),
        Finding(
            statement="trace distance of ρ_A to I/d_A grows with d_A at fixed D: smallest step "
            "of its mean",
            equation="Sec. III",
            predicted=0.0,
            measured=rises[least],
            stderr=math.hypot(error[least], error[least + 1]),
            relation="at least",
            claim="distinguishability",
        ),
    ]
    finite = np.isfinite(dataset[V.step_exact].values)
    # The mean has a finite variance only where the sides differ by more than one.
    sides = {
        "below": int(np.flatnonzero((ratio < 1.0) & finite)[-1]),
        "above": int(np.flatnonzero((ratio > 1.0) & finite)[0]),
    }
    for place, i in sides.items():
        rows.append(
            Finding(
                statement="mean squared minimum-norm linearized displacement to I/d_A, next "
                f"{place} d_A = d_B, d_A/d_B = {ratio[i]:.3g}",
                equation="inverse Wishart trace",
                predicted=float(dataset[V.step_exact].values[i]),
                measured=float(dataset[V.step].values[i]),
                stderr=float(dataset[V.step.stderr].values[i]),
            )
        )
    if ratio[middle] == 1.0:
        low, high = (float(dataset[V.step_median].values[i]) for i in sides.values())
        rows.append(
            Finding(
                statement="median squared minimum-norm linearized displacement to I/d_A at d_A = "
                "d_B over the larger of its neighbors'",
                equation="inverse Wishart trace",
                predicted=1.0,
                measured=float(dataset[V.step_median].values[middle]) / max(low, high),
                stderr=0.0,
                relation="at least",
                note="the quantum double descent: its mean is infinite at the threshold",
            )
        )
    return rows
