"""The fully connected network of the paper's Sec. II: description, initialization, values.

A network is a frozen description; its parameters are plain arrays, one row a network, so that an
ensemble of initializations is one array.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import (
    batch_shape,
    choice,
    dimension,
    draw_dtype,
    is_single,
    real_array,
    real_number,
    refuse_oversize,
)
from typicality._messages import describe
from typicality._random import RNG, draw, key_of
from typicality.networks._activations import check_activation

__all__ = ["MLP", "check_inputs", "check_network", "check_params"]

_LARGEST_WIDTH = 2**40
Network = tuple[list[int], str, list[float], list[float]]


@dataclass(frozen=True)
class MLP:
    r"""A fully connected network with one activation function and a linear output layer.

    With ``parametrization="ntk"`` (Jacot et al.), layer by layer,

    .. math:: z^{l+1} = \frac{s_l}{\sqrt{n_l}} W^l a^l + b_0 b^l, \quad a^l = \phi(z^l),
        \quad W, b \sim N(0, 1),

    so that the tangent kernel of Eq. (3) has a limit for wide layers. With ``"standard"``,
    :math:`z = W a + b`, and the same scales stand in the initialization instead:
    :math:`W \sim N(0, s_l^2/n_l)`, :math:`b \sim N(0, b_0^2)`.

    Parameters
    ----------
    widths : sequence of int
        Widths from inputs to outputs, at least two.
    activation : str, optional
        One of ``relu, tanh, erf, gelu, sigmoid, softplus, sin, identity``.
    parametrization : {"ntk", "standard"}, optional
        Where the scales stand.
    weight_scale : float or sequence of float, optional
        The scale s, positive, one for all layers or one for each.
    bias : bool, optional
        Whether layers have biases.
    bias_scale : float, optional
        The scale :math:`b_0`, not negative.

    Attributes
    ----------
    n_params : int
        Number of parameters P.
    depth : int
        Number of layers of weights.
    n_inputs, n_outputs : int
        First and last width.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of range.

    References
    ----------
    .. [1] A. Jacot, F. Gabriel, C. Hongler, "Neural tangent kernel: convergence and
       generalization in neural networks", NeurIPS 2018.

    Examples
    --------
    >>> from typicality.networks import MLP
    >>> mlp = MLP((3, 50, 1), "tanh")
    >>> mlp.n_params, mlp.depth, mlp.n_outputs
    (251, 2, 1)
    >>> theta = mlp.init(size=4, rng=0)
    >>> mlp.apply(theta, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]).shape
    (4, 2, 1)
    """

    widths: tuple[int, ...]
    activation: str = "relu"
    parametrization: Literal["ntk", "standard"] = field(default="ntk", kw_only=True)
    weight_scale: float | tuple[float, ...] = field(default=1.0, kw_only=True)
    bias: bool = field(default=True, kw_only=True)
    bias_scale: float = field(default=0.1, kw_only=True)

    def __post_init__(self) -> None:
        widths = _widths(self.widths)
        check = object.__setattr__
        check(self, "widths", widths)
        check(self, "activation", check_activation(self.activation))
        words = ("ntk", "standard")
        check(self, "parametrization", choice(self.parametrization, "parametrization", words))
        check(self, "weight_scale", _scales(self.weight_scale, len(widths) - 1))
        if not isinstance(self.bias, bool | np.bool_):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"bias must be True or False; got {describe(self.bias)}.")
        check(self, "bias", bool(self.bias))
        check(self, "bias_scale", real_number(self.bias_scale, "bias_scale", low=0.0))

    @property
    def depth(self) -> int:
        """Number of layers of weights; hidden layers are one less."""
        return len(self.widths) - 1

    @property
    def n_inputs(self) -> int:
        """Width of the inputs."""
        return self.widths[0]

    @property
    def n_outputs(self) -> int:
        """Width of the outputs, the paper's n_L."""
        return self.widths[-1]

    @property
    def n_params(self) -> int:
        """Number of parameters, biases included."""
        pairs = zip(self.widths[:-1], self.widths[1:], strict=True)
        return sum((n_in + self.bias) * n_out for n_in, n_out in pairs)

    @property
    def weight_scales(self) -> tuple[float, ...]:
        """The scale of the weights of each layer."""
        if isinstance(self.weight_scale, tuple):
            return self.weight_scale
        return (self.weight_scale,) * self.depth

    @property
    def weight_factors(self) -> tuple[float, ...]:
        """What each layer multiplies its weights by."""
        if self.parametrization == "standard":
            return (1.0,) * self.depth
        scales = zip(self.weight_scales, self.widths[:-1], strict=True)
        return tuple(scale / math.sqrt(n_in) for scale, n_in in scales)

    @property
    def bias_factors(self) -> tuple[float, ...]:
        """What each layer multiplies its biases by; empty without biases."""
        if not self.bias:
            return ()
        return (self.bias_scale if self.parametrization == "ntk" else 1.0,) * self.depth

    @property
    def network(self) -> Network:
        """The four arguments by which the compiled core knows a network."""
        factors = list(self.weight_factors), list(self.bias_factors)
        return list(self.widths), self.activation, *factors

    def init(
        self,
        size: int | tuple[int, ...] | None = None,
        *,
        rng: RNG = None,
        dtype: npt.DTypeLike | None = None,
    ) -> npt.NDArray[Any]:
        """Draw independent initializations.

        Parameters
        ----------
        size : int or tuple of int, optional
            Batch shape.
        rng : None, int, SeedSequence, BitGenerator or Generator, optional
            Seed or source of randomness (SPEC 7).
        dtype : dtype, optional
            float64 (the default) or float32.

        Returns
        -------
        numpy.ndarray
            Shape ``(*size, P)``: layer by layer W ``(n_out, n_in)`` row by row, then b.

        Raises
        ------
        MemoryError
            If the parameters would not fit.

        Examples
        --------
        >>> from typicality.networks import MLP
        >>> MLP((3, 5, 1)).init(2, rng=1).shape
        (2, 26)
        """
        shape, key = batch_shape(size), key_of(rng)
        kind = draw_dtype(dtype, 1, complex_result=False)
        n_params, single = self.n_params, is_single(kind)
        theta = draw(
            lambda first, count: _core.standard_normals(
                key, b"mlp init", first, count, n_params, single
            ),
            shape,
            bytes_per_sample=n_params * kind.itemsize,
            what="The parameters",
            cheaper="infinite_ntk is the kernel of the limit of wide layers.",
        )
        if self.parametrization == "standard":
            start = 0
            pairs = zip(self.widths[:-1], self.widths[1:], self.weight_scales, strict=True)
            for n_in, n_out, scale in pairs:
                theta[..., start : start + n_in * n_out] *= kind.type(scale / math.sqrt(n_in))
                start += n_in * n_out
                if self.bias:
                    theta[..., start : start + n_out] *= kind.type(self.bias_scale)
                    start += n_out
        return theta

    def apply(self, theta: npt.ArrayLike, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Evaluate the network.

        Parameters
        ----------
        theta : array_like
            Parameters, shape ``(..., P)``.
        x : array_like
            Samples, shape ``(N, n_in)``.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., N, n_out)``; float32 if both arguments are.

        Raises
        ------
        TypeError, ValueError
            If an argument is not a finite real array of the right shape.
        MemoryError
            If the outputs would not fit.

        Examples
        --------
        >>> import numpy as np
        >>> from typicality.networks import MLP
        >>> linear = MLP((2, 1), "identity", bias=False, parametrization="standard")
        >>> linear.apply([3.0, 4.0], np.eye(2)).tolist()
        [[3.0], [4.0]]
        """
        theta, x = check_params(self, theta), check_inputs(self, x)
        theta, x = _same_precision(theta, x)
        batch = theta.shape[:-1]
        n_bytes = math.prod(batch) * x.shape[0] * self.n_outputs * theta.itemsize
        refuse_oversize(n_bytes, "The outputs", "Pass fewer samples or networks at once.")
        flat = theta.reshape(-1, self.n_params)
        out = _core.mlp_apply(*self.network, flat, x)
        return out.reshape(*batch, *out.shape[1:])

    def jacobian(self, theta: npt.ArrayLike, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the derivatives of all outputs with respect to all parameters.

        For small networks; `empirical_ntk` gives J J^T and `kernel_vector_product` its products
        without J.

        Parameters
        ----------
        theta : array_like
            Parameters, shape ``(..., P)``.
        x : array_like
            Samples, shape ``(N, n_in)``.

        Returns
        -------
        numpy.ndarray
            Shape ``(..., N, n_out, P)``.

        Raises
        ------
        TypeError, ValueError
            If an argument is not a finite real array of the right shape.
        MemoryError
            If the Jacobian would not fit.

        Examples
        --------
        >>> from typicality.networks import MLP
        >>> linear = MLP((2, 1), "identity", parametrization="standard")
        >>> linear.jacobian([3.0, 4.0, 0.0], [[0.5, 2.0]]).tolist()
        [[[0.5, 2.0, 1.0]]]
        """
        theta, x = check_params(self, theta), check_inputs(self, x)
        theta, x = _same_precision(theta, x)
        batch = theta.shape[:-1]
        rows = math.prod(batch) * x.shape[0] * self.n_outputs
        refuse_oversize(
            rows * self.n_params * theta.itemsize,
            "The Jacobian",
            "Use empirical_ntk for J J^T or kernel_vector_product; neither forms J.",
        )
        flat = theta.reshape(-1, self.n_params)
        out = _core.mlp_jacobian(*self.network, flat, x)
        return out.reshape(*batch, *out.shape[1:])


def check_network(mlp: object) -> MLP:
    """Return a network as it is.

    Raises
    ------
    TypeError
        If it is anything else.
    """
    if not isinstance(mlp, MLP):
        raise TypeError(
            f"mlp must be a network, such as MLP((2, 64, 1), 'tanh'); got {type(mlp).__name__}."
        )
    return mlp


def check_params(
    mlp: MLP, theta: npt.ArrayLike, name: str = "theta", *, ndim: int | None = None
) -> npt.NDArray[Any]:
    """Return parameters ``(..., P)`` of a network.

    Raises
    ------
    TypeError, ValueError
        If they are not finite real numbers, or not P in the last axis.
    """
    check_network(mlp)
    array = real_array(theta, name, min_ndim=1, ndim=ndim)
    if array.shape[-1] != mlp.n_params:
        raise ValueError(
            f"{name} must have the network's {mlp.n_params} parameters in its last axis; "
            f"got shape {array.shape}."
        )
    return array


def check_inputs(mlp: MLP, x: npt.ArrayLike, name: str = "x") -> npt.NDArray[Any]:
    """Return samples ``(N, n_in)`` of a network.

    Raises
    ------
    TypeError, ValueError
        If they are not finite real numbers of that shape.
    """
    check_network(mlp)
    array = real_array(x, name)
    if array.ndim != 2 or array.shape[1] != mlp.n_inputs:
        raise ValueError(
            f"{name} must have shape (N, {mlp.n_inputs}), one row a sample; got {array.shape}."
        )
    return array


def _same_precision(*arrays: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], ...]:
    kind = np.result_type(*arrays)
    return tuple(array.astype(kind, copy=False) for array in arrays)


def _widths(value: object) -> tuple[int, ...]:
    if isinstance(value, str | bytes | dict) or not isinstance(value, Iterable):
        raise TypeError(f"widths must be a sequence of integers; got {describe(value)}.")
    widths = tuple(dimension(width, "widths", maximum=_LARGEST_WIDTH) for width in value)
    if len(widths) < 2:
        raise ValueError(f"widths must hold at least inputs and outputs; got {widths}.")
    if len(widths) > 1000:
        raise ValueError(f"widths must hold at most 1000 layers; got {len(widths)}.")
    return widths


def _scales(value: object, depth: int) -> float | tuple[float, ...]:
    if isinstance(value, list | tuple | np.ndarray) and np.ndim(value) > 0:  # pyright: ignore[reportArgumentType]
        scales = tuple(real_number(v, "weight_scale", low=0.0, low_open=True) for v in value)
        if len(scales) != depth:
            raise ValueError(
                f"weight_scale must be one number or one for each of {depth} layers; "
                f"got {len(scales)}."
            )
        return scales
    return real_number(value, "weight_scale", low=0.0, low_open=True)
