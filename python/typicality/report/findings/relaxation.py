"""What the relaxation experiment confirms of Eq. (1) for one state in time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from typicality.report.findings.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a relaxation dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Relaxation.run` returned.

    Returns
    -------
    list of Finding
    """
    at = dataset.isel(n_spins=-1)
    n = int(at["n_spins"])
    start, allowance = at["expectation"].values[0].item(), at["eigenstate_deviation"].item()
    # A start that is itself within what is allowed would agree without any relaxation.
    margin = 3 * at["late_mean_stderr"].item() + allowance
    decisive = abs(start - at["typical_mean_exact"].item()) > margin
    rows = [
        Finding(
            statement=f"late-time mean of ⟨Z⟩, {n} spins, is the diagonal ensemble's",
            equation="Sec. II",
            predicted=at["late_mean_exact"].item(),
            measured=at["late_mean"].item(),
            stderr=at["late_mean_stderr"].item(),
            note="exact for levels that are not degenerate",
        ),
        Finding(
            statement=f"variance of ⟨Z⟩ in time, {n} spins",
            equation="Sec. II",
            predicted=at["late_variance_exact"].item(),
            measured=at["late_variance"].item(),
            stderr=at["late_variance_stderr"].item(),
            note="exact where no two gaps between levels are equal",
        ),
        Finding(
            statement=f"variance of ⟨Z⟩ in time, {n} spins, is at most 1/d_eff",
            equation="Sec. II",
            predicted=at["late_variance_bound"].item(),
            measured=at["late_variance"].item(),
            stderr=at["late_variance_stderr"].item(),
            relation="at most",
            note=f"effective dimension {at['effective_dimension'].item():.4g}",
        ),
        Finding(
            statement=f"late-time mean of ⟨Z⟩, {n} spins, is the microcanonical mean"
            + ("" if decisive else " (not decisive: so is the start, within the allowance)"),
            equation="Eq. (1)",
            predicted=at["typical_mean_exact"].item(),
            measured=at["late_mean"].item(),
            stderr=at["late_mean_stderr"].item(),
            bias=allowance,
            note="the allowance is the spread of single eigenstates in the window; the start is "
            f"{start:.3f}",
        ),
        Finding(
            statement=f"typical states of the window, {n} spins, have the microcanonical mean",
            equation="Eq. (1)",
            predicted=at["typical_mean_exact"].item(),
            measured=at["typical_mean"].item(),
            stderr=at["typical_mean_stderr"].item(),
            bias=allowance / 2**n,
            note="filtered Haar states; normalizing them shifts the mean by about one part in d",
        ),
    ]
    if dataset.sizes["n_spins"] >= 2:
        first = dataset.isel(n_spins=0)
        ratio = at["late_variance"].item() / first["late_variance"].item()
        shares = [
            float(part["late_variance_stderr"]) / float(part["late_variance"])
            for part in (first, at)
        ]
        rows.append(
            Finding(
                statement=f"fluctuation in time shrinks from {int(first['n_spins'])} to {n} spins: "
                "ratio of the variances",
                equation="Sec. II",
                predicted=1.0,
                measured=ratio,
                stderr=ratio * math.hypot(*shares),
                relation="at most",
            )
        )
    return rows
