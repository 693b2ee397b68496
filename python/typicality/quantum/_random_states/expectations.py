"""Expectation values of Haar-random states, sampled from their exact distribution.

The left-hand side of Eq. (1) for an observable that is known by its spectrum: the weights of its
eigenspaces follow a Dirichlet distribution, and no state is built.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import (
    Floats,
    batch_shape,
    beta_of,
    large_dimension,
    output_array,
    real_array,
)
from typicality._random import RNG, draw, key_of

__all__ = ["haar_expectations", "spectrum_of_observable"]

Size = int | tuple[int, ...] | None

_BITS_OF_INTEGERS: Final = 63


def haar_expectations(
    eigenvalues: npt.ArrayLike,
    multiplicities: npt.ArrayLike | None = None,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Draw <psi|O|psi> of Haar-random states, given the spectrum of the observable O.

    The weights of the eigenspaces follow a Dirichlet law, one Gamma variate a distinct eigenvalue,
    so a projector in a space of 2^60 dimensions costs two.

    Parameters
    ----------
    eigenvalues : array_like
        Eigenvalues of O, shape ``(k,)``. In an energy shell: those of P_E O P_E.
    multiplicities : array_like, optional
        Their multiplicities, positive integers, shape ``(k,)``; all 1 by default.
    size, field, rng, out
        As for `haar_states`; "real" takes real states and a real symmetric observable.

    Returns
    -------
    numpy.ndarray
        Shape ``size``, float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, empty or out of range.

    Examples
    --------
    >>> from typicality.quantum import haar_expectations
    >>> x = haar_expectations([0.0, 1.0], [2**59, 2**59], size=1000, rng=1)
    >>> print(round(float(x.mean()), 6), x.shape)
    0.5 (1000,)
    """
    values, counts = spectrum_of_observable(eigenvalues, multiplicities)
    beta, shape, key = beta_of(field), batch_shape(size), key_of(rng)
    n_levels = values.size
    target = output_array(out, shape, (), np.float64)
    drawn = draw(
        lambda first, count: _core.haar_expectations(
            key, first, count, values, counts, beta, target
        ),
        shape,
        bytes_per_sample=8,
        what="The expectation values",
        cheaper="Draw them in parts, or merge equal eigenvalues by their multiplicities.",
        # Multiplicities, deviations and shapes.
        scratch=lambda count: 24 * n_levels * min(count, 1),
        out=out,
    )
    # One value alone is a number.
    return drawn[()] if out is None else drawn


def spectrum_of_observable(
    eigenvalues: npt.ArrayLike, multiplicities: npt.ArrayLike | None
) -> tuple[Floats, Floats]:
    """Return eigenvalues and multiplicities as checked float64 vectors of one length."""
    values = real_array(eigenvalues, "eigenvalues", ndim=1).astype(np.float64, copy=False)
    if values.size == 0:
        raise ValueError("eigenvalues must have at least one entry; got an empty array.")
    if multiplicities is None:
        return values, np.ones_like(values)
    counts = _counts(multiplicities)
    if counts.shape != values.shape:
        raise ValueError(
            f"multiplicities must have one entry for each of the {values.size} eigenvalues; "
            f"got {counts.size}."
        )
    if counts.min() < 1 or not np.array_equal(counts, np.floor(counts)):
        raise ValueError("multiplicities must be positive integers.")
    with np.errstate(over="ignore"):
        total = float(counts.sum())
    if not math.isfinite(total):
        raise ValueError("multiplicities must have a finite sum.")
    return values, counts


def _counts(multiplicities: npt.ArrayLike) -> Floats:
    if isinstance(multiplicities, list | tuple) and any(
        isinstance(count, int) and count.bit_length() > _BITS_OF_INTEGERS
        for count in multiplicities
    ):
        # Integers that no dtype holds; only their logarithms matter.
        return np.array([_exact_count(count) for count in multiplicities])
    return real_array(multiplicities, "multiplicities", ndim=1).astype(np.float64, copy=False)


def _exact_count(count: object) -> float:
    # Whole floats pass here as they do in an array.
    if isinstance(count, float | np.floating) and count.is_integer():
        count = int(count)
    return float(large_dimension(count, "multiplicities"))
