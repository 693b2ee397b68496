"""Findings of the Renyi entropy experiment: statements on Eq. (2), predicted and measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.renyi_entropy.experiment import RenyiEntropy
from typicality.experiments.renyi_entropy.variables import RenyiEntropyVariables as V
from typicality.results.finding import Finding
from typicality.results.fits import exponent

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]

_GUE, _HAAR = 0, 1


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a Renyi entropy dataset."""
    return _exact_rows(dataset) + _printed_rows(dataset) + _approach_rows(dataset)


def _exact_rows(dataset: xr.Dataset) -> list[Finding]:
    """Rows for each order with a closed form, at the middle cut, and GUE beside Haar."""
    middle = dataset.sizes[V.n_a] // 2
    rows: list[Finding] = []
    for order, alpha in enumerate(dataset[V.alpha].values):
        at = dataset.isel(alpha=order, n_a=middle)
        cut = f"{int(at[V.n_a])} of {RenyiEntropy.of(dataset).n_qubits} qubits"
        if math.isfinite(alpha):
            name = "mean entropy" if alpha == 1.0 else f"Rényi entropy of the mean tr ρ_A^{alpha:g}"
            rows.append(
                Finding(
                    statement=f"α = {alpha:g}: {name}, GUE eigenvectors, {cut}",
                    equation="exact mean",
                    predicted=at[V.entropy_annealed_exact].item(),
                    measured=at[V.entropy_annealed][_GUE].item(),
                    stderr=at[V.entropy_annealed.stderr][_GUE].item(),
                    unit="nat",
                )
            )
        else:
            rows.append(
                Finding(
                    statement=f"α = ∞: mean entropy of GUE eigenvectors minus Haar states, {cut}",
                    equation="Haar measure",
                    predicted=0.0,
                    measured=(at[V.entropy][_GUE] - at[V.entropy][_HAAR]).item(),
                    stderr=math.hypot(*at[V.entropy.stderr].values),
                    unit="nat",
                    note="an eigenvector of a GUE matrix is a Haar state",
                )
            )
    return rows


def _printed_rows(dataset: xr.Dataset) -> list[Finding]:
    """Rows for the orders that the paper names, as printed; corrected, as they should read."""
    middle = dataset.sizes[V.n_a] // 2
    rows: list[Finding] = []
    for alpha, name, printed, right in (
        (2.0, "the entropy of the purity, −log tr ρ²", "α = 0", "α = 2"),
        (1.0, "the von Neumann entropy", "α → 0", "α → 1"),
    ):
        order = _order(dataset, alpha)
        if order is None:
            continue
        at = dataset.isel(alpha=order, n_a=middle)
        rows.append(
            Finding(
                statement=f"{name} is Eq. (2) at {printed}",
                equation="after Eq. (2)",
                predicted=at[V.entropy_hartley_asymptotic].item(),
                corrected=at[V.entropy_asymptotic].item(),
                measured=at[V.entropy_annealed][_HAAR].item(),
                stderr=at[V.entropy_annealed.stderr][_HAAR].item(),
                next_order=abs((at[V.entropy_annealed_exact] - at[V.entropy_asymptotic]).item()),
                unit="nat",
                claim="orders",
                note=f"{printed} of Eq. (2) is the Hartley entropy log min(d_A, d_B); {right} is "
                "meant",
            )
        )
    return rows


def _approach_rows(dataset: xr.Dataset) -> list[Finding]:
    """Rows on how near Eq. (2) is at finite size, d_A = d_B where there is such a cut."""
    rows: list[Finding] = []
    middle = dataset.isel(n_a=dataset.sizes[V.n_a] // 2)
    for order, alpha in enumerate(dataset[V.alpha].values):
        if not math.isfinite(alpha):
            continue
        at = middle.isel(alpha=order)
        rows.append(
            Finding(
                statement=f"α = {alpha:g}: Rényi entropy of Haar states is Eq. (2), "
                f"{int(at[V.n_a])} of {RenyiEntropy.of(dataset).n_qubits} qubits",
                equation="Eq. (2)",
                predicted=at[V.entropy_asymptotic].item(),
                measured=at[V.entropy_annealed][_HAAR].item(),
                stderr=at[V.entropy_annealed.stderr][_HAAR].item(),
                next_order=abs((at[V.entropy_annealed_exact] - at[V.entropy_asymptotic]).item()),
                unit="nat",
                claim="asymptotic entropy",
                note="the next order is what the exact mean adds",
            )
        )
    mean = _order(dataset, 1.0)
    if mean is not None:
        point = dataset.isel(alpha=mean, d_balanced=dataset.sizes[V.d_balanced] // 2)
        rows.append(
            Finding(
                statement="mean entropy minus Eq. (2), α → 1, at d_A = d_B = "
                f"{int(point[V.d_balanced])}",
                equation="Page's mean",
                predicted=point[V.gap_page_exact].item(),
                measured=point[V.gap].item(),
                stderr=point[V.gap.stderr].item(),
                unit="nat",
                note="Page's mean minus Eq. (2), about 7/(12 d_A²)",
            )
        )
    edge = _order(dataset, math.inf)
    if edge is None:
        return rows
    at = dataset.isel(alpha=edge, d_balanced=int(np.argmax(dataset[V.d_balanced].values)))
    d = int(at[V.d_balanced])
    limit = math.log(d) - 2.0 * math.log(2.0)
    rows.append(
        Finding(
            statement=f"α = ∞: mean entropy is Eq. (2), d_A = d_B = {d}",
            equation="Eq. (2)",
            predicted=limit,
            measured=limit + at[V.gap].item(),
            stderr=at[V.gap.stderr].item(),
            # The Tracy-Widom shift is itself a leading order, in powers of d^(-2/3).
            next_order=abs(at[V.gap_edge_asymptotic].item()) * (1.0 + d ** (-2.0 / 3.0)),
            unit="nat",
            claim="asymptotic entropy",
            note="the largest eigenvalue lies at a soft edge, where the next order falls as "
            "d^(-2/3) only",
        )
    )
    large = np.flatnonzero(dataset[V.d_balanced] >= 12)
    if large.size >= 3:
        part = dataset.isel(alpha=edge, d_balanced=large)
        slope, stderr = exponent(part[V.d_balanced], part[V.gap], part[V.gap.stderr])
        theory, _ = exponent(part[V.d_balanced], part[V.gap_edge_asymptotic], part[V.gap.stderr])
        rows.append(
            Finding(
                statement="exponent with which the entropy of order α = ∞ approaches Eq. (2), "
                "d_A = d_B",
                equation="Tracy-Widom shift",
                predicted=-2.0 / 3.0,
                measured=slope,
                stderr=stderr,
                bias=abs(theory + 2.0 / 3.0),
                note="the allowance is how far the Tracy-Widom mean is from a pure power there",
            )
        )
    return rows


def _order(dataset: xr.Dataset, alpha: float) -> int | None:
    found = np.flatnonzero(dataset[V.alpha].values == alpha)
    return int(found[0]) if found.size else None
