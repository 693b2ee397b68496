import pytest

from typicality.correspondence import table
from typicality.experiments.correspondence.findings import findings


@pytest.fixture(scope="module")
def data():
    return table(n_draws=40, growth=(1, 2, 4), n_samples=16, width=40, d_a=4, d_b=32, rng=1)


def test_both_sides_of_all_rows_agree(data):
    rows = findings(data)
    assert len(rows) == 10
    assert [row.statement.split(":")[0] for row in rows] == ["quantum", "network"] * 5
    kinds = {row.kind for row in rows if "exact over linearized" in row.statement}
    assert kinds <= {"agrees", "leading"}
    assert all(row.agrees for row in rows if "exact over linearized" not in row.statement)


@pytest.mark.parametrize(
    ("row", "name", "wrong"),
    [
        ("random object", "value", 2.0),
        ("few observables", "value", 0.5),
        ("typicality", "value", -1.0),
        ("threshold", "exact", 1.2),
    ],
)
@pytest.mark.parametrize("side", ["quantum", "network"])
def test_a_wrong_number_is_seen(data, row, name, wrong, side):
    broken = data.copy(deep=True)
    broken[name].loc[{"row": row, "side": side}] = wrong
    assert sum(finding.kind == "disagrees" for finding in findings(broken)) == 1


@pytest.mark.parametrize("side", ["quantum", "network"])
def test_a_distance_that_does_not_approach_its_linearization_is_seen(data, side):
    broken = data.copy(deep=True)
    name = f"{side}_distance_ratio"
    broken[name][-1] = broken[name][0]
    assert sum(finding.kind == "disagrees" for finding in findings(broken)) == 1
