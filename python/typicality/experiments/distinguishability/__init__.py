"""Distinguishability of reduced states across d_A = d_B, Sec. III."""

from typicality.experiments.distinguishability.experiment import Distinguishability

__all__ = ["Distinguishability"]
