"""The Marchenko-Pastur law in the angle that unrolls its support: no square roots at the edges.

With l = l_- + 4 r sin^2(u/2) = l_+ - 4 r sin^2(t/2), r = sqrt(c) <= 1, the density of Eq. (2)'s law
becomes (2/pi) sin^2 u / |1 - r e^(iu)|^2, smooth and positive on [0, pi]. Beside r all functions
take its gap 1 - r, of which r, rounded, has few digits near the hard edge.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from typicality._arrays import Floats
from typicality.errors import ConvergenceError

__all__ = ["angles_of_mass", "lower_density", "lower_mass", "upper_density", "upper_mass"]

Mass = Callable[[Floats, float, float], Floats]

# Thirty-two nodes integrate the angular density to rounding wherever they are used below.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_UNIT_NODES: Final[Floats] = (_NODES + 1) / 2
_UNIT_WEIGHTS: Final[Floats] = _WEIGHTS / 2


def lower_density(u: Floats, r: float, gap: float) -> Floats:
    """Return the density of the angle u from the lower edge, of total mass one."""
    cosine = np.cos(u / 2) ** 2
    if gap == 0.0:
        return (2 / np.pi) * cosine
    with np.errstate(divide="ignore", over="ignore"):
        # Not sin^2(u) / ((1 - r)^2 + ...), whose terms underflow together at the hard edge.
        return (8 / np.pi) * cosine / ((gap / np.sin(u / 2)) ** 2 + 4 * r)


def upper_density(t: Floats, r: float, gap: float) -> Floats:
    """Return the density of the angle t from the upper edge, of total mass one."""
    return (2 / np.pi) * np.sin(t) ** 2 / (gap * gap + 4 * r * np.cos(t / 2) ** 2)


def lower_mass(u: Floats, r: float, gap: float) -> Floats:
    """Return the mass within the angle `u` of the lower edge, without cancellation.

    The antiderivative loses digits like u^3 in the tail and like r for small r; there the smooth,
    positive density is integrated by Gauss's rule, whose nearest pole is |log r| away from u = 0.
    """
    tail = (u < 2 * gap) if r > 0.5 else np.ones(u.shape, dtype=bool)
    result = np.empty_like(u)
    short = u[tail]
    result[tail] = short * _mean_over(lower_density, short, r, gap)
    v = u[~tail]
    sine = np.sin(v)
    # arctan((1 + r) / (1 - r) tan(v / 2)) in a form that is right at v = pi and at r = 1.
    angle = np.arctan2((1 + r) * np.sin(v / 2), gap * np.cos(v / 2))
    closed = (1 + r * r) * v + 2 * r * sine - 2 * gap * (1 + r) * angle
    result[~tail] = closed / (2 * np.pi * r * r)
    return result


def upper_mass(t: Floats, r: float, gap: float) -> Floats:
    """Return the mass within the angle `t` of the upper edge, without cancellation."""
    tail = (t < 1.0) if r > 0.5 else np.ones(t.shape, dtype=bool)
    result = np.empty_like(t)
    short = t[tail]
    result[tail] = short * _mean_over(upper_density, short, r, gap)
    v = t[~tail]
    angle = np.arctan2(gap * np.sin(v / 2), (1 + r) * np.cos(v / 2))
    closed = (1 + r * r) * v - 2 * r * np.sin(v) - 2 * gap * (1 + r) * angle
    result[~tail] = closed / (2 * np.pi * r * r)
    return result


def angles_of_mass(mass: Mass, density: Mass, target: Floats, r: float, gap: float) -> Floats:
    """Solve mass(angle, r) = target <= 1/2 for all entries by Newton's method on logarithms.

    log mass is a concave, increasing function of log angle (slope 3 in the tail, falling), so
    Newton's steps from the left never overshoot after the first.
    """
    angle = np.zeros_like(target)
    open_ = np.flatnonzero(target > 0.0)
    # mass <= (2 / 3 pi) angle^3 / (1 - r)^2 and mass <= (4 / pi) angle: starts from the left.
    wanted = target[open_]
    cubic = np.cbrt(wanted * (1.5 * np.pi) * gap * gap)
    guess = np.minimum(np.maximum(cubic, wanted * (np.pi / 4)), 3.0)
    for _ in range(60):
        if not open_.size:
            return angle
        reached = mass(guess, r, gap)
        slope = guess * density(guess, r, gap) / reached
        step = np.log(target[open_] / reached) / slope
        guess = np.clip(guess * np.exp(np.clip(step, -2.0, 2.0)), 0.0, np.pi)
        angle[open_] = guess
        unfinished = np.abs(step) > 4e-16 * np.maximum(1.0, 8 / slope)
        open_, guess = open_[unfinished], guess[unfinished]
    raise ConvergenceError(
        f"Inversion of the Marchenko-Pastur law did not settle for {open_.size} probabilities."
    )


def _mean_over(density: Mass, end: Floats, r: float, gap: float) -> Floats:
    # Node by node, not by a matrix product: an entry must not depend on how many there are.
    total = np.zeros_like(end)
    for node, weight in zip(_UNIT_NODES, _UNIT_WEIGHTS, strict=True):
        total += weight * density(end * node, r, gap)
    return total
