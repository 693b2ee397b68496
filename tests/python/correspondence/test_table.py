import numpy as np
import pytest

from typicality import correspondence
from typicality.errors import ConvergenceError
from typicality.networks import MLP, empirical_ntk, infinite_ntk, sphere_inputs
from typicality.quantum import (
    haar_states,
    mean_purity,
    reduced_density_matrix,
    tangent_displacement,
    tangent_kernel,
    uhlmann_displacement,
)

ROWS = ["random object", "few observables", "typicality", "ubiquity", "threshold"]
SMALL = {"n_draws": 40, "growth": (1, 2, 4), "n_samples": 16, "width": 40, "d_a": 4, "d_b": 32}


@pytest.fixture(scope="module")
def data():
    return correspondence.table(**SMALL, rng=3)


def test_rows_and_sides(data):
    assert data["row"].values.tolist() == ROWS
    assert data["side"].values.tolist() == ["quantum", "network"]
    for name in ("value", "value_stderr", "low", "high", "exact", "limit"):
        assert data[name].dims == ("row", "side")
    assert data["subject"].shape == (5, 2)
    for name in ("value", "low", "high"):
        assert np.isfinite(data[name]).all()
    assert (data["low"] <= data["value"]).all()
    assert (data["value"] <= data["high"]).all()


@pytest.mark.parametrize("row", ["random object", "few observables", "typicality"])
def test_values_are_the_exact_ones(data, row):
    at = data.sel(row=row)
    assert (abs(at["value"] - at["exact"]) <= 4 * at["value_stderr"]).all()


def test_the_thresholds_bracket_one(data):
    at = data.sel(row="threshold")
    assert (at["low"] <= 1).all()
    assert (at["high"] > 1).all()
    np.testing.assert_array_equal(at["exact"], 1.0)


@pytest.mark.parametrize("side", ["quantum", "network"])
def test_rank_shares_are_the_exact_ones(data, side):
    np.testing.assert_allclose(
        data[f"{side}_rank_share"], data[f"{side}_rank_share_exact"], rtol=1e-12
    )


def test_distances_approach_their_linearization(data):
    for side in ("quantum", "network"):
        gaps = abs(data[f"{side}_distance_ratio"].values - 1)
        assert gaps[-1] < gaps[0] / 2
    z = (data["quantum_distance_ratio"] - data["quantum_distance_ratio_exact"]) / data[
        "quantum_distance_ratio_stderr"
    ]
    assert float(abs(z).max()) < 4


def test_distances_are_those_of_explicit_states(data):
    rho = reduced_density_matrix(haar_states(4 * 32, 2000, rng=1), (4, 32), 0)
    exact, linearized = uhlmann_displacement(rho), tangent_displacement(rho)
    ratio = np.sqrt((exact**2).mean() / (linearized**2).mean())
    assert data["quantum_distance_ratio_exact"][0] == pytest.approx(ratio, rel=0.01)
    distance = data["quantum_distance"][0].item()
    assert distance == pytest.approx(exact.mean(), rel=0.05)


def test_fluctuation_of_psi_to_rho_is_that_of_the_kernel_itself(data):
    rho = reduced_density_matrix(haar_states(4 * 32, 500, rng=2), (4, 32), 0)
    kernels = np.array([tangent_kernel(state) for state in rho])
    mean = np.eye(16) * 4 / 4
    squares = ((kernels - mean) ** 2).sum(axis=(1, 2)) / (mean**2).sum()
    assert data["quantum_fluctuation_exact"][0] == pytest.approx(np.sqrt(squares.mean()), rel=0.03)
    assert data["quantum_fluctuation_exact"][0] == pytest.approx(
        np.sqrt((4 * mean_purity(4, 32) - 1) / 2)
    )


def test_mean_kernel_of_one_hidden_layer_is_the_limit_at_any_width():
    # The slope of the row "typicality" rests on it.
    mlp = MLP((3, 5, 1), "tanh", bias_scale=0.5)
    x = sphere_inputs(4, 3, rng=0)
    kernels = np.array([empirical_ntk(mlp, theta, x) for theta in mlp.init(20000, rng=1)])
    z = (kernels.mean(axis=0) - infinite_ntk(mlp, x)) / (kernels.std(axis=0) / 20000**0.5)
    assert abs(z).max() < 4.5


def test_one_seed_gives_one_table_and_progress_rises():
    seen: list[tuple[float, str]] = []
    settings = SMALL | {"n_draws": 3}
    first = correspondence.table(
        **settings, rng=1, progress=lambda fraction, text: seen.append((fraction, text))
    )
    assert first.identical(correspondence.table(**settings, rng=1))
    assert not first.equals(correspondence.table(**settings, rng=2))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_equal_dimensions_have_an_infinite_linearized_distance():
    data = correspondence.table(**SMALL | {"n_draws": 3, "d_b": 4}, rng=1)
    assert data["exact"].sel(row="ubiquity", side="quantum") == 0.0


@pytest.mark.parametrize(
    ("name", "wrong", "error", "match"),
    [
        ("d_a", 1, ValueError, "d_a"),
        ("d_a", 64, ValueError, "d_a must be at most d_b"),
        ("d_b", 2.5, TypeError, "d_b"),
        ("n_draws", 1, ValueError, "n_draws"),
        ("n_samples", 10**30, ValueError, "n_samples"),
        ("n_samples", 900, ValueError, "raise width"),
        ("growth", (1, 2), ValueError, "growth"),
        ("growth", (4, 2, 1), ValueError, "growth"),
        ("growth", (1, 2, 1000), ValueError, "growth"),
        ("target_distance", 0.0, ValueError, "target_distance"),
        ("target_distance", float("nan"), ValueError, "target_distance"),
        ("critical_width", 0, ValueError, "critical_width"),
        ("critical_d_b", 3, ValueError, "critical_d_b"),
    ],
)
def test_wrong_parameters_are_refused(name, wrong, error, match):
    with pytest.raises(error, match=match):
        correspondence.table(**SMALL | {name: wrong})


def test_a_network_that_cannot_fit_is_named():
    with pytest.raises(ConvergenceError, match="raise width or lower n_samples"):
        correspondence.table(
            **SMALL | {"n_draws": 4, "n_samples": 70, "width": 4, "target_distance": 10.0}, rng=0
        )
