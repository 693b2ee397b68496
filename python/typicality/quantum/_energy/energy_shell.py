"""Energy shells of a Hamiltonian and the typical expectation values of Eq. (1) in them.

A shell is the span of all eigenvectors with energies in a window, P_E its projector and d its
dimension. Every state average over the shell depends on an observable O only through P_E O P_E.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt

from typicality._arrays import real_array
from typicality._progress import Progress
from typicality.quantum._energy.subspace import Subspace
from typicality.quantum._operators.completeness import Proof
from typicality.quantum._operators.diagonalization import (
    checked_window,
    levels_in_window,
    levels_nearest,
    resolved_within,
)
from typicality.quantum._operators.hermitian import hermitian_operator
from typicality.quantum._operators.level_basis import in_stated_basis

__all__ = ["EnergyShell"]


@dataclasses.dataclass(frozen=True, eq=False, repr=False, init=False)
class EnergyShell(Subspace):
    """The subspace spanned by the eigenvectors of a Hamiltonian within an energy window.

    Parameters
    ----------
    energies : array_like
        The `d` energies, in the unit of the Hamiltonian.
    basis : array_like
        Shape ``(D, d)``: eigenvectors as orthonormal columns.

    Raises
    ------
    TypeError
        If either does not hold numbers, or `energies` are complex.
    ValueError
        If the shapes do not fit, the shell is empty, or the columns are not orthonormal.

    Attributes
    ----------
    completeness : {"diagonalization", "inertia", "random vectors", None}
        Why no level of the window is missing, see `from_hamiltonian`: the whole spectrum was
        diagonalized; the levels are as many as the inertia of the Hamiltonian minus an energy says;
        or random vectors showed no other. None for a shell from its energies and basis.

    Notes
    -----
    Both arrays are kept as read-only copies in double precision.

    Examples
    --------
    >>> from typicality.quantum import EnergyShell, ising_chain, pauli
    >>> h = ising_chain(6, transverse=-1.05, longitudinal=0.5)
    >>> shell = EnergyShell.from_hamiltonian(h, window=(-2.0, 2.0))
    >>> shell
    EnergyShell(dimension=25, hilbert_dimension=64, energies from -1.77 to 1.92)
    >>> shell.sample(5, rng=1).shape
    (5, 64)
    """

    energies: npt.NDArray[np.float64]
    completeness: Proof | None
    _resolution: float

    def __init__(self, energies: npt.ArrayLike, basis: npt.ArrayLike) -> None:
        super().__init__(basis)
        levels = real_array(energies, "energies", ndim=1).astype(np.float64)
        if levels.size != self.dimension:
            raise ValueError(
                f"energies must name one energy for each of the {self.dimension} columns of basis; "
                f"got {levels.size}."
            )
        levels.flags.writeable = False
        object.__setattr__(self, "energies", levels)
        object.__setattr__(self, "completeness", None)
        object.__setattr__(self, "_resolution", resolved_within(levels, None))

    @classmethod
    def from_hamiltonian(
        cls,
        hamiltonian: object,
        *,
        window: tuple[float, float] | None = None,
        center: float | None = None,
        n_states: int | None = None,
        tolerance: float | None = None,
        progress: Progress | None = None,
    ) -> EnergyShell:
        """Diagonalize a Hamiltonian and keep an energy window or the states nearest an energy.

        Up to 2**13 dimensions any shell can be had, by dense diagonalization (``O(D^3)``, about a
        minute at the limit). Beyond, shells at the edges of the spectrum come from Lanczos
        iterations: the 200 lowest states of 18 spins in about a minute. They are complete for any
        multiplicity, and `completeness` says by which proof. Where the Hamiltonian is a matrix that
        is factorized fast, of a lattice in one or two dimensions, a band, dense up to 2e4
        dimensions, the number of levels is known from its inertia. Else random vectors
        orthogonal to what was found must show no other level, which would overlook one with a
        probability below 1e-12.

        Parameters
        ----------
        hamiltonian : array_like, sparse array, LinearOperator or Qobj
            Hermitian, of dimension `D`.
        window : (float, float)
            Lowest and highest energy, both included; infinities are allowed.
        center, n_states : float, int
            Instead of a window: the `n_states` levels nearest to the energy `center`; -inf and inf
            ask for the lowest and the highest.
        tolerance : float, optional
            Levels closer than this count as degenerate: they are not divided by the edge of a
            window, and `n_states` must not divide them. 1e-10 of the spectrum's extent by default.
        progress : callable, optional
            Called with a fraction done and a text. Lanczos iterations tell the share of the levels
            that they found; a dense diagonalization only how long it has been running.

        Returns
        -------
        EnergyShell
            Energies ascending. Eigenvectors are reported so that they do not depend, beyond
            rounding, on the eigensolver: each level's are what Gram and Schmidt make of the
            projections on it of fixed Gaussian vectors. Energies within 1e-12 of the size of the
            Hamiltonian are one level there.

        Raises
        ------
        ValueError
            If the Hamiltonian is not Hermitian, the window is empty, degenerate levels would be
            divided, or the shell lies inside the spectrum of more than 2**13 dimensions.
        TypeError
            Unless either `window` or both `center` and `n_states` are given.
        ConvergenceError
            If the Lanczos iterations do not converge, levels lie too close together to prove
            that none is missing, or their number is not the one that was counted.
        MemoryError
            If the eigenvectors would not fit.

        See Also
        --------
        microcanonical_states : Typical states inside a spectrum of any size.

        Examples
        --------
        >>> import numpy as np
        >>> from typicality.quantum import EnergyShell, ising_chain
        >>> h = ising_chain(8, transverse=-1.05, longitudinal=0.5)
        >>> EnergyShell.from_hamiltonian(h, center=0.0, n_states=20).dimension
        20
        """
        operator = hermitian_operator(hamiltonian, "hamiltonian")
        if window is not None and center is None and n_states is None:
            low, high = checked_window(window)
            levels = levels_in_window(operator, low, high, tolerance, progress)
        elif window is None and center is not None and n_states is not None:
            levels = levels_nearest(operator, center, n_states, tolerance, progress)
        else:
            raise TypeError("Give either window=(low, high) or both center= and n_states=.")
        energies, vectors, resolution, proof = levels
        basis = in_stated_basis(operator, energies, vectors)
        # Eigensolvers return orthonormal vectors; the check of the constructor would cost O(D d^2).
        return cls._trusted(energies, basis, resolution, proof)

    def within(self, window: tuple[float, float], *, tolerance: float | None = None) -> EnergyShell:
        """Return the part of the shell within a narrower window, without another diagonalization.

        Parameters
        ----------
        window : (float, float)
            Lowest and highest energy, both included; infinities are allowed.
        tolerance : float, optional
            Levels within this distance of an edge count as inside, so that rounding does not divide
            a multiplet. By default what `from_hamiltonian` used; for a shell from its energies and
            basis 1e-10 of the extent of its energies, or of the largest if that is more.

        Raises
        ------
        TypeError
            If `window` is not a pair of real numbers.
        ValueError
            If the shell has no level in the window, or an edge is NaN or the lower one above the
            higher.

        Examples
        --------
        >>> from typicality.quantum import EnergyShell, xxz_chain
        >>> levels = EnergyShell.from_hamiltonian(xxz_chain(6, anisotropy=1.0), window=(-20, 20))
        >>> triplet = levels.energies[2]
        >>> levels.within((triplet, triplet)).dimension
        3
        """
        low, high = checked_window(window)
        resolution = (
            self._resolution if tolerance is None else resolved_within(self.energies, tolerance)
        )
        inside = (self.energies >= low - resolution) & (self.energies <= high + resolution)
        if not inside.any():
            raise ValueError(
                f"window ({low:g}, {high:g}) contains no level of the shell, whose energies reach "
                f"from {self.energies.min():.6g} to {self.energies.max():.6g}."
            )
        basis = np.ascontiguousarray(self.basis[:, inside])
        return self._trusted(self.energies[inside], basis, resolution, self.completeness)

    def microcanonical_mean(self, observable: object) -> float:
        """Return ``tr(P_E O) / d``, the mean of <O> over the Haar states of the shell.

        Parameters
        ----------
        observable : array_like, sparse array, LinearOperator or Qobj
            As in `restriction`.
        """
        return float(np.trace(self.restriction(observable)).real) / self.dimension

    def microcanonical_variance(self, observable: object) -> float:
        """Return the variance of the eigenvalues of ``P_E O P_E``, Var_mc of Eq. (1).

        The variance of <O> over the Haar states of the shell is exactly ``Var_mc / (d + 1)``. The
        variance of O itself, ``tr(P_E O^2)/d - mean^2``, is larger unless O leaves the shell
        invariant.

        Parameters
        ----------
        observable : array_like, sparse array, LinearOperator or Qobj
            As in `restriction`.

        Returns
        -------
        float
            In the squared unit of the observable.

        References
        ----------
        .. [1] A. Sugita, Nonlinear Phenom. Complex Syst. 10, 192 (2007).

        Examples
        --------
        >>> from typicality.quantum import EnergyShell, ising_chain, pauli
        >>> h = ising_chain(6, transverse=-1.05, longitudinal=0.5)
        >>> shell = EnergyShell.from_hamiltonian(h, window=(-2.0, 2.0))
        >>> z = pauli("IIZIII")
        >>> variance = shell.microcanonical_variance(z)
        >>> 0 < variance < shell.microcanonical_mean(z @ z) - shell.microcanonical_mean(z) ** 2
        True
        """
        matrix = self.restriction(observable)
        mean = np.trace(matrix).real / self.dimension
        # Centered before squaring: the difference of two squares would cancel.
        matrix[np.diag_indices(self.dimension)] -= mean
        return float(np.sum(np.abs(matrix) ** 2)) / self.dimension

    def __repr__(self) -> str:
        """Return sizes and range of energies, never the arrays."""
        return (
            f"EnergyShell(dimension={self.dimension}, hilbert_dimension={self.hilbert_dimension}, "
            f"energies from {self.energies.min():.3g} to {self.energies.max():.3g})"
        )

    @classmethod
    def _trusted(
        cls,
        energies: npt.NDArray[np.float64],
        basis: npt.NDArray[Any],
        resolution: float,
        proof: Proof | None,
    ) -> EnergyShell:
        shell = object.__new__(cls)
        energies.flags.writeable = False
        basis.flags.writeable = False
        object.__setattr__(shell, "energies", energies)
        object.__setattr__(shell, "basis", basis)
        object.__setattr__(shell, "completeness", proof)
        object.__setattr__(shell, "_resolution", resolution)
        return shell
