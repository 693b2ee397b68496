"""Draws in law against states drawn whole: both routes of every quantity agree."""

import math

import numpy as np
import pytest
from scipy import stats

from oracles.spectra import largest_wishart_mean
from typicality.quantum import (
    gue_eigenstates,
    haar_expectations,
    haar_power_traces,
    haar_reduced_states,
    haar_schmidt_spectra,
    haar_states,
    haar_unitaries,
    mean_smallest_eigenvalue,
    page_entropy,
    purity,
    reduced_density_matrix,
    schmidt_spectrum,
    smallest_schmidt_law,
    spectrum_entropy,
)

FIELDS = ["complex", "real"]
GRID = [(1, 1), (1, 5), (2, 3), (3, 3), (5, 2), (7, 11)]
SIZE = 3000


def agree(first, second):
    """One number per state on each side: the same law, or the same constant."""
    if max(np.ptp(first), np.ptp(second)) < 1e-12:
        return np.allclose(first[0], second[0], atol=1e-12)
    return stats.ks_2samp(first, second).pvalue > 1e-3


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(("d_a", "d_b"), GRID)
def test_explicit_and_in_law(d_a, d_b, field):
    psi = haar_states(d_a * d_b, SIZE, field=field, rng=1)
    rho = reduced_density_matrix(psi, [d_a, d_b], [0])
    spectra = schmidt_spectrum(psi, [d_a, d_b], [0])
    drawn = haar_reduced_states(d_a, d_b, SIZE, field=field, rng=2)
    in_law = haar_schmidt_spectra(d_a, d_b, SIZE, field=field, rng=3)
    m = min(d_a, d_b)
    assert drawn.shape == rho.shape == (SIZE, d_a, d_a)
    assert in_law.shape == spectra.shape == (SIZE, m)
    np.testing.assert_allclose(in_law.sum(-1), 1, rtol=1e-13)
    np.testing.assert_allclose(np.einsum("ijj->i", drawn), 1, rtol=1e-13)
    assert (np.diff(in_law, axis=-1) <= 0).all()
    assert (in_law >= 0).all()
    assert agree(in_law[:, 0], spectra[:, 0])
    assert agree(in_law[:, -1], spectra[:, -1])
    assert agree(spectrum_entropy(in_law), spectrum_entropy(spectra))
    assert agree(np.linalg.eigvalsh(drawn)[:, -1], spectra[:, 0])
    assert agree(np.linalg.eigvalsh(drawn)[:, -m], spectra[:, -1])
    assert agree(drawn[:, 0, 0].real, rho[:, 0, 0].real)
    assert agree(drawn[:, -1, -1].real, rho[:, -1, -1].real)
    if d_a > 1:
        assert agree(np.abs(drawn[:, -1, 0]), np.abs(rho[:, -1, 0]))
        assert agree(drawn[:, -1, 0].real, rho[:, -1, 0].real)
    for order in (1, 2, 5):
        traces = haar_power_traces(d_a, d_b, order, SIZE, field=field, rng=4)
        assert agree(traces, (spectra**order).sum(-1))
    assert agree(haar_power_traces(d_a, d_b, 2, SIZE, field=field, rng=5), purity(drawn))


@pytest.mark.parametrize(("d_a", "d_b"), [(2, 2), (3, 5), (5, 3), (16, 16)])
def test_page(d_a, d_b):
    entropies = spectrum_entropy(haar_schmidt_spectra(d_a, d_b, 20000, rng=6))
    error = abs(entropies.mean() - page_entropy(d_a, d_b))
    assert error <= 4 * entropies.std() / math.sqrt(20000)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(("d_a", "d_b"), [(2, 2), (6, 6), (4, 5)])
def test_smallest_coefficient(d_a, d_b, field):
    smallest = haar_schmidt_spectra(d_a, d_b, 10000, field=field, rng=7)[:, -1]
    law = smallest_schmidt_law(d_a, d_b, field=field)
    assert stats.kstest(smallest, law.cdf).pvalue > 1e-3
    error = abs(smallest.mean() - mean_smallest_eigenvalue(d_a, d_b, field=field))
    assert error <= 4 * smallest.std() / math.sqrt(10000)


@pytest.mark.parametrize(
    ("d_a", "d_b", "field"),
    [(2, 2, "complex"), (3, 5, "complex"), (6, 4, "complex"), (2, 2, "real"), (2, 5, "real")],
)
def test_largest_coefficient(d_a, d_b, field):
    # The trace of a Wishart matrix, of mean d_a d_b, is independent of its normalized spectrum.
    exact = float(largest_wishart_mean(d_a, d_b, field)) / (d_a * d_b)
    largest = haar_schmidt_spectra(d_a, d_b, 40000, field=field, rng=31)[:, 0]
    assert abs(largest.mean() - exact) <= 4 * largest.std() / math.sqrt(40000)
    psi = haar_states(d_a * d_b, 40000, field=field, rng=32)
    largest = schmidt_spectrum(psi, [d_a, d_b], 0)[:, 0]
    assert abs(largest.mean() - exact) <= 4 * largest.std() / math.sqrt(40000)


@pytest.mark.parametrize("field", FIELDS)
def test_weights_are_dirichlet(field):
    beta = 2 if field == "complex" else 1
    psi = haar_states(6, 5000, field=field, rng=8)
    np.testing.assert_allclose(np.linalg.norm(psi, axis=-1), 1, rtol=1e-14)
    law = stats.beta(beta / 2, 5 * beta / 2)
    for index in (0, 5):
        assert stats.kstest(np.abs(psi[:, index]) ** 2, law.cdf).pvalue > 1e-3
    if field == "complex":
        phases = np.angle(psi[:, 3]) / (2 * np.pi) + 0.5
        assert stats.kstest(phases, "uniform").pvalue > 1e-3
    else:
        assert stats.binomtest(np.count_nonzero(psi[:, 3] > 0), 5000).pvalue > 1e-3


@pytest.mark.parametrize("field", FIELDS)
def test_expectations(field):
    levels, counts = np.array([-1.0, 0.5, 2.0]), np.array([3, 1, 2])
    psi = haar_states(6, 5000, field=field, rng=9)
    explicit = (np.abs(psi) ** 2) @ np.repeat(levels, counts)
    in_law = haar_expectations(levels, counts, 5000, field=field, rng=10)
    assert agree(explicit, in_law)
    assert agree(
        explicit, haar_expectations(np.repeat(levels, counts), size=5000, field=field, rng=11)
    )
    wide = haar_expectations([0.0, 1.0], [2**900, 2**900], 100, field=field, rng=12)
    np.testing.assert_allclose(wide, 0.5, rtol=1e-12)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("d", [1, 2, 5])
def test_unitaries(d, field):
    u = haar_unitaries(d, 3000, field=field, rng=13)
    products = u @ u.conj().swapaxes(-1, -2)
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(d), products.shape), atol=1e-13)
    first = haar_states(d, 3000, field=field, rng=14)
    for row, column in ((0, 0), (d - 1, 0), (0, d - 1)):
        assert agree(u[:, row, column].real, first[:, 0].real)
    if field == "complex" or d > 2:
        # E |tr U|^2 = 1 for both groups.
        traces = np.abs(np.einsum("ijj->i", u)) ** 2
        assert abs(traces.mean() - 1) <= 4 * traces.std() / math.sqrt(3000) + 1e-12


@pytest.mark.parametrize("field", FIELDS)
def test_eigenstates(field):
    psi = gue_eigenstates(7, 3, (4, 500), field=field, rng=15)
    assert psi.shape == (4, 500, 3, 7)
    products = psi @ psi.conj().swapaxes(-1, -2)
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(3), products.shape), atol=1e-13)
    first = haar_states(7, 2000, field=field, rng=16)
    for index in range(3):
        assert agree(np.abs(psi[..., index, 2]).ravel(), np.abs(first[:, 2]))
    assert gue_eigenstates(4, 4, rng=1).shape == (4, 4)


def test_first_samples_do_not_depend_on_how_many():
    for draw in (
        lambda n: haar_states(5, n, rng=17),
        lambda n: haar_schmidt_spectra(3, 4, n, rng=17),
        lambda n: haar_power_traces(3, 4, 2, n, rng=17),
        lambda n: haar_expectations([0.0, 1.0], size=n, rng=17),
    ):
        assert np.array_equal(draw(20)[:7], draw(7))
        assert np.array_equal(draw((4, 5)).reshape(20, -1), draw(20).reshape(20, -1))
        assert np.array_equal(np.squeeze(draw(1)), draw(None))
    for draw in (
        lambda n: haar_reduced_states(3, 4, n, rng=17),
        lambda n: haar_unitaries(3, n, rng=17),
        lambda n: gue_eigenstates(4, 2, n, rng=17),
    ):
        np.testing.assert_allclose(draw(20)[:7], draw(7), rtol=1e-12, atol=1e-14)


def test_functions_are_independent_of_each_other():
    # One seed, two functions: not the same numbers.
    assert not np.allclose(haar_unitaries(4, rng=3)[0], haar_states(4, rng=3))


def test_dtypes_and_empty_sizes():
    assert haar_states(3, dtype="complex64", rng=1).dtype == np.complex64
    assert haar_states(3, dtype="float32", rng=1).dtype == np.complex64
    assert haar_states(3, field="real", dtype="float32", rng=1).dtype == np.float32
    assert haar_states(3, field="real", rng=1).dtype == np.float64
    assert haar_reduced_states(3, 4, dtype="complex64", rng=1).dtype == np.complex64
    assert haar_schmidt_spectra(3, 4, dtype="f4", rng=1).dtype == np.float32
    assert haar_power_traces(3, 4, 2, rng=1).dtype == np.float64
    assert haar_states(3, 0, rng=1).shape == (0, 3)
    assert haar_reduced_states(3, 4, (2, 0), rng=1).shape == (2, 0, 3, 3)
    assert haar_power_traces(3, 4, 2, (0, 3), rng=1).shape == (0, 3)
    assert np.ndim(haar_power_traces(3, 4, 2, rng=1)) == 0
    assert np.ndim(haar_expectations([1.0, 2.0], rng=1)) == 0
    assert haar_schmidt_spectra(1, 1, rng=1).tolist() == [1.0]


def test_huge_environments():
    rho = haar_reduced_states(3, 2**1000, 4, rng=1)
    np.testing.assert_allclose(rho, np.broadcast_to(np.eye(3) / 3, rho.shape), atol=1e-12)
    spectra = haar_schmidt_spectra(2**1000, 3, 4, rng=1)
    np.testing.assert_allclose(spectra, 1 / 3, rtol=1e-12)
    assert haar_power_traces(2**300, 2**500, 1, 2, rng=1).tolist() == [1.0, 1.0]
    traces = haar_power_traces(4, 2**500, 3, 4, rng=1)
    np.testing.assert_allclose(traces, 1 / 16, rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: haar_states(0), "d must be at least 1"),
        (lambda: haar_states(2.0), "d must be an integer"),
        (lambda: haar_states(True), "d must be an integer"),
        (lambda: haar_states(2**63), "d must be at most"),
        (lambda: haar_states(2, -1), "size must be"),
        (lambda: haar_states(2, 2.5), "size must be"),
        (lambda: haar_states(2, field="quaternion"), "field must be"),
        (lambda: haar_states(2, field="real", dtype="complex64"), "dtype must be real"),
        (lambda: haar_states(2, dtype=object), "dtype must be"),
        (lambda: haar_states(2, rng="seed"), "rng must be"),
        (lambda: haar_states(2, rng=-1), "rng must be"),
        (lambda: haar_unitaries(None), "d must be an integer"),
        (lambda: haar_reduced_states(2, 2**1001), "d_b must be at most"),
        (lambda: haar_reduced_states(2**63, 2), "d_a must be at most"),
        (lambda: haar_schmidt_spectra(2**63, 2**64), r"min\(d_a, d_b\) must be at most"),
        (lambda: haar_power_traces(2**41, 2**50, 1000), "mean_power_trace gives the exact mean"),
        (lambda: haar_power_traces(2**500, 2**400, 2), "mean_power_trace gives the exact mean"),
        (lambda: haar_power_traces(2, 2, 0), "order must be at least 1"),
        (lambda: haar_power_traces(2, 2, 1.5), "order must be an integer"),
        (lambda: haar_expectations([]), "eigenvalues must have at least one"),
        (lambda: haar_expectations([1.0], [0]), "multiplicities must be positive"),
        (lambda: haar_expectations([1.0, 2.0], [1]), "multiplicities must have one entry"),
        (lambda: haar_expectations([1.0, 2.0], [2**999, 3.5]), "multiplicities must be an integer"),
        (lambda: haar_expectations([1.0, 2.0], [2**999, np.inf]), "multiplicities must be an int"),
        (lambda: haar_expectations([1.0, 2.0], [2**999, "a"]), "multiplicities must be an integer"),
        (lambda: haar_expectations([1.0, np.inf]), "eigenvalues must be finite"),
        (lambda: haar_expectations([1j]), "eigenvalues must be real"),
        (lambda: gue_eigenstates(3, 4), "n_states must be at most 3"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_whole_floats_are_multiplicities_beside_integers_of_any_size():
    exact = haar_expectations([0.0, 1.0], [2**999, 3], size=5, rng=1)
    for three in (3.0, np.float32(3.0), np.int64(3), np.array(3)):
        found = haar_expectations([0.0, 1.0], [2**999, three], size=5, rng=1)
        np.testing.assert_array_equal(found, exact)


@pytest.mark.parametrize(
    "call",
    [
        lambda: haar_states(2**50),
        lambda: haar_states(2**10, 2**45),
        lambda: haar_unitaries(2**30),
        lambda: haar_reduced_states(2**30, 2**30),
        lambda: haar_schmidt_spectra(2**20, 2**20, 2**40),
        lambda: haar_power_traces(2, 2, 2, 2**60),
        lambda: haar_expectations([1.0], size=2**60),
        lambda: gue_eigenstates(2**30, 2**20),
    ],
)
def test_what_would_not_fit_is_refused(call):
    with pytest.raises(MemoryError, match="would take"):
        call()
