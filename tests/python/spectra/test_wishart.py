"""Draws of Wishart and Gaussian matrices against matrices drawn entry by entry."""

import numpy as np
import pytest
from scipy import stats

from oracles.spectra import largest_wishart_cdf, wishart_by_hand
from typicality.spectra import (
    gaussian_matrices,
    tridiagonal_eigenvalues,
    wishart_eigenvalues,
    wishart_matrices,
)

SHAPES = [(1, 1), (1, 5), (2, 3), (3, 3), (5, 3), (7, 11)]
SIZE = 2000


def agree(first, second):
    """One number per matrix on each side: the same law."""
    return stats.ks_2samp(first, second).pvalue > 1e-3


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize(("p", "n"), SHAPES)
def test_three_routes_to_one_law(p, n, field):
    by_hand = wishart_by_hand(np.random.default_rng(5), p, n, SIZE, field)
    drawn = wishart_matrices(p, n, SIZE, field=field, rng=6)
    spectra = wishart_eigenvalues(p, n, SIZE, field=field, rng=7)
    assert drawn.shape == (SIZE, p, p)
    assert drawn.dtype == (np.complex128 if field == "complex" else np.float64)
    np.testing.assert_allclose(drawn, drawn.conj().swapaxes(-1, -2), rtol=0, atol=1e-13)
    assert spectra.shape == (SIZE, min(p, n))
    assert (np.diff(spectra, axis=-1) >= 0).all()
    assert (spectra >= 0).all()
    values = np.linalg.eigvalsh(by_hand)[:, -min(p, n) :]
    assert agree(spectra[:, -1], values[:, -1])
    assert agree(spectra[:, 0], values[:, 0])
    assert agree(spectra.sum(-1), np.einsum("ijj->i", by_hand).real)
    assert agree(np.linalg.eigvalsh(drawn)[:, -1], values[:, -1])
    assert agree(drawn[:, 0, 0].real, by_hand[:, 0, 0].real)
    if p > 1:
        assert agree(drawn[:, -1, 0].real, by_hand[:, -1, 0].real)
        assert agree(np.abs(drawn[:, 1, 0]), np.abs(by_hand[:, 1, 0]))


@pytest.mark.parametrize(
    ("m", "n", "field"),
    [(1, 3, "complex"), (3, 3, "complex"), (4, 7, "complex"), (2, 2, "real"), (2, 7, "real")],
)
def test_exact_law_of_the_largest_eigenvalue(m, n, field):
    largest = wishart_eigenvalues(m, n, 20000, field=field, rng=8)[:, -1]
    # Where the law is known at quantiles only, counts between them are multinomial.
    cuts = np.quantile(
        wishart_eigenvalues(m, n, 2000, field=field, rng=9)[:, -1], np.arange(1, 20) / 20
    )
    shares = np.diff([0.0, *(float(largest_wishart_cdf(m, n, t, field)) for t in cuts), 1.0])
    counts = np.histogram(largest, [0.0, *cuts, np.inf])[0]
    assert stats.chisquare(counts, 20000 * shares).pvalue > 1e-3


@pytest.mark.parametrize("field", ["complex", "real"])
def test_larger_side_costs_nothing(field):
    for n in (2**70, 2**500):
        scaled = wishart_matrices(3, n, 5, field=field, rng=1) / float(n)
        np.testing.assert_allclose(scaled, np.broadcast_to(np.eye(3), scaled.shape), atol=1e-9)
        values = wishart_eigenvalues(n, 3, 5, field=field, rng=1) / float(n)
        np.testing.assert_allclose(values, 1.0, atol=1e-9)


@pytest.mark.parametrize("field", ["complex", "real"])
def test_gaussian_ensembles(field):
    h = gaussian_matrices(6, SIZE, field=field, rng=3)
    assert np.array_equal(h, h.conj().swapaxes(-1, -2))
    beta = 2 if field == "complex" else 1
    diagonal, side = h[:, 2, 2].real, h[:, 4, 1]
    assert stats.kstest(diagonal / np.sqrt(2 / beta), "norm").pvalue > 1e-3
    assert stats.kstest(side.real * np.sqrt(beta), "norm").pvalue > 1e-3
    if field == "complex":
        assert stats.kstest(side.imag * np.sqrt(2), "norm").pvalue > 1e-3
    # The trace of H^2 is a sum of squares: chi-square with beta n(n-1)/2 + n degrees of freedom.
    squares = (np.abs(h) ** 2).sum(axis=(1, 2)) * beta / 2
    assert stats.kstest(squares, stats.chi2(beta * 15 + 6).cdf).pvalue > 1e-3


def test_shapes_and_single_precision():
    assert wishart_matrices(2, 3, rng=1).shape == (2, 2)
    assert wishart_matrices(2, 3, (2, 0), rng=1).shape == (2, 0, 2, 2)
    assert wishart_matrices(2, 3, rng=1, dtype="complex64").dtype == np.complex64
    assert wishart_eigenvalues(2, 3, (4, 5), rng=1, dtype="f4").dtype == np.float32
    assert gaussian_matrices(3, field="real", rng=1, dtype=np.float32).dtype == np.float32
    assert np.array_equal(
        wishart_eigenvalues(4, 6, 9, rng=2)[:4], wishart_eigenvalues(4, 6, 4, rng=2)
    )


def test_tridiagonal_eigenvalues():
    generator = np.random.default_rng(8)
    diagonal, side = generator.standard_normal((3, 1, 7)), generator.standard_normal((2, 6))
    values = tridiagonal_eigenvalues(diagonal, side)
    assert values.shape == (3, 2, 7)
    for i in range(3):
        for j in range(2):
            dense = np.diag(diagonal[i, 0]) + np.diag(side[j], 1) + np.diag(side[j], -1)
            np.testing.assert_allclose(values[i, j], np.linalg.eigvalsh(dense), atol=1e-13)
    assert tridiagonal_eigenvalues([3.0], np.zeros(0)).tolist() == [3.0]
    assert tridiagonal_eigenvalues(np.zeros((0, 4)), np.zeros(3)).shape == (0, 4)
    single = tridiagonal_eigenvalues(np.float32([1, 2]), np.float32([0]))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, [1, 2], rtol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wishart_matrices(0, 3), "p must be at least 1"),
        (lambda: wishart_matrices(2.0, 3), "p must be an integer"),
        (lambda: wishart_matrices(2, 2**1001), "n must be at most"),
        (lambda: wishart_matrices(2, 3, -1), "size must be"),
        (lambda: wishart_matrices(2, 3, field="quaternion"), "field must be"),
        (lambda: wishart_matrices(2, 3, rng=-1), "rng must be"),
        (lambda: wishart_eigenvalues(2, 3, dtype="complex64"), "dtype must be real"),
        (lambda: wishart_eigenvalues(2**63, 2**64), r"min\(m, n\) must be at most"),
        (lambda: gaussian_matrices(3, dtype="int"), "dtype must be"),
        (lambda: tridiagonal_eigenvalues([], []), "off_diagonal must be one shorter"),
        (lambda: tridiagonal_eigenvalues([1.0, 2.0], [1.0, 2.0]), "off_diagonal must be"),
        (lambda: tridiagonal_eigenvalues(np.ones((2, 2)), np.ones((3, 1))), "broadcast"),
        (lambda: tridiagonal_eigenvalues([1j, 2], [1.0]), "diagonal must be real"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_what_would_not_fit_is_refused():
    with pytest.raises(MemoryError, match="wishart_eigenvalues"):
        wishart_matrices(2**30, 2**30)
    with pytest.raises(MemoryError, match="in parts"):
        wishart_eigenvalues(2**20, 2**20, 2**40)
