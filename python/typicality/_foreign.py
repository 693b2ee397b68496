"""Objects of other libraries that must not pass for plain arrays, or cannot.

NumPy would take a Statevector of Qiskit for its amplitudes, whose subsystems stand in the opposite
order, and what is masked for data; a Qobj of QuTiP, a sparse matrix or a tensor with a gradient it
cannot read at all.
"""

from typing import Any, Final

import numpy as np

__all__ = ["refuse_foreign"]

_TITLES: Final = {"qiskit": "Qiskit", "qutip": "QuTiP"}
_DOORS: Final = {
    "Statevector": ("ket",),
    "DensityMatrix": ("density_matrix",),
    "ket": ("ket",),
    "bra": ("ket",),
    "oper": ("density_matrix", "operator"),
}
_PARTS: Final = {
    "qiskit": "dims and keep from the same module: Qiskit counts subsystems from the other end",
    "qutip": "dims from the same module",
}


def refuse_foreign(value: object, name: str) -> None:
    """Refuse sparse matrices, masked entries, tensors with gradients, objects of Qiskit or QuTiP.

    Lists of the last ones are refused too. No library is imported.

    Raises
    ------
    TypeError
        Names what gives an array, for quantum objects a function of `typicality.interop`.

    Examples
    --------
    >>> refuse_foreign([0.6, 0.8], "psi")
    """
    if getattr(value, "requires_grad", False):
        raise TypeError(f"{name} is a tensor that requires grad; pass {name}.detach() instead.")
    if hasattr(value, "toarray"):
        raise TypeError(f"{name} is a sparse matrix; pass {name}.toarray() if it is small enough.")
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(
            f"{name} has masked entries; pass {name}.filled(...) with what they stand for."
        )
    found = _foreign(value)
    if found is None and isinstance(value, list | tuple):
        # One pass over the kinds, which are few, not over what may be a million numbers.
        kinds = {kind: None for kind in map(type, value) if _library(kind)}
        found = next((item for item in value if type(item) in kinds), None) if kinds else None
    if found is None and isinstance(value, np.ndarray) and value.dtype == object:
        found = next((item for item in value.flat if _foreign(item) is not None), None)
    if found is None:
        return
    library = _library(type(found))
    kind = type(found).__name__
    doors = _DOORS.get(kind if library == "qiskit" else str(getattr(found, "type", "")), ())
    if doors:
        each = name if found is value else "each"
        calls = " or ".join(f"typicality.interop.{library}.{door}({each})" for door in doors)
        advice = f"Pass {calls}, with {_PARTS[library]}."
    else:
        advice = "Pass its matrix as an array, in the order of subsystems that is meant."
    what = "" if found is value else "a list of objects, one of them "
    article = "an" if kind[0] in "AEIOU" else "a"
    raise TypeError(
        f"{name} is {what}{article} {kind} of {_TITLES[library]}, not an array. {advice}"
    )


def _foreign(value: object) -> Any:
    return value if _library(type(value)) else None


def _library(kind: type) -> str:
    for base in kind.__mro__:
        root = base.__module__.partition(".")[0]
        if root in _TITLES:
            return root
    return ""
