"""Findings of the double descent experiment, Sec. III: peak, second descent, and rho_A's steps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.report.findings.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]

_MODELS = {"features": "random relu features", "tangent": "linearized tanh network"}
# Residuals of a fit that is exact but for rounding, relative to targets of size 1.
_ROUNDING = 1e-9


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Work out the rows of the table from a dataset of `DoubleDescent`.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `DoubleDescent.run` returned.

    Returns
    -------
    list of Finding
    """
    rows: list[Finding] = []
    for name, text in _MODELS.items():
        rows += _model(dataset, name, text)
    return [*rows, *_gaussian(dataset), *_quantum(dataset)]


def _model(dataset: xr.Dataset, name: str, text: str) -> list[Finding]:
    ratio = dataset[f"{name}_ratio"].values
    below, above = ratio < 1.0, ratio > 1.0
    if not (below.any() and above.any()):
        return []
    rows = [
        Finding(
            statement=f"largest mean training error where P > n_L N, {text}",
            equation="rank of J",
            predicted=0.0,
            measured=float(dataset[f"{name}_training_error"].values[:, above].max()),
            stderr=0.0,
            bias=_ROUNDING,
            note="bias: rounding",
        )
    ]
    for noise in dataset["noise"].values:
        level = f"{noise:.0%} noisy labels"
        median = dataset[f"{name}_error_median"].sel(noise=noise).values
        draws = dataset[f"{name}_error"].sel(noise=noise).values
        peak = int(median.argmax())
        neighbors = ratio[max(peak - 1, 0) : peak + 2]
        rows.append(
            Finding(
                statement=f"P/(n_L N) where the median test error is largest, {text}, {level}",
                equation="Sec. III",
                predicted=1.0,
                measured=ratio[peak],
                stderr=0.0,
                bias=float(np.abs(neighbors - ratio[peak]).max()),
                source="paper",
                note=f"median error {median[peak]:.3g} there; bias: distance to the next size",
            )
        )
        first = int(np.where(below, median, np.inf).argmin())
        change = draws[-1] - draws[first]
        rows.append(
            Finding(
                statement="test error at the largest P minus that at the first minimum, "
                f"{text}, {level}",
                equation="Sec. III",
                predicted=0.0,
                measured=float(change.mean()),
                stderr=float(change.std(ddof=1) / math.sqrt(change.size)),
                relation="at most",
                source="paper",
                note=f"medians {median[first]:.3f} at P/(n_L N) = {ratio[first]:.2f} and "
                f"{median[-1]:.3f} at {ratio[-1]:.3g}",
            )
        )
    return rows


def _gaussian(dataset: xr.Dataset) -> list[Finding]:
    ratio = dataset["gaussian_ratio"].values
    chosen = {
        "below the threshold": int(np.flatnonzero(ratio < 1.0)[-1]),
        "above the threshold": int(np.flatnonzero(ratio > 1.0)[0]),
        "far above it": len(ratio) - 1,
    }
    return [
        Finding(
            statement=f"mean squared error {place}, P/N = {ratio[i]:.3g}, Gaussian features",
            equation="inverse Wishart trace",
            predicted=dataset["gaussian_risk_exact"].values[i],
            measured=dataset["gaussian_risk"].values[i],
            stderr=dataset["gaussian_risk_stderr"].values[i],
        )
        for place, i in chosen.items()
    ]


def _quantum(dataset: xr.Dataset) -> list[Finding]:
    ratio = dataset["dimension_ratio"].values
    distance = dataset["distance"].values
    error = dataset["distance_stderr"].values
    rises = np.diff(distance)
    least = int(rises.argmin())
    middle = int(np.abs(np.log(ratio)).argmin())
    beyond = int(distance[middle + 1 :].argmax()) + middle + 1
    rows = [
        Finding(
            statement="trace distance to 1/d_A at d_A = d_B minus the largest one beyond, which a "
            "peak at the threshold would make positive",
            equation="Sec. III",
            predicted=0.0,
            measured=distance[middle] - distance[beyond],
            stderr=math.hypot(error[middle], error[beyond]),
            relation="at least",
            source="paper",
            note="distinguishability grows monotonically with d_A and is smooth at d_A = d_B; "
            "what has that peak is the length of the least step",
        ),
        Finding(
            statement="smallest rise of the trace distance from one d_A to the next",
            equation="T(c)",
            predicted=0.0,
            measured=rises[least],
            stderr=math.hypot(error[least], error[least + 1]),
            relation="at least",
        ),
    ]
    finite = np.isfinite(dataset["step_exact"].values)
    # The mean has a finite variance only where the sides differ by more than one.
    sides = {
        "below": int(np.flatnonzero((ratio < 1.0) & finite)[-1]),
        "above": int(np.flatnonzero((ratio > 1.0) & finite)[0]),
    }
    for place, i in sides.items():
        rows.append(
            Finding(
                statement="mean squared length of the least linear step to rho_A = 1/d_A, next "
                f"{place} d_A = d_B, d_A/d_B = {ratio[i]:.3g}",
                equation="inverse Wishart trace",
                predicted=float(dataset["step_exact"].values[i]),
                measured=float(dataset["step"].values[i]),
                stderr=float(dataset["step_stderr"].values[i]),
            )
        )
    if ratio[middle] == 1.0:
        low, high = (float(dataset["step_median"].values[i]) for i in sides.values())
        rows.append(
            Finding(
                statement="median squared step at d_A = d_B over the larger of its neighbors'",
                equation="inverse Wishart trace",
                predicted=1.0,
                measured=float(dataset["step_median"].values[middle]) / max(low, high),
                stderr=0.0,
                relation="at least",
                note="the quantum double descent: its mean is infinite at the threshold",
            )
        )
    return rows
