"""Qiskit's states in, arrays with the most significant subsystem first out.

Qiskit numbers subsystems from the least significant: its qubit 0 is the last factor of the
Kronecker product. Here index 0 is the first. Amplitudes and matrices therefore pass unchanged,
while the dimensions are reversed and subsystem q becomes n - 1 - q. Qiskit is not imported: what
has the attributes of a Statevector or DensityMatrix is taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["density_matrix", "dims", "keep", "ket"]

Array = npt.NDArray[Any]


def ket(state: object) -> Array:
    """Return the amplitudes of a Statevector.

    Parameters
    ----------
    state : qiskit.quantum_info.Statevector
        With D amplitudes.

    Returns
    -------
    numpy.ndarray
        Shape ``(D,)``, complex. The leftmost bit of an index belongs to Qiskit's last qubit, which
        is subsystem 0 here.

    Raises
    ------
    TypeError
        If it is not a state of Qiskit.
    ValueError
        If it is a density matrix.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop import qiskit
    >>> from typicality.quantum import schmidt_spectrum
    >>> state = SimpleNamespace(  # stands for Statevector.from_label("01"): qubit 0 is one
    ...     data=np.array([0, 1, 0, 0]), dims=lambda: (2, 2)
    ... )
    >>> psi = qiskit.ket(state)
    >>> print(schmidt_spectrum(psi, qiskit.dims(state), qiskit.keep(state, [0])))
    [1. 0.]
    """
    data = _data(state)
    if data.ndim != 1:
        raise ValueError(
            f"state must be a Statevector; its data have shape {data.shape}. Use density_matrix."
        )
    return data


def density_matrix(state: object) -> Array:
    """Return the matrix of a DensityMatrix, or the projector on a Statevector.

    Parameters
    ----------
    state : qiskit.quantum_info.DensityMatrix or Statevector
        Of dimension D.

    Returns
    -------
    numpy.ndarray
        Shape ``(D, D)``, complex.

    Raises
    ------
    TypeError
        If it is not a state of Qiskit.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop import qiskit
    >>> state = SimpleNamespace(data=np.array([0.6, 0.8]), dims=lambda: (2,))
    >>> print(qiskit.density_matrix(state).real)
    [[0.36 0.48]
     [0.48 0.64]]
    """
    data = _data(state)
    return data if data.ndim == 2 else np.outer(data, data.conj())


def dims(state: object) -> tuple[int, ...]:
    """Return the dimensions of the subsystems, most significant first: Qiskit's, reversed.

    Parameters
    ----------
    state : qiskit.quantum_info.Statevector or DensityMatrix
        Of any subsystems.

    Returns
    -------
    tuple of int
        For `dims` everywhere in `typicality.quantum`.

    Raises
    ------
    TypeError
        If it is not a state of Qiskit.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop import qiskit
    >>> qiskit.dims(SimpleNamespace(data=np.eye(6)[0], dims=lambda: (2, 3)))
    (3, 2)
    """
    _data(state)
    attributes: Any = state
    return tuple(int(d) for d in reversed(attributes.dims()))


def keep(state: object, qargs: int | Iterable[int]) -> tuple[int, ...]:
    """Return the indices here of subsystems named by Qiskit's indices.

    Parameters
    ----------
    state : qiskit.quantum_info.Statevector or DensityMatrix
        Whose subsystems they are.
    qargs : int or iterable of int
        Qiskit's indices, without repetition.

    Returns
    -------
    tuple of int
        For `keep` everywhere in `typicality.quantum`. Their order is reversed too, so that the
        reduced matrix is the one that Qiskit's ``partial_trace`` returns for ascending `qargs`.

    Raises
    ------
    TypeError
        If it is not a state of Qiskit, or `qargs` are not integers.
    ValueError
        If an index is out of range or occurs twice.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop import qiskit
    >>> state = SimpleNamespace(data=np.eye(8)[0], dims=lambda: (2, 2, 2))
    >>> qiskit.keep(state, 0), qiskit.keep(state, [0, 1])
    ((2,), (1, 2))
    """
    last = len(dims(state)) - 1
    given: Any = [qargs] if isinstance(qargs, int | np.integer) else qargs
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise TypeError(f"qargs must be integers; got {type(given).__name__}.")
    kept: list[int] = []
    for index in given:
        if isinstance(index, bool) or not isinstance(index, int | np.integer):
            raise TypeError(f"qargs must be integers; got {type(index).__name__}.")
        if not 0 <= index <= last or last - int(index) in kept:
            raise ValueError(f"qargs must be different indices from 0 to {last}; got {index}.")
        kept.insert(0, last - int(index))
    return tuple(kept)


def _data(state: object) -> Array:
    if not callable(getattr(state, "dims", None)) or not hasattr(state, "data"):
        raise TypeError(
            f"state must be a Statevector or DensityMatrix of Qiskit; got {type(state).__name__}."
        )
    attributes: Any = state
    data = np.array(attributes.data, dtype=np.complex128)
    square = data.ndim == 2 and data.shape[0] == data.shape[1]
    if not (data.ndim == 1 or square):
        raise TypeError(
            "state must be a Statevector or DensityMatrix of Qiskit; its data have shape "
            f"{data.shape}."
        )
    return data
