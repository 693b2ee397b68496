"""Eigenvalues of density matrices as probabilities: checked, clipped, ready for entropies."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import refuse_oversize
from typicality._messages import describe
from typicality.quantum._states.density_matrices import density_matrices, refuse_negative

__all__ = ["density_spectrum"]


def density_spectrum(
    rho: npt.ArrayLike, name: str = "rho", *, tolerance: float | None = None
) -> npt.NDArray[Any]:
    """Return the eigenvalues of density matrices, descending, with rounding errors set to zero.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    name : str, optional
        What to call the argument in messages.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d)``, real, descending, not negative, sum 1 up to rounding. Eigenvalues below
        4 d times the rounding error of the largest are zero: their logarithms and negative powers
        would be noise.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices; a negative eigenvalue beyond rounding is an error.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import density_spectrum
    >>> print(density_spectrum(np.full((2, 2), 0.5)))
    [1. 0.]
    """
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"name must be text; got {describe(name)}.")
    matrices = density_matrices(rho, name, tolerance)
    d, batch = matrices.shape[-1], matrices.shape[:-2]
    count = math.prod(batch)
    refuse_oversize(
        2 * count * d * matrices.itemsize
        + _core.hermitian_eigenvalues_workspace(count, d, matrices.dtype),
        f"The eigenvalues of {name}",
        "Pass fewer matrices at once.",
    )
    flat = matrices.reshape(count, d, d)
    values = _core.hermitian_eigenvalues(flat)[:, ::-1].reshape(*batch, d)
    if not values.size:
        return values
    floor = 4 * d * np.finfo(values.dtype).eps * values[..., :1]
    refuse_negative(values[..., -1], -16 * floor[..., 0], name)
    return np.where(values > floor, values, values.dtype.type(0))
