import numpy as np
import pytest

from typicality.experiments import PageCurve
from typicality.experiments.page_curve import figures as module
from typicality.plots.style import axes

# fmt: off
DRAWN = {
    "page_curve": ("entropy", "entropy_exact", "entropy_asymptotic", "entropy_printed_asymptotic"),
    "page_curve_fluctuation": ("entropy_deviation", "entropy_deviation_exact"),
    "page_curve_distance": ("distance", "distance_asymptotic", "pair_distance"),
    "page_curve_log_distance": ("distance", "pair_distance", "pair_distance_asymptotic"),
    "page_curve_balanced": ("balanced_distance", "balanced_smallest", "balanced_smallest_exact"),
    "page_curve_chain": (
        "chain_curve_page_exact", "chain_curve_eigenstates", "chain_curve_shell",
    ),
    "page_curve_chain_energy": (
        "chain_eigenstate_entropy", "chain_shell_entropy", "chain_omega_entropy",
    ),
}
# fmt: on


@pytest.fixture(scope="module")
def data():
    return PageCurve(n_qubits=4, n_samples=8, n_spectra=20, n_spins=6, n_levels=8).run(rng=1)


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
            curve.shape == values.shape and np.allclose(curve, values, equal_nan=True)
            for curve in curves
        ), name
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert ax.get_legend() is not None
    panel(data).figure.canvas.draw()
