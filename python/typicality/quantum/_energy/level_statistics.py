"""Ratios of consecutive level spacings: whether a spectrum is that of a chaotic Hamiltonian.

Typical states of Eq. (1) are drawn by hand; whether the eigenstates of a Hamiltonian are typical
goes with the statistics of its levels. The ratios need no unfolding: the density cancels.
"""

from __future__ import annotations

import math
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from typicality._arrays import choice, real_array

__all__ = ["gap_ratios", "mean_gap_ratio"]

_EXACT_POISSON: Final = 2 * math.log(2) - 1
_SURMISES: Final = {
    "poisson": _EXACT_POISSON,
    "goe": 4 - 2 * math.sqrt(3),
    "gue": 2 * math.sqrt(3) / math.pi - 1 / 2,
    "gse": 32 * math.sqrt(3) / (15 * math.pi) - 1 / 2,
}
_LIMITS: Final = {"poisson": _EXACT_POISSON, "goe": 0.5307, "gue": 0.5996, "gse": 0.6744}


def gap_ratios(energies: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return the ratios of consecutive level spacings, the smaller over the larger.

    With the spacings ``s_i = E_{i+1} - E_i`` they are
    ``r_i = min(s_i, s_{i+1}) / max(s_i, s_{i+1})``, from 0 to 1.

    Parameters
    ----------
    energies : array_like
        Real levels, shape ``(..., n)`` with n at least 3, in any order: they are sorted.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., n - 2)``. Where two of three levels coincide the ratio is 0; where all three
        do it is 0/0 and NaN. `numpy.nanmean` leaves the latter out.

    Raises
    ------
    TypeError
        If `energies` are not real numbers.
    ValueError
        If there are fewer than three levels, or one is NaN or infinite.

    See Also
    --------
    mean_gap_ratio : Means for uncorrelated levels and for random matrices.

    Notes
    -----
    Levels of different symmetry do not repel each other, so the ratios of a Hamiltonian with a
    symmetry say something only within one sector. Degenerate levels that rounding tells apart have
    ratios that are rounding, too. Neighboring ratios share a spacing and are correlated.

    References
    ----------
    .. [1] V. Oganesyan, D. A. Huse, Phys. Rev. B 75, 155111 (2007).

    Examples
    --------
    >>> from typicality.quantum import gap_ratios
    >>> print(gap_ratios([0.0, 1.0, 3.0, 7.0]))
    [0.5 0.5]
    """
    levels = real_array(energies, "energies", min_ndim=1)
    if levels.shape[-1] < 3:
        raise ValueError(
            f"energies must hold at least 3 levels along the last axis; got shape {levels.shape}."
        )
    spacings = _spacings(levels, np.asarray(energies))
    left, right = spacings[..., :-1], spacings[..., 1:]
    smaller, larger = np.minimum(left, right), np.maximum(left, right)
    ratios = np.full_like(smaller, np.nan)
    return np.divide(smaller, larger, out=ratios, where=larger > 0)


def _spacings(levels: npt.NDArray[Any], given: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if given.dtype.kind in "iu":
        # Floats round levels beyond 2^53; differences are right modulo 2^64, and no larger.
        whole = np.sort(given, axis=-1).astype(np.uint64)
        return np.diff(whole, axis=-1).astype(np.float64)
    ordered = np.sort(levels, axis=-1)
    if float(np.abs(ordered).max(initial=0.0)) > float(np.finfo(ordered.dtype).max) / 4:
        # Differences must be floats.
        ordered = ordered / 4
    return np.diff(ordered, axis=-1)


def mean_gap_ratio(
    ensemble: Literal["poisson", "goe", "gue", "gse"],
    *,
    method: Literal["asymptotic", "surmise"] = "asymptotic",
) -> float:
    """Return the mean of the gap ratios of uncorrelated levels or of a Gaussian ensemble.

    Parameters
    ----------
    ensemble : {"poisson", "goe", "gue", "gse"}
        Uncorrelated levels, or the orthogonal, unitary or symplectic ensemble. Kramers pairs of the
        last count as one level.
    method : {"asymptotic", "surmise"}
        "asymptotic" is the mean in the bulk of large matrices, which was found numerically [1]_:
        0.5307(1), 0.5996(1) and 0.6744(1), the figure in brackets being the uncertainty of the last
        digit. "surmise" is exact for 3 x 3 matrices: ``4 - 2 sqrt 3``, ``2 sqrt 3 / pi - 1/2`` and
        ``32 sqrt 3 / (15 pi) - 1/2``, up to 1% above. For uncorrelated levels both are
        ``2 log 2 - 1``, which is exact.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is another word.

    References
    ----------
    .. [1] Y. Y. Atas, E. Bogomolny, O. Giraud, G. Roux, Phys. Rev. Lett. 110, 084101 (2013).

    Examples
    --------
    >>> from typicality.quantum import mean_gap_ratio
    >>> print(mean_gap_ratio("goe"), round(mean_gap_ratio("goe", method="surmise"), 4))
    0.5307 0.5359
    >>> print(round(mean_gap_ratio("poisson"), 4))
    0.3863
    """
    name = choice(ensemble, "ensemble", ("poisson", "goe", "gue", "gse"))
    word = choice(method, "method", ("asymptotic", "surmise"))
    return (_LIMITS if word == "asymptotic" else _SURMISES)[name]
