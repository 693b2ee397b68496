"""Haar-random states with a fixed number of particles: reduced states, spectra, Page's curve.

Of n sites, each empty or occupied, `charge` are occupied; for spins, `charge` point down and the
magnetization ``sum_i Z_i`` is ``n - 2 charge``. The reduced state of the first `n_a` sites has a
block for each number k of particles among them, ``G_k G_k^H`` with G_k of shape (a_k, b_k),
``a_k = binomial(n_a, k)``, ``b_k = binomial(n - n_a, charge - k)``: independent Wishart matrices
that share one normalization. As everywhere, the large side costs nothing.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import (
    batch_shape,
    beta_of,
    dimension,
    draw_dtype,
    refuse_oversize,
    short_number,
    subsystems,
)
from typicality._random import RNG, Seeds
from typicality.quantum._states.kets import kets
from typicality.spectra._wishart import LARGEST_SPECTRUM, wishart_eigenvalues, wishart_matrices

__all__ = [
    "Block",
    "haar_sector_reduced_states",
    "haar_sector_spectra",
    "sector_basis",
    "sector_blocks",
    "sector_reduced_density_matrix",
]

Size = int | tuple[int, ...] | None

MOST_SITES: Final = 1000
"""Sites of a sector of which only numbers of states are needed."""
_MOST_LISTED: Final = 62


class Block(NamedTuple):
    """The states with `charge` particles in A: so many of A, times so many of the rest."""

    charge: int
    d_a: int
    d_b: int


def sector_basis(n: int, charge: int) -> npt.NDArray[np.int64]:
    """Return the computational states of n sites of which `charge` are occupied.

    Parameters
    ----------
    n : int
        Number of sites, up to 62.
    charge : int
        Number of ones in a state's bits, from 0 to `n`.

    Returns
    -------
    numpy.ndarray
        Shape ``(binomial(n, charge),)``, ascending; site 0 is the most significant bit. The order
        is that of ``xxz_chain(n, magnetization=n - 2 * charge)``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or out of range.
    MemoryError
        If the states would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import haar_states, sector_basis
    >>> states = sector_basis(4, 2)
    >>> print([f"{state:04b}" for state in states])
    ['0011', '0101', '0110', '1001', '1010', '1100']

    A state of the sector as one of all four sites:

    >>> psi = np.zeros(2**4, dtype=complex)
    >>> psi[states] = haar_states(len(states), rng=1)
    """
    sites = dimension(n, "n", maximum=_MOST_LISTED)
    ones = dimension(charge, "charge", minimum=0, maximum=sites)
    size = math.comb(sites, ones)
    refuse_oversize(
        24 * size,
        f"A sector of {size} basis states",
        "haar_sector_spectra samples the spectra of its states without listing them.",
    )
    # Pascal's triangle on lists of states: those without the leading bit, then those with it.
    by_ones = [np.zeros(1, dtype=np.int64)] + [np.zeros(0, dtype=np.int64)] * ones
    for bit in range(sites):
        # Lists that the result is not made of would take more memory than it.
        fewest = max(1, ones - (sites - 1 - bit))
        for k in range(min(ones, bit + 1), fewest - 1, -1):
            by_ones[k] = np.concatenate([by_ones[k], by_ones[k - 1] | (1 << bit)])
    return by_ones[ones]


def haar_sector_spectra(
    n: int,
    charge: int,
    n_a: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
) -> npt.NDArray[Any]:
    """Draw the squared Schmidt coefficients of Haar-random states with a fixed particle number.

    The states are uniform on the unit sphere of the sector; the cut divides n_a sites from the
    others. Each block's spectrum comes from the bidiagonal model, as in `haar_schmidt_spectra`.

    Parameters
    ----------
    n, charge : int
        Number of sites and of particles; the magnetization of n spins is ``n - 2 charge``.
    n_a : int
        Sites on one side of the cut, from 0 to n.
    size : None, int or tuple of int, optional
        Batch shape; None draws one spectrum without a batch axis.
    field : {"complex", "real"}, optional
        Complex or real states.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        Where the randomness comes from (SPEC 7), as for `haar_states`.
    dtype : dtype, optional
        float64 or float32.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, sum_k min(a_k, b_k))``, descending, sum 1: the nonzero eigenvalues of
        either side's reduced state.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range, or a block has more than 2**20
        eigenvalues.
    MemoryError
        If the spectra would not fit.

    See Also
    --------
    sector_page_entropy, sector_mean_purity : The exact means, for up to 1000 sites.

    Notes
    -----
    The time grows as the sum of the squared numbers of eigenvalues of the blocks: 40 sites at half
    filling take seconds for n_a = 14 and some twenty for n_a = 16. Sixteen states take hardly
    longer than four, since they are worked on together: draw all that are wanted in one call.

    Examples
    --------
    >>> from typicality.quantum import haar_sector_spectra, sector_page_entropy, spectrum_entropy
    >>> p = haar_sector_spectra(40, 10, 4, size=100, rng=1)
    >>> p.shape, round(float(spectrum_entropy(p).mean()), 3)
    ((100, 16), 2.247)
    >>> print(round(sector_page_entropy(40, 10, 4), 3))
    2.247
    """
    blocks = sector_blocks(n, charge, n_a)
    beta, shape = beta_of(field), batch_shape(size)
    kind = draw_dtype(dtype, beta, complex_result=False)
    lengths = [min(block.d_a, block.d_b) for block in blocks]
    if max(lengths) > LARGEST_SPECTRUM:
        raise ValueError(
            "every block must have at most 2**20 eigenvalues, whose draw takes hours; the largest "
            f"of n={n}, charge={charge}, n_a={n_a} has {short_number(max(lengths))}. "
            "sector_page_entropy and sector_mean_purity are exact for up to 1000 sites."
        )
    refuse_oversize(
        3 * 8 * math.prod(shape) * sum(lengths),
        "The spectra",
        "Draw them in parts, or take sector_page_entropy and sector_mean_purity, which are exact.",
    )
    seeds = Seeds(rng)
    # Sums of squares of independent normals: the common trace is all that couples the blocks.
    values = np.concatenate(
        [
            wishart_eigenvalues(
                min(block.d_a, block.d_b),
                max(block.d_a, block.d_b),
                shape,
                field=field,
                rng=seeds.seed("sector", block.charge),
            )
            for block in blocks
        ],
        axis=-1,
    )
    values.sort(axis=-1)
    values /= values.sum(axis=-1, keepdims=True)
    return np.ascontiguousarray(values[..., ::-1].astype(kind, copy=False))


def haar_sector_reduced_states(
    n: int,
    charge: int,
    n_a: int,
    size: Size = None,
    *,
    field: str = "complex",
    rng: RNG = None,
    dtype: npt.DTypeLike | None = None,
) -> npt.NDArray[Any]:
    """Draw reduced density matrices of Haar-random states with a fixed particle number.

    Parameters
    ----------
    n, charge, n_a, size, field, rng
        As for `haar_sector_spectra`; the first n_a sites are kept.
    dtype : dtype, optional
        complex64 or float32 for single precision.

    Returns
    -------
    numpy.ndarray
        Shape ``(*size, 2**n_a, 2**n_a)`` in the computational basis of the n_a sites, with entries
        between states of equal particle number only: ``rho[..., s[:, None], s]`` with
        ``s = sector_basis(n_a, k)`` is the block of k particles.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.
    MemoryError
        If the matrices would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import haar_sector_reduced_states
    >>> rho = haar_sector_reduced_states(40, 20, 2, rng=1)
    >>> print(np.count_nonzero(rho), round(float(np.trace(rho).real), 12))
    6 1.0
    """
    blocks = sector_blocks(n, charge, n_a)
    beta, shape = beta_of(field), batch_shape(size)
    kind = draw_dtype(dtype, beta, complex_result=True)
    # NumPy's integers would overflow.
    count, order, double = math.prod(shape), 2 ** int(n_a), 8 * beta
    # About the trace: in this unit single precision holds the blocks.
    unit = float(math.comb(n, charge))
    largest = max(block.d_a for block in blocks)
    refuse_oversize(
        count * (order * order * kind.itemsize + 2 * double * largest * largest)
        + double * order * order,
        "The reduced states",
        "haar_sector_spectra draws their eigenvalues.",
    )
    seeds = Seeds(rng)
    rho = np.zeros((*shape, order, order), dtype=kind)
    trace = np.zeros(shape)
    for block in blocks:
        wishart = wishart_matrices(
            block.d_a, block.d_b, shape, field=field, rng=seeds.seed("sector", block.charge)
        )
        wishart /= unit
        trace += np.einsum("...ii->...", wishart).real
        states = sector_basis(n_a, block.charge) if n_a else np.zeros(1, dtype=np.int64)
        rho[..., states[:, None], states] = wishart
    rho /= trace[..., None, None].astype(kind)
    return rho


def sector_reduced_density_matrix(
    psi: npt.ArrayLike, n: int, charge: int, keep: npt.ArrayLike
) -> npt.NDArray[Any]:
    """Return the reduced density matrix of kets that are given in a sector's basis.

    The same as `reduced_density_matrix` of the kets on all ``2**n`` states, which are never built.

    Parameters
    ----------
    psi : array_like
        Normalized kets, shape ``(..., binomial(n, charge))``, in the order of `sector_basis`.
    n, charge : int
        Number of sites and of particles.
    keep : int or sequence of int
        Sites that are kept, without repetition; their order is that of the result's tensor factors.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., 2**n_keep, 2**n_keep)``; complex64 stays complex64, real kets give real
        matrices.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If a ket is not normalized or not of the sector's dimension, or `keep` repeats a site.
    MemoryError
        If the result would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import sector_reduced_density_matrix
    >>> w_state = np.ones(3) / np.sqrt(3)
    >>> print(sector_reduced_density_matrix(w_state, 3, 1, keep=0).round(6))
    [[0.666667 0.      ]
     [0.       0.333333]]
    """
    sites = dimension(n, "n", maximum=_MOST_LISTED)
    ones = dimension(charge, "charge", minimum=0, maximum=sites)
    _, kept = subsystems((2,) * sites, keep)
    size = math.comb(sites, ones)
    vectors = kets(psi, (size,))
    batch = vectors.shape[:-1]
    count, order = math.prod(batch), 2 ** len(kept)
    refuse_oversize(
        count * order * order * vectors.itemsize + vectors.nbytes + 48 * size,
        "The reduced density matrices",
        "Keep fewer sites, or pass fewer kets at once.",
    )
    states = sector_basis(sites, ones)
    part_a = _gathered(states, [sites - 1 - site for site in kept])
    part_b = _gathered(states, [sites - 1 - site for site in range(sites) if site not in kept])
    flat = vectors.reshape(count, size)
    rho = np.zeros((count, order, order), dtype=vectors.dtype)
    charges = np.bitwise_count(part_a)
    for k in np.unique(charges):
        # Every state of A with k particles meets every one of the rest with the others.
        members = np.flatnonzero(charges == k)
        members = members[np.lexsort((part_b[members], part_a[members]))]
        inside = np.unique(part_a[members])
        d_a = inside.size
        block = np.ascontiguousarray(flat[:, members])
        reduced = _core.reduced_density_matrix(block, [d_a, members.size // d_a], [0])
        rho[:, inside[:, None], inside] = reduced
    return rho.reshape(*batch, order, order)


def sector_blocks(n: int, charge: int, n_a: int) -> list[Block]:
    """Return the blocks of a sector's reduced states, by the number of particles in A.

    Examples
    --------
    >>> from typicality.quantum._random_states.sectors import sector_blocks
    >>> sector_blocks(4, 1, 2)
    [Block(charge=0, d_a=1, d_b=2), Block(charge=1, d_a=2, d_b=1)]
    """
    sites = dimension(n, "n", maximum=MOST_SITES)
    ones = dimension(charge, "charge", minimum=0, maximum=sites)
    inside = dimension(n_a, "n_a", minimum=0, maximum=sites)
    outside = sites - inside
    return [
        Block(k, math.comb(inside, k), math.comb(outside, ones - k))
        for k in range(max(0, ones - outside), min(inside, ones) + 1)
    ]


def _gathered(states: npt.NDArray[np.int64], bits: list[int]) -> npt.NDArray[np.int64]:
    """Return the numbers that these bits of the states make up, the first most significant."""
    result = np.zeros_like(states)
    for bit in bits:
        result <<= 1
        result |= (states >> bit) & 1
    return result
