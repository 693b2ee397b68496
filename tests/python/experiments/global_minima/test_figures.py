"""Figures of the global minima experiment draw what the dataset holds."""

import numpy as np
import pytest

from support.check_figures import check_axes, check_labels, drawn
from typicality.experiments import GlobalMinima
from typicality.experiments.global_minima import figures as plots

SMALL = {
    "n_samples": (12, 16),
    "widths": (1, 3, 8),
    "n_starts": 4,
    "wide_widths": (16, 32),
    "n_descents": 2,
    "n_components": 4,
}


@pytest.fixture(scope="module")
def dataset():
    return GlobalMinima(**SMALL).run(rng=1)


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_is_labeled_and_renders(panel, dataset, tmp_path):
    check_labels(panel, dataset, tmp_path)


@pytest.mark.parametrize("panel", plots.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_takes_axes_and_leaves_the_data_alone(panel, dataset):
    check_axes(panel, dataset)


@pytest.mark.parametrize(
    ("panel", "names"),
    [
        ("global_minima", ["share"]),
        ("global_minima_distance", ["displacement_mean", "linear_mean"]),
        (
            "global_minima_change",
            ["rms_mean", "rms_linear_mean", "largest_mean", "largest_linear_mean"],
        ),
    ],
)
def test_panel_draws_the_variables(panel, names, dataset):
    heights = drawn(getattr(plots, panel)(dataset))
    for name in names:
        expected = dataset[name].values.ravel()
        expected = expected[np.isfinite(expected)]
        assert np.isin(expected, heights).all(), name


def test_descents_that_did_not_converge_are_written_beside_the_point(dataset):
    unfinished = dataset.copy(deep=True)
    unfinished["not_converged"][0] = 1
    texts = [text.get_text() for text in plots.global_minima_distance(unfinished).texts]
    assert texts == ["1 not\nconverged"]
    assert not plots.global_minima_distance(dataset).texts
