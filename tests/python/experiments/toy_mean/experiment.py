"""A small experiment with its plot and findings: what handles experiments is tested on it."""

import sys
import time
import types
from typing import Any, ClassVar

import numpy as np
import xarray as xr

from typicality.experiments import catalog
from typicality.experiments.experiment import Experiment
from typicality.plots.style import COLORS, MEASURED, THEORY, axes, legend
from typicality.report import Finding
from typicality.results.variables import dataset


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
    quick: ClassVar[dict[str, Any]] = {"n_samples": 50}

    n_samples: int = 100
    orders: tuple[float, ...] = (1.0, float("inf"))
    field: str = "complex"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.n_samples < 2:
            raise ValueError(f"n_samples must be at least 2; got {self.n_samples}.")

    def measure(self, seeds, progress) -> xr.Dataset:
        draws = np.random.default_rng(seeds.seed("draws")).random((5, self.n_samples))
        progress(0.5, "drawing")
        progress(0.25, "drawing")  # a slip that `run` must not pass on
        return dataset(
            {
                "mean": (
                    "k",
                    draws.mean(1),
                    {"units": "1", "long_name": "mean", "kind": "measured"},
                ),
                "mean_stderr": (
                    "k",
                    draws.std(1, ddof=1) / np.sqrt(self.n_samples),
                    {"units": "1", "long_name": "standard error of mean", "kind": "stderr"},
                ),
                "mean_exact": (
                    "k",
                    np.full(5, 0.5),
                    {"units": "1", "long_name": "exact mean", "kind": "exact"},
                ),
            },
            coords={"k": ("k", np.arange(5), {"units": "1", "long_name": "repetition"})},
        )


class Interrupted(Toy):
    """Is stopped by Ctrl-C while it runs."""

    name: ClassVar[str] = "interrupted"

    def measure(self, seeds, progress) -> xr.Dataset:
        progress(0.5, f"about to stop, key {seeds.text}")
        raise KeyboardInterrupt


class Slow(Toy):
    """Takes longer than anyone waits."""

    name: ClassVar[str] = "slow"

    def measure(self, seeds, progress) -> xr.Dataset:
        progress(0.5, f"waiting, key {seeds.text}")
        time.sleep(600)
        return super().measure(seeds, progress)


def toy(data, ax=None):
    """Means with standard errors; the line is the *exact* ``mean``.

    Parameters
    ----------
    data : xarray.Dataset
        Of the toy.
    """
    ax = axes(ax)
    ax.plot(data["k"], data["mean_exact"], color=COLORS[0], label="exact", **THEORY)
    ax.errorbar(
        data["k"],
        data["mean"],
        data["mean_stderr"],
        color=COLORS[1],
        label="measured",
        **MEASURED,
    )
    ax.set_title("Means")
    ax.set_xlabel("repetition $k$")
    ax.set_ylabel("mean (1)")
    legend(ax)
    return ax


def findings(data):
    return [
        Finding(
            statement=f"mean of repetition {k}",
            equation="Eq. (0)",
            predicted=data["mean_exact"][k],
            measured=data["mean"][k],
            stderr=data["mean_stderr"][k],
        )
        for k in range(5)
    ]


def install(monkeypatch, *classes) -> None:
    """Make these the only experiments there are."""
    monkeypatch.setattr(catalog, "CLASSES", {kind.name: kind.__name__ for kind in classes})
    for kind in classes:
        contents = {
            "measure": {kind.__name__: kind},
            "figures": {"PANELS": (toy, toy)},
            "findings": {"findings": findings},
        }
        for name, content in contents.items():
            module = types.ModuleType(f"typicality.experiments.{kind.name}.{name}")
            vars(module).update(content)
            monkeypatch.setitem(sys.modules, module.__name__, module)
        package = types.ModuleType(f"typicality.experiments.{kind.name}")
        monkeypatch.setitem(sys.modules, package.__name__, package)
