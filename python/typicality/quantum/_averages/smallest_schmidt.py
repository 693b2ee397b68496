"""The smallest Schmidt coefficient of random pure states: its mean and its exact law.

At d_a = d_b a reduced state is almost surely of full rank, and yet its smallest eigenvalue is only
about 1/d^3: no zero eigenvalue emerges at the threshold of Sec. III, as the paper says, but the
hard edge of the Wishart ensemble touches zero there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import Floats, batch_shape, beta_of, dimension, large_dimension, real_array
from typicality._points import law_points
from typicality._random import RNG, draw, key_of
from typicality.errors import ConvergenceError
from typicality.quantum._averages.hard_edge import (
    real_square_density,
    real_square_lower_tail,
    real_square_moment,
    real_square_upper_tail,
)
from typicality.quantum._averages.hard_edge_binomials import (
    binomial_density,
    binomial_lower_tail,
    binomial_upper_tail,
)

__all__ = ["SmallestSchmidtLaw", "mean_smallest_eigenvalue", "smallest_schmidt_law"]

Case = Literal["power", "sum", "real square"]

_TAILS: Final = {
    "sum": (binomial_lower_tail, binomial_upper_tail),
    "real square": (real_square_lower_tail, real_square_upper_tail),
}


def mean_smallest_eigenvalue(d_a: int, d_b: int, *, field: str = "complex") -> float:
    """Return the exact mean of the smallest eigenvalue of rho_A, where a closed form exists.

    Complex states: 1/d^3 at d_a = d_b = d, and (1 + 1/m)^m / (m^2 (m + 1)) at d_b = m + 1 for
    d_a = m. Real states: 2 / (m^2 (m + 1)) at d_b = m + 1, and at d_a = d_b a single integral
    (a 2F1), about 0.6886 / d^3. For d_a > d_b it is 0, for d_a = 1 it is 1.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000 (the result may underflow to 0).
    field : {"complex", "real"}, optional
        Complex or real states.

    Returns
    -------
    float
        The mean.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If no closed form is known: d_b > d_a + 1 > 2.

    References
    ----------
    .. [1] S. N. Majumdar, O. Bohigas, A. Lakshminarayan, J. Stat. Phys. 131, 33 (2008).

    Examples
    --------
    >>> from typicality.quantum import mean_smallest_eigenvalue
    >>> print(mean_smallest_eigenvalue(2, 2), mean_smallest_eigenvalue(2, 3))
    0.125 0.1875
    """
    m, n = large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")
    beta = beta_of(field)
    if m > n:
        return 0.0
    if m == 1:
        return 1.0
    case = _case(m, n, beta)
    if case == "power":
        return 2 / (m * m * n * beta)
    if case == "sum":
        return math.exp(m * math.log1p(1 / m)) * (1 / (m * m * (m + 1)))
    return real_square_moment(m, 1) * (1 / (m * m))


def smallest_schmidt_law(d_a: int, d_b: int, *, field: str = "complex") -> SmallestSchmidtLaw:
    """Return the exact law of the smallest squared Schmidt coefficient.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, in any order, up to 2**62: equal, or different by one. At least 2.
    field : {"complex", "real"}, optional
        Complex or real states.

    Returns
    -------
    SmallestSchmidtLaw
        With pdf, cdf, ccdf, icdf, mean, variance, support and sample.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If no closed form is known, or the smaller dimension is 1, whose only coefficient is 1.

    Examples
    --------
    >>> from typicality.quantum import smallest_schmidt_law
    >>> law = smallest_schmidt_law(4, 4)
    >>> print(law.mean(), law.support(), round(float(law.ccdf(0.05)), 6))
    0.015625 (0.0, 0.25) 0.035184
    """
    m, n = sorted((dimension(d_a, "d_a"), dimension(d_b, "d_b")))
    return SmallestSchmidtLaw(m, n, field)


@dataclass(frozen=True, slots=True)
class SmallestSchmidtLaw:
    """Law of the smallest squared Schmidt coefficient of Haar-random states; see the function.

    With m = min(d_a, d_b), n = max(d_a, d_b) and D = m n, P(X >= x) is (1 - m x)^(beta D / 2 - 1)
    for complex n = m and real n = m + 1; sum_j C(m, j) C(D - 1, j) x^j (1 - m x)^(D - 1 - j) for
    complex n = m + 1; and an integral over incomplete Beta functions for real n = m.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, equal or different by one.
    field : {"complex", "real"}, optional
        Complex or real states.

    References
    ----------
    .. [1] S. N. Majumdar, O. Bohigas, A. Lakshminarayan, J. Stat. Phys. 131, 33 (2008).

    Examples
    --------
    >>> from typicality.quantum import SmallestSchmidtLaw
    >>> law = SmallestSchmidtLaw(2, 2)
    >>> print(law.icdf([0.0, 0.875, 1.0]), law.variance())
    [0.   0.25 0.5 ] 0.009375
    """

    d_a: int
    d_b: int
    field: str = "complex"
    _case: Case = dataclass_field(init=False, repr=False, compare=False, default="power")

    def __post_init__(self) -> None:
        """Check the parameters and choose the formula."""
        m, n = sorted((dimension(self.d_a, "d_a"), dimension(self.d_b, "d_b")))
        beta = beta_of(self.field)
        if m == 1:
            raise ValueError(
                "min(d_a, d_b) must be at least 2 for a law; the only Schmidt coefficient is 1."
            )
        object.__setattr__(self, "_case", _case(m, n, beta))

    def support(self) -> tuple[float, float]:
        """Return the smallest and the largest possible value, 0 and 1 / min(d_a, d_b)."""
        return 0.0, 1 / self._sides()[0]

    def mean(self) -> float:
        """Return the mean, in closed form."""
        return mean_smallest_eigenvalue(*self._sides(), field=self.field)

    def variance(self) -> float:
        """Return the variance, in closed form."""
        m, n = self._sides()
        total = m * n
        if self._case == "power":
            # m X follows Beta(1, q).
            q = self._exponent()
            return q / (m * m * (1 + q) ** 2 * (2 + q))
        if self._case == "sum":
            growth = math.exp((m - 1) * math.log1p(1 / m))
            second = 2 * growth * (2 + 1 / m) / (m * m * total * (total + 1))
        else:
            second = 3 * real_square_moment(m, 2) / (total * (total + 2))
        return second - self.mean() ** 2

    def pdf(self, x: npt.ArrayLike) -> Floats:
        """Return the density at `x`, zero outside the support; real square: infinite at 0."""
        value = law_points(x)
        m, _ = self._sides()
        with np.errstate(over="ignore"):
            inside = (value >= 0) & (value * m < 1)
        y = np.where(inside, value, 0.5 / m)
        if self._case == "power":
            q = self._exponent()
            density = q * m * np.exp((q - 1) * np.log1p(-m * y))
        elif self._case == "sum":
            density = binomial_density(m, y)
        else:
            density = real_square_density(m, y)
        return np.where(inside, density, 0.0)[()]

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X <= x), to full relative precision in the lower tail."""
        return self._tails(law_points(x))[0][()]

    def ccdf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X > x), to full relative precision in the upper tail."""
        return self._tails(law_points(x))[1][()]

    def icdf(self, p: npt.ArrayLike) -> Floats:
        """Return the x with cdf(x) = p, right to rounding for small p too.

        Raises
        ------
        ValueError
            If a probability is outside [0, 1].
        """
        probability = real_array(p, "p").astype(np.float64)
        if probability.size and (probability.min() < 0 or probability.max() > 1):
            raise ValueError("p must hold probabilities in [0, 1]; an entry is outside.")
        m, _ = self._sides()
        if self._case == "power":
            with np.errstate(divide="ignore"):
                return (-np.expm1(np.log1p(-probability) / self._exponent()) / m)[()]
        flat = probability.ravel()
        result = np.where(flat == 1, 1 / m, 0.0)
        inner = (flat > 0) & (flat < 1)
        result[inner] = self._invert(flat[inner])
        return result.reshape(probability.shape)[()]

    def sample(self, shape: int | tuple[int, ...] | None = None, *, rng: RNG = None) -> Floats:
        """Draw independent values by inversion, shape `shape`; `rng` as everywhere (SPEC 7)."""
        key = key_of(rng)

        def kernel(first: int, size: int) -> npt.NDArray[Any]:
            return _core.uniforms(key, b"smallest_schmidt", first, size, 1)

        uniforms = draw(
            kernel,
            batch_shape(shape, "shape"),
            bytes_per_sample=64,
            what="The sample",
            cheaper="Draw it in parts.",
        )
        return self.icdf(uniforms[..., 0])

    def _sides(self) -> tuple[int, int]:
        return min(self.d_a, self.d_b), max(self.d_a, self.d_b)

    def _exponent(self) -> float:
        m, n = self._sides()
        return beta_of(self.field) * (m * n) / 2 - 1

    def _tails(self, value: Floats) -> tuple[Floats, Floats]:
        m, _ = self._sides()
        y = np.clip(value, 0.0, 1 / m)
        if self._case == "power":
            with np.errstate(divide="ignore"):
                log = self._exponent() * np.log1p(-np.minimum(m * y, 1.0))
            below, above = -np.expm1(log), np.exp(log)
        else:
            lower, upper = _TAILS[self._case]
            # One of them each; below the mean, where the upper tail is above 0.2, the lower.
            left, y = np.asarray(y < self.mean()), np.asarray(y)
            below, above = np.empty(y.shape), np.empty(y.shape)
            below[left], above[~left] = lower(m, y[left]), upper(m, y[~left])
            above[left], below[~left] = 1 - below[left], 1 - above[~left]
        outside, beyond = value <= 0, value >= 1 / m
        return (
            np.where(outside, 0.0, np.where(beyond, 1.0, below)),
            np.where(outside, 1.0, np.where(beyond, 0.0, above)),
        )

    def _invert(self, p: Floats) -> Floats:
        # Newton's method for the logarithm of the smaller tail in that of x, a concave function.
        m, _ = self._sides()
        lower, upper = _TAILS[self._case]
        left = p <= 0.5
        wanted = np.where(left, np.log(p), np.log1p(-p))
        sign = np.where(left, 1.0, -1.0)
        x = np.full_like(p, min(self.mean(), 0.5 / m))
        low, high = np.full_like(p, 5e-324), np.full_like(p, 1 / m)
        open_ = np.arange(p.size)
        for _ in range(200):
            at = x[open_]
            from_left, tail = left[open_], np.empty(open_.size)
            tail[from_left] = lower(m, at[from_left])
            tail[~from_left] = upper(m, at[~from_left])
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                excess = sign[open_] * (np.log(tail) - wanted[open_])
                step = -excess * tail / (at * self.pdf(at))
                newton = at * np.exp(step)
            low[open_] = np.where(excess < 0, at, low[open_])
            high[open_] = np.where(excess > 0, at, high[open_])
            # Newton's next error is the square of this step; the smallest floats have few digits.
            settled = np.abs(step) * at < 1e-9 * at + 1e-323
            inside = (newton > low[open_]) & (newton < high[open_])
            middle = np.sqrt(low[open_]) * np.sqrt(high[open_])
            # Below the smallest float there is only zero.
            vanished = high[open_] <= 5e-324
            x[open_] = np.where(vanished, 0.0, np.where(inside | settled, newton, middle))
            open_ = open_[~(settled | vanished)]
            if not open_.size:
                return np.minimum(x, 1 / m)
        raise ConvergenceError(
            f"The numerical inversion of the smallest coefficient's law did not converge for "
            f"{open_.size} probabilities in 200 steps."
        )


def _case(m: int, n: int, beta: int) -> Case:
    if n == m:
        return "power" if beta == 2 else "real square"
    if n == m + 1:
        return "sum" if beta == 2 else "power"
    raise ValueError(
        "d_b must be d_a or d_a + 1: for other dimensions no closed form is known for the smallest "
        "eigenvalue. Estimate it from haar_schmidt_spectra(d_a, d_b, size)[:, -1]."
    )
