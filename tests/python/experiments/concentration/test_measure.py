import numpy as np
import pytest

from typicality.experiments import Concentration
from typicality.quantum import EnergyShell, ising_chain, pauli

SMALL = {
    "n_spins": (6, 7),
    "window_widths": (2.0, 4.0),
    "n_samples": 700,
    "n_draws": 4000,
    "dimensions": (4, 64, 1024),
    "n_variates": 2_000_000,
}


@pytest.fixture(scope="module")
def data():
    return Concentration(**SMALL).run(rng=2)


def test_shells_are_those_of_the_chain(data):
    h = ising_chain(7, transverse=-1.05, longitudinal=0.5)
    shell = EnergyShell.from_hamiltonian(h, window=(-3.5 - 2.0, -3.5 + 2.0))
    last = data.isel(shell=-1)
    assert int(last["shell_dimension"]) == shell.dimension
    z = pauli("IIIZIII")
    assert last["mean_exact"].item() == pytest.approx(shell.microcanonical_mean(z), abs=1e-10)
    exact = shell.microcanonical_variance(z) / (shell.dimension + 1)
    assert last["variance_exact"].item() == pytest.approx(exact, rel=1e-9)
    literal = (1.0 - shell.microcanonical_mean(z) ** 2) / (shell.dimension + 1)
    assert last["variance_unrestricted_bound"].item() == pytest.approx(literal, rel=1e-9)


@pytest.mark.parametrize("name", ["mean", "variance", "squared_distance"])
def test_explicit_states_agree_with_the_exact_values(data, name):
    z = (data[name] - data[f"{name}_exact"]) / data[f"{name}_stderr"]
    assert abs(z).max() < 4.0


def test_draws_in_law_agree_with_the_exact_values(data):
    z = (data["variance_in_law"] - data["variance_exact"]) / data["variance_in_law_stderr"]
    assert abs(z).max() < 4.0
    z = (data["abstract_variance"] - data["abstract_variance_exact"]) / data[
        "abstract_variance_stderr"
    ]
    assert abs(z).max() < 4.0


@pytest.mark.parametrize("prefix", ["", "abstract_"])
def test_tails_follow_the_exact_law_below_their_bounds(data, prefix):
    tail, stderr = data[f"{prefix}tail"], data[f"{prefix}tail_stderr"]
    exact = data[f"{prefix}tail_exact"]
    # Shares with fewer than ten expected hits are not normally distributed.
    enough = exact * 1000 > 10
    assert abs(((tail - exact) / stderr).where(enough)).max() < 4.5
    # Far tails keep their digits; beyond the spectrum there is nothing.
    assert exact.notnull().all()
    assert 0 < float(exact.where(exact > 0).min()) < 1e-8
    for bound in ("chebyshev", "hoeffding", "levy"):
        assert (exact <= data[f"{prefix}tail_{bound}_bound"] * (1 + 1e-9)).all()


def test_shells_are_not_at_infinite_temperature(data):
    assert (data["omega_mixed_distance"] > 0.1).all()
    assert (data["mixed_distance"] > data["distance"]).all()


def test_literal_variance_is_a_loose_bound(data):
    assert (data["variance_exact"] < data["variance_unrestricted_bound"]).all()


def test_observables_on_several_spins():
    data = Concentration(**(SMALL | {"n_spins": (6,), "observable": "XY"})).run(rng=2)
    z = (data["variance"] - data["variance_exact"]) / data["variance_stderr"]
    assert abs(z).max() < 4.0


def test_same_seed_same_numbers_and_progress_to_the_end(data):
    seen = []
    again = Concentration(**SMALL).run(rng=2, progress=lambda fraction, _: seen.append(fraction))
    # Matrix products may differ in the last digits from run to run of the linear algebra library.
    for name, variable in again.data_vars.items():
        np.testing.assert_allclose(variable, data[name], rtol=1e-7, atol=1e-12, err_msg=str(name))
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_shells_without_a_spread_are_refused():
    small = {"n_spins": (6,), "n_samples": 100, "n_draws": 100, "dimensions": (4,)}
    with pytest.raises(ValueError, match=r"window_widths\[1\]=0.1 leaves d = 1 level.*wider"):
        Concentration(**small, window_widths=(2.0, 0.1)).run(rng=1)
    # Without fields an energy of the chain fixes its domain walls; the lowest has only those of
    # two states, in which the product of neighbors is the same.
    uniform = {"transverse": 0.0, "longitudinal": 0.0, "coupling": 1.0, "observable": "ZZ"}
    with pytest.raises(ValueError, match=r"leaves d = 2 level\(s\) of 6 spins.*no spread"):
        Concentration(**small, **uniform, energy_density=-5 / 6, window_widths=(0.1,)).run(rng=1)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_spins": ()}, "n_spins"),
        ({"n_spins": (3,)}, "n_spins"),
        ({"n_spins": (14,)}, "n_spins"),
        ({"observable": "I"}, "observable"),
        ({"observable": ""}, "observable"),
        ({"observable": "Z" * 6}, "observable"),
        ({"subsystem_spins": 0}, "subsystem_spins"),
        ({"window_widths": (0.0,)}, "window_widths"),
        ({"window_widths": ()}, "window_widths"),
        ({"dimensions": (1,)}, "dimensions"),
        ({"n_samples": 10}, "n_samples"),
        ({"n_draws": 10}, "n_draws"),
    ],
)
def test_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        Concentration(**parameters)


def test_a_window_without_levels_says_so():
    with pytest.raises(ValueError, match="no level"):
        Concentration(n_spins=(4,), energy_density=10.0, window_widths=(0.1,)).run(rng=1)
