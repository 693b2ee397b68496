"""Figures of the distinguishability experiment, Sec. III: distances and displacements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.distinguishability.distance_measure_figures import (
    distinguishability_finite_size,
    distinguishability_mixed_measures,
    distinguishability_mixed_overlaps,
    distinguishability_pair_measures,
    distinguishability_pair_overlaps,
    distinguishability_shell_measures,
    distinguishability_shell_overlaps,
)
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

__all__ = [
    "FIGURES",
    "distinguishability",
    "distinguishability_displacement",
    "distinguishability_shell",
    "distinguishability_small",
]


@figure(
    "Trace distances of reduced states against d_A / d_B: monotone and smooth at d_A = d_B. "
    "To the maximally mixed state I/d_A and between two independent states, rho_A sampled "
    "from its exact distribution; crosses are explicit states. The lines are the limits T(c) "
    "and T_pair(c) = T(2c)."
)
def distinguishability(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the trace distances of reduced states against d_A/d_B.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import Distinguishability
    >>> small = Distinguishability(
    ...     d_b=4, d_a=(2, 4, 8), n_samples=50, n_small=50, n_spins=6, n_levels=10
    ... )
    >>> data = small.run(rng=1)
    >>> plots.distinguishability(data).get_title()
    'No peak at $d_A = d_B$'
    """
    x = dataset[V.c]
    series = (
        (V.distance, "$\\rho_A$ and $I/d_A$", "$T(c)$"),
        (V.pair_distance, "$\\rho_A$ of two states", "$T_{\\mathrm{pair}}(c)$"),
    )
    for color, (name, label, law) in zip(COLORS, series, strict=False):
        ax.plot(x, dataset[V.named(f"{name}_asymptotic")], color=color, label=law, **THEORY)
        ax.errorbar(
            x,
            dataset[name],
            yerr=dataset[name.stderr],
            color=color,
            label=label,
            **MEASURED,
        )
    for name, label in (
        (V.distance_explicit, "explicit states"),
        (V.pair_distance_explicit, None),
    ):
        ax.plot(x, dataset[name], markersize=5, label=label, **EXPLICIT)
    ax.axvline(1.0, **GUIDE)
    ax.set_xscale("log")
    log_ticks(ax, "x")
    ax.set_ylim(0.0, 1.03)
    ax.set_xlabel("$c = d_A/d_B$")
    ax.set_ylabel("trace distance")
    ax.set_title("No peak at $d_A = d_B$")
    legend(ax, loc="lower right")


@figure(
    "Squared displacement of psi that makes rho_A maximally mixed, linearized and exact. The "
    "minimum-norm linearized displacement diverges at d_A = d_B (dashed) and descends again "
    "beyond, as the error of a network does at its fitting threshold; points are means, whose "
    "variance is infinite near d_A = d_B, and the band lies between the quartiles. The exact "
    "one (Uhlmann) stays finite and exists up to d_A = d_B only."
)
def distinguishability_displacement(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the displacements to a maximally mixed rho_A."""
    x = dataset[V.c]
    linear, exact = COLORS[0], COLORS[1]
    ax.plot(
        x,
        dataset[V.displacement_exact].where(np.isfinite(dataset[V.displacement_exact])),
        color=linear,
        label="linearized, exact mean",
        **THEORY,
    )
    ax.errorbar(
        x,
        dataset[V.displacement],
        yerr=dataset[V.displacement.stderr],
        color=linear,
        label="linearized, mean",
        **MEASURED,
    )
    ax.fill_between(
        x,
        dataset[V.displacement_lower_quartile],
        dataset[V.displacement_upper_quartile],
        color=linear,
        alpha=0.15,
        linewidth=0.0,
        label="linearized, quartiles",
    )
    solvable = dataset.isel(d_a=np.flatnonzero(np.isfinite(dataset[V.uhlmann])))
    ax.plot(
        solvable[V.c], solvable[V.uhlmann_exact], color=exact, label="Uhlmann, exact mean", **THEORY
    )
    ax.errorbar(
        solvable[V.c],
        solvable[V.uhlmann],
        yerr=solvable[V.uhlmann.stderr],
        color=exact,
        label="Uhlmann, mean",
        **MEASURED,
    )
    ax.axvline(1.0, **GUIDE)
    ax.set_xscale("log")
    ax.set_yscale("log")
    log_ticks(ax, "x", "y")
    ax.set_xlabel("$c = d_A/d_B$")
    ax.set_ylabel("squared displacement")
    ax.set_title("The quantum double descent")
    legend(ax, loc="upper left")


@figure(
    "Trace distances in an energy shell of a spin chain: to Omega_A and to I/d_A. Typical "
    "states of the shell are near Omega_A, not near I/d_A, and within both bounds."
)
def distinguishability_shell(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the trace distances in an energy shell, with their bounds."""
    x = dataset[V.n_a]
    ax.plot(
        x,
        dataset[V.shell_distance_printed_bound],
        color=COLORS[0],
        linestyle=":",
        label="Popescu-Short-Winter bound",
        **THEORY,
    )
    ax.plot(
        x,
        dataset[V.shell_distance_bound],
        color=COLORS[0],
        label="bound by the exact $\\|\\cdot\\|_2$",
        **THEORY,
    )
    ax.plot(
        x,
        dataset[V.shell_offset],
        color=COLORS[1],
        linestyle=(0, (5, 4)),
        label="$\\Omega_A$ and $I/d_A$",
        **THEORY,
    )
    for color, name, label in (
        (COLORS[0], V.shell_distance, "$\\rho_A$ and $\\Omega_A$"),
        (COLORS[1], V.shell_mixed_distance, "$\\rho_A$ and $I/d_A$"),
    ):
        ax.errorbar(
            x,
            dataset[name],
            yerr=dataset[name.stderr],
            color=color,
            label=label,
            **MEASURED,
        )
    ax.set_xticks(x)
    ax.set_xlabel("spins in A")
    ax.set_ylabel("trace distance")
    ax.set_title("Typical states of an energy shell")
    legend(ax, loc="upper left")


@figure("Trace distance of one qubit's state to I/2, with its exact mean at every size of B.")
def distinguishability_small(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the trace distance of one qubit's state to I/2."""
    x = dataset[V.small_d_b]
    ax.plot(x, dataset[V.small_distance_exact], color=COLORS[0], label="exact mean", **THEORY)
    ax.errorbar(
        x,
        dataset[V.small_distance],
        yerr=dataset[V.small_distance.stderr],
        color=COLORS[0],
        label="measured",
        **MEASURED,
    )
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    log_ticks(ax, "y")
    ax.set_xticks(x.values, [str(d) for d in x.values])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("$d_B$")
    ax.set_ylabel("trace distance")
    ax.set_title("One qubit")
    legend(ax, loc="upper right")


FIGURES = (
    distinguishability,
    distinguishability_finite_size,
    distinguishability_mixed_measures,
    distinguishability_mixed_overlaps,
    distinguishability_pair_measures,
    distinguishability_pair_overlaps,
    distinguishability_displacement,
    distinguishability_shell,
    distinguishability_shell_measures,
    distinguishability_shell_overlaps,
    distinguishability_small,
)
"""The figures of the report, in order."""
