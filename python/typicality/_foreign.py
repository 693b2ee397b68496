"""Objects of other libraries as arrays, and the refusal of those that must not pass for one.

NumPy would take a Statevector of Qiskit for its amplitudes, whose subsystems stand in the opposite
order, what is masked for data, and a Hamiltonian of QuSpin for one number; a Qobj of QuTiP, a
sparse matrix or a tensor with a gradient it cannot read at all. Subclasses of ndarray are arrays,
whatever else they can do.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality._messages import describe

__all__ = ["as_array", "library_of", "refuse_foreign"]

_TITLES: Final = {
    "pandas": "pandas",
    "polars": "Polars",
    "qiskit": "Qiskit",
    "quimb": "quimb",
    "quspin": "QuSpin",
    "qutip": "QuTiP",
    "torch": "PyTorch",
}
# Libraries whose states and operators NumPy reads, if at all, as something else.
_QUANTUM: Final = ("qiskit", "quimb", "quspin", "qutip")
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
# What gives an array, in the words of the libraries: the first that an object has.
_TO_ARRAY: Final = {
    "toarray": "toarray()",
    "build_dense": "build_dense()",
    "to_dense": "to_dense()",
    "todense": "todense()",
    "to_numpy": "to_numpy(dtype=float)",
}


def as_array(value: object, name: str) -> npt.NDArray[Any]:
    """Return `value` as the array that NumPy sees in it, of numbers.

    Number types that NumPy does not know by itself, bfloat16 for one, become float64.

    Raises
    ------
    TypeError
        If it is a foreign object, holds anything but numbers, or cannot be seen as an array. The
        message says what to pass instead.

    Examples
    --------
    >>> as_array([[1, 2], [3, 4]], "x").shape
    (2, 2)
    """
    refuse_foreign(value, name)
    try:
        array = np.asarray(value)
    except MemoryError:
        raise
    except Exception as error:
        # Other libraries raise whatever they like, and often say what to do.
        said = "" if isinstance(value, list | tuple) else _remedy(value, name) or f" {error}"
        raise TypeError(
            f"{name} must be an array of numbers; got {describe(value)}.{said}"
        ) from error
    kind = array.dtype.kind
    if kind in "biufc":
        return array
    # Structured and raw void dtypes are no numbers; bfloat16 and its kin convert without loss.
    if kind == "V" and array.dtype.names is None and np.can_cast(array.dtype, np.float64):
        return array.astype(np.float64)
    advice = _remedy(value, name)
    if not advice and kind == "O" and array.ndim:
        advice = f" Pass numpy.asarray({name}, dtype=float) if every entry is a real number."
    raise TypeError(
        f"{name} must hold numbers (bool, integer, float or complex); "
        f"got an array of dtype {array.dtype}.{advice}"
    )


def refuse_foreign(value: object, name: str) -> None:
    """Refuse sparse matrices, masked entries, tensors, and states or operators of other libraries.

    Lists of the last ones are refused too. No library is imported.

    Raises
    ------
    TypeError
        Names what gives an array, for quantum objects a function of `typicality.interop`.

    Examples
    --------
    >>> refuse_foreign([0.6, 0.8], "psi")
    """
    if isinstance(value, np.ndarray):
        if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
            raise TypeError(
                f"{name} has masked entries; pass {name}.filled(...) with what they stand for."
            )
    elif library_of(type(value)) == "torch" or getattr(value, "requires_grad", False) is True:
        _refuse_tensor(value, name)
    elif hasattr(value, "toarray") and not library_of(type(value)):
        raise TypeError(f"{name} is a sparse matrix; pass {name}.toarray() if it is small enough.")
    found = _foreign(value)
    if found is None and isinstance(value, list | tuple):
        # One pass over the kinds, which are few, not over what may be a million numbers.
        kinds = set(map(type, value))
        if type(np.ma.masked) in kinds:
            raise TypeError(f"{name} has masked entries; put in what they stand for.")
        found = (
            next((item for item in value if _foreign(item) is not None), None)
            if any(library_of(kind) in _QUANTUM for kind in kinds)
            else None
        )
    if found is None and isinstance(value, np.ndarray) and value.dtype == object:
        found = next((item for item in value.flat if _foreign(item) is not None), None)
    if found is None:
        return
    library = library_of(type(found))
    kind = type(found).__name__
    doors = _DOORS.get(kind if library == "qiskit" else str(getattr(found, "type", "")), ())
    each = name if found is value else "each"
    if doors:
        calls = " or ".join(f"typicality.interop.{library}.{door}({each})" for door in doors)
        advice = f" Pass {calls}, with {_PARTS[library]}."
    else:
        advice = (
            _remedy(found, each)
            or " Pass its matrix as an array, in the order of subsystems that is meant."
        )
    what = "" if found is value else "a list of objects, one of them "
    article = "an" if kind[0] in "AEIOU" else "a"
    raise TypeError(
        f"{name} is {what}{article} {kind} of {_TITLES[library]}, not an array.{advice}"
    )


def library_of(kind: type) -> str:
    """Return the top-level module of the library that a class comes from, if it is known here.

    Examples
    --------
    >>> library_of(float)
    ''
    """
    for base in kind.__mro__:
        root = base.__module__.partition(".")[0]
        if root in _TITLES:
            return root
    return ""


def _foreign(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return None
    return value if library_of(type(value)) in _QUANTUM else None


def _remedy(value: object, name: str) -> str:
    """Return the sentence that says how an object of another library becomes an array."""
    if isinstance(value, np.ndarray | list | tuple | np.generic):
        return ""
    for method, call in _TO_ARRAY.items():
        if callable(getattr(value, method, None)):
            return f" Pass {name}.{call}."
    if library_of(type(value)) == "quimb" and callable(value):
        return f" Pass {name}(), which builds it."
    return ""


def _refuse_tensor(tensor: Any, name: str) -> None:
    """Refuse a tensor that NumPy cannot read, with the calls that make it one that NumPy can."""
    steps = {
        "detach()": getattr(tensor, "requires_grad", False),
        "cpu()": getattr(getattr(tensor, "device", None), "type", "cpu") != "cpu",
        "to_dense()": str(getattr(tensor, "layout", "torch.strided")) != "torch.strided",
        "resolve_conj()": _says(tensor, "is_conj"),
        "resolve_neg()": _says(tensor, "is_neg"),
        "float()": str(getattr(tensor, "dtype", "")) == "torch.bfloat16",
    }
    calls = ".".join(step for step, needed in steps.items() if needed)
    if calls == "detach()":
        raise TypeError(f"{name} is a tensor that requires grad; pass {name}.detach() instead.")
    if calls:
        raise TypeError(f"{name} is a tensor that NumPy cannot read; pass {name}.{calls} instead.")


def _says(tensor: Any, question: str) -> bool:
    asked = getattr(tensor, question, None)
    return callable(asked) and asked() is True
