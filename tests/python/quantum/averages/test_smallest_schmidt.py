"""The smallest Schmidt coefficient against published values, quadrature and hypergeometric sums."""

import itertools
import math
import pickle

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, stats

from oracles.hard_edge import (
    tabulated_moment_of_real_square,
    tabulated_smallest_of_real_square,
)
from oracles.quantum import (
    moment_of_real_square,
    smallest_by_binomials,
    smallest_of_real_square,
)
from typicality.quantum import SmallestSchmidtLaw, mean_smallest_eigenvalue, smallest_schmidt_law

LAWS = [
    (2, 2, "complex"),
    (7, 7, "complex"),
    (2, 3, "complex"),
    (21, 20, "complex"),
    (2, 2, "real"),
    (3, 3, "real"),
    (40, 40, "real"),
    (5, 6, "real"),
]


def test_complex_means():
    for d in (1, 2, 5, 100):
        assert mean_smallest_eigenvalue(d, d) == pytest.approx(d**-3.0, rel=1e-15)
        exact = (1 + 1 / d) ** d / (d * d * (d + 1)) if d > 1 else 1.0
        assert mean_smallest_eigenvalue(d, d + 1) == pytest.approx(exact, rel=1e-13)
    assert mean_smallest_eigenvalue(2**300, 2**300) == 2.0**-900


def test_real_means():
    # Majumdar, Bohigas, Lakshminarayan: N^3 E = 0.858, 0.775, 0.732, 0.710; the limit is 0.6886.
    for d, value in [(2, 0.858), (4, 0.775), (8, 0.732), (16, 0.710), (2**200, 0.6886)]:
        scaled = mean_smallest_eigenvalue(d, d, field="real") * float(d) ** 3
        assert scaled == pytest.approx(value, abs=6e-4)
    with mp.workdps(40):
        for d in (2, 3, 4, 16, 64, 1000, 10**6):
            factor = mp.mpf(8) / (mp.sqrt(d) * (d + 1) * (d + 3)) / d**2
            arguments = mp.mpf(d - 1) / 2, mp.mpf(3) / 2, mp.mpf(d + 5) / 2, 1 - mp.mpf(1) / d
            exact = factor * mp.hyp2f1(*arguments)
            mean = mean_smallest_eigenvalue(d, d, field="real")
            assert mean == pytest.approx(float(exact), rel=1e-13)
    assert mean_smallest_eigenvalue(3, 4, field="real") == pytest.approx(2 / (9 * 4))


def test_zero_and_one():
    for field in ("complex", "real"):
        assert mean_smallest_eigenvalue(5, 4, field=field) == 0.0
        assert mean_smallest_eigenvalue(1, 9, field=field) == 1.0


@pytest.mark.parametrize(("d_a", "d_b", "field"), LAWS)
def test_law_is_consistent(d_a, d_b, field):
    law = smallest_schmidt_law(d_a, d_b, field=field)
    mean, (low, high) = law.mean(), law.support()
    assert (low, high) == (0.0, 1 / min(d_a, d_b))

    def moment(k, start=0.0):
        # In the root of x, which removes the singularity of real square states.
        ends = [math.sqrt(start)]
        for factor in (0.3, 1, 3, 10, 40, 200):
            if ends[-1] ** 2 < factor * mean < high:
                ends.append(math.sqrt(factor * mean))
        ends.append(math.sqrt(high))
        return sum(
            integrate.quad(
                lambda r: 2 * r ** (2 * k + 1) * float(law.pdf(r * r)), a, b, epsabs=0, epsrel=1e-11
            )[0]
            for a, b in itertools.pairwise(ends)
        )

    assert moment(0) == pytest.approx(1, rel=1e-9)
    assert moment(1) == pytest.approx(mean, rel=1e-9)
    assert moment(2) - mean**2 == pytest.approx(law.variance(), rel=1e-7)
    for x in (0.1 * mean, mean, 4 * mean):
        if x < high:
            assert float(law.ccdf(x)) == pytest.approx(moment(0, x), rel=1e-8)
            assert float(law.cdf(x)) == pytest.approx(1 - moment(0, x), abs=1e-8)
    p = np.linspace(0, 1, 41)
    np.testing.assert_allclose(law.cdf(law.icdf(p)), p, atol=2e-13)
    assert law.cdf([-1.0, 2.0]).tolist() == [0, 1]
    assert law.ccdf([-1.0, 2.0]).tolist() == [1, 0]
    assert law.pdf([-1.0, 2.0]).tolist() == [0, 0]


def test_two_real_qubits_by_hand():
    # rho = (1 + r.sigma)/2 of a real state: p_1 p_2 = det^2, with joint density of the
    # eigenvalues proportional to (p_1 - p_2) (p_1 p_2)^(-1/2).
    law = smallest_schmidt_law(2, 2, field="real")
    x = np.array([0.01, 0.1, 0.3, 0.49])
    np.testing.assert_allclose(law.ccdf(x), 1 - 2 * np.sqrt(x * (1 - x)), rtol=1e-12)


def test_complex_beta_law():
    law, twin = smallest_schmidt_law(6, 6), stats.beta(1, 35, scale=1 / 6)
    x = twin.ppf([1e-9, 0.2, 0.9, 1 - 1e-9])
    np.testing.assert_allclose(law.cdf(x), twin.cdf(x), rtol=1e-12)
    np.testing.assert_allclose(law.ccdf(x), twin.sf(x), rtol=1e-12)
    np.testing.assert_allclose(law.pdf(x), twin.pdf(x), rtol=1e-12)
    assert law.variance() == pytest.approx(35 / (6**6 * 37))


@pytest.mark.parametrize(
    ("d_a", "d_b", "field"), [(4, 4, "complex"), (3, 4, "complex"), (4, 4, "real")]
)
def test_samples(d_a, d_b, field):
    law = smallest_schmidt_law(d_a, d_b, field=field)
    draws = law.sample(500, rng=1)
    assert stats.kstest(draws, law.cdf).pvalue > 1e-3
    assert law.sample((2, 3), rng=1).shape == (2, 3)
    assert np.ndim(law.sample(rng=1)) == 0
    assert law.sample(0, rng=1).shape == (0,)


def test_frozen_and_pickled():
    law = smallest_schmidt_law(5, 4)
    assert pickle.loads(pickle.dumps(law)) == law == SmallestSchmidtLaw(4, 5)
    with pytest.raises(AttributeError):
        law.d_a = 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mean_smallest_eigenvalue(2, 4), "d_b must be d_a or d_a"),
        (lambda: mean_smallest_eigenvalue(2, 4, field="real"), "d_b must be d_a or d_a"),
        (lambda: mean_smallest_eigenvalue(0, 4), "d_a must be"),
        (lambda: smallest_schmidt_law(1, 1), r"min\(d_a, d_b\) must be at least 2"),
        (lambda: smallest_schmidt_law(3, 7), "d_b must be d_a or d_a"),
        (lambda: smallest_schmidt_law(3, 3, field="x"), "field must be"),
        (lambda: smallest_schmidt_law(3, 3).icdf(1.5), "p must hold probabilities"),
        (lambda: smallest_schmidt_law(3, 3).cdf(math.nan), "x must hold numbers"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


@pytest.mark.parametrize("m", [1000, 10**5, 10**8, 2**40])
def test_the_sum_of_one_more_column_at_large_dimensions(m):
    # Terms C(m, j) C(D - 1, j) y^j (1 - m y)^(D - 1 - j), in sixty digits.
    law = smallest_schmidt_law(m, m + 1)
    with mp.workdps(60):
        y, total = mp.mpf(float(m) ** -3), m * (m + 1)
        term = (1 - m * y) ** (total - 1)
        tail = mp.mpf(0)
        for j in range(m + 1):
            tail += term
            term *= mp.mpf((m - j) * (total - 1 - j)) / (j + 1) ** 2 * y / (1 - m * y)
            if term < 1e-40:
                break
    assert law.ccdf(float(y)) == pytest.approx(float(tail), rel=1e-12)
    assert law.cdf(law.icdf(0.5)) == pytest.approx(0.5, abs=1e-12)


def test_real_square_law_at_large_dimensions():
    # m^3 X has a limit, approached like 1/m^2.
    found = [
        float(smallest_schmidt_law(m, m, field="real").cdf(0.3 * float(m) ** -3))
        for m in (10**5, 10**7, 2**40)
    ]
    np.testing.assert_allclose(found, found[0], atol=2e-6)
    # Near zero the law goes like the square root.
    law = smallest_schmidt_law(5, 5, field="real")
    points = np.array([1e-8, 1e-12, 1e-14])
    np.testing.assert_allclose(law.cdf(points) / np.sqrt(points), 10.3155365, rtol=1e-6)


@pytest.mark.parametrize("m", [2, 3, 20, 1000, 2**40, 2**61])
def test_complex_tails_keep_their_digits(m):
    law = smallest_schmidt_law(m, m + 1)
    for scaled in (1e-150, 1e-10, 1e-3, 0.3, 1, 3, 30, 300, 600):
        y = scaled * float(m) ** -3
        if m * y >= 1:
            continue
        with mp.workdps(50):
            exact = [float(x) for x in smallest_by_binomials(m, y)]
        found = [law.cdf(y), law.ccdf(y), law.pdf(y)]
        # A rounding of y moves the upper tail by m^3 y of it, one of a logarithm by its size.
        np.testing.assert_allclose(found, exact, rtol=1e-13 + 4e-16 * (scaled + 700))
    for p in (1e-300, 1e-20, 1e-5, 0.3, 0.5, 0.7, 1 - 1e-9):
        with mp.workdps(50):
            lower, upper, _ = smallest_by_binomials(m, float(law.icdf(p)))
        assert float(lower) == pytest.approx(p, rel=1e-12)
        assert float(upper) == pytest.approx(1 - p, rel=1e-12)
    # Beyond the smallest float there is nothing to sum, in whatever dimension.
    far = np.array([0.2, 0.9, 0.999999]) / m
    if m >= 1000:
        assert law.ccdf(far).tolist() == law.pdf(far).tolist() == [0, 0, 0]
        assert law.cdf(far).tolist() == [1, 1, 1]


@pytest.mark.parametrize("n", [2, 5])
def test_tabulated_twin_of_the_real_square(n):
    with mp.workdps(30):
        for scaled in (1e-6, 0.1, 3.0):
            y = scaled / mp.mpf(n) ** 3
            pairs = zip(
                tabulated_smallest_of_real_square(n, y), smallest_of_real_square(n, y), strict=True
            )
            assert all(abs(found / exact - 1) < 1e-26 for found, exact in pairs)
        for order in (1, 2):
            exact = moment_of_real_square(n, order)
            assert abs(tabulated_moment_of_real_square(n, order) / exact - 1) < 1e-26


@pytest.mark.parametrize("n", [2, 3, 9])
def test_real_square_tails_keep_their_digits(n):
    law = smallest_schmidt_law(n, n, field="real")
    for scaled in (1e-300, 1e-20, 1e-3, 0.3, 1, 5, 30):
        y = scaled * float(n) ** -3
        if n * y >= 1:
            continue
        with mp.workdps(30):
            exact = [float(x) for x in smallest_of_real_square(n, y)]
        np.testing.assert_allclose([law.cdf(y), law.ccdf(y), law.pdf(y)], exact, rtol=1e-12)
    for p in (1e-150, 1e-20, 0.3, 0.7, 1 - 1e-9):
        with mp.workdps(30):
            lower, upper, _ = smallest_of_real_square(n, float(law.icdf(p)))
        assert float(lower) == pytest.approx(p, rel=1e-12)
        assert float(upper) == pytest.approx(1 - p, rel=1e-12)
    # The x of 1e-300 is about its square.
    assert law.icdf([0.0, 1e-300]).tolist() == [0, 0]


@pytest.mark.parametrize("n", [2**40, 2**61])
def test_real_square_tails_in_the_limit(n):
    # Edelman: P(n^3 X > z) -> exp(-z/2 - sqrt(z)), approached like z^2 / n.
    law = smallest_schmidt_law(n, n, field="real")
    for z in (1e-150, 1e-20, 1e-3, 0.3, 1, 5, 30, 300, 1200):
        y = z * float(n) ** -3
        with mp.workdps(200):
            scaled = mp.mpf(y) * n**3
            upper = mp.exp(-scaled / 2 - mp.sqrt(scaled))
            exact = [1 - upper, upper, upper * (1 + 1 / mp.sqrt(scaled)) / 2 * n**3]
        found = [float(x(y)) for x in (law.cdf, law.ccdf, law.pdf)]
        np.testing.assert_allclose(found, [float(x) for x in exact], rtol=2e-11 + (1 + z) ** 2 / n)
    assert law.cdf(law.icdf(1e-120)) == pytest.approx(1e-120, rel=1e-12)
    # The smallest floats have few digits, here seven, and then none.
    expected = 1e-280 * float(n) ** -3
    assert law.icdf(1e-140) == pytest.approx(expected, rel=1e-6, abs=1e-323)


@pytest.mark.parametrize(("d_a", "d_b", "field"), LAWS)
def test_both_ends_of_the_line(d_a, d_b, field):
    law = smallest_schmidt_law(d_a, d_b, field=field)
    ends = [-math.inf, math.inf]
    assert law.cdf(ends).tolist() == [0, 1]
    assert law.ccdf(ends).tolist() == [1, 0]
    assert law.pdf(ends).tolist() == [0, 0]
    small = law.icdf([1e-20, 1e-10, 1e-5])
    np.testing.assert_allclose(law.cdf(small), [1e-20, 1e-10, 1e-5], rtol=1e-12)


@pytest.mark.parametrize("n", [5, 100, 1000, 10**5])
def test_real_square_density_integrates_to_the_tails(n):
    law = SmallestSchmidtLaw(n, n, "real")
    # In the root of x, where the density is smooth.
    nodes, weights = np.polynomial.legendre.leggauss(60)
    end = min(math.sqrt(10 / n**3), 0.9 / math.sqrt(n))
    roots = end * (nodes + 1) / 2
    mass = float(weights @ (2 * roots * law.pdf(roots * roots))) * end / 2
    assert mass == pytest.approx(float(law.cdf(end * end)), rel=1e-13)
