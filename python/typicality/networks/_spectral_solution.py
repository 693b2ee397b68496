"""Linear systems in the basis of a spectral or singular value decomposition, in any units."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality.networks._headroom import headroom

__all__ = ["spectral_solution"]

# Binary exponents of solutions that leave room for products with large and small floats.
_EXPONENTS: Final = (-400, 900)


def spectral_solution(
    out_of: npt.NDArray[np.float64],
    into: npt.NDArray[np.float64],
    targets: npt.NDArray[Any],
    numerators: npt.NDArray[np.float64],
    denominators: npt.NDArray[np.float64],
    *,
    power: int = 1,
    exponent: int = 0,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Return ``out_of diag(numerators / denominators^power) into targets 2^exponent``.

    Denominators of zero are left out. The solution comes in units of its own, powers of two, one
    for each target: it may be no float where its product with the kernel is.

    Parameters
    ----------
    out_of, into : numpy.ndarray
        Orthonormal columns ``(P, R)`` and rows ``(R, N)``.
    targets : numpy.ndarray
        ``(N,)`` or ``(N, k)``.
    numerators, denominators : numpy.ndarray
        Shape ``(R,)``, not negative.
    power : int, default: 1
        Power of the denominators, 1 or 2.
    exponent : int, default: 0
        Power of two by which all is multiplied.

    Returns
    -------
    tuple of numpy.ndarray
        Mantissas ``(P,)`` or ``(P, k)``, and exponents ``()`` or ``(k,)`` to `numpy.ldexp` them by.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks._spectral_solution import spectral_solution
    >>> axes, targets = np.eye(2), np.array([1.0, 2.0])
    >>> large = np.array([1e300, 1e300])
    >>> solution = spectral_solution(axes, axes, targets, large, large, power=2)
    >>> (np.ldexp(*solution) * 1e300).round(12).tolist()
    [1.0, 2.0]
    """
    double = targets.astype(np.float64, copy=False)
    unit = headroom(double, double.shape[0], axis=0)
    projected = into @ np.ldexp(double, -unit)
    above, above_exponents = np.frexp(numerators)
    below, below_exponents = np.frexp(denominators)
    factors = np.divide(above, below**power, out=np.zeros_like(below), where=below > 0)
    exponents = above_exponents - power * below_exponents + exponent
    if projected.ndim == 2:
        factors, exponents = factors[:, None], exponents[:, None]
    quotients = factors * projected
    scales = exponents + unit
    sizes = np.where(quotients != 0, np.frexp(quotients)[1] + scales, np.iinfo(np.int32).min)
    size = sizes.max(axis=0)
    own = np.where(size > np.iinfo(np.int32).min, size - np.clip(size, *_EXPONENTS), 0)
    return out_of @ np.ldexp(quotients, scales - own), own
