"""Gap ratios: a slow twin, known spectra, random matrices, and a chaotic spin chain."""

import math

import numpy as np
import pytest
from scipy import integrate

from typicality.quantum import gap_ratios, ising_chain, mean_gap_ratio
from typicality.spectra import gaussian_matrices

EXPONENTS = {"goe": 1, "gue": 2, "gse": 4}


def twin(levels):
    levels = sorted(levels)
    ratios = []
    for i in range(len(levels) - 2):
        left, right = levels[i + 1] - levels[i], levels[i + 2] - levels[i + 1]
        ratios.append(min(left, right) / max(left, right))
    return ratios


def test_ratios_of_any_order_and_batch():
    levels = np.random.default_rng(1).normal(size=(2, 3, 7))
    ratios = gap_ratios(levels)
    assert ratios.shape == (2, 3, 5)
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(ratios[index], twin(levels[index]), rtol=1e-12)
    assert gap_ratios([3, 1, 2]).tolist() == [1.0]
    assert gap_ratios(np.float32([0, 1, 4])).dtype == np.float32
    assert gap_ratios(np.zeros((0, 4))).shape == (0, 2)


def test_degenerate_levels():
    ratios = gap_ratios([0.0, 0.0, 0.0, 1.0, 1.0])
    assert math.isnan(ratios[0])
    assert ratios[1:].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("unit", [5e-324, 1e-300, 1e300, 1.7e308])
def test_any_unit(unit):
    assert gap_ratios(np.array([-1.0, 0.0, 1.0]) * unit).tolist() == [1.0]


@pytest.mark.parametrize(
    ("levels", "kind", "message"),
    [
        ([0.0, 1.0], ValueError, "at least 3 levels"),
        ([], ValueError, "at least 3 levels"),
        (1.0, ValueError, "axes"),
        ([0.0, 1.0, math.nan], ValueError, "finite"),
        ([0.0, 1.0, 1j], TypeError, "real"),
        ("abc", TypeError, "energies"),
    ],
)
def test_bad_levels(levels, kind, message):
    with pytest.raises(kind, match=message):
        gap_ratios(levels)


@pytest.mark.parametrize("ensemble", EXPONENTS)
def test_surmise_is_the_mean_of_its_density(ensemble):
    beta = EXPONENTS[ensemble]

    def density(r):
        return (r + r * r) ** beta / (1 + r + r * r) ** (1 + 1.5 * beta)

    norm, _ = integrate.quad(density, 0, 1, epsabs=1e-13)
    first, _ = integrate.quad(lambda r: r * density(r), 0, 1, epsabs=1e-13)
    assert mean_gap_ratio(ensemble, method="surmise") == pytest.approx(first / norm, rel=1e-10)
    # The limit of large matrices is up to 1% below.
    limit = mean_gap_ratio(ensemble)
    assert 0.001 < 1 - limit / mean_gap_ratio(ensemble, method="surmise") < 0.011


@pytest.mark.parametrize(("ensemble", "field"), [("goe", "real"), ("gue", "complex")])
def test_random_matrices(ensemble, field):
    small = np.linalg.eigvalsh(gaussian_matrices(3, 40000, field=field, rng=1))
    ratios = gap_ratios(small)[:, 0]
    error = ratios.std() / math.sqrt(ratios.size)
    assert abs(ratios.mean() - mean_gap_ratio(ensemble, method="surmise")) < 4 * error
    # One mean for each matrix: ratios of one matrix are not independent.
    large = np.linalg.eigvalsh(gaussian_matrices(100, 400, field=field, rng=2))
    means = gap_ratios(large[:, 25:75]).mean(axis=-1)
    error = math.hypot(means.std() / math.sqrt(means.size), 1e-4)
    assert abs(means.mean() - mean_gap_ratio(ensemble)) < 4 * error


def test_uncorrelated_levels():
    levels = np.random.default_rng(3).exponential(size=(20000, 3)).cumsum(axis=-1)
    ratios = gap_ratios(levels)[:, 0]
    error = ratios.std() / math.sqrt(ratios.size)
    expected = mean_gap_ratio("poisson")
    assert expected == mean_gap_ratio("poisson", method="surmise") == 2 * math.log(2) - 1
    assert abs(ratios.mean() - expected) < 4 * error


def test_middle_of_a_chaotic_chain():
    n = 10
    h = ising_chain(n, transverse=-1.05, longitudinal=0.5).toarray()
    states = np.arange(2**n)
    mirrored = np.array([int(f"{state:0{n}b}"[::-1], 2) for state in states])
    means, weights = [], []
    for parity in (1, -1):
        chosen = states[(states < mirrored) | ((states == mirrored) & (parity == 1))]
        basis = np.zeros((2**n, chosen.size))
        basis[chosen, np.arange(chosen.size)] = 1.0
        basis[mirrored[chosen], np.arange(chosen.size)] += parity
        basis /= np.linalg.norm(basis, axis=0)
        energies = np.linalg.eigvalsh(basis.T @ h @ basis)
        middle = energies[energies.size // 4 : -(energies.size // 4)]
        means.append(gap_ratios(middle).mean())
        weights.append(middle.size - 2)
    mean = np.average(means, weights=weights)
    error = 0.27 / math.sqrt(sum(weights))
    assert abs(mean - mean_gap_ratio("goe")) < 3 * error
    assert mean - mean_gap_ratio("poisson") > 5 * error
    # Both sectors together: levels of different parity do not repel each other.
    both = gap_ratios(np.linalg.eigvalsh(h)[256:-256]).mean()
    assert both < mean - 3 * error


def test_other_words_are_refused():
    with pytest.raises(ValueError, match="ensemble must be"):
        mean_gap_ratio("wishart")
    with pytest.raises(ValueError, match="method must be"):
        mean_gap_ratio("goe", method="exact")


@pytest.mark.parametrize("start", [0, 2**53, 2**62, -(2**63)])
def test_whole_levels_are_subtracted_exactly(start):
    levels = np.array([start + 3, start, start + 1, start + 2**60])
    exact = [0.5, 2 / (2**60 - 3)]
    np.testing.assert_array_equal(gap_ratios(levels), exact)
    np.testing.assert_array_equal(gap_ratios(levels.tolist()), exact)


def test_whole_levels_without_a_sign():
    levels = np.array([2**64 - 1, 0, 2**63], dtype=np.uint64)
    np.testing.assert_allclose(gap_ratios(levels), [1.0], rtol=1e-15)
