"""Relaxation after a quench, Eq. (1) and Sec. II."""

from typicality.experiments.relaxation.experiment import Relaxation

__all__ = ["Relaxation"]
