"""Findings of the correspondence experiment: the rows of Table 1, both sides measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from typicality.correspondence._variables import CorrespondenceVariables as V
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a correspondence dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Correspondence.run` or `typicality.correspondence.table` returned.

    Returns
    -------
    list of Finding
    """
    rows: list[Finding] = []
    for side in ("quantum", "network"):
        rows += _rows(dataset, side)
    # By Table 1's rows, not by its columns.
    half = len(rows) // 2
    return [row for pair in zip(rows[:half], rows[half:], strict=True) for row in pair]


def _rows(dataset: xr.Dataset, side: str) -> list[Finding]:
    at = dataset.sel(side=side)
    kurtosis, rank, slope = (
        _exact(at.sel(row=row), side) for row in ("random object", "few observables", "typicality")
    )
    return [kurtosis, rank, slope, _ubiquity(dataset, side), _threshold(at, side)]


def _exact(cell: xr.Dataset, side: str, note: str = "exact at this size") -> Finding:
    return Finding(
        statement=f"{side}: {cell[V.statistic].item()}, {cell[V.subject].item()}",
        equation="Table 1",
        predicted=cell[V.exact].item(),
        measured=cell[V.value].item(),
        stderr=cell[V.value_stderr].item(),
        unit=cell[V.unit].item(),
        note=note,
    )


def _ubiquity(dataset: xr.Dataset, side: str) -> Finding:
    """Row on large systems: the ratio at the largest size and its limit, which it nears as 1/n.

    The deviation from 1 falls at least in proportion to the number of parameters.
    """
    ratios = dataset[V.named(f"{side}_distance_ratio")].values
    errors = dataset[V.named(f"{side}_distance_ratio").stderr].values
    sizes = dataset[V.named(f"{side}_params")].values
    cell = dataset.sel(row="ubiquity", side=side)
    growth = float(sizes[-1] / sizes[0])
    return Finding(
        statement=f"{side}: {cell[V.statistic].item()}, {int(sizes[-1])} parameters",
        equation="Eq. (4), Table 1",
        predicted=cell[V.limit].item(),
        measured=float(ratios[-1]),
        stderr=float(errors[-1]),
        next_order=float(abs(ratios[0] - 1)) * 2 / growth,
        unit=cell[V.unit].item(),
        note=f"the limit; it was {ratios[0]:.3f} at {int(sizes[0])} parameters and is off by 1/n",
    )


def _threshold(at: xr.Dataset, side: str) -> Finding:
    cell = at.sel(row="threshold")
    value, low, high = (cell[name].item() for name in (V.value, V.low, V.high))
    return Finding(
        statement=f"{side}: {cell[V.statistic].item()}, {cell[V.subject].item()}",
        equation="Sec. III, Table 1",
        predicted=cell[V.exact].item(),
        measured=value,
        stderr=0.0,
        bias=float(np.max([value - low, high - value])),
        unit=cell[V.unit].item(),
        note=f"between {low:.4g} and {high:.4g}, the sizes next to it",
    )
