"""Spin chains and partial traces written out by Kronecker products and loops: slow and obvious."""

import numpy as np

PAULI = {
    "I": np.eye(2),
    "X": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "Y": np.array([[0.0, -1.0j], [1.0j, 0.0]]),
    "Z": np.diag([1.0, -1.0]),
}


def kron(string):
    """Kronecker product of Pauli matrices, leftmost letter first."""
    matrix = np.eye(1)
    for letter in string:
        matrix = np.kron(matrix, PAULI[letter])
    return matrix


def at(n, **letters):
    """Pauli letters at the given sites (s0=..., s1=...) of n spins."""
    return kron("".join(letters.get(f"s{site}", "I") for site in range(n)))


def bonds(n, periodic):
    return [(i, i + 1) for i in range(n - 1)] + ([(n - 1, 0)] if periodic else [])


def pair(n, i, j, letter):
    return at(n, **{f"s{i}": letter, f"s{j}": letter})


def ising(n, coupling, transverse, longitudinal, periodic):
    h = sum((coupling * pair(n, i, j, "Z") for i, j in bonds(n, periodic)), np.zeros((2**n, 2**n)))
    for site in range(n):
        h = h + transverse * at(n, **{f"s{site}": "X"}) + longitudinal * at(n, **{f"s{site}": "Z"})
    return h


def xxz(n, coupling, anisotropy, periodic):
    h = np.zeros((2**n, 2**n), dtype=complex)
    for i, j in bonds(n, periodic):
        for letter, strength in (("X", 1.0), ("Y", 1.0), ("Z", anisotropy)):
            h += coupling * strength * pair(n, i, j, letter)
    return h


def majoranas(count):
    """Jordan-Wigner Majoranas with {chi_a, chi_b} = delta_ab."""
    n = count // 2
    strings = ["Z" * site + letter + "I" * (n - 1 - site) for site in range(n) for letter in "XY"]
    return [kron(string) / np.sqrt(2.0) for string in strings]


def reduced(rho, dims, keep):
    """Partial trace of a density matrix onto `keep`, by einsum letter by letter."""
    n = len(dims)
    rows = [chr(ord("a") + i) for i in range(n)]
    columns = [chr(ord("A") + i) if i in keep else rows[i] for i in range(n)]
    result = "".join(rows[i] for i in keep) + "".join(columns[i] for i in keep)
    tensor = rho.reshape(*dims, *dims)
    size = int(np.prod([dims[i] for i in keep]))
    return np.einsum("".join(rows + columns) + "->" + result, tensor).reshape(size, size)
