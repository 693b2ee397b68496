"""Consoles of the commands: a terminal at its own width, or wide plain lines."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from typicality.report.number import measured_text, predicted_text

if TYPE_CHECKING:
    from typicality.results.finding import Finding, Kind

_PLAIN_WIDTH = 132
NARROW = 96
"""Below this many columns, lines replace the columns of tables."""

_WORDS: dict[Kind, Text] = {
    "agrees": Text("agrees", style="green"),
    "leading": Text("leading order", style="blue"),
    "misprint": Text("misprint", style="yellow"),
    "disagrees": Text("disagrees", style="red"),
}


def output() -> Console:
    """Console on standard output, for results."""
    console = Console()
    given = os.environ.get("COLUMNS", "").isdigit()
    return console if console.is_terminal or given else Console(width=_PLAIN_WIDTH)


def progress_output() -> Console:
    """Console on standard error, for progress."""
    return Console(stderr=True)


def print_experiments(screen: Console, rows: Sequence[tuple[str, str, str]]) -> None:
    """List experiments.

    Parameters
    ----------
    screen : rich.console.Console
        Where to print.
    rows : sequence of (str, str, str)
        Name, summary and equation of each.
    """
    if screen.width < NARROW:
        for name, summary, equation in rows:
            screen.print(Text.assemble((name, "bold"), "  ", (equation, "dim")))
            screen.print(Padding(Text(summary), (0, 0, 0, 4)))
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    table.add_column(no_wrap=True, style="dim")
    for row in rows:
        table.add_row(*map(Text, row))
    screen.print(table)


def print_findings(screen: Console, groups: Iterable[tuple[str, Sequence[Finding]]]) -> None:
    """Print what was predicted, what was measured, and whether they agree.

    Parameters
    ----------
    screen : rich.console.Console
        Where to print.
    groups : iterable of (str, sequence of Finding)
        Heading and rows.
    """
    if screen.width < NARROW:
        for heading, findings in groups:
            screen.print(Text(heading, style="bold"))
            for finding in findings:
                screen.print(Padding(Text(_statement(finding)), (0, 0, 0, 2)))
                numbers = Text(f"predicted {predicted_text(finding)}, ")
                numbers.append(f"measured {measured_text(finding)}: ")
                numbers.append_text(_WORDS[finding.kind])
                screen.print(Padding(numbers, (0, 0, 0, 4)))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", ratio=1)
    table.add_column("predicted", justify="right", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for heading, findings in groups:
        table.add_row(Text(heading, style="bold"))
        for finding in findings:
            table.add_row(
                Text(f"  {_statement(finding)}"),
                Text(predicted_text(finding)),
                Text(measured_text(finding)),
                _WORDS[finding.kind],
            )
    screen.print(table)


def clock_text(seconds: float) -> str:
    """Duration as a progress display shows it.

    Parameters
    ----------
    seconds : float
        Not negative.

    Returns
    -------
    str

    Examples
    --------
    >>> clock_text(7.2), clock_text(83.0), clock_text(7260.0)
    ('7 s', '1 min 23 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _statement(finding: Finding) -> str:
    return f"{'paper: ' if finding.source == 'paper' else ''}{finding.statement}"
