"""Exceptions that are the package's own; everything else is a built-in exception.

Wrong values raise `ValueError`, wrong kinds of objects `TypeError`, what would not fit in memory
`MemoryError` (before anything is allocated). Only a computation that was asked for correctly and
still did not arrive has a class of its own.
"""

__all__ = ["ConvergenceError"]


class ConvergenceError(RuntimeError):
    """An iteration ended before it reached its tolerance.

    The message names the iteration, how far it came, and the argument that buys more of it.

    Examples
    --------
    >>> from typicality.errors import ConvergenceError
    >>> issubclass(ConvergenceError, RuntimeError)
    True
    """
