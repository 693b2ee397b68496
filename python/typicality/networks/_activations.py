"""Activation functions of networks: their names, values, derivatives and curvature bounds.

The compiled core evaluates them; the bounds enter the certificate of `nearest_minimum`.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import choice, is_single, real_array

__all__ = [
    "ACTIVATIONS",
    "activation_bounds",
    "activation_derivative",
    "apply_activation",
    "check_activation",
]

ACTIVATIONS: Final = ("relu", "tanh", "erf", "gelu", "sigmoid", "softplus", "sin", "identity")
"""Names of the activation functions; ``"linear"`` is accepted for ``"identity"``."""

# Largest |phi'| and |phi''| on the whole line, attained where phi'' or phi''' vanishes.
_BOUNDS: Final = {
    "relu": (1.0, math.inf),
    "tanh": (1.0, 4 / (3 * math.sqrt(3))),
    "erf": (2 / math.sqrt(math.pi), math.sqrt(8 / (math.pi * math.e))),
    # phi'' = (2 - z^2) density(z), so phi' is largest at z = sqrt 2 and |phi''| at 0.
    "gelu": (
        0.5 * (1 + math.erf(1.0)) + 1 / (math.e * math.sqrt(math.pi)),
        math.sqrt(2 / math.pi),
    ),
    "sigmoid": (0.25, 1 / (6 * math.sqrt(3))),
    "softplus": (1.0, 0.25),
    "sin": (1.0, 1.0),
    "identity": (1.0, 0.0),
}


def check_activation(name: object) -> str:
    """Return the name of an activation function, or say which there are.

    Raises
    ------
    TypeError
        If `name` is not a string.
    ValueError
        If no activation function has that name.

    Examples
    --------
    >>> from typicality.networks._activations import check_activation
    >>> check_activation("linear")
    'identity'
    """
    return "identity" if name == "linear" else choice(name, "activation", ACTIVATIONS)


def apply_activation(name: str, z: npt.ArrayLike) -> npt.NDArray[Any]:
    r"""Return :math:`\phi(z)`, entry by entry.

    ``"gelu"`` is the exact :math:`z\,(1 + \mathrm{erf}(z/\sqrt 2))/2`, ``"softplus"`` is
    :math:`\ln(1 + e^z)`; both keep their relative accuracy for large negative z.

    Parameters
    ----------
    name : str
        One of `ACTIVATIONS`.
    z : array_like
        Real numbers; float32 stays float32.

    Returns
    -------
    numpy.ndarray
        The shape of `z`.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown or `z` is not an array of finite real numbers.

    Examples
    --------
    >>> from typicality.networks._activations import apply_activation
    >>> [float(round(v, 6)) for v in apply_activation("tanh", [-1.0, 0.0, 1.0])]
    [-0.761594, 0.0, 0.761594]
    """
    return _evaluate(name, z)[0]


def activation_derivative(name: str, z: npt.ArrayLike) -> npt.NDArray[Any]:
    r"""Return :math:`\phi'(z)`, entry by entry; relu's derivative at 0 counts as 0.

    Parameters
    ----------
    name : str
        One of `ACTIVATIONS`.
    z : array_like
        Real numbers; float32 stays float32.

    Returns
    -------
    numpy.ndarray
        The shape of `z`.

    Raises
    ------
    TypeError, ValueError
        If the name is unknown or `z` is not an array of finite real numbers.

    Examples
    --------
    >>> from typicality.networks._activations import activation_derivative
    >>> activation_derivative("relu", [-2.0, 3.0]).tolist()
    [0.0, 1.0]
    """
    return _evaluate(name, z)[1]


def activation_bounds(name: str) -> tuple[float, float]:
    r"""Return :math:`\sup|\phi'|` and :math:`\sup|\phi''|`, the latter infinite for relu.

    Examples
    --------
    >>> from typicality.networks._activations import activation_bounds
    >>> activation_bounds("sin")
    (1.0, 1.0)
    """
    return _BOUNDS[check_activation(name)]


def _evaluate(name: str, z: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    array = real_array(z, "z")
    double = np.ascontiguousarray(array.reshape(-1), dtype=np.float64)
    value, slope = _core.activation(check_activation(name), double)
    kind = np.float32 if is_single(array.dtype) else np.float64
    return (
        value.reshape(array.shape).astype(kind, copy=False),
        slope.reshape(array.shape).astype(kind, copy=False),
    )
