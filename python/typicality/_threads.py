"""How many threads the compiled core uses: a context manager over the size of its pool."""

from __future__ import annotations

from contextlib import ContextDecorator
from dataclasses import dataclass

from typicality import _core
from typicality._arrays import dimension

__all__ = ["threads"]


@dataclass(frozen=True, eq=False, slots=True)
class _Block:
    """A ``with`` block that is open; the core reads `n` of the innermost one."""

    n: int
    owner: threads


class threads(ContextDecorator):
    """Let the compiled core use `n` threads inside a ``with`` block.

    Results do not depend on it: the same seed gives the same bits on any number of threads. Blocks
    nest, the innermost one counts, and each ends alone, also out of order.

    Like `numpy.errstate`, a block holds for the code inside it, not for the process: for the
    thread of Python that entered it, and for the asyncio tasks that were made inside it. Threads
    and tasks that run at the same time may each have a block of their own. A thread started inside
    a block begins with the default, unless it is given the context:
    ``Thread(target=contextvars.copy_context().run, args=(work,))``.

    Outside any block the number is that of the environment variable ``TYPICALITY_NUM_THREADS``,
    which holds for the whole process, or else that of the processors this process may run on.

    Parameters
    ----------
    n : int
        Number of threads, at least 1 and at most 1024.

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

    def __init__(self, n: int) -> None:
        self._n = dimension(n, "n", maximum=1024)

    def __enter__(self) -> None:
        """Open a block; the same object may open several, one in another or one after another."""
        _core.open_blocks.set((*_core.open_blocks.get(), _Block(self._n, self)))

    def __exit__(self, *exception: object) -> None:
        """Close the innermost of its blocks that is open here."""
        # Not `ContextVar.reset`: generators may end their blocks out of order, and asyncio ends
        # those of abandoned ones in another context.
        blocks = list(_core.open_blocks.get())
        for index in reversed(range(len(blocks))):
            if blocks[index].owner is self:
                del blocks[index]
                break
        _core.open_blocks.set(tuple(blocks))
