r"""Kernels of infinitely wide networks: what the empirical kernel of Eq. (3) converges to.

With :math:`(u, v)` a centered Gaussian pair whose covariance is that of the layer below,

.. math:: \Sigma^1 = s_0^2\, x \cdot x'/n_0 + b_0^2, \quad
    \Sigma^{l+1} = s_l^2\, E[\phi(u) \phi(v)] + b_0^2, \quad
    \Theta^{l+1} = s_l^2\, \Theta^l E[\phi'(u) \phi'(v)] + \Sigma^{l+1}, \quad \Theta^1 = \Sigma^1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import refuse_oversize
from typicality.errors import ConvergenceError
from typicality.networks.activations import activation_derivative, apply_activation
from typicality.networks.mlp import MLP, check_inputs, check_network

__all__ = ["infinite_nngp", "infinite_ntk"]

Array = npt.NDArray[np.float64]
# Means of phi phi and phi' phi' over the pair, from the variances and the correlation.
Means = Callable[[Array, Array, Array, Array], tuple[Array, Array]]

# Relative to sqrt(E phi(u)^2 E phi(v)^2), for activations without a closed form.
_ACCURACY: Final = 1e-10
_LARGEST_DEGREE: Final = 4096
# No activation converges with so many terms beyond this variance, so none is tried.
_LARGEST_VARIANCE: Final = 300.0
# Correlations this near to 1 are rounding: identical samples must not look almost identical, since
# the relu kernel changes like the square root of the difference.
_IDENTICAL: Final = 4e-15


def infinite_ntk(mlp: MLP, x: npt.ArrayLike, x2: npt.ArrayLike | None = None) -> Array:
    """Return the limit of the empirical kernel for wide hidden layers, for one output.

    With several outputs the empirical kernel converges, in probability, to this one times the
    identity of the outputs. Closed forms for relu, erf, sin and identity; for the others the
    Gaussian means are expanded in Hermite polynomials until the rest is provably below 1e-10 of
    the diagonal.

    Parameters
    ----------
    mlp : MLP
        The network in NTK parametrization; its hidden widths do not matter.
    x, x2 : array_like
        Samples, shapes ``(N, n_in)`` and ``(N2, n_in)``; `x2` is `x` if left out.

    Returns
    -------
    numpy.ndarray
        Shape ``(N, N2)``, float64.

    Raises
    ------
    TypeError, ValueError
        If a sample array is not finite and real, or the parametrization is standard, in which the
        kernel grows with the width.
    MemoryError
        If the kernel would not fit.
    typicality.errors.ConvergenceError
        If the expansion would need too many terms: a steep activation on very large samples.

    References
    ----------
    .. [1] A. Jacot, F. Gabriel, C. Hongler, "Neural tangent kernel", NeurIPS 2018.
    .. [2] Y. Cho, L. K. Saul, "Kernel methods for deep learning", NIPS 2009.
    .. [3] C. K. I. Williams, "Computing with infinite networks", NIPS 1996.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, empirical_ntk, infinite_ntk
    >>> mlp, x = MLP((2, 4096, 1), "relu"), np.array([[1.0, 0.0], [0.6, 0.8]])
    >>> limit = infinite_ntk(mlp, x)
    >>> finite = empirical_ntk(mlp, mlp.init(20, rng=0), x).mean(axis=0)
    >>> bool(np.abs(finite - limit).max() < 0.01)
    True
    """
    if check_network(mlp).parametrization != "ntk":
        raise ValueError(
            'infinite_ntk needs parametrization="ntk"; in the standard one the kernel grows with '
            "the width and has no limit. infinite_nngp exists in both."
        )
    return _kernels(mlp, x, x2)[1]


def infinite_nngp(mlp: MLP, x: npt.ArrayLike, x2: npt.ArrayLike | None = None) -> Array:
    """Return the covariance of one output over initializations, for wide hidden layers.

    An infinitely wide network at initialization is a Gaussian process with this covariance, in
    either parametrization.

    Parameters
    ----------
    mlp : MLP
        The network; its hidden widths do not matter.
    x, x2 : array_like
        Samples, shapes ``(N, n_in)`` and ``(N2, n_in)``; `x2` is `x` if left out.

    Returns
    -------
    numpy.ndarray
        Shape ``(N, N2)``, float64.

    Raises
    ------
    TypeError, ValueError, MemoryError, typicality.errors.ConvergenceError
        As `infinite_ntk`.

    References
    ----------
    .. [1] J. Lee et al., "Deep neural networks as Gaussian processes", ICLR 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, infinite_nngp
    >>> mlp = MLP((4, 100, 1), "relu", bias=False)
    >>> infinite_nngp(mlp, np.eye(4)[:1]).tolist()  # half of |x|^2 / 4
    [[0.125]]
    """
    return _kernels(mlp, x, x2)[0]


def _kernels(mlp: MLP, x: npt.ArrayLike, x2: npt.ArrayLike | None) -> tuple[Array, Array]:
    left = check_inputs(mlp, x).astype(np.float64, copy=False)
    right = left if x2 is None else check_inputs(mlp, x2, "x2").astype(np.float64, copy=False)
    refuse_oversize(
        8 * 8 * left.shape[0] * right.shape[0], "The kernel", "Pass fewer samples at once."
    )
    weights = [scale * scale for scale in mlp.weight_scales]
    bias = mlp.bias_scale**2 if mlp.bias else 0.0
    first = weights[0] / mlp.n_inputs
    q = first * np.einsum("ij,ij->i", left, left) + bias
    q2 = q if x2 is None else first * np.einsum("ij,ij->i", right, right) + bias
    sigma = first * (left @ right.T) + bias
    ntk = sigma.copy()
    means = _CLOSED.get(mlp.activation) or _expansion(mlp.activation)
    for weight in weights[1:]:
        rho = _correlation(sigma, q, q2, same=x2 is None)
        phi, slope = means(q, q2, sigma, rho)
        square, square2 = (_second_moment(mlp.activation, v) for v in (q, q2))
        sigma = weight * phi + bias
        ntk = weight * ntk * slope + sigma
        q, q2 = weight * square + bias, weight * square2 + bias
    if x2 is None:
        # Vectorized functions may round an entry and its mirror image differently.
        return _symmetric(sigma), _symmetric(ntk)
    return sigma, ntk


def _symmetric(matrix: Array) -> Array:
    return np.tril(matrix) + np.tril(matrix, -1).T


def _correlation(sigma: Array, q: Array, q2: Array, *, same: bool) -> Array:
    scale = np.sqrt(q)[:, np.newaxis] * np.sqrt(q2)
    # A sample whose pre-activation is surely zero is correlated with nothing.
    rho = np.divide(sigma, scale, out=np.zeros_like(sigma), where=scale > 0)
    rho[rho > 1 - _IDENTICAL] = 1.0
    rho[rho < -1 + _IDENTICAL] = -1.0
    if same:
        np.fill_diagonal(rho, (q > 0).astype(np.float64))
    return rho


def _second_moment(activation: str, q: Array) -> Array:
    """E phi(u)^2 for u ~ N(0, q)."""
    if activation == "relu":
        return q / 2
    if activation == "erf":
        return 2 / np.pi * np.arctan2(2 * q, np.sqrt(1 + 4 * q))
    if activation == "sin":
        return -np.expm1(-2 * q) / 2
    if activation == "identity":
        return q
    nodes, weights = _gaussian_rule(float(q.max(initial=0.0)), 0)
    return apply_activation(activation, np.sqrt(q)[:, np.newaxis] * nodes) ** 2 @ weights


def _relu(q: Array, q2: Array, _sigma: Array, rho: Array) -> tuple[Array, Array]:
    scale = np.sqrt(q)[:, np.newaxis] * np.sqrt(q2)
    angle = np.arccos(rho)
    inside = np.pi - angle
    sine = np.sqrt((1 - rho) * (1 + rho))
    phi = scale * (sine + inside * rho) / (2 * np.pi)
    # phi'(0) = 0: a pre-activation that is surely zero does not pass anything on.
    return phi, np.where(scale > 0, inside / (2 * np.pi), 0.0)


def _erf(q: Array, q2: Array, sigma: Array, rho: Array) -> tuple[Array, Array]:
    a, b = 1 + 2 * q[:, np.newaxis], 1 + 2 * q2
    # 1 - ratio^2 from its own small difference: a b - 4 sigma^2 without cancellation at rho = +-1.
    gap = 4 * q[:, np.newaxis] * q2 * (1 - rho) * (1 + rho) + (a - 1) + (b - 1) + 1
    phi = 2 / np.pi * np.arctan2(2 * sigma, np.sqrt(gap))
    return phi, 4 / np.pi / np.sqrt(gap)


def _sin(q: Array, q2: Array, sigma: Array, _rho: Array) -> tuple[Array, Array]:
    spread = (q[:, np.newaxis] + q2) / 2
    plus, minus = np.exp(sigma - spread), np.exp(-sigma - spread)
    return (plus - minus) / 2, (plus + minus) / 2


def _identity(_q: Array, _q2: Array, sigma: Array, _rho: Array) -> tuple[Array, Array]:
    return sigma.copy(), np.ones_like(sigma)


_CLOSED: Final[dict[str, Means]] = {
    "relu": _relu,
    "erf": _erf,
    "sin": _sin,
    "identity": _identity,
}


def _expansion(activation: str) -> Means:
    """Mehler's expansion: E phi(u) psi(v) = sum_k c_k(q) d_k(q2) rho^k in Hermite coefficients."""

    def means(q: Array, q2: Array, _sigma: Array, rho: Array) -> tuple[Array, Array]:
        one, slope_one = _coefficients(activation, q)
        two, slope_two = (one, slope_one) if q2 is q else _coefficients(activation, q2)
        return _mehler(one, two, rho), _mehler(slope_one, slope_two, rho)

    return means


def _coefficients(activation: str, q: Array) -> tuple[Array, Array]:
    """Hermite coefficients of phi(sqrt(q) z) and phi'(sqrt(q) z), shape (degree, len(q)).

    The sum of their squares is E phi^2, so what is missing from it bounds the rest of the series.
    """
    if q.size == 0:
        return np.zeros((1, 0)), np.zeros((1, 0))
    degree, rest, largest = 64, 1.0, float(q.max())
    while degree <= _LARGEST_DEGREE and largest <= _LARGEST_VARIANCE:
        nodes, weights = _gaussian_rule(largest, degree)
        z = np.sqrt(q)[:, np.newaxis] * nodes
        tables = apply_activation(activation, z), activation_derivative(activation, z)
        rest, found = 0.0, []
        for table in tables:
            coefficients = _hermite_transform(table, nodes, weights, degree)
            total = table**2 @ weights
            missing = total - (coefficients**2).sum(axis=0)
            rest = max(rest, float((missing / np.maximum(total, 1e-300)).max()))
            found.append(coefficients)
        if rest < _ACCURACY:
            return found[0], found[1]
        degree *= 2
    raise ConvergenceError(
        f"The Hermite expansion of {activation} needs more than {_LARGEST_DEGREE} terms for a rest "
        f"of {_ACCURACY:.0e} (reached {rest:.1e}): pre-activations have variances up to "
        f"{largest:.3g}. "
        "Scale the samples or weight_scale down, or use activation='erf', which has a closed form."
    )


def _gaussian_rule(largest: float, degree: int) -> tuple[Array, Array]:
    """Nodes and weights of the trapezoidal rule for the normal density.

    Exponentially accurate for functions analytic near the axis: their poles at the distance
    pi / (2 sqrt(q)) set the step, and so do the waves of the Hermite polynomials.
    """
    reach = 9.0 + 2.0 * np.sqrt(degree)
    poles = 0.3 / max(1.0, np.sqrt(largest))
    step = min(poles, 0.5 * np.pi / (9.0 + np.sqrt(2.0 * degree + 1.0)))
    count = int(np.ceil(reach / step))
    nodes: Array = float(step) * np.arange(-count, count + 1, dtype=np.float64)
    weights: Array = float(step / np.sqrt(2 * np.pi)) * np.exp(-(nodes**2) / 2)
    return nodes, weights


def _hermite_transform(table: Array, nodes: Array, weights: Array, degree: int) -> Array:
    """E table(z) h_k(z) for the normalized Hermite polynomials h_k, k < degree.

    The square root of the weight goes into the recurrence, which then cannot overflow.
    """
    root = np.sqrt(weights)
    weighted = (table * root).T
    out = np.empty((degree, table.shape[0]))
    before, current = np.zeros_like(nodes), root
    for k in range(degree):
        out[k] = current @ weighted
        before, current = (
            current,
            (nodes * current - np.sqrt(k) * before) / np.sqrt(k + 1.0),
        )
    return out


def _mehler(one: Array, two: Array, rho: Array) -> Array:
    # Horner's rule from the highest degree that either side has.
    total = np.zeros_like(rho)
    for k in reversed(range(min(one.shape[0], two.shape[0]))):
        total *= rho
        total += np.multiply.outer(one[k], two[k])
    return total
