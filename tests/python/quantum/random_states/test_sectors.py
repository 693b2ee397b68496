"""Fixed particle number: draws against explicit states of all 2^n dimensions, exact means, ends."""

import itertools
import math

import numpy as np
import pytest
from scipy import special, stats

from typicality.quantum import (
    haar_sector_reduced_states,
    haar_sector_spectra,
    haar_states,
    page_entropy,
    page_entropy_variance,
    purity,
    reduced_density_matrix,
    schmidt_spectrum,
    sector_basis,
    sector_mean_purity,
    sector_page_entropy,
    sector_page_entropy_variance,
    sector_reduced_density_matrix,
    spectrum_entropy,
    von_neumann_entropy,
    xxz_chain,
)
from typicality.quantum._random_states.sectors import sector_blocks

SIZE = 4000
SECTORS = [(6, 2, 3), (6, 3, 2), (7, 2, 5), (5, 1, 2), (6, 5, 3)]


def embedded(psi, n, charge):
    full = np.zeros((*psi.shape[:-1], 2**n), dtype=psi.dtype)
    full[..., sector_basis(n, charge)] = psi
    return full


def explicit(n, charge, size, field, rng):
    """Normalized Gaussian vectors on the states that a slow count finds."""
    generator = np.random.default_rng(rng)
    members = [s for s in range(2**n) if s.bit_count() == charge]
    psi = generator.standard_normal((size, len(members)))
    if field == "complex":
        psi = psi + 1j * generator.standard_normal(psi.shape)
    psi /= np.linalg.norm(psi, axis=-1, keepdims=True)
    full = np.zeros((size, 2**n), dtype=psi.dtype)
    full[:, members] = psi
    return full


def agree(left, right):
    return stats.ks_2samp(left, right).pvalue > 1e-3


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_basis_holds_the_states_of_the_sector(n):
    for charge in range(n + 1):
        chosen = itertools.combinations(range(n), charge)
        expected = sorted(sum(1 << site for site in sites) for sites in chosen)
        assert sector_basis(n, charge).tolist() == expected


def test_basis_is_that_of_the_chain():
    h = xxz_chain(6, anisotropy=0.7).toarray()
    for charge in range(7):
        states = sector_basis(6, charge)
        block = xxz_chain(6, anisotropy=0.7, magnetization=6 - 2 * charge).toarray()
        np.testing.assert_array_equal(h[np.ix_(states, states)], block)


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize(("n", "charge", "n_a"), SECTORS)
def test_spectra_and_states_are_those_of_explicit_kets(n, charge, n_a, field):
    full = explicit(n, charge, SIZE, field, rng=1)
    kept = list(range(n_a))
    slow = schmidt_spectrum(full, [2] * n, kept)
    drawn = haar_sector_spectra(n, charge, n_a, SIZE, field=field, rng=2)
    assert (np.diff(drawn, axis=-1) <= 0).all()
    np.testing.assert_allclose(drawn.sum(axis=-1), 1.0, atol=1e-13)
    assert agree(drawn[:, 0], slow[:, 0])
    entropies = spectrum_entropy(np.maximum(slow, 0) / slow.sum(axis=-1, keepdims=True))
    assert agree(spectrum_entropy(drawn), entropies)
    rho = haar_sector_reduced_states(n, charge, n_a, SIZE, field=field, rng=3)
    expected = reduced_density_matrix(full, [2] * n, kept)
    assert agree(purity(rho), purity(expected))
    ones = [s.bit_count() for s in range(2**n_a)]
    unequal = np.not_equal.outer(ones, ones)
    assert (rho[:, unequal] == 0).all()
    # Weights of the blocks, and an entry inside one.
    for block in sector_blocks(n, charge, n_a):
        inside = np.equal(ones, block.charge)
        weights = [
            np.einsum("...ii->...", r[:, inside][:, :, inside]).real for r in (rho, expected)
        ]
        assert agree(*weights)
    assert agree(rho[:, 1, 1].real, expected[:, 1, 1].real)
    assert agree(np.abs(rho[:, 1, 2]), np.abs(expected[:, 1, 2]))


@pytest.mark.parametrize(("n", "charge", "n_a"), SECTORS)
def test_exact_means_and_variance(n, charge, n_a):
    count = 40000
    for field in ("complex", "real"):
        spectra = haar_sector_spectra(n, charge, n_a, count, field=field, rng=4)
        purities = np.sum(spectra**2, axis=-1)
        exact = sector_mean_purity(n, charge, n_a, field=field)
        assert abs(purities.mean() - exact) < 4 * purities.std() / math.sqrt(count)
    entropies = spectrum_entropy(haar_sector_spectra(n, charge, n_a, count, rng=5))
    variance = sector_page_entropy_variance(n, charge, n_a)
    mean = sector_page_entropy(n, charge, n_a)
    assert abs(entropies.mean() - mean) < 4 * math.sqrt(variance / count)
    error = variance * math.sqrt((stats.kurtosis(entropies) + 2) / count)
    assert abs(entropies.var() - variance) < 4 * error


def moments_by_sums(n, charge, n_a):
    """Mean and variance of the entropy, term by term from the Dirichlet distribution."""
    blocks = sector_blocks(n, charge, n_a)
    alpha = np.array([float(b.d_a * b.d_b) for b in blocks])
    s = np.array([page_entropy(b.d_a, b.d_b) for b in blocks])
    v = np.array([page_entropy_variance(b.d_a, b.d_b) for b in blocks])
    total = alpha.sum()
    mean = np.sum(alpha / total * (s + special.psi(total + 1) - special.psi(alpha + 1)))
    second = 0.0
    for i, j in itertools.product(range(len(blocks)), repeat=2):
        logs = special.psi(alpha + 1) - special.psi(total + 2)
        if i == j:
            weight = alpha[i] * (alpha[i] + 1) / (total * (total + 1))
            log = special.psi(alpha[i] + 2) - special.psi(total + 2)
            spread = special.polygamma(1, alpha[i] + 2) - special.polygamma(1, total + 2)
            second += weight * ((s[i] - log) ** 2 + spread + v[i])
        else:
            weight = alpha[i] * alpha[j] / (total * (total + 1))
            product = (s[i] - logs[i]) * (s[j] - logs[j])
            second += weight * (product - special.polygamma(1, total + 2))
    return mean, second - mean**2


@pytest.mark.parametrize(("n", "charge", "n_a"), [*SECTORS, (12, 6, 6), (12, 3, 4), (10, 5, 1)])
def test_closed_forms_are_sums_over_the_blocks(n, charge, n_a):
    mean, variance = moments_by_sums(n, charge, n_a)
    assert sector_page_entropy(n, charge, n_a) == pytest.approx(mean, rel=1e-13)
    assert sector_page_entropy_variance(n, charge, n_a) == pytest.approx(variance, rel=1e-9)


@pytest.mark.parametrize(("n", "charge", "n_a"), [(9, 4, 3), (40, 10, 13), (300, 90, 40)])
def test_symmetries(n, charge, n_a):
    for exact in (sector_page_entropy, sector_page_entropy_variance, sector_mean_purity):
        value = exact(n, charge, n_a)
        assert exact(n, charge, n - n_a) == pytest.approx(value, rel=1e-11)
        assert exact(n, n - charge, n_a) == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize(
    ("n", "charge", "n_a"), [(4, 0, 2), (4, 4, 1), (4, 2, 0), (4, 2, 4), (1, 1, 1)]
)
def test_pure_states(n, charge, n_a, field):
    spectra = haar_sector_spectra(n, charge, n_a, 3, field=field, rng=1)
    np.testing.assert_allclose(spectra, np.ones((3, 1)))
    rho = haar_sector_reduced_states(n, charge, n_a, 3, field=field, rng=1)
    assert rho.shape == (3, 2**n_a, 2**n_a)
    np.testing.assert_allclose(purity(rho), 1.0, atol=1e-12)
    assert sector_page_entropy(n, charge, n_a) == 0.0
    assert sector_page_entropy_variance(n, charge, n_a) == 0.0
    assert sector_mean_purity(n, charge, n_a, field=field) == 1.0


@pytest.mark.parametrize("keep", [0, [3], [2, 0], [4, 1, 3], [0, 1, 2, 3, 4, 5], []])
@pytest.mark.parametrize("charge", [0, 1, 3, 6])
def test_given_kets(keep, charge):
    psi = haar_states(math.comb(6, charge), (2, 3), rng=6)
    for kets in (psi, psi.astype(np.complex64), haar_states(math.comb(6, charge), 2, field="real")):
        rho = sector_reduced_density_matrix(kets, 6, charge, keep)
        expected = reduced_density_matrix(embedded(kets, 6, charge), [2] * 6, keep)
        assert rho.dtype == expected.dtype
        np.testing.assert_allclose(rho, expected, atol=1e-6 if rho.itemsize == 8 else 1e-13)


def test_page_curve_of_forty_spins_at_quarter_filling():
    curve = [sector_page_entropy(40, 10, n_a) for n_a in range(41)]
    assert curve[0] == curve[40] == 0.0
    assert int(np.argmax(curve)) == 20
    np.testing.assert_allclose(curve, curve[::-1], rtol=1e-12)
    assert all(s < page_entropy(2**k, 2 ** (40 - k)) for k, s in enumerate(curve) if 0 < k < 40)
    # One draw shows it up to the spread, which falls exponentially.
    for n_a in (2, 6, 10, 34):
        entropy = spectrum_entropy(haar_sector_spectra(40, 10, n_a, rng=7))
        spread = math.sqrt(sector_page_entropy_variance(40, 10, n_a))
        assert abs(entropy - curve[n_a]) < 5 * spread


def test_large_systems():
    # One site of very many is a coin with the filling as its bias.
    coin = -0.25 * math.log(0.25) - 0.75 * math.log(0.75)
    assert sector_page_entropy(1000, 250, 1) == pytest.approx(coin, rel=1e-12)
    assert 0 < sector_page_entropy_variance(1000, 250, 500) < 1e-200
    rho = haar_sector_reduced_states(1000, 250, 2, rng=1, dtype="complex64")
    assert rho.dtype == np.complex64
    np.testing.assert_allclose(np.diag(rho).real, [0.5625, 0.1875, 0.1875, 0.0625], atol=1e-3)
    assert von_neumann_entropy(rho) == pytest.approx(sector_page_entropy(1000, 250, 2), rel=1e-5)
    assert haar_sector_spectra(1000, 500, 3, rng=1, dtype="f4").dtype == np.float32


def test_draws_are_reproducible_and_nested():
    for draw in (haar_sector_spectra, haar_sector_reduced_states):
        many = draw(7, 3, 3, (2, 3), rng=8)
        np.testing.assert_array_equal(draw(7, 3, 3, 4, rng=8), many.reshape(6, *many.shape[2:])[:4])
        assert draw(7, 3, 3, 0, rng=8).shape[0] == 0
        generator = np.random.default_rng(9)
        assert not np.array_equal(draw(7, 3, 3, rng=generator), draw(7, 3, 3, rng=generator))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: haar_sector_spectra(4, 5, 2), ValueError, "charge must be at most 4"),
        (lambda: haar_sector_spectra(4, 2, 5), ValueError, "n_a must be at most 4"),
        (lambda: haar_sector_spectra(4, -1, 2), ValueError, "charge must be at least 0"),
        (lambda: haar_sector_spectra(4, 2.0, 2), TypeError, "charge must be an integer"),
        (lambda: haar_sector_spectra(1001, 2, 2), ValueError, "n must be at most 1000"),
        (lambda: haar_sector_spectra(80, 40, 40), ValueError, "sector_page_entropy"),
        (lambda: haar_sector_spectra(40, 20, 18, 2**30), MemoryError, "sector_page_entropy"),
        (lambda: haar_sector_reduced_states(200, 100, 100), MemoryError, "haar_sector_spectra"),
        (lambda: haar_sector_spectra(4, 2, 2, field="x"), ValueError, "field must be"),
        (lambda: haar_sector_spectra(4, 2, 2, dtype=complex), TypeError, "dtype must be real"),
        (lambda: haar_sector_reduced_states(200, 9, np.int64(64)), MemoryError, "haar_sector"),
        (lambda: sector_basis(63, 2), ValueError, "n must be at most 62"),
        (lambda: sector_basis(62, 31), MemoryError, "haar_sector_spectra"),
        (lambda: sector_page_entropy(0, 0, 0), ValueError, "n must be at least 1"),
        (lambda: sector_mean_purity(4, 2, 2, field=1), TypeError, "field must be"),
        (lambda: sector_reduced_density_matrix(np.ones(6), 4, 2, 0), ValueError, "normalized"),
        (lambda: sector_reduced_density_matrix([1.0], 4, 2, 0), ValueError, "psi has 1 amplitudes"),
        (lambda: sector_reduced_density_matrix([1.0], 4, 0, [1, 1]), ValueError, "twice"),
        (lambda: sector_reduced_density_matrix([1.0], 4, 0, 4), ValueError, "keep must"),
        (lambda: sector_reduced_density_matrix([1.0], 60, 0, range(40)), MemoryError, "fewer"),
    ],
)
def test_refusals(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
