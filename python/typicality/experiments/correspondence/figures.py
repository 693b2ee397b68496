"""Figures of the correspondence experiment, Table 1: both sides on common axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality.correspondence._variables import CorrespondenceVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, GUIDE, INK, MEASURED, THEORY, legend, log_ticks

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "FIGURES",
    "correspondence",
    "correspondence_threshold",
    "correspondence_ubiquity",
]

_SIDES = (
    (COLORS[0], "quantum", "$\\psi \\to \\rho_A$"),
    (COLORS[1], "network", "network"),
)


@figure(
    "Relative fluctuation of the tangent kernel against the number of parameters, both sides. "
    "Lines: the exact value for psi -> rho_A, and 1/sqrt(width) fitted to the network."
)
def correspondence(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the relative fluctuation of the tangent kernel on both sides.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import Correspondence
    >>> data = Correspondence(n_draws=4, growth=(1, 2, 4)).run(rng=0)
    >>> plots.correspondence(data).get_title()
    'Typicality of the tangent kernel'
    """
    lines = (("exact", "exact"), ("fit", "fit, $1/\\sqrt{\\mathrm{width}}$"))
    for (color, side, label), (kind, law) in zip(_SIDES, lines, strict=True):
        x = dataset[V.named(f"{side}_params")]
        ax.plot(x, dataset[V.named(f"{side}_fluctuation_{kind}")], color=color, label=law, **THEORY)
        ax.errorbar(
            x,
            dataset[V.named(f"{side}_fluctuation")],
            yerr=dataset[V.named(f"{side}_fluctuation").stderr],
            color=color,
            label=label,
            **MEASURED,
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    log_ticks(ax, "x", "y")
    ax.set_xlabel("number of parameters")
    ax.set_ylabel("relative fluctuation of $K$")
    ax.set_title("Typicality of the tangent kernel")
    legend(ax, loc="lower left")


@figure(
    "Exact over linearized distance to a solution against the number of parameters, both sides."
)
def correspondence_ubiquity(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the exact over the linearized distance on both sides."""
    ax.plot(
        dataset[V.quantum_params],
        dataset[V.quantum_distance_ratio_exact],
        color=COLORS[0],
        label="exact",
        **THEORY,
    )
    for color, side, label in _SIDES:
        ax.errorbar(
            dataset[V.named(f"{side}_params")],
            dataset[V.named(f"{side}_distance_ratio")],
            yerr=dataset[V.named(f"{side}_distance_ratio").stderr],
            color=color,
            label=label,
            **MEASURED,
        )
    ax.axhline(1.0, **GUIDE)
    ax.set_xscale("log")
    log_ticks(ax, "x")
    ax.set_xlabel("number of parameters")
    ax.set_ylabel("exact over linearized distance")
    ax.set_title("Ubiquity: solutions where the kernel says")
    legend(ax, loc="upper right")


@figure(
    "Rank of the tangent kernel over its number of rows against the constraint ratio, both sides."
)
def correspondence_threshold(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the rank of the tangent kernel on both sides."""
    for color, side, label in _SIDES:
        x = dataset[V.named(f"{side}_constraint_ratio")]
        ax.plot(
            x,
            dataset[V.named(f"{side}_rank_share_exact")],
            color=color,
            label="exact" if side == "quantum" else "$P_{\\mathrm{eff}}/(n_L N)$",
            **THEORY,
        )
        ax.plot(
            x,
            dataset[V.named(f"{side}_rank_share")],
            color=color,
            linestyle="none",
            marker="o",
            markersize=4,
            label=label,
        )
    ax.axvline(1.0, **GUIDE)
    ax.annotate(
        "threshold", (1.0, 0.52), xytext=(-4, 0), textcoords="offset points", ha="right", color=INK
    )
    ax.set_xlabel("constraint ratio, $d_A/d_B$ and $n_L N/P_{\\mathrm{eff}}$")
    ax.set_ylabel("rank of $K$ over its number of rows")
    ax.set_title("Loss of full rank")
    legend(ax, loc="lower left")


FIGURES = (correspondence, correspondence_ubiquity, correspondence_threshold)
"""The figures of the report, in order."""
