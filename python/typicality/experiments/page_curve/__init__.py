"""The Page curve: entropies and distances of every cut, Eq. (2) and Sec. III."""

from typicality.experiments.page_curve.experiment import PageCurve

__all__ = ["PageCurve"]
