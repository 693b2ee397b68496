"""Every experiment of the paper, run into one folder, and the report on what they measured.

A folder can be returned to: an experiment whose file holds the result of the same parameters, seed
and versions is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from typicality._random import Seeds
from typicality._short_repr import ShortRepr
from typicality.experiments.catalog import find, names
from typicality.experiments.experiment import seed_text
from typicality.experiments.files import load, save, write_text
from typicality.report.page import build
from typicality.report.section import Section, section

if TYPE_CHECKING:
    import os

    import xarray as xr

    from typicality.experiments.experiment import Experiment

WEIGHTS: dict[str, float] = {
    "concentration": 13.0,
    "renyi-entropy": 5.0,
    "page-curve": 3.0,
    "distinguishability": 5.0,
    "relaxation": 1.0,
    "global-minima": 15.0,
    "fitting-threshold": 8.0,
    "double-descent": 14.0,
    "correspondence": 10.0,
}
"""Seconds each experiment takes at the quick preset, roughly; the first estimate rests on them."""

_SURE_AFTER = 2.0
"""Seconds of running before a remaining time is named."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Where a reproduction stands.

    Parameters
    ----------
    name : str
        The experiment it is at.
    index, count : int
        Its place, from 1, and how many there are.
    state : {"kept", "running", "finished"}
        ``"kept"``: an earlier run's file holds the result.
    fraction, overall : float
        Share of this experiment, and of all that had to run, that is done.
    text : str
        What is being done.
    seconds : float
        Time this experiment has taken.
    seconds_left : float or None
        Estimate for all that remains, from the pace so far; None while there is nothing to go by.

    Examples
    --------
    >>> from typicality.report import Step
    >>> step = Step(name="page-curve", index=1, count=2, state="running", fraction=0.5,
    ...             overall=0.25, text="6 of 12 cuts", seconds=3.0, seconds_left=9.0)
    >>> f"{step.name}: {step.fraction:.0%}, {step.seconds_left:.0f} s left"
    'page-curve: 50%, 9 s left'
    """

    name: str
    index: int
    count: int
    state: Literal["kept", "running", "finished"]
    fraction: float
    overall: float
    text: str
    seconds: float
    seconds_left: float | None


@dataclass(frozen=True, repr=False)
class Reproduction(ShortRepr):
    """What a reproduction left behind.

    Parameters
    ----------
    report : pathlib.Path
        The HTML page.
    sections : tuple of Section
        One an experiment, with its findings.
    kept : tuple of str
        Names of the experiments whose results an earlier run had left.

    Examples
    --------
    >>> from pathlib import Path
    >>> from typicality.report import Reproduction
    >>> Reproduction(Path("reproduction/report.html"), sections=()).kept
    ()
    """

    report: Path
    sections: tuple[Section, ...]
    kept: tuple[str, ...] = field(default=())


def reproduce(
    folder: str | os.PathLike[str],
    *,
    preset: str = "quick",
    rng: int = 0,
    only: Sequence[str] | None = None,
    progress: Callable[[Step], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Reproduction:
    """Run every experiment at a preset and write data, figures and the report into a folder.

    Stopped at any moment, it leaves whole files only; called again, it keeps finished experiments.

    Parameters
    ----------
    folder : str or path
        Receives ``report.html``, ``figures/*.svg`` and one netCDF file an experiment.
    preset : {"quick", "full"}
        Sizes of all experiments.
    rng : int
        Seed. An integer, so that a later call can recognize what this one left.
    only : sequence of str, optional
        Names of the experiments to run; all of them by default.
    progress : callable, optional
        Receives a `Step` whenever something has moved.
    clock : callable
        Seconds from any start; replaced in tests.

    Returns
    -------
    Reproduction

    Raises
    ------
    ValueError
        If the preset or a name is unknown, or a parameter is refused.
    OSError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from typicality import report
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     done = report.reproduce(folder, only=["page-curve"])
    ...     print(done.report.name, done.report.exists())
    report.html True
    """
    folder = Path(folder)
    seed = seed_text(rng, Seeds(rng))
    experiments = [find(name).preset(preset) for name in (names() if only is None else only)]
    found = [stored(folder, experiment, seed) for experiment in experiments]
    pace = _Pace([e.name for e, old in zip(experiments, found, strict=True) if old is None], clock)
    sections: list[Section] = []
    for index, (experiment, old) in enumerate(zip(experiments, found, strict=True), start=1):

        def tell(
            state: Literal["kept", "running", "finished"],
            fraction: float,
            text: str,
            place: tuple[str, int] = (experiment.name, index),
        ) -> None:
            if progress is None:
                return
            overall, seconds, left = pace.at(place[0], fraction)
            progress(
                Step(
                    name=place[0],
                    index=place[1],
                    count=len(experiments),
                    state=state,
                    fraction=fraction,
                    overall=overall,
                    text=text,
                    seconds=seconds,
                    seconds_left=left,
                )
            )

        if old is None:
            pace.start(experiment.name)
            dataset = experiment.run(
                rng=rng, progress=lambda fraction, text, tell=tell: tell("running", fraction, text)
            )
            part = section(dataset)
            _write_figures(folder, part)
            # The data come last: their presence says that the experiment is finished.
            save(dataset, folder / f"{experiment.name}.nc")
            tell("finished", 1.0, "finished")
            pace.finish(experiment.name)
        else:
            part = section(old)
            _write_figures(folder, part)
            tell("kept", 1.0, "kept from an earlier run")
        sections.append(part)
    path = build(sections, folder / "report.html")
    kept = tuple(e.name for e, old in zip(experiments, found, strict=True) if old is not None)
    return Reproduction(path, tuple(sections), kept)


def stored(folder: str | os.PathLike[str], experiment: Experiment, seed: str) -> xr.Dataset | None:
    """Find the result of this experiment in a folder: same parameters, seed and versions.

    Parameters
    ----------
    folder : str or path
        Where `reproduce` wrote.
    experiment : Experiment
        With its parameters.
    seed : str
        Seed as `seed_text` writes it.

    Returns
    -------
    xarray.Dataset or None
        None if the file is absent, damaged, or holds another result.
    """
    try:
        dataset = load(Path(folder) / f"{experiment.name}.nc")
    except (OSError, ValueError):
        return None
    labels: dict[str, Any] = dict(dataset.attrs)
    same = all(labels.get(key) == value for key, value in experiment.labels(seed).items())
    return dataset if same else None


def _write_figures(folder: Path, part: Section) -> None:
    for figure in part.figures:
        write_text(figure.standalone, folder / "figures" / f"{figure.name}.svg")


class _Pace:
    """How far a run is, and how long it will take; each experiment counts by its usual time."""

    def __init__(self, to_run: Sequence[str], clock: Callable[[], float]) -> None:
        usual = sum(WEIGHTS.values()) / len(WEIGHTS)
        self._weights = {name: WEIGHTS.get(name, usual) for name in to_run}
        self._total = sum(self._weights.values())
        self._done = 0.0
        self._clock = clock
        self._begin = clock()
        self._started = self._begin

    def start(self, name: str) -> None:
        del name
        self._started = self._clock()

    def finish(self, name: str) -> None:
        self._done += self._weights[name]

    def at(self, name: str, fraction: float) -> tuple[float, float, float | None]:
        """Overall fraction, seconds of this experiment, seconds left of all."""
        if name not in self._weights:
            return self._done / self._total if self._total else 1.0, 0.0, None
        now = self._clock()
        overall = (self._done + fraction * self._weights[name]) / self._total
        elapsed = now - self._begin
        left = None
        if elapsed >= _SURE_AFTER and overall > 0.02:
            left = elapsed * (1.0 - overall) / overall
        return overall, now - self._started, left
