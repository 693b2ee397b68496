"""Chebyshev polynomials of a Hamiltonian that lift the edge of its spectrum out of the rest.

With them Lanczos iterations reach the P_E of Eq. (1) at an edge with fewer vectors to keep and to
orthogonalize: -T_k(H) of an interval that leaves the wanted levels out.
"""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality.quantum._operators.chebyshev import Interval, Ritz, apply_polynomial
from typicality.quantum._operators.hermitian import Operator, applied

__all__ = ["SpectralFilter", "spectral_filter"]

Array = npt.NDArray[Any]

# A product with the polynomial multiplies the last wanted level by about cosh of the first number,
# and the lowest one by at most cosh of the second, so that no digits are lost.
_GROWTH: Final = 5.0
_GREATEST_GROWTH: Final = 13.0
# Share of half the spectrum's extent between the edge and the cut, where that is a guess.
_MARGIN: Final = 0.1
# Polynomials of an operator whose extent is a smaller share of its norm would amplify rounding.
_NARROW: Final = 1e-4


class SpectralFilter(NamedTuple):
    """The function of H whose lowest levels are looked for, -T_k or the identity."""

    apply: Callable[[Array], Array]
    degree: int
    interval: Interval
    ceiling: float

    def value(self, energy: float) -> float:
        """Return the function of an energy, decreasing beyond the cut at ``-1``."""
        if self.degree == 1:
            return energy
        x = (energy - self.interval.center) / self.interval.half
        return -math.cosh(self.degree * math.acosh(-x)) if x < -1.0 else 0.0

    def energies(self, values: Floats) -> Floats:
        """Return the energies that have these values."""
        if self.degree == 1:
            return values
        x = np.cosh(np.arccosh(np.maximum(-values, 1.0)) / self.degree)
        return self.interval.center - self.interval.half * x

    def slack(self, values: Floats) -> float:
        """Return how far rounding moves a value at most."""
        return 1e-13 * max(abs(float(values[0])), abs(float(values[-1])))


def spectral_filter(
    operator: Operator,
    quadrature: Ritz,
    spectrum: Interval,
    count: int,
    cut_at: int,
    above: float | None = None,
) -> SpectralFilter:
    """Return -T_k of the operator, or the operator where it is as good.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        H, Hermitian.
    quadrature, spectrum : Ritz, Interval
        What `ritz_values` and `spectral_interval` return for it.
    count, cut_at : int
        Levels that are wanted, and those below the energy from where on levels are damped.
    above : float, optional
        Energy up to which levels are wanted, instead of the one that `count` stands for.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.chebyshev import ritz_values, spectral_interval
    >>> h = np.diag(np.linspace(0.0, 1.0, 1000))
    >>> quadrature = ritz_values(h)
    >>> tool = spectral_filter(h, quadrature, spectral_interval(h, quadrature), 5, 40)
    >>> tool.degree > 1, bool(tool.value(0.0) < tool.value(0.01) < -1.0)
    (True, True)
    """
    values, weights, _ = quadrature
    high = spectrum.center + spectrum.half
    plain = SpectralFilter(lambda x: applied(operator, x), 1, spectrum, high)
    below = int(operator.shape[0]) * np.cumsum(weights)
    cut = float(values[min(int(np.searchsorted(below, cut_at)), values.size - 1)])
    edge = float(values[min(int(np.searchsorted(below, count)), values.size - 1)])
    edge = edge if above is None else above
    lowest, norm = float(values[0]), float(np.abs(values[[0, -1]]).max())
    if edge >= cut or cut - lowest <= 1e-4 * spectrum.half:
        # The quadrature does not resolve the edge of the spectrum.
        cut = max(edge, lowest) + _MARGIN * spectrum.half
    interval = Interval((cut + high) / 2, (high - cut) / 2)
    if interval.half <= 0.2 * spectrum.half or spectrum.half <= _NARROW * norm:
        return plain
    growth = math.acosh(1 + (cut - edge) / interval.half)
    greatest = math.acosh(1 + (cut - lowest) / interval.half)
    degree = int(min(math.ceil(_GROWTH / growth), _GREATEST_GROWTH / greatest))
    if degree < 2:
        return plain
    coefficients = np.zeros(degree + 1)
    # Odd degrees grow downwards, even ones upwards.
    coefficients[-1] = 1.0 if degree % 2 else -1.0
    return SpectralFilter(
        lambda x: apply_polynomial(operator, interval, coefficients, x, bounded=False),
        degree,
        interval,
        1.0,
    )
