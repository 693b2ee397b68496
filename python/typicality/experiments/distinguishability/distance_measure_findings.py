"""Findings on all measures of distinguishability, Sec. III, and on the inequalities between them.

Means with a closed form, of rho_A from its exact distribution and of explicit states; the approach
of the trace distance to its limit at d_A = d_B; Fuchs and van de Graaf's and Pinsker's inequality.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality._arrays import Floats
from typicality.experiments.distinguishability.variables import DistinguishabilityVariables as V
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

    from typicality.results.table import Name

__all__ = ["average", "measure_rows"]


_BALANCED: tuple[tuple[Name, str], ...] = (
    (V.balanced_distance, "of ρ_A to I/d_A"),
    (V.balanced_pair_distance, "of a pair"),
)
_EXACT: tuple[tuple[str, str, str], ...] = (
    ("mixed", "fidelity", "mean fidelity of ρ_A and I/d_A, E(tr √ρ)²/d_A"),
    ("mixed", "squared_bures", "squared Bures distance of ρ_A and I/d_A"),
    ("mixed", "relative_entropy", "relative entropy D(ρ_A‖I/d_A)"),
    ("mixed", "half_chernoff", "tr ρ^½ σ^½ of ρ_A and I/d_A"),
    ("pair", "squared_distance", "E‖ρ_A − σ_A‖₂² of a pair"),
    ("pair", "squared_bures", "squared Bures distance of a pair"),
    ("pair", "relative_entropy", "relative entropy of a pair, up to d_A = d_B"),
    ("pair", "half_chernoff", "tr ρ^½ σ^½ of a pair"),
)


def measure_rows(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for all measures in a distinguishability dataset."""
    return (
        _exact_rows(dataset)
        + _limit_rows(dataset)
        + _size_rows(dataset)
        + _inequality_rows(dataset)
    )


def _exact_rows(dataset: xr.Dataset) -> list[Finding]:
    rows: list[Finding] = []
    for pairing, name, words in _EXACT:
        exact = dataset[V.named(f"ratio_{pairing}_{name}_exact")].values
        finite = np.isfinite(exact)
        if not finite.any():
            continue
        ratios, errors = [], []
        for route in ("", "_explicit"):
            base = f"ratio_{pairing}_{name}{route}"
            ratios.append(dataset[base].values[finite] / exact[finite])
            errors.append(dataset[V.named(base).stderr].values[finite] / exact[finite])
        mean, stderr = average(np.concatenate(ratios), np.concatenate(errors))
        rows.append(
            Finding(
                statement=f"{words}, measured over exact",
                equation="Sec. III",
                predicted=1.0,
                measured=mean,
                stderr=stderr,
                note="exact at these dimensions; states sampled from the exact distribution and "
                "explicit ones together",
            )
        )
    return rows


def _limit_rows(dataset: xr.Dataset) -> list[Finding]:
    at = dataset.isel(ratio_d_a=int(np.argmin(np.abs(np.log(dataset[V.ratio_c].values)))))
    d_a, c = int(at[V.ratio_d_a]), at[V.ratio_c].item()
    rows = [
        Finding(
            statement="Helstrom success probability for two typical states, from ρ_A at c = "
            f"{c:.3g}, d_A = {d_a}",
            equation="Sec. III",
            predicted=at[V.ratio_pair_helstrom_asymptotic].item(),
            measured=at[V.ratio_pair_helstrom].item(),
            stderr=at[V.ratio_pair_helstrom.stderr].item(),
            bias=0.3 / d_a**2,
            note="5/8 + 1/(2π) at c = 1: full knowledge of both states does not make it 1",
        ),
        Finding(
            statement=f"mean fidelity of a pair at c = {c:.3g}, d_A = {d_a}",
            equation="Sec. III",
            predicted=at[V.ratio_pair_fidelity_asymptotic].item(),
            measured=at[V.ratio_pair_fidelity].item(),
            stderr=at[V.ratio_pair_fidelity.stderr].item(),
            bias=1.0 / d_a**2,
            note="square of the exact mean root fidelity, whose variance falls as 1/d_A²",
        ),
    ]
    excess, errors = [], []
    for pairing in ("mixed", "pair"):
        base = f"ratio_{pairing}_chernoff"
        excess.append(dataset[base].values - dataset[V.named(f"{base}_bound")].values)
        errors.append(dataset[V.named(base).stderr].values)
    mean, stderr = average(np.concatenate(excess), np.concatenate(errors))
    rows.append(
        Finding(
            statement="mean of the least tr ρ^s σ^(1−s) over s (Chernoff) minus the least mean, "
            "average",
            equation="Sec. III",
            predicted=0.0,
            measured=mean,
            stderr=stderr,
            relation="at most",
            note="each state has its own least s; for a pair both are nearly the same at s = 1/2",
        )
    )
    return rows


def _size_rows(dataset: xr.Dataset) -> list[Finding]:
    size = dataset[V.size].values.astype(float)
    rows: list[Finding] = []
    for name, words in _BALANCED:
        shift = (dataset[V.named(f"{name}_asymptotic")].item() - dataset[name].values) * size**2
        errors = dataset[name.stderr].values * size**2
        # Inverse-variance weights: the error of the shift grows as the size.
        weights = size**-2.0 / np.sum(size**-2.0)
        rows.append(
            Finding(
                statement=f"mean trace distance {words} at d_A = d_B: d_A² times its gap to the "
                "limit",
                equation="Sec. III",
                predicted=0.2,
                measured=float(weights @ shift),
                stderr=float(np.sqrt(np.sum((weights * errors) ** 2))),
                bias=0.1,
                note="from 0.15 to 0.29, alternating with d_A",
            )
        )
    return rows


def _inequality_rows(dataset: xr.Dataset) -> list[Finding]:
    bases = ("ratio_mixed", "ratio_pair", "shell", "shell_pair")
    gaps: dict[str, list[Floats]] = {"bures": [], "chernoff": [], "pinsker": []}
    errors: dict[str, list[Floats]] = {name: [] for name in gaps}
    for base in bases:
        distance, noise = _pair(dataset, V.named(f"{base}_distance"))
        for name, measure, relation in (
            ("bures", "squared_bures", lambda t, x: t - x / 2),
            ("chernoff", "chernoff", lambda t, x: t - (1 - x)),
            ("pinsker", "relative_entropy", lambda t, x: x - 2 * t**2),
        ):
            value, error = _pair(dataset, V.named(f"{base}_{measure}"))
            finite = np.isfinite(value)
            gaps[name].append(relation(distance, value)[finite])
            errors[name].append(np.hypot(noise, error)[finite])
    words = {
        "bures": "T − (1 − √F) is never negative (Fuchs and van de Graaf): smallest mean",
        "chernoff": "T − (1 − Chernoff coefficient) is never negative: smallest mean",
        "pinsker": "D(ρ‖σ) − 2 T² is never negative (Pinsker): smallest, of the means",
    }
    return [
        _least(text, np.concatenate(gaps[name]), np.concatenate(errors[name]))
        for name, text in words.items()
    ]


def _least(statement: str, values: Floats, errors: Floats) -> Finding:
    """Row on the value nearest to falling below zero."""
    worst = int(np.argmin(values + STANDARD_ERRORS * errors))
    return Finding(
        statement=statement,
        equation="Sec. III",
        predicted=0.0,
        measured=float(values[worst]),
        stderr=float(errors[worst]),
        relation="at least",
        note="over I/d_A, pairs, Ω_A and all dimensions",
    )


def _pair(dataset: xr.Dataset, name: Name) -> tuple[Floats, Floats]:
    return dataset[name].values, dataset[name.stderr].values


def average(values: Floats, errors: Floats) -> tuple[float, float]:
    """Return the mean of independent values, and its standard error from theirs.

    Weights are equal: those from measured errors would follow the values' own fluctuations.
    """
    return float(values.mean()), math.sqrt(float(np.sum(errors**2))) / values.size
