"""The network linearized about its initialization, Eq. (4), and gradient flow under its kernel.

A linearized network under gradient flow has residual exp(-K t) r with K of Eq. (3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from typicality._arrays import real_array, refuse_oversize
from typicality._points import law_points
from typicality._short_repr import ShortRepr
from typicality.networks._headroom import headroom
from typicality.networks._jacobian import jacobian_vector_product
from typicality.networks._kernel_spectrum import kernel_spectrum
from typicality.networks._mlp import MLP, check_inputs, check_params
from typicality.networks._ntk import empirical_ntk

__all__ = ["LinearizedMLP", "gradient_flow", "linearize"]


@dataclass(frozen=True, eq=False, repr=False)
class LinearizedMLP(ShortRepr):
    r"""The map :math:`f(\theta_0, x) + J(\theta_0, x)\,(\theta - \theta_0)` of `linearize`.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta0 : numpy.ndarray
        Where it is linearized, shape ``(P,)``.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, linearize
    >>> mlp, x = MLP((2, 100, 1), "tanh"), np.eye(2)
    >>> theta0 = mlp.init(rng=0)
    >>> linear = linearize(mlp, theta0)
    >>> np.allclose(linear(theta0, x), mlp.apply(theta0, x))
    True
    """

    mlp: MLP
    theta0: npt.NDArray[np.float64]

    def __call__(self, theta: npt.ArrayLike, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Evaluate the linearized network.

        Parameters
        ----------
        theta : array_like
            Parameters, shape ``(..., P)``.
        x : array_like
            Samples, shape ``(N, n_in)``.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., N, n_out)``, float64.

        Raises
        ------
        TypeError, ValueError
            If an argument is not a finite real array of the right shape.
        """
        points = check_params(self.mlp, theta).astype(np.float64, copy=False)
        samples = check_inputs(self.mlp, x).astype(np.float64, copy=False)
        batch = points.shape[:-1]
        shape = (samples.shape[0], self.mlp.n_outputs)
        count = int(np.prod(batch, dtype=object))
        refuse_oversize(8 * count * shape[0] * shape[1], "The outputs", "Pass fewer at once.")
        out = np.empty((count, *shape))
        origin = self.mlp.apply(self.theta0, samples)
        for row, point in zip(out, points.reshape(-1, self.mlp.n_params), strict=True):
            direction = point - self.theta0
            row[...] = origin + jacobian_vector_product(self.mlp, self.theta0, samples, direction)
        return out.reshape(*batch, *shape)

    def kernel(self, x: npt.ArrayLike, x2: npt.ArrayLike | None = None) -> npt.NDArray[np.float64]:
        """Return its tangent kernel, the same at every theta: `empirical_ntk` at `theta0`."""
        return empirical_ntk(self.mlp, self.theta0, x, x2)


def linearize(mlp: MLP, theta0: npt.ArrayLike) -> LinearizedMLP:
    """Return the network linearized in its parameters about `theta0`, Eq. (4).

    What justifies Eq. (4) for wide networks is the smallness of the Hessian, of order one over the
    square root of the width, not that of the displacement alone.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta0 : array_like
        Shape ``(P,)``.

    Returns
    -------
    LinearizedMLP
        A frozen callable of ``(theta, x)``.

    Raises
    ------
    TypeError, ValueError
        If `theta0` is not a finite real array of that shape.

    References
    ----------
    .. [1] J. Lee et al., "Wide neural networks of any depth evolve as linear models under
       gradient descent", NeurIPS 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, linearize
    >>> mlp, x = MLP((3, 20, 1), "tanh"), np.eye(3)
    >>> theta0, direction = mlp.init(2, rng=0)
    >>> linear = linearize(mlp, theta0)
    >>> errors = [
    ...     np.abs(linear(theta0 + h * direction, x) - mlp.apply(theta0 + h * direction, x)).max()
    ...     for h in (1e-2, 1e-3)
    ... ]
    >>> bool(80 < errors[0] / errors[1] < 120)  # the error is of second order
    True
    """
    origin = check_params(mlp, theta0, "theta0", ndim=1).astype(np.float64)
    origin.flags.writeable = False
    return LinearizedMLP(mlp, origin)


def gradient_flow(
    kernel: npt.ArrayLike, residual: npt.ArrayLike, times: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return exp(-K t) r: the residual of a linearized network after gradient flow of time t.

    At infinite time the projection of r on the null space of K is left, which the network never
    learns. Eigenvalues up to the largest one times ``M eps`` of double precision or, for a kernel
    in single precision, times eps of single precision count as zero and do not decay at any time:
    they are rounding, of either sign.

    Parameters
    ----------
    kernel : array_like
        Symmetric, positive semi-definite, shape ``(M, M)``.
    residual : array_like
        Residual f - y at time 0, shape ``(M,)``.
    times : array_like
        Times, not negative, any shape; ``numpy.inf`` is the limit.

    Returns
    -------
    numpy.ndarray
        Shape ``(*times.shape, M)``.

    Raises
    ------
    TypeError, ValueError
        If an argument is not finite and real, the kernel is not symmetric, has an eigenvalue below
        zero beyond rounding, a time is negative or NaN, or the residual overflows.
    MemoryError
        If the residuals or the eigenvectors would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import gradient_flow
    >>> gradient_flow(np.diag([1.0, 0.0]), [1.0, 1.0], [0.0, np.log(2.0)]).round(12).tolist()
    [[1.0, 1.0], [0.5, 1.0]]
    >>> gradient_flow(np.ones((2, 2)), [1.0, 0.0], np.inf).round(12).tolist()
    [0.5, -0.5]
    """
    matrix = real_array(kernel, "kernel", ndim=2)
    start = real_array(residual, "residual", ndim=1).astype(np.float64, copy=False)
    moments = law_points(times, "times")
    if matrix.shape != (start.size, start.size):
        raise ValueError(
            f"kernel must be square with one row for each of {start.size} residuals; "
            f"got shape {matrix.shape}."
        )
    if (moments < 0).any():
        raise ValueError("times must not be negative.")
    unit = int(headroom(matrix, max(1, start.size)))
    if unit:
        matrix = np.ldexp(matrix, -unit)
    scale = float(np.abs(matrix).max(initial=0.0))
    with np.errstate(over="ignore"):
        skew = float(np.abs(matrix - matrix.T).max(initial=0.0))
    if skew > 1e-6 * scale:
        raise ValueError("kernel must be symmetric.")
    if start.size == 0:
        return np.empty((*moments.shape, 0))
    refuse_oversize(3 * 8 * moments.size * start.size, "The residuals", "Pass fewer times at once.")
    spectrum = kernel_spectrum(matrix)
    smallest, largest = float(spectrum.eigenvalues[0]), float(spectrum.eigenvalues[-1])
    if smallest < -1e-6 * max(scale, largest):
        raise ValueError(
            "kernel must be positive semi-definite; an eigenvalue is "
            f"{smallest / max(scale, largest):.3g} of the largest entry or eigenvalue."
        )
    rates, vectors = spectrum.rates, spectrum.vectors
    moments = moments[..., np.newaxis]
    # Products of time and rate may overflow to infinity, whose exponential is the right zero; what
    # has no rate or no time stays, also where the other factor is infinite.
    height = headroom(start, start.size)
    with np.errstate(over="ignore", invalid="ignore"):
        exponents = -np.ldexp(moments, unit) * rates
        decay = np.where((rates > 0) & (moments > 0), np.exp(exponents), 1.0)
        scaled = (decay * (vectors.T @ np.ldexp(start, -height))) @ vectors.T
        residuals = np.where(moments > 0, np.ldexp(scaled, height), start)
    if not np.isfinite(residuals).all():
        raise ValueError(
            f"the residual overflows float64 on its way from {np.abs(start).max():.3g}. Scale the "
            "residual: the flow is linear in it."
        )
    return residuals
