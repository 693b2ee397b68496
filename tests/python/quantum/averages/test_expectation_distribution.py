"""The exact law of <O>: splines, Beta laws, an independent inversion, draws."""

import math

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, special, stats

from oracles.quantum import spline_density, spline_tail
from typicality.errors import ConvergenceError
from typicality.quantum import (
    expectation_cdf,
    expectation_pdf,
    haar_expectations,
)
from typicality.quantum._averages import saddle_integral

GENERATOR = np.random.default_rng(9)
SPECTRA = {
    "two": np.array([-1.0, 3.0]),
    "three": np.array([0.0, 1.0, 1.5]),
    "eight": np.arange(8.0),
    "normal": GENERATOR.standard_normal(20),
    "skew": GENERATOR.standard_exponential(50) ** 2,
    "outlier": np.append(GENERATOR.random(119), 100.0),
    "close": np.array([0.0, 1e-7, 0.5, 0.5 + 1e-6, 1.0]),
}


@pytest.mark.parametrize("name", SPECTRA)
def test_spline(name):
    levels = SPECTRA[name]
    mean, width = levels.mean(), levels.std() / math.sqrt(levels.size + 1)
    points = np.concatenate(
        [np.linspace(levels.min(), levels.max(), 9)[1:-1], mean + width * np.arange(-6, 7)]
    )
    points = points[(points > levels.min()) & (points < levels.max())]
    below, density = expectation_cdf(levels, points), expectation_pdf(levels, points)
    beyond = expectation_cdf(levels, points, upper=True)
    with mp.workdps(400):
        for x, share, rest, value in zip(points, below, beyond, density, strict=True):
            above = spline_tail(levels, x)
            assert abs(rest - above) <= (1e-11 * float(above) if x > mean else 1e-13)
            # The smaller tail keeps its digits below the mean, the distribution its own above.
            slack = 1e-11 * float(min(1 - above, mp.mpf(1))) if x <= mean else 1e-13
            assert abs(share - (1 - above)) <= slack
            assert value == pytest.approx(float(spline_density(levels, x)), rel=2e-11)


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize(
    ("d", "rank"), [(2, 1), (3, 1), (10, 3), (50, 1), (1000, 500), (10**5, 3), (2**40, 2**39)]
)
def test_projectors_follow_the_beta_law(d, rank, field):
    beta = 2 if field == "complex" else 1
    a, b = beta * rank / 2, beta * (d - rank) / 2
    width = math.sqrt(a * b / (a + b + 1)) / (a + b)
    points = np.array([a / (a + b) + z * width for z in (-4, -2, -0.3, 0.0, 0.5, 2, 5)])
    points = points[(points > 0) & (points < 1)]
    below = expectation_cdf([0.0, 1.0], points, multiplicities=[d - rank, rank], field=field)
    density = expectation_pdf([1.0, 0.0], points, multiplicities=[rank, d - rank], field=field)
    if d < 2**30:
        np.testing.assert_allclose(below, special.betainc(a, b, points), rtol=0, atol=2e-11)
        np.testing.assert_allclose(density, stats.beta(a, b).pdf(points), rtol=2e-9)
    else:
        # Normal to 1e-12 at this size.
        normal = stats.norm.cdf((points - 0.5) / width)
        np.testing.assert_allclose(below, normal, rtol=0, atol=2e-9)


@pytest.mark.parametrize("name", ["two", "three", "eight", "normal"])
def test_points_near_the_ends_of_the_spectrum(name):
    levels = SPECTRA[name] - SPECTRA[name].min()
    levels = np.append(levels, [1e-200]) if name == "three" else levels
    shares = np.array([5e-324, 1e-300, 1e-150, 1e-60, 1e-20, 1e-8, 0.3, 1 - 1e-8, 1 - 2**-53])
    points = shares * levels.max()
    below, beyond = (expectation_cdf(levels, points, upper=upper) for upper in (False, True))
    density = expectation_pdf(levels, points)
    with mp.workdps(1500):
        for index in range(1, len(points)):
            above = spline_tail(levels, points[index])
            assert below[index] == pytest.approx(float(1 - above), rel=1e-11, abs=1e-306)
            assert beyond[index] == pytest.approx(float(above), rel=1e-11, abs=1e-306)
            exact = float(spline_density(levels, points[index]))
            assert density[index] == pytest.approx(exact, rel=2e-11, abs=1e-306)
    assert below[0] <= 5e-324
    assert beyond[0] == 1.0
    real = expectation_cdf([0.0, 1.0], shares[1:7], field="real")
    np.testing.assert_allclose(real, 2 / math.pi * np.arcsin(np.sqrt(shares[1:7])), rtol=1e-11)


def test_both_ends_of_the_line():
    ends = [-math.inf, math.inf]
    for levels in ([0.0, 1.0], [1.0, 1.0], np.arange(9.0)):
        assert expectation_cdf(levels, ends).tolist() == [0, 1]
        assert expectation_cdf(levels, ends, upper=True).tolist() == [1, 0]
    assert expectation_pdf([0.0, 1.0], ends).tolist() == [0, 0]
    assert expectation_cdf([0.0, 1.0], [-1.0, 0.0, 1.0, 2.0], upper=True).tolist() == [1, 1, 0, 0]
    assert expectation_cdf([5.0, 5.0], [4.0, 5.0, 6.0], upper=True).tolist() == [1, 0, 0]


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize(("d", "rank"), [(2, 1), (50, 20), (1000, 3)])
def test_upper_tails_of_projectors(d, rank, field):
    a, b = (share / (1 if field == "complex" else 2) for share in (rank, d - rank))
    points = np.array([0.1, 0.3, 0.5, 0.9])
    found = expectation_cdf(
        [0.0, 1.0], points, multiplicities=[d - rank, rank], field=field, upper=True
    )
    exact = special.betaincc(a, b, points)
    np.testing.assert_allclose(found, exact, rtol=1e-10, atol=1e-300)


def test_points_that_cannot_be_reached_are_named():
    # A logarithmic peak between levels that the spread of the spectrum dwarfs by 1e300.
    with pytest.raises(ConvergenceError, match="at 1 points, x = 1e-300; it "):
        expectation_pdf([-1.0, 0.0, 1e-300, 1.0], [0.3, 1e-300, 0.5], field="real")


def test_rank_one_tail_keeps_its_digits():
    d, x = 10**4, np.array([1e-3, 0.01, 0.05])
    np.testing.assert_allclose(
        np.log(expectation_cdf([0.0, -1.0], -x, multiplicities=[d - 1, 1])),
        (d - 1) * np.log1p(-x),
        rtol=1e-12,
    )


@pytest.mark.parametrize("field", ["complex", "real"])
def test_degenerate_levels_by_imhof(field):
    levels, counts = np.array([-1.0, 0.2, 0.3, 2.0]), np.array([5, 1, 3, 2])
    shapes = counts * (1.0 if field == "complex" else 0.5)

    def twin(x):
        def integrand(t):
            weights = levels - x
            phase = (shapes * np.arctan(weights * t)).sum()
            return math.sin(phase) / t * np.prod((1 + (weights * t) ** 2) ** (-shapes / 2))

        return 0.5 - integrate.quad(integrand, 0, np.inf, limit=2000, epsabs=1e-13)[0] / math.pi

    points = np.array([-0.8, -0.2, 0.0, 0.1, 0.5, 1.0, 1.7])
    exact = [twin(x) for x in points]
    below = expectation_cdf(levels, points, multiplicities=counts, field=field)
    np.testing.assert_allclose(below, exact, atol=1e-10)
    repeated = expectation_cdf(np.repeat(levels, counts), points, field=field)
    np.testing.assert_allclose(below, repeated, rtol=1e-12)
    density = expectation_pdf(levels, points, multiplicities=counts, field=field)
    step = 1e-5
    slope = expectation_cdf(levels, points + step, multiplicities=counts, field=field)
    slope = slope - expectation_cdf(levels, points - step, multiplicities=counts, field=field)
    np.testing.assert_allclose(density, slope / (2 * step), rtol=1e-5)


@pytest.mark.parametrize("field", ["complex", "real"])
def test_draws_follow_it(field):
    levels = GENERATOR.standard_normal(30)
    draws = haar_expectations(levels, size=5000, field=field, rng=3)
    pvalue = stats.kstest(draws, lambda x: expectation_cdf(levels, x, field=field)).pvalue
    assert pvalue > 1e-3


def test_edges_and_certain_values():
    assert expectation_cdf([0.0, 1.0], [-1.0, 0.0, 1.0, 2.0]).tolist() == [0, 0, 1, 1]
    assert expectation_pdf([0.0, 1.0], [-0.1, 0.0, 1.0, 1.1]).tolist() == [0, 1, 1, 0]
    assert expectation_pdf([0.0, 1.0, 2.0], [0.0, 2.0]).tolist() == [0, 0]
    assert expectation_pdf([0.0, 1.0], [0.0, 1.0], field="real").tolist() == [math.inf] * 2
    # A real state of three levels has a logarithmic peak at the middle one.
    assert expectation_pdf([0.0, 1.0, 2.0], 1.0, field="real") == math.inf
    assert expectation_cdf([5.0, 5.0], [4.0, 5.0, 6.0]).tolist() == [0, 1, 1]
    assert expectation_cdf([2.0], 2.0, multiplicities=[7]) == 1.0
    assert expectation_cdf([-1e308, 1e308], [0.0, 5e307]) == pytest.approx([0.5, 0.75])
    assert expectation_cdf([0.0, 1.0], np.ones((2, 0))).shape == (2, 0)
    assert expectation_cdf([0, 1], 0.5).shape == ()


def test_many_levels():
    levels = GENERATOR.standard_normal(4096)
    points = np.linspace(-0.06, 0.06, 100)
    below = expectation_cdf(levels, points)
    assert (np.diff(below) > 0).all()
    draws = haar_expectations(levels, size=300, rng=5)
    assert stats.kstest(draws, lambda x: expectation_cdf(levels, x)).pvalue > 1e-3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expectation_cdf([], 0.0), "eigenvalues must have at least one"),
        (lambda: expectation_cdf([1.0, math.nan], 0.0), "eigenvalues must be finite"),
        (lambda: expectation_cdf([[1.0]], 0.0), "eigenvalues must have 1 axes"),
        (lambda: expectation_cdf([1j, 2], 0.0), "eigenvalues must be real"),
        (lambda: expectation_cdf([1.0, 2.0], "x"), "x must"),
        (lambda: expectation_cdf([1.0, 2.0], [1.5, math.nan]), "x must hold numbers"),
        (lambda: expectation_cdf([1.0, 2.0], 1.5, upper=1), "upper must be True or False"),
        (lambda: expectation_cdf([1.0, 2.0], 0.0, multiplicities=[1]), "multiplicities must"),
        (lambda: expectation_cdf([0.0, 1.0], 0.5, multiplicities=[2**40, 1]), r"at most 2\*\*40"),
        (lambda: expectation_pdf([0.0, 1.0], 0.5, multiplicities=[2**99, 9]), r"at most 2\*\*40"),
        (lambda: expectation_cdf([1.0, 2.0], 0.0, multiplicities=[1, 0]), "multiplicities must"),
        (lambda: expectation_cdf([1.0, 2.0], 0.0, multiplicities=[1, 1.5]), "multiplicities must"),
        (lambda: expectation_cdf([1.0, 2.0], 0.0, field="none"), "field must be"),
        (lambda: expectation_pdf([2.0, 2.0], 2.0), "eigenvalues must not all be equal"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


def test_the_largest_dimensions():
    rank = 2**30
    points = 0.5 + np.array([-3.0, -1.0, 0.0, 2.0]) / math.sqrt(8 * rank)
    found = expectation_cdf([0.0, 1.0], points, multiplicities=[rank, rank])
    # By quadrature: the incomplete beta function of SciPy before 1.17 is off by 1e-7 here.
    with mp.workdps(30):
        norm = 2 * mp.loggamma(rank) - mp.loggamma(2 * rank)
        edges = [0.5 + mp.mpf(k) / mp.sqrt(8 * rank) for k in range(-14, 3)]
        for point, value in zip(points, found, strict=True):
            below = [edge for edge in edges if edge < point]
            exact = mp.quad(
                lambda t: mp.exp((rank - 1) * mp.log(t * (1 - t)) - norm), [*below, point]
            )
            np.testing.assert_allclose(value, float(exact), rtol=1e-10)


def test_levels_far_apart_do_not_overflow():
    # The product of all factors would.
    levels = np.append(np.geomspace(1e-12, 1.0, 400), 0.0)
    point = 1e-6
    below = expectation_cdf(levels, point)
    above = 1.0 - expectation_cdf(-levels, -point)
    assert 0.0 <= below <= 1.0
    assert below == pytest.approx(above, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("field", ["complex", "real"])
def test_tails_below_the_floats_are_zero(field):
    # As logarithms they are known to a few digits only; as floats they are right.
    arguments = {"multiplicities": [10**6, 10**5, 10**6], "field": field}
    levels = [0.0, 0.3, 1.0]
    assert expectation_cdf(levels, 0.01, **arguments) == 0.0
    assert expectation_cdf(levels, 0.99, **arguments, upper=True) == 0.0
    assert expectation_cdf(levels, [0.01, 0.99], **arguments, upper=True).tolist() == [1.0, 0.0]
    assert expectation_pdf(levels, [0.01, 0.99], **arguments).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("field", ["complex", "real"])
@pytest.mark.parametrize("d", [2, 6, 20, 64, 300])
def test_products_of_factors_have_the_branch_of_their_sum(d, field, monkeypatch):
    generator = np.random.default_rng(d)
    for levels in (generator.standard_normal(d), generator.standard_cauchy(d)):
        width = levels.std() / math.sqrt(d)
        points = np.append(np.linspace(levels.min(), levels.max(), 40)[1:-1], levels.mean())
        points = np.append(points, levels.mean() + width * np.arange(-3, 4))
        points = points[(points > levels.min()) & (points < levels.max())]
        found = [f(levels, points, field=field) for f in (expectation_cdf, expectation_pdf)]
        # Each logarithm by itself, as for large multiplicities.
        monkeypatch.setattr(saddle_integral, "_LARGE_SHAPE", 0.0)
        plain = [f(levels, points, field=field) for f in (expectation_cdf, expectation_pdf)]
        monkeypatch.undo()
        np.testing.assert_allclose(found, plain, rtol=1e-11, atol=1e-290)


def test_sums_that_differ_are_refused(monkeypatch):
    # Were a logarithm on the wrong branch somewhere along the path, the sums would tell.
    plain = saddle_integral._log_sum

    def wrong(rates, shift, shapes):
        found = plain(rates, shift, shapes)
        return np.where(shift.imag > 1.0, found + 1j * math.pi, found)

    monkeypatch.setattr(saddle_integral, "_log_sum", wrong)
    for function in (expectation_cdf, expectation_pdf):
        with pytest.raises(ConvergenceError, match=r"at 1 points, x = 1\.2; it is known to"):
            function([0.0, 0.3, 1.0, 1.1, 2.5, 4.0], 1.2, field="real")
