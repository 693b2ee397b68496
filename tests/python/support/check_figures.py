"""What every figure of a statement must do, whatever it shows."""

import numpy as np
from matplotlib.figure import Figure


def drawn(ax):
    """Every height that the axes show as a line or a point."""
    return np.concatenate([np.asarray(line.get_ydata(), float).ravel() for line in ax.lines])


def check_labels(panel, dataset, folder):
    """The figure is labeled, has a legend and can be written."""
    ax = panel(dataset)
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title(loc="left") or ax.get_title()
    assert ax.get_legend() is not None
    ax.figure.savefig(folder / "figure.svg")
    assert (folder / "figure.svg").stat().st_size > 1000


def check_axes(panel, dataset):
    """The figure is drawn on the axes that are given, and the data stay as they are."""
    ax = Figure().add_subplot()
    before = dataset.copy(deep=True)
    assert panel(dataset, ax=ax) is ax
    assert dataset.identical(before)
