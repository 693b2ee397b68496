"""Estimates from independent samples, each with its standard error.

A standard error is what the report's "agree" rests on, so each is worked out here once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "Estimate",
    "deviation_estimate",
    "mean_estimate",
    "share_estimate",
    "stacked",
    "variance_estimate",
]

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

    Where all or none are hits, the standard error is that of one hit more or less instead of zero.

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
    count = len(values)
    share = values.mean(axis=0)
    inner = np.clip(share, 1.0 / count, 1.0 - 1.0 / count)
    return share, np.sqrt(inner * (1.0 - inner) / count)


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
        raise ValueError(f"an error bar needs at least 2 independent samples; got {len(values)}.")
    return values
