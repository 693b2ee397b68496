"""Page's curve with a fixed number of particles: exact mean entropy, its variance, mean purity.

The weights w_k of the blocks of a reduced state (see `sector_blocks`) have a Dirichlet distribution
with parameters ``D_k = a_k b_k``, and the blocks are Haar-random of their own dimensions,
independent of the weights and of each other; so ``S = sum_k w_k S_k - sum_k w_k log w_k``.
"""

import math
from typing import NamedTuple

from typicality._arrays import beta_of
from typicality.quantum._averages.page import page_deficit, page_entropy, page_entropy_variance
from typicality.quantum._random_states.sectors import Block, sector_blocks
from typicality.spectra._polygamma import digamma_remainder, trigamma_remainder

__all__ = ["sector_mean_purity", "sector_page_entropy", "sector_page_entropy_variance"]


def sector_page_entropy(n: int, charge: int, n_a: int) -> float:
    """Return the exact mean entanglement entropy of Haar-random states with fixed particle number.

    ``sum_k (D_k / D) [S_Page(a_k, b_k) + psi(D + 1) - psi(D_k + 1)]`` with k the particles in A,
    ``a_k = binomial(n_a, k)``, ``b_k = binomial(n - n_a, charge - k)``, ``D_k = a_k b_k`` and
    ``D = binomial(n, charge)``. Complex states.

    Parameters
    ----------
    n : int
        Number of sites, up to 1000.
    charge : int
        Number of particles, from 0 to n; the magnetization of n spins is ``n - 2 charge``.
    n_a : int
        Sites of A, from 0 to n.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or out of range.

    See Also
    --------
    page_entropy : Without the conservation law.
    haar_sector_spectra : Draws of the spectra.

    References
    ----------
    .. [1] E. Bianchi, P. Dona, Phys. Rev. D 100, 105010 (2019).

    Examples
    --------
    >>> from typicality.quantum import page_entropy, sector_page_entropy
    >>> print(round(sector_page_entropy(2, 1, 1), 12))
    0.5
    >>> sector_page_entropy(40, 20, 20) < page_entropy(2**20, 2**20)
    True
    """
    blocks = sector_blocks(n, charge, n_a)
    total = math.comb(n, charge)
    return math.fsum(
        weight * (page_entropy(block.d_a, block.d_b) + _digamma_difference(total, block))
        for block, weight in _weighted(blocks, total)
    )


def sector_page_entropy_variance(n: int, charge: int, n_a: int) -> float:
    """Return the exact variance of the entropy of Haar-random states with fixed particle number.

    From the moments of the Dirichlet distribution, with psi_1 the trigamma function, s_k and v_k
    the mean and the variance of the entropy in block k and ``t_k = s_k - psi(D_k + 1)``:
    ``sum_k D_k (D_k + 1) [v_k + psi_1(D_k + 1)] / (D (D + 1)) - psi_1(D + 1)
    + Var_w(t) / (D + 1)``, where Var_w is the variance of the t_k with weights ``D_k / D``. Complex
    states.

    Parameters
    ----------
    n, charge, n_a
        As for `sector_page_entropy`.

    Returns
    -------
    float
        In nats squared.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or out of range.

    References
    ----------
    .. [1] E. Bianchi, P. Dona, Phys. Rev. D 100, 105010 (2019).

    Examples
    --------
    >>> from typicality.quantum import sector_page_entropy_variance
    >>> print(round(sector_page_entropy_variance(2, 1, 1), 9))
    0.035021978
    """
    blocks = sector_blocks(n, charge, n_a)
    total = math.comb(n, charge)
    parts = _weighted(blocks, total)
    inside = math.fsum(
        weight * _share(block.d_a * block.d_b + 1, total + 1) * page_entropy_variance(*block[1:])
        for block, weight in parts
    )
    if len(parts) == 1:
        return inside
    # D_k (D_k + 1) psi_1(D_k + 1) = D_k (1 + excess): the ones cancel against the last term.
    excess = math.fsum(w * _trigamma_excess(block.d_a * block.d_b) for block, w in parts)
    excess -= _trigamma_excess(total)
    offsets = [_offset(block) for block, _ in parts]
    mean = math.fsum(w * t for t, (_, w) in zip(offsets, parts, strict=True))
    spread = math.fsum(w * (t - mean) ** 2 for t, (_, w) in zip(offsets, parts, strict=True))
    return inside + (spread + excess) / (total + 1)


def sector_mean_purity(n: int, charge: int, n_a: int, *, field: str = "complex") -> float:
    """Return the exact mean of tr rho_A^2 over Haar-random states with fixed particle number.

    ``sum_k a_k b_k (a_k + b_k) / (D (D + 1))`` for complex and
    ``sum_k a_k b_k (a_k + b_k + 1) / (D (D + 2))`` for real states.

    Parameters
    ----------
    n, charge, n_a
        As for `sector_page_entropy`.
    field : {"complex", "real"}, optional
        Complex or real states.

    Returns
    -------
    float
        The mean, correctly rounded.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    Examples
    --------
    >>> from typicality.quantum import sector_mean_purity
    >>> print(round(sector_mean_purity(2, 1, 1), 12))
    0.666666666667
    """
    blocks = sector_blocks(n, charge, n_a)
    extra = 2 - beta_of(field)
    total = math.comb(n, charge)
    squares = sum(b.d_a * b.d_b * (b.d_a + b.d_b + extra) for b in blocks)
    return squares / (total * (total + 1 + extra))


class _Part(NamedTuple):
    block: Block
    weight: float


def _weighted(blocks: list[Block], total: int) -> list[_Part]:
    parts = [_Part(block, _share(block.d_a * block.d_b, total)) for block in blocks]
    return [part for part in parts if part.weight > 0.0]


def _share(part: int, total: int) -> float:
    return part / total


def _digamma_difference(total: int, block: Block) -> float:
    """Return psi(D + 1) - psi(D_k + 1), exactly 0 for a single block."""
    part = block.d_a * block.d_b
    halves = (part - total) / (2 * total * part)
    # Near 1 the weight has lost the digits of what it lacks.
    rare = 2 * part < total
    log = math.log(part / total) if rare else math.log1p(-((total - part) / total))
    return halves - log + digamma_remainder(total) - digamma_remainder(part)


def _offset(block: Block) -> float:
    """Return the mean entropy of a block minus psi(D_k + 1), without what cancels."""
    part = block.d_a * block.d_b
    deficit = page_deficit(block.d_a, block.d_b)
    return -math.log(max(block.d_a, block.d_b)) - deficit - 1 / (2 * part) - digamma_remainder(part)


def _trigamma_excess(x: int) -> float:
    """Return (x + 1) psi_1(x + 1) - 1, about 1/(2 x)."""
    return (x - 1) / (2 * x * x) + (x + 1) * trigamma_remainder(x)
