"""Figures of the toy."""

from experiments.toy_mean.variables import ToyVariables as V
from typicality.plots.figure import figure
from typicality.plots.style import COLORS, MEASURED, THEORY, legend


@figure("Means with standard errors; the line is the exact mean.")
def toy(ax, dataset):
    """Draw the means."""
    ax.plot(dataset[V.k], dataset[V.mean_exact], color=COLORS[0], label="exact", **THEORY)
    ax.errorbar(
        dataset[V.k],
        dataset[V.mean],
        dataset[V.mean.stderr],
        color=COLORS[1],
        label="measured",
        **MEASURED,
    )
    ax.set_title("Means")
    ax.set_xlabel("repetition $k$")
    ax.set_ylabel("mean (1)")
    legend(ax)


FIGURES = (toy, toy)
