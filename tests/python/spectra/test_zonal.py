"""Moments of real Wishart matrices against all pairings and the chi-square law."""

import math

import pytest

from oracles.quantum import loops, pairings
from typicality.spectra._zonal import LARGEST_ZONAL_ORDER, real_wishart_moment

SIZES = [(1, 1), (1, 4), (2, 2), (2, 3), (3, 3), (5, 3), (4, 11)]


@pytest.mark.parametrize("order", range(1, 7))
def test_sum_over_pairings(order):
    found = [0] * len(SIZES)
    for pairs in pairings(list(range(2 * order))):
        rows, columns = loops(pairs, order, 1), loops(pairs, order, 0)
        found = [old + m**rows * n**columns for old, (m, n) in zip(found, SIZES, strict=True)]
    assert found == [real_wishart_moment(m, n, order) for m, n in SIZES]


@pytest.mark.parametrize("order", [1, 7, 20, LARGEST_ZONAL_ORDER])
def test_one_row_is_chi_square(order):
    for n in (1, 2, 9, 2**200):
        exact = math.prod(n + 2 * i for i in range(order))
        assert real_wishart_moment(1, n, order) == real_wishart_moment(n, 1, order) == exact


def test_both_sides_have_one_spectrum():
    for order in (5, 12, 33):
        assert real_wishart_moment(7, 11, order) == real_wishart_moment(11, 7, order)
