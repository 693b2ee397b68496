import math

import numpy as np
import pytest
import xarray as xr

from oracles.chains import at, ising
from typicality.experiments import Relaxation

SMALL = {"n_spins": (5, 7), "n_times": 9, "n_late": 300, "n_states": 60}


@pytest.fixture(scope="module")
def data():
    return Relaxation(**SMALL).run(rng=2)


def test_curve_is_the_evolution_by_eigenvectors(data):
    n = 5
    hamiltonian = ising(n, 1.0, -1.05, 0.5, periodic=False)
    observable = at(n, s2="Z")
    up = math.sqrt(0.25)
    spin = np.array([up, 1j * math.sqrt(1 - up**2)])
    psi = spin
    for _ in range(n - 1):
        psi = np.kron(psi, spin)
    energies, vectors = np.linalg.eigh(hamiltonian)
    for time, found in zip(data["time"].values, data["expectation"].values[0], strict=True):
        state = vectors @ (np.exp(-1j * energies * time) * (vectors.T @ psi))
        assert found == pytest.approx(np.vdot(state, observable @ state).real, abs=1e-10)
    weights = np.abs(vectors.T @ psi) ** 2
    assert data["effective_dimension"].values[0] == pytest.approx(1 / np.sum(weights**2))
    assert data["energy"].values[0] == pytest.approx(weights @ energies)
    elements = vectors.T @ observable @ vectors
    off = elements - np.diag(np.diag(elements))
    assert data["late_mean_exact"].values[0] == pytest.approx(weights @ np.diag(elements))
    assert data["late_variance_exact"].values[0] == pytest.approx(weights @ off**2 @ weights)


def test_averages_are_the_exact_ones(data):
    for name, slack in (("late_mean", 0.0), ("late_variance", 0.0), ("typical_mean", 0.02)):
        gap = abs(data[name] - data[f"{name}_exact"])
        assert (gap < 4.5 * data[f"{name}_stderr"] + slack).all(), name


def test_fluctuations_shrink_and_keep_below_the_bound(data):
    assert (data["late_variance_exact"] < data["late_variance_bound"]).all()
    assert data["late_variance_exact"].values[1] < data["late_variance_exact"].values[0]


def test_start_and_energy(data):
    np.testing.assert_allclose(data["expectation"].values[:, 0], -0.5, atol=1e-12)
    # Product state: z^2 a bond and z/2 a spin, nothing along x.
    for n, energy in zip((5, 7), data["energy"].values, strict=True):
        assert energy == pytest.approx((n - 1) * 0.25 - 0.25 * n)


def test_same_seed_same_numbers_and_progress_to_the_end(data):
    seen = []
    again = Relaxation(**SMALL).run(rng=2, progress=lambda *step: seen.append(step[0]))
    xr.testing.assert_allclose(again, data, rtol=1e-6, atol=1e-9)
    assert again.attrs == data.attrs
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_spins": ()}, "n_spins must"),
        ({"n_spins": (6, 5)}, "n_spins must be ascending"),
        ({"n_spins": (3,)}, "n_spins must be from 4"),
        ({"n_spins": (14,)}, "n_spins must be from 4"),
        ({"polarization": 1.0}, "polarization"),
        ({"polarization": math.nan}, "polarization"),
        ({"longest_time": 0.0}, "longest_time"),
        ({"n_times": 1}, "n_times"),
        ({"n_late": 2}, "n_late"),
        ({"n_states": 0}, "n_states"),
        ({"window": 0.0}, "window"),
    ],
)
def test_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        Relaxation(**parameters)
