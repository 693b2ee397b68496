import numpy as np
import pytest

from typicality.experiments import Relaxation
from typicality.experiments.relaxation import figures as module
from typicality.plots.style import axes

DRAWN = {
    "relaxation": ("expectation",),
    "relaxation_average": ("late_mean", "late_mean_exact", "typical_mean", "typical_mean_exact"),
    "relaxation_fluctuation": ("late_variance", "late_variance_exact", "late_variance_bound"),
}


@pytest.fixture(scope="module")
def data():
    return Relaxation(n_spins=(4, 5), n_times=6, n_late=20, n_states=4).run(rng=1)


def test_every_panel_is_tested():
    assert [panel.__name__ for panel in module.FIGURES] == list(DRAWN)


@pytest.mark.parametrize("panel", module.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_draws_its_variables(data, panel):
    given = axes()
    ax = panel(data, given)
    assert ax is given
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    for name in DRAWN[panel.__name__]:
        for values in np.atleast_2d(data[name].values):
            assert any(
                curve.shape == values.shape and np.allclose(curve, values) for curve in curves
            ), name
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert ax.get_legend() is not None
    panel(data).figure.canvas.draw()
