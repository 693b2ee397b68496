"""Findings of the distinguishability experiment: statements on Sec. III and Sec. II, tested."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.distinguishability.distance_measure_findings import (
    average,
    measure_rows,
)
from typicality.experiments.distinguishability.experiment import Distinguishability
from typicality.experiments.distinguishability.variables import DistinguishabilityVariables as V
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

    from typicality.results.table import Name

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a distinguishability dataset."""
    return (
        _distance_rows(dataset) + measure_rows(dataset) + _step_rows(dataset) + _shell_rows(dataset)
    )


def _distance_rows(dataset: xr.Dataset) -> list[Finding]:
    rows: list[Finding] = []
    at = dataset.isel(d_a=_nearest(dataset, 1.0))
    d_a, c = int(at[V.d_a]), at[V.c].item()
    for name, label in (
        (V.distance, "of ρ_A to I/d_A"),
        (V.pair_distance, "of a pair"),
    ):
        rows.append(
            Finding(
                statement=f"mean trace distance {label} at c = {c:.3g}, d_A = {d_a}, and its limit",
                equation="Sec. III",
                predicted=at[V.named(f"{name}_asymptotic")].item(),
                measured=at[name].item(),
                stderr=at[name.stderr].item(),
                bias=0.5 / d_a**2,
                note="the limit of large dimensions, off by about −0.2/d_A²",
            )
        )
    for name, words in ((V.distance, "to I/d_A"), (V.pair_distance, "of a pair")):
        gaps = dataset[name].values - dataset[V.named(f"{name}_explicit")].values
        errors = np.hypot(
            dataset[name.stderr].values, dataset[V.named(f"{name}_explicit").stderr].values
        )
        mean, stderr = average(gaps, errors)
        rows.append(
            Finding(
                statement=f"mean trace distance {words}, ρ_A sampled from its exact distribution "
                "minus explicit states",
                equation="Sec. III",
                predicted=0.0,
                measured=mean,
                stderr=stderr,
            )
        )
    rows += [
        _exact_row(
            dataset, V.squared_distance, "E‖ρ_A − I/d_A‖₂², measured over exact, all d_A", None
        ),
        Finding(
            statement="mean trace distance of a pair of qubits, d_A = d_B = 2, is 18/35",
            equation="Sec. III",
            predicted=dataset[V.small_pair_distance_exact].item(),
            measured=dataset[V.small_pair_distance].item(),
            stderr=dataset[V.small_pair_distance.stderr].item(),
            note="exact",
        ),
    ]
    steps = dataset[V.pair_distance].diff(V.d_a).values
    noise = np.hypot(
        dataset[V.pair_distance.stderr].values[1:], dataset[V.pair_distance.stderr].values[:-1]
    )
    if steps.size:
        least = int(np.argmin(steps + STANDARD_ERRORS * noise))
        rows.append(
            Finding(
                statement="trace distance of a pair grows with d_A: smallest step of its mean",
                equation="Sec. III",
                predicted=0.0,
                measured=float(steps[least]),
                stderr=float(noise[least]),
                relation="at least",
                claim="distinguishability",
                note="monotone, and smooth at d_A = d_B: what has a peak there is the "
                "minimum-norm linearized displacement",
            )
        )
    return rows


def _step_rows(dataset: xr.Dataset) -> list[Finding]:
    # Closer to d_A = d_B the variance of the linearized displacement is infinite or nearly so.
    d_b = Distinguishability.of(dataset).d_b
    rows: list[Finding] = []
    for side, chosen in (
        ("below", dataset[V.d_a].values <= d_b - 4),
        ("above", dataset[V.d_a].values >= d_b + 4),
    ):
        if chosen.any():
            rows.append(
                _exact_row(
                    dataset,
                    V.displacement,
                    "squared minimum-norm linearized displacement to I/d_A, measured over exact, "
                    f"{side} d_A = d_B",
                    chosen,
                )
            )
    solvable = np.isfinite(dataset[V.uhlmann].values)
    if solvable.any():
        rows.append(
            _exact_row(
                dataset,
                V.uhlmann,
                "squared displacement to I/d_A without linearization (Uhlmann), measured over "
                "exact, up to d_A = d_B",
                solvable,
            )
        )
    if _has_both_sides(dataset):
        peak = dataset[V.c].values[int(np.argmax(dataset[V.displacement_median].values))].item()
        rows.append(
            Finding(
                statement="d_A/d_B where the minimum-norm linearized displacement to I/d_A is "
                "longest",
                equation="Sec. III",
                predicted=1.0,
                measured=peak,
                stderr=0.0,
                note="of the values swept, by medians: the fitting threshold of ψ → ρ_A",
            )
        )
    return rows


def _shell_rows(dataset: xr.Dataset) -> list[Finding]:
    excess = dataset[V.shell_distance] - dataset[V.shell_distance_bound]
    worst = int(np.argmax(excess.values))
    at = dataset.isel(n_a=min(1, dataset.sizes[V.n_a] - 1))
    return [
        _exact_row(
            dataset.isel(n_a=[0]),
            V.shell_squared_distance,
            "E‖ρ_A − Ω_A‖₂² of one spin in an energy shell, measured over exact",
            None,
        ),
        _exact_row(
            dataset.isel(n_a=[0]),
            V.shell_pair_squared_distance,
            "E‖ρ_A − σ_A‖₂² of one spin, a pair of states of the shell, measured over exact",
            None,
        ),
        Finding(
            statement="mean trace distance to Ω_A minus its bound √(d_A E‖ρ_A − Ω_A‖₂²)/2, largest",
            equation="Sec. II",
            predicted=0.0,
            measured=float(excess.values[worst]),
            stderr=float(dataset[V.shell_distance.stderr].values[worst]),
            relation="at most",
        ),
        Finding(
            statement=f"trace distance of ρ_A of {int(at[V.n_a])} spins in the shell to I/d_A is "
            "at least that of Ω_A",
            equation="Sec. II",
            predicted=at[V.shell_offset].item(),
            measured=at[V.shell_mixed_distance].item(),
            stderr=at[V.shell_mixed_distance.stderr].item(),
            relation="at least",
            note="the thermal state is I/d_A at infinite temperature only; typical states are "
            f"{at[V.shell_distance].item():.3f} from Ω_A",
        ),
    ]


def _exact_row(
    dataset: xr.Dataset, name: Name, statement: str, chosen: np.ndarray | None
) -> Finding:
    """Mean of measured over exact: one where every one is right."""
    values, exact = dataset[name].values, dataset[V.named(f"{name}_exact")].values
    errors = dataset[name.stderr].values
    take = np.ones(values.shape, dtype=bool) if chosen is None else chosen
    mean, stderr = average(values[take] / exact[take], errors[take] / exact[take])
    return Finding(
        statement=statement,
        equation="Sec. III",
        predicted=1.0,
        measured=mean,
        stderr=stderr,
        note="exact at these dimensions",
    )


def _has_both_sides(dataset: xr.Dataset) -> bool:
    """Say whether the sweep can tell a peak at d_A = d_B: it holds it, and values around it."""
    c = dataset[V.c].values
    return bool((c < 1.0).any() and (c == 1.0).any() and (c > 1.0).any())


def _nearest(dataset: xr.Dataset, c: float) -> int:
    return int(np.argmin(np.abs(np.log(dataset[V.c].values / c))))
