"""Figures of the relaxation experiment, Eq. (1): curves in time, averages and fluctuations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality.experiments.relaxation.variables import RelaxationVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, GUIDE, MEASURED, THEORY, legend, log_ticks

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["FIGURES", "relaxation", "relaxation_average", "relaxation_fluctuation"]


@figure(
    "One spin's expectation value after the quench, for each length of the chain. It leaves "
    "the value of the initial product state within a few inverse couplings and then "
    "fluctuates, the less the longer the chain. Dashed: the microcanonical mean of the "
    "longest."
)
def relaxation(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the expectation value against time.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import Relaxation
    >>> data = Relaxation(n_spins=(4, 5), n_times=5, n_late=20, n_states=4).run(rng=1)
    >>> plots.relaxation(data).get_title()
    'Relaxation after a quench'
    """
    for index, n in enumerate(dataset[V.n_spins].values):
        ax.plot(
            dataset[V.time],
            dataset[V.expectation].isel(n_spins=index),
            color=COLORS[index % len(COLORS)],
            label=f"{n} spins",
            **THEORY,
        )
    ax.axhline(float(dataset[V.typical_mean_exact].isel(n_spins=-1)), **GUIDE)
    ax.set_xlabel("time (1/coupling)")
    ax.set_ylabel("$\\langle Z\\rangle(t)$")
    ax.set_title("Relaxation after a quench")
    legend(ax, loc="lower right")


@figure(
    "Average over late times beside the microcanonical mean, against the length of the chain. "
    "The average is the diagonal ensemble's at every length, and both approach the "
    "microcanonical mean. The band is the spread of single eigenstates in the window around "
    "that mean."
)
def relaxation_average(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the averages over late times and over the ensemble."""
    x = dataset[V.n_spins]
    ensemble, spread = dataset[V.typical_mean_exact], dataset[V.eigenstate_deviation]
    ax.fill_between(
        x,
        ensemble - spread,
        ensemble + spread,
        color=COLORS[1],
        alpha=0.15,
        linewidth=0.0,
        label="single eigenstates",
    )
    for color, name, label, law in (
        (COLORS[0], V.late_mean, "late times", "diagonal ensemble"),
        (COLORS[1], V.typical_mean, "typical states", "microcanonical mean"),
    ):
        ax.plot(x, dataset[V.named(f"{name}_exact")], color=color, label=law, **THEORY)
        ax.errorbar(
            x,
            dataset[name],
            yerr=dataset[name.stderr],
            color=color,
            label=label,
            **MEASURED,
        )
    ax.set_xticks(x)
    ax.set_xlabel("spins")
    ax.set_ylabel("mean of $\\langle Z\\rangle$")
    ax.set_title("Time average and ensemble")
    legend(ax, loc="lower right")


@figure(
    "Variance of the expectation value over late times against the effective dimension. It "
    "agrees with its exact value and lies below the bound 1/d_eff, as the variance over the "
    "states of a shell is Var/(d + 1)."
)
def relaxation_fluctuation(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the variance in time against the effective dimension."""
    x = dataset[V.effective_dimension]
    ax.plot(
        x,
        dataset[V.late_variance_bound],
        color=COLORS[1],
        linestyle=(0, (5, 4)),
        label="bound $1/d_{\\mathrm{eff}}$",
        **THEORY,
    )
    ax.plot(x, dataset[V.late_variance_exact], color=COLORS[0], label="exact", **THEORY)
    ax.errorbar(
        x,
        dataset[V.late_variance],
        yerr=dataset[V.late_variance.stderr],
        color=COLORS[0],
        label="measured",
        **MEASURED,
    )
    ax.set_xscale("log")
    ax.set_yscale("log")
    log_ticks(ax, "x", "y")
    ax.set_xlabel("effective dimension $d_{\\mathrm{eff}}$")
    ax.set_ylabel("variance of $\\langle Z\\rangle(t)$")
    ax.set_title("Fluctuation in time")
    legend(ax, loc="lower left")


FIGURES = (relaxation, relaxation_average, relaxation_fluctuation)
"""The figures of the report, in order."""
