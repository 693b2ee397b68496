"""The rows of the relaxation experiment: right predictions agree, wrong ones do not."""

import pytest

from typicality.experiments import Relaxation
from typicality.experiments.relaxation.findings import findings


@pytest.fixture(scope="module")
def data():
    return Relaxation(n_spins=(6, 9)).run(rng=3)


def test_rows_agree(data):
    rows = findings(data)
    assert [row.kind for row in rows if "initial deviation" in row.statement] == ["leading"]
    assert all(row.agrees or row.next_order for row in rows), [
        row for row in rows if not row.agrees
    ]
    assert len({row.statement for row in rows}) == len(rows) == 6


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("late_mean_exact", "diagonal ensemble"),
        ("late_variance_exact", "variance of ⟨Z⟩ in time, 9 spins"),
        ("typical_mean_exact", "microcanonical mean"),
    ],
)
def test_a_wrong_prediction_is_seen(data, name, word):
    wrong = findings(data.assign({name: data[name] + 0.5}))
    chosen = [row for row in wrong if word in row.statement and row.relation == "equals"]
    assert chosen
    assert not any(row.agrees for row in chosen)


def test_a_start_that_need_not_relax_decides_nothing(data):
    def kinds(dataset):
        return [row.kind for row in findings(dataset) if "initial deviation" in row.statement]

    flat = Relaxation(n_spins=(6, 8), polarization=0.0, n_late=200, n_states=8).run(rng=1)
    assert kinds(flat) == []
    # A state that stays where it began.
    still = data["expectation"].isel(time=0, n_spins=-1).item()
    assert kinds(data.assign({"late_mean": data["late_mean"] * 0.0 + still})) == ["disagrees"]


def test_one_length_is_enough():
    assert len(findings(Relaxation(n_spins=(4,), n_late=20, n_states=4).run(rng=1))) == 4
