import importlib

import numpy as np
import pytest

from typicality.experiments import Distinguishability
from typicality.plots.style import axes

# By this name the package has the function.
module = importlib.import_module("typicality.plots.distinguishability")

DRAWN = {
    "distinguishability": (
        "distance",
        "distance_asymptotic",
        "distance_explicit",
        "pair_distance",
        "pair_distance_asymptotic",
    ),
    "distinguishability_displacement": ("displacement",),
    "distinguishability_shell": (
        "shell_distance",
        "shell_mixed_distance",
        "shell_distance_bound",
        "shell_distance_printed_bound",
        "shell_offset",
    ),
    "distinguishability_small": ("small_distance", "small_distance_exact"),
}


@pytest.fixture(scope="module")
def data():
    return Distinguishability(
        d_b=4, d_a=(2, 4, 8), n_samples=20, n_small=20, n_spins=5, n_levels=6, center=-2.0
    ).run(rng=1)


def test_every_panel_is_tested():
    assert [panel.__name__ for panel in module.PANELS] == list(DRAWN)


@pytest.mark.parametrize("panel", module.PANELS, ids=lambda panel: panel.__name__)
def test_panel_draws_its_variables(data, panel):
    given = axes()
    ax = panel(data, given)
    assert ax is given
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    for name in DRAWN[panel.__name__]:
        values = data[name].values
        assert any(
            curve.shape == values.shape and np.allclose(curve, values, equal_nan=True)
            for curve in curves
        ), name
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert ax.get_legend() is not None
    panel(data).figure.canvas.draw()
