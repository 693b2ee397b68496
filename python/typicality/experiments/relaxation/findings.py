"""Findings of the relaxation experiment: Eq. (1) for one state in time, predicted and measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from typicality.experiments.relaxation.variables import RelaxationVariables as V
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a relaxation dataset."""
    at = dataset.isel(n_spins=-1)
    n = int(at[V.n_spins])
    start, spread = at[V.expectation].values[0].item(), at[V.eigenstate_deviation].item()
    ensemble = at[V.typical_mean_exact].item()
    # Where the start is as near to the ensemble as single eigenstates are, nothing has to relax.
    decisive = abs(start - ensemble) > STANDARD_ERRORS * at[V.late_mean.stderr].item() + spread
    rows = [
        Finding(
            statement=f"late-time mean of ⟨Z⟩, {n} spins, is that of the diagonal ensemble",
            equation="relaxation",
            predicted=at[V.late_mean_exact].item(),
            measured=at[V.late_mean].item(),
            stderr=at[V.late_mean.stderr].item(),
            note="exact for levels that are not degenerate",
        ),
        Finding(
            statement=f"variance of ⟨Z⟩ in time, {n} spins",
            equation="relaxation",
            predicted=at[V.late_variance_exact].item(),
            measured=at[V.late_variance].item(),
            stderr=at[V.late_variance.stderr].item(),
            note="exact where no two gaps between levels are equal",
        ),
        Finding(
            statement=f"variance of ⟨Z⟩ in time, {n} spins, is at most 1/d_eff",
            equation="relaxation",
            predicted=at[V.late_variance_bound].item(),
            measured=at[V.late_variance].item(),
            stderr=at[V.late_variance.stderr].item(),
            relation="at most",
            note=f"effective dimension {at[V.effective_dimension].item():.4g}",
        ),
        Finding(
            statement=f"typical states of the window, {n} spins, have the microcanonical mean",
            equation="Eq. (1)",
            predicted=at[V.typical_mean_exact].item(),
            measured=at[V.typical_mean].item(),
            stderr=at[V.typical_mean.stderr].item(),
            bias=spread / 2**n,
            note="filtered Haar states; normalizing them shifts the mean by about one part in d",
        ),
    ]
    if decisive:
        rows.append(
            Finding(
                statement="share of the initial deviation of ⟨Z⟩ from the microcanonical mean "
                f"left at late times, {n} spins",
                equation="Eq. (1)",
                predicted=0.0,
                measured=(at[V.late_mean].item() - ensemble) / (start - ensemble),
                stderr=at[V.late_mean.stderr].item() / abs(start - ensemble),
                next_order=spread / abs(start - ensemble),
                note="the next order is the spread of single eigenstates in the window, which "
                "falls with the length of the chain",
            )
        )
    if dataset.sizes[V.n_spins] >= 2:
        first = dataset.isel(n_spins=0)
        ratio = at[V.late_variance].item() / first[V.late_variance].item()
        shares = [
            float(part[V.late_variance.stderr]) / float(part[V.late_variance])
            for part in (first, at)
        ]
        rows.append(
            Finding(
                statement=f"variance of ⟨Z⟩ in time, {n} spins, over that of "
                f"{int(first[V.n_spins])} spins",
                equation="relaxation",
                predicted=1.0,
                measured=ratio,
                stderr=ratio * math.hypot(*shares),
                relation="at most",
            )
        )
    return rows
