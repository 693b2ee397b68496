"""Mean entropy of random pure states: Page's exact value, its variance, and Eq. (2).

Everything here takes dimensions as Python integers of any size up to 2**1000 and stays accurate at
both ends: the large parts of the digamma functions are taken apart on paper, so that nothing
cancels for d_a << d_b.
"""

from __future__ import annotations

import math
from fractions import Fraction

from typicality._arrays import large_dimension, real_number
from typicality.spectra._marchenko_pastur import MarchenkoPastur
from typicality.spectra._polygamma import digamma_remainder, trigamma_remainder

__all__ = [
    "marchenko_pastur_entropy",
    "page_deficit",
    "page_entropy",
    "page_entropy_variance",
]


def page_entropy(d_a: int, d_b: int) -> float:
    """Return the exact mean entanglement entropy of Haar-random states on A x B, in nats.

    With m = min(d_a, d_b), n = max(d_a, d_b) it is Page's sum_{k=n+1}^{mn} 1/k - (m - 1)/(2n),
    evaluated through digamma functions. Complex states.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.

    Returns
    -------
    float
        Right to about 1e-15 relative, for m << n too; exactly 0 for m = 1.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer.

    See Also
    --------
    marchenko_pastur_entropy : The paper's Eq. (2), its leading order.

    References
    ----------
    .. [1] D. N. Page, Phys. Rev. Lett. 71, 1291 (1993).

    Examples
    --------
    >>> from typicality.quantum import page_entropy
    >>> print(round(page_entropy(2, 2), 12), round(page_entropy(2, 2**500), 12))
    0.333333333333 0.69314718056
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    return math.log(m) - page_deficit(m, n)


def page_deficit(d_a: int, d_b: int) -> float:
    """Return log min(d_a, d_b) minus the mean entropy, to full relative precision.

    About min / (2 max): what the entropy of a typical state lacks to its maximum, and the mean
    relative entropy D(rho || 1/d) of the smaller subsystem.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer.

    Examples
    --------
    >>> from typicality.quantum import page_deficit
    >>> print(page_deficit(2, 2**200) * 2**200)
    0.75
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    total = m * n
    # psi(x + 1) = log x + 1/(2x) + remainder; the halves are combined exactly.
    leading = (m * m - 1) / (2 * total)
    return leading + digamma_remainder(n) - digamma_remainder(total)


def page_entropy_variance(d_a: int, d_b: int) -> float:
    """Return the exact variance of the entanglement entropy of Haar-random states on A x B.

    It equals -psi_1(mn + 1) + (m + n)/(mn + 1) psi_1(n) - (m + 1)(m + 2n + 1)/(4 n^2 (mn + 1)),
    about (2 - m/n)/(4 n^2) for large dimensions. Complex states.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000.

    Returns
    -------
    float
        In nats squared; exactly 0 for min(d_a, d_b) = 1.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer.

    References
    ----------
    .. [1] P. Vivo, M. P. Pato, G. Oshanin, Phys. Rev. E 93, 052106 (2016).
    .. [2] L. Wei, Phys. Rev. E 96, 022106 (2017).

    Examples
    --------
    >>> from typicality.quantum import page_entropy_variance
    >>> print(round(page_entropy_variance(2, 2), 12))
    0.032124297741
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    total = m * n
    # The first two terms of both trigammas are rational and cancel almost entirely: exactly, here.
    rational = (
        Fraction(1 - 2 * total, 2 * total * total)
        + Fraction((m + n) * (2 * n + 1), 2 * n * n * (total + 1))
        - Fraction((m + 1) * (m + 2 * n + 1), 4 * n * n * (total + 1))
    )
    remainder = (m + n) / (total + 1) * trigamma_remainder(n) - trigamma_remainder(total)
    return float(rational) + remainder


def marchenko_pastur_entropy(d_a: int, d_b: int, alpha: float) -> float:
    """Return Eq. (2): the typical Renyi entropy of a reduced state at leading order, in nats.

    It is log d_a + log<lambda^alpha> / (1 - alpha), the mean taken over the Marchenko-Pastur law
    with c = d_a / d_b, in closed form through 2F1(1 - alpha, -alpha; 2; c). The paper's special
    values are log d_a - c/2 for alpha -> 1 and log d_a - log(1 + c) for alpha = 2 (printed there
    as alpha = 0).

    Parameters
    ----------
    d_a, d_b : int
        Dimensions, up to 2**1000, in any order: the result is symmetric.
    alpha : float
        Order, from 0 to infinity. 0 gives log min(d_a, d_b).

    Returns
    -------
    float
        In nats. The exact mean differs by O(1 / (d_a d_b)) for complex and O(1 / max) for real
        states, and for alpha = infinity by O(min^(-2/3)).

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer, or alpha negative or NaN.

    Examples
    --------
    >>> import math
    >>> from typicality.quantum import marchenko_pastur_entropy
    >>> print(round(marchenko_pastur_entropy(2**10, 2**10, 1) - (10 * math.log(2) - 0.5), 12))
    0.0
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    order = real_number(alpha, "alpha", low=0.0, allow_infinite=True)
    c = m / n
    if order == 0.0:
        return math.log(m)
    if order == 1.0:
        return math.log(m) - c / 2
    log = math.inf if math.isinf(order) else MarchenkoPastur(c).log_moment(order)
    if math.isinf(log):
        # The limit, also of finite orders whose logarithm overflows: they differ by 1e-305.
        return math.log(m) - 2 * math.log1p(math.sqrt(c))
    return math.log(m) + log / (1 - order)
