"""The rows of the relaxation experiment: right predictions agree, wrong ones do not."""

import pytest

from typicality.experiments import Relaxation
from typicality.report.findings.relaxation import findings


@pytest.fixture(scope="module")
def data():
    return Relaxation(n_spins=(6, 9)).run(rng=3)


def test_rows_agree(data):
    rows = findings(data)
    assert all(row.agrees for row in rows), [row for row in rows if not row.agrees]
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
    def row(dataset):
        (found,) = [row for row in findings(dataset) if "is the microcanonical" in row.statement]
        return found

    assert "not decisive" not in row(data).statement
    flat = Relaxation(n_spins=(6, 8), polarization=0.0, n_late=200, n_states=8).run(rng=1)
    assert "not decisive" in row(flat).statement
    # A state that stays where it began.
    still = data["expectation"].isel(time=0, n_spins=-1).item()
    assert not row(data.assign({"late_mean": data["late_mean"] * 0.0 + still})).agrees


def test_one_length_is_enough():
    assert len(findings(Relaxation(n_spins=(4,), n_late=20, n_states=4).run(rng=1))) == 5
