r"""Kernels of infinitely wide networks: what the empirical kernel of Eq. (3) converges to.

With :math:`(u, v)` a centered Gaussian pair whose covariance is that of the layer below,

.. math:: \Sigma^1 = s_0^2\, x \cdot x'/n_0 + b_0^2, \quad
    \Sigma^{l+1} = s_l^2\, E[\phi(u) \phi(v)] + b_0^2, \quad
    \Theta^{l+1} = s_l^2\, \Theta^l E[\phi'(u) \phi'(v)] + \Sigma^{l+1}, \quad \Theta^1 = \Sigma^1.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import refuse_oversize
from typicality._progress import Progress
from typicality.networks._mlp import MLP, check_inputs, check_network

__all__ = ["infinite_nngp", "infinite_ntk"]

Array = npt.NDArray[np.float64]

# Numbers that each layer keeps for a sample, at most: two series of 64 terms, 12 nodes.
_SAMPLE_NUMBERS: Final = 200


def infinite_ntk(
    mlp: MLP,
    x: npt.ArrayLike,
    x2: npt.ArrayLike | None = None,
    *,
    progress: Progress | None = None,
) -> Array:
    """Return the limit of the empirical kernel for wide hidden layers, for one output.

    With several outputs the empirical kernel converges, in probability, to this one times the
    identity of the outputs. Closed forms for relu, erf, gelu, sin and identity. tanh, sigmoid and
    softplus are erf and relu with noise of a random scale [4]_, whose distribution is integrated by
    a rule of 12 nodes to a relative 2e-13, whatever the size of the samples.

    Relative errors are below 1e-12, but for what the rounding of the samples themselves does:
    angles between nearly parallel samples come from their difference, and a bias is kept beside
    variances of any size. In hidden layers a correlation within 4e-15 of 1 or -1 counts as that,
    and near there kernels that vary like the angle, those of relu, lose digits.

    Parameters
    ----------
    mlp : MLP
        The network in NTK parametrization; its hidden widths do not matter.
    x, x2 : array_like
        Samples, shapes ``(N, n_in)`` and ``(N2, n_in)``; `x2` is `x` if left out.
    progress : callable, optional
        Called with a fraction and a text now and then.

    Returns
    -------
    numpy.ndarray
        Shape ``(N, N2)``, float64.

    Raises
    ------
    TypeError, ValueError
        If a sample array is not finite and real, if variances above 1e300 arise, or if the
        parametrization is standard, in which the kernel grows with the width.
    MemoryError
        If the kernel would not fit; refused before it is allocated.

    References
    ----------
    .. [1] A. Jacot, F. Gabriel, C. Hongler, "Neural tangent kernel", NeurIPS 2018.
    .. [2] Y. Cho, L. K. Saul, "Kernel methods for deep learning", NIPS 2009.
    .. [3] C. K. I. Williams, "Computing with infinite networks", NIPS 1996.
    .. [4] D. F. Andrews, C. L. Mallows, "Scale mixtures of normal distributions", J. R. Stat. Soc.
       B 36, 99 (1974).

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
    return _kernel(mlp, x, x2, progress, tangent=True)


def infinite_nngp(
    mlp: MLP,
    x: npt.ArrayLike,
    x2: npt.ArrayLike | None = None,
    *,
    progress: Progress | None = None,
) -> Array:
    """Return the covariance of one output over initializations, for wide hidden layers.

    An infinitely wide network at initialization is a Gaussian process with this covariance, in
    either parametrization.

    Parameters
    ----------
    mlp : MLP
        The network; its hidden widths do not matter.
    x, x2 : array_like
        Samples, shapes ``(N, n_in)`` and ``(N2, n_in)``; `x2` is `x` if left out.
    progress : callable, optional
        Called with a fraction and a text now and then.

    Returns
    -------
    numpy.ndarray
        Shape ``(N, N2)``, float64.

    Raises
    ------
    TypeError, ValueError, MemoryError
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
    check_network(mlp)
    return _kernel(mlp, x, x2, progress, tangent=False)


def _kernel(
    mlp: MLP,
    x: npt.ArrayLike,
    x2: npt.ArrayLike | None,
    progress: Progress | None,
    *,
    tangent: bool,
) -> Array:
    left = check_inputs(mlp, x).astype(np.float64, copy=False)
    right = None if x2 is None else check_inputs(mlp, x2, "x2").astype(np.float64, copy=False)
    columns = left.shape[0] if right is None else right.shape[0]
    # Beside the kernel, the samples of one side of unit length and what their variances give.
    refuse_oversize(
        8 * columns * (left.shape[0] + mlp.n_inputs + _SAMPLE_NUMBERS * mlp.depth),
        "The kernel",
        "Pass fewer samples at once.",
    )
    bias = mlp.bias_scale if mlp.bias else 0.0
    return _core.infinite_kernel(
        mlp.activation, mlp.weight_scales, bias, tangent, left, right, progress
    )
