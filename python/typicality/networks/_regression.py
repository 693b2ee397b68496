"""Least squares where parameters may outnumber samples: what a linearized network, Eq. (4), learns.

Gradient descent on a linear model ends at the solution nearest its start. Counted from there, it
is the minimum-norm solution, whose prediction is kernel regression with K = J J^T of Eq. (3), and
whose risk has the double descent of the paper's Sec. III.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._arrays import dimension, real_array, real_number, refuse_oversize
from typicality._foreign import as_array
from typicality._interruptible import interruptible
from typicality._short_repr import ShortRepr
from typicality.networks._headroom import headroom
from typicality.networks._kernel_spectrum import kernel_spectrum
from typicality.networks._spectral_solution import spectral_solution

__all__ = ["KernelRegression", "kernel_regression", "minimum_norm", "ridgeless_risk"]

# Rows of a single-precision matrix that are multiplied in double precision at a time.
_BLOCK_ROWS: Final = 1024


@dataclass(frozen=True, eq=False, repr=False)
class KernelRegression(ShortRepr):
    """Result of `kernel_regression`.

    Parameters
    ----------
    coefficients : numpy.ndarray
        Dual coefficients, one per sample: shape ``(N,)`` or ``(N, k)``.
    predictions : numpy.ndarray
        ``cross @ coefficients``; the fitted values where no `cross` was given.
    condition : float
        Largest over smallest eigenvalue of ``kernel + ridge``; inf where it is singular.
    rank : int
        Number of eigenvalues above rounding; below N without a ridge, not every target is fitted.

    Examples
    --------
    >>> from typicality.networks import kernel_regression
    >>> fit = kernel_regression([[2.0, 0.0], [0.0, 1.0]], [2.0, 3.0])
    >>> fit.rank, fit.condition
    (2, 2.0)
    """

    coefficients: npt.NDArray[Any]
    predictions: npt.NDArray[Any]
    condition: float
    rank: int


def kernel_regression(
    kernel: npt.ArrayLike,
    targets: npt.ArrayLike,
    cross: npt.ArrayLike | None = None,
    *,
    ridge: float = 0.0,
) -> KernelRegression:
    """Kernel (ridge) regression: ``coefficients = (kernel + ridge 1)^-1 targets``.

    With the tangent kernel and ``ridge=0`` it is the end of gradient descent on the linearized
    network of Eq. (4). A singular kernel is inverted on its range (the pseudo-inverse), which is
    where gradient descent ends as well. Its range is spanned by the eigenvectors whose eigenvalues
    exceed the largest one times ``N eps`` of double precision or, for a kernel in single precision,
    times eps of single precision. A positive `ridge`, however small, makes every matrix regular,
    and nothing is cut.

    All is worked out in double precision and rounded at the end.

    Parameters
    ----------
    kernel : array_like
        Kernel of the samples, ``(N, N)``, symmetric, no eigenvalue negative beyond rounding.
    targets : array_like
        ``(N,)``, or ``(N, k)`` for `k` targets at once.
    cross : array_like, optional
        Kernel of new inputs with the samples, ``(M, N)``.
    ridge : float, default: 0.0
        Added to the diagonal.

    Returns
    -------
    KernelRegression

    Raises
    ------
    ValueError
        If shapes do not fit, `kernel` is not symmetric or has a negative eigenvalue, `ridge` is
        negative, or the coefficients or predictions overflow.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import kernel_regression
    >>> features = np.array([[1.0, 0.0, 1.0], [0.0, 2.0, 1.0]])
    >>> fit = kernel_regression(features @ features.T, [1.0, -1.0], [[0.5, 0.5]])
    >>> np.round(fit.coefficients, 4).tolist(), np.round(fit.predictions, 4).tolist()
    ([0.6667, -0.3333], [0.1667])
    """
    gram = real_array(kernel, "kernel", ndim=2)
    n = gram.shape[0]
    if gram.shape[1] != n or n == 0:
        raise ValueError(f"kernel must be square, at least 1 x 1; got shape {gram.shape}.")
    y = _targets(targets, n)
    ridge = real_number(ridge, "ridge", low=0.0)
    new = gram if cross is None else real_array(cross, "cross", ndim=2)
    if new.shape[1] != n:
        raise ValueError(f"cross must have one column per sample, {n}; got shape {new.shape}.")
    # A ridge counts as far as the kernel could come near it: it must not push entries to zero.
    summand = min(ridge, float(np.finfo(gram.dtype).max))
    unit = int(max(headroom(gram, n), headroom(np.asarray(summand), 1)))
    scaled = np.ldexp(gram, -unit) if unit else gram
    scale = float(np.abs(scaled).max())
    resolution = float(np.finfo(gram.dtype).eps)
    with np.errstate(over="ignore"):
        skew = float(np.abs(scaled - scaled.T).max())
    if skew > 64 * resolution * n**0.5 * scale:
        raise ValueError(
            "kernel must be symmetric; it differs from its transpose by "
            f"{skew / scale:.3g} of its largest entry."
        )
    spectrum = kernel_spectrum(scaled)
    smallest, largest = float(spectrum.eigenvalues[0]), float(spectrum.eigenvalues[-1])
    if smallest < -8 * n * resolution * max(largest, scale):
        raise ValueError(
            "kernel must have no negative eigenvalue; the smallest is "
            f"{smallest / max(largest, scale):.3g} of the largest entry or eigenvalue."
        )
    rates = shifted = spectrum.rates
    if ridge > 0:
        small = math.ldexp(ridge, -unit)
        rates = np.maximum(spectrum.eigenvalues, 0.0)
        shifted = rates + small
        # Scaled with the kernel, a ridge among the smallest floats may lose its digits.
        if math.ldexp(small, unit) != ridge and (rates < np.finfo(np.float64).tiny).any():
            raise ValueError(
                f"ridge={ridge:.3g} is too small next to a singular kernel of up to "
                f"{np.abs(gram).max():.3g}. Pass a larger ridge, or none."
            )
    kept = shifted > 0
    kind = np.result_type(gram, y)
    # A regular kernel at the ends of the floats may have a condition or coefficients beyond them.
    with np.errstate(over="ignore", invalid="ignore"):
        condition = float(shifted[-1] / shifted[0]) if kept.all() else float("inf")
        vectors = spectrum.vectors
        solution, exponent = spectral_solution(
            vectors, vectors.T, y, np.ones(n), shifted, exponent=-unit
        )
        coefficients = np.ldexp(solution, exponent).astype(kind)
        if cross is None:
            # Each eigenvalue meets its inverse before anything cancels.
            predicted = np.ldexp(*spectral_solution(vectors, vectors.T, y, rates, shifted))
        else:
            predicted = _product(new, solution, exponent)
        predictions = predicted.astype(np.result_type(new, kind))
    if not (np.isfinite(coefficients).all() and np.isfinite(predictions).all()):
        raise ValueError(
            f"the coefficients or predictions overflow {kind.name}: targets of up to "
            f"{np.abs(y).max():.3g} meet eigenvalues down to "
            f"{_scaled(shifted[kept].min(), unit)}. Scale the kernel or the targets, or pass a "
            "larger ridge."
        )
    return KernelRegression(coefficients, predictions, condition, int(kept.sum()))


def minimum_norm(
    features: npt.ArrayLike, targets: npt.ArrayLike, *, ridge: float = 0.0
) -> npt.NDArray[Any]:
    """Weights of least squares; of all solutions with the same error, those of least norm.

    Minimizes ``|features @ w - targets|^2 + ridge |w|^2``. Without a ridge it equals
    ``numpy.linalg.pinv(features) @ targets``, below and above the fitting threshold. Worked out in
    double precision and rounded at the end.

    Singular values up to the largest one times ``max(N, P) eps`` of double precision (of features
    in single precision: eps of single precision) count as zero, unless sqrt(ridge) exceeds them.

    Parameters
    ----------
    features : array_like
        ``(N, P)``.
    targets : array_like
        ``(N,)``, or ``(N, k)`` for `k` targets at once.
    ridge : float, default: 0.0
        Penalty.

    Returns
    -------
    numpy.ndarray
        ``(P,)`` or ``(P, k)``.

    Raises
    ------
    ValueError
        If shapes do not fit, `ridge` is negative, or the weights overflow.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import minimum_norm
    >>> np.round(minimum_norm([[1.0, 2.0]], [5.0]), 6).tolist()
    [1.0, 2.0]
    """
    design = real_array(features, "features", ndim=2)
    if 0 in design.shape:
        raise ValueError(
            f"features must hold at least one sample and one feature; got {design.shape}."
        )
    y = _targets(targets, design.shape[0])
    ridge = real_number(ridge, "ridge", low=0.0)
    size = design.size + 2 * min(design.shape) * sum(design.shape)
    refuse_oversize(8 * size, "The singular vectors", "Take fewer samples or features.")
    thin = functools.partial(np.linalg.svd, full_matrices=False)
    double = design.astype(np.float64, copy=False)
    unit = int(headroom(double, max(design.shape)))
    left, singular, right = interruptible(thin, np.ldexp(double, -unit) if unit else double)
    largest = float(singular[0])
    rounding = largest * max(
        max(design.shape) * float(np.finfo(np.float64).eps), float(np.finfo(design.dtype).eps)
    )
    # Singular values of rounding size are noise, which a penalty below their square lets through.
    penalty = math.ldexp(math.sqrt(ridge), -unit)
    kept = singular > (rounding if penalty < rounding else 0.0)
    kind = np.result_type(design, y)
    with np.errstate(over="ignore", invalid="ignore"):
        # The sum s^2 + ridge of squares need not be a float.
        length = np.where(kept, np.hypot(singular, penalty), 0.0)
        solution, exponent = spectral_solution(
            right.T, left.T, y, singular, length, power=2, exponent=-unit
        )
        weights = np.ldexp(solution, exponent).astype(kind)
    if not np.isfinite(weights).all():
        raise ValueError(
            f"the weights overflow {kind.name}: targets of up to {np.abs(y).max():.3g} meet "
            f"singular values down to {_scaled(singular[kept].min(), unit)}. Scale the features "
            "or the targets."
        )
    return weights


def ridgeless_risk(
    n_samples: npt.ArrayLike,
    n_features: npt.ArrayLike,
    *,
    noise_variance: float,
    signal_norm_squared: float,
    total_features: int | None = None,
) -> npt.NDArray[np.float64] | float:
    r"""Exact mean risk of minimum-norm least squares on isotropic Gaussian features.

    The responses are ``x @ b + noise`` with ``x ~ N(0, 1)`` in `total_features` dimensions, of
    which the fit sees `n_features`; the rest act as noise. With N samples, P features,
    s = (P / total) |b|^2 of the signal inside the fit and
    :math:`\tau^2 = |b|^2 - s + \text{noise variance}` outside, the mean square error against the
    noiseless response of a new input is

    .. math::

       |b|^2 - s + \tau^2 \frac{P}{N-P-1} \quad (P \le N-2), \qquad
       |b|^2 - s + s \Big(1 - \frac{N}{P}\Big) + \tau^2 \frac{N}{P-N-1} \quad (P \ge N+2)

    and infinite between, unless :math:`\tau = 0`. It is the trace of an inverse Wishart matrix, as
    is the mean of tr rho_A^-1 on the quantum side. Averaged over the choice of the features where
    `total_features` is given. Add `noise_variance` for the error against noisy responses.

    Parameters
    ----------
    n_samples, n_features : int or array_like of int
        N >= 1 and P >= 0; they broadcast.
    noise_variance : float
        Variance of the noise.
    signal_norm_squared : float
        ``|b|^2``.
    total_features : int, optional
        Features that the response depends on, at least every `n_features`. By default the fit sees
        all there are (well specified), and the curve has no second descent below ``|b|^2``.

    Returns
    -------
    float or numpy.ndarray
        Mean risk.

    Raises
    ------
    ValueError
        If a size or variance is out of range.

    References
    ----------
    .. [1] M. Belkin, D. Hsu and J. Xu, Two models of double descent for weak features, SIAM J.
       Math. Data Sci. 2, 1167 (2020).
    .. [2] T. Hastie, A. Montanari, S. Rosset and R. J. Tibshirani, Surprises in high-dimensional
       ridgeless least squares interpolation, Ann. Statist. 50, 949 (2022).

    Examples
    --------
    >>> from typicality.networks import ridgeless_risk
    >>> ridgeless_risk(100, 49, noise_variance=1.0, signal_norm_squared=2.0)
    0.98
    >>> ridgeless_risk(100, [99, 100, 101], noise_variance=1.0, signal_norm_squared=2.0).tolist()
    [inf, inf, inf]
    """
    samples = _sizes(n_samples, "n_samples", 1)
    fitted = _sizes(n_features, "n_features", 0)
    noise = real_number(noise_variance, "noise_variance", low=0.0)
    signal = real_number(signal_norm_squared, "signal_norm_squared", low=0.0)
    share, rest = np.ones_like(fitted), np.zeros_like(fitted)
    if total_features is not None:
        total = dimension(total_features, "total_features")
        if fitted.max(initial=0.0) > total:
            raise ValueError(
                f"total_features={total} must be at least every n_features; "
                f"got n_features up to {fitted.max():.0f}."
            )
        # Each by itself: what is left of 1 has no digits where the fit sees nearly everything.
        share, rest = fitted / total, (total - fitted) / total
    samples, fitted, share, rest = np.broadcast_arrays(samples, fitted, share, rest)
    inside, outside = share * signal, rest * signal
    if total_features is None:
        # Without features at all there is nothing that could be inside the fit.
        outside = np.where(fitted == 0, signal, 0.0)
    blur = outside + noise
    below = fitted <= samples
    gap = np.maximum(np.where(below, samples - fitted, fitted - samples) - 1.0, 0.0)
    numerator = np.where(below, fitted, samples)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(numerator * blur == 0, 0.0, numerator / gap * blur)
        unseen = np.where(below, 0.0, inside * ((fitted - samples) / np.maximum(fitted, 1.0)))
    risk = outside + unseen + variance
    return float(risk) if risk.ndim == 0 else risk


def _product(
    left: npt.NDArray[Any], right: npt.NDArray[np.float64], exponent: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Product times ``2^exponent``, without a double copy of all of a single-precision `left`."""
    out = np.empty((left.shape[0], *right.shape[1:]))
    # So far down that sums of products with the largest entry of `left` are floats.
    largest = float(np.abs(left).max(initial=0.0))
    unit = headroom(right, left.shape[1], axis=0, factor=largest)
    right = np.ldexp(right, -unit)
    for start in range(0, left.shape[0], _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        out[rows] = left[rows].astype(np.float64, copy=False) @ right
    return np.ldexp(out, exponent + unit)


def _scaled(value: float, exponent: int) -> str:
    """Words for ``value 2^exponent``, which need not be a float."""
    return f"{value:.3g} x 2^{exponent}" if exponent else f"{value:.3g}"


def _targets(targets: npt.ArrayLike, n: int) -> npt.NDArray[Any]:
    y = real_array(targets, "targets", min_ndim=1)
    if y.ndim > 2 or y.shape[0] != n:
        raise ValueError(
            f"targets must have shape ({n},) or ({n}, k), one row per sample; got {y.shape}."
        )
    return y


def _sizes(value: npt.ArrayLike, name: str, minimum: int) -> npt.NDArray[np.float64]:
    if getattr(value, "ndim", 1) == 0 or not isinstance(value, Iterable):
        return np.asarray(dimension(value, name, minimum=minimum), dtype=np.float64)
    array = as_array(value, name)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold integers; got an array of dtype {array.dtype}.")
    if array.size and array.min() < minimum:
        raise ValueError(f"{name} must be at least {minimum}; got {array.min()}.")
    return array.astype(np.float64)
