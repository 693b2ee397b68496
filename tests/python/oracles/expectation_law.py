"""The law of <O> by Imhof's integral along the imaginary axis in multiprecision."""

import math

import mpmath as mp


def imhof(levels, counts, x, field, digits=60):
    """P(<O> <= x), P(<O> > x) and the density at x, right to about 10^(15 - digits).

    The integrals over t = e^v by the trapezoidal rule: the integrands are analytic for
    |Im v| < pi/2 however far apart the levels are. Square roots are told apart by the phase.
    """
    with mp.workdps(digits):
        weights = [mp.mpf(float(level)) - mp.mpf(float(x)) for level in levels]
        total = sum(counts) * (1.0 if field == "complex" else 0.5)
        # The error is exp(-2 pi a / step) / cos(a)^total for every a < pi / 2.
        step = mp.mpf(9.2) / (math.log(10) * (digits - 10) + total)
        largest = max(abs(w) for w in weights)
        weights = [w / largest for w in weights]
        floats = [float(w) for w in weights]
        below, density, ratio = mp.mpf(0), mp.mpf(0), mp.exp(step)
        first = -round(digits * math.log(10) / step)
        t, index = mp.exp(first * step), first
        while True:
            factors = [mp.mpc(1, -w * t) for w in weights]
            product = mp.mpc(1)
            for factor, count in zip(factors, counts, strict=True):
                product *= factor**count
            if field == "real":
                near = float(t)
                phase = -sum(
                    n * math.atan(w * near) / 2 for w, n in zip(floats, counts, strict=True)
                )
                product = mp.sqrt(product)
                if math.cos(float(mp.arg(product)) - phase) < 0:
                    product = -product
            inverse = 1 / product
            slope = sum(count / factor for factor, count in zip(factors, counts, strict=True))
            density_term = (inverse * slope).real * t
            below -= inverse.imag
            density += density_term
            # Beyond every level the integrand falls like a power of t.
            tail = abs(inverse) + abs(inverse * slope) * t
            if index > 0 and tail < mp.mpf(10) ** (10 - digits):
                break
            t, index = t * ratio, index + 1
        share = below * step / mp.pi
        factor = 1 if field == "complex" else mp.mpf(1) / 2
        density *= factor * step / (mp.pi * largest)
        return mp.mpf(1) / 2 + share, mp.mpf(1) / 2 - share, density
