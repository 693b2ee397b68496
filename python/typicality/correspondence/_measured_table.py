"""Table 1 of the paper as numbers: five rows, each one statistic measured on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality._progress import Progress
from typicality._random import Seeds
from typicality.correspondence._fluctuations import fluctuations_row
from typicality.correspondence._matched_systems import MatchedSystems
from typicality.correspondence._observables import observables_row, random_object_row
from typicality.correspondence._row import Row
from typicality.correspondence._threshold import threshold_row
from typicality.correspondence._ubiquity import ubiquity_row
from typicality.correspondence._variables import CorrespondenceVariables as V
from typicality.results.table import Values

if TYPE_CHECKING:
    import xarray as xr

    from typicality._random import RNG

__all__ = ["measure", "table"]


def table(
    *,
    d_a: int = 8,
    d_b: int = 64,
    n_samples: int = 64,
    n_inputs: int = 16,
    width: int = 57,
    n_draws: int = 100,
    growth: tuple[int, ...] = (1, 2, 4, 8, 16),
    target_distance: float = 0.25,
    critical_d_b: int = 24,
    critical_width: int = 8,
    rng: RNG = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Measure both sides of the paper's Table 1.

    The rows are the random object, few observables, typicality, ubiquity and the threshold; each
    holds the same statistic of a quantum system and of a network of one hidden layer. With the
    defaults both have about 1024 parameters and 64 observables.

    Parameters
    ----------
    d_a, d_b : int, optional
        Dimensions of the subsystem and of its environment, ``d_a <= d_b``.
    n_samples, n_inputs, width : int, optional
        Samples, inputs and hidden units of the network.
    n_draws : int, optional
        Random states, and random networks, of each measurement.
    growth : tuple of int, optional
        Ascending factors by which d_B and the width grow in the rows typicality and ubiquity.
    target_distance : float, optional
        Root mean square distance of the network's targets from its outputs at initialization.
    critical_d_b, critical_width : int, optional
        Environment and width of the row threshold.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        By default, or if an int is given, ``numpy.random.SeedSequence(rng)`` is the source.
    progress : callable, optional
        Called with the fraction done and what is being done.

    Returns
    -------
    xarray.Dataset
        ``value``, ``value_stderr``, ``low``, ``high``, ``exact`` and ``limit`` over the dimensions
        ``row`` and ``side``, and the curves the rows were read from.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of its range.
    typicality.errors.ConvergenceError
        If the network cannot fit its targets.

    References
    ----------
    .. [1] T. Monnai, arXiv:2511.09526 (2025), Table 1.

    Examples
    --------
    >>> from typicality import correspondence
    >>> data = correspondence.table(n_draws=4, growth=(1, 2, 4), rng=0)
    >>> data["value"].dims, data["row"].values.tolist()
    (('row', 'side'), ['random object', 'few observables', 'typicality', 'ubiquity', 'threshold'])
    >>> data["low"].sel(row="threshold").values.tolist()
    [1.0, 1.0]
    """
    systems = MatchedSystems(
        d_a=d_a,
        d_b=d_b,
        n_samples=n_samples,
        n_inputs=n_inputs,
        width=width,
        n_draws=n_draws,
        growth=tuple(growth),
        target_distance=target_distance,
        critical_d_b=critical_d_b,
        critical_width=critical_width,
    )
    return V.label(measure(systems, Seeds(rng), progress or _silent))


def measure(systems: MatchedSystems, seeds: Seeds, progress: Progress) -> Values:
    """Measure the five rows for two given systems.

    Parameters
    ----------
    systems : MatchedSystems
        What is compared.
    seeds : Seeds
        Source of randomness.
    progress : callable
        Called with the fraction done and what is being done.

    Returns
    -------
    dict
        Arrays by the names that `CorrespondenceVariables` declares.
    """
    rows = [random_object_row(systems, seeds)]
    progress(0.02, "few observables")
    rows.append(observables_row(systems, seeds))
    progress(0.04, "typicality")
    rows.append(fluctuations_row(systems, seeds))
    rows.append(
        ubiquity_row(systems, seeds, lambda share: progress(0.08 + 0.9 * share, "ubiquity"))
    )
    rows.append(threshold_row(systems, seeds))
    progress(1.0, "done")
    curves: Values = {}
    coordinates = _labels(rows)
    for row in rows:
        curves |= row.curves
        coordinates |= row.coordinates
    return _columns(rows) | curves | coordinates


def _labels(rows: list[Row]) -> Values:
    return {
        V.row: [row.name for row in rows],
        V.side: ["quantum", "network"],
        V.statistic: [row.statistic for row in rows],
        V.unit: [row.unit for row in rows],
        V.interval: [row.interval for row in rows],
        V.subject: [[row.quantum.subject, row.network.subject] for row in rows],
    }


def _columns(rows: list[Row]) -> Values:
    def column(name: str) -> list[list[float]]:
        return [[getattr(side, name) for side in (row.quantum, row.network)] for row in rows]

    return {
        V.value: column("value"),
        V.value_stderr: column("stderr"),
        V.low: column("low"),
        V.high: column("high"),
        V.exact: column("exact"),
        V.limit: column("limit"),
    }


def _silent(_fraction: float, _text: str) -> None:
    pass
