"""A figure: a function that draws a dataset on axes, and the caption that stands below it."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, cast

from typicality.plots.style import axes_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["Figure", "figure"]

_PARAMETERS = """Parameters
----------
dataset : xarray.Dataset
    What the experiment's ``run`` returned.
ax : matplotlib.axes.Axes, optional
    Where to draw; a new figure's by default.

Returns
-------
matplotlib.axes.Axes"""


class Figure(Protocol):
    """What `figure` makes of a function that draws."""

    __name__: str
    caption: str

    def __call__(self, dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
        """Draw a dataset on given axes, or on those of a new figure."""
        ...


def figure(caption: str, **size: float) -> Callable[[Callable[[Axes, xr.Dataset], None]], Figure]:
    """Make a figure of a function that draws a dataset on given axes.

    The function's docstring is its summary and perhaps an example; what all figures share, and the
    caption, are added to it.

    Parameters
    ----------
    caption : str
        What is to be seen, in the notation of `typicality.results.notation`.
    **size : float
        ``width`` and ``height`` of a new figure in inches, as of `typicality.plots.axes`.

    Returns
    -------
    callable
        A decorator.

    Examples
    --------
    >>> import xarray as xr
    >>> @figure("A mean of rho_A.")
    ... def mean(ax, dataset):
    ...     '''Draw the mean.'''
    ...     ax.plot(dataset["k"], dataset["mean"])
    >>> mean.caption
    'A mean of rho_A.'
    >>> data = xr.Dataset({"mean": ("k", [0.5, 0.4])}, coords={"k": [1, 2]})
    >>> len(mean(data).get_lines())
    1
    """
    words = " ".join(caption.split())

    def decorate(draw: Callable[[Axes, xr.Dataset], None]) -> Figure:
        def drawn(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
            ax = axes_of(dataset, ax, **size)
            draw(ax, dataset)
            return ax

        functools.update_wrapper(drawn, draw, assigned=("__module__", "__name__", "__qualname__"))
        del vars(drawn)["__wrapped__"]
        drawn.__doc__ = _docstring(inspect.getdoc(draw) or "", words)
        made: Any = drawn
        made.caption = words
        return cast("Figure", made)

    return decorate


def _docstring(own: str, caption: str) -> str:
    summary, _, rest = own.partition("\n\n")
    parts = (summary, textwrap.fill(caption, 88), _PARAMETERS, rest)
    return "\n\n".join(part for part in parts if part) + "\n"
