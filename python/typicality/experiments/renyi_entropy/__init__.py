"""Renyi entropies of random eigenvectors on every cut, Eq. (2)."""
