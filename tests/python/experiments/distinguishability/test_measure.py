import math

import numpy as np
import pytest
import xarray as xr

from typicality.experiments import Distinguishability
from typicality.experiments.distinguishability.distance_measures import MEASURES, measure_variables
from typicality.quantum import (
    haar_reduced_states,
    mean_power_trace,
    tangent_displacement,
    typical_trace_distance,
    uhlmann_displacement,
)

SMALL = {
    "d_b": 8,
    "d_a": (2, 4, 7, 8, 9, 16, 24),
    "n_samples": 120,
    "n_small": 500,
    "n_spins": 7,
    "n_levels": 20,
    "center": -3.0,
    "ratio_d_b": 4,
    "ratio_d_a": (2, 3, 4, 6, 10),
    "n_compared": 150,
    "sizes": (2, 3, 5),
    "n_balanced": 20000,
}


@pytest.fixture(scope="module")
def data():
    return Distinguishability(**SMALL).run(rng=5)


@pytest.mark.parametrize(
    "name",
    [
        "squared_distance",
        "small_distance",
        "small_pair_distance",
        "shell_squared_distance",
        "shell_pair_squared_distance",
    ],
)
def test_means_are_the_exact_ones(data, name):
    z = (data[name] - data[f"{name}_exact"]) / data[f"{name}_stderr"]
    assert float(abs(z).max()) < 4.5


@pytest.mark.parametrize("route", ["", "_explicit"])
@pytest.mark.parametrize(
    "name",
    [
        "mixed_squared_distance",
        "mixed_fidelity",
        "mixed_squared_bures",
        "mixed_relative_entropy",
        "mixed_half_chernoff",
        "pair_squared_distance",
        "pair_squared_bures",
        "pair_relative_entropy",
        "pair_half_chernoff",
    ],
)
def test_every_closed_form_is_met_on_both_routes(data, name, route):
    base = f"ratio_{name}"
    exact, found = data[f"{base}_exact"].values, data[base + route].values
    finite = np.isfinite(exact)
    assert (np.isfinite(found) == finite).all()
    if name == "pair_relative_entropy":
        assert finite.tolist() == [True, True, True, False, False]
    z = (found[finite] - exact[finite]) / data[f"{base}{route}_stderr"].values[finite]
    assert float(abs(z).max()) < 4.5


@pytest.mark.parametrize("pairing", ["mixed", "pair"])
def test_bounds_and_limits_of_the_other_measures(data, pairing):
    for route in ("", "_explicit"):
        chernoff = data[f"ratio_{pairing}_chernoff{route}"]
        noise = 4.5 * data[f"ratio_{pairing}_chernoff{route}_stderr"] + 1e-12
        assert (chernoff <= data[f"ratio_{pairing}_chernoff_bound"] + noise).all()
        assert (chernoff <= data[f"ratio_{pairing}_half_chernoff{route}"] + 1e-12).all()
        distance = data[f"ratio_{pairing}_distance{route}"]
        xr.testing.assert_allclose(
            data[f"ratio_{pairing}_helstrom{route}"], (1 + distance) / 2, rtol=1e-9
        )
        # d_A = d_B = 4: off by the limit's own finite size.
        gap = distance - data[f"ratio_{pairing}_distance_asymptotic"]
        assert abs(gap[2]) < 0.3 / 16 + 4.5 * data[f"ratio_{pairing}_distance{route}_stderr"][2]


def test_the_least_chernoff_bound_is_the_least_over_s(data):
    # A grid over s, d_A = 2 and 10 at d_B = 4: inside for the first, at s = 0 for the second.
    s = np.linspace(0.0, 1.0, 201)
    for index, d_a in ((0, 2), (4, 10)):
        means = [mean_power_trace(d_a, 4, x) * d_a ** (x - 1) for x in s]
        bound = data["ratio_mixed_chernoff_bound"].values[index]
        assert bound == pytest.approx(min(means), rel=1e-5)
        assert bound <= min(means) + 1e-15
    assert int(np.argmin(means)) == 0


def test_finite_size_at_equal_dimensions(data):
    mixed, pair = data["balanced_distance"], data["balanced_pair_distance"]
    # Exact at 2: half the mean length of a Bloch vector, and 18/35.
    for found, exact in ((mixed, 3 / 8), (pair, 18 / 35)):
        assert abs(found[0] - exact) < 4.5 * data[f"{found.name}_stderr"][0]
        shortfall = (data[f"{found.name}_asymptotic"] - found) * data["size"] ** 2
        noise = 4.5 * data[f"{found.name}_stderr"] * data["size"] ** 2
        assert (shortfall > 0.15 - noise).all()
        assert (shortfall < 0.3 + noise).all()


def test_displacements(data):
    far = data.isel(d_a=[0, 1, 5, 6])
    z = (far["displacement"] - far["displacement_exact"]) / far["displacement_stderr"]
    assert float(abs(z).max()) < 4.5
    below = data.isel(d_a=slice(0, 4))
    z = (below["uhlmann"] - below["uhlmann_exact"]) / below["uhlmann_stderr"]
    assert float(abs(z).max()) < 4.5
    assert np.isinf(data["uhlmann"].values[4:]).all()
    assert np.isinf(data["uhlmann_exact"].values[4:]).all()
    assert data["displacement_exact"].values[3] == math.inf
    assert int(np.argmax(data["displacement_median"].values)) == 3


def test_both_routes_agree(data):
    for name in ("distance", "pair_distance"):
        gap = data[name] - data[f"{name}_explicit"]
        errors = np.hypot(data[f"{name}_stderr"], data[f"{name}_explicit_stderr"])
        assert float(abs(gap / errors).max()) < 4.5


def test_spectra_give_what_the_matrices_give():
    # The experiment works from Schmidt spectra; the library's functions take density matrices.
    for d_a, d_b in ((3, 5), (5, 3)):
        rho = haar_reduced_states(d_a, d_b, 3, rng=1)
        p = np.linalg.eigvalsh(rho)[:, ::-1][:, : min(d_a, d_b)]
        squares = ((p - 1 / d_a) ** 2 / p).sum(axis=-1) / 4
        np.testing.assert_allclose(tangent_displacement(rho, d_b) ** 2, squares, rtol=1e-9)
        if d_a <= d_b:
            steps = ((np.sqrt(p) - d_a**-0.5) ** 2).sum(axis=-1)
            np.testing.assert_allclose(uhlmann_displacement(rho) ** 2, steps, rtol=1e-9)


def test_distances_approach_their_limits(data):
    at = data.isel(d_a=3)
    assert at["distance_asymptotic"].item() == pytest.approx(typical_trace_distance(1.0))
    assert abs(at["distance"] - at["distance_asymptotic"]) < 4 * at["distance_stderr"] + 0.5 / 64
    assert (data["pair_distance"] > data["distance"]).all()


def test_shell_states_are_near_omega(data):
    assert (data["shell_distance"] < data["shell_mixed_distance"]).all()
    assert (data["shell_distance"] < data["shell_distance_bound"]).all()
    bound, printed = data["shell_distance_bound"], data["shell_distance_printed_bound"]
    assert (bound <= printed + 1e-12).all()


def test_same_seed_same_numbers_and_progress_to_the_end(data):
    seen = []
    again = Distinguishability(**SMALL).run(rng=5, progress=lambda *step: seen.append(step[0]))
    xr.testing.assert_allclose(again, data, rtol=1e-7, atol=1e-12)
    assert again.attrs == data.attrs
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"d_b": 3}, "d_b must"),
        ({"d_b": 513}, "d_b must"),
        ({"d_a": ()}, "d_a must"),
        ({"d_a": (4, 2)}, "d_a must be ascending"),
        ({"d_a": (2, 2)}, "d_a must be ascending"),
        ({"d_a": (1, 2)}, "d_a must hold"),
        ({"d_a": (2, 2000)}, "d_a must hold"),
        ({"n_samples": 3}, "n_samples"),
        ({"n_small": 0}, "n_small"),
        ({"n_compared": 3}, "n_compared"),
        ({"n_balanced": 1}, "n_balanced"),
        ({"ratio_d_b": 1}, "ratio_d_b must"),
        ({"ratio_d_a": (2, 300)}, "ratio_d_a must hold"),
        ({"ratio_d_a": ()}, "ratio_d_a must be ascending"),
        ({"sizes": (1, 2)}, "sizes must hold"),
        ({"sizes": (2, 129)}, "sizes must hold"),
        ({"n_spins": 14}, "n_spins"),
        ({"n_spins": 4, "n_levels": 17}, "n_levels"),
        ({"center": math.inf}, "center"),
    ],
)
def test_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        Distinguishability(**parameters)


def test_one_infinite_relative_entropy_makes_the_mean_infinite():
    rows = [{name: np.array([0.5, math.inf, 0.25]) for name in MEASURES}]
    found = measure_variables("ratio_pair", rows)
    mean, stderr = found["ratio_pair_relative_entropy"]
    assert mean.tolist() == [math.inf]
    assert stderr.tolist() == [0.0]
