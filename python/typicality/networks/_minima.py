r"""Global minima: whether one exists, and how near to the initialization (the paper's Sec. II).

Existence is searched for by Levenberg-Marquardt, since gradient descent measures its own step
budget. Nearness is Newton's iteration on the initialization plus the row space of its Jacobian,
whose first step has length :math:`\sqrt{r^T K^{-1} r}`, with Kantorovich's certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import dimension, real_number, refuse_oversize
from typicality._progress import Progress
from typicality._short_repr import ShortRepr
from typicality.networks._certificate import Certificate, certify, estimate_certificate
from typicality.networks._kernel_spectrum import KernelSpectrum, kernel_spectrum
from typicality.networks._mlp import MLP, check_params
from typicality.networks._ntk import empirical_ntk
from typicality.networks._training import (
    STATUS,
    search_arguments,
    search_results,
)

__all__ = ["Minima", "Minimum", "find_minima", "nearest_minimum"]

# Share of a residual outside the range of its kernel that may be rounding, at most.
_OUTSIDE: Final = 1e-8


@dataclass(frozen=True, eq=False, repr=False)
class Minima(ShortRepr):
    """Where the searches of `find_minima` ended, one entry for each initialization.

    Parameters
    ----------
    theta : numpy.ndarray
        Best parameters, shape ``(..., P)``.
    losses : numpy.ndarray
        Losses there, shape ``(...)``.
    steps : numpy.ndarray
        Linear systems solved.
    displacement : numpy.ndarray
        Distance from the initialization, Euclidean norm over all parameters.
    status : numpy.ndarray
        ``"converged"``, ``"out of steps"``, ``"diverged"`` or ``"stalled"``: no step lowers the
        loss noticeably any more, as at a local minimum.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, find_minima
    >>> mlp, x, y = MLP((4, 20, 1), "tanh"), np.eye(4), np.array([1.0, -1.0, 0.5, 0.0])
    >>> minima = find_minima(mlp, mlp.init(3, rng=0), x, y)
    >>> minima.converged.tolist(), bool((minima.losses < 1e-8).all())
    ([True, True, True], True)
    """

    theta: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    steps: npt.NDArray[np.int64]
    displacement: npt.NDArray[np.float64]
    status: npt.NDArray[np.str_]

    @property
    def converged(self) -> npt.NDArray[np.bool_]:
        """Where a global minimum was found."""
        return np.asarray(self.status == STATUS[0])


@dataclass(frozen=True, eq=False, repr=False)
class Minimum(ShortRepr):
    """The global minimum of `nearest_minimum`.

    Parameters
    ----------
    theta : numpy.ndarray
        Its parameters, shape ``(P,)``.
    loss : float
        Loss there.
    displacement : float
        Its distance from the initialization.
    linearized_displacement : float
        The same for the linearized network, Eq. (4): sqrt(r^T K^-1 r). Where K is singular to
        rounding, as for equal samples, it has a minimum only if the residual r lies in the range
        of K: then K^-1 is the pseudo-inverse, else the displacement is inf.
    certificate : Certificate
        Whether it is proved that a minimum lies near: rigorous for one hidden layer with a bounded
        second derivative of the activation, unless its bound overflows; else the estimate.
    estimate : Certificate
        The same with the measured change of the Jacobian: much sharper, not a proof.
    method : str
        ``"newton"``, or ``"levenberg-marquardt"`` where Newton's iteration did not converge; its
        minimum need not be the nearest one.
    status : str
        ``"converged"``, ``"out of steps"``, ``"diverged"`` or ``"stalled"``.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, nearest_minimum
    >>> mlp, x, y = MLP((4, 500, 1), "tanh"), np.eye(4), np.array([1.0, -1.0, 0.5, 0.0])
    >>> minimum = nearest_minimum(mlp, mlp.init(rng=0), x, y)
    >>> minimum.status, bool(minimum.loss < 1e-20)
    ('converged', True)
    """

    theta: npt.NDArray[np.float64]
    loss: float
    displacement: float
    linearized_displacement: float
    certificate: Certificate
    estimate: Certificate
    method: str
    status: str


def find_minima(
    mlp: MLP,
    theta0: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    max_steps: int = 500,
    tolerance: float = 1e-8,
    progress: Progress | None = None,
) -> Minima:
    """Search for a global minimum from each initialization by Levenberg-Marquardt.

    Each step solves (J^T J + mu) h = -J^T r in the smaller of its two forms; with more parameters
    than targets J is never formed. Deterministic, one network a thread.

    Targets should be real-valued: labels of plus and minus one can be fitted far below the
    threshold and then say nothing about it.

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
    max_steps : int, optional
        Most linear systems for one network.
    tolerance : float, optional
        A loss, half the sum of squared residuals, below this counts as zero.
    progress : callable, optional
        Called with a fraction and a text now and then.

    Returns
    -------
    Minima
        Frozen result.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, shape or range.
    MemoryError
        If the search would not fit.

    References
    ----------
    .. [1] D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters",
       J. SIAM 11, 431 (1963).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, find_minima
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.standard_normal((20, 4)), rng.standard_normal(20)
    >>> mlp = MLP((4, 8, 1), "tanh", bias_scale=0.5)
    >>> found = find_minima(mlp, mlp.init(6, rng=1), x, y)
    >>> int(found.converged.sum()), bool(found.losses.max() < 1e-8)
    (6, True)
    """
    start, samples, targets = search_arguments(mlp, theta0, x, y)
    steps = dimension(max_steps, "max_steps", minimum=0)
    below = real_number(tolerance, "tolerance", low=0.0)
    size = min(samples.shape[0] * mlp.n_outputs, mlp.n_params)
    refuse_oversize(4 * 8 * size * size, "The normal equations", "Use train instead.")
    flat = start.reshape(-1, mlp.n_params)
    ends = _core.levenberg_marquardt(*mlp.network, flat, samples, targets, steps, below, progress)
    return Minima(*search_results(ends, flat, start.shape[:-1]))


def nearest_minimum(
    mlp: MLP,
    theta0: npt.ArrayLike,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    max_steps: int = 100,
    tolerance: float = 1e-20,
) -> Minimum:
    r"""Find the global minimum near one initialization, and say how near it provably is.

    Newton's iteration with the Jacobian frozen at `theta0` stays in
    :math:`\theta_0 + \mathrm{row\,space}\,J`, so to first order the minimum it finds is the
    nearest one. The network's curvature moves it off: at finite width another minimum, gradient
    descent's for one, can lie somewhat nearer. With s the smallest singular value of J,
    :math:`\eta` the length of the first step and L a Lipschitz constant of J, Kantorovich's
    theorem says that :math:`h = L \eta/s \le 1/2` suffices for an exact minimum within
    :math:`2\eta/(1 + \sqrt{1 - 2h})`.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta0 : array_like
        The initialization, shape ``(P,)``.
    x : array_like
        Samples, shape ``(N, n_in)``.
    y : array_like
        Targets, shape ``(N, n_out)``; ``(N,)`` with one output.
    max_steps : int, optional
        Most steps of either method.
    tolerance : float, optional
        A loss below this counts as zero.

    Returns
    -------
    Minimum
        Frozen result.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind, shape or range.
    MemoryError
        If the kernel would not fit.

    References
    ----------
    .. [1] C. Liu, L. Zhu, M. Belkin, "Loss landscapes and optimization in over-parameterized
       non-linear systems and neural networks", Appl. Comput. Harmon. Anal. 59, 85 (2022).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP, nearest_minimum
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.standard_normal((10, 20)), rng.standard_normal(10)
    >>> mlp = MLP((20, 2000, 1), "tanh")
    >>> minimum = nearest_minimum(mlp, mlp.init(rng=1), x, y)
    >>> minimum.status, minimum.method, minimum.certificate.rigorous
    ('converged', 'newton', True)
    >>> bool(abs(minimum.displacement / minimum.linearized_displacement - 1) < 0.02)
    True
    """
    check_params(mlp, theta0, "theta0", ndim=1)
    start, samples, targets = search_arguments(mlp, theta0, x, y)
    steps = dimension(max_steps, "max_steps", minimum=0)
    below = real_number(tolerance, "tolerance", low=0.0)
    size = samples.shape[0] * mlp.n_outputs
    if size == 0:
        raise ValueError("x must hold at least one sample.")
    refuse_oversize(4 * 8 * size * size, "The kernel", "Use train instead.")
    flat = start[np.newaxis]
    ends, linearized = _core.nearest_minimum(*mlp.network, flat, samples, targets, steps, below)
    method = "newton"
    if ends[3][0] != 0:
        method = "levenberg-marquardt"
        ends = _core.levenberg_marquardt(*mlp.network, flat, samples, targets, steps, below, None)
    theta, losses, _, displacement, status = search_results(ends, flat, ())
    spectrum = kernel_spectrum(empirical_ntk(mlp, start, samples))
    smallest = float(np.sqrt(spectrum.rates[0]))
    if smallest == 0.0 or not np.isfinite(linearized):
        residual = (mlp.apply(start, samples) - targets).reshape(-1)
        linearized = _linearized_displacement(spectrum, residual)
    estimate = estimate_certificate(mlp, start, theta, samples, smallest, linearized)
    return Minimum(
        theta=theta,
        loss=float(losses),
        displacement=float(displacement),
        linearized_displacement=linearized,
        certificate=certify(mlp, start, samples, smallest, linearized) or estimate,
        estimate=estimate,
        method=method,
        status=str(status),
    )


def _linearized_displacement(spectrum: KernelSpectrum, residual: npt.NDArray[np.float64]) -> float:
    """Length of the shortest J^T a with K a = r; inf where there is none to rounding."""
    length = float(np.linalg.norm(residual))
    if length == 0.0:
        return 0.0
    parts = spectrum.vectors.T @ (residual / length)
    kept = spectrum.rates > 0
    if not kept.any():
        return np.inf
    rates = spectrum.rates[kept]
    # Rounding turns the null space by at most the ratio of its eigenvalues to the others.
    tilt = min(_OUTSIDE, spectrum.rounding / float(rates[0]))
    if np.linalg.norm(parts[~kept]) > tilt:
        return np.inf
    return length * float(np.linalg.norm(parts[kept] / np.sqrt(rates)))
