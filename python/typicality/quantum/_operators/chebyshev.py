"""Functions of a Hermitian operator applied to blocks of vectors by Chebyshev polynomials.

What stands in for P_E of Eq. (1), and for exp(-i H t), where the spectrum is too large to list: the
cost is one product of H with the block for each degree, and the memory three blocks.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import fft, sparse

from typicality import _core
from typicality._progress import Progress
from typicality.errors import ConvergenceError
from typicality.quantum._operators.hermitian import Operator, applied, row_slab

__all__ = [
    "LARGEST_DEGREE",
    "Interval",
    "Ritz",
    "apply_polynomial",
    "chebyshev_coefficients",
    "mean_and_square",
    "ritz_values",
    "spectral_interval",
]

Array = npt.NDArray[Any]

_LANCZOS_STEPS: Final = 64
_MARGIN: Final = 0.01
LARGEST_DEGREE: Final = 1 << 20
"""Polynomials beyond this many products with an operator are refused."""
# A slab of the block that fits in a core's second cache, with the slabs it is combined with.
_SLAB_BYTES: Final = 1 << 19
# Below this many numbers a step takes less time than handing its parts to threads.
_PARALLEL_FROM: Final = 1 << 17
_CHECKED_EVERY: Final = 32
# Multiplications of a piece of a dense product, some 0.1 s: Ctrl-C is heard in between.
_DENSE_PIECE: Final = 1e9


class Interval(NamedTuple):
    """An interval of energies, by its middle and half its length."""

    center: float
    half: float


class Ritz(NamedTuple):
    """Gauss's rule for the density of states, from Lanczos iterations on one random vector."""

    values: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    residuals: npt.NDArray[np.float64]


def ritz_values(operator: Operator) -> Ritz:
    """Return nodes, ascending, and weights, of sum 1, of the spectrum as a random vector sees it.

    The outermost nodes are close to the outermost levels; the weight below an energy is about the
    share of the levels below it.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.chebyshev import ritz_values
    >>> values, weights, _ = ritz_values(np.diag([-1.0, 0.0, 3.0]))
    >>> print(values.round(9) + 0.0, weights.sum().round(9))
    [-1.  0.  3.] 1.0
    """
    size = int(operator.shape[0])
    kind = np.result_type(operator.dtype or np.complex128, np.float64)
    # A fixed start: the same operator is given the same answer.
    vector = np.random.default_rng(0).standard_normal(size).astype(kind)
    vector /= np.linalg.norm(vector)
    last = np.zeros_like(vector)
    diagonal: list[float] = []
    side: list[float] = []
    beta = 0.0
    for _ in range(min(size, _LANCZOS_STEPS)):
        image = applied(operator, vector[:, None])[:, 0] - beta * last
        diagonal.append(float(np.vdot(vector, image).real))
        image -= diagonal[-1] * vector
        beta = float(np.linalg.norm(image))
        side.append(beta)
        if beta <= 1e-14 * max(map(abs, diagonal)):
            break
        last, vector = vector, image / beta
    matrix = np.diag(diagonal) + np.diag(side[:-1], 1) + np.diag(side[:-1], -1)
    values, vectors = np.linalg.eigh(matrix)
    return Ritz(values, vectors[0] ** 2, side[-1] * np.abs(vectors[-1]))


def spectral_interval(operator: Operator, ritz: Ritz | None = None) -> Interval:
    """Return an interval that holds the spectrum, by Lanczos iterations.

    The outermost Ritz values are moved out by their residuals and by 1% of the distance between
    them. `apply_polynomial` notices if a level lies outside nevertheless.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.chebyshev import spectral_interval
    >>> center, half = spectral_interval(np.diag([-1.0, 0.0, 3.0]))
    >>> print(round(center, 6), 2.0 < half < 2.1)
    1.0 True
    """
    values, _, residuals = ritz_values(operator) if ritz is None else ritz
    margin = _MARGIN * float(values[-1] - values[0])
    low = float(values[0] - residuals[0]) - margin
    high = float(values[-1] + residuals[-1]) + margin
    low, high = _within_gershgorin(operator, low, high)
    center = (low + high) / 2
    # A multiple of the identity still needs an interval.
    return Interval(center, max((high - low) / 2, 1e-6 * abs(center), 1e-150))


def chebyshev_coefficients(
    function: Callable[[Array], Array],
    interval: Interval,
    scale: float,
    tolerance: float,
    refusal: str = "Ask for a smoother one.",
) -> Array:
    """Return the coefficients of a smooth function's Chebyshev expansion on an interval.

    Parameters
    ----------
    function : callable
        Takes energies, returns real or complex numbers of size at most about one.
    interval : Interval
        Where.
    scale : float
        Energy on which the function varies; nothing narrower is looked for.
    tolerance : float
        Largest error of the truncated series. Rounding in the energies, about 1e-15 of the largest
        over `scale`, is more than a smaller one allows.
    refusal : str, optional
        What to say of the caller's argument if the function varies too fast.

    Raises
    ------
    ValueError
        If more than 2**20 terms would be needed.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.chebyshev import Interval, chebyshev_coefficients
    >>> square = chebyshev_coefficients(lambda x: x**2, Interval(0.0, 1.0), 1.0, 1e-12)
    >>> print(square.round(12) + 0.0)
    [0.5 0.  0.5]
    """
    # Four nodes on `scale` in the middle, where they are sparsest, so that nothing is overlooked.
    nodes = 4 * interval.half / scale
    count = 64
    while count < nodes and count < 2 * LARGEST_DEGREE:
        count *= 2
    # With less than a quarter of a node on `scale` a function could look smooth that is not.
    while count <= 2 * LARGEST_DEGREE and count * 4 >= nodes:
        # As sines of angles about zero: cosines would lose the digits of the nodes in the middle.
        angles = np.arange(count - 1, -count, -2) * (np.pi / (2 * count))
        values = function(interval.center + interval.half * np.sin(angles))
        coefficients = np.asarray(fft.dct(values, type=2)) / count
        coefficients[0] /= 2
        # Sums of what is left out, from each term on.
        tails = np.cumsum(np.abs(coefficients[::-1]))[::-1]
        if tails[count // 2] <= tolerance:
            kept = int(np.count_nonzero(tails > tolerance))
            return coefficients[: max(kept, 1)]
        count *= 2
    raise ValueError(f"A polynomial of a degree beyond {LARGEST_DEGREE} would be needed. {refusal}")


def apply_polynomial(
    operator: Operator,
    interval: Interval,
    coefficients: Array,
    block: Array,
    progress: Progress | None = None,
    *,
    bounded: bool = True,
) -> Array:
    """Return ``sum_k coefficients[k] T_k((H - center) / half)`` times a block of column vectors.

    Parameters
    ----------
    operator : numpy.ndarray, scipy.sparse.csr_array or LinearOperator
        H, Hermitian; its spectrum within the interval.
    interval : Interval
        Where the coefficients belong.
    coefficients : numpy.ndarray
        From `chebyshev_coefficients`.
    block : numpy.ndarray
        Shape ``(D, k)``, real or complex; complex where the operator or the coefficients are.
    progress : callable, optional
        Called with the fraction done after every product.
    bounded : bool
        Check that no level lies outside the interval; False where some are meant to.

    Returns
    -------
    numpy.ndarray
        Shape ``(D, k)``. Sparse operators are applied by as many threads as the compiled core uses,
        slab by slab, in an order that does not depend on their number.

    Raises
    ------
    ConvergenceError
        If a level lies outside the interval, where the polynomials grow exponentially.
    """
    # A copy, since the recursion writes over it.
    current = np.array(block, order="C")
    previous = np.zeros_like(current)
    result = current * current.dtype.type(coefficients[0])
    limit = 1.001 * float(np.linalg.norm(current)) if bounded else np.inf
    parts = _slabs(operator, current)
    # Dense products have threads of their own.
    workers = 1 if isinstance(operator, np.ndarray) else min(_core.get_threads(), len(parts))
    with ThreadPoolExecutor(workers) if workers > 1 else nullcontext() as pool:
        for degree in range(1, len(coefficients)):
            factor = (1.0 if degree == 1 else 2.0) / interval.half
            arguments = (current, previous, result, factor, interval.center, coefficients[degree])
            if pool is None:
                for part in parts:
                    _step(part, *arguments)
            else:
                for _ in pool.map(lambda part, a=arguments: _step(part, *a), parts):
                    pass
            current, previous = previous, current
            last = degree == len(coefficients) - 1
            if (last or degree % _CHECKED_EVERY == 0) and not np.linalg.norm(current) <= limit:
                raise ConvergenceError(
                    "A level of the operator lies outside the interval that Lanczos iterations "
                    f"found, {interval.center - interval.half:.6g} to "
                    f"{interval.center + interval.half:.6g}. Check that it is Hermitian and always "
                    "maps a vector to the same image."
                )
            if progress is not None:
                progress(degree / (len(coefficients) - 1), f"polynomial of degree {degree}")
    return result


class _Slab(NamedTuple):
    rows: slice
    operator: Any
    as_real: bool


def _slabs(operator: Operator, block: Array) -> list[_Slab]:
    as_real = block.dtype.kind == "c" and np.dtype(operator.dtype or complex).kind != "c"
    size = int(operator.shape[0])
    if isinstance(operator, np.ndarray):
        rows = max(1, int(_DENSE_PIECE / (size * block.shape[1] + 1)))
        pieces = [slice(start, min(start + rows, size)) for start in range(0, size, rows)]
        return [_Slab(piece, operator[piece], as_real) for piece in pieces]
    if not sparse.issparse(operator):
        # The entries of a LinearOperator cannot be seen: what it does to views is not known.
        return [_Slab(slice(0, size), operator, as_real=False)]
    matrix: Any = operator
    rows = max(1, _SLAB_BYTES // max(1, block[0].nbytes))
    if size * block.shape[1] < _PARALLEL_FROM:
        rows = size
    parts: list[_Slab] = []
    for start in range(0, size, rows):
        stop = min(start + rows, size)
        piece = row_slab(matrix, start, stop)
        parts.append(_Slab(slice(start, stop), piece, as_real))
    return parts


def _step(
    part: _Slab,
    current: Array,
    previous: Array,
    result: Array,
    factor: float,
    center: float,
    coefficient: Any,
) -> None:
    """Write factor (H - center) current - previous over `previous`, on the slab's rows."""
    real = np.finfo(current.dtype).dtype.type
    if part.as_real:
        # A real operator sees real and imaginary parts as twice as many real columns.
        image = np.asarray(part.operator @ current.view(real))
        # A view, so the precision must be the block's first.
        image = image.astype(real, copy=False).view(current.dtype)
    else:
        image = np.asarray(part.operator @ current).astype(current.dtype, copy=False)
    image *= real(factor)
    image -= real(factor * center) * current[part.rows]
    image -= previous[part.rows]
    previous[part.rows] = image
    image *= result.dtype.type(coefficient)
    result[part.rows] += image


def _within_gershgorin(operator: Operator, low: float, high: float) -> tuple[float, float]:
    # Gershgorin's circles are rigorous, and narrower where the spectrum is nearly the diagonal.
    if not sparse.issparse(operator):
        return low, high
    matrix: Any = operator
    diagonal = matrix.diagonal().real
    radii = np.asarray(abs(matrix).sum(axis=1)).ravel() - np.abs(diagonal)
    slack = 1e-12 * float(np.abs(diagonal).max() + radii.max())
    below, above = float((diagonal - radii).min()) - slack, float((diagonal + radii).max()) + slack
    return (below if below > low else low), (above if above < high else high)


def mean_and_square(operator: Operator, block: Array, origin: float) -> tuple[Array, Array]:
    """Return <H - origin> and <(H - origin)^2> of the normalized columns of a block.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.quantum._operators.chebyshev import mean_and_square
    >>> mean, square = mean_and_square(np.diag([1.0, 3.0]), np.array([[0.6], [0.8]]), 0.0)
    >>> print(mean.round(12), square.round(12))
    [2.28] [6.12]
    """
    shifted = applied(operator, block) - origin * block
    mean = np.einsum("ij,ij->j", block.conj(), shifted).real
    square = np.einsum("ij,ij->j", shifted.conj(), shifted).real
    return mean, square
