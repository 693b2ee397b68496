"""The report: findings worked out from stored datasets, and one HTML page that shows them."""

from typicality.report.build import build
from typicality.report.reproduce import Reproduction, Step, reproduce
from typicality.report.section import compare, draw

__all__ = ["Reproduction", "Step", "build", "compare", "draw", "reproduce"]
