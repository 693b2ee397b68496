"""The lowest levels of a large Hermitian operator by block Lanczos iterations, none overlooked.

They span the P_E of Eq. (1) at the edge of a spectrum. Blocks find degenerate levels together, and
turn the orthogonalization, which is most of the work for hundreds of levels, into matrix products.
A block of b vectors sees at most b partners of a degenerate level, whatever rounding adds: so the
levels that were found are returned only when they are as many as the inertia of H - E says, or a
space that grew from new random vectors, orthogonal to all of them, shows no other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats, refuse_oversize
from typicality._interruptible import interruptible
from typicality._product import product
from typicality._progress import Progress
from typicality.errors import ConvergenceError
from typicality.quantum._operators.chebyshev import ritz_values, spectral_interval
from typicality.quantum._operators.completeness import CompletenessProof, Proof
from typicality.quantum._operators.hermitian import Operator, applied
from typicality.quantum._operators.inertia import LevelCounter, level_counter
from typicality.quantum._operators.krylov import BLOCK, BlockKrylov, Ritz
from typicality.quantum._operators.spectral_filter import SpectralFilter, spectral_filter

__all__ = ["Levels", "levels_up_to", "lowest_levels"]

Array = npt.NDArray[Any]

# Residual of a level relative to the operator's extent.
_RESIDUAL: Final = 1e-12
_RESOLUTION: Final = 1e-10
_ROUNDING: Final = 1e-12
# How far above an edge its levels may be counted, relative to the operator's extent.
_EDGE_WIDTHS: Final = (1e-9, 1e-6)
_MOST_STEPS: Final = 4000
# Vectors that a basis has room for beside the wanted ones, if all take little memory.
_DEEP: Final = 192
_LITTLE_MEMORY: Final = 2**29
# Restarts of one basis after which a larger one is tried; with all levels found one counts as five.
_MOST_RESTARTS: Final = 60


class Levels(NamedTuple):
    """Energies, ascending, eigenvectors as columns, and why no level is missing."""

    energies: Floats
    vectors: Array
    proof: Proof


def lowest_levels(
    operator: Operator,
    count: int,
    progress: Progress | None = None,
    *,
    resolution: float | None = None,
) -> Levels:
    """Return the `count` lowest eigenvalues, ascending, and orthonormal eigenvectors as columns.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        Hermitian, of dimension `D`.
    count : int
        How many, at most a quarter of `D` to be faster than diagonalization.
    progress : callable, optional
        Called with the share of the levels that have converged and a text.
    resolution : float, optional
        Levels closer than this count as degenerate; 1e-10 of the operator's norm by default.

    Returns
    -------
    energies, vectors, proof
        Shapes ``(count,)`` and ``(D, count)``. Residuals are below 1e-11 of the operator's norm.
        Degenerate levels are complete but for the highest, of which there are as many partners as
        `count` leaves room for.

    Raises
    ------
    ConvergenceError
        If the residuals do not fall within 4000 steps, or levels lie too close together to prove
        that none is missing.
    MemoryError
        If a basis of about 3 `count` vectors would not fit.

    Notes
    -----
    Block Lanczos iterations with full reorthogonalization and thick restarts [1]_, for the lowest
    levels of -T_k(H) instead of H, T_k a Chebyshev polynomial that grows below an energy which has
    about four times as many levels below it: products with H are cheap, dimensions are not. Where
    no inertia proves that all levels were found, see `inertia.level_counter`, the probability that
    one is overlooked is below 1e-12, see `completeness.overlooked`.

    References
    ----------
    .. [1] K. Wu, H. Simon, SIAM J. Matrix Anal. Appl. 22, 602 (2000).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.lanczos import lowest_levels
    >>> energies, vectors, proof = lowest_levels(np.diag(np.arange(100.0)), 3)
    >>> print(energies.round(9) + 0.0, vectors.shape, proof)
    [0. 1. 2.] (100, 3) inertia
    """
    search = _Search(operator, resolution, progress)

    def wanted(ritz: Ritz, tool: SpectralFilter) -> int:
        del ritz, tool
        return count

    def edge(values: Floats, tool: SpectralFilter) -> float | None:
        # Of the highest level partners may be missing, of those below it none.
        energies = tool.energies(values[:count])
        apart = np.flatnonzero(np.diff(energies) > search.resolution)
        return float(energies[apart[-1]]) + search.resolution / 2 if apart.size else None

    energies, vectors, proof = search.run(count, wanted, edge, None, f"{count} levels")
    return Levels(energies[:count], vectors[:, :count], proof)


def levels_up_to(
    operator: Operator,
    high: float,
    progress: Progress | None = None,
    *,
    resolution: float | None = None,
) -> Levels:
    """Return all eigenvalues up to `high`, ascending, and orthonormal eigenvectors as columns.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        Hermitian, of dimension `D`.
    high : float
        Energy up to which levels are wanted.
    progress, resolution
        As for `lowest_levels`; levels less than `resolution` above `high` count as below it.

    Returns
    -------
    energies, vectors, proof
        Shapes ``(n,)`` and ``(D, n)``, complete for any multiplicity; ``n = 0`` if there is no
        level.

    Raises
    ------
    ValueError
        If more than a quarter of all levels lie below `high`.
    ConvergenceError, MemoryError
        As for `lowest_levels`.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.lanczos import levels_up_to
    >>> energies, _, _ = levels_up_to(np.diag(np.repeat([0.0, 1.0, 2.0], [20, 30, 950])), 1.5)
    >>> print(energies.size, energies.round(9).sum())
    50 30.0
    """
    search = _Search(operator, resolution, progress)
    # Energies are known to rounding, and a multiplet at the edge must not be divided.
    above = high + search.resolution + _ROUNDING * search.norm
    quadrature = search.quadrature
    below = quadrature.values <= above
    # Gauss's rule without its last node is a lower bound of the density of states up to it; with
    # as many nodes as there are distinct levels it is the density of states.
    last = -1 if float(quadrature.residuals.max()) > 1e-10 * search.norm else None
    surely = float(quadrature.weights[below][:last].sum()) * search.size
    if surely > max(search.size / 3, search.size / 4 + 1000):
        raise ValueError(_too_many(f"about {surely:.0f} or more", search.size))

    def wanted(ritz: Ritz, tool: SpectralFilter) -> int:
        # Within rounding of the edge it is the energies that decide.
        return int(np.count_nonzero(ritz.values <= tool.value(above) + tool.slack(ritz.values)))

    def edge(values: Floats, tool: SpectralFilter) -> float | None:
        del values, tool
        return above

    guess = int(1.2 * float(quadrature.weights[below].sum()) * search.size) + 2 * BLOCK
    number = search.count(above)
    if number is not None:
        if number > search.size // 4:
            raise ValueError(_too_many(str(number), search.size))
        guess = number + 2 * BLOCK
    energies, vectors, proof = search.run(guess, wanted, edge, above, "levels")
    inside = energies <= above
    return Levels(energies[inside], np.ascontiguousarray(vectors[:, inside]), proof)


class _Search:
    """The lowest levels of an operator: filter, basis, proof that none is missing."""

    def __init__(
        self, operator: Operator, resolution: float | None, progress: Progress | None
    ) -> None:
        self.operator, self.progress = operator, progress
        self.size = int(operator.shape[0])
        self.overflowed = False
        self.kind = np.result_type(operator.dtype or np.complex128, np.float64)
        self.quadrature = ritz_values(operator)
        ends = self.quadrature.values[[0, -1]]
        self.norm = max(float(np.abs(ends).max()), 1e-300)
        self.top = spectral_interval(operator, self.quadrature)
        asked = _RESOLUTION * self.norm if resolution is None else resolution
        # Energies are known to rounding, whatever is asked for.
        self.resolution = max(asked, _ROUNDING * self.norm)
        self.proof: Proof = "random vectors"
        self.disagreement = ""

    @functools.cached_property
    def counter(self) -> LevelCounter | None:
        """What counts levels below energies, if it takes no longer than to find them."""
        return level_counter(self.operator)

    def count(self, above: float) -> int | None:
        """Return how many levels lie up to an energy, close to it included, if that can be told."""
        if self.counter is None:
            return None
        for width in _EDGE_WIDTHS:
            number = self.counter.below(above, above + width * self.norm)
            if number is not None:
                return number
        return None

    def run(
        self,
        capacity: int,
        wanted: Callable[[Ritz, SpectralFilter], int],
        edge: Callable[[Floats, SpectralFilter], float | None],
        above: float | None,
        text: str,
    ) -> Levels:
        """Look for levels with growing bases and lower cuts until all are found."""
        most = max(capacity, self.size // 4) if above is None else self.size // 4
        capacity = min(capacity, max(most, 1))
        cut_at = 4 * capacity + 2 * BLOCK
        while True:
            tool = spectral_filter(
                self.operator, self.quadrature, self.top, capacity, cut_at, above
            )
            vectors = self._vectors(tool, capacity, wanted, edge, text)
            if vectors is None:
                if capacity >= most:
                    self._give_up(above, capacity, most)
                capacity = min(2 * capacity, most)
                cut_at = max(cut_at, 4 * capacity + 2 * BLOCK)
                continue
            inner = product(vectors.conj().T, self._image(vectors))
            energies, rotation = interruptible(np.linalg.eigh, inner)
            # A level at the cut or above is not told from those that the polynomial damps.
            cut = tool.interval.center - tool.interval.half
            if tool.degree > 1 and energies.size and energies[-1] >= cut:
                cut_at *= 2
                continue
            vectors = product(vectors, rotation)
            self._check(vectors, energies)
            return Levels(energies, vectors, self.proof)

    def _give_up(self, above: float | None, capacity: int, most: int) -> None:
        if above is not None and self.overflowed:
            raise ValueError(_too_many(f"more than {most}", self.size))
        raise ConvergenceError(
            f"{self.disagreement}Beyond the levels asked for, {capacity} of {self.size} lie too "
            "close together to prove that none is missing. Choose a window that ends in a gap of "
            "the spectrum."
        )

    def _check(self, vectors: Array, energies: Floats) -> None:
        residual = self._image(vectors) - vectors * energies
        largest = float(np.abs(residual).max(initial=0.0))
        if largest > 1e-11 * self.norm:
            raise ConvergenceError(
                f"Lanczos iterations left residuals of {largest:.3g} for {energies.size} levels. "
                "Ask for fewer, or for a narrower window."
            )

    def _image(self, vectors: Array) -> Array:
        """Return the operator times the vectors, some at a time so that Ctrl-C is heard."""
        image = np.empty_like(vectors)
        for start in range(0, vectors.shape[1], BLOCK):
            columns = slice(start, start + BLOCK)
            image[:, columns] = applied(self.operator, vectors[:, columns])
        return image

    def _vectors(
        self,
        tool: SpectralFilter,
        capacity: int,
        wanted: Callable[[Ritz, SpectralFilter], int],
        edge: Callable[[Floats, SpectralFilter], float | None],
        text: str,
    ) -> Array | None:
        """Return vectors that span the levels, or None if there are more than `capacity`."""
        size, block = self.size, min(BLOCK, self.size)
        # Deeper spaces restart less often, where they take little memory.
        deep = min(capacity + _DEEP, _LITTLE_MEMORY // (self.kind.itemsize * size))
        room = min(size, max(3 * capacity, capacity + 64, deep) // block * block + 2 * block)
        refuse_oversize(
            self.kind.itemsize * size * (room + 2 * capacity + 4 * block),
            f"A Lanczos basis of {room} vectors of dimension {size}",
            "Ask for fewer levels.",
        )
        basis = BlockKrylov(tool.apply, size, self.kind, room, block)
        beta = 1 if self.kind.kind == "f" else 2
        proof = CompletenessProof(basis, tool, beta, lambda: self.counter)
        looked_at = restarts = 0
        for _ in range(_MOST_STEPS):
            basis.expand()
            due = basis.used >= looked_at + max(6 * block, basis.used // 8)
            if not (basis.full or (due and basis.used > block)):
                continue
            looked_at = basis.used
            ritz = basis.ritz()
            need = wanted(ritz, tool)
            if basis.used == size:
                self.proof = "diagonalization"
                basis.restart(ritz, min(need, size))
                return basis.vectors(min(need, size))
            self.overflowed = need > capacity
            if self.overflowed or restarts > _MOST_RESTARTS:
                return None
            found = int(np.count_nonzero(_settled(ritz, tool)[:need]))
            self._tell(found, need, text)
            if found == need < basis.used:
                if proof.holds(ritz, need, edge(ritz.values, tool)):
                    self.proof = proof.by
                    return basis.vectors(need)
                looked_at, self.disagreement = basis.used, proof.disagreement
            if basis.full:
                # The wanted levels and some of the next ones, which shield them.
                kept = min(need + (room - need) // 3, basis.used - basis.width)
                basis.restart(basis.ritz(), kept)
                # All found, but not proven to be all: a larger basis sees a gap sooner.
                restarts += 5 if found == need else 1
        raise ConvergenceError(
            f"Lanczos iterations did not find {text} of {size} within {_MOST_STEPS} steps. "
            "Ask for fewer, or for a narrower window."
        )

    def _tell(self, found: int, need: int, text: str) -> None:
        if self.progress is not None:
            self.progress(found / max(need, 1), f"{found} of {need} {text} found")


def _settled(ritz: Ritz, tool: SpectralFilter) -> npt.NDArray[np.bool_]:
    """Say which Ritz vectors are eigenvectors."""
    extent = np.maximum(tool.ceiling - ritz.values, 0.0)
    largest = max(abs(float(ritz.values[0])), abs(float(ritz.values[-1])), 1e-300)
    if tool.degree == 1:
        extent = np.full_like(extent, largest)
    return ritz.residuals <= _RESIDUAL * extent


def _too_many(number: str, size: int) -> str:
    return (
        f"the window holds {number} of {size} levels, too many for Lanczos iterations. Choose a "
        "narrower window, or draw typical states with microcanonical_states."
    )
