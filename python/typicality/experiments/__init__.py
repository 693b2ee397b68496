"""Experiments: each tests one statement of the paper and returns one labeled `xarray.Dataset`.

All that belongs to a statement lies in one folder. Here are the classes alone, which hold the
parameters; what measures, draws and judges is loaded when it is first asked for.
"""

# The list of what can be run, in the paper's order: a further statement is one more line.
# isort: off
from typicality.experiments.concentration import Concentration as Concentration
from typicality.experiments.renyi_entropy import RenyiEntropy as RenyiEntropy
from typicality.experiments.page_curve import PageCurve as PageCurve
from typicality.experiments.distinguishability import Distinguishability as Distinguishability
from typicality.experiments.relaxation import Relaxation as Relaxation
from typicality.experiments.global_minima import GlobalMinima as GlobalMinima
from typicality.experiments.fitting_threshold import FittingThreshold as FittingThreshold
from typicality.experiments.double_descent import DoubleDescent as DoubleDescent
from typicality.experiments.correspondence import Correspondence as Correspondence
# isort: on

from typicality.experiments.catalog import experiments as _experiments
from typicality.experiments.catalog import find, names
from typicality.experiments.experiment import Experiment as Experiment
from typicality.results.files import load, save

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    *sorted([kind.__name__ for kind in _experiments()] + ["Experiment"]),
    "find",
    "load",
    "names",
    "save",
]


def __dir__() -> list[str]:
    return sorted(__all__)
