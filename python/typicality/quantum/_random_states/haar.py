"""Haar-random states, their reduced states and spectra, sampled from the exact distributions.

"Almost all states" of Eqs. (1) and (2) are these draws. Whatever is averaged away, be it the
environment or the inside of a degenerate level, is never built: a function costs what it returns.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import (
    batch_shape,
    beta_of,
    dimension,
    draw_dtype,
    is_single,
    large_dimension,
    output_array,
)
from typicality._random import RNG, draw, key_of
from typicality.spectra._wishart import LARGEST_SPECTRUM

__all__ = [
    "haar_power_traces",
    "haar_reduced_states",
    "haar_schmidt_spectra",
    "haar_states",
]

Size = int | tuple[int, ...] | None

_LARGEST_ORDER: Final = 1 << 20
# One draw of tr rho^k takes this many steps at most: hours, not years.
_MOST_STEPS: Final = 1 << 40


def haar_states(
    d: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw state vectors uniformly from the unit sphere (Haar measure).

    Parameters
    ----------
    d : int
        Dimension of the Hilbert space.
    size : None, int or tuple of int, optional
        Batch shape; None draws one state without a batch axis.
    field : {"complex", "real"}, optional
        "real" draws from the real unit sphere, like eigenvectors of the GOE.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        Where the randomness comes from (SPEC 7). Equal seeds give equal bits on any machine, and
        the first k of n states are the k states drawn with the same seed. Calls of one function
        with one seed share their random numbers even where dimensions or the field differ: what
        should be independent takes different seeds, or one Generator that is passed on.
    dtype : dtype, optional
        complex64 or float32 for single precision.
    out : numpy.ndarray, optional
        Filled and returned instead of a new array; C-contiguous, of the result's shape and dtype.
        Where draws of one size are repeated it saves the system from clearing fresh memory, which
        takes about as long as drawing a third of it. After an error its contents mean nothing.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, d)``, norm 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the states would not fit; refused before they are allocated.

    See Also
    --------
    haar_reduced_states, haar_schmidt_spectra, haar_power_traces, haar_expectations
        Sample these quantities directly, without constructing the state.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import haar_states
    >>> psi = haar_states(8, size=3, rng=1)
    >>> psi.shape, bool(np.allclose(np.linalg.norm(psi, axis=-1), 1))
    ((3, 8), True)
    """
    length = dimension(d, "d")
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=True)
    target = output_array(out, shape, (length,), kind)
    return draw(
        lambda first, count: _core.haar_states(
            key, first, count, length, beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=length * kind.itemsize,
        what="The states",
        cheaper="Use haar_reduced_states or haar_schmidt_spectra: they cost the same for any d_b.",
        out=out,
    )


def haar_reduced_states(
    d_a: int,
    d_b: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw reduced density matrices Tr_B |psi><psi| of Haar-random states on A x B.

    Each is a Wishart matrix divided by its trace, built from its Bartlett factor, so that neither
    time nor memory depends on d_b.

    Parameters
    ----------
    d_a : int
        Dimension of the subsystem that is kept.
    d_b : int
        Dimension of its environment, up to 2**1000; for d_b < d_a the rank is d_b.
    size, field, rng, dtype, out
        As for `haar_states`.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, d_a, d_a)``: Hermitian, positive, unit trace. Independent draws, with
        equal bits for equal seeds on any machine with any number of threads.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the matrices would not fit.

    Examples
    --------
    >>> from typicality.quantum import haar_reduced_states, mean_purity, purity
    >>> rho = haar_reduced_states(4, 2**300, size=10, rng=1)
    >>> print(round(float(purity(rho).mean()), 6), mean_purity(4, 2**300))
    0.25 0.25
    """
    kept, environment = dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=True)
    target = output_array(out, shape, (kept, kept), kind)
    return draw(
        lambda first, count: _core.haar_reduced_states(
            key, first, count, kept, float(environment), beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=kept * kept * kind.itemsize,
        what="The reduced states",
        cheaper="haar_schmidt_spectra draws their eigenvalues, haar_power_traces tr rho^k.",
        scratch=lambda count: _core.wishart_matrices_workspace(
            count, kept, environment, beta, is_single(kind)
        ),
        out=out,
    )


def haar_schmidt_spectra(
    d_a: int,
    d_b: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw the squared Schmidt coefficients of Haar-random states on A x B.

    They are the nonzero eigenvalues of both reduced states, drawn through the bidiagonal model of
    Dumitriu and Edelman: with m = min(d_a, d_b), 2 m - 1 random numbers and O(m^2) operations.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions; the smaller may go up to 2**20, which takes hours, the larger up to 2**1000.
    size, field, rng, dtype, out
        As for `haar_states`; `dtype` is float64 or float32.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, min(d_a, d_b))``, descending, sum 1. Draws of different cuts are not the
        spectra of one state; with different seeds, or a Generator, they are independent.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the spectra would not fit.

    References
    ----------
    .. [1] I. Dumitriu, A. Edelman, J. Math. Phys. 43, 5830 (2002).

    Examples
    --------
    >>> from typicality.quantum import haar_schmidt_spectra
    >>> p = haar_schmidt_spectra(3, 2**40, size=100, rng=1)
    >>> p.shape, bool((p[:, 0] >= p[:, 1]).all())
    ((100, 3), True)
    """
    sides = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    small, large = sides
    if small > LARGEST_SPECTRUM:
        raise ValueError(
            "min(d_a, d_b) must be at most 2**20, whose spectrum takes hours; "
            f"got a number of {small.bit_length()} bits. haar_power_traces draws tr rho^k without "
            "eigenvalues, page_entropy and mean_power_trace are exact for any dimensions."
        )
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    kind = draw_dtype(dtype, beta, complex_result=False)
    target = output_array(out, shape, (small,), kind)
    return draw(
        lambda first, count: _core.haar_schmidt_spectra(
            key, first, count, small, float(large), beta, is_single(kind), target
        ),
        shape,
        bytes_per_sample=small * kind.itemsize,
        what="The spectra",
        cheaper="haar_power_traces draws tr rho^k without eigenvalues.",
        scratch=lambda count: _core.wishart_eigenvalues_workspace(count, small),
        out=out,
    )


def haar_power_traces(
    d_a: int,
    d_b: int,
    order: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw tr rho_A^k of Haar-random states on A x B, without eigenvalues.

    With order 2 this is the purity. With m = min(d_a, d_b) it costs O(k^2 m) operations and memory
    that does not grow with m; where k^2 > 4 m the spectrum is cheaper, O(m^2) operations.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions; the larger may go up to 2**1000.
    order : int
        The power k, at least 1.
    size, field, rng, out
        As for `haar_states`.

    Returns
    -------
    numpy.ndarray
        Shape ``size``, float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or order^2 min(d_a, d_b)
        exceeds 2**40.

    See Also
    --------
    mean_power_trace : The exact mean, for dimensions of any size.

    Examples
    --------
    >>> from typicality.quantum import haar_power_traces
    >>> print(haar_power_traces(2**10, 2**50, 2, rng=1).round(9))
    0.000976563
    """
    sides = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    small, large = sides
    power = dimension(order, "order", maximum=_LARGEST_ORDER)
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    if power > 1 and power * power * small > _MOST_STEPS:
        raise ValueError(
            "min(d_a, d_b) times the square of order must be at most 2**40 for a draw, which takes "
            f"that many steps; got a number of {(power * power * small).bit_length()} bits. "
            "mean_power_trace gives the exact mean, and draws hardly differ from it there."
        )
    if power == 1:
        # Any dimensions will do.
        small = large = 1
    target = output_array(out, shape, (), np.float64)
    drawn = draw(
        lambda first, count: _core.haar_power_traces(
            key, first, count, small, float(large), power, beta, target
        ),
        shape,
        bytes_per_sample=8,
        what="The traces",
        cheaper="Draw them in parts.",
        out=out,
    )
    # One value alone is a number.
    return drawn[()] if out is None else drawn
