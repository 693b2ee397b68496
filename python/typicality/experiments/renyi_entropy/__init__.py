"""Renyi entropies of random eigenvectors on every cut, Eq. (2)."""

from typicality.experiments.renyi_entropy.experiment import RenyiEntropy

__all__ = ["RenyiEntropy"]
