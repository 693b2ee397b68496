"""Figures: a dataset goes in, axes come out, and nothing is computed.

One function for each experiment bears its name, with underscores: ``plots.page_curve`` draws what
`PageCurve.run` returned. They live in the experiments' folders and are looked up there when they
are first asked for; what lies here is how all of them look.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from typicality.plots.style import COLORS as COLORS
from typicality.plots.style import axes as axes

if TYPE_CHECKING:
    from typicality.experiments import Experiment


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(["COLORS", "axes", *_experiments()])
    if name in _experiments():
        return _experiments()[name].part("figures").FIGURES[0]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __getattr__("__all__")


def _experiments() -> dict[str, type[Experiment]]:
    """Experiments by the names of the functions that draw their results."""
    # Their figures import the style from here, so that nothing here may import them.
    catalog = importlib.import_module("typicality.experiments.catalog")
    return {kind.name.replace("-", "_"): kind for kind in catalog.experiments()}
