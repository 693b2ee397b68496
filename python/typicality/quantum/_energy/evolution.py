"""Time evolution exp(-i H t) of kets by Chebyshev polynomials: the relaxation behind Eq. (1).

No eigenvector is needed, so a quench of twenty spins is as good as one of ten.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import is_single, real_array, refuse_oversize
from typicality._progress import Progress
from typicality.quantum._operators.chebyshev import (
    Interval,
    apply_polynomial,
    chebyshev_coefficients,
    spectral_interval,
)
from typicality.quantum._operators.hermitian import hermitian_operator, in_natural_unit
from typicality.quantum._states.kets import kets

__all__ = ["evolved_states"]

_TOLERANCE = 1e-13
_TOLERANCE_SINGLE = 1e-7
_LARGEST_PHASE = 1e6


def evolved_states(
    hamiltonian: object,
    psi: npt.ArrayLike,
    times: npt.ArrayLike,
    *,
    progress: Progress | None = None,
) -> npt.NDArray[Any]:
    """Return exp(-i H t) psi at each of the times, with hbar = 1.

    Parameters
    ----------
    hamiltonian : array_like, sparse array, LinearOperator or Qobj
        Hermitian, of dimension `D`.
    psi : array_like
        Normalized kets, shape ``(..., D)``; a batch is evolved together.
    times : float or array_like
        Real times in the inverse unit of the energies, shape ``()`` or ``(n,)``, in any order,
        negative ones included. Each is reached from the one before it.
    progress : callable, optional
        Called with the fraction done and a text.

    Returns
    -------
    numpy.ndarray
        Shape ``(*times.shape, ..., D)``, complex; complex64 for single precision. Errors grow with
        the phase, t times half the spectrum's extent: about 1e-12 at 100 and 1e-9 at 10^6.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the Hamiltonian is not Hermitian, kets are not normalized or do not fit, or times, or the
        first one and zero, are more than 10^6 over half the spectrum's extent apart.
    MemoryError
        If the states would not fit.

    Notes
    -----
    A step of length t takes about t times half the spectrum's extent products with H.

    References
    ----------
    .. [1] H. Tal-Ezer, R. Kosloff, J. Chem. Phys. 81, 3967 (1984).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import evolved_states, pauli
    >>> up = np.array([1.0, 0.0])
    >>> states = evolved_states(pauli("X"), up, [0.0, np.pi / 4, np.pi / 2])
    >>> print((abs(states) ** 2).round(9))
    [[1.  0. ]
     [0.5 0.5]
     [0.  1. ]]
    """
    operator = hermitian_operator(hamiltonian, "hamiltonian")
    states = kets(psi)
    length = int(operator.shape[0])
    if states.shape[-1] != length:
        raise ValueError(
            f"psi has {states.shape[-1]} amplitudes, but hamiltonian acts on {length} dimensions."
        )
    moments = real_array(times, "times").astype(np.float64)
    if moments.ndim > 1:
        raise ValueError(f"times must have at most one axis; got shape {moments.shape}.")
    single = is_single(states.dtype)
    kind = np.dtype(np.complex64 if single else np.complex128)
    refuse_oversize(
        (moments.size + 5) * states.size * kind.itemsize,
        f"{states.size // length} states at {moments.size} times",
        "Evolve from time to time and keep what is looked at.",
    )
    result = np.empty((moments.size, *states.shape), dtype=kind)
    block = np.ascontiguousarray(states.reshape(-1, length).T).astype(kind)
    interval = spectral_interval(operator)
    _check_steps(moments.reshape(-1), interval.half)
    operator, unit = in_natural_unit(operator, abs(interval.center) + interval.half)
    interval = Interval(interval.center / unit, interval.half / unit)
    now = 0.0
    for index, moment in enumerate(moments.ravel()):
        step = (float(moment) - now) * unit
        if step != 0.0 and block.size:
            coefficients = chebyshev_coefficients(
                lambda energies, t=step: np.exp(-1j * t * energies),
                Interval(0.0, interval.half),
                1 / abs(step),
                _TOLERANCE_SINGLE if single else _TOLERANCE * max(1.0, abs(step) * interval.half),
            )
            # The phase of the middle apart: far from zero its rounding would blur the expansion.
            coefficients *= np.exp(-1j * step * interval.center)
            block = apply_polynomial(operator, interval, coefficients, block)
            # Rounding moves norms by a few digits in the last place at each step.
            block /= np.linalg.norm(block, axis=0)
        now = float(moment)
        result[index] = block.T.reshape(states.shape)
        if progress is not None:
            progress((index + 1) / moments.size, f"time {now:g}")
    return result.reshape(*moments.shape, *states.shape)


def _check_steps(moments: npt.NDArray[np.float64], half: float) -> None:
    with np.errstate(over="ignore"):
        longest = float(np.abs(np.diff(moments, prepend=0.0)).max(initial=0.0))
    if longest * half > _LARGEST_PHASE:
        raise ValueError(
            f"times must be at most {_LARGEST_PHASE / half:.6g} apart for this hamiltonian, which "
            f"is 10^6 over half the extent of its spectrum, about {half:.6g}; a step is "
            f"{longest:.6g}. Put times in between, or diagonalize it once with EnergyShell, where "
            "any time is a phase."
        )
