"""Figures of every measure of distinguishability, Sec. III, and of its finite size at d_A = d_B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from typicality.experiments.distinguishability.variables import DistinguishabilityVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import (
    COLORS,
    EXPLICIT,
    GUIDE,
    MEASURED,
    THEORY,
    legend,
    log_ticks,
)

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from typicality.results.table import Name

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


@figure(
    "Distances of rho_A from I/d_A, and its relative entropy; none has a feature at d_A = "
    "d_B. Points are states sampled from the exact distribution of rho_A, crosses explicit "
    "ones. Solid lines are exact means, dashed ones limits."
)
def distinguishability_mixed_measures(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distances of rho_A from I/d_A."""
    _haar(ax, dataset, "ratio_mixed", _DISTANCES)
    ax.set_ylabel(_DISTANCE_AXIS)
    ax.set_title("Distances of $\\rho_A$ and $I/d_A$")
    legend(ax, loc="upper left")


@figure(
    "Overlaps of rho_A and I/d_A, and the Helstrom probability of telling them apart. Marks "
    "and lines as before; the dotted line is an upper bound of the mean Chernoff coefficient."
)
def distinguishability_mixed_overlaps(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the overlaps of rho_A and I/d_A."""
    _haar(ax, dataset, "ratio_mixed", _OVERLAPS)
    ax.set_ylabel(_OVERLAP_AXIS)
    ax.set_title("Overlaps of $\\rho_A$ and $I/d_A$")
    legend(ax, loc="lower left")


@figure(
    "Distances of the reduced states of two independent states, and their relative entropy. "
    "Marks and lines as before. The relative entropy is infinite beyond d_A = d_B, where "
    "neither state has the support of the other."
)
def distinguishability_pair_measures(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distances of the reduced states of a pair."""
    _haar(ax, dataset, "ratio_pair", _DISTANCES)
    ax.set_ylabel(_DISTANCE_AXIS)
    ax.set_title("Distances of $\\rho_A$ of two states")
    legend(ax, loc="upper left")


@figure(
    "Overlaps of the reduced states of two independent states, and their Helstrom "
    "probability. Marks and lines as before."
)
def distinguishability_pair_overlaps(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the overlaps of the reduced states of a pair."""
    _haar(ax, dataset, "ratio_pair", _OVERLAPS)
    ax.set_ylabel(_OVERLAP_AXIS)
    ax.set_title("Overlaps of $\\rho_A$ of two states")
    legend(ax, loc="lower left")


@figure(
    "Distances of rho_A from Omega_A in an energy shell of a spin chain, and its relative "
    "entropy. The line is the exact mean squared Hilbert-Schmidt distance, the one with a "
    "closed form."
)
def distinguishability_shell_measures(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distances of rho_A from Omega_A in a shell."""
    _shell(ax, dataset, _DISTANCES)
    color = _DISTANCES["squared_distance"][1]
    ax.plot(dataset[V.n_a], dataset[V.shell_squared_distance_exact], color=color, **THEORY)
    ax.set_ylabel(_DISTANCE_AXIS)
    ax.set_title("Distances of $\\rho_A$ and $\\Omega_A$ in a shell")
    legend(ax, loc="upper left")


@figure(
    "Overlaps of rho_A and Omega_A in an energy shell of a spin chain, and Helstrom probability."
)
def distinguishability_shell_overlaps(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the overlaps of rho_A and Omega_A in a shell."""
    _shell(ax, dataset, _OVERLAPS)
    ax.set_ylim(0.0, 1.05)
    ax.set_ylabel(_OVERLAP_AXIS)
    ax.set_title("Overlaps of $\\rho_A$ and $\\Omega_A$ in a shell")
    legend(ax, loc="lower left")


@figure(
    "Shortfall of the mean trace distance from its limit where d_A = d_B. It falls as the "
    "inverse square of d_A, about as 0.2/d_A^2 (line), both to the maximally mixed state and "
    "of a pair; where it is smaller than its error bar it is not resolved."
)
def distinguishability_finite_size(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the trace distances' gaps to their limits at d_A = d_B."""
    x = dataset[V.size]
    series = (
        (V.balanced_distance, "$T(1) - T$ of $\\rho_A$ and $I/d_A$"),
        (V.balanced_pair_distance, "$T_{\\mathrm{pair}}(1) - T$ of two states"),
    )
    for color, (name, label) in zip(COLORS, series, strict=False):
        shortfall = dataset[V.named(f"{name}_asymptotic")] - dataset[name]
        ax.errorbar(x, shortfall, yerr=dataset[name.stderr], color=color, label=label, **MEASURED)
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


def _haar(ax: Axes, dataset: xr.Dataset, prefix: str, series: dict[str, tuple[str, str]]) -> None:
    x = dataset[V.ratio_c]
    for name, (label, color) in series.items():
        for kind, line in _LINES.items():
            if f"{prefix}_{name}_{kind}" in dataset:
                theory = dataset[V.named(f"{prefix}_{name}_{kind}")]
                shown = theory.where(np.isfinite(theory))
                ax.plot(x, shown, color=color, linestyle=line, **THEORY)
        _points(ax, x, dataset, V.named(f"{prefix}_{name}"), color, label)
        explicit = dataset[V.named(f"{prefix}_{name}_explicit")]
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


def _shell(ax: Axes, dataset: xr.Dataset, series: dict[str, tuple[str, str]]) -> None:
    x = dataset[V.n_a]
    for name, (label, color) in series.items():
        _points(ax, x, dataset, V.named(f"shell_{name}"), color, label)
    ax.set_xticks(x)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("spins in A")


def _points(
    ax: Axes, x: xr.DataArray, dataset: xr.Dataset, name: Name, color: str, label: str
) -> None:
    values = dataset[name]
    ax.errorbar(
        x,
        values.where(np.isfinite(values)),
        yerr=dataset[name.stderr],
        color=color,
        label=label,
        **MEASURED,
    )
