"""The Wishart floor: random matrices, their spectra and laws, shared by both halves."""

from typicality.spectra._marchenko_pastur import MarchenkoPastur
from typicality.spectra._moments import power_moments
from typicality.spectra._wishart import (
    gaussian_matrices,
    tridiagonal_eigenvalues,
    wishart_eigenvalues,
    wishart_matrices,
)

__all__ = [
    "MarchenkoPastur",
    "gaussian_matrices",
    "power_moments",
    "tridiagonal_eigenvalues",
    "wishart_eigenvalues",
    "wishart_matrices",
]
