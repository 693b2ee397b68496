"""How messages show what came and what is allowed, each in a few words."""

import math
from collections.abc import Sequence

import numpy as np

__all__ = ["allowed_interval", "describe", "matrix_at", "short_number", "short_tuple", "shortened"]


def describe(value: object) -> str:
    """Return a value of any kind, at most some forty characters of it, and its type.

    Examples
    --------
    >>> describe("three"), describe([1] * 100)
    ("'three' (str)", '[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ... (list)')
    """
    shown = shortened(value)
    return shown if isinstance(value, np.ndarray) else f"{shown} ({type(value).__name__})"


def shortened(value: object) -> str:
    """Return a value of any kind, at most some forty characters of it.

    Examples
    --------
    >>> shortened("three"), shortened(10**5000)
    ("'three'", '2**16609 or more')
    """
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape} and dtype {value.dtype}"
    if isinstance(value, int) and value.bit_length() > 66:
        return short_number(value)
    try:
        text = " ".join(repr(value).split())
    except Exception:
        # The value is being refused; that it cannot even be shown must not hide why.
        return "an object"
    return text if len(text) <= 40 else text[:37] + "..."


def short_number(number: int) -> str:
    """Return an integer in full up to 66 bits, beyond that as a power of two.

    Examples
    --------
    >>> short_number(1000), short_number(2**100), short_number(2**100 + 1)
    ('1000', '2**100', '2**100 or more')
    """
    bits = abs(number).bit_length()
    if bits <= 66:
        return str(number)
    # Python refuses to print integers beyond some thousand digits, and nobody reads them.
    exact = abs(number).bit_count() == 1
    return f"{'-' if number < 0 else ''}2**{bits - 1}{'' if exact else ' or more'}"


def short_tuple(dims: Sequence[int]) -> str:
    """Return up to eight dimensions as a tuple.

    Examples
    --------
    >>> short_tuple([2] * 9)
    '(2, 2, 2, 2, 2, 2, 2, 2, ...)'
    """
    shown = ", ".join(short_number(d) for d in dims[:8])
    # As Python writes them.
    end = ", ..." if len(dims) > 8 else "," if len(dims) == 1 else ""
    return f"({shown}{end})"


def allowed_interval(
    low: float, high: float, *, low_open: bool, high_open: bool, allow_infinite: bool
) -> str:
    """Return which real numbers an argument may be: the end of "x must be ...".

    Examples
    --------
    >>> ends = {"low_open": True, "high_open": False}
    >>> allowed_interval(0.0, math.inf, allow_infinite=False, **ends)
    'positive and finite'
    >>> allowed_interval(0.0, math.inf, allow_infinite=True, **ends)
    'positive and finite or inf'
    >>> allowed_interval(0.0, 1.0, allow_infinite=False, **ends)
    'a finite number in (0, 1]'
    """
    if math.isinf(low) and math.isinf(high):
        return "a number, finite or infinite" if allow_infinite else "finite"
    if math.isfinite(low) and math.isfinite(high):
        left, right = "(" if low_open else "[", ")" if high_open else "]"
        return f"a finite number in {left}{low:g}, {high:g}{right}"
    if math.isfinite(low):
        bound = f"greater than {low:g}" if low_open else f"at least {low:g}"
        words = {"greater than 0": "positive", "at least 0": "non-negative"}.get(bound, bound)
        infinity = "inf"
    else:
        words = f"less than {high:g}" if high_open else f"at most {high:g}"
        infinity = "-inf"
    return f"{words} and finite{f' or {infinity}' if allow_infinite else ''}"


def matrix_at(index: int, batch: tuple[int, ...]) -> str:
    """Return which matrix of a batch stands at a flat index.

    Examples
    --------
    >>> matrix_at(0, ()), matrix_at(7, (20,)), matrix_at(7, (4, 5))
    ('matrix 0', 'matrix 7', 'matrix (1, 2)')
    """
    if len(batch) < 2:
        return f"matrix {index}"
    return f"matrix {tuple(int(i) for i in np.unravel_index(index, batch))}"
