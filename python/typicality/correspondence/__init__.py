"""Both sides of the paper's Table 1, measured side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typicality.correspondence._measured_table import table

__all__ = ["table"]


def __getattr__(name: str) -> object:
    # Figures and findings name the variables that lie here, and need neither states nor networks.
    if name == "table":
        from typicality.correspondence._measured_table import table

        return table
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
