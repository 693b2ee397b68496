"""Random density matrices of the Bures-Hall ensemble, a second measure beside the paper's.

Where the reduced states of Haar-random kets (the other draws of this package) weigh density
matrices by the Hilbert-Schmidt metric at d_b = d, this ensemble weighs them by the Bures metric. It
tells which statements on typical states hang on the measure.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import batch_shape, dimension, draw_dtype, is_single, large_dimension
from typicality._random import RNG, Seeds, draw, key_of
from typicality.spectra._polygamma import digamma_minus_log

__all__ = ["bures_hall_mean_entropy", "bures_hall_mean_purity", "bures_hall_states"]

Complexes = npt.NDArray[np.complex128]

# What the draw holds at once beside its result: the block's matrices and their factors.
_BLOCK_ENTRIES: Final = 1 << 21


def bures_hall_states(
    d: int,
    d_b: int,
    size: int | tuple[int, ...] | None = None,
    *,
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
) -> npt.NDArray[Any]:
    """Draw density matrices from the Bures-Hall ensemble.

    The eigenvalues have the joint density prod_i x_i^(d_b - d - 1/2) prod_{i<j} (x_i - x_j)^2 /
    (x_i + x_j) on the simplex; d_b = d is the measure of the Bures metric.

    Parameters
    ----------
    d : int
        Dimension of the density matrices.
    d_b : int
        Dimension of the environment, at least `d`, up to 2**62.
    size : None, int or tuple of int, optional
        Batch shape.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        Where the randomness comes from (SPEC 7).
    dtype : dtype, optional
        complex64 for single precision.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, d, d)``. Equal for equal seeds up to rounding.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the matrices would not fit.

    Notes
    -----
    (1 + i A)^-1 W (1 - i A)^-1 divided by its trace, W a complex Wishart matrix of d_b columns and
    A Hermitian with density det(1 + A^2)^(-d_b). A is built row by row: given the leading block the
    next row is a complex multivariate t vector and its diagonal entry a Student t variate. For
    d_b = d this is (1 + U) W (1 + U)^H with a Haar unitary U, by the Cayley transform.

    References
    ----------
    .. [1] V. A. Osipov, H.-J. Sommers, K. Zyczkowski, J. Phys. A 43, 055302 (2010).
    .. [2] A. Sarkar, S. Kumar, J. Phys. A 52, 295203 (2019).

    Examples
    --------
    >>> from typicality.quantum import bures_hall_states, purity
    >>> rho = bures_hall_states(3, 5, size=4, rng=1)
    >>> rho.shape, bool((purity(rho) < 1).all())
    ((4, 3, 3), True)
    """
    order, environment = dimension(d, "d"), dimension(d_b, "d_b")
    _check_order(order, environment)
    shape, seeds = batch_shape(size), Seeds(rng)
    kind = draw_dtype(dtype, 2, complex_result=True)

    def kernel(first: int, count: int) -> npt.NDArray[Any]:
        result = np.empty((count, order, order), dtype=kind)
        block = max(1, _BLOCK_ENTRIES // (order * order))
        for start in range(0, count, block):
            stop = min(start + block, count)
            result[start:stop] = _states(seeds, first + start, stop - start, order, environment)
        return result

    return draw(
        kernel,
        shape,
        bytes_per_sample=order * order * (16 if not is_single(kind) else 8),
        what="The density matrices",
        cheaper="Draw them in parts.",
    )


def bures_hall_mean_purity(d: int, d_b: int) -> float:
    """Return the exact mean of tr rho^2 over the Bures-Hall ensemble.

    (2 d_b (2 d_b + d) - d^2 + 1) / (2 d_b (2 d d_b - d^2 + 2)).

    Parameters
    ----------
    d, d_b : int
        Dimensions, d <= d_b, up to 2**1000.

    Returns
    -------
    float
        The mean, correctly rounded.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer, or d_b < d.

    References
    ----------
    .. [1] A. Sarkar, S. Kumar, J. Phys. A 52, 295203 (2019).

    Examples
    --------
    >>> from typicality.quantum import bures_hall_mean_purity, mean_purity
    >>> print(bures_hall_mean_purity(2, 2), mean_purity(2, 2))
    0.875 0.8
    """
    m, n = large_dimension(d, "d"), large_dimension(d_b, "d_b")
    _check_order(m, n)
    return (2 * n * (2 * n + m) - m * m + 1) / (2 * n * (2 * m * n - m * m + 2))


def bures_hall_mean_entropy(d: int, d_b: int) -> float:
    """Return the exact mean of von Neumann's entropy over the Bures-Hall ensemble, in nats.

    psi(d d_b - d^2/2 + 1) - psi(d_b + 1/2).

    Parameters
    ----------
    d, d_b : int
        Dimensions, d <= d_b, up to 2**1000.

    Returns
    -------
    float
        The mean, right to about 1e-15.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer, or d_b < d.

    References
    ----------
    .. [1] L. Wei, J. Phys. A 53, 235203 (2020).

    Examples
    --------
    >>> from typicality.quantum import bures_hall_mean_entropy
    >>> print(round(bures_hall_mean_entropy(2, 2), 12), bures_hall_mean_entropy(1, 9))
    0.219627694453 0.0
    """
    m, n = large_dimension(d, "d"), large_dimension(d_b, "d_b")
    _check_order(m, n)
    if m == 1:
        return 0.0
    # Twice the arguments are whole numbers; their logarithms combine to that of a quotient.
    first, second = 2 * m * n - m * m + 2, 2 * n + 1
    return math.log(first / second) + digamma_minus_log(first) - digamma_minus_log(second)


def _check_order(d: int, d_b: int) -> None:
    if d_b < d:
        raise ValueError(
            "d_b must be at least d for the Bures-Hall ensemble; it is smaller. "
            "Exchange them for the nonzero eigenvalues."
        )


def _states(seeds: Seeds, first: int, count: int, d: int, d_b: int) -> Complexes:
    def key(*labels: str | int) -> bytes:
        return key_of(seeds.seed("bures-hall", *labels))

    a = np.zeros((count, d, d), dtype=np.complex128)
    for row in range(d):
        # The block of `row` + 1 rows has the density det(1 + A^2)^(-power).
        power = d_b - (d - 1 - row)
        center, width = np.zeros(count), np.ones(count)
        if row:
            block = a[:, :row, :row]
            gauss = _core.standard_normals(
                key("row", row), b"bures_hall", first, count, 2 * row, False
            )
            scale = _gammas(key("row scale", row), first, count, 2 * power - row - 1, 2)
            z = (gauss[:, :row] + 1j * gauss[:, row:]) / np.sqrt(2 * scale)[:, None]
            eye = np.eye(row)
            factor = np.linalg.cholesky(eye + block @ block)
            b = np.einsum("bij,bj->bi", factor, z)
            # b^H (1 + i block)^-1 b = c - i e, and det(1 + A^2) grows by (1 + c)^2 + (t - e)^2.
            solved = np.linalg.solve(eye + 1j * block, b[..., None])[..., 0]
            product = np.einsum("bi,bi->b", b.conj(), solved)
            center, width = -product.imag, 1 + product.real
            a[:, :row, row] = b
            a[:, row, :row] = b.conj()
        normal = _core.standard_normals(key("diagonal", row), b"bures_hall", first, count, 1, False)
        chi = _gammas(key("diagonal scale", row), first, count, 2 * power - 1, 1)
        a[:, row, row] = center + width * normal[:, 0] / np.sqrt(chi)
    wishart = _core.wishart_matrices(key("wishart"), first, count, d, float(d_b), 2, False)
    shifted = np.eye(d) + 1j * a
    half = np.linalg.solve(shifted, wishart)
    whole = np.linalg.solve(shifted, half.conj().swapaxes(-1, -2))
    hermitian = (whole + whole.conj().swapaxes(-1, -2)) / 2
    traces = np.einsum("bii->b", hermitian).real
    if not np.isfinite(traces).all():
        raise ValueError("d_b is too large for this draw; the ensemble is 1/d to rounding there.")
    return hermitian / traces[:, None, None]


def _gammas(key: bytes, first: int, count: int, degrees: int, beta: int) -> npt.NDArray[np.float64]:
    """Return Gamma(degrees) variates for beta = 2, chi-square ones for beta = 1.

    A Wishart matrix of one row is such a number.
    """
    return _core.wishart_eigenvalues(key, first, count, 1, float(degrees), beta, False)[:, 0]
