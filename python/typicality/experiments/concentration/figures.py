"""Figures of the concentration experiment, Eq. (1): spread, tails and reduced states of shells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from typicality.experiments.concentration.variables import ConcentrationVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, FAINT, INK, MEASURED, THEORY, legend

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["FIGURES", "concentration", "concentration_reduced_states", "concentration_tails"]

_MARKERS = ("o", "s", "D", "^", "v")


@figure(
    "Variance of <O> over the Haar states of a shell, against its dimension d. Filled points "
    "are measured on states drawn explicitly, crosses are Var_mc/(d + 1) with the eigenvalues "
    "of P_E O P_E, which is exact; open triangles take the variance of O itself instead and "
    "are too large wherever O maps states of the shell out of it. A wider window has more "
    "states but also lets the eigenvalues of P_E O P_E spread, so the variance falls from "
    "chain to chain more than from window to window. Circles and line: evenly spaced levels, "
    "<O> sampled from its exact distribution.",
    height=4.0,
)
def concentration(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the variance of <O> against the dimension of the shell.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import Concentration
    >>> data = Concentration(n_spins=(6,), window_widths=(2.0,), n_samples=200, n_draws=500,
    ...                      dimensions=(4, 16)).run(rng=1)
    >>> plots.concentration(data).get_title()
    'Spread in an energy shell'
    """
    d = dataset[V.dimension]
    ax.plot(d, dataset[V.abstract_variance_exact], color=COLORS[0], **THEORY)
    ax.errorbar(
        d,
        dataset[V.abstract_variance],
        yerr=dataset[V.abstract_variance.stderr],
        color=COLORS[0],
        label="evenly spaced levels",
        **MEASURED,
    )
    for index, n in enumerate(np.unique(dataset[V.n_spins])):
        shells = dataset.isel(shell=np.flatnonzero(dataset[V.n_spins] == n))
        color = COLORS[(index + 1) % len(COLORS)]
        ax.plot(
            shells[V.shell_dimension],
            shells[V.variance_unrestricted_bound],
            "^",
            color=color,
            markerfacecolor="none",
            markersize=5.0,
        )
        ax.errorbar(
            shells[V.shell_dimension],
            shells[V.variance],
            yerr=shells[V.variance.stderr],
            color=color,
            label=f"{n} spins",
            **_points({"fmt": _MARKERS[(index + 1) % len(_MARKERS)]}),
        )
        ax.plot(
            shells[V.shell_dimension],
            shells[V.variance_exact],
            "x",
            color=INK,
            markersize=6.5,
            markeredgewidth=1.0,
            zorder=4.0,
        )
    ax.plot([], [], "x", color=INK, markersize=6.5, label="exact, $P_E O P_E$")
    ax.plot([], [], "^", color=INK, markerfacecolor="none", label="with $P_E O^2 P_E$")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("dimension $d$ of the shell")
    ax.set_ylabel("variance of $\\langle O\\rangle$")
    ax.set_title("Spread in an energy shell")
    legend(ax, loc="lower left")


@figure(
    "Probability of a deviation of <O> from the microcanonical mean, with its bounds, in the "
    "largest shell of the longest chain. Deviations are in units of the exact standard "
    "deviation. Chebyshev's bound is Eq. (1); the Hoeffding-type bound overtakes it for large "
    "deviations; Lévy's bound exceeds 1 at every dimension that can be simulated and so is "
    "not informative."
)
def concentration_tails(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the probability of a deviation of <O>, with its bounds."""
    shell = dataset.isel(shell=-1)
    x = dataset[V.deviation]
    bounds = (
        (V.tail_chebyshev_bound, "Chebyshev, Eq. (1)", COLORS[1], "-"),
        (V.tail_hoeffding_bound, "Hoeffding type", COLORS[2], "-"),
        (V.tail_levy_bound, "Lévy", FAINT, ":"),
        (V.tail_exact, "exact law", COLORS[0], "-"),
        (V.tail_asymptotic, "Gaussian", FAINT, (0, (5, 4))),
    )
    for name, label, color, style in bounds:
        ax.plot(x, shell[name], color=color, linestyle=style, label=label, **THEORY)
    seen = shell[V.tail] > 0
    tail, stderr = shell[V.tail].where(seen), shell[V.tail.stderr].where(seen)
    ax.errorbar(x, tail, yerr=stderr, color=INK, label="measured", **MEASURED)
    ax.set_yscale("log")
    ax.set_ylim(bottom=float(tail.min()) / 8.0, top=2.5)
    ax.set_xlabel("deviation $\\varepsilon$ (standard deviations)")
    ax.set_ylabel("probability of a deviation ≥ ε")
    ax.set_title(f"Tails: {int(shell[V.n_spins])} spins, d = {int(shell[V.shell_dimension])}")
    legend(ax, loc="lower left")


@figure(
    "Trace distance of a few spins' rho_A to the shell's own Omega_A and to I/d_A. The "
    "distance to Omega_A shrinks with the shell; that to I/d_A stays at the distance of "
    "Omega_A itself (lines), because the shells are not at infinite temperature."
)
def concentration_reduced_states(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distances of rho_A to Omega_A and to I/d_A."""
    d = dataset[V.shell_dimension]
    for index, n in enumerate(np.unique(dataset[V.n_spins])):
        shells = dataset.isel(shell=np.flatnonzero(dataset[V.n_spins] == n))
        x, marker = shells[V.shell_dimension], _MARKERS[(index + 1) % len(_MARKERS)]
        ax.plot(x, shells[V.omega_mixed_distance], color=COLORS[1], **THEORY)
        for name, color, label in (
            (V.mixed_distance, COLORS[1], "$\\rho_A$ to $I/d_A$"),
            (V.distance, COLORS[0], "$\\rho_A$ to $\\Omega_A$"),
        ):
            ax.errorbar(
                x,
                shells[name],
                yerr=shells[name.stderr],
                color=color,
                label=f"{label}, {n} spins",
                **_points({"fmt": marker}),
            )
    low, high = (float(bound) for bound in (d.min() / 1.2, d.max() * 1.2))
    ax.plot([], [], color=COLORS[1], label="$\\Omega_A$ to $I/d_A$, exact", **THEORY)
    ax.set_xscale("log")
    # Labels of minor ticks run into each other where the axis spans little more than a decade.
    ax.xaxis.set_minor_formatter("")
    ticks = [d for d in (3, 10, 30, 100, 300, 1000, 3000) if low <= d <= high]
    ax.set_xticks(ticks, [str(d) for d in ticks])
    ax.set_ylim(0.0, 1.9 * float(dataset[V.mixed_distance].max()))
    ax.set_xlabel("dimension $d$ of the shell")
    ax.set_ylabel("trace distance")
    ax.set_title("Reduced state of neighboring spins")
    legend(ax, loc="upper right")


def _points(differences: dict[str, Any]) -> dict[str, Any]:
    return MEASURED | differences


FIGURES = (concentration, concentration_tails, concentration_reduced_states)
"""The figures of the report, in order."""
