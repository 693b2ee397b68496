"""The Marchenko-Pastur law against quadrature, hypergeometric functions and its own draws."""

import math
import pickle

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, stats

from oracles.spectra import marchenko_pastur_density, marchenko_pastur_integral
from typicality.spectra import MarchenkoPastur

RATIOS = [1e-10, 1e-3, 0.1, 0.3, 0.9, 0.9999, 1.0, 1.0001, 2.5, 40.0]
SHARES = [1e-9, 1e-3, 0.2, 0.5, 0.8, 0.999, 1 - 1e-9]


def inner(law):
    """Points of the continuous part, in shares of its width."""
    low = (1 - law.c) ** 2 / (1 + math.sqrt(law.c)) ** 2 * law.scale
    high = law.support()[1]
    return [low + (high - low) * share for share in SHARES]


@pytest.mark.parametrize("c", RATIOS)
def test_both_tails_are_right_to_rounding(c):
    law = MarchenkoPastur(c)
    with mp.workdps(40):
        for x in inner(law):
            # A relative error of x moves the tail by x pdf(x): nothing can do better.
            slack = 1e-13 + 4e-16 * x * float(law.pdf(x)) / float(law.ccdf(x))
            above = marchenko_pastur_integral(c, lambda _: 1, start=x)
            assert float(law.ccdf(x)) == pytest.approx(float(above), rel=slack)
            below = marchenko_pastur_integral(c, lambda _: 1, end=x) + max(0.0, 1 - 1 / mp.mpf(c))
            slack = 1e-13 + 4e-16 * x * float(law.pdf(x)) / float(below)
            assert float(law.cdf(x)) == pytest.approx(float(below), rel=slack)
            density = marchenko_pastur_density(x, c)
            edge = min(x - law._edges()[0], law._edges()[1] - x)
            assert float(law.pdf(x)) == pytest.approx(float(density), rel=1e-12 + 4e-16 * x / edge)


@pytest.mark.parametrize("c", RATIOS)
@pytest.mark.parametrize("order", [-3.3, -1, -0.4, 0, 0.5, 0.999, 1, 1.0001, 2, 2.5, 7.3, 15.9, 60])
def test_moments_of_any_real_order(c, order):
    law = MarchenkoPastur(c)
    if (c > 1 and order < 0) or (c == 1 and order <= -0.5):
        assert law.moment(order) == math.inf
        return
    with mp.workdps(40):
        ratio, a = mp.mpf(c), mp.mpf(order)
        if c <= 1:
            exact = mp.hyp2f1(1 - a, -a, 2, ratio)
        else:
            exact = ratio ** (a - 1) * mp.hyp2f1(1 - a, -a, 2, 1 / ratio) if order else mp.mpf(1)
        assert law.moment(order) == pytest.approx(float(exact), rel=3e-13)
        logarithm = mp.log(exact)
    assert law.log_moment(order) == pytest.approx(float(logarithm), rel=2e-12, abs=3e-16)


@pytest.mark.parametrize(
    "c", [1.0, 1 - 2**-53, *(1 + s * 10.0**-k for k in (15, 14, 12, 9, 6, 3) for s in (-1, 1))]
)
def test_moments_around_the_hard_edge(c):
    # Where the closed form has its branch point, and its connection formula a pole at -1/2.
    law = MarchenkoPastur(c)
    orders = [-0.999, -0.75, -0.55, -0.5000001, -0.5, -0.4999999, -0.45, -0.25, -1e-9, 1e-9]
    orders += [0.3, 0.5, 0.500001, 1 - 1e-9, 1 + 1e-9, 1.499, 1.5, 1.501, 2, 2.5, 3, 15.9, 16.1, 99]
    for order in orders:
        if (c > 1 and order < 0) or (c == 1 and order <= -0.5):
            assert law.moment(order) == math.inf
            continue
        with mp.workdps(50):
            ratio, a = mp.mpf(c), mp.mpf(order)
            exact = mp.hyp2f1(1 - a, -a, 2, min(ratio, 1 / ratio)) * max(ratio, 1) ** (a - 1)
            logarithm = mp.log(exact)
        assert law.log_moment(order) == pytest.approx(float(logarithm), rel=4e-15)
        assert law.moment(order) == pytest.approx(float(exact), rel=1e-14 * max(1, order))


def test_orders_near_the_largest_float():
    # Beyond 1e15 only powers of the upper edge are left, or of the lower one for negative orders.
    for c, scale in [(0.5, 1.0), (1.0, 1.0), (1 / 3, 3.0), (3.0, 1 / 3), (0.2, 0.1)]:
        law = MarchenkoPastur(c, scale)
        low, high = law.support()
        for order in (1e18, 1e300, 1e307):
            expected = order * math.log(high)
            assert law.log_moment(order) == pytest.approx(expected, rel=1e-14)
            assert law.moment(order) == (math.inf if high > 1 else 0.0)
            if c < 1:
                assert law.log_moment(-order) == pytest.approx(-order * math.log(low), rel=1e-14)
    with mp.workdps(30):
        exact = mp.log(mp.gamma(1 + mp.mpf(2e15)) / mp.gamma(1 + mp.mpf(1e15)))
        exact -= mp.loggamma(2 + mp.mpf(1e15))
    assert MarchenkoPastur(1.0).log_moment(1e15) == pytest.approx(float(exact), rel=1e-15)


def test_moments_agree_with_quadrature():
    with mp.workdps(25):
        for c, order in [(0.4, 0.5), (0.4, -2.5), (1.0, 1.7), (3.0, 0.25)]:
            exact = marchenko_pastur_integral(c, lambda x, a=order: x**a)
            assert MarchenkoPastur(c).moment(order) == pytest.approx(float(exact), rel=1e-12)


def test_log_moment_keeps_its_slope_at_order_one():
    # The von Neumann entropy, c/2, is minus this slope.
    for c in (1e-8, 0.1, 0.5, 0.99, 1.0):
        law = MarchenkoPastur(c)
        for step in (1e-12, -1e-9, 1e-6):
            order = 1 + step
            slope = law.log_moment(order) / (order - 1)
            assert slope == pytest.approx(c / 2, rel=3e-6 if abs(step) > 1e-7 else 3e-9)


def test_large_orders_do_not_overflow():
    # l_+^a times a power of a: the min-entropy's limit.
    assert MarchenkoPastur(1.0).moment(2000) == math.inf
    with mp.workdps(60):
        for c, order in [(1.0, 2000), (0.3, 1e5), (1e-6, 1e6)]:
            t = [0, min(mp.pi, 20 / mp.sqrt(order * mp.sqrt(c)))]
            r = mp.sqrt(mp.mpf(c))
            share = 4 * r / (1 + r) ** 2
            inner_part = mp.quad(
                lambda x, a=order, s=share: (
                    mp.sin(x) ** 2 * (1 - s * mp.sin(x / 2) ** 2) ** (a - 1)
                ),
                mp.linspace(t[0], t[1], 9),
            )
            exact = (order - 1) * 2 * mp.log(1 + r) + mp.log(2 / mp.pi * inner_part)
            assert MarchenkoPastur(c).log_moment(order) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("c", [1e-12, 1e-3, 0.5, 0.999999, 1.0, 1 + 1e-9, 3.0, 1e6])
def test_inverse_inverts_in_both_tails(c):
    law = MarchenkoPastur(c, scale=0.25)
    p = np.concatenate([[0, 1e-300, 1e-30, 1e-9], np.linspace(0, 1, 401), [1 - 1e-12, 1]])
    x = law.icdf(p)
    assert (np.diff(x[np.argsort(p)]) >= 0).all()
    assert x[0] == law.support()[0]
    assert x[-1] == pytest.approx(law.support()[1], rel=1e-15)
    expected = np.maximum(p, law.atom)
    slack = 1e-14 + 4e-16 * np.where(
        x > 0, x * np.where(x > 0, law.pdf(np.maximum(x, 1e-300)), 0), 0
    )
    inside = (x > 0) & np.isfinite(slack)
    assert (np.abs(law.cdf(x) - expected)[inside] <= 4 * slack[inside]).all()


def test_moments_of_first_orders_and_entropy():
    for c in (0.2, 1.0, 5.0):
        law = MarchenkoPastur(c, scale=3.0)
        assert law.mean() == 3.0
        assert law.variance() == pytest.approx(9 * c)
        assert law.moment(2) - law.moment(1) ** 2 == pytest.approx(law.variance())
    for c in (0.01, 0.5, 1.0):
        with mp.workdps(25):
            exact = -marchenko_pastur_integral(
                c, lambda x, c=c: mp.log(marchenko_pastur_density(x, c) or 1)
            )
        assert MarchenkoPastur(c).entropy() == pytest.approx(float(exact), abs=1e-9)
        assert MarchenkoPastur(c, 2.0).entropy() == pytest.approx(
            float(exact + mp.log(2)), abs=1e-9
        )
    assert MarchenkoPastur(1.5).entropy() == -math.inf


def test_quadrature_of_the_density_gives_the_same_law():
    low, high = 0.25, 2.25

    def density(x):
        return np.sqrt((high - x) * (x - low)) / (2 * np.pi * 0.25 * x)

    def mean_of(f, top=high):
        return integrate.quad(lambda x: f(x) * density(x), low, top, epsrel=1e-11)[0]

    law = MarchenkoPastur(0.25)
    for x in np.linspace(0.3, 2.2, 7):
        np.testing.assert_allclose(law.cdf(x), mean_of(lambda _: 1.0, x), rtol=1e-8)
    entropy = mean_of(lambda x: -np.log(density(x)))
    np.testing.assert_allclose(law.entropy(), entropy, rtol=1e-8)
    np.testing.assert_allclose(law.moment(3), mean_of(lambda x: x**3), rtol=1e-8)


@pytest.mark.parametrize("c", [0.3, 1.0, 2.5])
def test_draws_follow_the_law(c):
    law = MarchenkoPastur(c, scale=2.0)
    draws = law.sample(4000, rng=11)
    atoms = np.count_nonzero(draws == 0)
    spread = math.sqrt(4000 * law.atom * (1 - law.atom))
    assert abs(atoms - 4000 * law.atom) <= 4 * spread
    weight = 1 - law.atom
    kept = draws[draws > 0]
    pvalue = stats.kstest(kept, lambda x: (law.cdf(x) - law.atom) / weight).pvalue
    assert pvalue > 1e-3
    assert np.array_equal(law.sample(10, rng=11), draws[:10])
    assert law.sample((2, 3), rng=11).shape == (2, 3)
    assert np.shape(law.sample(rng=11)) == ()
    assert law.sample((0, 2), rng=1).shape == (0, 2)


def test_outside_and_at_the_edges():
    law = MarchenkoPastur(0.25)
    assert law.pdf([0.0, -1.0, 3.0]).tolist() == [0, 0, 0]
    assert law.cdf([-1.0, 0.0, 9.0]).tolist() == [0, 0, 1]
    assert law.ccdf([-1.0, 0.0, 9.0]).tolist() == [1, 1, 0]
    assert MarchenkoPastur(1.0).pdf(0.0) == math.inf
    for c in (0.25, 1.0, 4.0):
        ends = MarchenkoPastur(c, scale=1e-300)
        assert ends.cdf([-math.inf, 1e308, math.inf]).tolist() == [0, 1, 1]
        assert ends.ccdf([-math.inf, 1e308, math.inf]).tolist() == [1, 0, 0]
        assert ends.pdf([-math.inf, 1e308, math.inf]).tolist() == [0, 0, 0]
        assert ends.logpdf(math.inf) == -math.inf
    heavy = MarchenkoPastur(4.0)
    assert heavy.cdf([-1e-9, 0.0, 0.5]).tolist() == [0, 0.75, 0.75]
    assert heavy.support() == (0.0, 9.0)
    assert heavy.pdf(0.0) == 0.0


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e300, 1.7e308])
@pytest.mark.parametrize("c", [5e-324, 1e-300, 1e-16, 1 - 2**-53, 1 + 2**-52, 1e16, 1.7e308])
def test_scales_and_ratios_near_the_ends_of_the_floats(c, scale):
    # Infinite where a number is too large, never an error, a warning or NaN.
    law = MarchenkoPastur(c, scale)
    with np.errstate(over="ignore"):
        assert law.variance() == (c * np.float64(scale)) * scale
    points = [-math.inf, 0.0, scale, math.inf]
    for values in (law.pdf(points), law.cdf(points), law.ccdf(points), law.icdf([0, 0.3, 0.7, 1])):
        assert (values >= 0).all()
    assert law.cdf(points[:: len(points) - 1]).tolist() == [0, 1]
    for order in (0.5, 2.5, 1e300):
        assert law.moment(order) >= 0
    assert law.moment(1) == pytest.approx(scale, rel=1e-12, abs=5e-324)


def test_frozen_equal_and_pickled():
    law = MarchenkoPastur(0.5, 2)
    assert pickle.loads(pickle.dumps(law)) == law == MarchenkoPastur(0.5, 2.0)
    with pytest.raises(AttributeError):
        law.c = 1.0


@pytest.mark.parametrize("c", [0, -1, math.nan, math.inf, "x", None, 1j, [1.0]])
def test_bad_parameters(c):
    with pytest.raises((ValueError, TypeError), match="c must be"):
        MarchenkoPastur(c)
    with pytest.raises((ValueError, TypeError), match="scale must be"):
        MarchenkoPastur(1.0, c)


def test_bad_arguments():
    law = MarchenkoPastur(0.5)
    with pytest.raises(ValueError, match="p must hold probabilities"):
        law.icdf([0.5, 1.5])
    with pytest.raises(ValueError, match="x must hold numbers"):
        law.cdf(math.nan)
    with pytest.raises(TypeError, match="x must"):
        law.pdf("0.5")
    with pytest.raises(ValueError, match="order must be"):
        law.moment(math.inf)


@pytest.mark.parametrize("c", [5e-324, 1e-300, 1e-40, 1e-12])
def test_supports_narrower_than_rounding(c):
    law = MarchenkoPastur(c)
    # A semicircle of radius 2 sqrt(c) around 1.
    assert law.cdf(1.0) == pytest.approx(0.5, abs=math.sqrt(c) + 1e-15)
    assert law.ccdf(1.0) == pytest.approx(0.5, abs=math.sqrt(c) + 1e-15)
    assert law.pdf(1.0) == pytest.approx(1 / (math.pi * math.sqrt(c)), rel=1e-12)
    assert law.cdf(0.9) == law.ccdf(1.1) == law.pdf(0.9) == law.pdf(1.1) == 0.0
    # log(2 pi sqrt(c)) - 1/2 up to terms of c.
    exact = math.log(2 * math.pi) + 0.5 * math.log(c) - 0.5
    assert law.entropy() == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("gap", [1e-3, 1e-6, 1e-9])
def test_lower_tail_next_to_the_hard_edge(gap):
    for c in (1 - gap, 1 + gap):
        law = MarchenkoPastur(c)
        for factor in (1.5, 10.0, 1e3):
            x = law.support()[0] * factor if c < 1 else gap**2 / 4 * factor
            with mp.workdps(60):
                r = mp.sqrt(mp.mpf(c))
                u = 2 * mp.asin(mp.sqrt((mp.mpf(x) - (1 - r) ** 2) / (4 * r)))
                r = min(r, 1 / r)
                angle = mp.atan2((1 + r) * mp.sin(u / 2), (1 - r) * mp.cos(u / 2))
                bulk = (1 + r * r) * u + 2 * r * mp.sin(u) - 2 * (1 - r * r) * angle
                exact = bulk / (2 * mp.pi * r * r) * min(1, 1 / mp.mpf(c)) + max(
                    0, 1 - 1 / mp.mpf(c)
                )
            assert law.cdf(x) == pytest.approx(float(exact), rel=1e-13)
            assert law.icdf(float(exact)) == pytest.approx(x, rel=1e-10 if c > 1 else 1e-13)
