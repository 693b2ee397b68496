"""A block Krylov basis that can be restarted, widened and probed: what Lanczos iterations work on.

The state is the relation A V = V M + W C of a Hermitian operator A: V the orthonormal basis, M the
projection of A on it, W the next block, orthonormal to V, and C how the images of V reach it. It
holds to rounding through every step, so that the residuals of Ritz vectors are read off C.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from typicality._arrays import Floats
from typicality._interruptible import interruptible

__all__ = ["BLOCK", "BlockKrylov", "Ritz", "projected_out"]

Array = npt.NDArray[Any]

BLOCK: Final = 8
"""Vectors in a block: degenerate levels up to this multiplicity are found together."""
# A restart rotates the basis; shorter pieces of rows need no second basis.
_ROWS: Final = 1 << 13


class Ritz(NamedTuple):
    """Ritz values, ascending, their vectors in the basis and the norms of their residuals."""

    values: Floats
    rotation: Array
    residuals: Floats


class BlockKrylov:
    """An orthonormal basis of a block Krylov space, with the relation A V = V M + W C.

    Parameters
    ----------
    apply : callable
        Multiplies a block ``(D, k)`` by the Hermitian operator A.
    size : int
        `D`.
    dtype : dtype
        Of the basis: float64 or complex128.
    room : int
        Vectors that the basis may hold, at most `D`.
    width : int
        Random vectors that the space grows from.
    """

    def __init__(
        self,
        apply: Callable[[Array], Array],
        size: int,
        dtype: np.dtype[Any],
        room: int,
        width: int,
    ) -> None:
        self._apply = apply
        # A fixed start: the same operator is given the same answer.
        self._generator = np.random.default_rng(0)
        self._basis = np.empty((size, room), dtype=dtype, order="F")
        self._matrix = np.zeros((room, room), dtype=dtype)
        self._scale = 0.0
        self.size, self.room, self.used = size, room, 0
        self._next = self._random_block(width)
        self._coupling = np.zeros((width, 0), dtype=dtype)

    @property
    def width(self) -> int:
        """Vectors in the next block."""
        return int(self._next.shape[1])

    @property
    def full(self) -> bool:
        """Whether the next block has no room, or the space is exhausted."""
        return self.used == self.size or (
            self.room < self.size and self.used + self.width > self.room
        )

    def expand(self) -> None:
        """Add the next block to the basis."""
        # Fewer than a block are added only where that completes the whole space.
        width = min(self.width, self.room - self.used)
        old, used = self.used, self.used + width
        basis = self._basis[:, :used]
        basis[:, old:] = self._next[:, :width]
        image = self._apply(basis[:, old:])
        overlaps = projected_out(basis, image)
        self._matrix[:used, old:used] = overlaps
        self._matrix[old:used, :used] = overlaps.conj().T
        self._scale = max(self._scale, float(np.abs(overlaps).max()))
        self._next, last = self._orthonormal(image, [basis], self._scale)
        self._coupling = np.zeros((width, used), dtype=basis.dtype)
        self._coupling[:, old:] = last
        self.used = used

    def ritz(self) -> Ritz:
        """Return what the basis knows of the spectrum of A."""
        matrix = self._matrix[: self.used, : self.used]
        values, rotation = interruptible(np.linalg.eigh, matrix)
        if self.used == self.size:
            return Ritz(values, rotation, np.zeros(self.used))
        return Ritz(values, rotation, np.linalg.norm(self._coupling @ rotation, axis=0))

    def restart(self, ritz: Ritz, kept: int) -> None:
        """Shrink the basis to the first Ritz vectors."""
        self._rotate(ritz.rotation[:, :kept])
        self._matrix[:] = 0
        self._matrix[np.arange(kept), np.arange(kept)] = ritz.values[:kept]
        self._coupling = self._coupling @ ritz.rotation[:, :kept]
        self.used = kept

    def vectors(self, count: int) -> Array:
        """Return a copy of the first vectors of the basis."""
        return self._basis[:, :count].copy()

    def probe(self, width: int, steps: int, settled: Callable[[float, float, int], bool]) -> bool:
        """Grow a space from random vectors orthogonal to the basis, until enough was seen.

        Parameters
        ----------
        width : int
            How many random vectors.
        steps : int
            Most steps; at least one.
        settled : callable
            Takes the lowest and the highest Ritz value of A on the complement of the basis as it
            is now, and the number of steps; says whether to stop.

        Returns
        -------
        bool
            What `settled` said last. What was found stays in the basis.
        """
        held, waiting, coupling = self.used, self._next, self._coupling
        self._next = self._random_block(width)
        done = False
        for step in range(1, steps + 1):
            if self.full:
                break
            self.expand()
            inner = self._matrix[held : self.used, held : self.used]
            values = np.linalg.eigvalsh(inner)
            done = settled(float(values[0]), float(values[-1]), step)
            if done:
                break
        self._join(waiting, coupling)
        return done

    def _join(self, waiting: Array, coupling: Array) -> None:
        """Bring a block that had to wait, and how the first vectors reach it, back to the next."""
        if self.used == self.size:
            return
        basis = self._basis[:, : self.used]
        # The basis grew by directions of it; the matrix has what they account for.
        projected_out(basis, waiting)
        shared = projected_out(self._next, waiting)
        rest, inside = self._orthonormal(waiting, [basis, self._next], 1.0)
        width, held = self.width, coupling.shape[1]
        joined = np.zeros((width + rest.shape[1], self.used), dtype=basis.dtype)
        joined[:width] = self._coupling
        joined[:width, :held] += shared @ coupling
        joined[width:, :held] = inside @ coupling
        self._next, self._coupling = np.concatenate([self._next, rest], axis=1), joined

    def _orthonormal(self, image: Array, others: list[Array], scale: float) -> tuple[Array, Array]:
        """Return orthonormal columns and coefficients with image = columns @ coefficients.

        The columns are orthogonal to the others, as the image is up to rounding.
        """
        columns, coupling = np.linalg.qr(image)
        if float(np.abs(np.diag(coupling)).min()) > 1e-3 * scale:
            return columns, coupling
        # By singular values: what a column of rounding size is replaced by must not be a direction
        # that the columns after it have a share in.
        left, sizes, right = np.linalg.svd(coupling)
        columns, coupling = columns @ left, sizes[:, None] * right
        # Directions of rounding size mean an invariant subspace: the search goes on anywhere else.
        spent = sizes <= 1e-15 * scale
        coupling[spent] = 0
        columns[:, spent] = self._normals(int(spent.sum()))
        # Small ones were blown up with their rounding errors.
        for other in others:
            projected_out(other, columns)
        columns, again = np.linalg.qr(columns)
        return columns, again @ coupling

    def _random_block(self, width: int) -> Array:
        columns = self._normals(width)
        projected_out(self._basis[:, : self.used], columns)
        return np.linalg.qr(columns)[0]

    def _normals(self, width: int) -> Array:
        shape = (self.size, width)
        normals: Array = self._generator.standard_normal(shape)
        if self._basis.dtype.kind == "c":
            normals = normals + 1j * self._generator.standard_normal(shape)
        return normals

    def _rotate(self, rotation: Array) -> None:
        """Write the basis times `rotation` over its first columns, piece by piece."""
        used, kept = rotation.shape
        for start in range(0, self.size, _ROWS):
            rows = slice(start, start + _ROWS)
            self._basis[rows, :kept] = self._basis[rows, :used] @ rotation


def projected_out(basis: Array, image: Array) -> Array:
    """Make `image` orthogonal to the basis, in place, and return what it overlapped with.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.krylov import projected_out
    >>> image = np.ones((3, 1))
    >>> print(projected_out(np.eye(3)[:, :2], image).T, image.T)
    [[1. 1.]] [[0. 0. 1.]]
    """
    overlaps = _overlaps(basis, image)
    image -= basis @ overlaps
    # Twice is enough: what rounding left of the first time is removed.
    rest = _overlaps(basis, image)
    image -= basis @ rest
    return overlaps + rest


def _overlaps(basis: Array, image: Array) -> Array:
    # A conjugate of the image is small; one of the basis would be a second basis.
    return (image.conj().T @ basis).conj().T
