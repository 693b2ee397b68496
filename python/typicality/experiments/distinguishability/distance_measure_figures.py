"""Figures of every measure of distinguishability, Sec. III, and of its finite size at d_A = d_B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from typicality.plots.style import (
    COLORS,
    EXPLICIT,
    GUIDE,
    MEASURED,
    THEORY,
    axes_of,
    legend,
    log_ticks,
)

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "distinguishability_finite_size",
    "distinguishability_mixed_measures",
    "distinguishability_mixed_overlaps",
    "distinguishability_pair_measures",
    "distinguishability_pair_overlaps",
    "distinguishability_shell_measures",
    "distinguishability_shell_overlaps",
]

_DISTANCES: dict[str, tuple[str, str]] = {
    "distance": ("trace distance", COLORS[0]),
    "squared_distance": ("squared Hilbert-Schmidt distance", COLORS[1]),
    "squared_bures": ("squared Bures distance", COLORS[3]),
    "relative_entropy": ("relative entropy (nat)", COLORS[4]),
}
_OVERLAPS: dict[str, tuple[str, str]] = {
    "fidelity": ("fidelity", COLORS[2]),
    "chernoff": ("Chernoff coefficient", COLORS[5]),
    "helstrom": ("Helstrom success probability", COLORS[6]),
}
_DISTANCE_AXIS = "squared distance, distance, entropy"
_OVERLAP_AXIS = "overlap, probability"
_LINES: dict[str, Any] = {"exact": "-", "asymptotic": (0, (5, 2)), "bound": ":"}


def distinguishability_mixed_measures(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Distances of rho_A from I/d_A, and its relative entropy; none has a feature at d_A = d_B.

    Points are states sampled from the exact distribution of rho_A, crosses explicit ones. Solid
    lines are exact means, dashed ones limits.

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
    ax = _haar(dataset, "ratio_mixed", _DISTANCES, ax)
    ax.set_ylabel(_DISTANCE_AXIS)
    ax.set_title("Distances of $\\rho_A$ and $I/d_A$")
    legend(ax, loc="upper left")
    return ax


def distinguishability_mixed_overlaps(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Overlaps of rho_A and I/d_A, and the Helstrom probability of telling them apart.

    Marks and lines as before; the dotted line bounds the mean of the least Chernoff coefficient
    from above.

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
    ax = _haar(dataset, "ratio_mixed", _OVERLAPS, ax)
    ax.set_ylabel(_OVERLAP_AXIS)
    ax.set_title("Overlaps of $\\rho_A$ and $I/d_A$")
    legend(ax, loc="lower left")
    return ax


def distinguishability_pair_measures(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Distances of the reduced states of two independent states, and their relative entropy.

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
    ax = _haar(dataset, "ratio_pair", _DISTANCES, ax)
    ax.set_ylabel(_DISTANCE_AXIS)
    ax.set_title("Distances of $\\rho_A$ of two states")
    legend(ax, loc="upper left")
    return ax


def distinguishability_pair_overlaps(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Overlaps of the reduced states of two independent states, and their Helstrom probability.

    Marks and lines as before.

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
    ax = _haar(dataset, "ratio_pair", _OVERLAPS, ax)
    ax.set_ylabel(_OVERLAP_AXIS)
    ax.set_title("Overlaps of $\\rho_A$ of two states")
    legend(ax, loc="lower left")
    return ax


def distinguishability_shell_measures(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Distances of rho_A from Omega_A in an energy shell of a spin chain, and its relative entropy.

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
    ax = _shell(dataset, _DISTANCES, ax)
    color = _DISTANCES["squared_distance"][1]
    ax.plot(dataset["n_a"], dataset["shell_squared_distance_exact"], color=color, **THEORY)
    ax.set_ylabel(_DISTANCE_AXIS)
    ax.set_title("Distances of $\\rho_A$ and $\\Omega_A$ in a shell")
    legend(ax, loc="upper left")
    return ax


def distinguishability_shell_overlaps(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Overlaps of rho_A and Omega_A in an energy shell of a spin chain, and Helstrom probability.

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
    ax = _shell(dataset, _OVERLAPS, ax)
    ax.set_ylim(0.0, 1.05)
    ax.set_ylabel(_OVERLAP_AXIS)
    ax.set_title("Overlaps of $\\rho_A$ and $\\Omega_A$ in a shell")
    legend(ax, loc="lower left")
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
        ("balanced_distance", "$T(1) - T$ of $\\rho_A$ and $I/d_A$"),
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
    log_ticks(ax, "y")
    ax.set_xticks(x.values, [str(d) for d in x.values])
    ax.minorticks_off()
    ax.set_xlabel("$d_A = d_B$")
    ax.set_ylabel("shortfall of the trace distance")
    ax.set_title("Finite size at $d_A = d_B$")
    legend(ax, loc="upper right")
    return ax


def _haar(
    dataset: xr.Dataset, prefix: str, series: dict[str, tuple[str, str]], ax: Axes | None
) -> Axes:
    ax = axes_of(dataset, ax)
    x = dataset["ratio_c"]
    for name, (label, color) in series.items():
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
            label="explicit states" if name == next(reversed(series)) else None,
            **EXPLICIT,
        )
    ax.axvline(1.0, **GUIDE)
    ax.set_xscale("log", base=2)
    # The range is too short for decades, and their minor ticks would overlap.
    ticks = [t for t in 2.0 ** np.arange(-10, 11) if x.values.min() <= t <= x.values.max()]
    if len(ticks) > 2:
        ax.set_xticks(ticks, [f"{t:g}" if t >= 1 else f"1/{1 / t:g}" for t in ticks])
    else:
        log_ticks(ax, "x")
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("$c = d_A/d_B$")
    return ax


def _shell(dataset: xr.Dataset, series: dict[str, tuple[str, str]], ax: Axes | None) -> Axes:
    ax = axes_of(dataset, ax)
    x = dataset["n_a"]
    for name, (label, color) in series.items():
        _points(ax, x, dataset, f"shell_{name}", color, label)
    ax.set_xticks(x)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("spins in A")
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
