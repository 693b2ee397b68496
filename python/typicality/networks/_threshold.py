"""Fit of the fitting threshold: smallest kernel eigenvalue against the number of parameters.

The paper's Sec. III takes from random-matrix theory that the smallest eigenvalue of K = J J^T,
Eq. (3), is ``sigma (sqrt(P) - kappa sqrt(n_L N))``. That formula belongs to the smallest singular
value of J, the square root of the eigenvalue, so the threshold it implies is P = kappa^2 n_L N.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from typicality._arrays import dimension, real_array

__all__ = ["ThresholdFit", "fit_threshold", "normalized_edge"]


@dataclass(frozen=True)
class ThresholdFit:
    """Result of `fit_threshold`: ``s = sigma (sqrt(P) - kappa sqrt(n_constraints))``.

    Parameters
    ----------
    sigma, kappa : float
        Slope and threshold constant. `kappa` is NaN where the slope is not positive.
    stderr : tuple of float
        Standard errors of `sigma` and `kappa`, from the scatter about the line.
    threshold : float
        ``kappa^2 n_constraints``: the P at which the line is 0.
    threshold_stderr : float
        Its standard error.
    r_squared : float
        Share of the variance that the line explains.
    window : tuple of float
        Smallest and largest P of the fit: `sigma` and `kappa` depend on it.
    n_points : int
        Points in the fit.
    n_constraints : int
        ``n_L N``.
    status : {"fitted", "no slope"}
        ``"no slope"`` where the eigenvalue does not grow with P and there is no threshold.

    Examples
    --------
    >>> from typicality.networks import fit_threshold
    >>> fit = fit_threshold([16, 25, 36], [1.0, 4.0, 9.0], 9, trace=[144.0, 225.0, 324.0])
    >>> fit.window, fit.status, float(round(fit(49.0), 6))
    ((16.0, 36.0), 'fitted', 4.0)
    """

    sigma: float
    kappa: float
    stderr: tuple[float, float]
    threshold: float
    threshold_stderr: float
    r_squared: float
    window: tuple[float, float]
    n_points: int
    n_constraints: int
    status: Literal["fitted", "no slope"]

    def __call__(self, n_params: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the line at `n_params`, 0 below the threshold."""
        root = np.sqrt(real_array(n_params, "n_params").astype(np.float64))
        return np.maximum(self.sigma * (root - self.kappa * math.sqrt(self.n_constraints)), 0.0)


def normalized_edge(
    n_params: npt.ArrayLike,
    smallest_eigenvalue: npt.ArrayLike,
    n_constraints: int,
    *,
    trace: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Smallest singular value of J, in units of the root mean square entry of J.

    ``sqrt(lambda_min / (tr K / (n_constraints P)))``. For independent entries it is near
    ``sqrt(P) - sqrt(n_constraints)``. Without the division a network's smallest eigenvalue
    saturates with width, since the tangent kernel converges, and says nothing about P.

    Parameters
    ----------
    n_params : array_like
        P, or the effective number of parameters; positive.
    smallest_eigenvalue : array_like
        Of K; values negative by rounding count as 0.
    n_constraints : int
        Side of K, ``n_L N``.
    trace : array_like
        ``tr K``, positive. The three arrays broadcast.

    Returns
    -------
    numpy.ndarray
        float64.

    Raises
    ------
    ValueError
        If a value is out of range or an eigenvalue exceeds the mean one.

    Examples
    --------
    >>> from typicality.networks import normalized_edge
    >>> normalized_edge([400], [100.0], 100, trace=[40000.0]).tolist()
    [10.0]
    """
    size = dimension(n_constraints, "n_constraints")
    params = real_array(n_params, "n_params").astype(np.float64)
    edge = real_array(smallest_eigenvalue, "smallest_eigenvalue").astype(np.float64)
    total = real_array(trace, "trace").astype(np.float64)
    try:
        params, edge, total = np.broadcast_arrays(params, edge, total)
    except ValueError as error:
        raise ValueError(
            "n_params, smallest_eigenvalue and trace must broadcast; got shapes "
            f"{params.shape}, {edge.shape} and {total.shape}."
        ) from error
    if not ((params > 0).all() and (total > 0).all()):
        raise ValueError("n_params and trace must be positive.")
    # A Hermitian solver is off by a few eps times the largest eigenvalue, which is below the trace.
    if (edge < -1e-6 * total).any():
        raise ValueError(
            f"smallest_eigenvalue must not be negative beyond rounding; got {edge.min():.3g}."
        )
    if (edge > total / size * (1 + 1e-6)).any():
        raise ValueError(
            "smallest_eigenvalue must not exceed the mean eigenvalue, trace / n_constraints."
        )
    return np.sqrt(np.maximum(edge, 0.0) / total * size * params)


def fit_threshold(
    n_params: npt.ArrayLike,
    smallest_eigenvalue: npt.ArrayLike,
    n_constraints: int,
    *,
    trace: npt.ArrayLike,
) -> ThresholdFit:
    """Fit ``sigma`` and ``kappa`` of the paper's threshold by least squares over the given points.

    Every point given is used: choose the window of P beforehand. Near the threshold the smallest
    eigenvalue bends away from the line and far above it the slope grows, so two windows give two
    answers; the window is part of the result.

    Parameters
    ----------
    n_params : array_like
        P, or the effective number of parameters, of each kernel: ``(k,)``.
    smallest_eigenvalue : array_like
        Smallest eigenvalue of each K.
    n_constraints : int
        Side of K, ``n_L N``, the same for all.
    trace : array_like
        ``tr K`` of each.

    Returns
    -------
    ThresholdFit

    Raises
    ------
    ValueError
        If there are fewer than three points or they share one P, if all kernels are singular to
        rounding, or a value is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import fit_threshold
    >>> p = np.array([150.0, 200.0, 300.0, 400.0])
    >>> fit = fit_threshold(p, 0.04 * (p**0.5 - 1.2 * 10) ** 2 , 100, trace=100 * p)
    >>> round(fit.sigma, 6), round(fit.kappa, 6), round(fit.threshold, 6)
    (0.2, 1.2, 144.0)
    """
    size = dimension(n_constraints, "n_constraints")
    values = normalized_edge(n_params, smallest_eigenvalue, size, trace=trace).ravel()
    shape = np.broadcast_shapes(np.shape(n_params), np.shape(smallest_eigenvalue), np.shape(trace))
    params = np.broadcast_to(np.asarray(n_params, dtype=np.float64), shape).ravel()
    if params.size < 3 or np.ptp(params) <= 1e-9 * params.max():
        raise ValueError(
            f"n_params must hold at least three points with two different values; got {params.size}"
            " points. Add widths to the window."
        )
    # Eigenvalues below eps tr K are rounding of the largest one.
    if (values**2 <= np.finfo(np.float64).eps * size * params).all():
        raise ValueError(
            "smallest_eigenvalue is zero to rounding at every point: all kernels are singular, and "
            "there is nothing to fit. Add wider networks, with n_params above n_constraints."
        )
    root = np.sqrt(params)
    center, mean = float(root.mean()), float(values.mean())
    spread = float(np.sum((root - center) ** 2))
    slope = float(np.sum((root - center) * (values - mean)) / spread)
    residual = values - mean - slope * (root - center)
    scatter = float(np.sum(residual**2))
    total = float(np.sum((values - mean) ** 2))
    variance = scatter / (params.size - 2)
    slope_variance = variance / spread
    window = (float(params.min()), float(params.max()))
    r_squared = 1.0 - scatter / total if total > 0 else math.nan
    slope_stderr = math.sqrt(slope_variance)
    if slope <= 0:
        return ThresholdFit(
            slope,
            math.nan,
            (slope_stderr, math.nan),
            math.nan,
            math.nan,
            r_squared,
            window,
            params.size,
            size,
            "no slope",
        )
    # The line is 0 at sqrt(P) = center - mean / slope, whose two parts are uncorrelated.
    zero = center - mean / slope
    zero_stderr = math.sqrt(variance / params.size + (mean / slope) ** 2 * slope_variance) / slope
    return ThresholdFit(
        sigma=slope,
        kappa=zero / math.sqrt(size),
        stderr=(slope_stderr, zero_stderr / math.sqrt(size)),
        threshold=math.copysign(zero**2, zero),
        threshold_stderr=2.0 * abs(zero) * zero_stderr,
        r_squared=r_squared,
        window=window,
        n_points=params.size,
        n_constraints=size,
        status="fitted",
    )
