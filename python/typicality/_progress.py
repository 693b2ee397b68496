"""Progress of long calls: how they tell it, and a stage that is a part of a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

__all__ = ["Progress", "stage"]

Progress: TypeAlias = Callable[[float, str], None]
"""Receives the fraction done, from 0 to 1, and a word on what is being done."""


def stage(progress: Progress, first: float, last: float, text: str = "") -> Progress:
    """Return what tells progress from 0 to 1 as progress between two fractions of the whole.

    Parameters
    ----------
    progress : callable
        Of the whole; called at once where a text is given.
    first, last : float
        Fractions of the whole where the stage begins and ends.
    text : str, optional
        What is being done, before any word of the stage's own.

    Returns
    -------
    callable

    Examples
    --------
    >>> told = stage(lambda fraction, text: print(fraction, text), 0.5, 0.75, "12 spins")
    0.5 12 spins
    >>> told(0.5, "cutting")
    0.625 12 spins: cutting
    """

    def tell(fraction: float, word: str) -> None:
        words = ": ".join(part for part in (text, word) if part)
        progress(first + fraction * (last - first), words)

    if text:
        tell(0.0, "")
    return tell
