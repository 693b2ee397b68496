"""Slow, obvious versions of the quantum formulas: permutations, pairings, loops, multiprecision."""

import itertools
import math

import mpmath as mp
import numpy as np


def cycles(permutation):
    """Number of cycles."""
    seen, count = set(), 0
    for start in range(len(permutation)):
        if start not in seen:
            count += 1
            while start not in seen:
                seen.add(start)
                start = permutation[start]
    return count


def power_trace_by_permutations(d_a, d_b, k):
    """E tr rho^k for complex states: sum over S_k of d_a^#(tau s) d_b^#(s)."""
    total = 0
    for s in itertools.permutations(range(k)):
        turned = tuple((s[i] + 1) % k for i in range(k))
        total += d_a ** cycles(turned) * d_b ** cycles(s)
    return mp.mpf(total) / math.prod(d_a * d_b + i for i in range(k))


def pairings(items):
    """All ways to split a list into pairs."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for index, partner in enumerate(rest):
        for others in pairings(rest[:index] + rest[index + 1 :]):
            yield [(first, partner), *others]


def power_trace_by_pairings(d_a, d_b, k):
    """E tr rho^k for real states by Wick's theorem for tr (G G^T)^k, G real.

    Factor number t of the 2k factors has a row index shared with one neighbor in the trace and a
    column index shared with the other.
    """
    total = 0
    for pairs in pairings(list(range(2 * k))):
        total += d_a ** loops(pairs, k, 1) * d_b ** loops(pairs, k, 0)
    return mp.mpf(total) / math.prod(d_a * d_b + 2 * i for i in range(k))


def loops(pairs, k, shift):
    """Free index sums when index sites (0,1), (2,3), ... shifted by `shift` are glued."""
    parent = list(range(2 * k))

    def root(x):
        while parent[x] != x:
            x = parent[x]
        return x

    for x, y in pairs:
        parent[root(x)] = root(y)
    for i in range(k):
        parent[root((2 * i + shift) % (2 * k))] = root((2 * i + 1 + shift) % (2 * k))
    return len({root(x) for x in range(2 * k)})


def page_by_sum(m, n):
    """Page's sum, for m <= n."""
    return mp.fsum(mp.mpf(1) / k for k in range(n + 1, m * n + 1)) - mp.mpf(m - 1) / (2 * n)


def page(m, n):
    """The same through digamma functions."""
    total = mp.mpf(m) * n
    return mp.digamma(total + 1) - mp.digamma(mp.mpf(n) + 1) - mp.mpf(m - 1) / (2 * mp.mpf(n))


def page_variance(m, n):
    """Vivo, Pato, Oshanin; Wei."""
    m, n = mp.mpf(m), mp.mpf(n)
    total = m * n
    second = (m + 1) * (m + 2 * n + 1) / (4 * n * n * (total + 1))
    return -mp.psi(1, total + 1) + (m + n) / (total + 1) * mp.psi(1, n) - second


def log_determinant(m, n):
    """E log det rho, term by term."""
    return mp.fsum(mp.digamma(n - j) for j in range(m)) - m * mp.digamma(m * n)


def typical_trace_distance(c):
    """T(c) as printed."""
    c = mp.mpf(c)
    if c >= 4:
        return 1 - 1 / c
    first = (2 + c) * mp.sqrt(c * (4 - c))
    return (first - 8 * (1 - c) * mp.asin(mp.sqrt(c) / 2)) / (4 * mp.pi * c)


def pair_trace_distance(c):
    """T_pair(c) as printed, from the free convolution."""
    c = mp.mpf(c)
    if c >= 2:
        return 1 - 1 / (2 * c)
    second = (1 + c) * mp.sqrt(c * (2 - c)) / (2 * c)
    return ((2 - 1 / c) * mp.asin(mp.sqrt(c / 2)) + second) / mp.pi


def spline_tail(knots, x):
    """P(<O> > x) for a simple spectrum and complex states: the truncated power sum."""
    knots, x, d = [mp.mpf(float(k)) for k in knots], mp.mpf(float(x)), len(knots)
    return mp.fsum(
        (o - x) ** (d - 1) / mp.fprod(o - q for j, q in enumerate(knots) if j != i)
        for i, o in enumerate(knots)
        if o > x
    )


def spline_density(knots, x):
    """The B-spline with these knots."""
    knots, x, d = [mp.mpf(float(k)) for k in knots], mp.mpf(float(x)), len(knots)
    return (d - 1) * mp.fsum(
        (o - x) ** (d - 2) / mp.fprod(o - q for j, q in enumerate(knots) if j != i)
        for i, o in enumerate(knots)
        if o > x
    )


def renyi(p, alpha):
    """Renyi entropy of one probability vector in multiprecision."""
    p = [mp.mpf(x) for x in p if x > 0]
    total = mp.fsum(p)
    p = [x / total for x in p]
    if alpha == math.inf:
        return -mp.log(max(p))
    if alpha == 1:
        return -mp.fsum(x * mp.log(x) for x in p)
    return mp.log(mp.fsum(x ** mp.mpf(alpha) for x in p)) / (1 - mp.mpf(alpha))


def partial_trace(rho, dims, keep):
    """Partial trace, one matrix element at a time."""
    rest = [i for i in range(len(dims)) if i not in keep]
    kept = [range(dims[i]) for i in keep]
    traced = [range(dims[i]) for i in rest]

    def position(values):
        index = 0
        for value, d in zip(values, dims, strict=True):
            index = index * d + value
        return index

    def full(inside, outside):
        values = [0] * len(dims)
        for i, value in zip(keep, inside, strict=True):
            values[i] = value
        for i, value in zip(rest, outside, strict=True):
            values[i] = value
        return position(values)

    rows = list(itertools.product(*kept))
    result = np.zeros((len(rows), len(rows)), dtype=rho.dtype)
    for i, row in enumerate(rows):
        for j, column in enumerate(rows):
            for outside in itertools.product(*traced):
                result[i, j] += rho[full(row, outside), full(column, outside)]
    return result


def hermitian_basis(d):
    """The orthonormal Hermitian basis of `tangent_kernel`, matrix by matrix."""
    basis = []
    for i in range(d):
        for j in range(d):
            o = np.zeros((d, d), dtype=complex)
            if i == j:
                o[i, i] = 1
            elif i < j:
                o[i, j] = o[j, i] = 1 / math.sqrt(2)
            else:
                o[i, j], o[j, i] = 1j / math.sqrt(2), -1j / math.sqrt(2)
            basis.append(o)
    return basis


def tangent_jacobian(psi, d_a, d_b):
    """Derivatives of <psi|O_a x 1|psi> by the real and imaginary parts of psi."""
    rows = []
    for o in hermitian_basis(d_a):
        image = 2 * np.kron(o, np.eye(d_b)) @ psi
        rows.append(np.concatenate([image.real, image.imag]))
    return np.array(rows)


def matrix_function(rho, function):
    """A function of one Hermitian matrix through its eigenvectors, zeros left out."""
    values, vectors = np.linalg.eigh(rho)
    mapped = [function(x) if x > 1e-14 else 0.0 for x in values]
    return (vectors * mapped) @ vectors.conj().T


def smallest_by_binomials(m, y):
    """Lower tail, upper tail and density of the smallest eigenvalue, complex m x (m + 1) states.

    The tails as the printed sum and its complement term by term, the density as the derivative of
    the printed sum.
    """
    y, trials = mp.mpf(y), m * (m + 1) - 1
    chance = m * y
    term, share = (1 - chance) ** trials, mp.mpf(1)
    lower = upper = density = mp.mpf(0)
    for i in range(trials + 1):
        lower += term * (1 - share)
        upper += term * share
        density += share * term / (1 - chance) * i * mp.mpf(m + 1) / (i + 1) * (trials - i)
        share *= mp.mpf(max(m - i, 0)) / (m * (i + 1))
        ratio = mp.mpf(trials - i) / (i + 1) * chance / (1 - chance)
        term *= ratio
        if i > 5 and ratio < 0.5 and term * mp.mpf(m) ** 4 < mp.mpf(10) ** -40 * lower:
            break
    return lower, upper, density


def density_of_real_square(n, x):
    """Density of the smallest eigenvalue of real n x n states, not normalized."""
    arguments = (n + 2) / 2, (n - 1) / 2, (n * n + n - 2) / 2, -(1 - n * x) / x
    return x ** (-n / 2) * (1 - n * x) ** ((n * n + n) / 2 - 2) * mp.hyp2f1(*arguments)


def moment_of_real_square(n, order):
    """Moment of the same eigenvalue, integrated in the root of x."""
    n = mp.mpf(n)
    mean = mp.sqrt(0.7 / n**3)
    cuts = [mean * share for share in (0, 0.1, 1, 2, 4, 8) if mean * share < 1 / mp.sqrt(n)]

    def integral(power):
        def integrand(r):
            return 2 * r ** (2 * power + 1) * density_of_real_square(n, r * r) if r else mp.mpf(0)

        return mp.quad(integrand, [*cuts, 1 / mp.sqrt(n)])

    return integral(order) / integral(0)


def smallest_of_real_square(n, y):
    """Lower tail, upper tail and density of the smallest eigenvalue, real n x n states.

    Majumdar, Bohigas and Lakshminarayan's density, integrated in the root of x.
    """
    n, y = mp.mpf(n), mp.mpf(y)

    def density(x):
        return density_of_real_square(n, x)

    def integral(start, end):
        mean = mp.sqrt(0.7 / n**3)
        inner = [mean * share for share in (0.1, 1, 2, 4, 8) if start < mean * share < end]
        return mp.quad(lambda r: 2 * r * density(r * r) if r else mp.mpf(0), [start, *inner, end])

    root, top = mp.sqrt(y), 1 / mp.sqrt(n)
    lower, upper = integral(mp.mpf(0), root), integral(root, top)
    return lower / (lower + upper), upper / (lower + upper), density(y) / (lower + upper)
