"""QuTiP's quantum objects in, arrays with the dimensions of their subsystems out.

Subsystems come in the same order on both sides, most significant first. QuTiP is not imported: what
has the attributes of a Qobj is taken for one. `EnergyShell` and everything that takes an observable
accept a Qobj as it is; kets and density matrices pass through here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["density_matrix", "dims", "ket", "operator"]

Array = npt.NDArray[Any]


def ket(qobj: object) -> Array:
    """Return the amplitudes of a ket, or of the ket of a bra.

    Parameters
    ----------
    qobj : qutip.Qobj
        Of type "ket" or "bra".

    Returns
    -------
    numpy.ndarray
        Shape ``(D,)``, complex.

    Raises
    ------
    TypeError
        If it is not a Qobj.
    ValueError
        If it is an operator, or an operator written as a ket.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop.qutip import ket
    >>> zero = SimpleNamespace(  # stands for qutip.basis(2, 0)
    ...     full=lambda: np.array([[1.0 + 0j], [0.0]]), dims=[[2], [1]], shape=(2, 1), type="ket"
    ... )
    >>> print(ket(zero))
    [1.+0.j 0.+0.j]
    """
    matrix = _full(qobj)
    rows, columns = matrix.shape
    if rows != 1 and columns != 1:
        raise ValueError(
            f"qobj must be a ket or a bra; got an operator of shape {matrix.shape}. "
            "Use density_matrix or operator."
        )
    return np.ascontiguousarray(matrix[:, 0] if columns == 1 else matrix[0].conj())


def density_matrix(qobj: object) -> Array:
    """Return a density matrix, or the projector on a ket.

    Parameters
    ----------
    qobj : qutip.Qobj
        Of type "oper", "ket" or "bra".

    Returns
    -------
    numpy.ndarray
        Shape ``(D, D)``, complex. Whether it is a density matrix is checked where it is used.

    Raises
    ------
    TypeError
        If it is not a Qobj.
    ValueError
        If it is neither square nor a ket or bra, a superoperator or an operator written as a ket,
        or maps between different spaces.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop import qutip
    >>> zero = SimpleNamespace(full=lambda: np.array([[1.0], [0.0]]), dims=[[2], [1]])
    >>> print(qutip.density_matrix(zero).real)
    [[1. 0.]
     [0. 0.]]
    """
    matrix = _full(qobj)
    if matrix.shape[0] == matrix.shape[1]:
        return matrix
    state = ket(qobj)
    return np.outer(state, state.conj())


def operator(qobj: object) -> Array:
    """Return the matrix of an operator.

    Parameters
    ----------
    qobj : qutip.Qobj
        Of type "oper".

    Returns
    -------
    numpy.ndarray
        Shape ``(D, D)``, complex.

    Raises
    ------
    TypeError
        If it is not a Qobj.
    ValueError
        If it is not square, a superoperator, or maps between different spaces.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop import qutip
    >>> x = SimpleNamespace(full=lambda: np.array([[0, 1], [1, 0]]), dims=[[2], [2]])
    >>> print(qutip.operator(x).real)
    [[0. 1.]
     [1. 0.]]
    """
    matrix = _full(qobj)
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"qobj must be an operator; got shape {matrix.shape}. Use ket.")
    return matrix


def dims(qobj: object) -> tuple[int, ...]:
    """Return the dimensions of the subsystems, for `dims` everywhere in `typicality.quantum`.

    Parameters
    ----------
    qobj : qutip.Qobj
        A ket, bra or operator.

    Returns
    -------
    tuple of int
        Most significant first, QuTiP's order.

    Raises
    ------
    TypeError
        If it is not a Qobj.
    ValueError
        If it is a superoperator, or maps between different spaces.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from typicality.interop.qutip import dims
    >>> operator = SimpleNamespace(full=lambda: np.eye(6), dims=[[2, 3], [2, 3]], shape=(6, 6))
    >>> dims(operator)
    (2, 3)
    """
    _check(qobj)
    attributes: Any = qobj
    rows, columns = attributes.shape
    left, right = _sides(attributes, square=rows == columns)
    return right if columns != 1 and rows == 1 else left


def _sides(attributes: Any, *, square: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    left, right = (_flat(side) for side in attributes.dims)
    if square and left != right and attributes.full().shape != (1, 1):
        raise ValueError(f"qobj must map one space to itself; its dims are {attributes.dims}.")
    return left, right


def _flat(side: Any) -> tuple[int, ...]:
    if not all(isinstance(d, int | np.integer) for d in side):
        raise ValueError(f"qobj must be a ket, bra or operator; one side has dims {side}.")
    return tuple(int(d) for d in side)


def _full(qobj: object) -> Array:
    _check(qobj)
    attributes: Any = qobj
    matrix = np.asarray(attributes.full(), dtype=np.complex128)
    if matrix.ndim != 2:
        raise TypeError(f"qobj must be a Qobj; its full() has shape {matrix.shape}.")
    # What acts on operators, or is one written as a vector, has dimensions of dimensions.
    _sides(attributes, square=matrix.shape[0] == matrix.shape[1])
    return matrix


def _check(qobj: object) -> None:
    if not callable(getattr(qobj, "full", None)) or not hasattr(qobj, "dims"):
        raise TypeError(f"qobj must be a qutip.Qobj; got {type(qobj).__name__}.")
