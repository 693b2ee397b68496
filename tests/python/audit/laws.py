"""Laws in closed form: Marchenko-Pastur, the smallest Schmidt coefficient, distances, bounds."""

import math

import mpmath as mp

from audit.points import EPS, bits
from oracles.hard_edge import (
    tabulated_moment_of_real_square,
    tabulated_smallest_of_real_square,
)
from oracles.quantum import pair_trace_distance, smallest_by_binomials, typical_trace_distance
from typicality import quantum
from typicality.quantum import (
    chebyshev_bound,
    hoeffding_bound,
    levy_bound,
    mean_smallest_eigenvalue,
    smallest_schmidt_law,
    typical_pair_trace_distance,
)
from typicality.spectra import MarchenkoPastur


def magnitude(generator, low=-12, high=12):
    return float(10.0 ** generator.uniform(low, high))


def aspect_ratio(generator):
    kind = generator.integers(5)
    if kind == 0:
        return 1.0
    if kind == 1:
        return float(1 + magnitude(generator, -15, -1) * (-1) ** int(generator.integers(2)))
    return magnitude(generator, -10, 10) if kind == 2 else magnitude(generator, -1, 1)


def masses(c, u_of_x, root):
    """Masses of the bulk below and above the angle u from the lower edge, of unit total."""
    r = min(root, 1 / root)
    u = u_of_x
    gap = abs(1 - r)
    angle = mp.atan2((1 + r) * mp.sin(u / 2), gap * mp.cos(u / 2))
    below = ((1 + r * r) * u + 2 * r * mp.sin(u) - 2 * (1 - r * r) * angle) / (2 * mp.pi * r * r)
    return below, 1 - below


def marchenko_pastur(generator):
    ratio, scale = aspect_ratio(generator), float(generator.choice([1.0, 0.25, 3.7e5, 1e-9]))
    law, c = MarchenkoPastur(ratio, scale), mp.mpf(ratio)
    root = mp.sqrt(c)
    low, high = (1 - root) ** 2, (1 + root) ** 2
    share = (
        float(generator.random()),
        magnitude(generator, -14, 0),
        1 - magnitude(generator, -14, 0),
    )[generator.integers(3)]
    x = float((low + (high - low) * mp.mpf(share)) * mp.mpf(scale))
    place = mp.mpf(x) / mp.mpf(scale)
    weight, atom = min(mp.mpf(1), 1 / c), max(mp.mpf(0), 1 - 1 / c)
    if not low < place < high:
        return
    u = 2 * mp.asin(mp.sqrt((place - low) / (4 * root)))
    below, above = masses(c, u, root)
    density = mp.sqrt((high - place) * (place - low)) / (2 * mp.pi * c * place * mp.mpf(scale))
    # The law is that of a place which is rounded: in units of the scale, and beside its edges.
    blur = 4 * EPS * (mp.mpf(x) / mp.mpf(scale) if scale != 1 or 1 / 16 < ratio < 16 else root)
    moved = density * mp.mpf(scale) * blur
    near = blur
    slope = near / min(place - low, high - place)
    named = {"c": ratio, "scale": scale, "x": x}
    exact = atom + weight * below
    yield law.cdf(x), exact, 1e-14 * exact + moved, named | {"name": "cdf"}
    exact = weight * above
    yield law.ccdf(x), exact, 1e-14 * exact + moved, named | {"name": "ccdf"}
    yield law.pdf(x), density, density * (1e-14 + slope), named | {"name": "pdf"}
    p = float(atom + weight * below)
    if float(atom) < p < 1:
        # The inverse of the exact law at a float p: its own place is known through the density.
        back = law.icdf(p)
        shift = (mp.mpf(p) - atom - weight * below) / density
        rounding = p * EPS / density + mp.mpf(x) * EPS * 8 + 1e-14 * below * weight / density
        yield back, mp.mpf(x) + shift, rounding * 2, named | {"name": "icdf"}
    order = float(generator.uniform(-3, 5) if generator.integers(2) else generator.integers(-3, 6))
    exact = moment(c, mp.mpf(order))
    if exact is not None:
        exact *= mp.mpf(scale) ** mp.mpf(order)
        slack = abs(exact) * 1e-14 * (10 + abs(order))
        if order < -0.5 and mp.isfinite(exact):
            # (1 - c)^(2 order + 1), whose 1 - c is exact.
            slack *= 10
        yield law.moment(order), exact, slack, named | {"order": order, "name": "moment"}
    bulk = 0 if c == 1 else (1 - c) / c * mp.log(abs(1 - c))
    exact = mp.log(2 * mp.pi * root) - 1 - bulk / 2 + mp.log(mp.mpf(scale)) if c <= 1 else -mp.inf
    slack = 8 * EPS * (10 + abs(math.log(scale)) + abs(math.log(ratio)))
    yield law.entropy(), exact, slack, named | {"name": "entropy"}


def moment(c, order):
    if c > 1:
        if order < 0:
            return mp.inf
        inner = moment(1 / c, order) if order else mp.mpf(1)
        return inner if inner is None else inner * c ** (order - 1 if order else 0)
    if c == 1:
        if order <= -0.5:
            return mp.inf
        return mp.gammaprod([1 + 2 * order], [1 + order, 2 + order])
    if c > 0.95 and order != int(order):
        return None
    if order < -0.5:
        return (1 - c) ** (2 * order + 1) * moment(c, -1 - order)
    return mp.hyp2f1(1 - order, -order, 2, c)


def smallest_of_powers(generator):
    field, m = ("complex", "real")[generator.integers(2)], max(2, bits(generator, 62))
    n = m if field == "complex" else m + 1
    law = smallest_schmidt_law(m, n, field=field)
    q = (mp.mpf(m) * n if field == "complex" else mp.mpf(m) * n / 2) - 1
    y = float(mp.mpf(magnitude(generator, -12, 0) if generator.integers(2) else 3 / q) / m)
    if q * m * y > 600 or m * y >= 1:
        y = float(generator.random() / m / q)
    named = {"m": m, "n": n, "y": y, "field": field}
    above = (1 - m * mp.mpf(y)) ** q
    # y is given, m y is not rounded in the exact law: its error is one of y.
    slack = 1e-14 + 4 * EPS * q * m * y
    yield law.ccdf(y), above, above * slack, named | {"name": "power ccdf"}
    yield law.cdf(y), 1 - above, (1 - above) * 1e-14, named | {"name": "power cdf"}
    density = q * m * (1 - m * mp.mpf(y)) ** (q - 1)
    yield law.pdf(y), density, density * slack, named | {"name": "power pdf"}
    p = magnitude(generator, -300, 0) if generator.integers(2) else float(generator.random())
    exact = -mp.expm1(mp.log1p(-mp.mpf(p)) / q) / m
    yield (
        law.icdf(p),
        exact,
        exact * (1e-14 + 2 * EPS * p / (1 - p)),
        named | {"name": "power icdf"},
    )
    exact = 1 / (m * (1 + q))
    yield law.mean(), exact, exact * 8 * EPS, named | {"name": "power mean"}
    exact = q / (mp.mpf(m) ** 2 * (1 + q) ** 2 * (2 + q))
    yield law.variance(), exact, exact * 16 * EPS, named | {"name": "power variance"}


def smallest_of_neighbors(generator):
    m = int(generator.integers(2, 12) if generator.integers(3) else generator.integers(12, 40))
    law = smallest_schmidt_law(m, m + 1)
    y = float(law.mean() * (magnitude(generator, -8, 0) if generator.integers(2) else 1))
    y = min(y * float(generator.uniform(0.2, 5)), 0.95 / m)
    lower, upper, density = smallest_by_binomials(m, y)
    named = {"m": m, "y": y}
    trials = m * (m + 1) - 1
    yield law.cdf(y), lower, lower * 1e-13, named | {"name": "sum cdf"}
    yield law.ccdf(y), upper, upper * 1e-13, named | {"name": "sum ccdf"}
    yield law.pdf(y), density, density * 1e-13, named | {"name": "sum pdf"}
    for p in (float(lower),):
        if 0 < p < 1:
            exact = mp.mpf(y) + (mp.mpf(p) - lower) / density
            slack = exact * 1e-14 + 4 * EPS * p / density
            yield law.icdf(p), exact, slack, named | {"name": "sum icdf"}
    # Moments of the mixture, sum over j of Beta integrals.
    first = second = mp.mpf(0)
    for j in range(m + 1):
        factor = mp.binomial(m, j) * mp.binomial(trials, j)
        for power in (0, 1):
            beta = mp.beta(j + power + 1, trials - j + 1) / mp.mpf(m) ** (j + power + 1)
            if power == 0:
                first += factor * beta
            else:
                second += 2 * factor * beta
    yield law.mean(), first, first * 1e-14, named | {"name": "sum mean"}
    variance = second - first**2
    yield law.variance(), variance, variance * 1e-13, named | {"name": "sum variance"}


def smallest_of_real_squares(generator):
    yield from real_square(generator, int(generator.integers(2, 6)))


def smallest_of_larger_real_squares(generator):
    yield from real_square(generator, int(generator.integers(6, 30)))


def real_square(generator, m):
    law = smallest_schmidt_law(m, m, field="real")
    y = float(law.mean() * magnitude(generator, -6, 0.6))
    y = min(y, 0.9 / m)
    lower, upper, density = tabulated_smallest_of_real_square(m, y)
    named = {"m": m, "y": y}
    yield law.cdf(y), lower, lower * 1e-12, named | {"name": "square cdf"}
    yield law.ccdf(y), upper, upper * 1e-12, named | {"name": "square ccdf"}
    yield law.pdf(y), density, density * 1e-12, named | {"name": "square pdf"}
    p = float(lower)
    if 0 < p < 1:
        exact = mp.mpf(y) + (mp.mpf(p) - lower) / density
        slack = exact * 1e-11 + 4 * EPS * p / density
        yield law.icdf(p), exact, slack, named | {"name": "square icdf"}
    first, second = (tabulated_moment_of_real_square(m, order) for order in (1, 2))
    yield law.mean(), first, first * 1e-13, named | {"name": "square mean"}
    variance = second - first**2
    yield law.variance(), variance, variance * 1e-12, named | {"name": "square variance"}


def smallest_means(generator):
    m = max(2, bits(generator, 300))
    exact = 1 / mp.mpf(m) ** 3
    yield mean_smallest_eigenvalue(m, m), exact, exact * 4 * EPS, {"m": m, "name": "mean d, d"}
    exact = (1 + 1 / mp.mpf(m)) ** m / (mp.mpf(m) ** 2 * (m + 1))
    found = mean_smallest_eigenvalue(m, m + 1)
    yield found, exact, exact * 8 * EPS, {"m": m, "name": "mean m, m + 1"}
    exact = 2 / (mp.mpf(m) ** 2 * (m + 1))
    found = mean_smallest_eigenvalue(m, m + 1, field="real")
    yield found, exact, exact * 4 * EPS, {"m": m, "name": "mean real m, m + 1"}
    if m < 10**5:
        # The integral of Edelman's mixture in closed form.
        a, size = mp.mpf(m - 1) / 2, mp.mpf(m)

        def integral(power):
            far = mp.hyp2f1(power, a, a + power + mp.mpf(3) / 2, 1 - 1 / size)
            return size**-power * mp.beta(a, power + mp.mpf(3) / 2) * far

        exact = integral(mp.mpf(3) / 2) / integral(mp.mpf(1) / 2) / size**2
        found = mean_smallest_eigenvalue(m, m, field="real")
        yield found, exact, exact * 1e-14, {"m": m, "name": "mean real d, d"}


def distances(generator):
    c = magnitude(generator, -300, 300) if generator.integers(2) else magnitude(generator, -2, 1)
    if generator.integers(4) == 0:
        c = float(generator.choice([2.0, 4.0])) * (1 - magnitude(generator, -16, -1))
    exact = typical_trace_distance(c)
    slack = exact * 4e-15
    yield quantum.typical_trace_distance(c), exact, slack, {"c": c, "name": "T"}
    exact = pair_trace_distance(c)
    yield typical_pair_trace_distance(c), exact, exact * 4e-15, {"c": c, "name": "T pair"}


def bounds(generator):
    d, deviation = bits(generator), magnitude(generator, -200, 3)
    size = magnitude(generator, -100, 10)
    if generator.integers(2):
        # Where the exponent is of order one.
        deviation = float(mp.mpf(size) / mp.sqrt(mp.mpf(d)) * mp.mpf(magnitude(generator, -2, 2)))
    named = {"d": d, "epsilon": deviation, "size": size}
    e, s = mp.mpf(deviation), mp.mpf(size)
    for field, effective in (("complex", mp.mpf(d) + 1), ("real", mp.mpf(d) / 2 + 1)):
        exact = min(mp.mpf(1), s / effective / e**2)
        found = chebyshev_bound(size, d, deviation, field=field)
        yield found, exact, exact * 1e-14, named | {"name": f"chebyshev {field}"}
        power = 2 * effective * e**2 / s**2
        exact = min(mp.mpf(1), 2 * mp.exp(-power))
        found = hoeffding_bound(size, d, deviation, field=field)
        yield found, exact, exact * 1e-14 * (1 + power), named | {"name": f"hoeffding {field}"}
    power = d * e**2 / (18 * mp.pi**3 * s**2)
    exact = min(mp.mpf(1), 2 * mp.exp(-power))
    yield (
        levy_bound(size, d, deviation),
        exact,
        exact * 1e-14 * (1 + power),
        named | {"name": "levy"},
    )


# Digits, seeds in the checks and seeds in the slow tests.
CASES = {
    marchenko_pastur: (70, 50, 1000),
    smallest_of_powers: (60, 50, 1000),
    smallest_of_neighbors: (60, 50, 1000),
    smallest_of_real_squares: (30, 50, 1000),
    smallest_of_larger_real_squares: (30, 5, 1000),
    smallest_means: (100, 50, 1000),
    distances: (350, 50, 1000),
    bounds: (40, 50, 1000),
}
