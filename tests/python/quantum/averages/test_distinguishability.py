"""Limits and means of distances of random states against quadrature and draws."""

import math

import mpmath as mp
import numpy as np
import pytest

from oracles.quantum import (
    log_determinant,
    page,
    pair_trace_distance,
)
from oracles.quantum import typical_trace_distance as printed_distance
from oracles.spectra import marchenko_pastur_integral
from typicality.quantum import (
    fidelity,
    haar_reduced_states,
    haar_states,
    hilbert_schmidt_distance,
    mean_relative_entropy,
    mean_root_fidelity,
    mean_squared_distance,
    relative_entropy,
    trace_distance,
    typical_pair_trace_distance,
    typical_trace_distance,
)

RATIOS = [
    5e-324,
    1e-310,
    1e-299,
    1e-30,
    1e-8,
    1e-3,
    0.05,
    0.14,
    0.17,
    0.3,
    0.9,
    1.0,
    1.1,
    2.0,
    3.99,
    4.0,
    4.01,
    50.0,
    1e9,
]


@pytest.mark.parametrize("c", RATIOS)
def test_printed_formulas(c):
    with mp.workdps(80):
        assert typical_trace_distance(c) == pytest.approx(float(printed_distance(c)), rel=2e-15)
        assert typical_pair_trace_distance(c) == pytest.approx(
            float(pair_trace_distance(c)), rel=2e-15
        )


@pytest.mark.parametrize("c", [0.2, 1.0, 2.5, 6.0])
def test_distance_is_half_the_mean_deviation(c):
    with mp.workdps(20):
        # E |lambda - 1| / 2, the atom included; below 1 the density is integrated to 1.
        inner = marchenko_pastur_integral(c, lambda x: abs(x - 1), end=1) if c < 4 else 0
        outer = marchenko_pastur_integral(c, lambda x: abs(x - 1), start=1)
        exact = (inner + outer + max(0, 1 - 1 / mp.mpf(c))) / 2
    assert typical_trace_distance(c) == pytest.approx(float(exact), rel=1e-10)


def test_special_values():
    assert typical_trace_distance(0.0) == 0.0
    assert typical_trace_distance(1.0) == pytest.approx(3 * math.sqrt(3) / (4 * math.pi))
    assert typical_pair_trace_distance(1) == pytest.approx(1 / 4 + 1 / math.pi)
    c = np.linspace(0, 8, 2001)
    assert (np.diff(typical_trace_distance(c)) > 0).all()
    assert typical_trace_distance(c.reshape(3, -1)).shape == (3, 667)
    assert typical_trace_distance([]).shape == (0,)


@pytest.mark.parametrize("c", [0.25, 1.0, 4.0, 6.0])
def test_draws_tend_to_the_limits(c):
    d_a, d_b = 64, round(64 / c)
    c = d_a / d_b
    rho = haar_reduced_states(d_a, d_b, 40, rng=1)
    measured = trace_distance(rho, np.eye(d_a) / d_a)
    # The finite-size shift is of order 1/d^2; far below the spread of one state at this size.
    assert (
        abs(measured.mean() - typical_trace_distance(c))
        <= 4 * measured.std() / math.sqrt(40) + 2 / d_a**2
    )
    measured = trace_distance(rho[:20], rho[20:])
    error = abs(measured.mean() - typical_pair_trace_distance(c))
    assert error <= 4 * measured.std() / math.sqrt(20) + 2 / d_a**2


@pytest.mark.parametrize(("d_a", "d_b"), [(1, 1), (2, 2), (3, 7), (5, 2)])
def test_squared_distances(d_a, d_b):
    rho = haar_reduced_states(d_a, d_b, 20000, rng=2)
    squares = hilbert_schmidt_distance(rho, np.eye(d_a) / d_a) ** 2
    exact = mean_squared_distance(d_a, d_b)
    assert abs(squares.mean() - exact) <= 4 * squares.std() / math.sqrt(20000) + 1e-15
    pairs = hilbert_schmidt_distance(rho[:10000], rho[10000:]) ** 2
    assert abs(pairs.mean() - 2 * exact) <= 4 * pairs.std() / 100 + 1e-15
    assert mean_squared_distance(2**500, 2**500) == pytest.approx(2.0**-500)


def test_exact_small_cases():
    # d_a = 2: half the mean length of the Bloch vector; two equal qubits: 18/35 for a pair.
    for d_b in (2, 3, 6):
        measured = trace_distance(haar_reduced_states(2, d_b, 20000, rng=3), np.eye(2) / 2)
        beta = math.gamma(2) * math.gamma(d_b - 1) / math.gamma(d_b + 1)
        other = math.gamma(1.5) * math.gamma(d_b - 1) / math.gamma(d_b + 0.5)
        assert abs(measured.mean() - beta / (2 * other)) <= 4 * measured.std() / math.sqrt(20000)
    rho = haar_reduced_states(2, 2, 20000, rng=4)
    pairs = trace_distance(rho[:10000], rho[10000:])
    assert abs(pairs.mean() - 18 / 35) <= 4 * pairs.std() / 100
    # Pure states: (D - 1) / (D - 1/2), below 1 however large D is.
    psi, phi = haar_states(6, 10000, rng=5), haar_states(6, 10000, rng=6)
    distance = np.sqrt(1 - np.abs((psi.conj() * phi).sum(-1)) ** 2)
    assert abs(distance.mean() - 5 / 5.5) <= 4 * distance.std() / 100


@pytest.mark.parametrize(("d_a", "d_b"), [(1, 1), (2, 2), (2, 3), (5, 8), (30, 30), (3, 10**6)])
def test_mean_relative_entropies(d_a, d_b):
    with mp.workdps(40):
        deficit = mp.log(d_a) - page(d_a, d_b)
        determinant = log_determinant(d_a, d_b) / d_a
        exact = {
            "state, mixed": deficit,
            "mixed, state": -mp.log(d_a) - determinant,
            "state, state": -page(d_a, d_b) - determinant,
        }
    for words, value in exact.items():
        mean = mean_relative_entropy(d_a, d_b, pair=words)
        assert mean == pytest.approx(float(value), rel=2e-14, abs=1e-30)


def test_relative_entropies_at_the_ends():
    assert mean_relative_entropy(5, 3) == math.inf
    assert mean_relative_entropy(5, 3, pair="mixed, state") == math.inf
    exact = math.log(5) - float(page(3, 5))
    assert mean_relative_entropy(5, 3, pair="state, mixed") == pytest.approx(exact)
    big = 2**600
    limit = 1.5
    assert mean_relative_entropy(big, big) == pytest.approx(limit, rel=1e-14)
    assert mean_relative_entropy(2, big) * 2.0**600 == pytest.approx(1.5, rel=1e-14)
    exact = math.log(2) * 300 + 2.0**-301
    assert mean_relative_entropy(big, 2**300, pair="state, mixed") == pytest.approx(exact)
    c = 0.25
    limit = c / 2 + 1 + (1 - c) / c * math.log(1 - c)
    assert mean_relative_entropy(2**400, 2**402) == pytest.approx(limit, rel=1e-13)


def test_limits_in_single_precision():
    c = np.array([0.0, 0.3, 1.0, 5.0], dtype=np.float32)
    for function in (typical_trace_distance, typical_pair_trace_distance):
        found = function(c)
        assert found.dtype == function(c[1]).dtype == np.float32
        np.testing.assert_allclose(found, function(c.astype(float)), rtol=1e-7)
        assert function([1, 2]).dtype == function(0.5).dtype == np.float64


def test_draws_of_relative_entropy_and_fidelity():
    rho = haar_reduced_states(3, 6, 20000, rng=7)
    values = relative_entropy(rho[:10000], rho[10000:])
    assert abs(values.mean() - mean_relative_entropy(3, 6)) <= 4 * values.std() / 100
    for d_a, d_b in ((1, 3), (2, 2), (3, 6), (4, 2), (5, 4)):
        rho = haar_reduced_states(d_a, d_b, 10000, rng=8)
        roots = np.sqrt(fidelity(rho, np.eye(d_a) / d_a))
        exact = mean_root_fidelity(d_a, d_b, pair="state, mixed")
        assert abs(roots.mean() - exact) <= 4 * roots.std() / 100 + 1e-12
        roots = np.sqrt(fidelity(rho[:5000], rho[5000:]))
        error = abs(roots.mean() - mean_root_fidelity(d_a, d_b))
        assert error <= 4 * roots.std() / math.sqrt(5000) + 1e-12


def test_root_fidelities_at_the_ends():
    assert mean_root_fidelity(1024, 1024) == pytest.approx(0.75, rel=1e-6)
    mixed = mean_root_fidelity(1024, 1024, pair="state, mixed")
    assert mixed == pytest.approx(8 / (3 * math.pi), rel=1e-6)
    assert mean_root_fidelity(3, 2**900) == pytest.approx(1, rel=1e-14)
    # D has no float here. Both supports meet like the columns of a square Gaussian matrix.
    assert mean_root_fidelity(2**24, 2**1000) == pytest.approx(1, rel=1e-14)
    overlap = 8 / (3 * math.pi) * 2.0**-488
    assert mean_root_fidelity(2**1000, 2**24) == pytest.approx(overlap, rel=1e-13)
    # Pure states: E |<psi|phi>| = Gamma(3/2) Gamma(d) / Gamma(d + 1/2).
    for d in (2, 5, 40):
        exact = math.exp(math.lgamma(1.5) + math.lgamma(d) - math.lgamma(d + 0.5))
        assert mean_root_fidelity(d, 1) == pytest.approx(exact, rel=1e-13)
        assert mean_root_fidelity(d, 1, pair="state, mixed") == pytest.approx(d**-0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: typical_trace_distance(-1e-9), "c must not be negative"),
        (lambda: typical_trace_distance(math.inf), "c must be finite"),
        (lambda: typical_pair_trace_distance("1"), "c must"),
        (lambda: typical_pair_trace_distance(1e308), "c must be at most"),
        (lambda: mean_squared_distance(0, 1), "d_a must be"),
        (lambda: mean_relative_entropy(2, 2, pair="both"), "pair must be"),
        (lambda: mean_root_fidelity(2, 2, pair="mixed, state"), "pair must be"),
        (lambda: mean_root_fidelity(2**25, 2**25), "must be at most"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
