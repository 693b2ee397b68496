"""Inversion of the transform of a sum of Gamma variates, along a path through its saddle point.

There the integrand has its largest size and hardly oscillates, so that small tails keep their
digits. Every integral is taken twice, by sums over different points of the path, which have to
agree: what is returned is known to be right to the accuracy that is promised.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats

__all__ = ["Unsettled", "line_integral"]

Complexes = npt.NDArray[np.complex128]

# exp(u) has to pass from the nearest to the farthest level, powers of ten apart.
_LONGEST_LINE = 10000
# exp(s^2) falls within 45 degrees of the vertical; sharper bends than that are not taken.
_STRIP = math.pi / 4
_LARGE_SHAPE = 16.0
# The squares of larger numbers have no float.
_FARTHEST = 1e150
# Products of 2^5 factors of order one neither overflow nor underflow.
_MOST_FOLDS = 5
# Two sums over different nodes may differ by that share of their mean, and rounding may be as
# large. Beyond that dimension it is ten times larger.
_LARGEST_ERROR = 1e-9
_LARGE_DIMENSION = 1 << 30
_MOST_HALVINGS = 2
# The smallest float that has all its digits.
_SMALLEST = np.finfo(np.float64).tiny


class Unsettled(Exception):
    """An inversion failed in some rows."""

    def __init__(self, reason: str, rows: npt.NDArray[np.intp]) -> None:
        super().__init__(reason)
        self.rows = rows


def line_integral(
    weights: Floats, shapes: Floats, *, density: bool, unit: Floats | float = 1.0
) -> Floats:
    """Return Im (1/pi) int e^K(s) / s ds, or of (k - 1) e^K(s), k all shapes, upwards from c.

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
    scale = np.minimum(left / (1 + cosine), right / (1 - cosine))
    # Every second node resolves the strip, in which the integrand still falls, and a Gaussian of
    # the saddle's width: the error of the trapezoidal rule is exp(-2 pi strip / step).
    step = np.minimum(_STRIP * np.pi / 26, 0.45 / (sharpness * scale * np.sin(angle)))
    path = _Path(center, scale, cosine, np.sin(angle))
    logs = np.log1p(-weights * center[:, None])
    rates = weights / (1 - weights * center[:, None])
    factor = (shapes.sum() - 1) / np.pi if density else 1 / np.pi
    size_at_center = np.exp(-(logs @ shapes) - np.log(unit)) * factor
    total, error = np.empty(center.shape), np.empty(center.shape)
    # What rounding may do to a sum of logarithms, of which every digit counts, and to factors.
    unit_error = np.finfo(np.float64).eps / 2
    rounding = unit_error * (16 + np.abs(logs) @ shapes + math.sqrt(shapes.sum()))
    promise = _LARGEST_ERROR if shapes.sum() <= _LARGE_DIMENSION else 10 * _LARGEST_ERROR
    rows = np.arange(center.size)
    for halvings in range(_MOST_HALVINGS + 1):
        try:
            even, odd, size = _two_sums(
                rates[rows], shapes, path.at(rows), step[rows] / 2**halvings, density=density
            )
        except Unsettled as failure:
            failure.rows = rows[failure.rows]
            raise
        total[rows] = (even + odd) / 2
        error[rows] = np.abs(even - odd) + rounding[rows] * size
        # What is below the floats is right as it is, however many digits it lacks.
        kept = (np.abs(total[rows]) + error[rows]) * size_at_center[rows] >= _SMALLEST
        rows = rows[kept & (error[rows] > promise * np.abs(total[rows]))]
        if not rows.size:
            break
    else:
        worst = float((error[rows] / np.abs(total[rows])).max())
        raise Unsettled(f"is known to {worst:.1g} of itself only", rows)
    return size_at_center * total


@dataclass(frozen=True)
class _Path:
    """Hyperbolas s = c + T (cos(a - i u) - cos a), one in each row."""

    center: Floats
    scale: Floats
    cosine: Floats
    sine: Floats

    def at(self, rows: npt.NDArray[Any]) -> "_Path":
        return _Path(self.center[rows], self.scale[rows], self.cosine[rows], self.sine[rows])

    def shift(self, u: Floats) -> Complexes:
        """Return s - c."""
        # By half arguments, lest cosh u - 1 cancel near c.
        half = np.sinh(u / 2)
        across = 2 * half * half
        along = 2 * half * np.cosh(u / 2)
        return self.scale * (self.cosine * across + 1j * (self.sine * along))

    def speed(self, u: Floats) -> Complexes:
        """Return ds / du."""
        return self.scale * (self.cosine * np.sinh(u) + 1j * (self.sine * np.cosh(u)))


def _two_sums(
    rates: Floats, shapes: Floats, path: _Path, step: Floats, *, density: bool
) -> tuple[Floats, Floats, Floats]:
    """Return the integral over e^K(c) by the even nodes, by the odd ones, and that of its size.

    The two trapezoidal rules have no node in common: an error of either shows as their difference,
    and that of their mean is about its square.
    """
    sums = np.zeros((2, step.size))
    sizes = np.zeros(step.size)
    active = np.arange(step.size)
    steps = step
    with np.errstate(over="ignore", invalid="ignore"):
        for index in range(_LONGEST_LINE):
            u = index * steps
            shift = path.shift(u)
            # As logarithms: one of the factors may vanish where their product does not.
            logs = np.log(path.speed(u) * (2 * steps)) - _log_sum(rates, shift, shapes)
            value: Complexes = np.exp(logs if density else logs - np.log(path.center + shift))
            size = np.abs(value)
            if index == 0:
                value, size = value / 2, size / 2
            sums[index % 2, active] += value.imag
            sizes[active] += size
            # Far out the terms fall geometrically, like exp(-u / 2) at least.
            enough = 1e-16 * np.abs(sums[:, active]).min(axis=0) * np.minimum(steps, 0.05)
            kept = size > enough
            if not kept.all():
                active, rates, steps, path = active[kept], rates[kept], steps[kept], path.at(kept)
            if not active.size:
                lost = np.flatnonzero(~np.isfinite(sizes))
                if lost.size:
                    raise Unsettled("left the range of floats", lost)
                return sums[0], sums[1], sizes / 2
    raise Unsettled(f"took more than {_LONGEST_LINE} steps", active)


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
    raise Unsettled("found no saddle point in 200 steps", np.flatnonzero(~settled))


def _log_sum(rates: Floats, shift: Complexes, shapes: Floats) -> Complexes:
    """Return sum_i k_i log(1 - r_i z), one z above the real line for each row of rates.

    Each logarithm is the principal one, since no 1 - r_i z crosses the real line. Where all k_i are
    equal and small, factors are multiplied in pairs, and again, as long as the angles that add up
    stay below pi: then the principal logarithm of the product is the sum of theirs. Large k_i ask
    for every digit of each logarithm instead.
    """
    x, y = shift.real[:, None], shift.imag[:, None]
    # Rates are monotone along a row, and so are the angles of 1 - r z; moduli are largest at an end
    # and smallest at the foot of the perpendicular from 0.
    ends = 1 - rates[:, [0, -1]] * shift[:, None]
    largest = float(np.abs(ends).max(initial=1.0))
    if shapes[0] > _LARGE_SHAPE or not (shapes == shapes[0]).all():
        real, imaginary = -rates * x, -rates * y
        if largest < _FARTHEST:
            modulus = 0.5 * np.log1p(real * (2 + real) + imaginary * imaginary)
        else:
            modulus = np.log(np.hypot(1 + real, imaginary))
        return modulus @ shapes + 1j * (np.arctan2(imaginary, 1 + real) @ shapes)
    angles = np.abs(np.arctan2(ends.imag, ends.real))
    angle = 2 * float(angles.max(initial=0.0))
    # Powers of two that moduli keep within, so that no product overflows or vanishes. The foot is
    # sin(arg z) away, and there only if it lies between the ends.
    smallest = float(np.abs(ends).min(initial=1.0))
    if y.all():
        smallest = min(smallest, float(np.abs(shift.imag / shift).min(initial=1.0)))
    power = 1 + max(math.log2(largest), -math.log2(smallest))
    factors = 1 - rates * shift[:, None]
    folds = 0
    while angle < 3.14 and power < 500 and folds < _MOST_FOLDS and factors.shape[1] > 1:
        half = (factors.shape[1] + 1) // 2
        factors[:, : factors.shape[1] - half] *= factors[:, half:]
        factors, angle, power, folds = factors[:, :half], 2 * angle, 2 * power, folds + 1
    return shapes[0] * np.log(factors).sum(axis=1)
