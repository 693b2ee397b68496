"""Table 1: five statistics of a quantum system and of a network."""

from typicality.experiments.correspondence.experiment import Correspondence

__all__ = ["Correspondence"]
