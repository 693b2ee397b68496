"""Points at which a probability law is asked: any numbers, and both ends of the line."""

import numpy as np
import numpy.typing as npt

from typicality._arrays import inexact_array

__all__ = ["law_points"]


def law_points(value: object, name: str = "x") -> npt.NDArray[np.float64]:
    """Return points of the extended line, infinities included, as float64.

    Raises
    ------
    TypeError
        If `value` holds complex numbers, strings or objects.
    ValueError
        If it has NaN.
    """
    array = inexact_array(value, name, finite=False)
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must be real; got an array of {array.dtype.name}.")
    if np.isnan(array).any():
        raise ValueError(f"{name} must hold numbers, finite or infinite; it has NaN entries.")
    return array.astype(np.float64)
