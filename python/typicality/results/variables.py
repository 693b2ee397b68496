"""Labeled variables of a dataset: values with their dimensions, unit, name and kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy.typing as npt

from typicality.results.estimates import Estimate

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "KINDS",
    "Variable",
    "Variables",
    "coordinate",
    "dataset",
    "dimensions",
    "estimated",
    "variable",
]

KINDS: Final = frozenset(
    {
        "measured",  # from random draws or runs
        "stderr",  # standard error of a measured mean
        "interval",  # end of a confidence interval
        "quantile",  # of the measured values
        "exact",  # a formula that holds at this size
        "asymptotic",  # a formula that holds in a limit
        "bound",  # an inequality
        "fit",  # parameters fitted to measured values, or the fitted curve
        "reference",  # a number from elsewhere
        "setting",  # chosen, not measured: a size, a parameter count
    }
)
"""What `attrs["kind"]` of a variable may say."""

_DIMENSIONLESS = {
    "nat": "in nats (natural logarithm)",
    "coupling": "in units of the chain's coupling",
    "1/coupling": "in inverse units of the chain's coupling",
}
"""Units unknown to UDUNITS: stored as dimensionless, with a comment in words."""

Variable: TypeAlias = tuple[tuple[str, ...], Any, dict[str, str]]
Variables: TypeAlias = dict[str, Variable]


def coordinate(
    dims: str | tuple[str, ...], values: npt.ArrayLike, long_name: str, units: str = "1"
) -> Variable:
    """Coordinate along a dimension, as `xarray.Dataset` takes it.

    Examples
    --------
    >>> coordinate("n_a", [1, 2], "qubits in A")
    (('n_a',), [1, 2], {'units': '1', 'long_name': 'qubits in A'})
    """
    return dimensions(dims), values, _labels(long_name, units)


def variable(
    dims: str | tuple[str, ...],
    values: npt.ArrayLike,
    kind: str,
    long_name: str,
    units: str = "1",
    **labels: str,
) -> Variable:
    """Variable with its kind, as `xarray.Dataset` takes it.

    Parameters
    ----------
    dims : str or tuple of str
        Names of the dimensions.
    values : array_like
        Real numbers.
    kind : str
        One of `KINDS`.
    long_name, units : str
        What it is, and in which unit: of UDUNITS, or ``"nat"``, ``"coupling"`` or ``"1/coupling"``,
        which are stored as dimensionless, with a comment.
    **labels : str
        Further attributes.

    Examples
    --------
    >>> variable("n_a", [0.6, 1.1], "measured", "entropy", "nat")[2]["kind"]
    'measured'
    >>> variable("n_a", [0.6, 1.1], "measured", "entropy", "nat")[2]["comment"]
    'in nats (natural logarithm)'
    """
    return dimensions(dims), values, _labels(long_name, units) | {"kind": kind} | labels


def estimated(
    name: str, dims: str | tuple[str, ...], estimate: Estimate, long_name: str, units: str = "1"
) -> Variables:
    """Return a measured variable and its standard error, ``name`` and ``name_stderr``.

    Parameters
    ----------
    name : str
        Name of the measured variable.
    dims : str or tuple of str
        Names of the dimensions.
    estimate : (array_like, array_like)
        Values and standard errors.
    long_name, units : str
        What it is, and in which unit.

    Examples
    --------
    >>> sorted(estimated("entropy", "n_a", ([0.6], [0.1]), "entropy", "nat"))
    ['entropy', 'entropy_stderr']
    """
    values, stderr = estimate
    return {
        name: variable(dims, values, "measured", long_name, units),
        f"{name}_stderr": variable(dims, stderr, "stderr", f"standard error of {long_name}", units),
    }


def dataset(variables: Variables, *, coords: Variables) -> xr.Dataset:
    """Dataset of labeled variables; each names those that hold its error, as in the CF conventions.

    Parameters
    ----------
    variables, coords : dict
        What `variable` and `coordinate` returned, by name.

    Returns
    -------
    xarray.Dataset

    Examples
    --------
    >>> entropy = estimated("entropy", "n_a", ([0.6], [0.1]), "mean entropy", "nat")
    >>> data = dataset(entropy, coords={"n_a": coordinate("n_a", [1], "qubits in A")})
    >>> data["entropy"].attrs["ancillary_variables"]
    'entropy_stderr'
    """
    # Not at the top of the file: it takes longer than all the rest, and help needs no datasets.
    import xarray as xr

    made = xr.Dataset(variables, coords=coords)
    for name, values in made.data_vars.items():
        beside = [f"{name}{end}" for end in ("_stderr", "_low", "_high")]
        kinds = {other: made[other].attrs["kind"] for other in beside if other in made}
        errors = [other for other, kind in kinds.items() if kind in ("stderr", "interval")]
        if errors:
            values.attrs["ancillary_variables"] = " ".join(errors)
    return made


def dimensions(dims: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return names of dimensions as a tuple, also of a single one.

    Examples
    --------
    >>> dimensions("n_a")
    ('n_a',)
    """
    return (dims,) if isinstance(dims, str) else dims


def _labels(long_name: str, units: str) -> dict[str, str]:
    labels = {"units": units, "long_name": long_name}
    if units in _DIMENSIONLESS:
        labels |= {"units": "1", "comment": _DIMENSIONLESS[units]}
    return labels
