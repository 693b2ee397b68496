"""Full-batch gradient descent on many initializations at once: what Sec. II calls learning.

The loss is half the sum over samples and outputs of squared residuals, never averaged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import dimension, real_array, real_number, refuse_oversize
from typicality._interruptible import interruptible
from typicality._messages import shortened
from typicality._progress import Progress
from typicality._short_repr import ShortRepr
from typicality.networks._mlp import MLP, check_inputs, check_params
from typicality.networks._ntk import empirical_ntk, kernel_vector_product

__all__ = ["STATUS", "Training", "largest_kernel_eigenvalue", "train"]

STATUS: Final = ("converged", "out of steps", "diverged", "stalled")
"""How a search can end, by the core's number for it."""

# Kernels up to this size are diagonalized, larger ones are only multiplied with vectors.
_DENSE: Final = 1024
_POWER_STEPS: Final = 60


@dataclass(frozen=True, eq=False, repr=False)
class Training(ShortRepr):
    """Where gradient descent ended, one entry for each initialization.

    Parameters
    ----------
    theta : numpy.ndarray
        Last parameters, shape ``(..., P)``.
    losses : numpy.ndarray
        Losses there, shape ``(...)``.
    steps : numpy.ndarray
        Steps taken.
    displacement : numpy.ndarray
        Distance from the initialization, Euclidean norm over all parameters.
    status : numpy.ndarray
        ``"converged"``, ``"out of steps"`` or ``"diverged"``.
    learning_rate : numpy.ndarray
        What was used.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, train
    >>> mlp, x, y = MLP((4, 100, 1), "tanh"), np.eye(4), np.array([1.0, -1.0, 0.5, 0.0])
    >>> result = train(mlp, mlp.init(3, rng=0), x, y, max_steps=10000, tolerance=1e-6)
    >>> result.theta.shape, result.converged.tolist()
    ((3, 601), [True, True, True])
    """

    theta: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    steps: npt.NDArray[np.int64]
    displacement: npt.NDArray[np.float64]
    status: npt.NDArray[np.str_]
    learning_rate: npt.NDArray[np.float64]

    @property
    def converged(self) -> npt.NDArray[np.bool_]:
        """Where the loss fell below the tolerance."""
        return np.asarray(self.status == STATUS[0])


def train(
    mlp: MLP,
    theta0: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    max_steps: int,
    tolerance: float,
    learning_rate: float | npt.ArrayLike | str = "auto",
    momentum: float = 0.0,
    progress: Progress | None = None,
) -> Training:
    r"""Minimize the loss by gradient descent with heavy-ball momentum from each initialization.

    .. math:: v \leftarrow \mu v - \eta\, \nabla L(\theta), \quad \theta \leftarrow \theta + v

    Each network stays on one thread, so results do not depend on how many there are. A run that
    did not converge says nothing about whether a minimum exists: see `find_minima`.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta0 : array_like
        Initializations, shape ``(..., P)``.
    x : array_like
        Samples, shape ``(N, n_in)``.
    y : array_like
        Targets, shape ``(N, n_out)``, or ``(..., N, n_out)`` for each initialization its own; with
        one output the last axis may be left out.
    max_steps : int
        Most steps of one network.
    tolerance : float
        A run has converged once its loss is below this.
    learning_rate : float, array_like or "auto", optional
        One for all, or one for each initialization. ``"auto"`` is (1 + momentum) over the largest
        eigenvalue of the initial kernel: half of what is stable while the network is linear.
    momentum : float, optional
        In [0, 1).
    progress : callable, optional
        Called with a fraction and a text now and then.

    Returns
    -------
    Training
        Frozen result.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, shape or range.
    MemoryError
        If the parameters would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, train
    >>> mlp = MLP((2, 100, 1), "tanh", bias_scale=0.5)
    >>> x, y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([1.0, -1.0, 0.5])
    >>> result = train(mlp, mlp.init(5, rng=0), x, y, max_steps=5000, tolerance=1e-10)
    >>> [str(status) for status in result.status]
    ['converged', 'converged', 'converged', 'converged', 'converged']
    >>> bool(result.losses.max() < 1e-10)
    True
    """
    start, samples, targets = search_arguments(mlp, theta0, x, y)
    steps = dimension(max_steps, "max_steps", minimum=0)
    below = real_number(tolerance, "tolerance", low=0.0)
    mu = real_number(momentum, "momentum", low=0.0, high=1.0, high_open=True)
    batch = start.shape[:-1]
    rates = _learning_rates(mlp, start, samples, learning_rate, mu)
    flat = start.reshape(-1, mlp.n_params)
    ends = _core.gradient_descent(
        *mlp.network, flat, samples, targets, steps, below, rates.reshape(-1).tolist(), mu, progress
    )
    theta, losses, taken, displacement, status = search_results(ends, flat, batch)
    return Training(theta, losses, taken, displacement, status, rates)


def largest_kernel_eigenvalue(mlp: MLP, theta: npt.ArrayLike, x: npt.ArrayLike) -> float:
    """Return the largest eigenvalue of the empirical kernel at one `theta`, for step sizes.

    Exact to rounding for up to 1024 rows; by power iteration beyond, a lower bound that is a few
    per cent off where the largest eigenvalues lie close together.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP
    >>> from typicality.networks._training import largest_kernel_eigenvalue
    >>> linear = MLP((2, 1), "identity", bias=False, parametrization="standard")
    >>> round(largest_kernel_eigenvalue(linear, [0.0, 0.0], [[3.0, 4.0]]), 12)
    25.0
    """
    point = check_params(mlp, theta, ndim=1)
    samples = check_inputs(mlp, x)
    size = samples.shape[0] * mlp.n_outputs
    if size == 0:
        return 0.0
    if size <= _DENSE:
        kernel = empirical_ntk(mlp, point.astype(np.float64), samples.astype(np.float64))
        return max(0.0, float(interruptible(np.linalg.eigvalsh, kernel)[-1]))
    # A fixed start with all frequencies in it, so that equal calls give equal results.
    vector = np.cos(np.arange(size) ** 2 * math.sqrt(2.0))
    value = 0.0
    for _ in range(_POWER_STEPS):
        vector /= max(float(np.linalg.norm(vector)), np.finfo(np.float64).tiny)
        vector = kernel_vector_product(mlp, point, samples, vector)
        value = float(np.linalg.norm(vector))
    return value


def search_arguments(
    mlp: MLP, theta0: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return what every search takes, checked and in double precision."""
    start = check_params(mlp, theta0, "theta0").astype(np.float64, copy=False)
    samples = check_inputs(mlp, x).astype(np.float64, copy=False)
    targets = check_targets(mlp, y, samples.shape[0], start.shape[:-1])
    refuse_oversize(4 * start.nbytes, "The parameters of the search", "Pass fewer at once.")
    if targets.ndim > 2:
        targets = targets.reshape(-1, *targets.shape[-2:])
    return start, samples, np.ascontiguousarray(targets)


def check_targets(
    mlp: MLP, y: npt.ArrayLike, n_samples: int, batch: tuple[int, ...] = ()
) -> npt.NDArray[np.float64]:
    """Return targets ``(N, n_out)``, or ``(*batch, N, n_out)`` for each network its own.

    With one output the last axis may be left out.

    Raises
    ------
    TypeError, ValueError
        If they are not finite real numbers of one of those shapes.
    """
    array = real_array(y, "y").astype(np.float64, copy=False)
    one, each = (n_samples, mlp.n_outputs), (*batch, n_samples, mlp.n_outputs)
    if mlp.n_outputs == 1 and array.shape in {one[:-1], each[:-1]}:
        array = array[..., np.newaxis]
    if array.shape not in {one, each}:
        raise ValueError(
            f"y must have shape {one}" + (f" or {each}" if batch else "") + f"; got {array.shape}."
        )
    return np.ascontiguousarray(array)


def search_results(
    ends: tuple[npt.NDArray[Any], ...], start: npt.NDArray[np.float64], batch: tuple[int, ...]
) -> tuple[npt.NDArray[Any], ...]:
    """Return theta, losses, steps, displacement and status in the shape of the batch."""
    theta, losses, steps, status = ends
    # Diverged parameters may be infinite; their distance then is too, without a warning.
    with np.errstate(over="ignore", invalid="ignore"):
        displacement = np.linalg.norm(theta - start, axis=-1)
    words = np.asarray(STATUS)[status]
    return (
        theta.reshape(*batch, theta.shape[-1]),
        losses.reshape(batch),
        steps.reshape(batch),
        displacement.reshape(batch),
        words.reshape(batch),
    )


def _learning_rates(
    mlp: MLP,
    start: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    learning_rate: object,
    momentum: float,
) -> npt.NDArray[np.float64]:
    batch = start.shape[:-1]
    if isinstance(learning_rate, str):
        if learning_rate != "auto":
            raise ValueError(
                f'learning_rate must be "auto", a number, or one for each initialization; '
                f"got {shortened(learning_rate)}."
            )
        flat = start.reshape(-1, mlp.n_params)
        largest = np.array([largest_kernel_eigenvalue(mlp, theta, x) for theta in flat])
        # Without samples, or with a dead network, any rate will do.
        safe = np.where(largest > 0, largest, 1.0)
        return ((1 + momentum) / safe).reshape(batch)
    rates = real_array(learning_rate, "learning_rate").astype(np.float64, copy=False)
    if rates.shape not in {(), batch}:
        raise ValueError(
            f"learning_rate must be one number or have the shape {batch} of the initializations; "
            f"got shape {rates.shape}."
        )
    if not (rates > 0).all():
        raise ValueError("learning_rate must be positive.")
    return np.array(np.broadcast_to(rates, batch))
