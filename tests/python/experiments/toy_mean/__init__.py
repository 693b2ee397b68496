"""A statement of nobody's: the mean of uniform numbers is one half."""

from experiments.toy_mean.experiment import Toy

__all__ = ["Toy"]
