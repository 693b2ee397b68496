"""Products with the Jacobian of a network, from either side, without forming it.

J is the derivative of the outputs with respect to the parameters, the matrix behind Eqs. (3), (4).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import real_array
from typicality.networks._mlp import MLP, check_inputs, check_params

__all__ = ["check_cotangent", "jacobian_vector_product", "vector_jacobian_product"]


def jacobian_vector_product(
    mlp: MLP, theta: npt.ArrayLike, x: npt.ArrayLike, u: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return J u: how fast the outputs move when the parameters move along `u`.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta : array_like
        Parameters, shape ``(P,)``.
    x : array_like
        Samples, shape ``(N, n_in)``.
    u : array_like
        Direction, shape ``(P,)``.

    Returns
    -------
    numpy.ndarray
        Shape ``(N, n_out)``, float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a finite real array of the right shape.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, jacobian_vector_product
    >>> mlp = MLP((2, 4, 1), "tanh")
    >>> theta, x = mlp.init(rng=0), np.eye(2)
    >>> u = mlp.init(rng=1)
    >>> np.allclose(jacobian_vector_product(mlp, theta, x, u), mlp.jacobian(theta, x) @ u)
    True
    """
    point = check_params(mlp, theta, ndim=1).astype(np.float64, copy=False)
    samples = check_inputs(mlp, x).astype(np.float64, copy=False)
    direction = check_params(mlp, u, "u", ndim=1).astype(np.float64, copy=False)
    out = _core.jacobian_vector_product(*mlp.network, point, samples, direction)
    return out.reshape(samples.shape[0], mlp.n_outputs)


def vector_jacobian_product(
    mlp: MLP, theta: npt.ArrayLike, x: npt.ArrayLike, v: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return J^T v: the gradient of the outputs weighted by `v` and summed.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta : array_like
        Parameters, shape ``(P,)``.
    x : array_like
        Samples, shape ``(N, n_in)``.
    v : array_like
        Weights, shape ``(N, n_out)`` or ``(N n_out,)``, sample-major.

    Returns
    -------
    numpy.ndarray
        Shape ``(P,)``, float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a finite real array of the right shape.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, vector_jacobian_product
    >>> mlp = MLP((2, 4, 1), "tanh")
    >>> theta, x, v = mlp.init(rng=0), np.eye(2), np.array([1.0, -2.0])
    >>> direct = mlp.jacobian(theta, x).reshape(2, -1).T @ v
    >>> np.allclose(vector_jacobian_product(mlp, theta, x, v), direct)
    True
    """
    point = check_params(mlp, theta, ndim=1).astype(np.float64, copy=False)
    samples = check_inputs(mlp, x).astype(np.float64, copy=False)
    weights = check_cotangent(mlp, v, samples.shape[0])
    return _core.vector_jacobian_product(*mlp.network, point, samples, weights.reshape(-1))


def check_cotangent(mlp: MLP, v: npt.ArrayLike, n_samples: int) -> npt.NDArray[np.float64]:
    """Return one number for each sample and output, in the shape it came in.

    Raises
    ------
    TypeError, ValueError
        If the shape is neither ``(N, n_out)`` nor ``(N n_out,)``.
    """
    array = real_array(v, "v").astype(np.float64, copy=False)
    shapes = (n_samples * mlp.n_outputs,), (n_samples, mlp.n_outputs)
    if array.shape not in shapes:
        raise ValueError(f"v must have shape {shapes[0]} or {shapes[1]}; got {array.shape}.")
    return array
