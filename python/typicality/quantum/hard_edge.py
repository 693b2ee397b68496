"""Smallest eigenvalue of square real Wishart matrices and of reduced states of real random states.

Edelman's density C l^(-1/2) e^(-N l / 2) U((N - 1)/2, -1/2, l / 2) is a mixture over s of
l^(-1/2) e^(-(N + s) l / 2), which the fixed trace of a density matrix turns into
x^(-1/2) (1 - (N + s) x)^((N^2 - 3)/2): one smooth integral gives law and moments for every N.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["real_square_moment", "real_square_tail"]

Floats = npt.NDArray[np.float64]

_STEPS: Final[Floats] = np.arange(-4.2, 4.2001, 0.04)
_STRETCHED: Final[Floats] = np.pi * np.sinh(_STEPS)
_SPEED: Final[Floats] = 0.04 * np.pi * np.cosh(_STEPS)


def real_square_moment(d: int, order: int) -> float:
    """Return E l^order / (1 * 3 * ... (2 order - 1)), l the smallest eigenvalue of a d x d real W.

    W = G G^T with standard normal entries; order 0, 1 or 2. E l is 1 for d = 1.
    """
    # From 2^50 on d times the moment has reached its limit to rounding.
    side = min(d, 1 << 50)
    return _integral(side, order + 0.5) / _integral(side, 0.5) * (side / d) ** order


def real_square_tail(d: int, y: Floats, *, density: bool) -> Floats:
    """Return P(x >= y), or the density, of the smallest eigenvalue of rho_A for real d x d states.

    `y` lies within [0, 1/d]; O(200) incomplete Beta functions each.
    """
    power = (d * d - 3) / 2
    norm = _integral(d, 0.5)
    u, v, weights = _rule(d)
    result = np.empty(y.size)
    for index, value in enumerate(y.ravel()):
        # s / (1 + s) runs from 0 to its largest value, where (d + s) y = 1.
        size = 1 - d * value + value
        largest, complement = (1 - d * value) / size, value / size
        if largest <= 0:
            result[index] = 0.0
            continue
        if value == 0:
            result[index] = math.inf if density else 1.0
            continue
        sigma = largest * u
        rest = complement + largest * v
        rate = (d - (d - 1) * sigma) / rest
        weight = weights * largest * _mixing(d, sigma, rest, 0.5)
        # 1 - (d + s) y and its complement, each to full relative precision where it is small.
        left, gone = size * largest * v / rest, rate * value
        near = gone < 0.5
        small = np.where(near, gone, 0.0)
        if density:
            logs = np.where(near, np.log1p(-small), np.log(left))
            shape = np.sqrt(rate / value) * np.exp(power * logs - special.betaln(0.5, power + 1))
        else:
            shape = np.where(
                near,
                special.betaincc(0.5, power + 1, small),
                special.betainc(power + 1, 0.5, np.minimum(left, 1.0)),
            )
        result[index] = float(weight @ shape) / norm
    return result.reshape(y.shape)


def _integral(d: int, exponent: float) -> float:
    # int sigma^(a - 1) (1 - sigma)^(1/2) (d + s)^(-exponent) d sigma, a = (d - 1)/2.
    if d == 1:
        return 1.0
    u, v, weights = _rule(d)
    return float(weights @ _mixing(d, u, v, exponent))


def _rule(d: int) -> tuple[Floats, Floats, Floats]:
    # Double-exponential nodes u and 1 - u on (0, 1), whose ends have algebraic singularities,
    # centered where 1 - u is about 1/d, where the mixture has its weight.
    shifted = _STRETCHED + math.log(d)
    u, v = special.expit(shifted), special.expit(-shifted)
    return u, v, _SPEED * u * v


def _mixing(d: int, sigma: Floats, rest: Floats, exponent: float) -> Floats:
    # rest = 1 - sigma, kept to full relative precision.
    a = (d - 1) / 2
    logs = np.where(rest < 0.5, np.log1p(-np.minimum(rest, 0.5)), np.log(sigma))
    rate = (1 + (d - 1) * rest) / rest
    return np.exp((a - 1) * logs) * np.sqrt(rest) * rate**-exponent
