"""The Marchenko-Pastur law, on which Eq. (2) of the paper stands, for every aspect ratio c > 0.

With the eigenvalues p of a reduced state of a random pure state on d_a x d_b, the numbers
lambda = d_a p follow this law with c = d_a / d_b when both dimensions are large. The paper prints
its density without a condition on c; for c > 1 that density integrates to 1/c only, and the missing
1 - 1/c sits at zero, where d_a - d_b eigenvalues vanish exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import Floats, batch_shape, real_array, real_number
from typicality._points import law_points
from typicality._random import RNG, draw, key_of
from typicality.spectra._marchenko_pastur_angle import (
    angles_of_mass,
    lower_density,
    lower_mass,
    upper_density,
    upper_mass,
)
from typicality.spectra._marchenko_pastur_moment import log_moment_terms

__all__ = ["MarchenkoPastur"]


# A uniform, its value and what the inversion holds for it.
_BYTES_PER_DRAW: Final = 640


@dataclass(frozen=True, slots=True)
class MarchenkoPastur:
    """Marchenko-Pastur law of the eigenvalues of G G^H / n, G of shape (m, n), c = m / n.

    The entries of G are independent with E|G_ij|^2 = `scale`. The density
    sqrt((l_+ - l)(l - l_-)) / (2 pi c l) lives on l_-, l_+ = (1 -+ sqrt(c))^2 (times `scale`) and
    has total mass min(1, 1/c); for c > 1 the remainder is an atom at zero, which `cdf`, `icdf`,
    `moment` and `sample` include.

    Parameters
    ----------
    c : float
        Aspect ratio, positive. For reduced states c = d_a / d_b.
    scale : float, optional
        Mean of the law, positive. 1 for lambda = d_a p, 1 / d_a for the eigenvalues p themselves.

    Raises
    ------
    TypeError
        If a parameter is not a real number.
    ValueError
        If a parameter is not positive and finite.

    Notes
    -----
    Method names are those of SciPy's distribution infrastructure, which cannot hold an atom. Values
    of the law are float64, for points in single precision too.

    References
    ----------
    .. [1] V. A. Marchenko, L. A. Pastur, Math. USSR Sb. 1, 457 (1967).

    Examples
    --------
    >>> from typicality.spectra import MarchenkoPastur
    >>> law = MarchenkoPastur(0.25)
    >>> print(law.support(), law.mean(), law.variance())
    (0.25, 2.25) 1.0 0.25
    >>> print(round(law.moment(0.5), 12), MarchenkoPastur(4.0).atom)
    0.96768751126 0.75
    """

    c: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Check the parameters."""
        object.__setattr__(self, "c", real_number(self.c, "c", low=0.0, low_open=True))
        object.__setattr__(self, "scale", real_number(self.scale, "scale", low=0.0, low_open=True))

    @property
    def atom(self) -> float:
        """Probability of the value zero: 1 - 1/c for c > 1, otherwise 0.

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> MarchenkoPastur(2.0).atom
        0.5
        """
        return max(0.0, (self.c - 1.0) / self.c)

    def support(self) -> tuple[float, float]:
        """Return the smallest and largest possible value; the smallest is 0 for c > 1."""
        low, high = self._edges()
        return (0.0 if self.c > 1.0 else low * self.scale), high * self.scale

    def mean(self) -> float:
        """Return the mean, `scale`."""
        return self.scale

    def variance(self) -> float:
        """Return the variance, c `scale`^2."""
        return self.c * self.scale * self.scale

    def entropy(self) -> float:
        """Return the differential entropy in nats, in closed form.

        It equals log(2 pi sqrt(c)) - 1 - (1 - c) log(1 - c) / (2 c) + log(scale) for c <= 1, and
        minus infinity for c > 1, since a law with an atom has no density.

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> print(round(MarchenkoPastur(1.0).entropy(), 12))
        0.837877066409
        """
        if self.c > 1.0:
            return -math.inf
        bulk = 0.0 if self.c == 1.0 else (1 - self.c) * (math.log1p(-self.c) / self.c)
        return math.log(2 * math.pi) + 0.5 * math.log(self.c) - 1 - bulk / 2 + math.log(self.scale)

    def pdf(self, x: npt.ArrayLike) -> Floats:
        """Return the density of the continuous part at `x`; it integrates to min(1, 1/c).

        Parameters
        ----------
        x : array_like
            Any shape; infinite numbers count as outside the support.

        Returns
        -------
        numpy.ndarray
            The shape of `x`. Infinite at x = 0 for c = 1.

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> print(round(float(MarchenkoPastur(1.0).pdf(1.0)), 12))
        0.275664447711
        """
        with np.errstate(over="ignore"):
            return np.exp(self.logpdf(x))[()]

    def logpdf(self, x: npt.ArrayLike) -> Floats:
        """Return the logarithm of `pdf`, minus infinity outside the support."""
        value = self._scaled(x)
        above_low, below_high = self._distances(value)
        with np.errstate(divide="ignore", invalid="ignore"):
            root = 0.5 * (np.log(below_high) + np.log(above_low))
            log = root - np.log(value) - math.log(2 * math.pi) - math.log(self.c)
        if self.c == 1.0:
            # The two halves of log(0) at the hard edge: sqrt(x)/x diverges.
            log = np.where(value == 0.0, np.inf, log)
        inside = (above_low >= 0) & (below_high >= 0) & ((value > 0.0) | (self.c == 1.0))
        return np.where(inside, log, -np.inf)[()] - math.log(self.scale)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X <= x), the atom included, to full relative precision in the lower tail.

        But for what a rounding error of x makes, which is much where x is close to an edge; so it
        is for `ccdf` and `pdf`.

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> print(float(MarchenkoPastur(4.0).cdf(0.0)))
        0.75
        """
        value = self._scaled(x)
        below, _ = self._tails(value)
        return np.where(value < 0.0, 0.0, np.minimum(1.0, self.atom + self._weight() * below))[()]

    def ccdf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X > x), to full relative precision in the upper tail."""
        value = self._scaled(x)
        _, above = self._tails(value)
        return np.where(value < 0.0, 1.0, self._weight() * above)[()]

    def icdf(self, p: npt.ArrayLike) -> Floats:
        """Return the smallest x with cdf(x) >= p: the inverse of `cdf`, zero on the atom.

        Parameters
        ----------
        p : array_like
            Probabilities in [0, 1], any shape.

        Raises
        ------
        ValueError
            If a probability is outside [0, 1].

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> law = MarchenkoPastur(0.5)
        >>> print(round(float(law.cdf(law.icdf(0.3))), 12))
        0.3
        """
        probability = real_array(p, "p").astype(np.float64)
        if probability.size and (probability.min() < 0.0 or probability.max() > 1.0):
            raise ValueError("p must hold probabilities in [0, 1]; an entry is outside.")
        flat = probability.ravel()
        weight = self._weight()
        below = np.clip((flat - self.atom) / weight, 0.0, 1.0)
        above = np.clip((1.0 - flat) / weight, 0.0, 1.0)
        ratio, root = self._ratio_and_gap(), math.sqrt(self.c)
        low, high = self._edges()
        lower_half = below <= 0.5
        result = np.empty_like(flat)
        u = angles_of_mass(lower_mass, lower_density, below[lower_half], *ratio)
        result[lower_half] = low + 4 * root * np.sin(u / 2) ** 2
        t = angles_of_mass(upper_mass, upper_density, above[~lower_half], *ratio)
        result[~lower_half] = high - 4 * root * np.sin(t / 2) ** 2
        if self.atom > 0.0:
            result[flat <= self.atom] = 0.0
        with np.errstate(over="ignore"):
            return (result * self.scale).reshape(probability.shape)[()]

    def moment(self, order: float) -> float:
        """Return the mean of X^order for any real order, infinity where it diverges.

        It equals scale^order 2F1(1 - order, -order; 2; c) for c < 1, and
        c^(order - 1) 2F1(1 - order, -order; 2; 1/c) scale^order for c > 1 and order > 0.

        Parameters
        ----------
        order : float
            At c = 1 the mean exists for order > -1/2; for c > 1, where zero has positive
            probability, for order >= 0 (and 0^0 = 1).

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> print(MarchenkoPastur(0.5).moment(-1), MarchenkoPastur(0.5).moment(3))
        2.0 2.75
        """
        try:
            return math.exp(self.log_moment(order))
        except OverflowError:
            return math.inf

    def log_moment(self, order: float) -> float:
        """Return log E X^order, also where the moment itself would overflow.

        Near order 1, where it vanishes for scale = 1, it keeps its relative precision, so that
        Renyi entropies may divide by 1 - order.
        """
        order = real_number(order, "order")
        if order == 0.0:
            return 0.0
        if self.c > 1.0 and order < 0.0:
            return math.inf
        ratio, gap = min(self.c, 1 / self.c), abs(self.c - 1) / max(1.0, self.c)
        slope, rest = log_moment_terms(order, ratio, gap)
        # Slopes first: terms of opposite sign may each overflow at large orders.
        slope += math.log(max(1.0, self.c))
        log_scale = math.log(self.scale)
        return (order - 1) * (slope + log_scale) + (rest + log_scale)

    def sample(self, shape: int | tuple[int, ...] | None = None, *, rng: RNG = None) -> Floats:
        """Draw independent values by inversion.

        Parameters
        ----------
        shape : None, int or tuple of int, optional
            Shape of the result; None draws one number.
        rng : None, int, SeedSequence, BitGenerator or Generator, optional
            Where the randomness comes from (SPEC 7).

        Returns
        -------
        numpy.ndarray
            Independent values of the law; the first k of n are those of a draw of k. Eigenvalues of
            one random matrix are not independent; see `wishart_eigenvalues` for those.

        Examples
        --------
        >>> from typicality.spectra import MarchenkoPastur
        >>> MarchenkoPastur(0.5).sample((2, 3), rng=1).shape
        (2, 3)
        """
        lengths = batch_shape(shape, "shape")
        key = key_of(rng)

        def kernel(first: int, size: int) -> npt.NDArray[Any]:
            return _core.uniforms(key, b"mp_sample", first, size, 1)

        uniforms = draw(
            kernel,
            lengths,
            bytes_per_sample=_BYTES_PER_DRAW,
            what="The sample",
            cheaper="Draw it in parts.",
        )
        return self.icdf(uniforms[..., 0])

    def _edges(self) -> tuple[float, float]:
        root = math.sqrt(self.c)
        gap = (1 - self.c) / (1 + root)
        return gap * gap, (1 + root) ** 2

    def _distances(self, value: Floats) -> tuple[Floats, Floats]:
        # From the lower edge and to the upper one, (1 -+ sqrt(c))^2.
        root = math.sqrt(self.c)
        if 1 / 16 < self.c < 16:
            low, high = self._edges()
            return value - low, high - value
        # Edges close to each other, beside what they are, are rounded more coarsely than the
        # distances from their middle, 1 + c.
        middle = (value - max(1.0, self.c)) - min(1.0, self.c)
        return middle + 2 * root, 2 * root - middle

    def _weight(self) -> float:
        return min(1.0, 1 / self.c)

    def _ratio_and_gap(self) -> tuple[float, float]:
        root = math.sqrt(self.c)
        gap = abs(1 - self.c) / (1 + root)
        return (root, gap) if self.c <= 1 else (1 / root, gap / root)

    def _scaled(self, x: npt.ArrayLike) -> Floats:
        with np.errstate(over="ignore"):
            return law_points(x, "x") / self.scale

    def _tails(self, value: Floats) -> tuple[Floats, Floats]:
        # Angles from either edge: value = l_- + 4 r sin^2(u/2) = l_+ - 4 r sin^2(t/2), r = sqrt(c).
        width, (above_low, below_high) = 4 * math.sqrt(self.c), self._distances(value)
        u = 2 * np.arcsin(np.sqrt(np.clip(above_low / width, 0.0, 1.0)))
        t = 2 * np.arcsin(np.sqrt(np.clip(below_high / width, 0.0, 1.0)))
        ratio, gap = self._ratio_and_gap()
        lower, upper = lower_mass(u.ravel(), ratio, gap), upper_mass(t.ravel(), ratio, gap)
        half = lower < 0.5
        below, above = np.where(half, lower, 1.0 - upper), np.where(half, 1.0 - lower, upper)
        return below.reshape(value.shape), above.reshape(value.shape)
