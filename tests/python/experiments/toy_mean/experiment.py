"""A small experiment, and some like it: what handles experiments is tested on them."""

import time
from typing import Any, ClassVar

from experiments.toy_mean.variables import ToyVariables
from typicality.experiments import catalog
from typicality.experiments.experiment import Experiment
from typicality.results.table import Table


class Toy(Experiment):
    """Mean of uniform numbers against one half.

    Parameters
    ----------
    n_samples : int, default: 100
        Number of samples of each mean.
    orders : tuple of float, default: (1.0, inf)
        Orders that nothing depends on.
    field : str, default: "complex"
        A word.
    """

    name: ClassVar[str] = "toy"
    title: ClassVar[str] = "Toy <mean>"
    equation: ClassVar[str] = "Eq. (0)"
    summary: ClassVar[str] = "a mean against one half"
    variables: ClassVar[type[Table]] = ToyVariables
    quick: ClassVar[dict[str, Any]] = {"n_samples": 50}

    n_samples: int = 100
    orders: tuple[float, ...] = (1.0, float("inf"))
    field: str = "complex"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_samples < 2:
            raise ValueError(f"n_samples must be at least 2; got {self.n_samples}.")


class Interrupted(Toy):
    """Is stopped by Ctrl-C while it runs."""

    name: ClassVar[str] = "interrupted"

    def measure(self, seeds, progress):
        progress(0.5, f"about to stop, key {seeds.text}")
        raise KeyboardInterrupt


class Slow(Toy):
    """Takes longer than anyone waits."""

    name: ClassVar[str] = "slow"

    def measure(self, seeds, progress):
        progress(0.5, f"waiting, key {seeds.text}")
        time.sleep(600)
        return super().measure(seeds, progress)


class Other(Toy):
    """Another toy.

    Parameters
    ----------
    n_samples : int, default: 100
        Number of samples.
    orders : tuple of float
        Nothing.
    field : str
        A word.
    """

    name: ClassVar[str] = "other"


def install(monkeypatch, *classes) -> None:
    """Make these the only experiments there are."""
    monkeypatch.setattr(catalog, "experiments", lambda: classes)
