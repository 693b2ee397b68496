"""Figures of the fitting threshold experiment, Sec. III: smallest eigenvalues of K and rho_A."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typicality.experiments.fitting_threshold.variables import FittingThresholdVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, GUIDE, INK, MEASURED, PAPER, THEORY, legend

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "FIGURES",
    "fitting_threshold",
    "fitting_threshold_constants",
    "fitting_threshold_quantum",
    "fitting_threshold_rank",
]

_DASHES: dict[str, str | tuple[int, tuple[int, ...]]] = {"near": (0, (4, 2)), "far": "-"}
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


@figure(
    "Smallest singular value of the Jacobian, normalized, against sqrt(P_eff/(n_L N)), "
    "largest N. The paper's formula is a straight line, sigma (sqrt(P) - kappa sqrt(n_L N)), "
    "for this square root and not for the eigenvalue. Lines: fits in the near window (dashed) "
    "and in the far one (solid). A line reaches zero at the square root of the threshold that "
    "it implies; the gray dashes mark where the kernel stops being singular."
)
def fitting_threshold(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the smallest singular value of the Jacobian and the fitted lines.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import FittingThreshold
    >>> data = FittingThreshold(n_samples=(10,), activations=("tanh",), n_outputs=2, n_draws=2,
    ...                         d_a=8, n_spectra=50).run(rng=1)
    >>> plots.fitting_threshold(data).get_title()
    'Smallest singular value of the Jacobian'
    """
    # The legend is above.
    ax.axvline(1.0, ymax=0.65, **GUIDE)
    n = int(dataset[V.n_samples].max())
    for i, activation in enumerate(dataset[V.activation].values):
        row = dataset.sel(activation=activation, n_samples=n)
        color = COLORS[i]
        for window, dashes in _DASHES.items():
            ax.plot(
                row[V.root_ratio],
                row[V.edge_fit].sel(window=window),
                color=color,
                linestyle=dashes,
                **THEORY,
            )
        ax.errorbar(
            row[V.root_ratio],
            row[V.edge],
            yerr=row[V.edge.stderr],
            color=color,
            label=f"{activation}, N = {n}",
            **MEASURED,
        )
    for window, dashes in _DASHES.items():
        low, high = (
            float(dataset[V.named(f"window_{end}")].sel(window=window)) for end in ("low", "high")
        )
        text = f"fit, {low:g} < $P_{{\\mathrm{{eff}}}}/(n_L N)$ < {high:g}"
        ax.plot([], [], color=INK, linestyle=dashes, label=text, **THEORY)
    ax.set_ylim(bottom=0.0)
    ax.set_xlabel("$\\sqrt{P_{\\mathrm{eff}} / (n_L N)}$")
    ax.set_ylabel("$\\sqrt{P_{\\mathrm{eff}}\\, \\lambda_{\\mathrm{min}}(K) / \\mathrm{tr}\\,K}$")
    ax.set_title("Smallest singular value of the Jacobian")
    legend(ax, loc="upper left")


@figure(
    "Fitted kappa against the number of digits, in the two windows of P_eff. The paper takes "
    "it to be a constant that does not depend on the size. Points of one N are displaced "
    "horizontally for legibility; error bars are standard errors over draws of digits and "
    "parameters."
)
def fitting_threshold_constants(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the fitted kappa against the number of digits."""
    n = dataset[V.n_samples].values
    places = list(range(len(n)))
    low, high = (
        {window: float(dataset[V.named(f"window_{end}")].sel(window=window)) for window in _DASHES}
        for end in ("low", "high")
    )
    series = [(a, w) for a in dataset[V.activation].values for w in dataset[V.window].values]
    for i, (activation, window) in enumerate(series):
        row = dataset.sel(activation=activation, window=window)
        shift = 0.08 * (i - (len(series) - 1) / 2)
        color = COLORS[list(dataset[V.activation].values).index(activation)]
        filled = window == "far"
        marked: dict[str, Any] = {**MEASURED, "fmt": "s" if filled else "o"}
        ax.errorbar(
            [place + shift for place in places],
            row[V.kappa],
            yerr=row[V.kappa_stderr],
            color=color,
            label=f"{activation}, {low[window]:g} to {high[window]:g}",
            markerfacecolor=color if filled else PAPER,
            **marked,
        )
    ax.axhline(1.0, **GUIDE)
    ax.set_xticks(places, [str(size) for size in n])
    ax.set_xlim(-0.5, len(n) - 0.5)
    bottom, top = ax.get_ylim()
    # Room for the legend above the points.
    ax.set_ylim(bottom, top + 0.5 * (top - bottom))
    ax.set_xlabel("digits $N$")
    ax.set_ylabel("$\\kappa$")
    ax.set_title("Threshold constant of the fits")
    legend(
        ax,
        loc="upper center",
        ncols=2,
        title="fitted range of $P_{\\mathrm{eff}}/(n_L N)$",
    )


@figure(
    "Fraction of draws whose kernel has full rank, against P_eff/(n_L N), for every N. The "
    "kernel of a tanh network becomes regular at 1 sharply, neither at kappa nor at kappa^2. "
    "Relu units that are inactive, or active, on all digits lower the rank, most of all where "
    "units and digits are few."
)
def fitting_threshold_rank(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the fraction of kernels of full rank."""
    ax.axvline(1.0, **GUIDE)
    for i, activation in enumerate(dataset[V.activation].values):
        for j, n in enumerate(dataset[V.n_samples].values):
            row = dataset.sel(activation=activation, n_samples=n)
            marked: dict[str, Any] = {**MEASURED, "fmt": f"{_MARKERS[j % len(_MARKERS)]}-"}
            ax.errorbar(
                row[V.ratio],
                row[V.full_rank_share],
                color=COLORS[i],
                alpha=1.0 - 0.25 * (len(dataset[V.n_samples]) - 1 - j),
                label=f"{activation}, N = {n}",
                linewidth=0.8,
                **marked,
            )
    ax.set_xscale("log")
    ticks = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlim(0.45, 4.3)
    ax.set_ylim(-0.05, 1.05)
    ax.set_xlabel("effective parameters per target, $P_{\\mathrm{eff}} / (n_L N)$")
    ax.set_ylabel("fraction of draws")
    ax.set_title("Kernels of full rank")
    legend(ax, loc="lower right")


@figure(
    "Smallest over mean eigenvalue: of rho_A against d_B/d_A, of K against P_eff/(n_L N). "
    "Below 1 both are exactly zero and lie outside the figure. The line is the edge of the "
    "Marchenko-Pastur law with its Tracy-Widom shift, the crosses are the two shapes with an "
    "exact mean. At d_A = d_B the smallest eigenvalue of rho_A is 1/d_A^3 on average, not "
    "zero."
)
def fitting_threshold_quantum(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the smallest eigenvalues of rho_A and of K."""
    ax.axvline(1.0, **GUIDE)
    quantum = dataset.where(dataset[V.quantum_relative_edge] > 0, drop=False)
    ax.plot(
        dataset[V.quantum_ratio].where(dataset[V.quantum_ratio] > 1.1),
        dataset[V.quantum_relative_edge_asymptotic],
        color=INK,
        label="$\\rho_A$, asymptotic",
        **THEORY,
    )
    ax.plot(
        dataset[V.quantum_ratio],
        quantum[V.quantum_relative_edge_exact],
        color=INK,
        linestyle="none",
        marker="x",
        markersize=7.0,
        label="$\\rho_A$, exact",
    )
    ax.errorbar(
        dataset[V.quantum_ratio],
        quantum[V.quantum_relative_edge],
        yerr=quantum[V.quantum_relative_edge.stderr],
        color=INK,
        label=f"$\\rho_A$, $d_A$ = {int(dataset[V.d_a])}",
        **MEASURED,
    )
    n = int(dataset[V.n_samples].max())
    for i, activation in enumerate(dataset[V.activation].values):
        row = dataset.sel(activation=activation, n_samples=n)
        marked: dict[str, Any] = {**MEASURED, "fmt": _MARKERS[i + 1]}
        ax.errorbar(
            row[V.ratio].where(row[V.full_rank_share] == 1),
            row[V.relative_edge],
            yerr=row[V.relative_edge.stderr],
            color=COLORS[i],
            label=f"K, {activation}, N = {n}",
            **marked,
        )
    ax.set_xscale("log", base=2)
    ticks = (0.5, 1, 2, 4, 8, 16)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_yscale("log")
    ax.set_xlim(0.5, 19.0)
    ax.set_xlabel("$d_B / d_A$  or  $P_{\\mathrm{eff}} / (n_L N)$")
    ax.set_ylabel("smallest / mean eigenvalue")
    ax.set_title("Reduced states and tangent kernels")
    legend(ax, loc="lower right")


FIGURES = (
    fitting_threshold,
    fitting_threshold_constants,
    fitting_threshold_rank,
    fitting_threshold_quantum,
)
"""Figures of the report, in order."""
