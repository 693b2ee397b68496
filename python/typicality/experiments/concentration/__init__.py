"""Concentration of expectation values in energy shells, Eq. (1)."""

from typicality.experiments.concentration.experiment import Concentration

__all__ = ["Concentration"]
