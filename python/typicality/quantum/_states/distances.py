"""Distances and distinguishability of two given density matrices (Sec. III of the paper).

The trace distance has its factor 1/2 here; the canonical-typicality literature often omits it.
Every function broadcasts batches of matrices against each other.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from typicality import _core
from typicality._arrays import Floats, real_number
from typicality._interruptible import interruptible
from typicality._product import product
from typicality.quantum._states.density_matrices import density_matrix_pair, refuse_negative
from typicality.quantum._states.density_spectrum import density_spectrum

__all__ = [
    "bures_distance",
    "chernoff_coefficient",
    "fidelity",
    "helstrom_probability",
    "hilbert_schmidt_distance",
    "relative_entropy",
    "trace_distance",
]

Array = npt.NDArray[Any]


def trace_distance(
    rho: npt.ArrayLike, sigma: npt.ArrayLike, *, tolerance: float | None = None
) -> Array:
    """Return (1/2) ||rho - sigma||_1, half the sum of the sizes of the eigenvalues.

    Parameters
    ----------
    rho, sigma : array_like
        Density matrices, shapes ``(..., d, d)``; batch axes broadcast.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, between 0 (equal) and 1 (orthogonal supports).

    Raises
    ------
    TypeError, ValueError
        If the arguments do not hold density matrices of one dimension.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import trace_distance
    >>> print(trace_distance(np.diag([1.0, 0.0]), np.eye(2) / 2))
    0.5
    """
    first, second = density_matrix_pair(rho, sigma, tolerance)
    distance = _half_trace_norm(first - second)
    return np.minimum(distance, distance.dtype.type(1))[()]


def hilbert_schmidt_distance(
    rho: npt.ArrayLike, sigma: npt.ArrayLike, *, tolerance: float | None = None
) -> Array:
    """Return ||rho - sigma||_2, the Frobenius norm of the difference (no factor 1/2).

    Parameters
    ----------
    rho, sigma, tolerance
        As for `trace_distance`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, at most sqrt(2).

    Raises
    ------
    TypeError, ValueError
        As for `trace_distance`.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import hilbert_schmidt_distance
    >>> print(hilbert_schmidt_distance(np.diag([0.9, 0.1]), np.diag([0.5, 0.5])).round(6))
    0.565685
    """
    first, second = density_matrix_pair(rho, sigma, tolerance)
    norm = np.linalg.norm(first - second, axis=(-2, -1))
    return np.minimum(norm, norm.dtype.type(math.sqrt(2)))[()]


def fidelity(rho: npt.ArrayLike, sigma: npt.ArrayLike, *, tolerance: float | None = None) -> Array:
    """Return Uhlmann's fidelity (tr |sqrt(rho) sqrt(sigma)|)^2, squared: |<psi|phi>|^2 for kets.

    Parameters
    ----------
    rho, sigma, tolerance
        As for `trace_distance`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As for `trace_distance`.

    References
    ----------
    .. [1] A. Uhlmann, Rep. Math. Phys. 9, 273 (1976).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import fidelity
    >>> print(fidelity(np.diag([1.0, 0.0]), np.eye(2) / 2).round(6))
    0.5
    """
    first, second = density_matrix_pair(rho, sigma, tolerance)
    # Singular values of the product of roots: an eigenvalue of sqrt(rho) sigma sqrt(rho) that is
    # rounding would enter with its square root.
    roots = interruptible(np.linalg.svdvals, product(_root(first, "rho"), _root(second, "sigma")))
    return np.minimum(roots.sum(axis=-1) ** 2, 1)[()]


def bures_distance(
    rho: npt.ArrayLike, sigma: npt.ArrayLike, *, tolerance: float | None = None
) -> Array:
    """Return sqrt(2 - 2 sqrt(F)), F the fidelity: the least distance between purifications.

    Parameters
    ----------
    rho, sigma, tolerance
        As for `trace_distance`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, between 0 and sqrt(2); without cancellation for neighboring states.

    Raises
    ------
    TypeError, ValueError
        As for `trace_distance`.

    Notes
    -----
    Eigenvalues that are rounding count as zero, as in `relative_entropy`. One just below that
    resolution would add 2 sqrt(d eps) to the distance at most.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import bures_distance
    >>> print(bures_distance(np.diag([1.0, 0.0]), np.diag([0.0, 1.0])).round(6))
    1.414214
    """
    first, second = density_matrix_pair(rho, sigma, tolerance)
    a, b = _root(first, "rho"), _root(second, "sigma")
    left, _, right = interruptible(np.linalg.svd, product(b.conj().swapaxes(-1, -2), a))
    # The unitary factor of the polar decomposition of b^H a turns b towards a as far as possible.
    norm = np.linalg.norm(a - product(b, product(left, right)), axis=(-2, -1))
    return np.minimum(norm, norm.dtype.type(math.sqrt(2)))[()]


def relative_entropy(
    rho: npt.ArrayLike,
    sigma: npt.ArrayLike,
    *,
    base: float | None = None,
    tolerance: float | None = None,
) -> Array:
    """Return tr rho (log rho - log sigma), infinite where rho leaves the support of sigma.

    Parameters
    ----------
    rho, sigma, tolerance
        As for `trace_distance`.
    base : float, optional
        Base of the logarithm, greater than 1; None gives nats.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, not negative.

    Raises
    ------
    TypeError, ValueError
        As for `trace_distance`.

    See Also
    --------
    gibbs_relative_entropy : To a Gibbs state given by its Hamiltonian, at any temperature.

    Notes
    -----
    Of diagonal matrices every eigenvalue is known, however small. Those of other matrices are known
    to about d eps, eps the rounding error of their precision: eigenvalues of sigma up to 4 d eps
    times its largest count as zero, and rho leaves the support of sigma where more than 4 d eps of
    its weight falls on them. So a sigma of full rank with eigenvalues that small gets infinity; if
    it is a Gibbs state, or any e^(-K) / Z, `gibbs_relative_entropy` takes H or K instead.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import relative_entropy
    >>> print(relative_entropy(np.diag([1.0, 0.0]), np.eye(2) / 2, base=2).round(6))
    1.0
    """
    first, second = density_matrix_pair(rho, sigma, tolerance)
    unit = 1.0 if base is None else math.log(real_number(base, "base", low=1.0, low_open=True))
    exact = _diagonal(first)
    p = np.where(exact[..., None], _diagonal_entries(first), density_spectrum(first, "rho"))
    q, vectors = _eigen(second, "sigma")
    # <j| rho |j> in the eigenbasis of sigma.
    weights = np.sum(vectors.conj() * product(first, vectors), axis=-2).real
    empty = q == 0
    leaked = np.where(empty, weights, 0).sum(axis=-1)
    logs = np.log(np.where(empty, 1, q))
    value = -special.entr(p).sum(axis=-1) - np.where(empty, 0, weights * logs).sum(axis=-1)
    rounding = 4 * p.shape[-1] * max(np.finfo(x.dtype).eps for x in (p, q))
    outside = leaked > np.where(exact & _diagonal(second), 0, rounding)
    kind = np.result_type(p, q)
    return np.where(outside, np.inf, np.maximum(value, 0) / unit + 0.0).astype(kind)[()]


def helstrom_probability(
    rho: npt.ArrayLike,
    sigma: npt.ArrayLike,
    *,
    prior: float = 0.5,
    tolerance: float | None = None,
) -> Array:
    """Return the largest probability of telling rho from sigma in one measurement.

    With equal priors it is (1 + T) / 2, T the trace distance: 1 for orthogonal supports only, which
    full knowledge of both density matrices does not change.

    Parameters
    ----------
    rho, sigma, tolerance
        As for `trace_distance`.
    prior : float, optional
        Probability that the state is rho.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, from the larger of the priors to 1.

    Raises
    ------
    TypeError, ValueError
        As for `trace_distance`, or if `prior` is not a probability.

    References
    ----------
    .. [1] C. W. Helstrom, Quantum Detection and Estimation Theory (1976).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import helstrom_probability
    >>> print(helstrom_probability(np.diag([1.0, 0.0]), np.eye(2) / 2))
    0.75
    """
    weight = real_number(prior, "prior", low=0.0, high=1.0)
    first, second = density_matrix_pair(rho, sigma, tolerance)
    best = 0.5 + _half_trace_norm(weight * first - (1 - weight) * second)
    return np.clip(best, best.dtype.type(max(weight, 1 - weight)), best.dtype.type(1))[()]


def chernoff_coefficient(
    rho: npt.ArrayLike,
    sigma: npt.ArrayLike,
    s: float | None = None,
    *,
    tolerance: float | None = None,
) -> Array:
    """Return tr rho^s sigma^(1 - s), or its least value over s in [0, 1].

    The error of telling n copies apart falls like the n-th power of the least value.

    Parameters
    ----------
    rho, sigma, tolerance
        As for `trace_distance`.
    s : float, optional
        Exponent in [0, 1]; powers are taken on the support, so that 0^0 = 0. None takes the least
        value over s.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, between 0 and 1.

    Raises
    ------
    TypeError, ValueError
        As for `trace_distance`, or if `s` is outside [0, 1].

    References
    ----------
    .. [1] K. M. R. Audenaert et al., Phys. Rev. Lett. 98, 160501 (2007).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import chernoff_coefficient
    >>> print(chernoff_coefficient(np.diag([0.8, 0.2]), np.diag([0.2, 0.8])).round(6))
    0.8
    """
    first, second = density_matrix_pair(rho, sigma, tolerance)
    p, left = _eigen(first, "rho")
    q, right = _eigen(second, "sigma")
    overlaps = (np.abs(product(left.conj().swapaxes(-1, -2), right)) ** 2).astype(np.float64)
    both = (p[..., :, None] > 0) & (q[..., None, :] > 0)
    shape = (*both.shape[:-2], both.shape[-1] ** 2)
    weights = np.where(both, overlaps, 0).reshape(shape)
    # Logarithms of the smallest numbers are moderate; their quotients are not.
    log_p, log_q = (np.log(np.where(x > 0, x, 1).astype(np.float64)) for x in (p, q))
    logs = tuple(
        np.where(both, x, 0).reshape(shape) for x in (log_p[..., :, None], log_q[..., None, :])
    )
    exponent = (
        _chernoff_exponent(weights, *logs) if s is None else real_number(s, "s", low=0.0, high=1.0)
    )
    value = _chernoff_terms(np.asarray(exponent), weights, *logs).sum(axis=-1)
    return np.minimum(value, 1.0).astype(np.result_type(p, q))[()]


def _chernoff_terms(s: Floats, weights: Floats, log_p: Floats, log_q: Floats) -> Floats:
    """Return the terms p^s q^(1 - s) |<p|q>|^2, whose sum is convex in s."""
    s = s[..., None]
    return weights * np.exp(s * log_p + (1 - s) * log_q)


def _chernoff_exponent(weights: Floats, log_p: Floats, log_q: Floats) -> Floats:
    # Bisection on the sign of the derivative; near a minimum inside f is flat, so 30 steps are
    # plenty, but not at an end, which is taken as it is.
    low, high = np.zeros(weights.shape[:-1]), np.ones(weights.shape[:-1])
    for _ in range(30):
        middle = (low + high) / 2
        terms = _chernoff_terms(middle, weights, log_p, log_q)
        slope = ((log_p - log_q) * terms).sum(axis=-1)
        low, high = np.where(slope < 0, middle, low), np.where(slope < 0, high, middle)
    return np.where(low == 0, 0.0, np.where(high == 1, 1.0, (low + high) / 2))


def _half_trace_norm(difference: Array) -> Array:
    d, batch = difference.shape[-1], difference.shape[:-2]
    flat = np.ascontiguousarray(difference).reshape(math.prod(batch), d, d)
    values = _core.hermitian_eigenvalues(flat).reshape(*batch, d)
    return (np.abs(values).sum(axis=-1) / 2).astype(values.dtype)[()]


def _eigen(matrices: Array, name: str) -> tuple[Array, Array]:
    values, vectors = interruptible(np.linalg.eigh, matrices)
    floor = 4 * matrices.shape[-1] * np.finfo(values.dtype).eps
    refuse_negative(values[..., 0], -16 * floor, name)
    values = np.where(values > floor * values[..., -1:], values, 0)
    exact = _diagonal(matrices)[..., None]
    identity = np.eye(matrices.shape[-1], dtype=vectors.dtype)
    values = np.where(exact, _diagonal_entries(matrices), values)
    return values, np.where(exact[..., None], identity, vectors)


def _diagonal(matrices: Array) -> npt.NDArray[np.bool_]:
    off_diagonal = ~np.eye(matrices.shape[-1], dtype=bool)
    return ~(matrices != 0).any(axis=(-2, -1), where=off_diagonal)


def _diagonal_entries(matrices: Array) -> Array:
    return np.maximum(np.einsum("...ii->...i", matrices).real, 0)


def _root(matrices: Array, name: str) -> Array:
    values, vectors = _eigen(matrices, name)
    return product(vectors * np.sqrt(values)[..., None, :], vectors.conj().swapaxes(-1, -2))
