"""Double descent on both sides of the fitting threshold, Eq. (4) and Sec. III."""

from typicality.experiments.double_descent.experiment import DoubleDescent

__all__ = ["DoubleDescent"]
