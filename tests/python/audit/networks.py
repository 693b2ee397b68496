"""Exact risks of least squares, in fractions."""

from fractions import Fraction

import mpmath as mp

from audit.points import EPS
from typicality.networks import ridgeless_risk


def size(generator):
    return int(generator.integers(1, 9) if generator.integers(2) else 10 ** generator.uniform(0, 9))


def risks(generator):
    n = size(generator)
    p = max(0, n + int(generator.integers(-5, 6))) if generator.integers(2) else size(generator)
    total = p + int(generator.integers(1, 4)) if generator.integers(2) else p + size(generator)
    noise, signal = (float(v) for v in 10.0 ** generator.uniform(-9, 9, 2))
    if generator.integers(3) == 0:
        noise = 0.0
    for features in (None, total):
        whole = max(p, 1) if features is None else features
        inside = Fraction(signal) * p / whole
        outside = Fraction(signal) - inside
        blur = outside + Fraction(noise)
        exact, gap = outside, n - p if p <= n else p - n
        infinite = gap < 2 and blur > 0 and p > 0
        if p > n:
            exact += inside * Fraction(p - n, p)
        if gap > 1:
            exact += blur * Fraction(min(p, n), gap - 1)
        value = mp.inf if infinite else mp.mpf(exact.numerator) / exact.denominator
        found = ridgeless_risk(
            n, p, noise_variance=noise, signal_norm_squared=signal, total_features=features
        )
        named = {"n": n, "p": p, "total": features, "noise": noise, "signal": signal}
        yield found, value, abs(value) * 8 * EPS, named | {"name": f"risk {features is None}"}


# Digits, seeds in the checks and seeds in the slow tests.
CASES = {risks: (60, 50, 1000)}
