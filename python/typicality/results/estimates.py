"""Estimates from independent samples, each with its standard error.

The report's verdicts rest on standard errors, so each is computed here once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "STANDARD_ERRORS",
    "Estimate",
    "deviation_estimate",
    "mean_estimate",
    "proportion_estimate",
    "proportion_stderr",
    "stack_estimates",
    "variance_estimate",
]

STANDARD_ERRORS: Final = 3.0
"""How many standard errors a measured value may be off and still agree."""

Estimate: TypeAlias = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def mean_estimate(samples: npt.ArrayLike, axis: int = 0) -> Estimate:
    """Return the mean along an axis of independent samples, and its standard error.

    Parameters
    ----------
    samples : array_like
        At least two independent samples along `axis`.
    axis : int
        Which axis counts the samples.

    Returns
    -------
    mean, stderr : numpy.ndarray

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    Examples
    --------
    >>> mean, stderr = mean_estimate([1.0, 2.0, 3.0, 4.0])
    >>> float(mean), round(float(stderr), 4)
    (2.5, 0.6455)
    """
    values = _samples(samples, axis)
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def variance_estimate(samples: npt.ArrayLike, axis: int = 0) -> Estimate:
    """Return the variance along an axis of independent samples, and its standard error.

    The standard error is ``sqrt((mu_4 - mu_2^2) / n)``, right for any distribution up to order
    ``1/n``.

    Parameters
    ----------
    samples : array_like
        At least two independent samples along `axis`.
    axis : int
        Which axis counts the samples.

    Returns
    -------
    variance, stderr : numpy.ndarray

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    Examples
    --------
    >>> variance, stderr = variance_estimate([1.0, 2.0, 3.0, 4.0])
    >>> round(float(variance), 4), round(float(stderr), 4)
    (1.6667, 0.5)
    """
    values = _samples(samples, axis)
    centered = values - values.mean(axis=0)
    second = np.mean(centered**2, axis=0)
    fourth = np.mean(centered**4, axis=0)
    stderr = np.sqrt(np.maximum(fourth - second**2, 0.0) / len(values))
    return values.var(axis=0, ddof=1), stderr


def deviation_estimate(samples: npt.ArrayLike, axis: int = 0) -> Estimate:
    """Return the standard deviation along an axis of independent samples, and its standard error.

    Parameters
    ----------
    samples : array_like
        At least two independent samples along `axis`.
    axis : int
        Which axis counts the samples.

    Returns
    -------
    deviation, stderr : numpy.ndarray

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    Examples
    --------
    >>> deviation, stderr = deviation_estimate([1.0, 2.0, 3.0, 4.0])
    >>> round(float(deviation), 4), round(float(stderr), 4)
    (1.291, 0.1936)
    """
    variance, stderr = variance_estimate(samples, axis)
    deviation = np.sqrt(variance)
    return deviation, stderr / (2.0 * np.where(deviation > 0, deviation, 1.0))


def proportion_estimate(successes: npt.ArrayLike, axis: int = 0) -> Estimate:
    """Return the proportion of successes among the samples, and its standard error.

    The standard error is that of `proportion_stderr`, never zero.

    Parameters
    ----------
    successes : array_like of bool
        At least two independent samples along `axis`.
    axis : int
        Which axis counts the samples.

    Returns
    -------
    proportion, stderr : numpy.ndarray

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    Examples
    --------
    >>> proportion, stderr = proportion_estimate([True, False, False, False])
    >>> float(proportion), round(float(stderr), 4)
    (0.25, 0.2165)
    """
    values = _samples(successes, axis)
    proportion = values.mean(axis=0)
    return proportion, proportion_stderr(proportion, len(values))


def proportion_stderr(proportion: npt.ArrayLike, count: float) -> npt.NDArray[np.float64]:
    """Return the standard error of a proportion among `count` independent samples.

    ``sqrt(p (1 - p) / count)`` for the proportion p, but at least so large that three of them reach
    the farther end of Wilson's interval of three standard errors [1]_: the normal approximation
    fails near 0 and 1. With no success among n samples the upper limit at three standard errors is
    9 / (n + 9).

    Parameters
    ----------
    proportion : array_like
        Successes over `count`, from 0 to 1.
    count : float
        Number of samples.

    Returns
    -------
    numpy.ndarray

    References
    ----------
    .. [1] E. B. Wilson, J. Am. Stat. Assoc. 22, 209 (1927).

    Examples
    --------
    >>> print(proportion_stderr([0.0, 0.5], 10000.0).round(6))
    [0.0003 0.005 ]
    """
    found = np.asarray(proportion, dtype=np.float64)
    square = STANDARD_ERRORS**2 / count
    center = (found + square / 2) / (1 + square)
    half = np.sqrt(square * (found * (1 - found) + square / 4)) / (1 + square)
    wilson = (np.abs(center - found) + half) / STANDARD_ERRORS
    return np.maximum(wilson, np.sqrt(found * (1 - found) / count))


def stack_estimates(estimates: Iterable[Estimate]) -> Estimate:
    """Return many estimates as one, along a new first axis.

    Examples
    --------
    >>> values, stderr = stack_estimates([mean_estimate([1.0, 3.0]), mean_estimate([2.0, 2.0])])
    >>> values.tolist(), stderr.tolist()
    ([2.0, 2.0], [1.0, 0.0])
    """
    values, errors = zip(*estimates, strict=True)
    return np.array(values), np.array(errors)


def _samples(samples: npt.ArrayLike, axis: int) -> npt.NDArray[Any]:
    values = np.moveaxis(np.asarray(samples, dtype=np.float64), axis, 0)
    if len(values) < 2:
        raise ValueError(
            "a standard error needs at least 2 independent samples along "
            f"axis {axis}; got {len(values)}."
        )
    return values
