"""Both sides of the paper's Table 1, measured side by side."""

from typicality.correspondence.table import table

__all__ = ["table"]
