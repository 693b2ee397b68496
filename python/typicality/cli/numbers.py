"""Whole numbers as options: a fraction is refused, not rounded."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_origin

from cyclopts import Token

__all__ = ["whole_numbers"]

_DIGITS = 40
"""More than any parameter or seed has; ``1e999999999`` would not fit into memory."""


def whole_numbers(kind: Any, tokens: Sequence[Token]) -> int | tuple[int, ...]:
    """Convert the words of an option.

    Parameters
    ----------
    kind : type
        ``int``, a tuple of them, or either of these or None.
    tokens : sequence of cyclopts.Token
        What was typed.

    Returns
    -------
    int or tuple of int

    Raises
    ------
    ValueError
        If a word is no whole number. ``6e7`` and ``12.0`` are whole.
    """
    numbers = tuple(_whole(token.value) for token in tokens)
    alone = kind is int or (get_origin(kind) is not tuple and int in get_args(kind))
    return numbers[0] if alone and len(numbers) == 1 else numbers


def _whole(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        pass
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("nan")
    if not number.is_finite() or number.adjusted() > _DIGITS or number % 1:
        raise ValueError(f'"{text}" is not a whole number.')
    return int(number)
