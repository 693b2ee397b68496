"""The report: findings worked out from stored datasets, and one HTML page that shows them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typicality.report.page import build
    from typicality.report.reproduction import Reproduction, Step, reproduce
    from typicality.report.section import compare, draw
    from typicality.results.finding import Finding

__all__ = ["Finding", "Reproduction", "Step", "build", "compare", "draw", "reproduce"]

_MODULES = {
    "Finding": "typicality.results.finding",
    "Reproduction": "typicality.report.reproduction",
    "Step": "typicality.report.reproduction",
    "build": "typicality.report.page",
    "compare": "typicality.report.section",
    "draw": "typicality.report.section",
    "reproduce": "typicality.report.reproduction",
}


def __getattr__(name: str) -> object:
    # Each name is loaded when first asked for: the command line shows numbers as the page does,
    # and needs neither xarray nor what the page is made with.
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
