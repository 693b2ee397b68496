"""Reproduction: runs every experiment into one folder and writes the report.

A run can be resumed: an experiment whose file holds the result of the same parameters, seed and
versions is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from typicality._random import Seeds
from typicality._short_repr import ShortRepr
from typicality.experiments.catalog import find, names
from typicality.experiments.experiment import seed_text
from typicality.report.folder import sole_writer
from typicality.report.page import build, refuse_foreign_page
from typicality.report.section import Section, section
from typicality.report.stored import kept_section
from typicality.results.files import refuse_unwritable, save, stamped, write_text

if TYPE_CHECKING:
    import os

    from typicality.experiments.experiment import Experiment

_SURE_AFTER = 2.0
"""Seconds after which a remaining time is estimated."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Progress of a reproduction.

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
        Estimate for all that remains, from the pace so far; None until it can be made.

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
    """Result of a reproduction.

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
        If the folder cannot be written, or another reproduction is writing into it; before
        anything is run.

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
    results = [folder / f"{experiment.name}.nc" for experiment in experiments]
    _refuse_outputs(folder, results)
    with sole_writer(folder):
        return _reproduce(folder, experiments, results, rng, seed, progress, clock)


def _reproduce(
    folder: Path,
    experiments: Sequence[Experiment],
    results: Sequence[Path],
    rng: int,
    seed: str,
    progress: Callable[[Step], None] | None,
    clock: Callable[[], float],
) -> Reproduction:
    found = [
        kept_section(path, experiment, seed)
        for path, experiment in zip(results, experiments, strict=True)
    ]
    pace = _RemainingTime(
        [e for e, old in zip(experiments, found, strict=True) if old is None], clock
    )
    sections: list[Section] = []
    for index, (experiment, result, old) in enumerate(
        zip(experiments, results, found, strict=True), start=1
    ):

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
            # The page shows the date that the file bears.
            dataset = stamped(dataset)
            part = section(dataset, file=result)
            _write_figures(folder, part)
            # The data come last: their presence says that the experiment is finished.
            save(dataset, result)
            tell("finished", 1.0, "finished")
            pace.finish(experiment.name)
        else:
            part = old
            _write_figures(folder, part)
            tell("kept", 1.0, "kept from an earlier run")
        sections.append(part)
    path = build(sections, folder / "report.html")
    kept = tuple(e.name for e, old in zip(experiments, found, strict=True) if old is not None)
    return Reproduction(path, tuple(sections), kept)


def _refuse_outputs(folder: Path, results: Sequence[Path]) -> None:
    """Check before anything is run that all outputs can be written."""
    for path in results:
        refuse_unwritable(path)
    refuse_unwritable(folder / "figures" / "figure.svg")
    refuse_unwritable(folder / "report.html")
    refuse_foreign_page(folder / "report.html")


def _write_figures(folder: Path, part: Section) -> None:
    for figure in part.figures:
        write_text(figure.standalone, folder / "figures" / f"{figure.name}.svg")


class _RemainingTime:
    """Estimate of the remaining time; each experiment is weighted by its usual time."""

    def __init__(self, to_run: Sequence[Experiment], clock: Callable[[], float]) -> None:
        self._weights = {experiment.name: experiment.usual_seconds for experiment in to_run}
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
