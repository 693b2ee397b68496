"""Figures of the relaxation experiment, Eq. (1): curves in time, averages and fluctuations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality.plots.style import COLORS, GUIDE, MEASURED, THEORY, axes_of, legend, log_ticks

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = ["PANELS", "relaxation", "relaxation_average", "relaxation_fluctuation"]


def relaxation(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """One spin's expectation value after the quench, for each length of the chain.

    It leaves the value of the initial product state within a few inverse couplings and then
    fluctuates, the less the longer the chain. Dashed: the microcanonical mean of the longest.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Relaxation.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import Relaxation
    >>> data = Relaxation(n_spins=(4, 5), n_times=5, n_late=20, n_states=4).run(rng=1)
    >>> plots.relaxation(data).get_title()
    'Relaxation after a quench'
    """
    ax = axes_of(dataset, ax)
    for index, n in enumerate(dataset["n_spins"].values):
        ax.plot(
            dataset["time"],
            dataset["expectation"].isel(n_spins=index),
            color=COLORS[index % len(COLORS)],
            label=f"{n} spins",
            **THEORY,
        )
    ax.axhline(float(dataset["typical_mean_exact"].isel(n_spins=-1)), **GUIDE)
    ax.set_xlabel("time (1/coupling)")
    ax.set_ylabel("$\\langle Z\\rangle(t)$")
    ax.set_title("Relaxation after a quench")
    legend(ax, loc="lower right")
    return ax


def relaxation_average(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Average over late times beside the microcanonical mean, against the length of the chain.

    The average is the diagonal ensemble's at every length, and both approach the microcanonical
    mean. The band is the spread of single eigenstates in the window around that mean.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Relaxation.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = axes_of(dataset, ax)
    x = dataset["n_spins"]
    ensemble, spread = dataset["typical_mean_exact"], dataset["eigenstate_deviation"]
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
        (COLORS[0], "late_mean", "late times", "diagonal ensemble"),
        (COLORS[1], "typical_mean", "typical states", "microcanonical mean"),
    ):
        ax.plot(x, dataset[f"{name}_exact"], color=color, label=law, **THEORY)
        ax.errorbar(
            x, dataset[name], yerr=dataset[f"{name}_stderr"], color=color, label=label, **MEASURED
        )
    ax.set_xticks(x)
    ax.set_xlabel("spins")
    ax.set_ylabel("mean of $\\langle Z\\rangle$")
    ax.set_title("Time average and ensemble")
    legend(ax, loc="lower right")
    return ax


def relaxation_fluctuation(dataset: xr.Dataset, ax: Axes | None = None) -> Axes:
    """Variance of the expectation value over late times against the effective dimension.

    It lies on its exact value and below the bound 1/d_eff, as the variance over the states of a
    shell lies on Var/(d + 1).

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Relaxation.run` returned.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = axes_of(dataset, ax)
    x = dataset["effective_dimension"]
    ax.plot(
        x,
        dataset["late_variance_bound"],
        color=COLORS[1],
        linestyle=(0, (5, 4)),
        label="bound $1/d_{\\mathrm{eff}}$",
        **THEORY,
    )
    ax.plot(x, dataset["late_variance_exact"], color=COLORS[0], label="exact", **THEORY)
    ax.errorbar(
        x,
        dataset["late_variance"],
        yerr=dataset["late_variance_stderr"],
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
    return ax


PANELS = (relaxation, relaxation_average, relaxation_fluctuation)
"""The figures of the report, in order."""
