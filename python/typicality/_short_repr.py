"""Representations that fit on a screen: arrays by shape and dtype, long text by its ends."""

from __future__ import annotations

import dataclasses
import reprlib
from typing import Any, cast

import numpy as np
import numpy.typing as npt

__all__ = ["ShortRepr"]

_SHOWN = 6
"""Most numbers of an array that are shown themselves."""


class ShortRepr:
    """Base of dataclasses that hold arrays: ``repr`` gives the shape of large ones, no numbers.

    The subclass is decorated with ``repr=False``, lest the decorator write a representation of its
    own.

    Examples
    --------
    >>> import dataclasses
    >>> import numpy as np
    >>> @dataclasses.dataclass(repr=False)
    ... class Fit(ShortRepr):
    ...     theta: np.ndarray
    ...     losses: np.ndarray
    >>> Fit(np.zeros((2, 681)), np.array([0.5, 0.25]))
    Fit(theta=<float64 array of shape (2, 681)>, losses=array([0.5 , 0.25]))
    """

    def __repr__(self) -> str:
        """Name and value of each field."""
        given = cast("Any", self)
        values = (
            f"{field.name}={_SHORT.repr(getattr(self, field.name))}"
            for field in dataclasses.fields(given)
            if field.repr
        )
        return f"{type(self).__name__}({', '.join(values)})"


class _Short(reprlib.Repr):
    """Representations by type, as `reprlib` finds them: ``repr_`` and the type's name."""

    def repr_ndarray(self, array: npt.NDArray[Any], level: int) -> str:
        """Numbers of a small array to four digits, else its dtype and shape."""
        del level
        if array.size > _SHOWN:
            return f"<{array.dtype} array of shape {array.shape}>"
        return np.array_repr(array, max_line_width=10**6, precision=4)


_SHORT = _Short()
_SHORT.maxother = 1000  # the other fields may be dataclasses, whose own representation is short
_SHORT.maxstring = 60
