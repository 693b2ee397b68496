import math

import mpmath as mp
import numpy as np
import pytest
import xarray as xr

from oracles.spectra import laguerre_power_mean
from typicality.experiments import RenyiEntropy
from typicality.experiments.renyi_entropy import measure as renyi_entropy

SMALL = {
    "n_qubits": 5,
    "n_matrices": 60,
    "n_states": 600,
    "balanced_dimensions": (4, 8, 16),
    "n_spectra": 2000,
}


@pytest.fixture(scope="module")
def data():
    return RenyiEntropy(**SMALL).run(rng=5)


def test_annealed_entropies_have_their_exact_values(data):
    finite = data.isel(alpha=np.flatnonzero(np.isfinite(data["alpha"])), source=[0, 1])
    z = (finite["entropy_annealed"] - finite["entropy_annealed_exact"]) / finite[
        "entropy_annealed_stderr"
    ]
    # 4 orders x 4 cuts x 2 sources, neighbors strongly correlated.
    assert abs(z).max() < 4.0
    assert data["entropy_annealed_exact"].sel(alpha=math.inf).isnull().all()


def test_eigenvectors_are_haar_states(data):
    gue, haar = data.isel(source=0), data.isel(source=1)
    z = (gue["entropy"] - haar["entropy"]) / np.hypot(gue["entropy_stderr"], haar["entropy_stderr"])
    assert abs(z).max() < 4.0


def test_a_chain_has_less_entropy_than_a_random_matrix():
    data = RenyiEntropy(
        n_qubits=8, n_matrices=2, n_states=100, alphas=(1.0, 2.0), balanced_dimensions=(4,),
        n_spectra=2,
    ).run(rng=5)  # fmt: skip
    haar, eigenstates, shell = (data.isel(n_a=3, source=source) for source in (1, 2, 3))
    error = np.hypot(haar["entropy_stderr"], shell["entropy_stderr"])
    assert (shell["entropy"] < haar["entropy"] - 4.0 * error).all()
    # No chance is involved in a mean over all eigenstates of a shell.
    assert (eigenstates["entropy_stderr"] == 0.0).all()
    assert (eigenstates["entropy"] < shell["entropy"]).all()


def test_mean_is_never_below_the_annealed_entropy_for_alpha_above_one(data):
    # Jensen: log of the mean against the mean of the log, sample by sample.
    above = data.isel(alpha=np.flatnonzero(data["alpha"] > 1))
    assert (above["entropy"] >= above["entropy_annealed"] - 1e-12).all()


def test_eq_2_is_symmetric_and_its_zero_is_hartley(data):
    curve = data["entropy_asymptotic"].values
    np.testing.assert_allclose(curve, curve[:, ::-1], rtol=1e-10)
    small = RenyiEntropy(**(SMALL | {"alphas": (1e-6,), "n_matrices": 2, "n_states": 2})).run(rng=1)
    np.testing.assert_allclose(
        small["entropy_asymptotic"][0], small["entropy_hartley_asymptotic"], atol=1e-4
    )
    assert (data["rank"].values == [[2, 4, 4, 2]] * 4).all()


def test_density_counts_every_nonzero_eigenvalue(data):
    width = float(data["eigenvalue_edge"][1] - data["eigenvalue_edge"][0])
    inside = (data["density"] * width).sum("eigenvalue")
    # Where c < 1 the law ends below 4.4, and no eigenvalue is zero.
    np.testing.assert_allclose(inside[:, :2], 1.0, atol=0.02)
    assert (inside[:, 3] <= 0.25).all()
    law = (data["density_asymptotic"] * width).sum("eigenvalue")
    np.testing.assert_allclose(law[:2], 1.0, atol=1e-6)


def test_gap_at_alpha_one_is_pages(data):
    one = data["gap"].sel(alpha=1.0)
    z = (one - data["gap_page_exact"]) / data["gap_stderr"].sel(alpha=1.0)
    assert abs(z).max() < 4.0


def test_same_seed_same_numbers(data):
    seen = []
    again = RenyiEntropy(**SMALL).run(rng=5, progress=lambda fraction, _: seen.append(fraction))
    # Matrix products may differ in the last digits, even of the same numbers.
    xr.testing.assert_allclose(again, data, rtol=1e-7, atol=1e-12)
    assert again.attrs == data.attrs
    assert seen == sorted(seen)


def test_annealed_entropies_near_alpha_one_join_shannons():
    orders = (1.0, 1 - 1e-13, 1 + 1e-9, 1 - 1e-6, 1 + 9.9e-5)
    near = RenyiEntropy(**(SMALL | {"alphas": orders, "n_matrices": 2})).run(rng=5)
    exact = near["entropy_annealed_exact"].values
    measured = near["entropy_annealed"].isel(source=1).values
    for row, alpha in enumerate(orders):
        for cut in range(4):
            with mp.workdps(40):
                order = mp.mpf(alpha) if alpha != 1.0 else 1 + mp.mpf(10) ** -20
                dims = sorted((2 ** (cut + 1), 2 ** (4 - cut)))
                mean = mp.log(laguerre_power_mean(*dims, order)) / (1 - order)
            assert exact[row, cut] == pytest.approx(float(mean), abs=1e-8)
        np.testing.assert_allclose(measured[row], measured[0], atol=2 * abs(alpha - 1) + 1e-14)
    errors = near["entropy_annealed_stderr"].isel(source=1).values
    np.testing.assert_allclose(errors, errors[[0] * 5], rtol=1e-3)


def test_large_orders():
    orders = (200.5, 250.0)
    data = RenyiEntropy(**(SMALL | {"alphas": orders, "n_matrices": 2, "n_qubits": 8})).run(rng=5)
    # Weights of the chain's eigenstates and of Haar states alike, as logarithms of the mean power.
    assert np.isfinite(data["entropy_annealed"]).all()
    assert (data["entropy_annealed"] <= data["entropy"] + 1e-12).all()
    for row, alpha in enumerate(orders):
        with mp.workdps(40):
            mean = mp.log(laguerre_power_mean(16, 16, mp.mpf(alpha))) / (1 - mp.mpf(alpha))
        assert data["entropy_annealed_exact"][row, 3] == pytest.approx(float(mean), rel=1e-12)


def test_powers_that_underflow_have_a_mean():
    spectra = np.random.default_rng(1).dirichlet(np.ones(64), size=50)
    with mp.workdps(30):
        powers = [mp.fsum(mp.mpf(float(p)) ** 249.5 for p in row) for row in spectra / 16]
        expected = mp.log(mp.fsum(powers) / 50) / (1 - mp.mpf(249.5))
    entropy, stderr = renyi_entropy._annealed(spectra / 16, 249.5)
    assert entropy == pytest.approx(float(expected), rel=1e-12)
    assert 0.0 < stderr < 1.0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_qubits": 13}, "n_qubits"),
        ({"n_matrices": 1}, "n_matrices"),
        ({"n_states": 1}, "n_states"),
        ({"n_spectra": 0}, "n_spectra"),
        ({"alphas": ()}, "alphas"),
        ({"alphas": (0.0,)}, "alphas"),
        ({"alphas": (1.0, 1.0)}, "alphas"),
        ({"alphas": (math.nan,)}, "alphas"),
        ({"alphas": (1.0, 250.5)}, "up to 250, or infinity"),
        ({"balanced_dimensions": (1,)}, "balanced_dimensions"),
    ],
)
def test_out_of_range(parameters, message):
    with pytest.raises(ValueError, match=message):
        RenyiEntropy(**parameters)
