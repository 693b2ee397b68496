"""The rows of the distinguishability experiment: right predictions agree, wrong ones do not."""

import pytest

from typicality.experiments import Distinguishability
from typicality.experiments.distinguishability.findings import findings


@pytest.fixture(scope="module")
def data():
    return Distinguishability(n_spins=8, n_levels=40, center=-4.0).run(rng=3)


def test_all_rows_agree(data):
    rows = findings(data)
    for row in rows:
        assert row.agrees, row
    # That it grows is what the paper says of it; a peak at d_A = d_B it does not claim.
    assert {row.claim for row in rows} == {"", "distinguishability"}
    assert len({row.statement for row in rows}) == len(rows)
    assert len(rows) >= 26


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("distance_asymptotic", "of ρ_A to I/d_A at c"),
        ("pair_distance_asymptotic", "trace distance of a pair at c"),
        ("squared_distance_exact", "I/d_A‖₂²"),
        ("displacement_exact", "minimum-norm linearized displacement to I/d_A, measured"),
        ("uhlmann_exact", "Uhlmann"),
        ("small_pair_distance_exact", "18/35"),
        ("shell_squared_distance_exact", "Ω_A‖₂² of one spin"),
        ("shell_pair_squared_distance_exact", "σ_A‖₂² of one spin"),
        ("ratio_mixed_fidelity_exact", "fidelity of ρ_A and I/d_A"),
        ("ratio_mixed_squared_bures_exact", "Bures distance of ρ_A and"),
        ("ratio_mixed_relative_entropy_exact", "D(ρ_A‖I/d_A)"),
        ("ratio_mixed_half_chernoff_exact", "σ^½ of ρ_A and I/d_A"),
        ("ratio_pair_squared_distance_exact", "σ_A‖₂² of a pair"),
        ("ratio_pair_squared_bures_exact", "Bures distance of a pair"),
        ("ratio_pair_relative_entropy_exact", "relative entropy of a pair"),
        ("ratio_pair_half_chernoff_exact", "σ^½ of a pair"),
        ("ratio_pair_helstrom_asymptotic", "Helstrom"),
        ("ratio_pair_fidelity_asymptotic", "fidelity of a pair"),
        ("balanced_distance_asymptotic", "to I/d_A at d_A = d_B"),
        ("balanced_pair_distance_asymptotic", "a pair at d_A = d_B"),
    ],
)
def test_a_wrong_prediction_is_seen(data, name, word):
    wrong = findings(data.assign({name: 1.3 * data[name] + 0.1}))
    chosen = [row for row in wrong if word in row.statement and row.relation == "equals"]
    assert chosen
    assert not any(row.agrees for row in chosen)


@pytest.mark.parametrize(
    ("name", "factor", "word"),
    [
        ("ratio_pair_squared_bures", 3.0, "Fuchs"),
        ("shell_distance", 0.1, "Fuchs"),
        ("shell_pair_distance", 10.0, "Pinsker"),
        ("ratio_mixed_chernoff", 0.5, "Chernoff coefficient) is never"),
        ("ratio_mixed_chernoff", 1.1, "(Chernoff) minus"),
    ],
)
def test_a_broken_inequality_is_seen(data, name, factor, word):
    rows = [
        row for row in findings(data.assign({name: factor * data[name]})) if word in row.statement
    ]
    assert [row.agrees for row in rows] == [False]


def test_one_dimension_is_enough():
    data = Distinguishability(
        d_b=4, d_a=(2,), n_samples=10, n_small=10, n_spins=4, n_levels=4, center=0.0,
        ratio_d_b=2, ratio_d_a=(3,), n_compared=10, sizes=(2,), n_balanced=10,
    ).run(rng=1)  # fmt: skip
    assert findings(data)


@pytest.mark.parametrize(
    ("d_a", "told"), [((2, 4, 16), True), ((2, 16), False), ((2, 4), False), ((4, 16), False)]
)
def test_a_peak_is_told_only_where_it_could_be_elsewhere(d_a, told):
    data = Distinguishability(
        d_b=4, d_a=d_a, n_samples=200, n_small=10, n_spins=4, n_levels=4, center=0.0,
        ratio_d_b=2, ratio_d_a=(3,), n_compared=10, sizes=(2,), n_balanced=10,
    ).run(rng=1)  # fmt: skip
    rows = {row.statement: row for row in findings(data)}
    assert [row.agrees for text, row in rows.items() if "is longest" in text] == [True] * told


def test_states_that_become_less_distinguishable_are_seen(data):
    wrong = data.assign(pair_distance=1.0 - data["pair_distance"])
    rows = [row for row in findings(wrong) if row.claim == "distinguishability"]
    assert [row.kind for row in rows] == ["disagrees"]


def test_a_shell_nearer_to_the_mixed_state_than_its_mean_is_seen(data):
    wrong = data.assign(shell_mixed_distance=0.5 * data["shell_offset"])
    rows = [row for row in findings(wrong) if "at least that of Ω_A" in row.statement]
    assert [row.kind for row in rows] == ["disagrees"]
