"""Figures of the double descent experiment, Sec. III: test errors, quantum displacements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typicality.experiments.double_descent.variables import DoubleDescentVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, GUIDE, INK, MEASURED, THEORY, legend, log_ticks

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

__all__ = [
    "FIGURES",
    "double_descent",
    "double_descent_gaussian",
    "double_descent_network",
    "double_descent_quantum",
]


@figure(
    "Test error of random relu features on digits, median and quartiles over draws. The error "
    "peaks where the features reach the training digits, P = n_L N (dashed), and descends a "
    "second time. The dotted lines mark the height of the first minimum: with enough noisy "
    "labels the second descent does not get below it."
)
def double_descent(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the test error of random features.

    Examples
    --------
    >>> from typicality import plots
    >>> from typicality.experiments import DoubleDescent
    >>> data = DoubleDescent(n_samples=30, features=(10, 29, 31, 300), n_tangent_samples=20,
    ...                      widths=(2, 40), n_components=4, n_draws=4, n_gaussian_draws=10,
    ...                      total_dimension=36, n_spectra=10).run(rng=1)
    >>> plots.double_descent(data).get_title()
    'Random relu features on digits'
    """
    _errors(ax, dataset, "features")
    ax.set_title("Random relu features on digits")


@figure(
    "Test error of the linearized tanh network, Eq. (4), on leading components of the digits. "
    "Median and quartiles over draws; the dotted lines mark the height of the first minimum."
)
def double_descent_network(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the test error of the linearized network."""
    _errors(ax, dataset, "tangent")
    ax.set_title("Linearized tanh network on digits")


@figure(
    "Minimum-norm regression on Gaussian features, the case with an exact mean. The fit sees "
    "some of the features that the response depends on; the others act as noise. The line "
    "joins the exact means, which are infinite at P = N - 1, N and N + 1."
)
def double_descent_gaussian(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the mean squared error on Gaussian features."""
    ax.axvline(1.0, **GUIDE)
    for side, label in (
        (dataset[V.gaussian_ratio] < 1, "exact mean"),
        (dataset[V.gaussian_ratio] > 1, None),
    ):
        ax.plot(
            dataset[V.gaussian_ratio].where(side, drop=True),
            dataset[V.gaussian_risk_exact].where(side, drop=True),
            color=COLORS[0],
            label=label,
            **THEORY,
        )
    ax.errorbar(
        dataset[V.gaussian_ratio],
        dataset[V.gaussian_risk],
        yerr=dataset[V.gaussian_risk.stderr],
        color=INK,
        label="measured",
        **MEASURED,
    )
    ax.set_xscale("log")
    ax.set_yscale("log")
    log_ticks(ax, "x", "y")
    ax.set_xlabel("features per sample, $P / N$")
    ax.set_ylabel("mean squared error")
    ax.set_title("Gaussian features")
    legend(ax, loc="upper left")


@figure(
    "Quantum side at fixed D: trace distance to I/d_A, and the squared displacement to it. "
    "The distance grows monotonically through d_A = d_B (dashed). What diverges there is the "
    "minimum-norm linearized displacement from the state to one with the maximally mixed "
    "rho_A; points are medians with quartiles, since the mean is infinite at the threshold, "
    "and the line joins the exact means."
)
def double_descent_quantum(ax: Axes, dataset: xr.Dataset) -> None:
    """Draw the distance and the displacement of reduced states to I/d_A."""
    ax.axvline(1.0, **GUIDE)
    x = dataset[V.dimension_ratio]
    visible = dataset[V.d_a] > 1
    ax.plot(
        x.where(visible),
        dataset[V.distance_asymptotic],
        color=COLORS[0],
        label="distance, limit $T(c)$",
        **THEORY,
    )
    ax.errorbar(
        x.where(visible),
        dataset[V.distance],
        yerr=dataset[V.distance.stderr],
        color=COLORS[0],
        label="distance, measured",
        **MEASURED,
    )
    for side, label in ((x < 1, "squared displacement, exact mean"), (x > 1, None)):
        ax.plot(
            x.where(side & visible, drop=True),
            dataset[V.step_exact].where(side & visible, drop=True),
            color=COLORS[1],
            label=label,
            **THEORY,
        )
    middle = dataset[V.step_median].where(visible)
    squares: dict[str, Any] = {**MEASURED, "fmt": "s"}
    ax.errorbar(
        x,
        middle,
        yerr=[middle - dataset[V.step_low], dataset[V.step_high] - middle],
        color=COLORS[1],
        label="squared displacement, median",
        **squares,
    )
    ax.set_xscale("log")
    ax.set_yscale("log")
    log_ticks(ax, "x", "y")
    ax.set_xlabel("$d_A / d_B$ at fixed $d_A d_B$")
    ax.set_ylabel("distance, squared displacement")
    ax.set_title("Reduced states")
    legend(ax, loc="lower right")


def _errors(ax: Axes, dataset: xr.Dataset, name: str) -> None:
    ax.axvline(1.0, **GUIDE)
    x = dataset[V.named(f"{name}_ratio")].values
    for i, noise in enumerate(dataset[V.noise].values):
        row = dataset.sel(noise=noise)
        color = COLORS[i % len(COLORS)]
        ax.fill_between(
            x,
            row[V.named(f"{name}_error_low")],
            row[V.named(f"{name}_error_high")],
            color=color,
            alpha=0.22,
            linewidth=0,
        )
        ax.plot(
            x,
            row[V.named(f"{name}_error_median")],
            color=color,
            marker="o",
            markersize=2.8,
            linewidth=1.2,
            label=f"{noise:.0%} noisy labels",
        )
        ax.axhline(
            float(row[V.named(f"{name}_first_minimum")]), color=color, linestyle=":", linewidth=1.0
        )
    ax.set_xscale("log")
    ax.set_yscale("log")
    log_ticks(ax, "x", "y")
    ax.set_xlabel("parameters per target, $P / (n_L N)$")
    ax.set_ylabel("test mean squared error")
    legend(ax, loc="upper left")


FIGURES = (
    double_descent,
    double_descent_network,
    double_descent_gaussian,
    double_descent_quantum,
)
"""Figures of the report, in order."""
