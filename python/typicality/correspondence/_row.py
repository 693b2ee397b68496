"""One row of Table 1: the same statistic measured on both sides."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from typicality._short_repr import ShortRepr
from typicality.results.table import Values

__all__ = ["Row", "Side"]


@dataclass(frozen=True)
class Side:
    """What one side of a row measured, and what is expected there.

    Parameters
    ----------
    subject : str
        What was measured.
    value, stderr : float
        The statistic and its standard error.
    low, high : float
        The row's interval.
    exact : float, optional
        What is expected at this size; NaN where no formula is known.
    limit : float, optional
        What is expected of a large system.
    """

    subject: str
    value: float
    stderr: float
    low: float
    high: float
    exact: float = math.nan
    limit: float = math.nan


@dataclass(frozen=True, repr=False)
class Row(ShortRepr):
    """A statistic on both sides, with the curves it was read from.

    Parameters
    ----------
    name, statistic, unit : str
        What the row compares, by which statistic, in which unit.
    interval : str
        What the interval covers.
    quantum, network : Side
        Both sides.
    curves, coordinates : dict
        Arrays of the dataset and its coordinates, by name.
    """

    name: str
    statistic: str
    unit: str
    interval: str
    quantum: Side
    network: Side
    curves: Values = field(default_factory=dict)
    coordinates: Values = field(default_factory=dict)
