"""Global minima: what the dataset holds, and what the findings make of it."""

import numpy as np
import pytest
from scipy import stats

from typicality.experiments import GlobalMinima
from typicality.experiments.global_minima.findings import findings
from typicality.experiments.global_minima.measure import _clopper_pearson

SMALL = {
    "n_samples": (24, 30),
    "widths": (1, 2, 5, 10),
    "n_starts": 8,
    "wide_widths": (32, 64, 128),
    "n_descents": 3,
    "n_components": 4,
}


@pytest.fixture(scope="module")
def dataset():
    return GlobalMinima(**SMALL).run(rng=3)


def test_no_start_has_a_minimum_below_the_rank_threshold(dataset):
    below = (dataset["ratio"] < 1).values
    assert below.any()
    assert (dataset["share"].values[below] == 0).all()
    assert (dataset["share"].values[:, -1] == 1).all()
    assert (dataset["share"] <= dataset["share_bound"]).all()


def test_effective_parameters_are_counted_as_the_theory_says(dataset):
    # Four inputs and a bias a unit, an output weight a unit, an output bias.
    expected = 6 * dataset["width"].values + 1
    np.testing.assert_array_equal(dataset["n_effective"].values[0], expected)


def test_distances(dataset):
    assert (dataset["not_converged"] == 0).all()
    arrived = dataset["displacement"].values
    widths = dataset["wide_width"].values[:, None]
    np.testing.assert_allclose(dataset["rms"] * np.sqrt(6 * widths + 1), arrived, rtol=1e-9)
    assert (dataset["largest"] <= dataset["displacement"]).all()
    assert (dataset["largest_linear"] <= dataset["linear"]).all()
    gap = abs(1 - dataset["descent_ratio"].values)
    assert gap[-1] < gap[0]


def test_what_did_not_arrive_has_no_distance():
    data = GlobalMinima(**SMALL | {"descent_steps": 2}).run(rng=3)
    assert (data["not_converged"] == 3).all()
    assert data["displacement"].isnull().all()
    assert data["displacement_mean"].isnull().all()
    # Minima that exist are still counted as existing.
    assert (data["share"].values[:, -1] == 1).all()
    row = next(row for row in findings(data) if "gradient descent to its" in row.statement)
    assert row.kind == "disagrees"


def test_intervals_are_clopper_pearson():
    low, high = _clopper_pearson(np.array([0, 3, 32]), 32)
    for hits, a, b in zip((0, 3, 32), low, high, strict=True):
        interval = stats.binomtest(hits, 32).proportion_ci(0.95, method="exact")
        assert (a, b) == pytest.approx((interval.low, interval.high), abs=1e-12)


def test_same_seed_same_numbers(dataset):
    again = GlobalMinima(**SMALL).run(rng=3)
    np.testing.assert_array_equal(dataset["share"], again["share"])
    np.testing.assert_allclose(dataset["displacement"], again["displacement"], rtol=1e-9)
    assert dataset.attrs == again.attrs


def test_progress_moves(dataset):
    told = []
    parameters = SMALL | {"widths": (1, 5), "wide_widths": (8, 16), "n_samples": (12,)}
    GlobalMinima(**parameters).run(rng=0, progress=lambda part, text: told.append((part, text)))
    fractions = [part for part, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {text.split(",")[0] for _, text in told} >= {"searching minima", "gradient descent"}


def test_findings_see_a_wrong_number(dataset):
    below, far = findings(dataset)[:2]
    assert below.agrees
    assert far.agrees
    assert (below.claim, far.claim) == ("", "minima")
    wrong = dataset.copy(deep=True)
    wrong["share"][:, 0] = 0.5
    wrong["share"][:, -1] = 0.5
    below, far = findings(wrong)[:2]
    assert (below.kind, far.kind) == ("disagrees", "disagrees")


def test_minima_are_claimed_far_above_the_threshold_only(dataset):
    # Nearer to it a search that failed proves nothing, and settings are no measurements.
    wrong = dataset.assign(share=dataset["share"].where(dataset["ratio"] >= 2.0, 0.0))
    assert all(row.agrees for row in findings(wrong) if row.claim == "minima")
    assert not any("n_L / N" in row.statement for row in findings(dataset))


def test_findings_of_the_distance(dataset):
    row = next(row for row in findings(dataset) if "extrapolated" in row.statement)
    assert abs(row.measured - 1.0) < 5 * row.stderr + row.bias + 0.1
    wrong = dataset.copy(deep=True)
    wrong["descent_ratio"][:], wrong["descent_ratio_stderr"][:] = 0.5, 0.01
    row = next(row for row in findings(wrong) if "extrapolated" in row.statement)
    assert not row.agrees


@pytest.mark.parametrize("preset", ["quick", "full"])
def test_presets(preset):
    experiment = GlobalMinima.preset(preset)
    # Six widths on each side of the threshold, over the sizes together.
    ratio = [(18 * w + 1) / n for n in experiment.n_samples for w in experiment.widths]
    assert sum(r < 1 for r in ratio) >= 6
    assert sum(r > 1 for r in ratio) >= 6
    assert experiment.n_starts >= 32


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_samples", ()),
        ("n_samples", (1,)),
        ("n_samples", (20, 20)),
        ("widths", (0,)),
        ("wide_widths", (64,)),
        ("n_starts", 1),
        ("n_descents", 1),
        ("tolerance", 0.0),
        ("momentum", 1.0),
        ("bias_scale", -0.1),
        ("bias_scale", float("nan")),
        ("n_components", 62),
        ("max_steps", 0),
    ],
)
def test_parameters_out_of_range_are_named(name, value):
    with pytest.raises(ValueError, match=name):
        GlobalMinima(**{name: value})
