"""The fitting threshold of wide networks, Eq. (3) and Sec. III."""

from typicality.experiments.fitting_threshold.experiment import FittingThreshold

__all__ = ["FittingThreshold"]
