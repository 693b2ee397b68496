r"""Kantorovich's certificate that a global minimum lies near an initialization.

With J the Jacobian at the start, s its smallest singular value, :math:`\eta` the length of the
linearized step and L a Lipschitz constant of J on the ball of radius :math:`2\eta`,
:math:`h = L\eta/s \le 1/2` proves that an exact minimum exists on the start plus the row space of
J, no further than :math:`2\eta/(1 + \sqrt{1 - 2h})`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from typicality._interruptible import interruptible
from typicality.networks._activations import activation_bounds
from typicality.networks._jacobian import jacobian_vector_product, vector_jacobian_product
from typicality.networks._mlp import MLP

__all__ = ["Certificate", "certify", "estimate_certificate"]

_POWER_STEPS: Final = 30


@dataclass(frozen=True, repr=False)
class Certificate:
    """What Kantorovich's theorem says about minima near an initialization.

    Parameters
    ----------
    h : float
        The theorem's number; at most 1/2 certifies. inf where the kernel is singular or a number on
        the way overflows.
    radius : float
        Within this distance there is an exact minimum, if `certified`; without `rigorous`, there
        presumably is one. nan where `h` is above 1/2: nothing is said then, not that there is none.
    lipschitz : float
        Lipschitz constant of the Jacobian that was used.
    rigorous : bool
        True if that constant is a proved bound (rounding of the computation aside); False if it is
        the measured change of the Jacobian along the way: an estimate, not a proof. Of `h` and
        `radius` it says nothing; `certified` does.

    Examples
    --------
    >>> from typicality.networks import Certificate
    >>> Certificate(h=0.1, radius=1.05, lipschitz=0.2, rigorous=False)
    Certificate(certified=False, h=0.1, radius=1.05, lipschitz=0.2, rigorous=False)
    """

    h: float
    radius: float
    lipschitz: float
    rigorous: bool

    @property
    def certified(self) -> bool:
        """Whether a minimum within `radius` is proved: h <= 1/2 with a proved constant."""
        return self.rigorous and self.h <= 0.5

    def __repr__(self) -> str:
        """Whether it certifies anything, then the numbers."""
        return (
            f"Certificate(certified={self.certified}, h={self.h!r}, radius={self.radius!r}, "
            f"lipschitz={self.lipschitz!r}, rigorous={self.rigorous})"
        )


def certify(
    mlp: MLP,
    theta0: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    smallest: float,
    step: float,
) -> Certificate | None:
    """Return the rigorous certificate, or None where no finite bound is known.

    Known for networks that are linear in their parameters (one layer), and for one hidden layer
    whose activation has a bounded second derivative.

    Parameters
    ----------
    mlp, theta0, x
        The network, its parameters ``(P,)`` and samples.
    smallest : float
        Smallest singular value of J.
    step : float
        Length of the linearized step.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP
    >>> from typicality.networks._certificate import certify
    >>> mlp = MLP((2, 1), "identity")
    >>> certify(mlp, np.zeros(3), np.eye(2), smallest=0.5, step=1.0)
    Certificate(certified=True, h=0.0, radius=1.0, lipschitz=0.0, rigorous=True)
    """
    slope, curvature = activation_bounds(mlp.activation)
    if mlp.depth == 1:
        return _certificate(0.0, smallest, step, rigorous=True)
    if mlp.depth > 2 or not math.isfinite(curvature):
        return None
    n_in, width, k = mlp.widths
    weight, outer = mlp.weight_factors
    bias = mlp.bias_factors[0] if mlp.bias else 0.0
    augmented = np.hstack([weight * x, np.full((x.shape[0], 1), bias)])
    norm = float(interruptible(np.linalg.svdvals, augmented)[0])
    # Squares of huge inputs overflow, and then there is no bound.
    with np.errstate(over="ignore"):
        longest = float(np.linalg.norm(augmented, axis=1).max())
    first = (n_in + mlp.bias) * width
    output = theta0[first : first + width * k]
    # Output weights stay below this on the ball of radius 2 step.
    largest = float(np.abs(output).max()) + 2 * step
    # With dU, dV the changes of the hidden and output weights, the change of J has a hidden block
    # of norm at most outer |X| sqrt(k) (curvature largest longest |dU| + slope |dV|), by Schur's
    # bound on Hadamard products, and an output block of at most outer |X| slope |dU|.
    bound = np.array(
        [
            [math.sqrt(k) * curvature * largest * longest, math.sqrt(k) * slope],
            [slope, 0.0],
        ]
    )
    if not np.isfinite(bound).all():
        return None
    lipschitz = outer * norm * float(np.linalg.norm(bound, 2))
    if not math.isfinite(lipschitz):
        return None
    return _certificate(lipschitz, smallest, step, rigorous=True)


def estimate_certificate(
    mlp: MLP,
    theta0: npt.NDArray[np.float64],
    theta: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    smallest: float,
    step: float,
) -> Certificate:
    r"""Return the certificate with :math:`\|J(\theta) - J(\theta_0)\|/\|\theta - \theta_0\|` for L.

    The norm is found by power iteration. An estimate: J may change faster elsewhere on the ball.

    Parameters
    ----------
    mlp, theta0, theta, x
        The network, where it started, where it ended, and the samples.
    smallest : float
        Smallest singular value of J at the start.
    step : float
        Length of the linearized step.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import MLP
    >>> from typicality.networks._certificate import estimate_certificate
    >>> mlp = MLP((2, 1), "identity")
    >>> estimate_certificate(mlp, np.zeros(3), np.ones(3), np.eye(2), 0.5, 1.0).h
    0.0
    """
    # A search that diverged may have left the numbers behind.
    distance = float(np.linalg.norm(theta - theta0)) if np.isfinite(theta).all() else math.inf
    if not 0 < distance < math.inf:
        return _certificate(math.inf if distance else 0.0, smallest, step, rigorous=False)
    size = x.shape[0] * mlp.n_outputs
    # A fixed start with all frequencies in it, so that equal calls give equal results.
    v = np.cos(np.arange(size) ** 2 * math.sqrt(2.0))
    norm = 0.0
    for _ in range(_POWER_STEPS):
        v /= np.linalg.norm(v)
        u = vector_jacobian_product(mlp, theta, x, v) - vector_jacobian_product(mlp, theta0, x, v)
        norm = float(np.linalg.norm(u))
        after = jacobian_vector_product(mlp, theta, x, u)
        v = (after - jacobian_vector_product(mlp, theta0, x, u)).reshape(-1)
        if not v.any():
            break
    return _certificate(norm / distance, smallest, step, rigorous=False)


def _certificate(lipschitz: float, smallest: float, step: float, *, rigorous: bool) -> Certificate:
    if step == 0.0:
        return Certificate(0.0, 0.0, lipschitz, rigorous)
    if smallest == 0.0 or not math.isfinite(step) or not math.isfinite(lipschitz):
        return Certificate(math.inf, math.nan, lipschitz, rigorous)
    h = lipschitz * step / smallest
    radius = 2 * step / (1 + math.sqrt(1 - 2 * h)) if h <= 0.5 else math.nan
    return Certificate(h, radius, lipschitz, rigorous)
