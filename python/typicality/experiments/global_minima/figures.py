"""Figures of the global minima experiment, Eq. (4), Sec. II: existence and distance of minima."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typicality.experiments.global_minima.variables import GlobalMinimaVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import (
    COLORS,
    FAINT,
    GUIDE,
    INK,
    MEASURED,
    THEORY,
    legend,
    log_ticks,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["FIGURES", "global_minima", "global_minima_change", "global_minima_distance"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


@figure(
    "Fraction of initializations from which a global minimum was found, against P_eff/(n_L "
    "N). Levenberg-Marquardt from each, with Clopper-Pearson intervals of 95%. Left of the "
    "dashed line there are fewer effective parameters than targets, and no generic target can "
    "be fitted. Right of it a failed search does not prove that there is no minimum nearby."
)
def global_minima(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the fraction of initializations with a global minimum.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import GlobalMinima
    >>> data = GlobalMinima(n_samples=(20,), widths=(1, 12), n_starts=4, wide_widths=(32, 64),
    ...                     n_descents=2, n_components=4).run(rng=1)
    >>> plots.global_minima(data).get_title()
    'Initializations with a global minimum found'
    """
    ax.axvline(1.0, **GUIDE)
    for i, n in enumerate(dataset[V.n_samples].values):
        row = dataset.sel(n_samples=n)
        share = row[V.share]
        marked: dict[str, Any] = {**MEASURED, "fmt": f"{_MARKERS[i % len(_MARKERS)]}-"}
        ax.errorbar(
            row[V.ratio],
            share,
            yerr=[share - row[V.share_low], row[V.share_high] - share],
            color=COLORS[i % len(COLORS)],
            label=f"N = {n} digits",
            linewidth=0.8,
            **marked,
        )
    ax.set_ylim(-0.05, 1.05)
    ax.set_xlabel("effective parameters per target, $P_{\\mathrm{eff}} / (n_L N)$")
    ax.set_ylabel("fraction of initializations")
    ax.set_title("Initializations with a global minimum found")
    legend(ax, loc="lower right")


@figure(
    "How far gradient descent goes from its start to a global minimum, against the width. "
    "Descents that did not converge are not in the mean; their number is written beside the "
    "point. The line is the minimum of the linear model of Eq. (4), sqrt(r^T K^-1 r), with K "
    "at the start. The kernel grows on the way, so that narrow networks arrive sooner; both "
    "agree as the width grows."
)
def global_minima_distance(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distance of gradient descent to its minimum."""
    width = dataset[V.wide_width].values
    ax.errorbar(
        width,
        dataset[V.linear_mean],
        yerr=dataset[V.linear_mean.stderr],
        color=COLORS[0],
        label="linear model, $\\sqrt{r^T K^{-1} r}$",
        fmt="-",
        capsize=2.2,
        **THEORY,
    )
    ax.errorbar(
        width,
        dataset[V.displacement_mean],
        yerr=dataset[V.displacement_mean.stderr],
        color=INK,
        label="gradient descent, measured",
        **MEASURED,
    )
    heights = dataset[V.displacement_mean].fillna(0.0).values
    for x, y, missing in zip(width, heights, dataset[V.not_converged].values, strict=True):
        if missing > 0:
            ax.annotate(
                f"{missing:.0f} not\nconverged",
                (x, y),
                xytext=(4, 6),
                textcoords="offset points",
                color=FAINT,
                fontsize=7.5,
            )
    _widths(ax, width)
    ax.set_ylim(0.0, 1.15 * float(dataset[V.linear_mean].max()))
    ax.set_xlabel("width")
    ax.set_ylabel("distance from the start, $\\|\\Delta\\theta\\|$")
    ax.set_title("Distance to a global minimum")
    legend(ax, loc="lower right")


@figure(
    "Change of a parameter on the way to the minimum: root mean square and largest, against "
    "P. The lines are the linear model of Eq. (4), whose root mean square change falls as "
    "P^(-1/2). The largest change falls more slowly: the step is not spread evenly over the "
    "parameters."
)
def global_minima_change(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the change of single parameters on the way."""
    x = dataset[V.n_params]
    series = ((V.rms, "root mean square"), (V.largest, "largest"))
    for (name, label), color in zip(series, (COLORS[0], COLORS[1]), strict=True):
        ax.plot(x, dataset[V.named(f"{name}_linear_mean")], color=color, **THEORY)
        ax.errorbar(
            x,
            dataset[V.named(f"{name}_mean")],
            yerr=dataset[V.named(f"{name}_mean").stderr],
            color=color,
            label=f"{label}, measured",
            **MEASURED,
        )
    ax.plot([], [], color=INK, label="linear model", **THEORY)
    ax.set_xscale("log")
    ax.set_yscale("log")
    low = float(dataset[V.rms_mean].min())
    # Room for the legend below the points.
    ax.set_ylim(0.3 * low, 1.6 * float(dataset[V.largest_linear_mean].max()))
    log_ticks(ax, "x", "y")
    ax.set_xlabel("number of parameters $P$")
    ax.set_ylabel("change of a parameter")
    ax.set_title("How much single parameters change")
    legend(ax, loc="lower left")


def _widths(ax: Axes, width: npt.NDArray[np.int64]) -> None:
    """Logarithmic axis whose ticks are the widths themselves."""
    ax.set_xscale("log", base=2)
    ax.set_xticks(width, [str(w) for w in width])
    ax.set_xticks([], minor=True)


FIGURES = (global_minima, global_minima_distance, global_minima_change)
"""Figures of the report, in order."""
