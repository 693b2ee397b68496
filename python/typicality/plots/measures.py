"""Figures of every measure of distinguishability, Sec. III, and of its finite size at d_A = d_B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from typicality.plots.style import COLORS, EXPLICIT, GUIDE, MEASURED, THEORY, axes_of, legend

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "distinguishability_finite_size",
    "distinguishability_mixed_measures",
    "distinguishability_pair_measures",
    "distinguishability_shell_measures",
]

_SERIES: tuple[tuple[str, str], ...] = (
    ("distance", "trace distance"),
    ("squared_distance", "Hilbert-Schmidt, squared"),
    ("fidelity", "fidelity"),
    ("squared_bures", "Bures, squared"),
    ("relative_entropy", "relative entropy (nat)"),
    ("chernoff", "Chernoff coefficient"),
    ("helstrom", "Helstrom probability"),
)
_LINES: dict[str, Any] = {"exact": "-", "asymptotic": (0, (5, 2)), "bound": ":"}


def distinguishability_mixed_measures(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """All measures of rho_A against 1/d_A; none has a feature at d_A = d_B.

    Points are states drawn in law, crosses explicit ones. Solid lines are exact means, dashed ones
    limits, and the dotted line bounds the mean of the least Chernoff coefficient from above.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Distinguishability.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    return _haar(dataset, "ratio_mixed", "Every measure of $\\rho_A$ and $1/d_A$", ax)


def distinguishability_pair_measures(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """All measures of the reduced states of two independent states.

    Marks and lines as before. The relative entropy is infinite beyond d_A = d_B, where neither
    state has the support of the other.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Distinguishability.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    return _haar(dataset, "ratio_pair", "Every measure of $\\rho_A$ of two states", ax)


def distinguishability_shell_measures(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """All measures of rho_A against Omega_A in an energy shell of a spin chain.

    The line is the exact mean squared Hilbert-Schmidt distance, the one with a closed form.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Distinguishability.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = axes_of(dataset, ax, width=6.6)
    x = dataset["n_a"]
    for color, (name, label) in zip(COLORS, _SERIES, strict=True):
        _points(ax, x, dataset, f"shell_{name}", color, label)
    ax.plot(x, dataset["shell_squared_distance_exact"], color=COLORS[1], **THEORY)
    ax.set_xticks(x)
    ax.set_xlabel("spins in A")
    ax.set_ylabel("value")
    ax.set_title("Every measure of $\\rho_A$ and $\\Omega_A$ in a shell")
    _aside(ax)
    return ax


def distinguishability_finite_size(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Shortfall of the mean trace distance from its limit where d_A = d_B.

    It falls as the inverse square of d_A, about as 0.2/d_A^2 (line), both to the maximally mixed
    state and of a pair; where it is below its error bar it is lost in noise.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Distinguishability.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = axes_of(dataset, ax)
    x = dataset["size"]
    series = (
        ("balanced_distance", "$T(1) - T$ of $\\rho_A$ and $1/d_A$"),
        ("balanced_pair_distance", "$T_{\\mathrm{pair}}(1) - T$ of two states"),
    )
    for color, (name, label) in zip(COLORS, series, strict=False):
        shortfall = dataset[f"{name}_asymptotic"] - dataset[name]
        ax.errorbar(
            x, shortfall, yerr=dataset[f"{name}_stderr"], color=color, label=label, **MEASURED
        )
    ax.plot(x, 0.2 / x.values**2, label="$0.2/d_A^2$", **GUIDE)
    ax.set_xscale("log", base=2)
    ax.set_yscale("log", nonpositive="clip")
    ax.set_xticks(x.values, [str(d) for d in x.values])
    ax.minorticks_off()
    ax.set_xlabel("$d_A = d_B$")
    ax.set_ylabel("shortfall of the trace distance")
    ax.set_title("Finite size at $d_A = d_B$")
    legend(ax, loc="upper right")
    return ax


def _haar(dataset: xr.Dataset, prefix: str, title: str, ax: Axes | None) -> Axes:
    ax = axes_of(dataset, ax, width=6.6)
    x = dataset["ratio_c"]
    for color, (name, label) in zip(COLORS, _SERIES, strict=True):
        for kind, line in _LINES.items():
            if f"{prefix}_{name}_{kind}" in dataset:
                theory = dataset[f"{prefix}_{name}_{kind}"]
                shown = theory.where(np.isfinite(theory))
                ax.plot(x, shown, color=color, linestyle=line, **THEORY)
        _points(ax, x, dataset, f"{prefix}_{name}", color, label)
        explicit = dataset[f"{prefix}_{name}_explicit"]
        ax.plot(
            x,
            explicit.where(np.isfinite(explicit)),
            markersize=4.5,
            label="explicit states" if name == "helstrom" else None,
            **EXPLICIT,
        )
    ax.axvline(1.0, **GUIDE)
    ax.set_xscale("log", base=2)
    # The range is too short for decades, and their minor ticks would overlap.
    ticks = [t for t in 2.0 ** np.arange(-10, 11) if x.values.min() <= t <= x.values.max()]
    ax.set_xticks(ticks, [f"{t:g}" if t >= 1 else f"1/{1 / t:g}" for t in ticks])
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("$c = d_A/d_B$")
    ax.set_ylabel("value")
    ax.set_title(title)
    _aside(ax)
    return ax


def _points(
    ax: Axes, x: xr.DataArray, dataset: xr.Dataset, name: str, color: str, label: str
) -> None:
    values = dataset[name]
    ax.errorbar(
        x,
        values.where(np.isfinite(values)),
        yerr=dataset[f"{name}_stderr"],
        color=color,
        label=label,
        **MEASURED,
    )


def _aside(ax: Axes) -> None:
    # Seven series fill the axes: no corner stays free for their names.
    legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))
