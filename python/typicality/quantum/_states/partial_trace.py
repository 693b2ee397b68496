"""Reduced states and Schmidt spectra of given states, for any subset of subsystems in any order.

The left-hand sides of the paper's Sec. II: rho_A = Tr_B |psi><psi|. Kronecker order, most
significant subsystem first: for qubits, index 0 is the leftmost bit of the basis state's number.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import output_array, refuse_oversize, subsystems
from typicality.quantum._states.density_matrices import density_matrices
from typicality.quantum._states.kets import amplitudes, kets, refuse_unnormalized, squared_norms

__all__ = ["partial_trace", "reduced_density_matrix", "schmidt_spectrum"]

# Multiplications that take about a second. Shorter products check the norms by the traces of their
# results; longer ones check them first, so that bad input fails early.
_SECOND: Final = 2**34


def reduced_density_matrix(
    psi: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep: npt.ArrayLike,
    *,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Return the reduced density matrix of kets on the subsystems that are kept.

    Parameters
    ----------
    psi : array_like
        Normalized kets, shape ``(..., D)`` with D the product of `dims`.
    dims : sequence of int
        Dimensions of the subsystems.
    keep : int or sequence of int
        Indices of those that are kept, without repetition. Their order is the order of the tensor
        factors of the result.
    out : numpy.ndarray, optional
        Filled and returned instead of a new array; C-contiguous, of the result's shape and dtype,
        no part of `psi`. Where many batches are reduced it saves the system from clearing fresh
        memory for each, a quarter of the time of many small states. After an error its contents
        mean nothing.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d_keep, d_keep)``; complex64 stays complex64, real kets give real matrices.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a ket is not normalized, `dims` do not multiply to D, or `keep` repeats an index.
    MemoryError
        If the result would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import reduced_density_matrix
    >>> bell = np.array([1, 0, 0, 1]) / np.sqrt(2)
    >>> print(reduced_density_matrix(bell, [2, 2], keep=[0]).round(6))
    [[0.5 0. ]
     [0.  0.5]]
    """
    sizes, kept = subsystems(dims, keep)
    states = amplitudes(psi, sizes)
    d_keep = math.prod(sizes[index] for index in kept)
    batch = states.shape[:-1]
    count = math.prod(batch)
    target = output_array(out, batch, (d_keep, d_keep), states.dtype, states)
    new = count * d_keep * d_keep * states.itemsize if target is None else 0
    refuse_oversize(
        new
        + _core.reduced_density_matrix_workspace(
            count, list(sizes), list(kept), states.dtype, target is not None
        ),
        "The reduced density matrices",
        "schmidt_spectrum returns their eigenvalues.",
    )
    long = states.size * d_keep > _SECOND
    if long:
        refuse_unnormalized(states, squared_norms(states))
    flat = states.reshape(count, states.shape[-1])
    rho = _core.reduced_density_matrix(flat, list(sizes), list(kept), target)
    if not long:
        diagonals = np.real(np.diagonal(rho, axis1=-2, axis2=-1))
        refuse_unnormalized(states, diagonals.sum(axis=-1, dtype=np.float64))
    return rho.reshape(*batch, d_keep, d_keep) if out is None else out


def partial_trace(
    rho: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep: npt.ArrayLike,
    *,
    tolerance: float | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Return the partial trace of density matrices over the subsystems that are not kept.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., D, D)`` with D the product of `dims`.
    dims, keep
        As for `reduced_density_matrix`.
    tolerance : float, optional
        As for `renyi_entropy`.
    out : numpy.ndarray, optional
        As for `reduced_density_matrix`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., d_keep, d_keep)``.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a matrix is not a density matrix, `dims` do not multiply to D, or `keep` repeats an
        index.
    MemoryError
        If the result would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import partial_trace
    >>> product = np.kron(np.diag([0.75, 0.25]), np.diag([0.5, 0.5]))
    >>> print(partial_trace(product, [2, 2], keep=[0]))
    [[0.75 0.  ]
     [0.   0.25]]
    """
    sizes, kept = subsystems(dims, keep)
    states = density_matrices(rho, tolerance=tolerance)
    total = states.shape[-1]
    if math.prod(sizes) != total:
        raise ValueError(
            f"rho acts on {total} dimensions, but dims multiply to {math.prod(sizes)}."
        )
    d_keep = math.prod(sizes[index] for index in kept)
    batch = states.shape[:-2]
    target = output_array(out, batch, (d_keep, d_keep), states.dtype, states)
    refuse_oversize(
        math.prod(batch) * d_keep * d_keep * states.itemsize if target is None else 0,
        "The partial traces",
        "Pass fewer matrices at once.",
    )
    flat = states.reshape(math.prod(batch), total, total)
    traced = _core.partial_trace(flat, list(sizes), list(kept), target)
    return traced.reshape(*batch, d_keep, d_keep) if out is None else out


def schmidt_spectrum(
    psi: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep: npt.ArrayLike,
    *,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Return the squared Schmidt coefficients of kets across the cut kept | traced out.

    Parameters
    ----------
    psi : array_like
        Normalized kets, shape ``(..., D)`` with D the product of `dims`.
    dims, keep, out
        As for `reduced_density_matrix`; `out` is real.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., m)`` with m the smaller dimension of the two sides, descending, real, sum 1:
        the nonzero eigenvalues of either reduced state, and zeros where the rank is smaller.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a ket is not normalized, `dims` do not multiply to D, or `keep` repeats an index.
    MemoryError
        If the result, or the way to it, would not fit.

    Notes
    -----
    Errors of the m coefficients ``sqrt(p)`` are a few units of rounding of the largest, some
    sqrt(m) / 2, as those of a singular value decomposition are: p is told from zero down to about
    1e-31 of the largest in double precision and 1e-13 in single. What is below is rounding, of the
    ket itself as well.
    Eigenvalues of a reduced density matrix are lost in rounding below 1e-16 (1e-7) already.

    References
    ----------
    .. [1] G. Golub, W. Kahan, SIAM J. Numer. Anal. 2, 205 (1965).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import schmidt_spectrum
    >>> print(schmidt_spectrum(np.array([0.6, 0, 0, 0.8]), [2, 2], keep=0).round(6))
    [0.64 0.36]
    """
    sizes, kept = subsystems(dims, keep)
    states = kets(psi, sizes)
    d_keep = math.prod(sizes[index] for index in kept)
    smaller = min(d_keep, states.shape[-1] // d_keep)
    batch = states.shape[:-1]
    count = math.prod(batch)
    real = np.finfo(states.dtype).dtype
    target = output_array(out, batch, (smaller,), real, states)
    refuse_oversize(
        (count * smaller * real.itemsize if target is None else 0)
        + _core.schmidt_spectrum_workspace(count, list(sizes), list(kept), states.dtype),
        "The Schmidt spectra",
        "Pass fewer states at once.",
    )
    flat = states.reshape(count, states.shape[-1])
    spectrum = _core.schmidt_spectrum(flat, list(sizes), list(kept), target)
    return spectrum.reshape(*batch, smaller) if out is None else out
