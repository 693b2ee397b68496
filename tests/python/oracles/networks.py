"""Slow, obvious versions of what the network kernels compute, one parameter at a time."""

import math

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
        inner = f(v) @ weight
        pairs.append(float((f(u) * inner) @ weight))
    return tuple(pairs)
