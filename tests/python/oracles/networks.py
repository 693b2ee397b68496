"""Slow, obvious versions of what the network kernels compute, one parameter at a time."""

import math

import mpmath
import numpy as np


def value_and_slope(name, z):
    """Activation and derivative at one number, from the math module."""
    if name == "relu":
        return max(z, 0.0), float(z > 0)
    if name == "tanh":
        return math.tanh(z), 1 - math.tanh(z) ** 2
    if name == "erf":
        return math.erf(z), 2 / math.sqrt(math.pi) * math.exp(-z * z)
    if name == "gelu":
        cumulative = 0.5 * math.erfc(-z / math.sqrt(2))
        return z * cumulative, cumulative + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    if name == "sigmoid":
        s = 1 / (1 + math.exp(-z)) if z > 0 else math.exp(z) / (1 + math.exp(z))
        return s, s * (1 - s)
    if name == "softplus":
        return max(z, 0.0) + math.log1p(math.exp(-abs(z))), value_and_slope("sigmoid", z)[0]
    if name == "sin":
        return math.sin(z), math.cos(z)
    return z, 1.0


def layers(mlp, theta):
    """Weights and biases of each layer."""
    start, out = 0, []
    for n_in, n_out in zip(mlp.widths[:-1], mlp.widths[1:], strict=True):
        w = theta[start : start + n_in * n_out].reshape(n_out, n_in)
        start += n_in * n_out
        b = np.zeros(n_out)
        if mlp.bias:
            b = theta[start : start + n_out]
            start += n_out
        out.append((w, b))
    assert start == theta.size
    return out


def forward_mode(mlp, theta, x, direction):
    """Outputs and their derivative along a direction, sample by sample."""
    values, tangents = [], []
    for sample in x:
        a, da = np.array(sample, dtype=float), np.zeros(len(sample))
        stack = list(zip(layers(mlp, theta), layers(mlp, direction), strict=True))
        for depth, ((w, b), (dw, db)) in enumerate(stack):
            factor = mlp.weight_factors[depth]
            shift = mlp.bias_factors[depth] if mlp.bias else 0.0
            z = factor * w @ a + shift * b
            dz = factor * (dw @ a + w @ da) + shift * db
            if depth == len(stack) - 1:
                values.append(z)
                tangents.append(dz)
            else:
                pairs = [value_and_slope(mlp.activation, v) for v in z]
                a = np.array([value for value, _ in pairs])
                da = np.array([slope for _, slope in pairs]) * dz
    shape = (len(x), mlp.n_outputs)
    return np.array(values).reshape(shape), np.array(tangents).reshape(shape)


def jacobian(mlp, theta, x):
    """Column by column."""
    columns = [forward_mode(mlp, theta, x, unit)[1] for unit in np.eye(theta.size)]
    return np.stack(columns, axis=-1)


def gradient_descent(mlp, theta, x, y, rate, momentum, steps):
    """Heavy ball from the explicit Jacobian."""
    theta, velocity = theta.copy(), np.zeros_like(theta)
    for _ in range(steps):
        j = jacobian(mlp, theta, x).reshape(y.size, -1)
        residual = (forward_mode(mlp, theta, x, 0 * theta)[0] - y).reshape(-1)
        velocity = momentum * velocity - rate * j.T @ residual
        theta = theta + velocity
    return theta


def levenberg_marquardt(mlp, theta, x, y, steps):
    """The textbook's damped least squares with its damping schedule."""
    theta, damping, growth = theta.copy(), None, 2.0
    residual = (forward_mode(mlp, theta, x, 0 * theta)[0] - y).reshape(-1)
    for _ in range(steps):
        j = jacobian(mlp, theta, x).reshape(y.size, -1)
        system = j @ j.T if theta.size > y.size else j.T @ j
        scale = system.diagonal().max()
        damping = 1e-3 * scale if damping is None else damping
        step = -np.linalg.solve(j.T @ j + damping * np.eye(theta.size), j.T @ residual)
        predicted = (residual @ residual - np.sum((residual + j @ step) ** 2)) / 2
        after = (forward_mode(mlp, theta + step, x, 0 * theta)[0] - y).reshape(-1)
        drop = (residual @ residual - after @ after) / 2
        if drop > 0:
            theta, residual = theta + step, after
            damping *= np.clip(1 - (2 * drop / predicted - 1) ** 3, 0.1, 2.0)
            damping, growth = max(damping, 1e-15 * scale), 2.0
        else:
            damping, growth = damping * growth, 2 * growth
    return theta


def gaussian_means(phi, slope, q, q2, sigma):
    """E phi(u) phi(v) and E phi'(u) phi'(v) by a fine two-dimensional trapezoidal rule."""
    grid = np.linspace(-9, 9, 1201)
    weight = np.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi) * (grid[1] - grid[0])
    rho = sigma / math.sqrt(q * q2)
    u = math.sqrt(q) * grid
    v = math.sqrt(q2) * (rho * grid[:, None] + math.sqrt(1 - rho * rho) * grid)
    pairs = []
    for f in (phi, slope):
        values = f(v)
        # Products of such small numbers are denormal, and those take a hundred times as long.
        values[np.abs(values) < 1e-200] = 0.0
        inner = values @ weight
        pairs.append(float((f(u) * inner) @ weight))
    return tuple(pairs)


def gaussian_means_exact(activation, q, q2, sigma):
    """E phi(u) phi(v) and E phi'(u) phi'(v) in closed form, of multiprecision numbers."""
    root = mpmath.sqrt(q * q2)
    if activation == "relu":
        angle = mpmath.acos(sigma / root)
        phi = root * (mpmath.sin(angle) + (mpmath.pi - angle) * mpmath.cos(angle))
        return phi / (2 * mpmath.pi), (mpmath.pi - angle) / (2 * mpmath.pi)
    if activation == "erf":
        a, b = 1 + 2 * q, 1 + 2 * q2
        phi = 2 / mpmath.pi * mpmath.asin(2 * sigma / mpmath.sqrt(a * b))
        return phi, 4 / mpmath.pi / mpmath.sqrt(a * b - 4 * sigma**2)
    if activation == "gelu":
        a, b = 1 + q, 1 + q2
        rest = a * b - sigma**2
        below = mpmath.mpf(1) / 4 + mpmath.asin(sigma / mpmath.sqrt(a * b)) / (2 * mpmath.pi)
        density = 1 / (2 * mpmath.pi * mpmath.sqrt(rest))
        phi = sigma * below + density * (q * q2 * rest + sigma**2) / (a * b)
        return phi, below + density * sigma * (1 / a + 1 / b + 1 / rest)
    if activation == "sin":
        outer = mpmath.exp(-(q + q2) / 2)
        return outer * mpmath.sinh(sigma), outer * mpmath.cosh(sigma)
    assert activation == "identity"
    return sigma, mpmath.mpf(1)


def infinite_kernels_exact(activation, weights, bias, x, x2):
    """Entries of both kernels for one pair of samples, from their floats as they are.

    Variances of 1e280 beside biases of 1 need as many digits, twice.
    """
    with mpmath.workdps(700):
        left, right = [mpmath.mpf(float(v)) for v in x], [mpmath.mpf(float(v)) for v in x2]
        weights, shift = [mpmath.mpf(w) ** 2 for w in weights], mpmath.mpf(bias) ** 2

        def first(a, b):
            return weights[0] * mpmath.fdot(a, b) / len(a) + shift

        q, q2, sigma = first(left, left), first(right, right), first(left, right)
        ntk = sigma
        for weight in weights[1:]:
            phi, slope = gaussian_means_exact(activation, q, q2, sigma)
            q, q2 = (weight * gaussian_means_exact(activation, v, v, v)[0] + shift for v in (q, q2))
            sigma = weight * phi + shift
            ntk = weight * ntk * slope + sigma
        return float(sigma.real), float(ntk.real)


def variance_means_exact(activation, q):
    """E phi(u)^2 and E phi'(u)^2 of tanh, sigmoid and softplus by quadrature in one dimension."""
    with mpmath.workdps(30):
        root = mpmath.sqrt(q)
        functions = {
            "tanh": (mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
            "sigmoid": (lambda z: 1 / (1 + mpmath.exp(-z)), lambda z: mpmath.sech(z / 2) ** 2 / 4),
            "softplus": (lambda z: mpmath.log1p(mpmath.exp(z)), lambda z: 1 / (1 + mpmath.exp(-z))),
        }
        # The function bends within a few units of z, the density within a few roots of q.
        ends = sorted({mpmath.mpf(e) for e in (0, 2, 8, 40)} | {c * root for c in (1, 3, 6, 14)})
        nodes = [e for e in ends if e <= 14 * root]
        means = []
        for function in functions[activation]:
            parts = [
                mpmath.quad(
                    lambda z, s=sign, f=function: f(s * z) ** 2 * mpmath.exp(-(z**2) / (2 * q)),
                    nodes,
                )
                for sign in (1, -1)
            ]
            means.append(float(mpmath.fsum(parts) / (mpmath.sqrt(2 * mpmath.pi) * root)))
        return tuple(means)
