"""Information that subsystems of given states hold on each other: mutual information."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from typicality._arrays import real_number, subsystems
from typicality._messages import short_tuple
from typicality.quantum._states.entropies import entanglement_entropy, von_neumann_entropy
from typicality.quantum._states.partial_trace import partial_trace
from typicality.quantum._states.pure_or_mixed import pure_or_mixed

__all__ = ["mutual_information"]


def mutual_information(
    state: npt.ArrayLike,
    dims: npt.ArrayLike,
    keep_a: npt.ArrayLike,
    keep_b: npt.ArrayLike,
    *,
    base: float | None = None,
    tolerance: float | None = None,
) -> npt.NDArray[np.float64]:
    """Return the mutual information S(A) + S(B) - S(AB), in nats, S von Neumann's entropy.

    For kets whose subsystems are A and B alone it is twice the entanglement entropy.

    Parameters
    ----------
    state : array_like
        Normalized kets, shape ``(..., D)`` with D the product of `dims`, or density matrices,
        ``(..., D, D)``, told apart as in `negativity`.
    dims : sequence of int
        Dimensions of the subsystems, most significant first.
    keep_a, keep_b : int or sequence of int
        Indices of the subsystems of A and of B, none in both. The others are traced out.
    base : float, optional
        Base of the logarithm, greater than 1; None gives nats.
    tolerance : float, optional
        As for `renyi_entropy`, for density matrices.

    Returns
    -------
    numpy.ndarray
        Shape ``(...)``, not negative; float32 for single precision.

    Raises
    ------
    TypeError
        If an argument is of the wrong kind.
    ValueError
        If kets are not normalized, matrices are no density matrices, `dims` do not fit, or A and B
        have a subsystem in common.
    MemoryError
        If the way to the result would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum import mutual_information
    >>> ghz = np.zeros(8)
    >>> ghz[[0, 7]] = np.sqrt(0.5)
    >>> print(mutual_information(ghz, [2, 2, 2], 0, 1, base=2).round(12))
    1.0
    >>> print(mutual_information(ghz, [2, 2, 2], 0, [1, 2], base=2).round(12))
    2.0
    """
    sizes, a = subsystems(dims, keep_a, "keep_a")
    _, b = subsystems(dims, keep_b, "keep_b")
    both = sorted(set(a) & set(b))
    if both:
        raise ValueError(
            f"keep_a and keep_b must not name the same subsystem; both hold {short_tuple(both)}."
        )
    unit = 1.0 if base is None else math.log(real_number(base, "base", low=1.0, low_open=True))
    states, pure = pure_or_mixed(state, sizes, tolerance)
    if pure:
        of_a, of_b, of_both = (entanglement_entropy(states, sizes, k) for k in (a, b, (*a, *b)))
    else:
        reduced = partial_trace(states, sizes, (*a, *b))
        inside = [sizes[index] for index in (*a, *b)] or [1]
        of_a = von_neumann_entropy(partial_trace(reduced, inside, range(len(a))))
        of_b = von_neumann_entropy(partial_trace(reduced, inside, range(len(a), len(a) + len(b))))
        of_both = von_neumann_entropy(reduced)
    value = np.maximum(of_a + of_b - of_both, 0) / unit
    return value.astype(of_both.dtype)[()]
