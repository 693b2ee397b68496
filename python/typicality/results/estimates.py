"""Estimates from independent samples, each with its standard error.

A standard error is what the report's "agree" rests on, so each is worked out here once.
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
    "share_estimate",
    "share_stderr",
    "stacked",
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

    The standard error is ``sqrt((mu_4 - mu_2^2) / n)``, right for any law up to order ``1/n``.

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


def share_estimate(hits: npt.ArrayLike, axis: int = 0) -> Estimate:
    """Return the share of the samples that are hits, and its standard error.

    The standard error is that of `share_stderr`, never zero.

    Parameters
    ----------
    hits : array_like of bool
        At least two independent samples along `axis`.
    axis : int
        Which axis counts the samples.

    Returns
    -------
    share, stderr : numpy.ndarray

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    Examples
    --------
    >>> share, stderr = share_estimate([True, False, False, False])
    >>> float(share), round(float(stderr), 4)
    (0.25, 0.2165)
    """
    values = _samples(hits, axis)
    share = values.mean(axis=0)
    return share, share_stderr(share, len(values))


def share_stderr(share: npt.ArrayLike, count: float) -> npt.NDArray[np.float64]:
    """Return the standard error of a share of hits among `count` independent samples.

    ``sqrt(share (1 - share) / count)``, but at least so large that three of them reach the farther
    end of Wilson's interval of three standard errors [1]_: the normal approximation fails near 0
    and 1. With no hit among n samples the upper limit at three standard errors is 9 / (n + 9).

    Parameters
    ----------
    share : array_like
        Hits over `count`, from 0 to 1.
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
    >>> print(share_stderr([0.0, 0.5], 10000.0).round(6))
    [0.0003 0.005 ]
    """
    found = np.asarray(share, dtype=np.float64)
    square = STANDARD_ERRORS**2 / count
    center = (found + square / 2) / (1 + square)
    half = np.sqrt(square * (found * (1 - found) + square / 4)) / (1 + square)
    wilson = (np.abs(center - found) + half) / STANDARD_ERRORS
    return np.maximum(wilson, np.sqrt(found * (1 - found) / count))


def stacked(estimates: Iterable[Estimate]) -> Estimate:
    """Return many estimates as one, along a new first axis.

    Examples
    --------
    >>> values, stderr = stacked([mean_estimate([1.0, 3.0]), mean_estimate([2.0, 2.0])])
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
