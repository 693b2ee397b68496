"""Bounds on how far a typical expectation value lies from its mean: Eq. (1) of the paper.

<O> of a Haar-random state in a space of d dimensions (an energy shell) has the mean tr O / d and
the exact variance Var / (d + 1), Var the variance of the eigenvalues of O, in a shell of P_E O P_E.
Every bound here is two-sided, P(|<O> - mean| >= epsilon), and capped at 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats, beta_of, large_dimension, real_array
from typicality._foreign import refuse_foreign

__all__ = ["chebyshev_bound", "hoeffding_bound", "levy_bound"]

Dimension = int | npt.NDArray[np.integer[Any]]


def chebyshev_bound(
    variance: npt.ArrayLike, d: Dimension, epsilon: npt.ArrayLike, *, field: str = "complex"
) -> Floats:
    """Return Eq. (1): P(|<O> - mean| >= epsilon) <= Var / ((d + 1) epsilon^2).

    Sharp in its variance: Var / (d + 1) is exact for complex states; real states have
    2 Var / (d + 2).

    Parameters
    ----------
    variance : array_like
        Variance of the eigenvalues of O: tr O^2 / d - (tr O / d)^2.
    d : int or array of int
        Dimension of the space, up to 2**1000.
    epsilon : array_like
        Deviation, not negative; at 0 the bound is 1.
    field : {"complex", "real"}, optional
        Complex or real states.

    Returns
    -------
    numpy.ndarray
        The arguments broadcast together.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Examples
    --------
    >>> from typicality.quantum import chebyshev_bound
    >>> print(chebyshev_bound(1.0, 99, [0.05, 0.2]).round(6))
    [1.   0.25]
    """
    spread, deviation = _not_negative(variance, "variance"), _not_negative(epsilon, "epsilon")
    factor = _effective(d, beta_of(field))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # Root by root: of a small variance over a huge dimension nothing would be left.
        ratio = np.sqrt(spread) / deviation / np.sqrt(factor)
        bound = np.where(deviation == 0.0, 1.0, ratio * ratio)
    return np.minimum(bound, 1.0)[()]


def hoeffding_bound(
    spread: npt.ArrayLike, d: Dimension, epsilon: npt.ArrayLike, *, field: str = "complex"
) -> Floats:
    """Return 2 exp(-2 (d + 1) epsilon^2 / spread^2), a bound on the same probability.

    For real states the exponent is -(d + 2) epsilon^2 / spread^2. It follows from the Dirichlet law
    of the weights |<i|psi>|^2 and the sub-Gaussian constant of the Beta law.

    Parameters
    ----------
    spread : array_like
        Largest minus smallest eigenvalue of O.
    d, epsilon, field
        As for `chebyshev_bound`. Neither bound is always the smaller one: take the minimum.

    Returns
    -------
    numpy.ndarray
        The arguments broadcast together.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    .. [1] O. Marchal, J. Arbel, Electron. Commun. Probab. 22, 54 (2017).

    Examples
    --------
    >>> from typicality.quantum import hoeffding_bound
    >>> print(hoeffding_bound(2.0, 1023, 0.1).round(6))
    0.011952
    """
    width, deviation = _not_negative(spread, "spread"), _not_negative(epsilon, "epsilon")
    return _gaussian_tail(2 * _effective(d, beta_of(field)), deviation, width)


def levy_bound(norm: npt.ArrayLike, d: Dimension, epsilon: npt.ArrayLike) -> Floats:
    """Return Levy's lemma, 2 exp(-d epsilon^2 / (18 pi^3 norm^2)), for comparison only.

    As canonical typicality is usually proved. It says nothing until d epsilon^2 / norm^2 exceeds
    387; `hoeffding_bound` has an exponent about a thousand times larger.

    Parameters
    ----------
    norm : array_like
        Operator norm of O.
    d, epsilon
        As for `chebyshev_bound`.

    Returns
    -------
    numpy.ndarray
        The arguments broadcast together.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    .. [1] S. Popescu, A. J. Short, A. Winter, Nat. Phys. 2, 754 (2006).

    Examples
    --------
    >>> from typicality.quantum import levy_bound
    >>> print(levy_bound(1.0, 2**20, 0.1).round(9))
    1.4e-08
    """
    size, deviation = _not_negative(norm, "norm"), _not_negative(epsilon, "epsilon")
    return _gaussian_tail(_dimensions(d) / (18 * math.pi**3), deviation, size)


def _gaussian_tail(factor: Floats, deviation: Floats, width: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.sqrt(factor) * (deviation / width)
        bound = np.where(deviation == 0.0, 1.0, 2 * np.exp(-ratio * ratio))
    return np.minimum(bound, 1.0)[()]


def _effective(d: Dimension, beta: int) -> Floats:
    # The Dirichlet parameters sum to beta d / 2; this is that sum plus one.
    return _dimensions(d) + 1.0 if beta == 2 else _dimensions(d) / 2 + 1.0


def _dimensions(d: Dimension) -> Floats:
    refuse_foreign(d, "d")
    if isinstance(d, np.ndarray) and d.ndim > 0:
        if d.dtype.kind not in "iu":
            raise TypeError(f"d must hold integers; got an array of dtype {d.dtype}.")
        if d.size and d.min() < 1:
            raise ValueError(f"d must be at least 1; got {int(d.min())}.")
        return d.astype(np.float64)
    return np.asarray(float(large_dimension(d, "d")))


def _not_negative(value: npt.ArrayLike, name: str) -> Floats:
    array = real_array(value, name).astype(np.float64)
    if array.size and array.min() < 0:
        raise ValueError(f"{name} must not be negative; an entry is {float(array.min()):.3g}.")
    return array
