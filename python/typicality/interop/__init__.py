"""States and operators of other libraries in, arrays out; none of the libraries is imported.

Functions that take a Hamiltonian or an observable take those of QuTiP, QuSpin and quimb as they
are: what is here is for kets and density matrices.
"""

from typicality.interop import qiskit, qutip

__all__ = ["qiskit", "qutip"]
