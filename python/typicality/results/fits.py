"""Slopes of lines through measured points, with the standard errors that they inherit."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["exponent", "log_slope", "slope"]

_Fit: TypeAlias = tuple[float, float]


def slope(x: npt.ArrayLike, y: npt.ArrayLike, y_stderr: npt.ArrayLike) -> _Fit:
    """Return the slope of y against x by least squares with equal weights, and its standard error.

    Parameters
    ----------
    x, y, y_stderr : array_like
        Points, and standard errors of independent `y`.

    Returns
    -------
    slope, stderr : float

    Examples
    --------
    >>> slope([0.0, 1.0, 2.0], [1.0, 3.0, 5.0], [0.1, 0.1, 0.1])
    (2.0, 0.07)
    """
    position = np.asarray(x, dtype=np.float64)
    centered = position - position.mean()
    weights = centered / np.sum(centered**2)
    stderr = np.sqrt(np.sum((weights * np.asarray(y_stderr)) ** 2))
    return float(weights @ np.asarray(y)), float(stderr)


def log_slope(x: npt.ArrayLike, y: npt.ArrayLike, y_stderr: npt.ArrayLike) -> _Fit:
    """Return the slope of log y against x by weighted least squares, and its standard error.

    Weights are inverse variances of log y, to first order in the errors.

    Parameters
    ----------
    x, y, y_stderr : array_like
        Points with positive `y`, and standard errors of independent `y`.

    Returns
    -------
    slope, stderr : float

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> rate, stderr = log_slope(x, np.exp(-0.5 * x), 0.01 * np.exp(-0.5 * x))
    >>> round(rate, 12), round(stderr, 4)
    (-0.5, 0.0071)
    """
    values = np.asarray(y, dtype=np.float64)
    weights = (values / np.asarray(y_stderr)) ** 2
    position = np.asarray(x, dtype=np.float64)
    position = position - np.average(position, weights=weights)
    spread = float(np.sum(weights * position**2))
    return float(np.sum(weights * position * np.log(values))) / spread, spread**-0.5


def exponent(x: npt.ArrayLike, y: npt.ArrayLike, y_stderr: npt.ArrayLike) -> _Fit:
    """Return the exponent of y as a power of x by weighted least squares, and its standard error.

    Parameters
    ----------
    x, y, y_stderr : array_like
        Positive points, and standard errors of independent `y`.

    Returns
    -------
    exponent, stderr : float

    Examples
    --------
    >>> power, stderr = exponent([1, 2, 4], [1.0, 0.25, 0.0625], [0.01, 0.0025, 0.000625])
    >>> round(power, 12), round(stderr, 4)
    (-2.0, 0.0102)
    """
    return log_slope(np.log(np.asarray(x, dtype=np.float64)), y, y_stderr)
