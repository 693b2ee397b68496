"""The rows of the distinguishability experiment: right predictions agree, wrong ones do not."""

import pytest

from typicality.experiments import Distinguishability
from typicality.report.findings.distinguishability import findings


@pytest.fixture(scope="module")
def data():
    return Distinguishability(n_spins=8, n_levels=40, center=-4.0).run(rng=3)


def test_theory_agrees_and_what_it_corrects_does_not(data):
    rows = findings(data)
    for row in rows:
        assert row.agrees == (row.source == "theory"), row
    assert len({row.statement for row in rows}) == len(rows)
    assert len(rows) >= 12


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("distance_asymptotic", "T(c)"),
        ("pair_distance_asymptotic", "of a pair at"),
        ("squared_distance_exact", "1/d_A‖₂²"),
        ("displacement_exact", "linearized step, measured"),
        ("uhlmann_exact", "Uhlmann"),
        ("small_pair_distance_exact", "18/35"),
        ("shell_squared_distance_exact", "Ω_A‖₂² of one spin"),
    ],
)
def test_a_wrong_prediction_is_seen(data, name, word):
    wrong = findings(data.assign({name: 1.3 * data[name] + 0.1}))
    chosen = [row for row in wrong if word in row.statement and row.relation == "equals"]
    assert chosen
    assert not any(row.agrees for row in chosen)


def test_one_dimension_is_enough():
    data = Distinguishability(
        d_b=4, d_a=(2,), n_samples=10, n_small=10, n_spins=4, n_levels=4, center=0.0
    ).run(rng=1)
    assert findings(data)
