import numpy as np
import pytest

from typicality.experiments import RenyiEntropy
from typicality.experiments.renyi_entropy import figures as module
from typicality.plots.style import axes

DRAWN = {
    "renyi_entropy": ("entropy", "entropy_asymptotic", "entropy_hartley_asymptotic"),
    "renyi_entropy_spectrum": ("density",),
    "renyi_entropy_gap": ("gap", "gap_page_exact", "gap_edge_asymptotic"),
    "renyi_entropy_chain": ("entropy",),
}


@pytest.fixture(scope="module")
def data():
    return RenyiEntropy(
        n_qubits=4, n_matrices=5, n_states=20, balanced_dimensions=(4, 8, 12), n_spectra=50
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
        if name == "entropy" and panel is module.renyi_entropy:
            series = series.isel(source=[0, 1])
        elif name == "entropy":
            middle = data.isel(n_a=1)
            series = (middle["entropy"] - middle["entropy_asymptotic"]).sortby("alpha")
        if name == "density":
            series = series.isel(source=0, n_a=[1, 0]).where(series.isel(source=0) > 0)
        points = max(len(curve) for curve in curves)
        rows = np.moveaxis(series.values, series.shape.index(points), -1).reshape(-1, points)
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
