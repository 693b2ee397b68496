"""Figures of the fitting threshold experiment draw what the dataset holds."""

import numpy as np
import pytest

from support.check_figures import check_axes, check_labels, drawn
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


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_is_labeled_and_renders(panel, dataset, tmp_path):
    check_labels(panel, dataset, tmp_path)


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_takes_axes_and_leaves_the_data_alone(panel, dataset):
    check_axes(panel, dataset)


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
