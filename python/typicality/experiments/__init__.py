"""Experiments: each tests one statement of the paper and returns one labeled `xarray.Dataset`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality.experiments.catalog import CLASSES, find, names

if TYPE_CHECKING:
    from typicality.experiments.concentration.measure import Concentration
    from typicality.experiments.correspondence.measure import Correspondence
    from typicality.experiments.distinguishability.measure import Distinguishability
    from typicality.experiments.double_descent.measure import DoubleDescent
    from typicality.experiments.experiment import Experiment
    from typicality.experiments.fitting_threshold.measure import FittingThreshold
    from typicality.experiments.global_minima.measure import GlobalMinima
    from typicality.experiments.page_curve.measure import PageCurve
    from typicality.experiments.relaxation.measure import Relaxation
    from typicality.experiments.renyi_entropy.measure import RenyiEntropy
    from typicality.results.files import load, save

__all__ = [
    "Concentration",
    "Correspondence",
    "Distinguishability",
    "DoubleDescent",
    "Experiment",
    "FittingThreshold",
    "GlobalMinima",
    "PageCurve",
    "Relaxation",
    "RenyiEntropy",
    "find",
    "load",
    "names",
    "save",
]


def __getattr__(name: str) -> object:
    # Experiments bring xarray, scikit-learn and scipy.stats with them, so each is loaded when first
    # asked for.
    for experiment, class_name in CLASSES.items():
        if name == class_name:
            return find(experiment)
    if name == "Experiment":
        from typicality.experiments.experiment import Experiment

        return Experiment
    if name in ("load", "save"):
        from typicality.results import files

        return getattr(files, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
