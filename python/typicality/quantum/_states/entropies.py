"""Entropies of given density matrices and kets: the left-hand side of Eq. (2).

All are functions of the eigenvalues alone, in nats unless `base` says otherwise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality.quantum._states.density_matrices import density_matrices
from typicality.quantum._states.density_spectrum import density_spectrum
from typicality.quantum._states.partial_trace import schmidt_spectrum
from typicality.quantum._states.spectrum_entropies import spectrum_capacity, spectrum_entropy

__all__ = [
    "entanglement_capacity",
    "entanglement_entropy",
    "hartley_entropy",
    "linear_entropy",
    "min_entropy",
    "purity",
    "renyi_entropy",
    "von_neumann_entropy",
]

Alpha = float | npt.ArrayLike


def renyi_entropy(
    rho: npt.ArrayLike, alpha: Alpha, *, base: float | None = None, tolerance: float | None = None
) -> npt.NDArray[Any]:
    """Return the Renyi entropy S_alpha = log(tr rho^alpha) / (1 - alpha) of density matrices.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    alpha : float or array_like
        Order, from 0 to infinity. 0 is the Hartley entropy (log of the rank), 1 von Neumann's,
        2 minus the log of the purity, infinity the min-entropy.
    base : float, optional
        Base of the logarithm, greater than 1; None gives nats.
    tolerance : float, optional
        By how much an entry of `rho` may differ from the adjoint's, a trace from 1 and an
        eigenvalue from the positive numbers, such as a solver's error. The entropy is then that of
        the nearest density matrix, see `nearest_density_matrix`. None allows rounding only.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``; an array of orders appends its axes. float32 for single precision.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a matrix is not a density matrix, or an order negative or NaN.

    Notes
    -----
    Eigenvalues below 4 d times the rounding error of the largest count as zero; of a reduced state
    of a ket, `entanglement_entropy` sees eigenvalues down to the square of that. For spectra
    without rounding use `spectrum_entropy`, which counts every positive number.

    References
    ----------
    .. [1] A. Renyi, Proc. 4th Berkeley Symp. Math. Stat. Prob. 1, 547 (1961).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import renyi_entropy
    >>> print(renyi_entropy(np.diag([0.75, 0.25]), [0, 1, 2, np.inf], base=2).round(6))
    [1.       0.811278 0.678072 0.415037]
    """
    return spectrum_entropy(density_spectrum(rho, tolerance=tolerance), alpha, base=base)


def von_neumann_entropy(
    rho: npt.ArrayLike, *, base: float | None = None, tolerance: float | None = None
) -> npt.NDArray[Any]:
    """Return von Neumann's entropy -tr rho log rho; see `renyi_entropy`.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    base, tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, in nats.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or `base` is not greater than 1.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import von_neumann_entropy
    >>> print(von_neumann_entropy(np.eye(4) / 4, base=2))
    2.0
    """
    return renyi_entropy(rho, 1.0, base=base, tolerance=tolerance)


def min_entropy(
    rho: npt.ArrayLike, *, base: float | None = None, tolerance: float | None = None
) -> npt.NDArray[Any]:
    """Return the min-entropy, -log of the largest eigenvalue; see `renyi_entropy`.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    base, tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, in nats.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or `base` is not greater than 1.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import min_entropy
    >>> print(min_entropy(np.diag([0.5, 0.25, 0.25]), base=2))
    1.0
    """
    return renyi_entropy(rho, math.inf, base=base, tolerance=tolerance)


def hartley_entropy(
    rho: npt.ArrayLike, *, base: float | None = None, tolerance: float | None = None
) -> npt.NDArray[Any]:
    """Return the Hartley entropy, the log of the rank; see `renyi_entropy`.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    base, tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, in nats.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or `base` is not greater than 1.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import hartley_entropy
    >>> print(hartley_entropy(np.diag([0.5, 0.5, 0.0]), base=2))
    1.0
    """
    return renyi_entropy(rho, 0.0, base=base, tolerance=tolerance)


def purity(rho: npt.ArrayLike, *, tolerance: float | None = None) -> npt.NDArray[Any]:
    """Return tr rho^2 of density matrices, from their entries.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, between 1/d and 1.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import purity
    >>> print(purity(np.diag([0.75, 0.25])))
    0.625
    """
    matrices = density_matrices(rho, tolerance=tolerance)
    return (np.abs(matrices) ** 2).sum(axis=(-2, -1))[()]


def linear_entropy(rho: npt.ArrayLike, *, tolerance: float | None = None) -> npt.NDArray[Any]:
    """Return 1 - tr rho^2, not rescaled: its largest value is 1 - 1/d.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices.

    Notes
    -----
    Taken as ``(tr rho)^2 - tr rho^2``, without the square of the largest diagonal entry in either:
    next to a product state of the basis nothing cancels.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import linear_entropy
    >>> print(linear_entropy(np.diag([0.75, 0.25])))
    0.375
    >>> print(linear_entropy(np.diag([1.0, 1e-20])))
    2e-20
    """
    matrices = density_matrices(rho, tolerance=tolerance)
    squares = np.abs(matrices) ** 2
    diagonal = np.einsum("...ii->...i", matrices).real.astype(np.float64)
    largest = diagonal.argmax(axis=-1)[..., None]
    top = np.take_along_axis(diagonal, largest, axis=-1)
    np.put_along_axis(diagonal, largest, 0.0, axis=-1)
    others = diagonal.sum(axis=-1, keepdims=True)
    # Each diagonal entry times the sum of all but itself.
    pairs = top * others + (diagonal * (top + (others - diagonal))).sum(axis=-1, keepdims=True)
    np.einsum("...ii->...i", squares)[...] = 0
    value = pairs[..., 0] - squares.sum(axis=(-2, -1), dtype=np.float64)
    return np.maximum(value, 0.0).astype(squares.dtype)[()]


def entanglement_capacity(
    rho: npt.ArrayLike, *, base: float | None = None, tolerance: float | None = None
) -> npt.NDArray[Any]:
    """Return the variance of -log rho in the state rho: tr rho log^2 rho - (tr rho log rho)^2.

    Called the capacity of entanglement where rho is a reduced state.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    base, tolerance : float, optional
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, in nats squared, or in units of the square of log(base).

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, or `base` is not greater than 1.

    References
    ----------
    .. [1] J. de Boer, J. Jarvela, E. Keski-Vakkuri, Phys. Rev. D 99, 066012 (2019).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import entanglement_capacity
    >>> print(entanglement_capacity(np.eye(3) / 3).round(12) + 0.0)
    0.0
    """
    return spectrum_capacity(density_spectrum(rho, tolerance=tolerance), base=base)


def entanglement_entropy(
    psi: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep: npt.ArrayLike,
    alpha: Alpha = 1.0,
    *,
    base: float | None = None,
) -> npt.NDArray[Any]:
    """Return the Renyi entropy of the reduced state of kets, from their Schmidt coefficients.

    Parameters
    ----------
    psi : array_like
        Normalized kets, shape ``(..., D)``.
    dims, keep
        Subsystems and those that are kept, as for `reduced_density_matrix`; keeping the others
        gives the same number.
    alpha, base
        As for `renyi_entropy`.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``; an array of orders appends its axes.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, kets are not normalized or `dims` do not fit.

    Notes
    -----
    Schmidt coefficients are as accurate as `schmidt_spectrum` says, and entropies of nearly product
    kets as the squares of the small ones: what the largest lacks of 1 is their sum. Of m
    coefficients those below 2 + sqrt(m) units of rounding of the largest count as zero. Entropies
    of orders near 0 see all above, which a reduced density matrix has lost, and also what a solver
    has left of errors in the ket: where these are larger, cut `schmidt_spectrum` and pass it to
    `spectrum_entropy`.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import entanglement_entropy
    >>> bell = np.array([1, 0, 0, 1]) / np.sqrt(2)
    >>> print(entanglement_entropy(bell, [2, 2], keep=[0], base=2).round(12))
    1.0
    """
    spectrum = schmidt_spectrum(psi, dims, keep)
    # Coefficients, not squared, at the level of rounding are zeros of rank-deficient kets: those of
    # product kets come out below a third of this.
    floor = ((2 + math.sqrt(spectrum.shape[-1])) * np.finfo(spectrum.dtype).eps) ** 2
    spectrum = np.where(spectrum > floor * spectrum.max(axis=-1, keepdims=True), spectrum, 0)
    return spectrum_entropy(spectrum, alpha, base=base)
