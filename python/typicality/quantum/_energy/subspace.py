"""Subspaces of a Hilbert space and what is typical of their Haar-random states.

P_E of Eq. (1) for any space that a state is confined to: an energy shell, a sector of a conserved
charge, a code. An average over the states depends on an observable O only through P_E O P_E.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import (
    batch_shape,
    beta_of,
    choice,
    draw_dtype,
    inexact_array,
    is_single,
)
from typicality._arrays import subsystems as checked_subsystems
from typicality._product import product
from typicality._random import RNG
from typicality.quantum._operators.hermitian import applied, hermitian_operator
from typicality.quantum._random_states.expectations import haar_expectations
from typicality.quantum._random_states.projected_states import projected_states
from typicality.quantum._states.partial_trace import reduced_density_matrix

__all__ = ["Subspace"]

Field = Literal["complex", "real"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False, init=False)
class Subspace:
    """The span of orthonormal vectors, with the Haar measure on its states.

    Parameters
    ----------
    basis : array_like
        Shape ``(D, d)``: orthonormal columns. Kept as a read-only copy in double precision.

    Raises
    ------
    TypeError
        If it does not hold numbers.
    ValueError
        If it has no column, more columns than rows, or columns that are not orthonormal.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._energy.subspace import Subspace
    >>> triplet = Subspace(np.array([[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]])
    ...                    / np.sqrt([1, 2, 1]))
    >>> triplet.dimension, triplet.hilbert_dimension
    (3, 4)
    """

    basis: npt.NDArray[Any]

    def __init__(self, basis: npt.ArrayLike) -> None:
        vectors = inexact_array(basis, "basis", ndim=2)
        if not 1 <= vectors.shape[1] <= vectors.shape[0]:
            raise ValueError(f"basis must have shape (D, d) with 1 <= d <= D; got {vectors.shape}.")
        deviation = _gram_deviation(vectors)
        if deviation > (1e-4 if is_single(vectors.dtype) else 1e-9):
            raise ValueError(
                "basis must have orthonormal columns; its Gram matrix differs from the identity by "
                f"{deviation:.3g}. Orthonormalize it with numpy.linalg.qr."
            )
        vectors = vectors.astype(np.result_type(vectors.dtype, np.float64))
        vectors.flags.writeable = False
        object.__setattr__(self, "basis", vectors)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what was pickled or copied; NumPy makes arrays writable on the way."""
        for name, value in state.items():
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    @property
    def dimension(self) -> int:
        """Dimension `d` of the subspace."""
        return int(self.basis.shape[1])

    @property
    def hilbert_dimension(self) -> int:
        """Dimension `D` of the space around it."""
        return int(self.basis.shape[0])

    def restriction(self, observable: object) -> npt.NDArray[Any]:
        """Return the matrix of ``P_E O P_E`` in the subspace's basis.

        Parameters
        ----------
        observable : array_like, sparse array, LinearOperator or Qobj
            Hermitian, of the Hilbert space's dimension `D`.

        Returns
        -------
        numpy.ndarray
            Shape ``(d, d)``, Hermitian, real where basis and observable are.

        Raises
        ------
        ValueError
            If the observable is not Hermitian or of another dimension.
        """
        operator = hermitian_operator(observable, "observable")
        if operator.shape[0] != self.hilbert_dimension:
            raise ValueError(
                f"observable must act on the {self.hilbert_dimension} dimensions around the "
                f"subspace; got shape {operator.shape}."
            )
        matrix = product(self.basis.conj().T, applied(operator, self.basis))
        return (matrix + matrix.conj().T) / 2

    def observable_spectrum(self, observable: object) -> npt.NDArray[np.float64]:
        """Return the eigenvalues of ``P_E O P_E`` on the subspace, ascending.

        Parameters
        ----------
        observable : array_like, sparse array, LinearOperator or Qobj
            As in `restriction`.

        Returns
        -------
        numpy.ndarray
            Shape ``(d,)``. The law of <O> over its states depends on these numbers only.
        """
        return _eigenvalues(self.restriction(observable))

    def sample(
        self,
        size: int | tuple[int, ...] | None = None,
        *,
        field: Field = "complex",
        rng: RNG = None,
        dtype: npt.DTypeLike | None = None,
    ) -> npt.NDArray[Any]:
        """Draw Haar-random states of the subspace: Gaussian vectors of the whole space, projected.

        Parameters
        ----------
        size : int or tuple of int, optional
            Batch shape.
        field : {"complex", "real"}
            Real superpositions, for a real basis only, have the orthogonal group's law.
        rng : None, int, SeedSequence, BitGenerator or Generator
            Source of the draw (SPEC 7).
        dtype : dtype-like, optional
            complex64 or float32 for single precision.

        Returns
        -------
        numpy.ndarray
            Shape ``(*size, D)``, normalized kets. For one seed they are equal up to rounding on any
            machine, and for any basis of the subspace: the signs and multiplets that eigensolvers
            return play no part.

        Raises
        ------
        ValueError
            If real states of a complex basis are asked for.
        MemoryError
            If the states would not fit.
        """
        self._check_field(field)
        beta = beta_of(field)
        kind = draw_dtype(dtype, beta, complex_result=True)
        return projected_states(self.basis, batch_shape(size), beta, kind, rng)

    def sample_expectations(
        self,
        observable: object,
        size: int | tuple[int, ...] | None = None,
        *,
        field: Field = "complex",
        rng: RNG = None,
    ) -> npt.NDArray[np.float64]:
        """Sample <O> from its exact distribution over the Haar states; no state is built.

        Parameters
        ----------
        observable : array_like, sparse array, LinearOperator or Qobj
            As in `restriction`.
        size : int or tuple of int, optional
            Batch shape.
        field : {"complex", "real"}
            Real superpositions, for a real basis only, see the real part of O only.
        rng : None, int, SeedSequence, BitGenerator or Generator
            Source of the draw (SPEC 7).

        Returns
        -------
        numpy.ndarray
            Shape `size`. One draw costs `d` Gamma variates after one diagonalization of
            ``P_E O P_E``; see `observable_spectrum` and `haar_expectations` to pay for that once.

        Raises
        ------
        ValueError
            If the observable does not fit, or real states of a complex basis are asked for.
        """
        self._check_field(field)
        matrix = self.restriction(observable)
        spectrum = _eigenvalues(np.real(matrix) if field == "real" else matrix)
        return haar_expectations(spectrum, size=size, field=field, rng=rng)

    def reduced_state(self, dims: npt.ArrayLike, keep: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the mean state of a subsystem A, ``Omega_A = tr_B P_E / d``.

        The mean of rho_A over the subspace's Haar states; ``I/d_A`` where the subspace is the whole
        space.

        Parameters
        ----------
        dims : sequence of int
            Dimensions of the subsystems, most significant first; their product is `D`.
        keep : sequence of int
            Indices of the subsystems that make up A, in the order of the result's factors.

        Returns
        -------
        numpy.ndarray
            Shape ``(d_A, d_A)``, a density matrix.

        Raises
        ------
        ValueError
            If `dims` do not multiply to `D` or `keep` is out of range or has duplicates.

        Examples
        --------
        >>> import numpy as np
        >>> from typicality.quantum import EnergyShell, ising_chain
        >>> h = ising_chain(6, transverse=-1.05, longitudinal=0.5)
        >>> shell = EnergyShell.from_hamiltonian(h, center=-np.inf, n_states=3)
        >>> omega = shell.reduced_state([2] * 6, [2])
        >>> float(np.round(np.trace(omega), 12))
        1.0
        """
        sizes, kept = self._parts(dims, keep)
        return self._reduced(sizes, kept)

    def mean_squared_distance(self, dims: npt.ArrayLike, keep: npt.ArrayLike) -> float:
        """Return the mean of ``||rho_A - Omega_A||_2^2`` over Haar states, exact.

        It is ``(d tr Omega_B^2 - tr Omega_A^2) / (d + 1)`` in the Hilbert-Schmidt norm without any
        factor 1/2, where Omega_A and Omega_B are the reduced states of A and of the rest.

        Parameters
        ----------
        dims, keep : sequence of int
            As in `reduced_state`.

        Returns
        -------
        float

        Examples
        --------
        >>> import numpy as np
        >>> from typicality.quantum import EnergyShell
        >>> whole = EnergyShell(np.arange(8.0), np.eye(8))
        >>> d_a, d = 2, 8
        >>> exact = (d_a**2 - 1) / (d_a * (d + 1))
        >>> round(whole.mean_squared_distance([2, 4], [0]) - exact, 12) + 0.0
        0.0
        """
        sizes, kept = self._parts(dims, keep)
        d = self.dimension
        purity_a = _purity(self._reduced(sizes, kept))
        purity_b = self._purity_of_rest(sizes, kept)
        return max(0.0, (d * purity_b - purity_a) / (d + 1))

    def trace_distance_bound(
        self, dims: npt.ArrayLike, keep: npt.ArrayLike, *, method: str = "hilbert-schmidt"
    ) -> float:
        """Return an upper bound on the mean trace distance of rho_A to Omega_A over Haar states.

        Canonical typicality: nearly every state of the subspace looks like Omega_A from A.

        Parameters
        ----------
        dims, keep : sequence of int
            As in `reduced_state`.
        method : {"hilbert-schmidt", "popescu-short-winter"}
            ``sqrt(d_A E||rho_A - Omega_A||_2^2) / 2``, the mean being `mean_squared_distance`,
            which is never the larger one, or the bound of the reference,
            ``sqrt(d_A tr Omega_B^2) / 2``. The 1/2 is the trace distance's; the reference omits it.

        Returns
        -------
        float
            At most 1.

        Raises
        ------
        ValueError
            As `reduced_state`, or if `method` is another word.

        References
        ----------
        .. [1] S. Popescu, A. J. Short, A. Winter, Nat. Phys. 2, 754 (2006).

        Examples
        --------
        >>> import numpy as np
        >>> from typicality.quantum import EnergyShell
        >>> whole = EnergyShell(np.arange(64.0), np.eye(64))
        >>> print(round(whole.trace_distance_bound([2, 32], [0]), 6))
        0.107417
        >>> print(whole.trace_distance_bound([2, 32], [0], method="popescu-short-winter"))
        0.125
        """
        word = choice(method, "method", ("hilbert-schmidt", "popescu-short-winter"))
        sizes, kept = self._parts(dims, keep)
        d_a = math.prod(sizes[i] for i in kept)
        if word == "hilbert-schmidt":
            squared = self.mean_squared_distance(sizes, kept)
        else:
            squared = self._purity_of_rest(sizes, kept)
        return min(1.0, math.sqrt(d_a * squared) / 2)

    def _purity_of_rest(self, sizes: tuple[int, ...], kept: tuple[int, ...]) -> float:
        rest = tuple(i for i in range(len(sizes)) if i not in kept)
        d_a = math.prod(sizes[i] for i in kept)
        d_b = math.prod(sizes[i] for i in rest)
        # The ket sum_i |i>|e_i>/sqrt(d) is pure, so B has the purity of A and the index together.
        smaller = rest if d_b <= self.dimension * d_a else (*kept, len(sizes))
        return _purity(self._reduced(sizes, smaller))

    def _check_field(self, field: Field) -> None:
        if beta_of(field) == 1 and self.basis.dtype.kind == "c":
            raise ValueError(
                "field='real' needs a real basis, and this one is complex: real superpositions "
                "of complex vectors depend on their phases. Use field='complex'."
            )

    def _parts(
        self, dims: npt.ArrayLike, keep: npt.ArrayLike
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        sizes, kept = checked_subsystems(dims, keep)
        if math.prod(sizes) != self.hilbert_dimension:
            raise ValueError(
                f"dims must multiply to the {self.hilbert_dimension} dimensions around the "
                f"subspace; got {sizes}."
            )
        return sizes, kept

    def _reduced(self, sizes: tuple[int, ...], kept: tuple[int, ...]) -> npt.NDArray[Any]:
        # P_E / d is the reduced state of one ket on D x d dimensions: the basis itself, row by row.
        ket = self.basis.reshape(-1)
        ket = ket / np.linalg.norm(ket)
        return reduced_density_matrix(ket, (*sizes, self.dimension), kept)


def _gram_deviation(basis: npt.NDArray[Any]) -> float:
    if basis.size and float(np.abs(basis).max()) > 2.0:
        # No normalized column has such an entry, and products of huge ones overflow.
        return math.inf
    largest = 0.0
    adjoint = basis.conj().T
    # By blocks of columns: the whole Gram matrix may be as large as the basis.
    for start in range(0, basis.shape[1], 512):
        block = product(adjoint, basis[:, start : start + 512])
        for column in range(block.shape[1]):
            block[start + column, column] -= 1.0
        largest = max(largest, float(np.abs(block).max()))
    return largest


def _eigenvalues(matrix: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return _core.hermitian_eigenvalues(np.ascontiguousarray(matrix)[None])[0]


def _purity(rho: npt.NDArray[Any]) -> float:
    return float(np.sum(np.abs(rho) ** 2))
