import numpy as np
import pytest

from typicality.experiments import Concentration
from typicality.experiments.concentration import figures as module
from typicality.plots.style import axes

DRAWN = {
    "concentration": (
        "abstract_variance",
        "abstract_variance_exact",
        "variance",
        "variance_exact",
        "variance_unrestricted_bound",
    ),
    "concentration_tails": (
        "tail",
        "tail_exact",
        "tail_chebyshev_bound",
        "tail_hoeffding_bound",
        "tail_levy_bound",
        "tail_asymptotic",
    ),
    "concentration_reduced_states": ("distance", "mixed_distance", "omega_mixed_distance"),
}


@pytest.fixture(scope="module")
def data():
    return Concentration(
        n_spins=(5, 6), window_widths=(2.0, 4.0), n_samples=100, n_draws=200, dimensions=(4, 16)
    ).run(rng=1)


def test_every_panel_is_tested():
    assert [panel.__name__ for panel in module.FIGURES] == list(DRAWN)


@pytest.mark.parametrize("panel", module.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_draws_its_variables(data, panel):
    given = axes()
    ax = panel(data, given)
    assert ax is given
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    for name in DRAWN[panel.__name__]:
        series = data[name]
        if "deviation" in series.dims:
            rows = [series.isel(shell=-1)]
            if name == "tail":
                rows = [rows[0].where(rows[0] > 0)]
        elif "shell" in series.dims:
            rows = [series[data["n_spins"] == n] for n in (5, 6)]
        else:
            rows = [series]
        for row in rows:
            assert any(
                curve.shape == row.shape and np.allclose(curve, row, equal_nan=True)
                for curve in curves
            ), name
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert ax.get_legend() is not None
    panel(data).figure.canvas.draw()
