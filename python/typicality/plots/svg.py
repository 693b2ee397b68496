"""Figures as SVG text: the same bytes for the same data, and identifiers unique in a page."""

from __future__ import annotations

import io
import re
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from typicality.plots.style import COLORS, FAINT, GRID, INK, PAPER, context
from typicality.results.files import write_bytes, write_text

if TYPE_CHECKING:
    import os

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VARIABLES: dict[str, str] = {
    INK: "--ink",
    "#000000": "--ink",
    FAINT: "--faint",
    GRID: "--grid",
    PAPER: "--paper",
} | {color: f"--series-{number}" for number, color in enumerate(COLORS, start=1)}
"""CSS variable that stands for each color of the style in an inline figure."""


def standalone(ax: Axes, name: str) -> str:
    """SVG file with the figure that holds these axes.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Any axes of the figure.
    name : str
        Salt of the identifiers, which are then the same in every run.

    Returns
    -------
    str
        A whole SVG document, text drawn as outlines, without a date.
    """
    import matplotlib as mpl

    figure = _figure(ax)
    stream = io.StringIO()
    with context(), mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        # A date or a version in the metadata would make equal figures differ.
        metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
        figure.savefig(stream, format="svg", metadata=metadata)
    return stream.getvalue()


def save_figure(ax: Axes, path: str | os.PathLike[str], name: str) -> Path:
    """Write the figure that holds these axes; the suffix says as what.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Any axes of the figure.
    path : str or path
        Ends in ``.svg``, ``.pdf`` or ``.png``.
    name : str
        Salt of the identifiers in an SVG document.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() == ".svg":
        return write_text(standalone(ax, name), path)
    figure = _figure(ax)
    stream = io.BytesIO()
    with context():
        figure.savefig(stream, format=path.suffix[1:].lower(), dpi=200)
    return write_bytes(stream.getvalue(), path)


def _figure(ax: Axes) -> Figure:
    """Return the whole figure, also of axes in a part of it."""
    from matplotlib.figure import SubFigure

    part = ax.figure
    # `get_figure(root=True)` says the same from matplotlib 3.10 on.
    while isinstance(part, SubFigure):
        part = part.figure
    return part


def inline(document: str, name: str, label: str) -> str:
    """Element to be put into an HTML page, from a whole SVG document.

    Identifiers get a prefix, since those of a page must be unique; the style's colors become CSS
    variables with the printed color as fallback, so that a page can show the figure on a dark
    ground; the size follows the page.

    Parameters
    ----------
    document : str
        What `standalone` returned.
    name : str
        Prefix of the identifiers, unique in the page.
    label : str
        What a screen reader says.

    Returns
    -------
    str
        One ``<svg>`` element.
    """
    element = document[document.index("<svg") :].strip()
    # The page has this rule once, for all figures; inside an inline element it would rule the page.
    element = re.sub(r"<(metadata|style)\b.*?</\1>", "", element, flags=re.DOTALL)
    element = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', element)
    element = re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', element)
    element = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", element)
    for color, variable in VARIABLES.items():
        element = re.sub(rf"(fill|stroke): {color}\b", rf"\1: var({variable}, {color})", element)
    head, body = element.split(">", 1)
    width = re.search(r'\swidth="([\d.]+)pt"', head)
    head = re.sub(r'\s(width|height)="[\d.]+pt"', "", head)
    # Glyphs have no fill of their own, and would stay black on a dark ground.
    style = f"fill: var(--ink, {INK})" + (f"; max-width: {width[1]}pt" if width else "")
    return f'{head} role="img" aria-label="{escape(label)}" style="{style}">{body}'
