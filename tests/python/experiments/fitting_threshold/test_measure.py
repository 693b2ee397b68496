"""The fitting threshold: rank, fits, the reduced state beside them, and the findings."""

import numpy as np
import pytest

from typicality.experiments import FittingThreshold
from typicality.experiments.fitting_threshold.findings import findings
from typicality.experiments.fitting_threshold.quantum_side import dimensions
from typicality.networks import fit_threshold

SMALL = {"n_samples": (24, 30), "n_outputs": 3, "n_draws": 6, "d_a": 16, "n_spectra": 300}


@pytest.fixture(scope="module")
def dataset():
    return FittingThreshold(**SMALL).run(rng=5)


def find(rows, words):
    return next(row for row in rows if words in row.statement)


def test_rank_is_that_of_the_theory(dataset):
    assert (dataset["rank"] <= dataset["n_effective"]).all()
    tanh = dataset.sel(activation="tanh")
    reached = np.minimum(tanh["n_effective"], tanh["n_constraints"])
    np.testing.assert_array_equal(tanh["rank"], reached)


def test_points_aim_at_their_ratios(dataset):
    # A unit more or less is 20 parameters out of at least 36.
    step = 20 / dataset["n_constraints"]
    assert (abs(dataset["ratio"] - dataset["point"]) <= 0.51 * step + 1e-9).all()
    assert (dataset["ratio"] > 1).any()
    assert (dataset["ratio"] < 1).any()


def test_edge_is_the_normalized_one(dataset):
    expected = np.sqrt(
        dataset["smallest_eigenvalue"] * dataset["n_effective"] / dataset["trace"]
    ).mean("draw")
    np.testing.assert_allclose(dataset["edge"], expected, rtol=1e-9)


def test_fits_are_those_of_the_library(dataset):
    row = dataset.sel(activation="tanh", n_samples=30).isel(draw=2)
    inside = (row["point"] >= 4.0) & (row["point"] <= 16.5)
    fit = fit_threshold(
        row["n_effective"].values[inside],
        row["smallest_eigenvalue"].values[inside],
        90,
        trace=row["trace"].values[inside],
    )
    assert float(row["kappa_draw"].sel(window="far")) == pytest.approx(fit.kappa, rel=1e-12)
    assert float(row["sigma_draw"].sel(window="far")) == pytest.approx(fit.sigma, rel=1e-12)


def test_reduced_states_follow_their_exact_means(dataset):
    exact = dataset["quantum_smallest_exact"]
    known = exact.notnull()
    deviation = abs(dataset["quantum_smallest"] - exact).where(known, 0.0)
    assert (deviation <= 4 * dataset["quantum_smallest_stderr"]).all()
    assert float(exact.sel(d_b=16)) == pytest.approx(16.0**-3, rel=1e-12)
    far = dataset.sel(d_b=256)
    assert float(far["quantum_edge"]) == pytest.approx(
        float(far["quantum_edge_asymptotic"]), rel=0.05
    )
    assert (dataset["quantum_smallest"].where(dataset["d_b"] < 16, drop=True) == 0).all()


def test_dimensions_hold_the_two_exact_shapes():
    assert {5, 6} <= set(dimensions(5))
    assert dimensions(2)[0] == 1


def test_findings(dataset):
    rows = findings(dataset)
    assert find(rows, "largest excess").agrees
    assert find(rows, "largest difference").agrees
    assert find(rows, "P_eff/(n_L N) from which K is regular").agrees
    # One misprint is the number of samples for that of outputs, the other an eigenvalue for a
    # singular value.
    assert find(rows, "parameters per training sample").kind == "misprint"
    assert find(rows, "power of").kind == "misprint"
    assert find(rows, "smallest eigenvalue of ρ_A, d_A = d_B").agrees


def test_findings_see_a_wrong_number(dataset):
    wrong = dataset.copy(deep=True)
    wrong["rank"][:] = wrong["n_effective"] + 1
    wrong["quantum_smallest"][:] = wrong["quantum_smallest"] * 2
    rows = findings(wrong)
    assert not find(rows, "largest excess").agrees
    assert not find(rows, "largest difference").agrees
    smallest = [row for row in rows if "mean smallest eigenvalue" in row.statement]
    assert [row.kind for row in smallest] == ["disagrees", "disagrees"]


def test_a_corrected_misprint_must_agree(dataset):
    wrong = dataset.copy(deep=True)
    wrong["quantum_smallest"][:] = wrong["quantum_smallest"] ** 0.2
    assert find(findings(wrong), "power of").kind == "disagrees"


def test_the_threshold_is_proportional_to_the_outputs(dataset):
    wrong = dataset.copy(deep=True)
    wrong["ratio"][:, -1] = 3.0 * wrong["ratio"][:, -1]
    assert find(findings(wrong), "threshold P_eff").kind == "disagrees"


def test_findings_without_tanh_or_a_second_size():
    data = FittingThreshold(
        n_samples=(10,), activations=("relu",), n_outputs=2, n_draws=2, d_a=4, n_spectra=20
    ).run(rng=0)
    rows = findings(data)
    assert not any("tanh" in row.statement for row in rows)
    assert not any(" over " in row.statement and "N = " in row.statement for row in rows)


def test_same_seed_same_numbers(dataset):
    again = FittingThreshold(**SMALL).run(rng=5)
    for name in ("kappa", "rank", "quantum_smallest"):
        np.testing.assert_allclose(dataset[name], again[name], rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("preset", ["quick", "full"])
def test_presets(preset):
    experiment = FittingThreshold.preset(preset)
    assert experiment.n_samples == (30, 60, 120)
    assert experiment.activations == ("relu", "tanh")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_samples", ()),
        ("n_samples", (1,)),
        ("n_samples", (30, 30)),
        ("n_samples", (900,)),
        ("activations", ()),
        ("activations", ("sine",)),
        ("n_outputs", 0),
        ("n_components", 0),
        ("bias_scale", 0.0),
        ("ratios", (0.5, 2.0, 5.0)),
        ("ratios", (-1.0, 1.5, 2.0, 3.0, 5.0, 6.0, 7.0)),
        ("n_draws", 1),
        ("d_a", 1),
    ],
)
def test_parameters_out_of_range_are_named(name, value):
    with pytest.raises(ValueError, match=name):
        FittingThreshold(**{name: value})
