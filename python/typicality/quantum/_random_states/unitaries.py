"""Haar-random unitaries, and eigenvectors of Gaussian matrices, which are some of their columns.

The eigenvectors of a GUE matrix stand for those of the paper's generic Hamiltonians: each is
exactly Haar distributed and independent of the spectrum.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from typicality import _core
from typicality._arrays import batch_shape, beta_of, dimension, draw_dtype, is_single, output_array
from typicality._random import RNG, draw, key_of

__all__ = ["gue_eigenstates", "haar_unitaries"]

Size = int | tuple[int, ...] | None


def haar_unitaries(
    d: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw unitary (or orthogonal) matrices from Haar's measure.

    Parameters
    ----------
    d : int
        Order of the matrices.
    size, field, rng, dtype, out
        As for `haar_states`; "real" draws orthogonal matrices.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, d, d)``. Equal bits for equal seeds on any machine with any number of
        threads.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the matrices would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import haar_unitaries
    >>> u = haar_unitaries(5, rng=1)
    >>> bool(np.allclose(u @ u.conj().T, np.eye(5)))
    True
    """
    length = dimension(d, "d")
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=True)
    target = output_array(out, shape, (length, length), kind)
    return draw(
        lambda first, count: _core.haar_unitaries(
            key, first, count, length, beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=length * length * kind.itemsize,
        what="The unitaries",
        cheaper="gue_eigenstates draws a few of their rows.",
        scratch=lambda count: _core.haar_isometries_workspace(
            count, length, length, beta, is_single(kind)
        ),
        out=out,
    )


def gue_eigenstates(
    d: int,
    n_states: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw orthonormal eigenvectors of GUE (or GOE) matrices, without the matrices.

    Eigenvectors of these ensembles are independent of the eigenvalues and jointly Haar distributed,
    so any n of them are the first n columns of a Haar unitary.

    Parameters
    ----------
    d : int
        Order of the matrices.
    n_states : int
        Eigenvectors of each matrix, at most `d`. They are orthogonal, hence not independent
        samples: take error bars over matrices.
    size, field, rng, dtype, out
        As for `haar_states`; "real" is the GOE.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, n_states, d)``, rows orthonormal. Equal for equal seeds as in
        `haar_unitaries`.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the states would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import gue_eigenstates
    >>> psi = gue_eigenstates(16, 3, rng=1)
    >>> bool(np.allclose(psi @ psi.conj().T, np.eye(3)))
    True
    """
    length = dimension(d, "d")
    count_each = dimension(n_states, "n_states", maximum=length)
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=True)
    target = output_array(out, shape, (count_each, length), kind)
    return draw(
        lambda first, count: _core.haar_isometries(
            key, first, count, length, count_each, beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=length * count_each * kind.itemsize,
        what="The eigenstates",
        cheaper="Draw fewer of them.",
        scratch=lambda count: _core.haar_isometries_workspace(
            count, length, count_each, beta, is_single(kind)
        ),
        out=out,
    )
