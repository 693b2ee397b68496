import numpy as np
import pytest

from typicality.correspondence import table
from typicality.experiments.correspondence import figures as module
from typicality.plots.style import axes

DRAWN = {
    "correspondence": (
        "quantum_fluctuation",
        "quantum_fluctuation_exact",
        "network_fluctuation",
        "network_fluctuation_fit",
    ),
    "correspondence_ubiquity": (
        "quantum_distance_ratio",
        "quantum_distance_ratio_exact",
        "network_distance_ratio",
    ),
    "correspondence_threshold": (
        "quantum_rank_share",
        "quantum_rank_share_exact",
        "network_rank_share",
        "network_rank_share_exact",
    ),
}


@pytest.fixture(scope="module")
def data():
    return table(n_draws=3, growth=(1, 2, 4), n_samples=16, width=40, d_a=4, d_b=32, rng=1)


def test_every_panel_is_tested():
    assert [panel.__name__ for panel in module.FIGURES] == list(DRAWN)


@pytest.mark.parametrize("panel", module.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_draws_its_variables(data, panel):
    given = axes()
    ax = panel(data, given)
    assert ax is given
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    for name in DRAWN[panel.__name__]:
        values = data[name].values
        assert any(
            curve.shape == values.shape and np.allclose(curve, values) for curve in curves
        ), name
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert ax.get_legend() is not None
    panel(data).figure.canvas.draw()
