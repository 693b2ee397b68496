"""Hostile parameters of exact functions, and what is found there held against what is exact."""

import math

import mpmath as mp
import numpy as np

# One rounding error.
EPS = 2.0**-52
# From here on the nearest float is infinity.
_LARGEST = 2**1024 - 2**970


def bits(generator, largest=1000):
    """An integer of up to 2^largest, small ones and neighbors of powers of two most of all."""
    kind = generator.integers(4)
    if kind == 0:
        return int(generator.integers(1, 6))
    if kind == 1:
        return int(generator.integers(1, 200))
    size = int(largest ** generator.random())
    if kind == 2:
        return min(max(1, 2**size + int(generator.integers(-2, 3))), 2**largest)
    return int(generator.integers(1, 2**30)) << max(0, size - 30) if size > 30 else 2**size


def dimensions(generator, *, smaller=1000, larger=1000):
    """Two dimensions in any order: equal, neighbors, or anything else."""
    m = bits(generator, smaller)
    kind = generator.integers(5)
    if kind == 0:
        n = m
    elif kind == 1:
        n = m + int(generator.integers(1, 4))
    else:
        n = bits(generator, larger)
    n = min(n, 2**larger)
    return (m, n) if generator.integers(2) else (n, m)


def small_dimensions(generator, most, *, larger=1000):
    """The smaller dimension up to `most`, the larger anything; sorted."""
    m = int(generator.integers(1, most + 1))
    kind = generator.integers(4)
    n = (m, m + 1, m + int(generator.integers(2, 60)), 0)[kind] or m - 1 + bits(generator, larger)
    return m, min(n, 2**larger)


def digits(*sizes):
    """Decimal digits in which differences of up to the third power of `sizes` are exact."""
    return 40 + max(size.bit_length() for size in sizes)


def misses(found, exact, slack):
    """How many times `slack` the error is; 0 where both are the same infinity."""
    found = float(found)
    if abs(exact) > _LARGEST:
        exact = mp.sign(exact) * mp.inf
    if math.isinf(found) or mp.isinf(exact):
        return 0.0 if mp.mpf(found) == exact else math.inf
    error = abs(mp.mpf(found) - exact)
    # Beside it what the digits resolve, and the distance of the smallest floats.
    allowed = mp.mpf(slack) + mp.mpf(5e-324) + mp.mpf(10) ** (12 - mp.mp.dps)
    return float(error / allowed) if not math.isnan(found) else math.inf


def assert_promise(case, working_digits, seeds):
    """Fail where `case`, which yields (found, exact, slack, parameters), is wrong by a slack."""
    for seed in seeds:
        generator = np.random.default_rng([len(case.__name__), seed])
        with mp.workdps(working_digits):
            for found, exact, slack, parameters in case(generator):
                ratio = misses(found, exact, slack)
                assert ratio <= 1, (
                    f"{case.__name__}, seed {seed}, {parameters}: {float(found)!r} for "
                    f"{mp.nstr(exact, 17)}, {ratio:.3g} times what is promised"
                )
