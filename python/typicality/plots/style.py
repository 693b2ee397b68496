"""How every figure of the package looks: colors, lines, markers and axes, without pyplot.

The axes come from `matplotlib.figure.Figure` itself, so drawing opens no window, keeps no global
list of figures, and works in threads and on machines without a display.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

import matplotlib as mpl
import xarray as xr
from cycler import cycler

from typicality._arrays import real_number
from typicality._messages import describe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.legend import Legend

COLORS: tuple[str, ...] = (
    "#0072b2",  # blue
    "#d55e00",  # vermilion
    "#009e73",  # green
    "#b05a9a",  # purple
    "#c98500",  # amber
    "#3d9fd6",  # sky
    "#7a6f5d",  # gray brown
)
"""Colors of series, told apart with every common kind of color blindness (after Okabe and Ito)."""

INK = "#22262b"
"""Color of text, axes and of a theory line that belongs to no series."""

FAINT = "#8b929b"
"""Color of guides: thresholds, bounds, reference lines."""

GRID = "#e3e6ea"
"""Color of the grid."""

PAPER = "#ffffff"
"""Color of the background."""

_LARGEST_INCHES = 1000.0

THEORY: dict[str, Any] = {"linewidth": 1.5, "zorder": 2.0}
"""Keywords of a theory curve: ``ax.plot(x, y, color=COLORS[0], **THEORY)``."""

MEASURED: dict[str, Any] = {
    "fmt": "o",
    "markersize": 4.2,
    "markeredgewidth": 0.6,
    "capsize": 2.2,
    "elinewidth": 1.1,
    "zorder": 3.0,
}
"""Keywords of measured points: ``ax.errorbar(x, y, yerr=stderr, color=COLORS[0], **MEASURED)``."""

EXPLICIT: dict[str, Any] = {"color": INK, "linestyle": "none", "marker": "x", "zorder": 3.5}
"""Keywords of crosses for explicit states: ``ax.plot(x, y, markersize=5, **EXPLICIT)``."""

GUIDE: dict[str, Any] = {"color": FAINT, "linewidth": 1.0, "linestyle": (0, (4, 3)), "zorder": 1.5}
"""Keywords of a guide: ``ax.axvline(1.0, **GUIDE)``."""

_RC: dict[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": INK,
    "axes.facecolor": PAPER,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": cycler(color=COLORS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "figure.facecolor": PAPER,
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same outlines on every machine
    "font.size": 9.0,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "legend.borderaxespad": 0.6,
    "legend.facecolor": PAPER,
    "legend.edgecolor": PAPER,
    "legend.fontsize": 8.5,
    "legend.framealpha": 0.85,
    "legend.handlelength": 1.7,
    "legend.title_fontsize": 8.5,
    "lines.markersize": 4.2,
    "mathtext.fontset": "dejavusans",
    "savefig.facecolor": PAPER,
    "text.color": INK,
    "xtick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.color": INK,
    "ytick.labelsize": 8.5,
}

_FEWEST_TICKS: Final = 4
_TICK_DIGITS: Final = (
    (1.0,),
    (1.0, 3.0),
    (1.0, 2.0, 5.0),
    (1.0, 1.5, 2.0, 3.0, 4.0, 6.0),
    (1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0),
)
_LOCK = threading.RLock()


@contextmanager
def context() -> Generator[None]:
    """Context in which text, ticks and legends take the package's style.

    The caller's settings come back after it. One thread draws at a time: settings are the
    process's, and two threads that changed them in turn would restore each other's.

    Yields
    ------
    None

    Examples
    --------
    >>> import matplotlib as mpl
    >>> with context():
    ...     mpl.rcParams["axes.titlelocation"]
    'left'
    """
    with _LOCK, mpl.rc_context(_RC):  # pyright: ignore[reportArgumentType]
        yield


def axes(ax: Axes | None = None, *, width: float = 5.2, height: float = 3.6) -> Axes:
    """Axes to draw on: the caller's own, untouched, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Returned as it is, if given.
    width, height : float
        Size of a new figure in inches, at most 1000.

    Returns
    -------
    matplotlib.axes.Axes
        ``ax.figure.savefig(path)`` writes a figure that was made here.

    Examples
    --------
    >>> ax = axes()
    >>> [float(x) for x in ax.figure.get_size_inches()]
    [5.2, 3.6]
    >>> axes(ax) is ax
    True
    """
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if ax is not None:
        if not isinstance(ax, Axes):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"ax must be the Axes of a figure; got {describe(ax)}.")
        return ax
    size = (
        real_number(width, "width", low=0.0, high=_LARGEST_INCHES, low_open=True),
        real_number(height, "height", low=0.0, high=_LARGEST_INCHES, low_open=True),
    )
    with context():
        return Figure(figsize=size, layout="constrained").add_subplot()


def axes_of(
    dataset: xr.Dataset, ax: Axes | None = None, *, width: float = 5.2, height: float = 3.6
) -> Axes:
    """Axes on which a dataset is drawn, after checking that it is one.

    Parameters
    ----------
    dataset : xarray.Dataset
        What is drawn.
    ax, width, height
        As for `axes`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If `dataset` is none, or `ax` no Axes.
    """
    if not isinstance(dataset, xr.Dataset):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            "dataset must be an xarray.Dataset that an experiment returned; "
            f"got {describe(dataset)}."
        )
    return axes(ax, width=width, height=height)


def log_ticks(ax: Axes, *names: Literal["x", "y"]) -> None:
    """Label logarithmic axes with plain numbers, at least four where the range allows.

    Powers of ten alone leave one or two labels where an axis spans a decade or two. Call it when
    the limits are final.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        With its data and limits.
    *names : {"x", "y"}
        Which axes.

    Examples
    --------
    >>> ax = axes()
    >>> line = ax.plot([0.1, 4.0], [1.0, 2.0])
    >>> ax.set_xscale("log")
    >>> limits = ax.set_xlim(0.1, 4.0)
    >>> log_ticks(ax, "x")
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['0.1', '0.3', '1', '3']
    """
    for name in names:
        axis = ax.xaxis if name == "x" else ax.yaxis
        low, high = sorted(ax.get_xlim() if name == "x" else ax.get_ylim())
        if not 0.0 < low < high < math.inf:
            continue
        decades = math.log10(high / low)
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        shown: list[tuple[float, int]] = []
        # From sparse to dense, the first that gives four labels; beyond six decades every second.
        for digits in _TICK_DIGITS:
            ticks = [(digit, power) for power in powers for digit in digits]
            shown = [tick for tick in ticks if low <= tick[0] * 10.0 ** tick[1] <= high]
            if len(shown) >= _FEWEST_TICKS:
                break
        step = max(1, round(decades / 6.0))
        shown = [tick for tick in shown if step == 1 or tick[1] % step == 0]
        plain = all(-3 <= power < 5 for _, power in shown)
        axis.set_ticks(
            [digit * 10.0**power for digit, power in shown],
            [_tick_label(digit, power, plain=plain) for digit, power in shown],
        )
        axis.set_ticks([], minor=True)


def _tick_label(digit: float, power: int, *, plain: bool) -> str:
    if plain:
        return f"{digit * 10.0**power:,g}" if power < 3 else f"{digit * 10.0**power:,.0f}"
    return f"$10^{{{power}}}$" if digit == 1.0 else f"${digit:g}\\times 10^{{{power}}}$"


def legend(ax: Axes, **options: Any) -> Legend:
    """Legend in the package's style.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Whose labeled lines are listed.
    **options
        As of `matplotlib.axes.Axes.legend`.

    Returns
    -------
    matplotlib.legend.Legend

    Examples
    --------
    >>> ax = axes()
    >>> line = ax.plot([0, 1], [0, 1], label="exact")
    >>> legend(ax).get_texts()[0].get_text()
    'exact'
    """
    with context():
        return ax.legend(**options)
