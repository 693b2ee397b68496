"""Smallest eigenvalue of square real Wishart matrices and of reduced states of real random states.

Edelman's density C l^(-1/2) e^(-N l / 2) U((N - 1)/2, -1/2, l / 2) is a mixture over s of
l^(-1/2) e^(-(N + s) l / 2), which the fixed trace of a density matrix turns into
x^(-1/2) (1 - (N + s) x)^((N^2 - 3)/2): one smooth integral gives law and moments for every N.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np
from scipy import special

from typicality._arrays import Floats
from typicality.spectra._polygamma import gamma_ratio_remainder

__all__ = [
    "real_square_density",
    "real_square_lower_tail",
    "real_square_moment",
    "real_square_upper_tail",
]

Component = Callable[[float, Floats, Floats], Floats]

# Double-exponential rules on the line: nodes and weights. In tails of 1e-300, where d^3 y is some
# 1000, the integrand is as narrow as 0.17 in the logarithm of s, near its mean it is not.
_COARSE_STEP: Final = 0.04
_FINE_STEP: Final = 0.025
_FINE_FROM: Final = 64.0


def real_square_moment(d: int, order: int) -> float:
    """Return E l^order / (1 * 3 * ... (2 order - 1)), l the smallest eigenvalue of a d x d real W.

    W = G G^T with standard normal entries; order 0, 1 or 2. E l is 1 for d = 1.
    """
    # From 2^50 on d times the moment has reached its limit to rounding.
    side = min(d, 1 << 50)
    return _integral(side, order + 0.5) / _integral(side, 0.5) * (side / d) ** order


def real_square_density(d: int, y: Floats) -> Floats:
    """Return the density of the smallest eigenvalue of rho_A for real d x d states.

    `y` lies within [0, 1/d]; some 300 operations each. Infinite at 0.
    """
    return _mixture(d, y, _density_of_component, 0.0, math.inf)


def real_square_upper_tail(d: int, y: Floats) -> Floats:
    """Return P(x > y) of the same eigenvalue; some 300 incomplete Beta functions each."""
    return _mixture(d, y, _upper_tail_of_component, 0.0, 1.0)


def real_square_lower_tail(d: int, y: Floats) -> Floats:
    """Return P(x <= y) of the same eigenvalue for `y` up to its mean."""
    return _mixture(d, y, _lower_tail_of_component, 1.0, 0.0)


def _mixture(d: int, y: Floats, component: Component, beyond: float, at_zero: float) -> Floats:
    # `beyond` is the value of the components that end below y, those of large s.
    power = (d * d - 3) / 2
    norm = _integral(d, 0.5)
    rules = _rule(d, _COARSE_STEP), _rule(d, _FINE_STEP)
    result = np.empty(y.size)
    for index, value in enumerate(y.ravel()):
        u, v, weights = rules[int(value * float(d) ** 3 > _FINE_FROM)]
        # s / (1 + s) runs from 0 to its largest value, where (d + s) y = 1.
        size = 1 - d * value + value
        largest, complement = (1 - d * value) / size, value / size
        if largest <= 0:
            result[index] = beyond
            continue
        if value == 0:
            result[index] = at_zero
            continue
        sigma = largest * u
        rest = complement + largest * v
        # (d + s) y, in which d - (d - 1) sigma would cancel.
        slope = 1 + (d - 1) * rest
        gone = slope * (value / rest)
        weight = weights * largest * _mixing(d, sigma, rest, 0.5)
        if component is _density_of_component:
            weight *= np.sqrt(slope) / (np.sqrt(rest) * math.sqrt(value))
        # 1 - (d + s) y and its complement, each to full relative precision where it is small.
        total = float(weight @ component(power, size * largest * v / rest, gone)) / norm
        if beyond:
            outer = complement * v
            total += beyond * float(weights @ _mixing(d, 1 - outer, outer, 0.5)) * complement / norm
        result[index] = total
    return result.reshape(y.shape)


def _density_of_component(power: float, left: Floats, gone: Floats) -> Floats:
    near = gone < 0.5
    logs = np.where(near, np.log1p(-np.where(near, gone, 0.0)), np.log(left))
    # 1/B(1/2, power + 1); betaln loses up to six digits at powers below 10^6.
    shape = power + 1
    log_inverse_beta = gamma_ratio_remainder(shape, 0.5) + 0.5 * math.log(shape / math.pi)
    return np.exp(power * logs + log_inverse_beta)


def _upper_tail_of_component(power: float, left: Floats, gone: Floats) -> Floats:
    near = gone < 0.5
    return np.where(
        near,
        special.betaincc(0.5, power + 1, np.where(near, gone, 0.0)),
        special.betainc(power + 1, 0.5, np.minimum(left, 1.0)),
    )


def _lower_tail_of_component(power: float, left: Floats, gone: Floats) -> Floats:
    near = gone < 0.5
    return np.where(
        near,
        special.betainc(0.5, power + 1, np.where(near, gone, 0.0)),
        special.betaincc(power + 1, 0.5, np.minimum(left, 1.0)),
    )


def _integral(d: int, exponent: float) -> float:
    # int sigma^(a - 1) (1 - sigma)^(1/2) (d + s)^(-exponent) d sigma, a = (d - 1)/2.
    if d == 1:
        return 1.0
    u, v, weights = _rule(d, _COARSE_STEP)
    return float(weights @ _mixing(d, u, v, exponent))


def _rule(d: int, step: float) -> tuple[Floats, Floats, Floats]:
    # Double-exponential nodes u and 1 - u on (0, 1), whose ends have algebraic singularities,
    # centered where 1 - u is about 1/d, where the mixture has its weight.
    last = round(4.2 / step)
    steps = np.arange(-last, last + 1) * np.float64(step)
    shifted = np.pi * np.sinh(steps) + math.log(d)
    u, v = special.expit(shifted), special.expit(-shifted)
    return u, v, math.pi * step * np.cosh(steps) * u * v


def _mixing(d: int, sigma: Floats, rest: Floats, exponent: float) -> Floats:
    # rest = 1 - sigma, kept to full relative precision.
    a = (d - 1) / 2
    logs = np.where(rest < 0.5, np.log1p(-np.minimum(rest, 0.5)), np.log(sigma))
    return np.exp((a - 1) * logs) * np.sqrt(rest) * (rest / (1 + (d - 1) * rest)) ** exponent
