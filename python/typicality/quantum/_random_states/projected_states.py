"""Haar-random states of a subspace: Gaussian vectors of the whole space, projected by P_E.

A state of Eq. (1) drawn so depends on the subspace alone, not on the basis by which it is given:
signs of eigenvectors and bases of multiplets differ from one machine to another.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import is_single
from typicality._product import product
from typicality._random import RNG, Seeds, draw, key_of

__all__ = ["projected_states"]

Array = npt.NDArray[Any]

# Amplitudes that are projected at a time, 32 MiB of them.
_BLOCK: Final = 1 << 21


def projected_states(
    basis: Array, shape: tuple[int, ...], beta: int, kind: np.dtype[Any], rng: RNG
) -> Array:
    """Draw Haar-random states of the span of orthonormal columns.

    Parameters
    ----------
    basis : numpy.ndarray
        Shape ``(D, d)``, float64 or complex128.
    shape : tuple of int
        Batch shape.
    beta : int
        1 for real states, 2 for complex ones.
    kind : numpy.dtype
        Of the result.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Source of the draw (SPEC 7).

    Returns
    -------
    numpy.ndarray
        Shape ``(*shape, D)``, normalized.

    Raises
    ------
    MemoryError
        If the states would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._random_states.projected_states import projected_states
    >>> turned = np.array([[0.6, -0.8], [0.8, 0.6], [0.0, 0.0]])
    >>> one = projected_states(np.eye(3)[:, :2], (), 2, np.dtype(complex), 1)
    >>> two = projected_states(turned, (), 2, np.dtype(complex), 1)
    >>> bool(np.allclose(one, two, atol=1e-14))
    True
    """
    length, dimension = basis.shape
    key = key_of(Seeds(rng).seed("subspace"))
    rows = max(1, _BLOCK // length)
    field = kind if basis.dtype.kind == "c" else np.finfo(kind).dtype
    narrow: Array = basis.astype(field, copy=False)

    def kernel(first: int, count: int) -> Array:
        states = np.empty((count, length), dtype=kind)
        for start in range(0, count, rows):
            stop = min(start + rows, count)
            # Normalized Gaussian vectors, whose directions are all that counts.
            whole = _core.haar_states(
                key, first + start, stop - start, length, beta, is_single(kind)
            )
            states[start:stop] = _projected(basis, narrow, whole)
        return states

    return draw(
        kernel,
        shape,
        bytes_per_sample=length * kind.itemsize,
        what=f"States of dimension {length}",
        cheaper="sample_expectations draws expectation values without the states.",
        # The Gaussian vectors in their own precision and in double, their images and components.
        scratch=lambda count: (
            min(count, rows) * 16 * (4 * length + 3 * dimension)
            + (narrow.nbytes if narrow is not basis else 0)
        ),
    )


def _projected(basis: Array, narrow: Array, whole: Array) -> Array:
    split = whole.dtype.kind == "c" and basis.dtype.kind != "c"
    # A real basis times complex numbers: real products of their parts are half the work.
    given = np.concatenate([np.real(whole), np.imag(whole)]) if split else whole
    # Components in a small subspace are small: of single precision little would be left.
    components = product(given.conj().astype(basis.dtype, copy=False), basis).conj()
    states = product(components.astype(narrow.dtype, copy=False), narrow.T)
    if split:
        states = states[: len(whole)] + 1j * states[len(whole) :]
    states /= np.linalg.norm(states, axis=-1, keepdims=True)
    return states
