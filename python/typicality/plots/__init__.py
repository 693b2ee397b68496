"""Figures: one file an experiment; a dataset goes in, axes come out, and nothing is computed."""

from typicality.plots.style import COLORS, axes

__all__ = ["COLORS", "axes"]
