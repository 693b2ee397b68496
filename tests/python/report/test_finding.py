import math

import pytest

from typicality.report.findings import Finding


def row(**values):
    return Finding(
        **{
            "statement": "x",
            "equation": "Eq. (0)",
            "predicted": 1.0,
            "measured": 1.0,
            "stderr": 0.1,
        }
        | values
    )


@pytest.mark.parametrize(
    ("values", "agrees"),
    [
        ({"measured": 1.29}, True),
        ({"measured": 1.31}, False),
        ({"measured": 0.69}, False),
        ({"measured": 1.31, "bias": 0.02}, True),
        ({"measured": 0.5, "relation": "at most"}, True),
        ({"measured": 1.5, "relation": "at most"}, False),
        ({"measured": 1.5, "relation": "at least"}, True),
        ({"measured": 0.5, "relation": "at least"}, False),
        ({"measured": 1.0 + 1e-14, "stderr": 0.0}, True),
        ({"measured": 1.0 + 1e-10, "stderr": 0.0}, False),
        ({"measured": math.nan}, False),
        ({"predicted": math.inf, "measured": math.inf}, False),
        ({"stderr": math.inf}, False),
        ({"stderr": math.nan}, False),
    ],
)
def test_verdicts(values, agrees):
    finding = row(**values)
    assert finding.agrees is agrees
    assert finding.verdict == ("agree" if agrees else "does not agree")


def test_z():
    assert row(measured=1.2).z == pytest.approx(2.0)
    assert row(stderr=0.0).z == 0.0
    assert row(measured=0.0, stderr=0.0).z == -math.inf
    assert math.isnan(row(measured=math.nan, stderr=0.0).z)


@pytest.mark.parametrize(
    "values", [{"stderr": -1.0}, {"bias": -1.0}, {"relation": "near"}, {"source": "hearsay"}]
)
def test_what_is_no_finding_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        row(**values)
