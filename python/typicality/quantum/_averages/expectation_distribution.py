"""Exact law of the expectation value of a Haar-random state: what Eq. (1) bounds.

<O> = sum_i o_i g_i / sum_i g_i with independent g_i ~ Gamma(beta n_i / 2), n_i the multiplicity of
the eigenvalue o_i. So P(<O> > x) = P(sum_i (o_i - x) g_i > 0), whose transform is the product of
(1 - (o_i - x) s)^(-beta n_i / 2). It is inverted through its saddle point, so that small tails keep
their digits and neither degeneracy nor dimension does harm. For simple spectra of complex states
the density is the B-spline with knots at the eigenvalues.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats, beta_of
from typicality._messages import describe
from typicality._points import law_points
from typicality.errors import ConvergenceError
from typicality.quantum._averages.saddle_integral import Unsettled, line_integral
from typicality.quantum._random_states.expectations import spectrum_of_observable

__all__ = ["expectation_cdf", "expectation_pdf"]


# Points and eigenvalues are taken in blocks of at most this many pairs.
_BLOCK = 1 << 15
# Distance from the extreme levels in units of the spread from which their power law is taken.
_NEAREST = 1e-290
# The phase of the integrand is a sum of that many logarithms, each right to the last digit only.
_LARGEST_DIMENSION = 1 << 40


def expectation_cdf(
    eigenvalues: npt.ArrayLike,
    x: npt.ArrayLike,
    *,
    multiplicities: npt.ArrayLike | None = None,
    field: str = "complex",
    upper: bool = False,
) -> Floats:
    """Return P(<psi|O|psi> <= x) over Haar-random states, exactly.

    Parameters
    ----------
    eigenvalues : array_like
        Eigenvalues of O, shape ``(k,)``; in an energy shell those of P_E O P_E.
    x : array_like
        Points at which to evaluate the distribution; any shape, infinities allowed.
    multiplicities : array_like, optional
        Positive integers, shape ``(k,)``; all 1 by default. Equal eigenvalues are merged. They add
        up to at most 2**40.
    field : {"complex", "real"}, optional
        Complex states, or real states and a real symmetric O.
    upper : bool, optional
        True returns P(<psi|O|psi> > x) instead, which keeps its digits where the other is near 1.

    Returns
    -------
    numpy.ndarray
        The shape of `x`, always float64. Below the mean (with `upper` above it) right to 1e-9 of
        itself, however small, and elsewhere to 1e-9; beyond 2**30 dimensions to 1e-8. Two sums
        over different points of the path have to agree to that, so that their mean is better as a
        rule: 1e-12 in thousands of dimensions.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, empty or out of range.
    ConvergenceError
        If the inversion does not reach this accuracy; the message names the points.

    See Also
    --------
    haar_expectations : Draws from this law.

    References
    ----------
    .. [1] L. Campos Venuti, P. Zanardi, Phys. Lett. A 377, 1854 (2013).
    .. [2] J. P. Imhof, Biometrika 48, 419 (1961).

    Examples
    --------
    >>> from typicality.quantum import expectation_cdf
    >>> print(expectation_cdf([0.0, 1.0], [0.2, 0.7]).round(9))
    [0.2 0.7]
    >>> print(expectation_cdf([0.0, 1.0], 0.9, multiplicities=[9, 1]).round(12))
    0.999999999
    >>> print(f"{expectation_cdf([0.0, 1.0], 0.99, multiplicities=[9, 1], upper=True):.6g}")
    1e-18
    """
    if not isinstance(upper, bool | np.bool_):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"upper must be True or False; got {describe(upper)}.")
    return _evaluate(eigenvalues, x, multiplicities, field, "upper" if upper else "lower")


def expectation_pdf(
    eigenvalues: npt.ArrayLike,
    x: npt.ArrayLike,
    *,
    multiplicities: npt.ArrayLike | None = None,
    field: str = "complex",
) -> Floats:
    """Return the density of <psi|O|psi> over Haar-random states, exactly.

    Parameters
    ----------
    eigenvalues, x, multiplicities, field
        As for `expectation_cdf`.

    Returns
    -------
    numpy.ndarray
        The shape of `x`, always float64, right to 1e-9 of itself; zero outside the spectrum,
        infinite where the density diverges (at some eigenvalues of low dimensions).

    Raises
    ------
    TypeError, ValueError
        As for `expectation_cdf`, and if O has a single eigenvalue, where there is no density.
    ConvergenceError
        As for `expectation_cdf`.

    Examples
    --------
    >>> from typicality.quantum import expectation_pdf
    >>> print(expectation_pdf([0.0, 1.0, 2.0], [0.5, 1.0, 1.5]).round(9))
    [0.5 1.  0.5]
    """
    return _evaluate(eigenvalues, x, multiplicities, field, "density")


def _evaluate(
    eigenvalues: npt.ArrayLike,
    x: npt.ArrayLike,
    multiplicities: npt.ArrayLike | None,
    field: str,
    what: Literal["lower", "upper", "density"],
) -> Floats:
    values, counts = spectrum_of_observable(eigenvalues, multiplicities)
    beta = beta_of(field)
    points = law_points(x)
    levels, inverse = np.unique(values, return_inverse=True)
    shapes = np.zeros_like(levels)
    np.add.at(shapes, inverse, counts * (beta / 2))
    if levels.size == 1:
        if what == "density":
            raise ValueError(
                "eigenvalues must not all be equal: <O> is then certain and has no density."
            )
        return ((points < levels[0]) == (what == "upper")).astype(np.float64)[()]
    if counts.sum() > _LARGEST_DIMENSION:
        raise ValueError(
            f"multiplicities must add up to at most 2**{_LARGEST_DIMENSION.bit_length() - 1}; got "
            f"{float(counts.sum()):.3g}, where rounding would spoil the law. It is normal to about "
            "1/sqrt(d) there, of the variance Var/(d + 1); haar_expectations draws it."
        )
    # Scaled by 1/4, so that differences cannot overflow.
    levels, flat = levels / 4, points.ravel() / 4
    beyond = flat >= levels[-1]
    result = {"lower": beyond, "upper": ~beyond, "density": np.zeros_like(beyond)}[what]
    result = result.astype(np.float64)
    inside = np.flatnonzero((flat > levels[0]) & (flat < levels[-1]))
    block = max(1, _BLOCK // levels.size)
    for start in range(0, inside.size, block):
        chosen = inside[start : start + block]
        try:
            result[chosen] = (
                _density(levels, shapes, flat[chosen])
                if what == "density"
                else _distribution(levels, shapes, flat[chosen], upper=what == "upper")
            )
        except Unsettled as error:
            named = ", ".join(f"{point:.6g}" for point in 4 * flat[chosen][error.rows][:5])
            raise ConvergenceError(
                f"The numerical inversion of the distribution of <O> did not converge at "
                f"{len(error.rows)} points, "
                f"x = {named}{', ...' if len(error.rows) > 5 else ''}; it {error}. "
                "Leave them out, or count draws of haar_expectations instead."
            ) from error
    if what == "density":
        result = _at_edges(result, levels, shapes, flat) / 4
    return result.reshape(points.shape)[()]


def _distribution(levels: Floats, shapes: Floats, points: Floats, *, upper: bool) -> Floats:
    weights, _, missing, below = _weights(levels, shapes, points)
    others = shapes.sum() - np.where(below, shapes[0], shapes[-1])
    tail = line_integral(weights, shapes, density=False) * missing**others
    return np.where(below == upper, 1.0 - tail, tail)


def _density(levels: Floats, shapes: Floats, points: Floats) -> Floats:
    if shapes.sum() == 1.0:
        # Two levels of real states, whose integral below would be of a mere 1/s.
        return 1 / (np.pi * np.sqrt(points - levels[0]) * np.sqrt(levels[1] - points))
    weights, unit, missing, below = _weights(levels, shapes, points)
    # At a level the integrand lacks that level's factor; it must still fall faster than 1/|s|.
    at_level = (weights == 0.0).any(axis=1)
    present = np.where(weights == 0.0, 0.0, shapes).sum(axis=1)
    finite = ~at_level | (present > 1.0)
    value = np.full(points.shape, np.inf)
    if finite.any():
        try:
            value[finite] = line_integral(weights[finite], shapes, density=True, unit=unit[finite])
        except Unsettled as error:
            error.rows = np.flatnonzero(finite)[error.rows]
            raise
    others = shapes.sum() - np.where(below, shapes[0], shapes[-1])
    return value * missing ** (others - 1) / (levels[-1] - levels[0])


def _weights(
    levels: Floats, shapes: Floats, points: Floats
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.bool_]]:
    # Below the mean sum (o_i - x) g_i is mostly positive: the sign turned round gives P(<O> < x),
    # so that it is always the smaller tail that is integrated. In units of the largest, which is
    # returned in units of the spread: it is the distance from the extreme level, kept above the
    # smallest floats. Nearer to the level, law and density are powers of that distance; returned
    # too is the factor that is missing to it.
    spread = levels[-1] - levels[0]
    mean = float(levels @ (shapes / shapes.sum()))
    below = points <= mean
    weights = (levels - points[:, None]) / spread
    weights = np.where(below[:, None], -weights, weights)
    nearest = weights.max(axis=1)
    unit = np.maximum(nearest, _NEAREST)
    weights[np.arange(points.size), np.where(below, 0, -1)] = unit
    return weights / unit[:, None], unit, nearest / unit, below


def _at_edges(result: Floats, levels: Floats, shapes: Floats, points: Floats) -> Floats:
    # At an extreme level of shape k the density goes like the power (total - k - 1) of the
    # distance.
    total = shapes.sum()
    for index in (0, -1):
        power = total - shapes[index] - 1
        distances = np.abs(np.delete(levels, index) - levels[index])
        if power > 0:
            limit = 0.0
        elif power < 0:
            limit = math.inf
        else:
            logs = np.delete(shapes, index) * np.log(distances)
            limit = (total - 1) * math.exp(-float(logs.sum()))
        result = np.where(points == levels[index], limit, result)
    return result
