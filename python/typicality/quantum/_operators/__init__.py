"""Hermitian operators: their validation, functions of them, their eigenvectors."""
