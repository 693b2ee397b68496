"""Figures of the double descent experiment draw what the dataset holds."""

import numpy as np
import pytest

from support.check_figures import check_axes, check_labels, drawn
from typicality.experiments import DoubleDescent
from typicality.experiments.double_descent import figures as plots

SMALL = {
    "n_samples": 20,
    "features": (5, 19, 21, 100),
    "n_tangent_samples": 15,
    "widths": (1, 2, 20),
    "n_components": 3,
    "n_draws": 4,
    "n_gaussian_draws": 6,
    "total_dimension": 36,
    "n_spectra": 8,
}


@pytest.fixture(scope="module")
def dataset():
    return DoubleDescent(**SMALL).run(rng=1)


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_is_labeled_and_renders(panel, dataset, tmp_path):
    check_labels(panel, dataset, tmp_path)


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_takes_axes_and_leaves_the_data_alone(panel, dataset):
    check_axes(panel, dataset)


@pytest.mark.parametrize(
    ("panel", "names"),
    [
        ("double_descent", ["features_error_median", "features_first_minimum"]),
        ("double_descent_network", ["tangent_error_median", "tangent_first_minimum"]),
        ("double_descent_gaussian", ["gaussian_risk", "gaussian_risk_exact"]),
        ("double_descent_quantum", ["distance_asymptotic"]),
    ],
)
def test_panel_draws_the_variables(panel, names, dataset):
    heights = drawn(getattr(plots, panel)(dataset))
    for name in names:
        expected = dataset[name].values.ravel()
        expected = expected[np.isfinite(expected)]
        assert np.isin(expected, heights).all(), name
