"""The public door for arrays and dimensions: everything that comes in is checked here, once.

Each function names the argument it checks, says what came, what is allowed and what to change. What
passes is an exact Python integer, a finite float, or a C-contiguous array of float32, float64,
complex64 or complex128, so that the floors above and the compiled core need not ask again.
"""

import math
import operator
from collections.abc import Iterable
from typing import Any, Final, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from typicality._foreign import as_array
from typicality._memory import refuse_oversize
from typicality._messages import allowed_interval, describe, short_number, short_tuple

__all__ = [
    "Floats",
    "as_float",
    "batch_shape",
    "beta_of",
    "choice",
    "dimension",
    "draw_dtype",
    "inexact_array",
    "is_single",
    "large_dimension",
    "output_array",
    "real_array",
    "real_number",
    "refuse_infinite",
    "refuse_oversize",
    "short_number",
    "short_tuple",
    "subsystems",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Real = np.float32 | np.float64
Inexact = np.float32 | np.float64 | np.complex64 | np.complex128
Choice = TypeVar("Choice", bound=str)

LARGEST_ARRAY_DIMENSION: Final = 2**62
LARGEST_DIMENSION: Final = 2**1000
# Beyond this NumPy itself leaves some functions out.
MOST_AXES: Final = 32
_SINGLE: Final = (np.dtype(np.float32), np.dtype(np.complex64))


def dimension(
    value: object, name: str, *, minimum: int = 1, maximum: int = LARGEST_ARRAY_DIMENSION
) -> int:
    """Return `value` as a Python integer within ``[minimum, maximum]``.

    Raises
    ------
    TypeError
        If `value` is not an integer; floats and bools are refused even when integral.
    ValueError
        If it is out of range.
    """
    number = _integer(value, name)
    if number < minimum:
        raise ValueError(f"{name} must be at least {minimum}; got {short_number(number)}.")
    if number > maximum:
        raise ValueError(
            f"{name} must be at most {short_number(maximum)}; got {short_number(number)}."
        )
    return number


def large_dimension(value: object, name: str, *, minimum: int = 1) -> int:
    """Return a dimension that is never allocated: any integer up to 2**1000."""
    return dimension(value, name, minimum=minimum, maximum=LARGEST_DIMENSION)


def as_float(value: object, name: str) -> float:
    """Return a real number of any kind, NaN and infinite ones too, as a float.

    Raises
    ------
    TypeError
        If `value` is not a real number.
    ValueError
        If it is too large for a float.
    """
    scalar = _scalar(value, name)
    if isinstance(scalar, str | bytes | bytearray | bool | list | tuple | dict) or (
        getattr(scalar, "ndim", 0) != 0
    ):
        raise TypeError(f"{name} must be a real number; got {describe(value)}.")
    try:
        return float(scalar)  # pyright: ignore[reportArgumentType]
    except OverflowError as error:
        raise ValueError(f"{name} is too large for a float; got {describe(value)}.") from error
    except Exception as error:
        raise TypeError(f"{name} must be a real number; got {describe(value)}.") from error


def real_number(
    value: object,
    name: str,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    low_open: bool = False,
    high_open: bool = False,
    allow_infinite: bool = False,
) -> float:
    """Return `value` as a float within the interval from `low` to `high`.

    Raises
    ------
    TypeError
        If `value` is not a real number.
    ValueError
        If it is NaN, infinite (unless `allow_infinite`) or out of the interval.
    """
    number = as_float(value, name)
    below = number <= low if low_open else number < low
    above = number >= high if high_open else number > high
    infinite = math.isinf(number) and not allow_infinite
    if math.isnan(number) or infinite or below or above:
        allowed = allowed_interval(
            low, high, low_open=low_open, high_open=high_open, allow_infinite=allow_infinite
        )
        raise ValueError(f"{name} must be {allowed}; got {number!r}.")
    return number


def choice(value: object, name: str, allowed: Iterable[Choice]) -> Choice:
    """Return `value` if it is one of the words `allowed`.

    Raises
    ------
    TypeError
        If it is not a string.
    ValueError
        If it is another word.
    """
    words = tuple(allowed)
    if not isinstance(value, str):
        raise TypeError(
            f"{name} must be one of {', '.join(map(repr, words))}; got {describe(value)}."
        )
    for word in words:
        if value == word:
            return word
    raise ValueError(f"{name} must be one of {', '.join(map(repr, words))}; got {value!r}.")


def batch_shape(size: object, name: str = "size") -> tuple[int, ...]:
    """Return NumPy's `size` argument as a tuple: None is no batch axis.

    Raises
    ------
    TypeError
        If it is neither None, an integer nor a sequence of integers.
    ValueError
        If a length is negative.
    """
    if size is None:
        return ()
    if isinstance(size, tuple | list) or (isinstance(size, np.ndarray) and size.ndim == 1):
        return tuple(dimension(length, name, minimum=0) for length in size)
    return (dimension(size, name, minimum=0),)


def beta_of(field: object) -> Literal[1, 2]:
    """Return Dyson's index of a field: 2 for ``"complex"``, 1 for ``"real"``."""
    return 2 if choice(field, "field", ("complex", "real")) == "complex" else 1


def draw_dtype(dtype: object, beta: int, *, complex_result: bool) -> np.dtype[Any]:
    """Return the dtype of a draw: double precision, unless `dtype` asks for single.

    Parameters
    ----------
    dtype : None or dtype-like
        float32 or complex64 for single precision, float64 or complex128 for double.
    beta : {1, 2}
        The field.
    complex_result : bool
        True where the result's numbers lie in the field (states), False where they are real
        whatever the field (spectra).

    Raises
    ------
    TypeError
        If `dtype` is none of the four, or complex where the result is real.
    """
    complex_numbers = complex_result and beta == 2
    if dtype is None:
        return np.dtype(np.complex128 if complex_numbers else np.float64)
    try:
        asked = np.dtype(dtype)  # pyright: ignore[reportArgumentType, reportCallIssue]
    except Exception as error:
        raise TypeError(f"dtype must be a NumPy dtype; got {describe(dtype)}.") from error
    if asked not in _SINGLE and asked not in (np.dtype(np.float64), np.dtype(np.complex128)):
        raise TypeError(
            f"dtype must be float32, float64, complex64 or complex128; got {asked.name}."
        )
    if asked.kind == "c" and not complex_numbers:
        raise TypeError(f"dtype must be real here, float32 or float64; got {asked.name}.")
    if complex_numbers:
        return np.dtype(np.complex64 if asked in _SINGLE else np.complex128)
    return asked


def is_single(dtype: npt.DTypeLike) -> bool:
    """Say whether `dtype` is float32 or complex64."""
    return np.dtype(dtype) in _SINGLE


def real_array(
    value: object, name: str, *, min_ndim: int = 0, ndim: int | None = None
) -> npt.NDArray[Any]:
    """Return `value` as a finite, C-contiguous float32 or float64 array.

    Integers, bools and float16 are converted to float64, longer floats are rounded to it.

    Raises
    ------
    TypeError
        If it holds complex numbers, strings or objects.
    ValueError
        If it has NaN or infinities, or the wrong number of axes.
    """
    array = inexact_array(value, name, min_ndim=min_ndim, ndim=ndim)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must be real; got an array of {array.dtype.name}.")
    return array


def inexact_array(
    value: object, name: str, *, min_ndim: int = 0, ndim: int | None = None, finite: bool = True
) -> npt.NDArray[Any]:
    """Return `value` as a finite, C-contiguous array of one of the four inexact dtypes.

    float32 and complex64 stay, everything else becomes float64 or complex128. Whatever comes
    strided, misaligned, in another byte order or as a subclass of ndarray is copied. With
    ``finite=False`` the caller finds out by itself whether all entries are finite.

    Raises
    ------
    TypeError
        If it holds strings or objects, or cannot be seen as an array.
    ValueError
        If it has NaN or infinities, or the wrong number of axes.
    """
    array = as_array(value, name)
    native = array.dtype.newbyteorder("=")
    if native not in _SINGLE:
        native = np.dtype(np.complex128 if native.kind == "c" else np.float64)
    if array.ndim > MOST_AXES:
        raise ValueError(f"{name} must have at most {MOST_AXES} axes; got {array.ndim}.")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} must have {ndim} axes; got shape {array.shape}.")
    if array.ndim < min_ndim:
        raise ValueError(f"{name} must have at least {min_ndim} axes; got shape {array.shape}.")
    # ascontiguousarray would turn a scalar into a vector; the core reads aligned numbers only.
    with np.errstate(over="ignore", invalid="ignore"):
        array = np.require(array, dtype=native, requirements=("C", "A", "E"))
    if finite:
        refuse_infinite(array, name)
    return array


def output_array(
    out: object,
    batch: tuple[int, ...],
    item: tuple[int, ...],
    dtype: npt.DTypeLike,
    *inputs: npt.NDArray[Any],
) -> npt.NDArray[Any] | None:
    """Return the caller's array for a result, its batch axes made one; None for None.

    Parameters
    ----------
    out : numpy.ndarray or None
        Written in place, so it must be exactly what would be returned.
    batch, item : tuple of int
        Shape of the result: what is drawn or computed, and of each one.
    dtype : dtype-like
        Of the result.
    *inputs : numpy.ndarray
        Arrays that are read while the result is written.

    Raises
    ------
    TypeError
        If it is no array or of another dtype.
    ValueError
        If it has another shape, is not C-contiguous, aligned, writeable and in the machine's byte
        order, or shares memory with an input.
    """
    if out is None:
        return None
    if not isinstance(out, np.ndarray) or isinstance(out, np.ma.MaskedArray):
        raise TypeError(f"out must be a numpy.ndarray; got {describe(out)}.")
    kind = np.dtype(dtype)
    if out.dtype != kind:
        raise TypeError(f"out must be of {kind.name} like the result; got {out.dtype!r}.")
    if out.shape != (*batch, *item):
        raise ValueError(f"out must have the result's shape {(*batch, *item)}; got {out.shape}.")
    flags = out.flags
    if not (flags.c_contiguous and flags.aligned and flags.writeable and out.dtype.isnative):
        raise ValueError(
            "out must be C-contiguous, aligned, writeable and in native byte order. "
            f"Take numpy.empty({out.shape}, dtype={kind.name!r})."
        )
    if any(np.may_share_memory(out, array) for array in inputs):
        raise ValueError("out must not share memory with what it is computed from.")
    return out.view(np.ndarray).reshape(math.prod(batch), *item)


def refuse_infinite(array: npt.NDArray[Any], name: str) -> None:
    """Raise ValueError where an entry is NaN or infinite."""
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite; it has NaN or infinite entries.")


def subsystems(
    dims: object, keep: object, name: str = "keep"
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the dimensions of the subsystems and the indices of those that are kept.

    Raises
    ------
    TypeError
        If either is not a sequence of integers (`keep`, called `name`, may be one integer).
    ValueError
        If a dimension is not positive, an index is out of range, or one occurs twice.
    """
    sizes = tuple(dimension(d, "dims") for d in _sequence(dims, "dims"))
    if not sizes:
        raise ValueError("dims must name at least one subsystem; got an empty sequence.")
    if isinstance(keep, np.ndarray) and keep.ndim == 0:
        keep = keep[()]
    single = isinstance(keep, int | np.integer) and not isinstance(keep, bool)
    kept = tuple(_integer(index, name) for index in ([keep] if single else _sequence(keep, name)))
    for index in kept:
        if not 0 <= index < len(sizes):
            raise ValueError(
                f"{name} must hold indices from 0 to {len(sizes) - 1}, one per entry of dims; "
                f"got {index}."
            )
    if len(set(kept)) != len(kept):
        raise ValueError(f"{name} must not name a subsystem twice; got {kept}.")
    return sizes, kept


def _scalar(value: object, name: str) -> object:
    """Return the Python object in a NumPy scalar or an array without axes, others as they are.

    So that every scalar takes one way in: float() drops the imaginary part of NumPy's complex
    numbers, makes NaN of what is masked, and reads text and durations in arrays without axes.
    """
    if not isinstance(value, np.generic | np.ndarray) or value.ndim:
        return value
    if np.ma.is_masked(value):
        raise TypeError(f"{name} must be a number; got a masked one.")
    number = value.dtype.kind in "biufcO" or np.can_cast(value.dtype, np.float64)
    if not number:
        raise TypeError(f"{name} must be a number; got {describe(value)}.")
    # What is longer than double precision is its own item.
    return complex(value) if value.dtype.kind == "c" else value.item()


def _integer(value: object, name: str) -> int:
    scalar = _scalar(value, name)
    if isinstance(scalar, bool):
        raise TypeError(f"{name} must be an integer; got the bool {scalar}.")
    try:
        return operator.index(scalar)  # pyright: ignore[reportArgumentType]
    except Exception as error:
        raise TypeError(f"{name} must be an integer; got {describe(value)}.") from error


def _sequence(value: object, name: str) -> list[object]:
    if (
        isinstance(value, str | bytes | dict | set | frozenset)
        or not isinstance(value, Iterable)
        or getattr(value, "ndim", 1) == 0
    ):
        raise TypeError(f"{name} must be a sequence of integers; got {describe(value)}.")
    return list(value)
