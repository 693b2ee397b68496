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
    from types import ModuleType


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted(["COLORS", "axes", *_names()])
    if name in _names():
        return _catalog().part(_names()[name], "figures").PANELS[0]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __getattr__("__all__")


def _names() -> dict[str, str]:
    """Names of the functions, and of the experiments whose results they draw."""
    return {name.replace("-", "_"): name for name in _catalog().names()}


def _catalog() -> ModuleType:
    # The experiments' figures import the style from here, so that nothing here may import them.
    return importlib.import_module("typicality.experiments.catalog")
