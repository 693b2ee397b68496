import numpy as np
import pytest

from typicality.experiments import Distinguishability
from typicality.experiments.distinguishability import figures as module
from typicality.plots.style import axes

DISTANCES = ("distance", "squared_distance", "squared_bures", "relative_entropy")
OVERLAPS = ("fidelity", "chernoff", "helstrom")
DRAWN = {
    "distinguishability": (
        "distance",
        "distance_asymptotic",
        "distance_explicit",
        "pair_distance",
        "pair_distance_asymptotic",
        "pair_distance_explicit",
    ),
    "distinguishability_finite_size": (),
    "distinguishability_mixed_measures": tuple(
        f"ratio_mixed_{name}"
        for name in (
            *DISTANCES,
            *(f"{measure}_explicit" for measure in DISTANCES),
            "distance_asymptotic",
            "squared_distance_exact",
            "squared_bures_exact",
            "relative_entropy_exact",
        )
    ),
    "distinguishability_mixed_overlaps": tuple(
        f"ratio_mixed_{name}"
        for name in (
            *OVERLAPS,
            *(f"{measure}_explicit" for measure in OVERLAPS),
            "fidelity_exact",
            "chernoff_bound",
            "helstrom_asymptotic",
        )
    ),
    "distinguishability_pair_measures": tuple(
        f"ratio_pair_{name}"
        for name in (
            *DISTANCES,
            *(f"{measure}_explicit" for measure in DISTANCES),
            "distance_asymptotic",
            "squared_distance_exact",
            "squared_bures_exact",
            "relative_entropy_exact",
        )
    ),
    "distinguishability_pair_overlaps": tuple(
        f"ratio_pair_{name}"
        for name in (
            *OVERLAPS,
            *(f"{measure}_explicit" for measure in OVERLAPS),
            "fidelity_asymptotic",
            "chernoff_bound",
            "helstrom_asymptotic",
        )
    ),
    "distinguishability_displacement": ("displacement",),
    "distinguishability_shell": (
        "shell_distance",
        "shell_mixed_distance",
        "shell_distance_bound",
        "shell_distance_printed_bound",
        "shell_offset",
    ),
    "distinguishability_shell_measures": (
        *(f"shell_{name}" for name in DISTANCES),
        "shell_squared_distance_exact",
    ),
    "distinguishability_shell_overlaps": tuple(f"shell_{name}" for name in OVERLAPS),
    "distinguishability_small": ("small_distance", "small_distance_exact"),
}


@pytest.fixture(scope="module")
def data():
    return Distinguishability(
        d_b=4, d_a=(2, 4, 8), n_samples=20, n_small=20, n_spins=5, n_levels=6, center=-2.0,
        ratio_d_b=3, ratio_d_a=(2, 3, 5), n_compared=20, sizes=(2, 3), n_balanced=50,
    ).run(rng=1)  # fmt: skip


def test_every_panel_is_tested():
    assert [panel.__name__ for panel in module.FIGURES] == list(DRAWN)


@pytest.mark.parametrize("panel", module.FIGURES, ids=lambda panel: panel.__name__)
def test_panel_draws_its_variables(data, panel):
    given = axes()
    ax = panel(data, given)
    assert ax is given
    curves = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    for name in DRAWN[panel.__name__]:
        # An infinite relative entropy has no place in a figure.
        values = np.where(np.isfinite(data[name].values), data[name].values, np.nan)
        assert any(
            curve.shape == values.shape and np.allclose(curve, values, equal_nan=True)
            for curve in curves
        ), name
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title()
    assert ax.get_legend() is not None
    panel(data).figure.canvas.draw()


def test_the_shortfall_is_drawn_with_its_errors(data):
    ax = module.FIGURES[1](data)
    for name in ("balanced_distance", "balanced_pair_distance"):
        shortfall = (data[f"{name}_asymptotic"] - data[name]).values
        assert any(
            curve.shape == shortfall.shape and np.allclose(curve, shortfall)
            for curve in (np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines())
        )
    assert len(ax.containers) == 2
