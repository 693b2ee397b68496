"""Table 1: the same statistics of a quantum system and of a network, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality._progress import Progress
from typicality.correspondence._measured_table import measure as measure_rows
from typicality.results.table import Values

if TYPE_CHECKING:
    from typicality._random import Seeds
    from typicality.experiments.correspondence.experiment import Correspondence

__all__ = ["measure"]


def measure(experiment: Correspondence, seeds: Seeds, progress: Progress) -> Values:
    """Measure the five rows."""
    return measure_rows(experiment.systems(), seeds, progress)
