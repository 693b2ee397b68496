"""Moments of real Wishart matrices in exact integers, by zonal polynomials.

E tr W^k is a sum over all pairings of 2k Gaussian factors, (2k - 1)!! of them. Zonal polynomials
collect them: tr W^k expands in those of the partitions whose third row has at most one cell, some
k^2 / 4, and the mean of each is a product over its cells.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from itertools import accumulate, groupby
from operator import mul
from typing import Final

__all__ = ["LARGEST_ZONAL_ORDER", "real_wishart_moment"]

# Up to this order the sum takes a second where dimensions have a thousand bits.
LARGEST_ZONAL_ORDER: Final = 64


def real_wishart_moment(m: int, n: int, order: int) -> int:
    """Return E tr W^order, W = G G^T with G of shape (m, n), its entries standard normal.

    With rows i and columns j of the cells counted from 0, a cell's arm a and leg l, it is
    2 k sum_kappa prod' (2 j - i) prod (m + 2 j - i) (n + 2 j - i) / prod (2 a + l + 1)(2 a + l + 2)
    over partitions kappa of k, the first product without the corner cell.

    Parameters
    ----------
    m, n : int
        Dimensions.
    order : int
        From 1 to `LARGEST_ZONAL_ORDER`.

    References
    ----------
    .. [1] P. J. Hanlon, R. P. Stanley, J. R. Stembridge, Contemp. Math. 138, 151 (1992).
    .. [2] R. P. Stanley, Adv. Math. 77, 76 (1989).

    Examples
    --------
    >>> from typicality.spectra._zonal import real_wishart_moment
    >>> real_wishart_moment(1, 1, 3), real_wishart_moment(2, 3, 1)
    (15, 6)
    """
    # Of the cells (0, j), (1, j) and (2 + i, 0): products of the first so many factors.
    first, second, column = (
        _products((m + shift) * (n + shift) for shift in shifts) for shifts in _contents(order)
    )
    numerators, denominator = _coefficients(order)
    total = 0
    for a, group in groupby(numerators, key=lambda term: term[0][0]):
        total += first[a] * sum(number * second[b] * column[c] for (_, b, c), number in group)
    return total // denominator


@cache
def _coefficients(order: int) -> tuple[tuple[tuple[tuple[int, int, int], int], ...], int]:
    """Return shapes (a, b, 1^c) with the numerators over one denominator that depend on k alone."""
    theta = [_products(s or 1 for s in shifts) for shifts in _contents(order)]
    found: dict[tuple[int, int, int], Fraction] = {}
    for a in range(1, order + 1):
        for b in range(min(a, order - a) + 1):
            c = order - a - b
            if c and not b:
                continue
            arms_and_legs = [
                (a - 1, (b > 0) + c),
                *((a - 1 - j, int(j < b)) for j in range(1, a)),
                *((b - 1 - j, c if j == 0 else 0) for j in range(b)),
                *((0, c - 1 - i) for i in range(c)),
            ]
            hooks = math.prod((2 * x + y + 1) * (2 * x + y + 2) for x, y in arms_and_legs)
            weight = theta[0][a] * theta[1][b] * theta[2][c]
            found[a, b, c] = Fraction(2 * order * weight, hooks)
    common = math.lcm(*(value.denominator for value in found.values()))
    return tuple((shape, int(value * common)) for shape, value in found.items()), common


def _contents(order: int) -> tuple[range, range, range]:
    """Return 2 j - i for the first row, the second and the first column from the third row on."""
    return range(0, 2 * order, 2), range(-1, 2 * order - 1, 2), range(-2, -2 - order, -1)


def _products(factors: Iterable[int]) -> list[int]:
    return list(accumulate(factors, mul, initial=1))
