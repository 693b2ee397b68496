"""Labeled variables of a dataset: values with their dimensions, unit, name and kind."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy.typing as npt

from typicality._estimates import Estimate

__all__ = ["Variable", "Variables", "coordinate", "estimated", "variable"]

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
    return _dims(dims), values, {"units": units, "long_name": long_name}


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
        One of `typicality.experiments.experiment.KINDS`.
    long_name, units : str
        What it is, and in which unit.
    **labels : str
        Further attributes.

    Examples
    --------
    >>> variable("n_a", [0.6, 1.1], "measured", "entropy", "nat")[2]["kind"]
    'measured'
    """
    attributes = {"units": units, "long_name": long_name, "kind": kind} | labels
    return _dims(dims), values, attributes


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


def _dims(dims: str | tuple[str, ...]) -> tuple[str, ...]:
    return (dims,) if isinstance(dims, str) else dims
