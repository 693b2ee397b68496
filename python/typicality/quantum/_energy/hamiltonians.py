"""Hamiltonians whose energy shells Eq. (1) speaks of: the Ising and XXZ chains and the SYK model.

They are inputs, not the point: anything Hermitian may be given to `EnergyShell` in their place.
"""

from __future__ import annotations

import itertools
import math
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from typicality import _core
from typicality._arrays import Floats, dimension, real_number, refuse_oversize
from typicality._interruptible import interruptible
from typicality._random import RNG, key_of
from typicality.quantum._energy.observables import MOST_SPINS, pauli_sum
from typicality.quantum._random_states.sectors import sector_basis

__all__ = ["ising_chain", "syk", "xxz_chain"]

Indices = npt.NDArray[np.int64]

_LARGEST_STRENGTH: Final = 1e150


def ising_chain(
    n: int,
    *,
    coupling: float = 1.0,
    transverse: float,
    longitudinal: float = 0.0,
    periodic: bool = False,
) -> sparse.csr_array:
    """Return the Ising chain in a transverse and a longitudinal field.

    ``H = coupling sum_i Z_i Z_{i+1} + transverse sum_i X_i + longitudinal sum_i Z_i`` with Pauli
    matrices, whose eigenvalues are +-1 (not spin 1/2). With both fields present it is not
    integrable; ``coupling=1, transverse=-1.05, longitudinal=0.5`` is the usual chaotic point [1]_.

    Parameters
    ----------
    n : int
        Number of spins.
    coupling, transverse, longitudinal : float
        Strengths, in the unit of the energies.
    periodic : bool
        Close the chain by a bond from the last spin to the first; needs three spins.

    Returns
    -------
    scipy.sparse.csr_array
        Real symmetric, shape ``(2**n, 2**n)``.

    Raises
    ------
    ValueError
        If `n` is out of range or a strength is not finite or beyond 1e150.
    MemoryError
        If the matrix would not fit.

    References
    ----------
    .. [1] M. C. Banuls, J. I. Cirac and M. B. Hastings, Phys. Rev. Lett. 106, 050405 (2011).

    Examples
    --------
    >>> from typicality.quantum import ising_chain
    >>> ising_chain(2, transverse=0.0, longitudinal=0.5).diagonal()
    array([ 2., -1., -1.,  0.])
    >>> ising_chain(10, transverse=-1.05, longitudinal=0.5).shape
    (1024, 1024)
    """
    n = dimension(n, "n", maximum=MOST_SPINS)
    strength = _strength(coupling, "coupling")
    along_x = _strength(transverse, "transverse")
    along_z = _strength(longitudinal, "longitudinal")
    spins = [1 << (n - 1 - site) for site in range(n)]
    terms = [(0, spins[i] | spins[j], strength) for i, j in _bonds(n, periodic)]
    terms += [(spin, 0, along_x) for spin in spins]
    terms += [(0, spin, along_z) for spin in spins]
    return pauli_sum(terms, n)


def xxz_chain(
    n: int,
    *,
    coupling: float = 1.0,
    anisotropy: float,
    periodic: bool = False,
    magnetization: int | None = None,
) -> sparse.csr_array:
    """Return the XXZ chain, whole or in one sector of the conserved magnetization.

    ``H = coupling sum_i (X_i X_{i+1} + Y_i Y_{i+1} + anisotropy Z_i Z_{i+1})`` with Pauli matrices
    (a factor 4 above the spin-1/2 convention). ``anisotropy=1`` is the Heisenberg chain.

    Parameters
    ----------
    n : int
        Number of spins.
    coupling, anisotropy : float
        Strength of the bonds, and of their ZZ part relative to it.
    periodic : bool
        Close the chain by a bond from the last spin to the first; needs three spins.
    magnetization : int, optional
        Value of ``sum_i Z_i``, from ``-n`` to ``n`` in steps of 2. The sector's basis is that of
        the computational states with ``(n - magnetization) / 2`` ones, in ascending order.

    Returns
    -------
    scipy.sparse.csr_array
        Real symmetric; ``2**n`` rows, or in a sector ``binomial(n, (n - magnetization) / 2)``.

    Raises
    ------
    ValueError
        If `n` or `magnetization` is out of range or a strength is not finite or beyond 1e150.
    MemoryError
        If the matrix would not fit.

    Examples
    --------
    >>> from typicality.quantum import xxz_chain
    >>> xxz_chain(2, anisotropy=1.0, magnetization=0).toarray()
    array([[-1.,  2.],
           [ 2., -1.]])
    >>> xxz_chain(12, anisotropy=0.5, magnetization=0).shape
    (924, 924)
    """
    n = dimension(n, "n", maximum=MOST_SPINS)
    strength = _strength(coupling, "coupling")
    along_z = _strength(anisotropy, "anisotropy") * strength
    bonds = _bonds(n, periodic)
    if magnetization is None:
        ones, size = None, 2**n
    else:
        sector = dimension(magnetization, "magnetization", minimum=-n, maximum=n)
        if (n - sector) % 2:
            raise ValueError(f"magnetization must be even or odd as n={n} is; got {sector}.")
        ones = (n - sector) // 2
        size = math.comb(n, ones)
    refuse_oversize(
        size * (len(bonds) + 2) * 48,
        f"An XXZ chain with {size} basis states",
        "Choose a smaller sector with magnetization=.",
    )
    states = np.arange(size, dtype=np.int64) if ones is None else sector_basis(n, ones)
    rows, columns = [np.arange(size)], [np.arange(size)]
    diagonal = np.zeros(size)
    data = [diagonal]
    for i, j in bonds:
        pair = (1 << (n - 1 - i)) | (1 << (n - 1 - j))
        unequal = np.flatnonzero(np.bitwise_count(states & pair) == 1)
        diagonal += along_z
        diagonal[unequal] -= 2.0 * along_z
        rows.append(unequal)
        # XX + YY exchanges unequal neighbors with amplitude 2 and kills equal ones.
        columns.append(np.searchsorted(states, states[unequal] ^ pair))
        data.append(np.full(unequal.size, 2.0 * strength))

    def assembled(values: Floats, at: Indices, to: Indices) -> sparse.csr_array:
        matrix = sparse.csr_array((values, (at, to)), shape=(size, size))
        matrix.eliminate_zeros()
        return matrix

    # SciPy's own loops over all entries, which look for no signals.
    return interruptible(
        assembled, np.concatenate(data), np.concatenate(rows), np.concatenate(columns)
    )


def syk(
    n_majorana: int, *, coupling: float = 1.0, order: int = 4, rng: RNG = None
) -> sparse.csr_array:
    """Draw a Sachdev-Ye-Kitaev Hamiltonian: all-to-all Gaussian couplings of Majorana fermions.

    ``H = i^(order/2) sum_{a<b<...} J_{ab...} chi_a chi_b ...`` over all products of `order`
    different Majoranas with ``{chi_a, chi_b} = delta_ab``, where the ``J`` are independent normals
    with variance ``(order - 1)! coupling^2 / n_majorana^(order - 1)`` [1]_. The Majoranas are
    written as Pauli strings (Jordan-Wigner): ``chi_{2j} = Z...Z X_j / sqrt 2`` and
    ``chi_{2j+1} = Z...Z Y_j / sqrt 2``, so H conserves the parity ``Z_0 Z_1 ...``.

    Parameters
    ----------
    n_majorana : int
        Number of Majoranas, even; they act on ``n_majorana / 2`` qubits.
    coupling : float
        The energy scale, J of the reference.
    order : int
        Majoranas in one product, even, at most `n_majorana`; 2 is a free model.
    rng : None, int, SeedSequence, BitGenerator or Generator
        Source of the couplings (SPEC 7).

    Returns
    -------
    scipy.sparse.csr_array
        Hermitian, complex, shape ``(2**(n_majorana / 2), 2**(n_majorana / 2))``.

    Raises
    ------
    ValueError
        If `n_majorana` or `order` is odd or out of range, or `coupling` is not finite or beyond
        1e150.
    MemoryError
        If the matrix would not fit.

    References
    ----------
    .. [1] J. Maldacena and D. Stanford, Phys. Rev. D 94, 106002 (2016), Eq. (2.1)-(2.2).

    Examples
    --------
    >>> from typicality.quantum import syk
    >>> h = syk(12, rng=1)
    >>> h.shape, float(abs(h - h.conj().T).max())
    ((64, 64), 0.0)
    """
    count = dimension(n_majorana, "n_majorana", minimum=2, maximum=2 * MOST_SPINS)
    factors = dimension(order, "order", minimum=2, maximum=count)
    for name, number in (("n_majorana", count), ("order", factors)):
        if number % 2:
            raise ValueError(f"{name} must be even; got {number}.")
    scale = _strength(coupling, "coupling")
    n, n_couplings = count // 2, math.comb(count, factors)
    # Products on different qubits flip different sets of them: as many bands at least.
    refuse_oversize(
        max(n_couplings * 400, 48 * 2**n * math.comb(n, min(factors, n))),
        f"An SYK Hamiltonian with {n_couplings} couplings of {count} Majoranas",
        "Take fewer Majoranas or a lower order.",
    )
    normals = _core.standard_normals(key_of(rng), b"syk", 0, 1, n_couplings, False)[0]
    deviation = scale * math.sqrt(math.factorial(factors - 1) / count ** (factors - 1))
    # Each Majorana carries 1/sqrt 2.
    couplings = deviation * 2.0 ** (-factors / 2) * 1j ** (factors // 2) * normals
    majoranas = [_majorana(index, n) for index in range(count)]
    terms: list[tuple[int, int, complex]] = []
    for value, chosen in zip(couplings, itertools.combinations(majoranas, factors), strict=True):
        x_mask, z_mask, phase = 0, 0, complex(value)
        for x_next, z_next, phase_next in chosen:
            # X^x Z^z X^x' Z^z' = (-1)^|z & x'| X^(x+x') Z^(z+z').
            sign = -1.0 if (z_mask & x_next).bit_count() % 2 else 1.0
            x_mask, z_mask, phase = x_mask ^ x_next, z_mask ^ z_next, phase * phase_next * sign
        terms.append((x_mask, z_mask, phase))
    return pauli_sum(terms, n).astype(np.complex128)


def _strength(value: float, name: str) -> float:
    # Sums of strengths must be floats, and for what is done with the matrix their squares too.
    return real_number(value, name, low=-_LARGEST_STRENGTH, high=_LARGEST_STRENGTH)


def _bonds(n: int, periodic: object) -> list[tuple[int, int]]:
    if not isinstance(periodic, bool | np.bool_):
        raise TypeError(f"periodic must be True or False; got {type(periodic).__name__}.")
    if periodic and n < 3:
        raise ValueError(f"periodic=True needs at least 3 spins; got n={n}.")
    return [(i, i + 1) for i in range(n - 1)] + ([(n - 1, 0)] if periodic else [])


def _majorana(index: int, n: int) -> tuple[int, int, complex]:
    site, second = divmod(index, 2)
    bit = 1 << (n - 1 - site)
    string_below = sum(1 << (n - 1 - j) for j in range(site))
    return (bit, string_below | bit, 1j) if second else (bit, string_below, 1.0)
