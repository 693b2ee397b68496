"""Figures of the fitting threshold experiment draw what the dataset holds."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from typicality.experiments import FittingThreshold
from typicality.experiments.fitting_threshold import figures as plots

SMALL = {
    "n_samples": (8, 12),
    "n_outputs": 2,
    "n_draws": 2,
    "d_a": 4,
    "n_spectra": 20,
}


@pytest.fixture(scope="module")
def dataset():
    return FittingThreshold(**SMALL).run(rng=1)


def drawn(ax):
    """Every height that the axes show as a line or a point."""
    return np.concatenate([np.asarray(line.get_ydata(), float).ravel() for line in ax.lines])


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_is_labeled_and_renders(panel, dataset, tmp_path):
    ax = panel(dataset)
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title(loc="left") or ax.get_title()
    assert ax.get_legend() is not None
    ax.figure.savefig(tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size > 1000


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_takes_axes_and_leaves_the_data_alone(panel, dataset):
    ax = Figure().add_subplot()
    before = dataset.copy(deep=True)
    assert panel(dataset, ax=ax) is ax
    assert dataset.identical(before)


@pytest.mark.parametrize(
    ("panel", "names"),
    [
        ("fitting_threshold_constants", ["kappa"]),
        ("fitting_threshold_rank", ["full_rank_share"]),
        ("fitting_threshold_quantum", ["quantum_relative_edge_asymptotic"]),
    ],
)
def test_panel_draws_the_variables(panel, names, dataset):
    heights = drawn(getattr(plots, panel)(dataset))
    for name in names:
        expected = dataset[name].values.ravel()
        expected = expected[np.isfinite(expected)]
        assert np.isin(expected, heights).all(), name


def test_main_panel_draws_the_largest_size_with_both_fits(dataset):
    heights = drawn(plots.fitting_threshold(dataset))
    largest = dataset.sel(n_samples=12)
    for name in ("edge", "edge_fit"):
        assert np.isin(largest[name].values.ravel(), heights).all()
