"""How many threads the compiled core uses: a context manager over the pool's size."""

from collections.abc import Generator
from contextlib import contextmanager

from typicality import _core
from typicality._arrays import dimension

__all__ = ["threads"]


@contextmanager
def threads(n: int) -> Generator[None]:
    """Let the compiled core use `n` threads inside a ``with`` block.

    Outside any block the number is that of ``TYPICALITY_NUM_THREADS``, or of the processors this
    process may run on. Results do not depend on it: the same seed gives the same bits on any
    number of threads. The setting is the process's, not the thread's.

    Parameters
    ----------
    n : int
        Number of threads, at least 1 and at most 1024.

    Yields
    ------
    None

    Raises
    ------
    ValueError
        If `n` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> import typicality as ty
    >>> with ty.threads(1):
    ...     one = ty.quantum.haar_states(64, rng=3)
    >>> with ty.threads(2):
    ...     two = ty.quantum.haar_states(64, rng=3)
    >>> bool(np.array_equal(one, two))
    True
    """
    n = dimension(n, "n", maximum=1024)
    before = _core.set_threads(n)
    try:
        yield
    finally:
        _core.set_threads(before)
