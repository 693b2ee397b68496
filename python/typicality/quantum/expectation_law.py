"""Exact law of the expectation value of a Haar-random state: what Eq. (1) bounds.

<O> = sum_i o_i g_i / sum_i g_i with independent g_i ~ Gamma(beta n_i / 2), n_i the multiplicity of
the eigenvalue o_i. So P(<O> > x) = P(sum_i (o_i - x) g_i > 0), whose transform is the product of
(1 - (o_i - x) s)^(-beta n_i / 2). It is inverted along a path through its saddle point, where the
integrand has its largest size, so that small tails keep their digits and neither degeneracy nor
dimension does harm. For simple spectra of complex states the density is the B-spline with knots at
the eigenvalues.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from typicality._arrays import beta_of
from typicality._points import law_points
from typicality.errors import ConvergenceError
from typicality.quantum.states import spectrum_of_observable

__all__ = ["expectation_cdf", "expectation_pdf"]

Floats = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]
Array = npt.NDArray[Any]

# Points and eigenvalues are taken in blocks of at most this many pairs.
_BLOCK = 1 << 21
# exp(u) has to pass from the nearest to the farthest level, powers of ten apart.
_LONGEST_LINE = 20000
# exp(s^2) falls within 45 degrees of the vertical; sharper bends than that are not taken.
_STRIP = math.pi / 4
_LARGE_SHAPE = 16.0
# Distance from the extreme levels in units of the spread from which their power law is taken.
_NEAREST = 1e-290
# Weights of that size times s, squared, have no float.
_FARTHEST = 1e100
# Products of 2^5 factors of order one neither overflow nor underflow.
_MOST_FOLDS = 5
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
        Where, any shape; infinite numbers count as outside the spectrum.
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
        The shape of `x`, always float64, right to about 1e-12; below the mean (with `upper` above
        it) to about 1e-10 of itself, however small. Beyond 2**30 dimensions to about 1e-9 of
        itself.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, empty or out of range.
    ConvergenceError
        If the inversion does not settle; the message names the points.

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
        raise TypeError(f"upper must be True or False; got {upper!r}.")
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
        The shape of `x`, always float64, right to about 1e-10 of itself; zero outside the spectrum,
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
    # A quarter of everything, so that no difference of two overflows.
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
        except _Unsettled as error:
            named = ", ".join(f"{point:.6g}" for point in 4 * flat[chosen][error.rows][:5])
            raise ConvergenceError(
                f"The inversion of the law of <O> did not settle at {len(error.rows)} points, "
                f"x = {named}{', ...' if len(error.rows) > 5 else ''}; it {error}. "
                "Leave them out, or count draws of haar_expectations instead."
            ) from error
    if what == "density":
        result = _at_edges(result, levels, shapes, flat) / 4
    return result.reshape(points.shape)[()]


class _Unsettled(Exception):
    """An inversion failed in some rows."""

    def __init__(self, reason: str, rows: npt.NDArray[np.intp]) -> None:
        super().__init__(reason)
        self.rows = rows


def _distribution(levels: Floats, shapes: Floats, points: Floats, *, upper: bool) -> Floats:
    weights, _, missing, below = _weights(levels, shapes, points)
    others = shapes.sum() - np.where(below, shapes[0], shapes[-1])
    tail = _line_integral(weights, shapes, density=False) * missing**others
    return np.where(below == upper, 1.0 - tail, tail)


def _density(levels: Floats, shapes: Floats, points: Floats) -> Floats:
    weights, unit, missing, below = _weights(levels, shapes, points)
    # At a level the integrand lacks that level's factor; it must still fall faster than 1/|s|.
    at_level = (weights == 0.0).any(axis=1)
    present = np.where(weights == 0.0, 0.0, shapes).sum(axis=1)
    finite = ~at_level | (present > 1.0)
    value = np.full(points.shape, np.inf)
    if finite.any():
        try:
            value[finite] = _line_integral(weights[finite], shapes, density=True, unit=unit[finite])
        except _Unsettled as error:
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


def _line_integral(
    weights: Floats, shapes: Floats, *, density: bool, unit: Floats | float = 1.0
) -> Floats:
    """Return Im (1/pi) int e^K(s) / s ds, or of e^K(s) sum_i k_i / (1 - w_i s), upwards from c.

    K(s) = -sum_i k_i log(1 - w_i s), one row of `weights` for each point, the integral divided by
    `unit`, the largest weight of each row equal to 1. c is near the saddle of
    F = K - log s between 0 and 1 / max w. The path is the hyperbola
    s = c + T (cos(a - i u) - cos a), whose bend a follows the path of steepest descent at c, so
    that the integrand hardly oscillates, and whose size T keeps the strip |Im u| < min(a, pi - a)
    free of the cuts and, for the distribution, of the pole at 0.
    """
    center, sharpness, bend = _saddles(weights, shapes)
    right = 1 / weights.max(axis=1) - center
    left = center - 1 / weights.min(axis=1) if density else center
    # Of the hyperbolas that reach as far as the poles on the left or those on the right, the one
    # with the smaller bend keeps clear of both; an eighth of a turn is enough.
    from_left = 2 * left * bend / np.maximum(1 + 2 * left * bend, 1e-9)
    from_right = 2 * right * bend / np.maximum(1 - 2 * right * bend, 1e-9)
    smaller = np.where(np.abs(from_left) < np.abs(from_right), from_left, from_right)
    cosine = np.clip(smaller, -math.sqrt(0.5), math.sqrt(0.5))
    angle = np.arccos(cosine)
    sine = np.sin(angle)
    scale = np.minimum(left / (1 + cosine), right / (1 - cosine))
    # A step resolves the strip, in which the integrand still falls, and a Gaussian of the saddle's
    # width. The error of the trapezoidal rule is exp(-2 pi strip / step).
    step = np.minimum(_STRIP * 2 * np.pi / 34, 0.7 / (sharpness * scale * sine))
    at_center = -(shapes * np.log1p(-weights * center[:, None])).sum(axis=1)
    total = np.zeros(center.shape)
    far_apart = np.abs(weights).max(initial=0.0) > _FARTHEST
    active = np.arange(center.size)
    with np.errstate(over="ignore", invalid="ignore"):
        for index in range(_LONGEST_LINE):
            u = index * step[active]
            rows = weights if active.size == len(weights) else weights[active]
            turn = angle[active] - 1j * u
            s = center[active] + scale[active] * (np.cos(turn) - cosine[active])
            speed = scale[active] * step[active] * 1j * np.sin(turn)
            if far_apart:
                log_sum, inverses = _far_apart(rows, s, shapes)
                ends = inverses if density else 1 / s
            else:
                products = np.asarray(rows * -s[:, None], dtype=np.complex128)
                ends = (shapes / (1 + products)).sum(axis=1) if density else 1 / s
                log_sum = _log_sum(products, shapes)
            logs = -log_sum - at_center[active]
            term = (np.exp(logs) * ends * speed).imag
            total[active] += term / 2 if index == 0 else term
            size = np.exp(logs.real) * np.abs(ends * speed)
            # Far out the terms fall geometrically, at least like exp(-u).
            active = active[size > 1e-16 * np.abs(total[active]) * np.minimum(step[active], 0.05)]
            if not active.size:
                lost = np.flatnonzero(~np.isfinite(total))
                if lost.size:
                    raise _Unsettled("left the range of floats", lost)
                return np.exp(at_center - np.log(unit)) * total / np.pi
    raise _Unsettled(f"took more than {_LONGEST_LINE} steps", active)


def _saddles(weights: Floats, shapes: Floats) -> tuple[Floats, Floats, Floats]:
    # Newton's method for the zero of F', sum k w / (1 - w s) - 1 / s, on (0, 1 / max w), kept
    # inside by halving. Returned with it: the root of the second derivative of F, and the bend with
    # which s - c = i t + bend t^2 keeps the phase of e^K to third order. In units of s throughout,
    # since weights may be powers of ten apart.
    top = 1 / weights.max(axis=1)
    low, high = np.zeros(top.shape), top.copy()
    longest = np.abs(weights).max(axis=1)
    shares = weights / longest[:, None]
    s = 0.5 * np.minimum(top, 1 / (longest * np.sqrt((shares * shares) @ shapes)))
    settled = np.zeros(top.shape, dtype=bool)
    for step in range(200):
        products = weights * s[:, None]
        ratios = products / (1 - products)
        squares = ratios * ratios
        slope = ratios @ shapes - 1
        curvature = squares @ shapes + 1
        low, high = np.where(slope < 0, s, low), np.where(slope < 0, high, s)
        newton = s * (1 - slope / curvature)
        # Newton only doubles s as long as F falls like its logarithm, over up to 1000 powers of 2.
        inside = (newton > low) & (newton < high) & ((step < 20) | (step % 2 == 0))
        # Where Newton's step leaves the bracket, half of its logarithm: scales differ by powers.
        middle = np.where(low > 0, np.sqrt(low) * np.sqrt(high), 0.01 * high)
        following = np.where(inside, newton, middle)
        # The path may pass anywhere near the saddle: a tenth of its width is as good.
        settled = np.abs(following / s - 1) * np.sqrt(curvature) < 0.1
        if settled.all():
            bend = (squares * ratios) @ shapes / (3 * (squares @ shapes))
            return s, np.sqrt(curvature) / s, bend / s
        s = following
    raise _Unsettled("found no saddle point in 200 steps", np.flatnonzero(~settled))


def _log_sum(products: Complexes, shapes: Floats) -> Complexes:
    """Return sum_i k_i log(1 + products_i), real parts of the logarithms' arguments positive.

    Where all k_i are equal and small, factors are multiplied in pairs, and again, as long as the
    angles that add up stay below pi: then the principal logarithm of the product is the sum of
    theirs. Large k_i ask for every digit of each logarithm instead. Overwrites `products`.
    """
    if shapes[0] > _LARGE_SHAPE or not (shapes == shapes[0]).all():
        x, y = products.real, products.imag
        modulus = 0.5 * np.log1p(x * (2 + x) + y * y)
        return modulus @ shapes + 1j * (np.arctan2(y, 1 + x) @ shapes)
    products += 1
    factors = products
    angle = 2 * float(np.arctan(np.abs(factors.imag / factors.real).max()))
    # Powers of two that moduli keep within, so that no product overflows or vanishes.
    parts = np.maximum(np.abs(factors.real), np.abs(factors.imag))
    power = 1 + float(np.abs(np.log2([parts.min(initial=1.0), parts.max(initial=1.0)])).max())
    folds = 0
    while angle < 3.14 and power < 500 and folds < _MOST_FOLDS and factors.shape[1] > 1:
        half = (factors.shape[1] + 1) // 2
        factors[:, : factors.shape[1] - half] *= factors[:, half:]
        factors, angle, power, folds = factors[:, :half], 2 * angle, 2 * power, folds + 1
    return shapes[0] * np.log(factors).sum(axis=1)


def _far_apart(weights: Floats, s: Array, shapes: Floats) -> tuple[Complexes, Complexes]:
    """Return sum_i k_i log(1 - w_i s) and sum_i k_i / (1 - w_i s), w_i as large as floats can be.

    Large weights are taken out of the logarithm, since their products with s may overflow.
    """
    size = np.maximum(np.abs(weights), 1.0)
    factors = 1 / size - weights / size * s[:, None]
    shifts = -weights * np.where(size > 1.0, 0.0, s[:, None])
    x, y = shifts.real, shifts.imag
    small = 0.5 * np.log1p(x * (2 + x) + y * y)
    modulus = np.where(size > 1.0, np.log(size) + np.log(np.abs(factors)), small)
    log_sum = modulus @ shapes + 1j * (np.angle(factors) @ shapes)
    return log_sum, (shapes / size / factors).sum(axis=1)
