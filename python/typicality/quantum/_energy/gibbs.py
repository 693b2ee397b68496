"""Relative entropy to a Gibbs state that is given by its Hamiltonian, not by its matrix.

The matrix e^(-beta H) / Z holds no digit of the populations that a relative entropy takes the
logarithms of, where they are below rounding; the Hamiltonian holds them all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from typicality._arrays import is_single, real_array, real_number
from typicality._interruptible import interruptible
from typicality.quantum._operators.hermitian import dense_matrix, hermitian_operator
from typicality.quantum._states.density_matrices import density_matrices
from typicality.quantum._states.density_spectrum import density_spectrum

__all__ = ["gibbs_relative_entropy"]

Array = npt.NDArray[Any]


def gibbs_relative_entropy(
    rho: npt.ArrayLike,
    hamiltonian: Any,
    beta: npt.ArrayLike,
    *,
    base: float | None = None,
    tolerance: float | None = None,
) -> Array:
    """Return S(rho || e^(-beta H) / Z), finite at every temperature.

    It is -S(rho) + beta tr rho H + log Z, and beta times what the free energy of rho lies above
    that of the Gibbs state: the nonequilibrium free energy.

    Parameters
    ----------
    rho : array_like
        Density matrices, shape ``(..., d, d)``.
    hamiltonian : array_like, sparse array, LinearOperator or object with ``full()``
        H, Hermitian, shape ``(d, d)``; it is diagonalized.
    beta : array_like
        Inverse temperatures, any finite real numbers; broadcast against the batch axes of `rho`.
        At 0 the Gibbs state is maximally mixed, at negative numbers the highest level is favored.
    base : float, optional
        Base of the logarithm, greater than 1; None gives nats.
    tolerance : float, optional
        As for `renyi_entropy`, of `rho`.

    Returns
    -------
    numpy.ndarray
        Not negative; the batch axes of `rho` and the axes of `beta`, broadcast. Right to rounding
        errors of S(rho) and beta tr rho (H - E), E the level of the largest population, which
        cancel next to the Gibbs state itself.

    Raises
    ------
    TypeError, ValueError
        If `rho` does not hold density matrices, H is not Hermitian or of another dimension, or the
        axes do not broadcast.

    See Also
    --------
    relative_entropy : To a state given by its matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import gibbs_relative_entropy, relative_entropy
    >>> mixed, levels = np.eye(4) / 4, np.array([0.0, 1.0, 1.0, 1.1])
    >>> print(gibbs_relative_entropy(mixed, np.diag(levels), [0.0, 1.0, 34.0]).round(6))
    [ 0.        0.115592 24.963706]
    """
    states = density_matrices(rho, tolerance=tolerance)
    matrix = dense_matrix(hermitian_operator(hamiltonian, "hamiltonian"))
    d, batch = states.shape[-1], states.shape[:-2]
    if matrix.shape[0] != d:
        raise ValueError(
            "rho and hamiltonian must act on one space; "
            f"their dimensions are {d} and {matrix.shape[0]}."
        )
    inverse = real_array(beta, "beta").astype(np.float64)
    try:
        np.broadcast_shapes(batch, inverse.shape)
    except ValueError as error:
        raise ValueError(
            "beta must broadcast against the batch axes of rho; "
            f"got shapes {inverse.shape} and {batch}."
        ) from error
    unit = 1.0 if base is None else math.log(real_number(base, "base", low=1.0, low_open=True))
    energies, vectors = interruptible(np.linalg.eigh, matrix)
    entropy = special.entr(density_spectrum(states).astype(np.float64)).sum(axis=-1)
    populations = np.einsum("ij,...ik,kj->...j", vectors.conj(), states, vectors, optimize=True)
    populations = np.maximum(populations.real.astype(np.float64), 0.0)
    value = np.empty(np.broadcast_shapes(batch, inverse.shape))
    with np.errstate(over="ignore"):
        # From the level of the largest population, whichever end that is: all terms are positive.
        gaps = {True: energies - energies[0], False: energies[-1] - energies}
        cold = inverse >= 0
        excess = np.where(cold, populations @ gaps[True], populations @ gaps[False])
        strength = np.abs(inverse)[..., None]
        weights = np.exp(-strength * np.where(cold[..., None], gaps[True], gaps[False]))
        # The largest population's own 1 stays outside, lest the others vanish beside it.
        log_z = np.log1p(np.where(cold, weights[..., 1:].sum(-1), weights[..., :-1].sum(-1)))
        value[...] = np.abs(inverse) * excess + log_z - entropy
    kind = np.float32 if is_single(states.dtype) else np.float64
    return (np.maximum(value, 0.0) / unit + 0.0).astype(kind)[()]
