"""What the commands write on: a terminal at its own width, or wide plain lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from typicality.report.build import measured_text, predicted_text

if TYPE_CHECKING:
    from typicality.report.findings.finding import Finding, Kind

_PLAIN_WIDTH = 132
_WORDS: dict[Kind, Text] = {
    "agrees": Text("agrees", style="green"),
    "leading": Text("leading order", style="blue"),
    "misprint": Text("misprint", style="yellow"),
    "disagrees": Text("disagrees", style="red"),
}


def output() -> Console:
    """Console on standard output, for results."""
    console = Console()
    return console if console.is_terminal else Console(width=_PLAIN_WIDTH)


def progress_output() -> Console:
    """Console on standard error, for what passes."""
    return Console(stderr=True)


def findings_table(groups: Iterable[tuple[str, Sequence[Finding]]]) -> Table:
    """Table "predicted | measured | verdict".

    Parameters
    ----------
    groups : iterable of (str, sequence of Finding)
        Heading and rows.

    Returns
    -------
    rich.table.Table
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", ratio=1)
    table.add_column("predicted", justify="right", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for heading, findings in groups:
        table.add_row(Text(heading, style="bold"))
        for finding in findings:
            source = "paper: " if finding.source == "paper" else ""
            table.add_row(
                Text(f"  {source}{finding.statement}"),
                Text(predicted_text(finding)),
                Text(measured_text(finding)),
                _WORDS[finding.kind],
            )
    return table


def clock_text(seconds: float) -> str:
    """Duration in the words of a progress display.

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
