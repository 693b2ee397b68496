"""Ubiquity of global minima, Eq. (4) and Sec. II."""

from typicality.experiments.global_minima.experiment import GlobalMinima

__all__ = ["GlobalMinima"]
