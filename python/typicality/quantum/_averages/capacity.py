"""Mean capacity of entanglement of random pure states: the variance of -log rho_A, exactly."""

from __future__ import annotations

from typicality._arrays import large_dimension
from typicality.quantum._averages.page import page_deficit, page_entropy_variance
from typicality.spectra._laguerre import capacity_mean

__all__ = ["mean_entanglement_capacity"]


def mean_entanglement_capacity(d_a: int, d_b: int) -> float:
    """Return the exact mean of tr rho log^2 rho - (tr rho log rho)^2 over Haar-random states.

    The limit at d_a = d_b is pi^2/3 - 11/4. Complex states.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions; the smaller at most 2**16 (the sum takes its square of operations at most), the
        larger up to 2**1000.

    Returns
    -------
    float
        In nats squared, right to about 1e-14 of itself.

    Raises
    ------
    TypeError, ValueError
        If a dimension is not a positive integer or out of range.

    References
    ----------
    .. [1] J. de Boer, J. Jarvela, E. Keski-Vakkuri, Phys. Rev. D 99, 066012 (2019).
    .. [2] K. Okuyama, Phys. Lett. B 820, 136600 (2021).

    Examples
    --------
    >>> from typicality.quantum import mean_entanglement_capacity
    >>> print(mean_entanglement_capacity(1, 7), round(mean_entanglement_capacity(512, 512), 6))
    0.0 0.539864
    """
    m, n = sorted((large_dimension(d_a, "d_a"), large_dimension(d_b, "d_b")))
    if m == 1:
        return 0.0
    if m > 1 << 16:
        raise ValueError(
            f"min(d_a, d_b) must be at most 2**16 here; got {m.bit_length()} bits. "
            "For larger equal dimensions the mean is pi^2/3 - 11/4."
        )
    # E C = E tr rho (log m rho)^2 - E (log m - S)^2.
    return capacity_mean(m, n) - page_entropy_variance(m, n) - page_deficit(m, n) ** 2
