r"""The empirical neural tangent kernel K = J J^T of Eq. (3), and how many parameters it can see.

The kernel is assembled layer by layer: with :math:`a^l` the inputs of layer l and :math:`D_l` the
derivatives of the outputs with respect to its pre-activations,

.. math:: K = \sum_l \bigl[(s_l^2\, a^l a^{l\,T}/n_l + b_0^2) \otimes 1\bigr] \circ D_l D_l^T ,

so J, which has as many columns as there are parameters, is never formed.
"""

from __future__ import annotations

import itertools
import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import refuse_oversize
from typicality.networks._jacobian import check_cotangent
from typicality.networks._kernel_spectrum import rounding_level
from typicality.networks._mlp import MLP, check_inputs, check_params

__all__ = ["effective_parameters", "empirical_ntk", "kernel_vector_product"]

# Rows of a block that is computed in memory before it goes into `out`: 128 MiB in double precision.
_BLOCK_ROWS: Final = 4096


def empirical_ntk(
    mlp: MLP,
    theta: npt.ArrayLike,
    x: npt.ArrayLike,
    x2: npt.ArrayLike | None = None,
    *,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Return K = J(x) J(x2)^T, unnormalized, without forming J.

    Costs N^2 n_out^2 times the sum of the widths, whatever the number of parameters. Without `x2`
    the kernel is exactly symmetric and half the work is saved. Bits do not depend on the number of
    threads.

    Parameters
    ----------
    mlp : MLP
        The network, of any depth and number of outputs.
    theta : array_like
        Parameters, shape ``(..., P)``.
    x, x2 : array_like
        Samples, shapes ``(N, n_in)`` and ``(N2, n_in)``; `x2` is `x` if left out.
    out : numpy.ndarray or numpy.memmap, optional
        Where to put the kernel, block by block: for kernels larger than the memory.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., N n_out, N2 n_out)``, row ``n * n_out + i`` is output i of sample n; float32
        if all arguments are. `out` itself if it was given.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a finite real array of the right shape, `out` does not fit, or an
        entry of the kernel overflows its precision.
    MemoryError
        If the kernel would not fit; refused before it is allocated.

    See Also
    --------
    kernel_vector_product : K v without K.
    infinite_ntk : the limit of wide layers.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, empirical_ntk
    >>> mlp = MLP((3, 30, 2), "tanh")
    >>> theta, x = mlp.init(rng=0), np.eye(3)
    >>> kernel = empirical_ntk(mlp, theta, x)
    >>> jacobian = mlp.jacobian(theta, x).reshape(6, -1)
    >>> kernel.shape, np.allclose(kernel, jacobian @ jacobian.T)
    ((6, 6), True)
    """
    points, samples = check_params(mlp, theta), check_inputs(mlp, x)
    others = None if x2 is None else check_inputs(mlp, x2, "x2")
    arrays = [points, samples] if others is None else [points, samples, others]
    kind = np.result_type(*arrays)
    points, samples = points.astype(kind, copy=False), samples.astype(kind, copy=False)
    others = None if others is None else others.astype(kind, copy=False)
    n, k = samples.shape[0], mlp.n_outputs
    n2 = n if others is None else others.shape[0]
    shape = (*points.shape[:-1], n * k, n2 * k)
    if out is not None:
        _check_out(out, shape, kind)
        for index in np.ndindex(points.shape[:-1]):
            _fill(mlp, points[index], samples, others, out[index])
        return out
    refuse_oversize(
        math.prod(shape) * kind.itemsize + _working_bytes(mlp, n + n2, kind.itemsize),
        "The kernel",
        "Pass out=numpy.lib.format.open_memmap(...) or use kernel_vector_product.",
    )
    flat = points.reshape(-1, mlp.n_params)
    return _core.empirical_ntk(*mlp.network, flat, samples, others).reshape(shape)


def kernel_vector_product(
    mlp: MLP, theta: npt.ArrayLike, x: npt.ArrayLike, v: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return K v = J (J^T v) without K and without J, at the cost of a few passes.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta : array_like
        Parameters, shape ``(P,)``.
    x : array_like
        Samples, shape ``(N, n_in)``.
    v : array_like
        Shape ``(N n_out,)``, sample-major, or ``(N, n_out)``.

    Returns
    -------
    numpy.ndarray
        The shape of `v`, float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a finite real array of the right shape.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, empirical_ntk, kernel_vector_product
    >>> mlp = MLP((3, 30, 1), "relu")
    >>> theta, x, v = mlp.init(rng=0), np.eye(3), np.array([1.0, 2.0, 3.0])
    >>> product = kernel_vector_product(mlp, theta, x, v)
    >>> np.allclose(product, empirical_ntk(mlp, theta, x) @ v)
    True
    """
    point = check_params(mlp, theta, ndim=1).astype(np.float64, copy=False)
    samples = check_inputs(mlp, x).astype(np.float64, copy=False)
    vector = check_cotangent(mlp, v, samples.shape[0])
    out = _core.kernel_vector_product(*mlp.network, point, samples, vector.reshape(-1))
    return out.reshape(vector.shape)


def effective_parameters(mlp: MLP, x: npt.ArrayLike) -> int:
    r"""Return P_eff: how many independent directions of parameters can move the outputs on `x`.

    The rank of J is at most P_eff, so the kernel of Eq. (3) is singular while
    :math:`P_\mathrm{eff} < n_L N`: the threshold of the paper's Sec. III, with P_eff for P. Layer
    by layer, the first counts the rank of its inputs (with the column of ones that biases add)
    instead of their width, the others their width; for relu each hidden unit loses one direction,
    since its incoming weights and bias can be scaled up and its outgoing weights down without any
    effect. A network of ``identity`` layers reaches affine maps only, and those are counted.

    With one hidden layer of w tanh units and biases, P_eff is
    :math:`w\,\mathrm{rank}[X, 1] + (w + 1)\,n_L`. Dead or always-on relu units lower the rank
    further. P_eff is not capped at :math:`n_L N`, so that their ratio measures overparametrization.

    Parameters
    ----------
    mlp : MLP
        The network.
    x : array_like
        Samples, shape ``(N, n_in)``.

    Returns
    -------
    int
        At most `mlp.n_params`.

    Raises
    ------
    TypeError, ValueError
        If `x` is not a finite real array of that shape.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, effective_parameters
    >>> x = np.random.default_rng(0).standard_normal((40, 5))
    >>> effective_parameters(MLP((5, 6, 5, 1), "relu"), x)
    66
    >>> x[:, 3:] = 1.0  # constant inputs add nothing to the bias
    >>> mlp = MLP((5, 8, 1), "tanh")
    >>> mlp.n_params, effective_parameters(mlp, x)
    (57, 41)
    """
    samples = check_inputs(mlp, x)
    # A bias that is multiplied by zero is a parameter without effect.
    biased = any(factor > 0 for factor in mlp.bias_factors)
    rank = _rank(samples, biased=biased)
    if mlp.activation == "identity" or mlp.depth == 1:
        return _affine_maps(mlp, rank, biased=biased)
    total = rank * mlp.widths[1]
    total += sum((a + biased) * b for a, b in itertools.pairwise(mlp.widths[1:]))
    if mlp.activation == "relu":
        total -= sum(mlp.widths[1:-1])
    return max(total, 0)


def _affine_maps(mlp: MLP, rank: int, *, biased: bool) -> int:
    # Maps of rank r between spaces of dimensions m and n form a manifold of r (m + n - r)
    # dimensions.
    k, bottleneck = mlp.n_outputs, min(mlp.widths[1:])
    linear = rank - biased if rank else 0
    r = min(bottleneck, linear, k)
    return r * (linear + k - r) + (k if biased and rank else 0)


def _rank(samples: npt.NDArray[Any], *, biased: bool) -> int:
    """Rank of the inputs, beside a column of ones if `biased`, whatever their unit."""
    largest = float(np.abs(samples).max(initial=0.0))
    inputs = samples.astype(np.float64) / (largest if largest > 0 else 1.0)
    matrix = np.hstack([inputs, np.ones((samples.shape[0], 1 if biased else 0))])
    if not matrix.size:
        return 0
    level = rounding_level(max(matrix.shape), samples.dtype)
    return int(np.linalg.matrix_rank(matrix, rtol=level))


def _working_bytes(mlp: MLP, n_samples: int, item: int) -> int:
    hidden = sum(mlp.widths[1:-1])
    return n_samples * item * (sum(mlp.widths) + hidden * (1 + mlp.n_outputs))


def _check_out(out: object, shape: tuple[int, ...], kind: np.dtype[Any]) -> None:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a numpy array or memmap; got {type(out).__name__}.")
    if out.shape != shape or out.dtype != kind or not out.flags.writeable:
        raise ValueError(
            f"out must be a writable {kind.name} array of shape {shape}; "
            f"got {out.dtype} of shape {out.shape}"
            + ("." if out.flags.writeable else ", read-only.")
        )


def _fill(
    mlp: MLP,
    theta: npt.NDArray[Any],
    x: npt.NDArray[Any],
    x2: npt.NDArray[Any] | None,
    out: npt.NDArray[Any],
) -> None:
    k = mlp.n_outputs
    step = max(1, _BLOCK_ROWS // k)
    other = x if x2 is None else x2
    for first in range(0, x.shape[0], step):
        rows = slice(first, first + step)
        for first2 in range(0, other.shape[0], step):
            if x2 is None and first2 > first:
                break
            columns = slice(first2, first2 + step)
            diagonal = x2 is None and first2 == first
            block = _core.empirical_ntk(
                *mlp.network, theta[np.newaxis], x[rows], None if diagonal else other[columns]
            )[0]
            height, width = block.shape
            out[first * k : first * k + height, first2 * k : first2 * k + width] = block
            if x2 is None and not diagonal:
                out[first2 * k : first2 * k + width, first * k : first * k + height] = block.T
