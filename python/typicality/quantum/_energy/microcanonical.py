"""Typical states of an energy shell too large to list, by filtering Haar-random states.

Eq. (1) holds for almost all states of a shell; in the middle of the spectrum of 20 spins a shell
has 10^5 eigenvectors that nobody can compute. exp(-(H - E)^2 / (4 delta^2)) on a Haar-random state
is a typical state of the shell all the same, and costs products with H only.
"""

from __future__ import annotations

import math
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse.linalg import LinearOperator

from typicality import _core
from typicality._arrays import (
    batch_shape,
    beta_of,
    draw_dtype,
    is_single,
    real_number,
    refuse_oversize,
)
from typicality._progress import Progress
from typicality._random import RNG, Seeds, draw, key_of
from typicality.quantum._operators.chebyshev import (
    LARGEST_DEGREE,
    Interval,
    apply_polynomial,
    chebyshev_coefficients,
    mean_and_square,
    spectral_interval,
)
from typicality.quantum._operators.hermitian import Operator, hermitian_operator, in_natural_unit

__all__ = ["microcanonical_states"]

Array = npt.NDArray[Any]

# Error of the filter relative to its largest value, and how much larger its states must be.
_TOLERANCE: Final = 1e-12
_TOLERANCE_SINGLE: Final = 1e-7
_LEAST_NORM: Final = 1e4
# Rounding of the energies moves the edges of a narrow window by this share of them.
_ROUNDING: Final = 16 * float(np.finfo(np.float64).eps)
# States further away than this many widths are not of the window.
_FAR: Final = 4.0
_MOST_COLUMNS: Final = 16
_BLOCK_BYTES: Final = 1 << 30


def microcanonical_states(
    hamiltonian: object,
    energy: float,
    width: float,
    size: int | tuple[int, ...] | None = None,
    *,
    field: Literal["complex", "real"] = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
    progress: Progress | None = None,
) -> Array:
    """Draw typical states of a window of energies, of a spectrum of any size.

    Each is exp(-(H - energy)^2 / (4 width^2)) applied to a Haar-random state and normalized: a
    typical state of the ensemble exp(-(H - energy)^2 / (2 width^2)) / Z, a microcanonical ensemble
    with a Gaussian window in place of sharp edges.

    Parameters
    ----------
    hamiltonian : array_like, sparse array, LinearOperator or Qobj
        Hermitian, of dimension `D`. Sparse is fastest: a real sparse H of 20 spins, ten states and
        a width of 1% of the spectrum take about a minute on two cores.
    energy : float
        Center of the window.
    width : float
        Standard deviation of the window, in the unit of the energies. A state's energies scatter by
        a little less where the density of states is curved.
    size : None, int or tuple of int, optional
        Batch shape; None draws one state without a batch axis.
    field : {"complex", "real"}, optional
        "real" draws real states, for a real Hamiltonian; half the work.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        Where the randomness comes from (SPEC 7). The first k of n states are the k states drawn
        with the same seed, up to rounding.
    dtype : dtype, optional
        complex64 or float32 for single precision, half the time and memory.
    progress : callable, optional
        Called with the fraction done and a text.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, D)``, norm 1.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If the Hamiltonian is not Hermitian, the window holds no states, or `width` is so small that
        the filter's degree would exceed 2**20: in the middle of the spectrum below about 2.6e-6 of
        its extent, 2e-6 in single precision.
    MemoryError
        If the states would not fit; refused before they are allocated.
    ConvergenceError
        If the operator does not keep within the bounds that Lanczos iterations found.

    See Also
    --------
    EnergyShell : A shell whose states can be listed, with exact means and laws.

    Notes
    -----
    The filter is a Chebyshev polynomial within 1e-12 of the Gaussian (1e-7 in single precision), or
    within 4e-15 of half the spectrum's extent over the width if that is more. Its degree is about
    2.6 times the spectrum's extent divided by the width. A window is said to hold no states if the
    filter leaves less than 1e4 times its error of a state's norm, 1e-8 (1e-3) as a rule, or states
    whose energies are more than four widths off `energy`.

    References
    ----------
    .. [1] S. Garnerone, T. R. de Oliveira, Phys. Rev. B 87, 214426 (2013).
    .. [2] T. Iitaka, T. Ebisuzaki, Phys. Rev. E 69, 057701 (2004).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import ising_chain, microcanonical_states
    >>> h = ising_chain(10, transverse=-1.05, longitudinal=0.5)
    >>> psi = microcanonical_states(h, energy=1.0, width=0.5, size=3, rng=1)
    >>> energies = np.einsum("ij,ij->i", psi.conj(), (h @ psi.T).T).real
    >>> psi.shape, bool((abs(energies - 1.0) < 0.2).all())
    ((3, 1024), True)
    """
    operator = hermitian_operator(hamiltonian, "hamiltonian")
    middle = real_number(energy, "energy")
    deviation = real_number(width, "width", low=0.0, low_open=True)
    shape, beta = batch_shape(size), beta_of(field)
    kind = draw_dtype(dtype, beta, complex_result=True)
    if beta == 1 and np.dtype(operator.dtype or complex).kind == "c":
        raise ValueError(
            "field='real' needs a real Hamiltonian, and this one is complex. Use field='complex'."
        )
    # Beside the states: three blocks of the recursion and one of its images.
    length = int(operator.shape[0])
    columns = max(1, min(math.prod(shape), _MOST_COLUMNS, _BLOCK_BYTES // (length * kind.itemsize)))
    refuse_oversize(
        (math.prod(shape) + 4 * columns) * length * kind.itemsize,
        f"{math.prod(shape)} states of dimension {length}",
        "Draw fewer at a time, or pass dtype='complex64'.",
    )
    key = key_of(Seeds(rng).seed("microcanonical"))
    window = _Window(operator, middle, deviation, kind)

    def kernel(first: int, count: int) -> Array:
        states = np.empty((count, length), dtype=kind)
        for start in range(0, count, columns):
            stop = min(start + columns, count)
            haar = _core.haar_states(
                key, first + start, stop - start, length, beta, is_single(kind)
            )
            states[start:stop] = window.filtered(haar.T, _part(progress, start, stop, count)).T
        return states

    return draw(
        kernel,
        shape,
        bytes_per_sample=length * kind.itemsize,
        what="The states",
        cheaper="Draw fewer at a time.",
    )


class _Window:
    """The Gaussian filter of one Hamiltonian as a polynomial."""

    def __init__(
        self, operator: Operator, energy: float, width: float, kind: np.dtype[Any]
    ) -> None:
        self.energy, self.width = energy, width
        self.interval: Interval = spectral_interval(operator)
        center, half = self.interval
        distance = abs(energy - center) - half
        if distance > _FAR * width:
            raise self._empty(f"the nearest level is {distance:.6g} away")
        scaled, self.unit = in_natural_unit(operator, abs(center) + half)
        self.operator = _in_precision(scaled, kind)
        self.scaled = Interval(center / self.unit, half / self.unit)
        self.tolerance = max(
            _TOLERANCE_SINGLE if is_single(kind) else _TOLERANCE, _ROUNDING * half / width
        )
        # By distances to the middle of the window, in widths: energies far from zero would blur it.
        self.coefficients = chebyshev_coefficients(
            lambda distances: np.exp(-((distances / 2) ** 2)),
            Interval((center - energy) / width, half / width),
            1.0,
            self.tolerance,
            f"width must be at least about {5.2 * half / LARGEST_DEGREE:.3g} here; got "
            f"{width:.6g}. Widen it, or list the levels with EnergyShell where they are few.",
        )

    def filtered(self, block: Array, progress: Progress | None) -> Array:
        """Return the filtered columns, normalized, or say that the window is empty."""
        states = apply_polynomial(self.operator, self.scaled, self.coefficients, block, progress)
        norms = np.linalg.norm(states, axis=0)
        if not norms.size:
            return states
        if float(norms.min()) < _LEAST_NORM * self.tolerance:
            raise self._empty(f"the filter leaves {float(norms.min()):.3g} of a state's norm")
        states /= norms
        mean, square = mean_and_square(self.operator, states, self.energy / self.unit)
        if math.sqrt(float(square.max())) * self.unit > _FAR * self.width:
            where = self.energy + float(mean[square.argmax()]) * self.unit
            raise self._empty(f"what the filter leaves lies at energies around {where:.6g}")
        return states

    def _empty(self, reason: str) -> ValueError:
        low = self.interval.center - self.interval.half
        return ValueError(
            f"The window of width {self.width:.6g} at energy {self.energy:.6g} holds no states: "
            f"{reason}. The spectrum lies within {low:.6g} to {low + 2 * self.interval.half:.6g}. "
            "Move energy into it or widen the window."
        )


def _in_precision(operator: Operator, kind: np.dtype[Any]) -> Operator:
    if not is_single(kind) or isinstance(operator, LinearOperator):
        return operator
    single = np.complex64 if operator.dtype.kind == "c" else np.float32
    if isinstance(operator, np.ndarray):
        return operator.astype(single)
    matrix: Any = operator
    return matrix.astype(single)


def _part(progress: Progress | None, start: int, stop: int, count: int) -> Progress | None:
    if progress is None:
        return None

    def report(fraction: float, text: str) -> None:
        progress((start + fraction * (stop - start)) / count, f"states {start} to {stop}: {text}")

    return report
