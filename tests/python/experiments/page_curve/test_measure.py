import math

import numpy as np
import pytest
import xarray as xr

from oracles.chains import reduced
from typicality.experiments import PageCurve
from typicality.experiments.page_curve.measure import _pair_distance
from typicality.quantum import haar_states

SMALL = {
    "n_qubits": 6, "n_samples": 60, "n_checked": 3, "n_spectra": 400, "n_spins": 6, "n_levels": 12,
}  # fmt: skip


@pytest.fixture(scope="module")
def data():
    return PageCurve(**SMALL).run(rng=11)


def test_measured_means_agree_with_the_exact_ones(data):
    for name in ("entropy", "purity"):
        z = (data[name] - data[f"{name}_exact"]) / data[f"{name}_stderr"]
        assert abs(z).max() < 4.5, name
    z = (data["balanced_smallest"] - data["balanced_smallest_exact"]) / data[
        "balanced_smallest_stderr"
    ]
    assert abs(z).max() < 4.0
    pure = data["pure_pair_distance"] - data["pure_pair_distance_exact"]
    assert abs(pure) < 4.0 * data["pure_pair_distance_stderr"]


def test_spread_from_state_to_state(data):
    z = (data["entropy_deviation"] - data["entropy_deviation_exact"]) / data[
        "entropy_deviation_stderr"
    ]
    # The standard error of a standard deviation from 60 states is itself uncertain by a sixth.
    assert abs(z).max() < 5.0


def test_both_parts_have_the_same_entropy(data):
    assert data["entropy_mismatch"].notnull().all()
    assert data["entropy_mismatch"].max() < 1e-12


def test_distances_approach_their_limits(data):
    # Limits of large dimensions, at cuts where both sides have at least four.
    inner = data.isel(n_a=[1, 2, 3])
    for name, allowance in (("distance", 0.03), ("pair_distance", 0.03)):
        gap = abs(inner[name] - inner[f"{name}_asymptotic"])
        assert (gap < 4.0 * inner[f"{name}_stderr"] + allowance).all()


def test_zero_eigenvalues_only_where_a_is_larger(data):
    assert data["zero_eigenvalues"].values.tolist() == [0, 0, 0, 12, 30]


@pytest.mark.parametrize("d_a", [2, 4, 8, 16, 32])
def test_pair_distance_is_the_trace_distance(d_a):
    psi, phi = haar_states(32, size=(2, 3), rng=5)
    found = _pair_distance(psi, phi, d_a)
    for value, x, y in zip(found, psi, phi, strict=True):
        dims = [d_a, 32 // d_a]
        difference = reduced(np.outer(x, x.conj()), dims, [0]) - reduced(
            np.outer(y, y.conj()), dims, [0]
        )
        assert value == pytest.approx(np.abs(np.linalg.eigvalsh(difference)).sum() / 2, abs=1e-12)


def test_distance_of_one_qubit_has_its_exact_mean():
    # A qubit's Bloch vector: E T = B(2, d_B - 1) / (2 B(3/2, d_B - 1)).
    data = PageCurve(n_qubits=5, n_samples=400, n_spectra=2).run(rng=3)
    at, d_b = data.isel(n_a=0), 16
    exact = (
        math.exp(
            math.lgamma(2.0) + math.lgamma(d_b + 0.5) - math.lgamma(d_b + 1.0) - math.lgamma(1.5)
        )
        / 2.0
    )
    assert abs(at["distance"] - exact) < 4.0 * at["distance_stderr"]


def test_blocks_of_states_do_not_change_the_law(monkeypatch):
    whole = PageCurve(**SMALL).run(rng=1)
    monkeypatch.setattr("typicality.experiments.page_curve.measure._BLOCK_AMPLITUDES", 2**9)
    parts = PageCurve(**SMALL).run(rng=1)
    gap = abs(whole["entropy"] - parts["entropy"])
    assert (gap < 4.0 * np.hypot(whole["entropy_stderr"], parts["entropy_stderr"])).all()


def test_same_seed_same_numbers_and_progress_to_the_end(data):
    seen = []
    again = PageCurve(**SMALL).run(rng=11, progress=lambda fraction, _: seen.append(fraction))
    # Matrix products may differ in the last digits, even of the same numbers.
    xr.testing.assert_allclose(again, data, rtol=1e-7, atol=1e-12)
    assert again.attrs == data.attrs
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("n_qubits", [2, 3])
def test_smallest_sizes(n_qubits):
    data = PageCurve(n_qubits=n_qubits, n_samples=4, n_checked=1, n_spectra=2).run(rng=1)
    assert data.sizes["n_a"] == n_qubits - 1
    assert np.isfinite(data["distance"]).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_qubits": 1}, "n_qubits"),
        ({"n_qubits": 27}, "n_qubits"),
        ({"n_samples": 5}, "n_samples must be even"),
        ({"n_samples": 2}, "n_samples"),
        ({"n_checked": 0}, "n_checked"),
        ({"n_samples": 4, "n_checked": 5}, "n_checked"),
        ({"n_spectra": 1}, "n_spectra"),
        ({"n_spins": 3}, "n_spins"),
        ({"n_spins": 14}, "n_spins"),
        ({"n_spins": 4, "n_levels": 17}, "n_levels"),
        ({"n_levels": 1}, "n_levels"),
    ],
)
def test_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        PageCurve(**parameters)
    with pytest.raises(TypeError, match="n_qubits"):
        PageCurve(n_qubits=4.5)
