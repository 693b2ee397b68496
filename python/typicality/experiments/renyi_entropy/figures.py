"""Figures of the Renyi entropy experiment, Eq. (2): entropies, spectra, finite sizes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from typicality.experiments.renyi_entropy.variables import RenyiEntropyVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, FAINT, INK, MEASURED, THEORY, legend

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "FIGURES",
    "renyi_entropy",
    "renyi_entropy_chain",
    "renyi_entropy_gap",
    "renyi_entropy_spectrum",
]


@figure(
    "Mean Rényi entropies of GUE eigenvectors (filled) and Haar states (rings) on every cut. "
    "The lines are Eq. (2) with alpha as measured. The dotted line is its limit alpha -> 0, "
    "the Hartley entropy log min(d_A, d_B): the purity belongs to alpha = 2 and the von "
    "Neumann entropy to alpha -> 1, not to alpha = 0 and alpha -> 0. The min-entropy, alpha = "
    "infinity, is still off the asymptotic Eq. (2) at this size.",
    height=4.0,
)
def renyi_entropy(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the entropies of every order and cut against Eq. (2).

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import RenyiEntropy
    >>> data = RenyiEntropy(n_qubits=4, n_matrices=10, n_states=50, balanced_dimensions=(4, 8),
    ...                     n_spectra=50).run(rng=1)
    >>> plots.renyi_entropy(data).get_title()
    'Rényi entropies, lines: Eq. (2)'
    """
    x = dataset[V.n_a]
    ax.plot(
        x,
        dataset[V.entropy_hartley_asymptotic],
        color=FAINT,
        linestyle=":",
        label="α → 0 (Hartley)",
        **THEORY,
    )
    for index, alpha in enumerate(dataset[V.alpha].values):
        color = COLORS[index % len(COLORS)]
        ax.plot(
            x,
            dataset[V.entropy_asymptotic].isel(alpha=index),
            color=color,
            label=f"α = {_order(alpha)}",
            **THEORY,
        )
        for source, face, size in ((0, color, 3.2), (1, "none", 7.0)):
            ax.errorbar(
                x,
                dataset[V.entropy].isel(alpha=index, source=source),
                yerr=dataset[V.entropy.stderr].isel(alpha=index, source=source),
                color=color,
                markerfacecolor=face,
                **_points({"markersize": size}),
            )
    for face, size, name in ((INK, 3.2, "GUE eigenvectors"), ("none", 7.0, "Haar states")):
        ax.plot([], [], "o", color=INK, markerfacecolor=face, markersize=size, label=name)
    ax.set_xticks(x)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("qubits in A")
    ax.set_ylabel("Rényi entropy $S_\\alpha$ (nat)")
    ax.set_title("Rényi entropies, lines: Eq. (2)")
    legend(ax, loc="lower center", ncols=2)


@figure(
    "Spectrum of rho_A of the GUE eigenvectors, rescaled by d_A, against the Marchenko-Pastur "
    "law. The cut in the middle (c = d_A/d_B = 1) reaches down to zero with a hard edge; one "
    "qubit less in A (c = 1/4) leaves a gap. The lines are the law averaged over each bin; "
    "with few eigenvalues each of them appears as a ripple about it."
)
def renyi_entropy_spectrum(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the spectrum of rho_A against the Marchenko-Pastur law."""
    x = dataset[V.eigenvalue]
    middle = dataset.sizes[V.n_a] // 2
    for color, cut in zip(COLORS, range(middle, max(middle - 2, -1), -1), strict=False):
        n_a = int(dataset[V.n_a][cut])
        ax.stairs(
            dataset[V.density_asymptotic].isel(n_a=cut),
            dataset[V.eigenvalue_edge],
            color=color,
            label=f"Marchenko-Pastur, {n_a} qubits in A",
            **THEORY,
        )
        seen = dataset[V.density].isel(source=0, n_a=cut)
        seen = seen.where(seen > 0)
        ax.errorbar(
            x,
            seen,
            yerr=dataset[V.density.stderr].isel(source=0, n_a=cut),
            color=color,
            **MEASURED,
        )
    ax.plot([], [], "o", color=INK, markersize=MEASURED["markersize"], label="GUE eigenvectors")
    ax.set_xlim(0.0, float(dataset[V.eigenvalue_edge].max()))
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("$d_A\\,p$,  $p$ an eigenvalue of $\\rho_A$")
    ax.set_ylabel(V.density)
    ax.set_title("Spectrum of the reduced state")
    legend(ax, loc="upper right")


@figure(
    "How the mean entropies approach Eq. (2) at d_A = d_B, spectra sampled from their exact "
    "distribution. Finite orders approach it as 1/d_A^2 (line: Page's exact mean, alpha = 1). "
    "The min-entropy depends on the edge of the spectrum and approaches it as d_A^(-2/3) only "
    "(line: from the mean of the Tracy-Widom law)."
)
def renyi_entropy_gap(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the entropies minus Eq. (2) against the dimension."""
    x = dataset[V.d_balanced]
    for index, alpha in enumerate(dataset[V.alpha].values):
        color = COLORS[index % len(COLORS)]
        if alpha == 1.0:
            ax.plot(x, dataset[V.gap_page_exact], color=color, **THEORY)
        if math.isinf(alpha):
            ax.plot(x, dataset[V.gap_edge_asymptotic], color=color, **THEORY)
        ax.errorbar(
            x,
            dataset[V.gap].isel(alpha=index),
            yerr=dataset[V.gap.stderr].isel(alpha=index),
            color=color,
            label=f"α = {_order(alpha)}",
            **MEASURED,
        )
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ticks = 2 ** np.arange(1, 13)
    ax.set_xticks(
        [d for d in ticks if x.min() <= d <= x.max()],
        [str(d) for d in ticks if x.min() <= d <= x.max()],
    )
    ax.set_xlabel("$d_A = d_B$")
    ax.set_ylabel("mean entropy − Eq. (2) (nat)")
    ax.set_title("Approach to Eq. (2)")
    legend(ax, loc="lower left")


@figure(
    "Mean entropies at the cut in the middle minus Eq. (2), of all four sources of states. "
    "GUE eigenvectors and Haar states agree at every order. Eigenstates of a spin chain, and "
    "typical states of its energy shell, have less entropy: the paper's formula is one for "
    "random matrices."
)
def renyi_entropy_chain(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the entropies minus Eq. (2) of all sources of states."""
    at = dataset.isel(n_a=dataset.sizes[V.n_a] // 2)
    alphas = dataset[V.alpha].values
    order = np.argsort(alphas)
    x = np.arange(len(alphas))
    ax.axhline(0.0, color=INK, label="Eq. (2)", **THEORY)
    sources = [str(source) for source in dataset[V.source].values]
    for index, (color, source) in enumerate(zip(COLORS, sources, strict=False)):
        gap = at[V.entropy].isel(source=index) - at[V.entropy_asymptotic]
        ax.errorbar(
            x + 0.08 * (index - 1.5),
            gap.values[order],
            yerr=at[V.entropy.stderr].isel(source=index).values[order],
            color=color,
            label=source,
            **MEASURED,
        )
    ax.set_xticks(x, [_order(alpha) for alpha in alphas[order]])
    ax.set_xlabel("order α")
    ax.set_ylabel("mean entropy − Eq. (2) (nat)")
    ax.set_title(f"{int(at[V.n_a])} qubits in A: a chain is no random matrix")
    legend(ax, loc="best")


def _order(alpha: float) -> str:
    return "∞" if math.isinf(alpha) else f"{alpha:g}"


def _points(differences: dict[str, Any]) -> dict[str, Any]:
    return MEASURED | differences


FIGURES = (renyi_entropy, renyi_entropy_spectrum, renyi_entropy_gap, renyi_entropy_chain)
"""The figures of the report, in order."""
