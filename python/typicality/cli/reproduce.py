"""`typicality reproduce`: progress display, final table, and the message after Ctrl-C."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from typicality.cli.console import clock_text, output, print_findings, progress_output
from typicality.cli.interruption import InterruptedRun
from typicality.report.reproduction import Step
from typicality.report.reproduction import reproduce as reproduce_all
from typicality.report.tally import Tally

_WIDE = 80
"""Below this many columns, bars show neither the current step nor the time left."""


def reproduce(folder: Path, preset: str, seed: int) -> int:
    """Run all experiments, show where they are, print the table and the report's path.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write.
    preset : str
        ``"quick"`` or ``"full"``.
    seed : int
        Seed.

    Returns
    -------
    int
        Exit code 0.

    Raises
    ------
    InterruptedRun
        After Ctrl-C, saying what was kept.
    """
    finished: list[str] = []
    console = progress_output()
    display = BarProgress(console) if console.is_terminal else LogProgress(console)

    def show(step: Step) -> None:
        if step.state != "running":
            finished.append(step.name)
        display.show(step)

    try:
        with display:
            result = reproduce_all(folder, preset=preset, rng=seed, progress=show)
    except KeyboardInterrupt:
        kept = f"kept {', '.join(finished)}" if finished else "no experiment had finished"
        raise InterruptedRun(
            f"stopped; {kept}. Run the same command to resume (results in {folder})."
        ) from None
    screen = output()
    print_findings(screen, ((part.title, part.findings) for part in result.sections))
    tally = Tally.of(result.sections)
    own = len(tally.own)
    screen.print(f"\n{tally.sentence}", highlight=False)
    screen.print(f"{own - len(tally.unexplained)} of {own} other rows agree.", highlight=False)
    screen.print(f"Report: {result.report}", highlight=False, soft_wrap=True)
    return 0


class LogProgress(AbstractContextManager["LogProgress"]):
    """Progress for a log: a line when an experiment begins, and one when it ends."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = ""

    def __enter__(self) -> Self:
        """Nothing to prepare."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing to clean up."""

    def show(self, step: Step) -> None:
        """Write a line if something begins or ends."""
        place = f"[{step.index}/{step.count}] {step.name}"
        if step.state == "kept":
            self._print(f"{place}: {step.text}")
        elif step.state == "finished":
            left = step.seconds_left
            rest = f", about {clock_text(left)} left" if left is not None and left > 0.5 else ""
            self._print(f"{place}: {step.seconds:.1f} s{rest}")
        elif self._begun != step.name:
            self._begun = step.name
            self._print(f"{place} ...")

    def _print(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)


class BarProgress(AbstractContextManager["BarProgress"]):
    """Progress for a terminal: the current experiment's bar above that of the whole."""

    def __init__(self, console: Console) -> None:
        wide = console.width >= _WIDE
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28 if wide else 8),
            TextColumn("{task.percentage:>3.0f}%"),
            *([_Left(), TextColumn("[dim]{task.fields[doing]}")] if wide else []),
            console=console,
            transient=True,
        )
        self._part = self._progress.add_task("", total=1.0, doing="", left=None)
        self._whole = self._progress.add_task("all", total=1.0, doing="", left=None)

    def __enter__(self) -> Self:
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Take the bars away; the lines of finished experiments stay."""
        self._progress.stop()

    def show(self, step: Step) -> None:
        """Move the bars; leave a line for what has ended."""
        place = f"{step.index}/{step.count} {step.name}"
        self._progress.update(
            self._part, completed=step.fraction, description=place, doing=step.text
        )
        self._progress.update(self._whole, completed=step.overall, left=step.seconds_left)
        if step.state == "finished":
            self._progress.console.print(f"{place}: {step.seconds:.1f} s", highlight=False)
        elif step.state == "kept":
            self._progress.console.print(f"{place}: {step.text}", highlight=False)


class _Left(ProgressColumn):
    """Estimated time left, where there is an estimate."""

    def render(self, task: Task) -> Text:
        left = task.fields.get("left")
        return Text("" if left is None else f"{clock_text(left)} left", style="cyan")
