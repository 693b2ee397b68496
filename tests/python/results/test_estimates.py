import numpy as np
import pytest
from scipy import stats

from typicality.results.estimates import (
    deviation_estimate,
    mean_estimate,
    proportion_estimate,
    proportion_stderr,
    variance_estimate,
)


@pytest.mark.parametrize(
    ("estimate", "truth"),
    [(mean_estimate, 1.0), (variance_estimate, 1.0), (deviation_estimate, 1.0)],
)
def test_standard_errors_are_what_repetition_finds(estimate, truth):
    # Exponential numbers: mean, variance and standard deviation 1, fourth central moment 9.
    draws = np.random.default_rng(4).exponential(size=(1000, 600))
    values, stderr = estimate(draws)
    assert values.shape == stderr.shape == (600,)
    spread = values.std(ddof=1)
    # 600 repetitions know their own spread to 3%; the heavy fourth moment biases a little.
    assert np.median(stderr) == pytest.approx(spread, rel=0.2)
    assert abs(values.mean() - truth) < 4.0 * spread / np.sqrt(600) + 2e-3


def test_other_axes():
    draws = np.random.default_rng(4).random((3, 50))
    for estimate in (mean_estimate, variance_estimate, deviation_estimate, proportion_estimate):
        value, stderr = estimate(draws, axis=-1)
        other, other_stderr = estimate(draws.T)
        assert np.array_equal(value, other)
        assert np.array_equal(stderr, other_stderr)


def test_shares_at_the_ends_keep_an_error():
    share, stderr = proportion_estimate(np.zeros(100, dtype=bool))
    assert share == 0.0
    assert stderr == pytest.approx(3 / 109)
    share, stderr = proportion_estimate(np.ones(100, dtype=bool))
    assert share == 1.0
    assert stderr == pytest.approx(3 / 109)


@pytest.mark.parametrize("count", [10, 100, 10000])
def test_shares_are_seldom_three_standard_errors_off(count):
    # However rare the hits, as seldom as a normal number, or little more.
    hits = np.arange(count + 1)
    share, stderr = hits / count, proportion_stderr(hits / count, count)
    for expected in np.concatenate([np.linspace(0.5, 30.0, 60) / count, [0.5, 0.9]]):
        if expected < 1.0:
            off = np.abs(share - expected) > 3.0 * stderr
            assert stats.binom.pmf(hits[off], count, expected).sum() < 0.004
    many = proportion_stderr(0.3, 10**8)
    assert many == pytest.approx(np.sqrt(0.3 * 0.7 / 10**8), rel=1e-3)


@pytest.mark.parametrize("draws", [[], [1.0]])
def test_one_sample_has_no_error_bar(draws):
    with pytest.raises(ValueError, match="at least 2"):
        mean_estimate(draws)
