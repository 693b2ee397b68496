"""Double descent: least-norm fits against the library's, exact means, and the findings."""

import numpy as np
import pytest

from typicality.experiments import DoubleDescent
from typicality.experiments.double_descent.findings import findings
from typicality.experiments.double_descent.measure import _errors, _minimum_norm
from typicality.experiments.double_descent.quantum_side import factor_pairs
from typicality.networks import minimum_norm
from typicality.quantum import tangent_displacement

SMALL = {
    "n_samples": 60,
    "features": (10, 20, 50, 58, 62, 70, 120, 1200),
    "n_tangent_samples": 40,
    "widths": (1, 2, 6, 7, 20, 60),
    "n_components": 4,
    "n_draws": 8,
    "n_gaussian_draws": 60,
    "total_dimension": 144,
    "n_spectra": 60,
}


@pytest.fixture(scope="module")
def dataset():
    return DoubleDescent(**SMALL).run(rng=2)


def find(rows, words):
    return next(row for row in rows if words in row.statement)


@pytest.mark.parametrize("size", [1, 7, 20, 39, 41, 90])
def test_minimum_norm_of_both_routes(size):
    rng = np.random.default_rng(0)
    table, columns = rng.standard_normal((20, size)), rng.standard_normal((20, 6))
    np.testing.assert_allclose(
        _minimum_norm(table, columns), minimum_norm(table, columns), atol=1e-9
    )


def test_errors_are_summed_over_classes_and_averaged_over_digits():
    rng = np.random.default_rng(1)
    table = rng.standard_normal((9, 3))
    targets, truth = rng.standard_normal((2, 4, 10)), rng.standard_normal((5, 10))
    test, train = _errors([table], targets, truth)
    assert test.shape == train.shape == (2, 1)
    for level in range(2):
        weights = minimum_norm(table[:4], targets[level])
        expected = np.mean(np.sum((table[4:] @ weights - truth) ** 2, axis=1))
        assert test[level, 0] == pytest.approx(expected, rel=1e-10)
        expected = np.mean(np.sum((table[:4] @ weights - targets[level]) ** 2, axis=1))
        assert train[level, 0] == pytest.approx(expected, rel=1e-10)


def test_training_error_vanishes_at_the_threshold(dataset):
    above = dataset["features_ratio"] > 1
    error = dataset["features_training_error"]
    assert float(error.where(above, 0.0).max()) < 1e-12
    assert float(error.where(~above).min()) > 1e-6


def test_peak_and_second_descent(dataset):
    clean = dataset["features_error_median"].sel(noise=0.0)
    assert int(clean.idxmax()) in (58, 62)
    assert float(clean.sel(features=1200)) < float(dataset["features_first_minimum"].sel(noise=0.0))
    assert (dataset["features_error_low"] <= dataset["features_error_high"]).all()


def test_noise_is_nested(dataset):
    # The same splits and features at every level: more noise costs more in nearly every draw.
    error = dataset["features_error"].sel(features=1200)
    assert float((error.sel(noise=0.2) > error.sel(noise=0.0)).mean()) == 1.0


def test_parameters_are_features_times_outputs(dataset):
    np.testing.assert_array_equal(dataset["features_params"], 10 * dataset["features"])
    np.testing.assert_array_equal(dataset["tangent"], [6 * w + 1 for w in SMALL["widths"]])


def test_gaussian_features_follow_the_exact_mean(dataset):
    deviation = abs(dataset["gaussian_risk"] - dataset["gaussian_risk_exact"])
    assert (deviation <= 4.5 * dataset["gaussian_risk_stderr"]).all()


def test_steps_are_those_of_the_library(dataset):
    for d_a, d_b in ((3, 48), (48, 3)):
        rho = np.diag(np.arange(1.0, min(d_a, d_b) + 1))
        rho = np.pad(rho / np.trace(rho), (0, d_a - len(rho)))
        p = np.diag(rho)[: min(d_a, d_b)]
        step = np.sqrt(np.sum((1 / d_a - p) ** 2 / (4 * p)))
        assert float(tangent_displacement(rho, d_b)) == pytest.approx(step, rel=1e-9)
    finite = np.isfinite(dataset["step_exact"]) & (dataset["d_a"] > 1)
    deviation = abs(dataset["step"] - dataset["step_exact"]).where(finite, 0.0)
    assert (deviation <= 4.5 * dataset["step_stderr"] + 1e-12).all()
    assert np.isinf(dataset["step_exact"].sel(d_a=12))


def test_every_cut_is_there():
    assert [d_a * d_b for d_a, d_b in factor_pairs(36)] == [36] * 9


def test_findings(dataset):
    rows = findings(dataset)
    assert find(rows, "largest mean training error").agrees
    assert find(rows, "parameters per training sample").kind == "misprint"
    assert find(rows, "log of the test error").agrees
    assert find(rows, "no peak").agrees
    assert find(rows, "grows with d_A").agrees
    assert find(rows, "median squared minimum-norm").agrees
    # The paper says that the error decreases again, not how far.
    assert not any("first minimum" in row.statement for row in rows)


def test_findings_see_a_wrong_number(dataset):
    wrong = dataset.copy(deep=True)
    wrong["features_error_median"][:] = np.arange(wrong.sizes["features"])
    wrong["features_error"][:] = np.arange(wrong.sizes["features"])[:, None]
    wrong["features_training_error"][:] = 1.0
    wrong["distance"][:] = wrong["distance"].values[::-1]
    rows = findings(wrong)
    assert not find(rows, "largest mean training error").agrees
    assert find(rows, "parameters per training sample").kind == "disagrees"
    assert find(rows, "grows with d_A").kind == "disagrees"


def test_an_error_that_does_not_fall_again_is_seen(dataset):
    wrong = dataset.copy(deep=True)
    wrong["features_error"][:, -1] = 2.0 * wrong["features_error"].max()
    assert find(findings(wrong), "log of the test error").kind == "disagrees"


def test_same_seed_same_numbers(dataset):
    again = DoubleDescent(**SMALL).run(rng=2)
    for name in ("features_error", "tangent_error", "gaussian_risk", "step"):
        np.testing.assert_allclose(dataset[name], again[name], rtol=1e-7, err_msg=name)


@pytest.mark.parametrize("preset", ["quick", "full"])
def test_presets_avoid_the_threshold_itself(preset):
    experiment = DoubleDescent.preset(preset)
    assert experiment.n_samples not in experiment.features
    assert all(18 * width + 1 != experiment.n_tangent_samples for width in experiment.widths)
    assert experiment.noise == (0.0, 0.1, 0.2)


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({"n_samples": 5}, "n_samples"),
        ({"n_samples": 300, "features": (100, 300, 500)}, "n_samples=300"),
        ({"features": (20, 10)}, "features"),
        ({"features": (0, 10)}, "features"),
        ({"widths": ()}, "widths"),
        ({"n_tangent_samples": 181, "widths": (10,)}, "n_tangent_samples=181"),
        ({"noise": (0.0, 1.5)}, "noise"),
        ({"noise": (0.1, 0.0)}, "noise"),
        ({"n_draws": 3}, "n_draws"),
        ({"total_dimension": 60}, "total_dimension"),
        ({"total_dimension": -4}, "total_dimension"),
        ({"n_components": 0}, "n_components"),
    ],
)
def test_parameters_out_of_range_are_named(parameters, word):
    with pytest.raises(ValueError, match=word):
        DoubleDescent(**parameters)
