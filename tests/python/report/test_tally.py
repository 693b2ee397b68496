import math
from types import SimpleNamespace

import pytest

from typicality.report import Finding
from typicality.report.tally import Tally


def row(z=0.0, stderr=0.1, **values):
    return Finding(
        statement="x", equation="Eq. (0)", predicted=1.0, measured=1.0 + z * stderr, stderr=stderr,
        **values,
    )  # fmt: skip


def tally(*rows):
    return Tally.of([SimpleNamespace(name="part", title="Part", findings=rows)])


def test_claims_are_counted_not_rows():
    counts = tally(
        row(claim="purity"),
        row(claim="purity"),
        row(5.0, claim="entropy", next_order=0.5),
        row(claim="entropy"),
        row(20.0, claim="orders", corrected=3.0),
        row(9.0, claim="constants"),
        row(claim="constants"),
        row(),
        row(9.0),
    )
    assert [claim.kind for claim in counts.claims] == ["agrees", "leading", "misprint", "disagrees"]
    assert [len(claim.rows) for claim in counts.claims] == [2, 2, 1, 2]
    assert counts.sentence == (
        "4 claims of the paper are tested, by 7 rows: 1 agrees, 1 holds to leading order, "
        "1 is a misprint that holds once corrected and 1 disagrees with the measurement."
    )
    assert (len(counts.own), len(counts.unexplained)) == (2, 1)
    assert counts.rows[3].anchor == "part-finding-4"


def test_one_claim_reads_as_a_sentence():
    assert tally(row(claim="purity")).sentence == (
        "1 claim of the paper is tested, by 1 row: 1 agrees."
    )


def test_many_rows_have_a_joint_level():
    counts = tally(*[row() for _ in range(100)], row(stderr=0.0), row(relation="at most"))
    assert counts.chance_rows == 101
    single = math.erfc(3.0 / math.sqrt(2.0))
    assert counts.expected_by_chance == pytest.approx(100.5 * single)
    assert counts.level == pytest.approx(1 - (1 - single) ** 100 * (1 - single / 2))
    # Two-sided, 101 independent rows: all within the limit with 99%.
    inside = 1.0 - math.erfc(counts.joint_limit / math.sqrt(2.0))
    assert inside**101 == pytest.approx(0.99)


def test_three_standard_errors_are_the_floor():
    assert tally(row()).joint_limit == 3.0
    assert tally().joint_limit == 3.0
    assert tally(row(stderr=0.0)).level == 0.0


def test_a_row_that_chance_explains_is_marked():
    near, far, unknown = row(3.02), row(5.0), row(math.nan)
    counts = tally(near, far, unknown, *[row() for _ in range(100)])
    assert [counts.by_chance(finding) for finding in (near, far, unknown, row())] == [
        True, False, False, False,
    ]  # fmt: skip
