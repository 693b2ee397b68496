"""Figures: one file an experiment; a dataset goes in, axes come out, and nothing is computed.

Each function is imported here under its file's name, so that `plots.page_curve` is the function.
"""

from typicality.plots.concentration import concentration
from typicality.plots.correspondence import correspondence
from typicality.plots.distinguishability import distinguishability
from typicality.plots.double_descent import double_descent
from typicality.plots.fitting_threshold import fitting_threshold
from typicality.plots.global_minima import global_minima
from typicality.plots.page_curve import page_curve
from typicality.plots.relaxation import relaxation
from typicality.plots.renyi_entropy import renyi_entropy
from typicality.plots.style import COLORS, axes

__all__ = [
    "COLORS",
    "axes",
    "concentration",
    "correspondence",
    "distinguishability",
    "double_descent",
    "fitting_threshold",
    "global_minima",
    "page_curve",
    "relaxation",
    "renyi_entropy",
]
