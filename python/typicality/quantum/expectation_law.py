"""Exact law of the expectation value of a Haar-random state: what Eq. (1) bounds.

<O> = sum_i o_i g_i / sum_i g_i with independent g_i ~ Gamma(beta n_i / 2), n_i the multiplicity of
the eigenvalue o_i. So P(<O> > x) = P(sum_i (o_i - x) g_i > 0), whose transform is the product of
(1 - (o_i - x) s)^(-beta n_i / 2). It is inverted along a path through its saddle point, where the
integrand has its largest size, so that small tails keep their digits and neither degeneracy nor
dimension does harm. For simple spectra of complex states the density is the B-spline with knots at
the eigenvalues.
"""

import math

import numpy as np
import numpy.typing as npt

from typicality._arrays import beta_of, real_array
from typicality.errors import ConvergenceError
from typicality.quantum.states import spectrum_of_observable

__all__ = ["expectation_cdf", "expectation_pdf"]

Floats = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]

# Points and eigenvalues are taken in blocks of at most this many pairs.
_BLOCK = 1 << 21
_LONGEST_LINE = 4000
# exp(s^2) falls within 45 degrees of the vertical; sharper bends than that are not taken.
_STRIP = math.pi / 4
_LARGE_SHAPE = 16.0
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
) -> Floats:
    """Return P(<psi|O|psi> <= x) over Haar-random states, exactly.

    Parameters
    ----------
    eigenvalues : array_like
        Eigenvalues of O, shape ``(k,)``; in an energy shell those of P_E O P_E.
    x : array_like
        Where, any shape.
    multiplicities : array_like, optional
        Positive integers, shape ``(k,)``; all 1 by default. Equal eigenvalues are merged. They add
        up to at most 2**40.
    field : {"complex", "real"}, optional
        Complex states, or real states and a real symmetric O.

    Returns
    -------
    numpy.ndarray
        The shape of `x`, right to about 1e-12; below the mean to about 1e-10 of itself, however
        small. Beyond 2**30 dimensions to about 1e-9 of itself.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, empty or out of range.

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
    """
    return _evaluate(eigenvalues, x, multiplicities, field, density=False)


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
        The shape of `x`, right to about 1e-10 of itself; zero outside the spectrum, infinite where
        the density diverges (at some eigenvalues of low dimensions).

    Raises
    ------
    TypeError, ValueError
        As for `expectation_cdf`, and if O has a single eigenvalue, where there is no density.

    Examples
    --------
    >>> from typicality.quantum import expectation_pdf
    >>> print(expectation_pdf([0.0, 1.0, 2.0], [0.5, 1.0, 1.5]).round(9))
    [0.5 1.  0.5]
    """
    return _evaluate(eigenvalues, x, multiplicities, field, density=True)


def _evaluate(
    eigenvalues: npt.ArrayLike,
    x: npt.ArrayLike,
    multiplicities: npt.ArrayLike | None,
    field: str,
    *,
    density: bool,
) -> Floats:
    values, counts = spectrum_of_observable(eigenvalues, multiplicities)
    beta = beta_of(field)
    points = real_array(x, "x").astype(np.float64)
    levels, inverse = np.unique(values, return_inverse=True)
    shapes = np.zeros_like(levels)
    np.add.at(shapes, inverse, counts * (beta / 2))
    if levels.size == 1:
        if density:
            raise ValueError(
                "eigenvalues must not all be equal: <O> is then certain and has no density."
            )
        return (points >= levels[0]).astype(np.float64)[()]
    if counts.sum() > _LARGEST_DIMENSION:
        raise ValueError(
            f"multiplicities must add up to at most 2**{_LARGEST_DIMENSION.bit_length() - 1}; got "
            f"{float(counts.sum()):.3g}, where rounding would spoil the law. It is normal to about "
            "1/sqrt(d) there, of the variance Var/(d + 1); haar_expectations draws it."
        )
    # A quarter of everything, so that no difference of two overflows.
    levels, flat = levels / 4, points.ravel() / 4
    result = np.where(flat >= levels[-1], 0.0 if density else 1.0, 0.0)
    inside = np.flatnonzero((flat > levels[0]) & (flat < levels[-1]))
    block = max(1, _BLOCK // levels.size)
    for start in range(0, inside.size, block):
        chosen = inside[start : start + block]
        law = _density if density else _distribution
        result[chosen] = law(levels, shapes, flat[chosen])
    if density:
        result = _at_edges(result, levels, shapes, flat) / 4
    return result.reshape(points.shape)[()]


def _distribution(levels: Floats, shapes: Floats, points: Floats) -> Floats:
    weights, below = _weights(levels, shapes, points)
    tail = _line_integral(weights, shapes, density=False)
    return np.where(below, tail, 1.0 - tail)


def _density(levels: Floats, shapes: Floats, points: Floats) -> Floats:
    weights, _ = _weights(levels, shapes, points)
    # At a level the integrand lacks that level's factor; it must still fall faster than 1/|s|.
    at_level = (weights == 0.0).any(axis=1)
    present = np.where(weights == 0.0, 0.0, shapes).sum(axis=1)
    finite = ~at_level | (present > 1.0)
    value = np.full(points.shape, np.inf)
    if finite.any():
        value[finite] = _line_integral(weights[finite], shapes, density=True)
    return value / (levels[-1] - levels[0])


def _weights(
    levels: Floats, shapes: Floats, points: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    # Below the mean sum (o_i - x) g_i is mostly positive: the sign turned round gives P(<O> < x),
    # so that it is always the smaller tail that is integrated. In units of the spread.
    spread = levels[-1] - levels[0]
    mean = float(levels @ (shapes / shapes.sum()))
    below = points <= mean
    weights = (levels - points[:, None]) / spread
    return np.where(below[:, None], -weights, weights), below


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


def _line_integral(weights: Floats, shapes: Floats, *, density: bool) -> Floats:
    """Return Im (1/pi) int e^K(s) / s ds, or of e^K(s) sum_i k_i / (1 - w_i s), upwards from c.

    K(s) = -sum_i k_i log(1 - w_i s), one row of `weights` for each point. c is near the saddle of
    F = K - log s between 0 and 1 / max w. The path is the hyperbola
    s = c + T (cos(a - i u) - cos a), whose bend a follows the path of steepest descent at c, so
    that the integrand hardly oscillates, and whose size T keeps the strip |Im u| < min(a, pi - a)
    free of the cuts and, for the distribution, of the pole at 0.
    """
    center, curvature, bend = _saddles(weights, shapes)
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
    step = np.minimum(_STRIP * 2 * np.pi / 34, 0.7 / (np.sqrt(curvature) * scale * sine))
    at_center = -(shapes * np.log1p(-weights * center[:, None])).sum(axis=1)
    total = np.zeros(center.shape)
    active = np.arange(center.size)
    for index in range(_LONGEST_LINE):
        u = index * step[active]
        rows = weights if active.size == len(weights) else weights[active]
        turn = angle[active] - 1j * u
        s = center[active] + scale[active] * (np.cos(turn) - cosine[active])
        speed = scale[active] * step[active] * 1j * np.sin(turn)
        products = np.asarray(rows * -s[:, None], dtype=np.complex128)
        ends = (shapes / (1 + products)).sum(axis=1) if density else 1 / s
        logs = -_log_sum(products, shapes) - at_center[active]
        term = (np.exp(logs) * ends * speed).imag
        total[active] += term / 2 if index == 0 else term
        size = np.exp(logs.real) * np.abs(ends * speed)
        # Far out the terms fall geometrically, at least like exp(-u).
        active = active[size > 1e-16 * np.abs(total[active]) * np.minimum(step[active], 0.05)]
        if not active.size:
            return np.exp(at_center) * total / np.pi
    raise ConvergenceError(
        f"The inversion of the law of <O> did not settle at {active.size} points after "
        f"{_LONGEST_LINE} steps."
    )


def _saddles(weights: Floats, shapes: Floats) -> tuple[Floats, Floats, Floats]:
    # Newton's method for the zero of F', sum k w / (1 - w s) - 1 / s, on (0, 1 / max w), kept
    # inside by halving. Returned with it: the second derivative of F, and the bend with which
    # s - c = i t + bend t^2 keeps the phase of e^K to third order.
    top = 1 / weights.max(axis=1)
    low, high = np.zeros(top.shape), top.copy()
    s = 0.5 * np.minimum(top, 1 / np.sqrt((weights * weights) @ shapes))
    for _ in range(200):
        ratios = weights / (1 - weights * s[:, None])
        squares = ratios * ratios
        slope = ratios @ shapes - 1 / s
        curvature = squares @ shapes + 1 / (s * s)
        low, high = np.where(slope < 0, s, low), np.where(slope < 0, high, s)
        newton = s - slope / curvature
        inside = (newton > low) & (newton < high)
        # Where Newton's step leaves the bracket, half of its logarithm: scales differ by powers.
        middle = np.where(low > 0, np.sqrt(low) * np.sqrt(high), 0.01 * high)
        following = np.where(inside, newton, middle)
        # The path may pass anywhere near the saddle: a tenth of its width is as good.
        if (np.abs(following - s) * np.sqrt(curvature) < 0.1).all():
            bend = (squares * ratios) @ shapes / (3 * (squares @ shapes))
            return s, curvature, bend
        s = following
    raise ConvergenceError("The saddle point of the law of <O> was not found in 200 steps.")


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
