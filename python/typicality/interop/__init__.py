"""States and operators of other libraries in, arrays out; none of the libraries is imported."""

from typicality.interop import qiskit, qutip

__all__ = ["qiskit", "qutip"]
