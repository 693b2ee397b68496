"""Kets or density matrices: which of the two an array holds where a function takes either."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import inexact_array, short_number, short_tuple
from typicality.quantum._states.density_matrices import density_matrices
from typicality.quantum._states.kets import kets

__all__ = ["pure_or_mixed"]


def pure_or_mixed(
    state: object, dims: Sequence[int], tolerance: float | None, name: str = "state"
) -> tuple[npt.NDArray[Any], bool]:
    """Return checked states of subsystems, and whether they are kets.

    The last axis, D long, tells kets from what does not fit; so do two axes of length D for density
    matrices. Where both would fit, as for D kets of D amplitudes, the norms decide: the squares of
    the entries of such a block sum to D for kets, and to the purity, at most 1, for a density
    matrix. At D = 1 it is a density matrix.

    Parameters
    ----------
    state : array_like
        Normalized kets, shape ``(..., D)``, or density matrices, ``(..., D, D)``.
    dims : sequence of int
        Dimensions of the subsystems, whose product is D.
    tolerance : float or None
        As for `density_matrices`; kets are held to rounding.
    name : str, optional
        What to call the argument in messages.

    Returns
    -------
    numpy.ndarray, bool
        The states, and True for kets.

    Raises
    ------
    TypeError
        If `state` does not hold numbers.
    ValueError
        If the lengths do not fit, or `state` holds neither kets nor density matrices.
    """
    array = inexact_array(state, name, min_ndim=1)
    total = math.prod(dims)
    if array.shape[-1] != total and array.shape[-2:] != (total, 1):
        raise ValueError(
            f"{name} must hold kets (..., D) or density matrices (..., D, D), D = "
            f"{short_number(total)} the product of dims={short_tuple(dims)}; "
            f"got shape {array.shape}."
        )
    if array.shape[-2:] != (total, total) or _rows_are_kets(array):
        return kets(array, dims, name), True
    return density_matrices(array, name, tolerance), False


def _rows_are_kets(array: npt.NDArray[Any]) -> bool:
    d = array.shape[-1]
    if d == 1 or not array.size:
        return False
    with np.errstate(over="ignore"):
        block = float((np.abs(array[(0,) * (array.ndim - 2)]) ** 2).sum(dtype=np.float64))
    # Midway between what it is for a density matrix, at most, and for kets.
    return block > (1 + d) / 2
