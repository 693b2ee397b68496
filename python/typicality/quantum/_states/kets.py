"""Validation of state vectors: finite, normalized, of the stated dimensions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import inexact_array, refuse_infinite, short_number, short_tuple

__all__ = ["amplitudes", "kets", "refuse_unnormalized", "squared_norms"]


def kets(psi: object, dims: Sequence[int] | None = None, name: str = "psi") -> npt.NDArray[Any]:
    """Return normalized state vectors ``(..., D)``, checked against `dims` if given.

    Raises
    ------
    ValueError
        If a vector is empty, not normalized, or its length is not the product of `dims`.
    """
    array = amplitudes(psi, dims, name)
    refuse_unnormalized(array, squared_norms(array), name)
    return array


def amplitudes(
    psi: object, dims: Sequence[int] | None = None, name: str = "psi"
) -> npt.NDArray[Any]:
    """Return vectors ``(..., D)`` whose norms are still to be looked at.

    Raises
    ------
    ValueError
        If a vector is empty or its length is not the product of `dims`.
    """
    array = inexact_array(psi, name, min_ndim=1, finite=False)
    length = array.shape[-1]
    if dims is not None and length != math.prod(dims):
        if _columns(array) and array.shape[-2] == math.prod(dims):
            raise ValueError(_column_message(array, name))
        raise ValueError(
            f"{name} has {length} amplitudes, but dims={short_tuple(dims)} multiply to "
            f"{short_number(math.prod(dims))}."
        )
    if length == 0:
        raise ValueError(f"{name} must have at least one amplitude; got shape {array.shape}.")
    return array


def squared_norms(array: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return the squared norms of vectors ``(..., D)`` on one axis: one pass and no copy."""
    return _core.squared_norms(array.reshape(-1, array.shape[-1]))


def refuse_unnormalized(
    array: npt.NDArray[Any], squares: npt.NDArray[np.float64], name: str = "psi"
) -> None:
    """Refuse vectors ``(..., D)`` whose squared norms are not 1.

    Raises
    ------
    ValueError
        If an entry is NaN or infinite or a norm is not 1.
    """
    # A norm is not finite where an entry is not.
    if not np.isfinite(squares).all():
        refuse_infinite(array, name)
    deviation = float(np.abs(np.sqrt(squares) - 1.0).max(initial=0.0))
    # Rounding of the entries is independent, so it grows like the square root of their number.
    tolerance = 16 * np.finfo(array.dtype).eps * max(16.0, math.sqrt(array.shape[-1]))
    if not deviation <= tolerance:
        if _columns(array):
            raise ValueError(_column_message(array, name))
        raise ValueError(
            f"{name} must be normalized; a norm differs from 1 by {deviation:.3g}. "
            f"Divide by numpy.linalg.norm({name}, axis=-1, keepdims=True)."
        )


def _columns(array: npt.NDArray[Any]) -> bool:
    return array.ndim > 1 and array.shape[-1] == 1 and array.shape[-2] > 1


def _column_message(array: npt.NDArray[Any], name: str) -> str:
    return (
        f"{name} must have its amplitudes along the last axis; got columns, shape {array.shape}. "
        f"Pass {name}[..., 0]."
    )
