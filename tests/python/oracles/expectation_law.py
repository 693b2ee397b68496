"""The law of <O> by Imhof's integral along the imaginary axis in multiprecision."""

import math

import mpmath as mp


def imhof(levels, counts, x, field, digits=60):
    """P(<O> <= x), P(<O> > x) and the density at x, right to about 10^(15 - digits).

    The integrals over t = e^v by the trapezoidal rule: the integrands are analytic for
    |Im v| < pi/2 however far apart the levels are. Modulus and phase of the product of
    (1 - i w t)^(-n) are taken apart, so no square root has a branch to be chosen.
    """
    with mp.workdps(digits):
        weights = [mp.mpf(float(level)) - mp.mpf(float(x)) for level in levels]
        root, counts = (1 if field == "complex" else 2), [int(count) for count in counts]
        # The error is exp(-2 pi a / step) / cos(a)^total for every a < pi / 2.
        step = mp.mpf(9.2) / (math.log(10) * (digits - 10) + sum(counts) / root)
        largest = max(abs(w) for w in weights)
        weights = [w / largest for w in weights]
        below, density, ratio = mp.mpf(0), mp.mpf(0), mp.exp(step)
        first = -round(digits * math.log(10) / step)
        t, index = mp.exp(first * step), first
        while True:
            power, phase, even, odd = mp.mpf(1), mp.mpf(0), mp.mpf(0), mp.mpf(0)
            for weight, count in zip(weights, counts, strict=True):
                a = weight * t
                square = 1 + a * a
                power *= square**count
                phase += count * mp.atan(a)
                # The derivative adds the factor sum of n / (1 - i a).
                even += count / square
                odd += count * a / square
            size = mp.sqrt(power) if root == 1 else mp.sqrt(mp.sqrt(power))
            cosine, sine = mp.cos_sin(phase / root)
            below -= sine / size
            density += (cosine * even - sine * odd) * t / size
            # Beyond every level the integrand falls like a power of t.
            if index > 0 and 1 + (even + abs(odd)) * t < size * mp.mpf(10) ** (10 - digits):
                break
            t, index = t * ratio, index + 1
        share = below * step / mp.pi
        density *= step / (mp.pi * largest * root)
        return mp.mpf(1) / 2 + share, mp.mpf(1) / 2 - share, density
