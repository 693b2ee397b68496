"""Figures of the Page curve experiment, Eq. (2) and Sec. III: entropy and distances of cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality.experiments.page_curve.experiment import PageCurve
from typicality.experiments.page_curve.variables import PageCurveVariables as V
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
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "FIGURES",
    "page_curve",
    "page_curve_balanced",
    "page_curve_chain",
    "page_curve_chain_energy",
    "page_curve_distance",
    "page_curve_fluctuation",
    "page_curve_log_distance",
]


@figure(
    "Entanglement entropy of every cut of random pure states, with Page's exact mean and Eq. "
    "(2). Error bars are standard errors, mostly smaller than the points. The formula log d_A "
    "- d_A/(2 d_B) is that of the smaller subsystem, d_A <= d_B, and falls off beyond."
)
def page_curve(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the entropy of every cut against Page's mean.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import PageCurve
    >>> data = PageCurve(n_qubits=6, n_samples=20, n_spectra=50).run(rng=1)
    >>> plots.page_curve(data).get_title()
    'Page curve'
    """
    x = dataset[V.n_a]
    ax.plot(x, dataset[V.entropy_exact], color=COLORS[0], label="Page's mean, exact", **THEORY)
    ax.plot(
        x,
        dataset[V.entropy_asymptotic],
        color=COLORS[1],
        linestyle=(0, (5, 4)),
        label="Eq. (2), α → 1",
        **THEORY,
    )
    ax.plot(
        x,
        dataset[V.entropy_printed_asymptotic],
        color=FAINT,
        linestyle=":",
        label="$\\log d_A - d_A/(2 d_B)$",
        **THEORY,
    )
    ax.errorbar(
        x,
        dataset[V.entropy],
        yerr=dataset[V.entropy.stderr],
        color=INK,
        label="measured",
        **MEASURED,
    )
    ax.set_ylim(0.0, 1.18 * float(dataset[V.entropy_exact].max()))
    ax.set_xlim(float(x.min()) - 0.5, float(x.max()) + 0.5)
    ax.set_xlabel("qubits in A")
    ax.set_ylabel("entropy $S_A$ (nat)")
    ax.set_title("Page curve")
    # Left of where the printed formula falls off.
    legend(ax, loc="lower left", bbox_to_anchor=(0.13, 0.0))


@figure(
    "Fluctuation of the entropy from state to state: its standard deviation, measured and "
    "exact. It is about 1/max(d_A, d_B): nearly all random states have nearly the same "
    "entropy."
)
def page_curve_fluctuation(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the standard deviation of the entropy of every cut."""
    x = dataset[V.n_a]
    ax.plot(x, dataset[V.entropy_deviation_exact], color=COLORS[0], label="exact", **THEORY)
    ax.errorbar(
        x,
        dataset[V.entropy_deviation],
        yerr=dataset[V.entropy_deviation.stderr],
        color=COLORS[0],
        label="measured",
        **MEASURED,
    )
    ax.set_yscale("log")
    log_ticks(ax, "y")
    ax.set_xlabel("qubits in A")
    ax.set_ylabel("standard deviation of $S_A$ (nat)")
    ax.set_title("Fluctuation of the entropy")
    legend(ax, loc="lower center")


@figure(
    "Trace distance of rho_A to I/d_A, and between two independent states, for every cut. "
    "Both grow monotonically and smoothly through d_A = d_B (dashed): distinguishability has "
    "no peak there. The lines are the limits T(c) and T_pair(c) at c = d_A/d_B."
)
def page_curve_distance(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the trace distances of every cut."""
    _distances(ax, dataset, V.n_a)
    ax.axvline(PageCurve.of(dataset).n_qubits / 2, **GUIDE)
    ax.set_ylim(0.0, 1.03)
    ax.set_xlabel("qubits in A")
    ax.set_ylabel("trace distance")
    ax.set_title("Distinguishability of reduced states")
    legend(ax, loc="lower right")


@figure(
    "Trace distances on a logarithmic scale against the number of qubits of B minus that of "
    "A. They fall exponentially with this difference, by the factor 2^(-1/2) a qubit, as "
    "(4/(3 pi)) sqrt(d_A/d_B), and not with the total number of qubits."
)
def page_curve_log_distance(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the trace distances on a logarithmic scale."""
    _distances(ax, dataset, V.balance)
    ax.axvline(0.0, **GUIDE)
    ax.set_yscale("log")
    log_ticks(ax, "y")
    ax.set_xlabel("qubits in B minus qubits in A")
    ax.set_ylabel("trace distance")
    ax.set_title("Distance to the maximally mixed state")
    legend(ax, loc="lower left")


@figure(
    "Trace distance to I/d_A and smallest eigenvalue of rho_A at d_A = d_B, against the "
    "number of qubits. At equal sizes the distance does not shrink however large the whole "
    "system is; the smallest eigenvalue has the exact mean 1/d_A^3 and is never zero."
)
def page_curve_balanced(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distance and the smallest eigenvalue at d_A = d_B."""
    x = dataset[V.n_balanced]
    series = (
        (V.balanced_distance, V.balanced_distance_asymptotic, "distance to $I/d_A$", "$T(1)$"),
        (V.balanced_smallest, V.balanced_smallest_exact, "smallest eigenvalue", "$1/d_A^3$, exact"),
    )
    for color, (measured, theory, name, law) in zip(COLORS, series, strict=False):
        ax.plot(x, dataset[theory], color=color, label=law, **THEORY)
        ax.errorbar(
            x,
            dataset[measured],
            yerr=dataset[measured.stderr],
            color=color,
            label=name,
            **MEASURED,
        )
    ax.set_yscale("log")
    ax.set_xticks(x)
    ax.set_xlabel("qubits, half of them in A")
    ax.set_ylabel("distance, eigenvalue")
    ax.set_title("At equal sizes of A and B")
    legend(ax, loc="lower left")


@figure(
    "Entropy of every cut of a spin chain, in the middle of its spectrum, beside Page's mean. "
    "Typical states of an energy shell come closer to it than eigenstates do; both stay "
    "below: their entropy is reduced by the locality of the Hamiltonian. The bars at the "
    "eigenstates are their standard deviation, those at the typical states standard errors."
)
def page_curve_chain(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the entropy of every cut of a spin chain."""
    x = dataset[V.chain_n_a]
    page = dataset[V.chain_curve_page_exact]
    ax.plot(x, page, color=COLORS[0], label="Page's mean, exact", **THEORY)
    series = (
        (V.chain_curve_shell, V.chain_curve_shell.stderr, "typical states of a shell"),
        (V.chain_curve_eigenstates, V.chain_curve_eigenstates_deviation, "eigenstates"),
    )
    for color, (name, error, label) in zip(COLORS[1:], series, strict=False):
        ax.errorbar(x, dataset[name], yerr=dataset[error], color=color, label=label, **MEASURED)
    ax.set_ylim(0.0, 1.12 * float(page.max()))
    ax.set_xticks(x)
    ax.set_xlabel("spins in A")
    ax.set_ylabel("entropy $S_A$ (nat)")
    ax.set_title("A spin chain in the middle of its spectrum")
    legend(ax, loc="lower center")


@figure(
    "Entropy of half of a spin chain in each of its eigenstates and in typical states of "
    "shells. Away from the middle of the spectrum the entropy is that of lower temperatures: "
    "bounded by the entropy of Omega_A, the shell's reduced state, and not by Page's mean of "
    "the whole space."
)
def page_curve_chain_energy(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the entropy of half of a spin chain against its energy."""
    x = dataset[V.chain_shell]
    half = dataset.isel(chain_n_a=dataset.sizes[V.chain_n_a] // 2)
    page = half[V.chain_curve_page_exact].item()
    ax.axhline(page, color=COLORS[0], label="Page's mean, exact", **THEORY)
    ax.plot(
        x,
        dataset[V.chain_omega_entropy],
        color=FAINT,
        linestyle="--",
        label="entropy of $\\Omega_A$, bound",
        **THEORY,
    )
    ax.plot(
        dataset[V.chain_energy],
        dataset[V.chain_eigenstate_entropy],
        ".",
        markersize=2.5,
        color=COLORS[2],
        label="eigenstates",
        zorder=2.5,
    )
    ax.errorbar(
        x,
        dataset[V.chain_shell_entropy],
        yerr=dataset[V.chain_shell_entropy.stderr],
        color=COLORS[1],
        label="typical states of shells",
        **MEASURED,
    )
    ax.set_ylim(0.0, 1.2 * page)
    ax.set_xlabel("energy (coupling)")
    ax.set_ylabel("entropy of half of the chain (nat)")
    ax.set_title("Entropy across a chain's spectrum")
    legend(ax, loc="lower center")


def _distances(ax: Axes, dataset: xr.Dataset, x: str) -> None:
    series = (
        (V.distance, "$\\rho_A$ and $I/d_A$", "$T(c)$"),
        (V.pair_distance, "$\\rho_A$ of two states", "$T_{\\mathrm{pair}}(c)$"),
    )
    for color, (name, label, law) in zip(COLORS, series, strict=False):
        ax.plot(
            dataset[x], dataset[V.named(f"{name}_asymptotic")], color=color, label=law, **THEORY
        )
        ax.errorbar(
            dataset[x],
            dataset[name],
            yerr=dataset[name.stderr],
            color=color,
            label=label,
            **MEASURED,
        )


FIGURES = (
    page_curve,
    page_curve_fluctuation,
    page_curve_distance,
    page_curve_log_distance,
    page_curve_balanced,
    page_curve_chain,
    page_curve_chain_energy,
)
"""The figures of the report, in order."""
