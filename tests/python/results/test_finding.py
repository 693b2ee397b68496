import math

import numpy as np
import pytest

from typicality.report import Finding


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
    assert finding.verdict == ("agrees" if agrees else "disagrees")


@pytest.mark.parametrize(
    ("values", "kind", "correction"),
    [
        ({"measured": 1.4, "next_order": 0.2}, "leading", 0.4),
        ({"measured": 1.2, "next_order": 0.2}, "agrees", 0.2),
        ({"measured": 1.6, "next_order": 0.2}, "disagrees", 0.6),
        ({"predicted": 0.0, "measured": 0.4, "next_order": 0.2}, "leading", 0.4),
        ({"measured": 2.0, "corrected": 2.1}, "misprint", 1.0),
        ({"measured": 2.0, "corrected": 2.4}, "disagrees", 1.0),
        ({"measured": 2.0, "corrected": 2.4, "bias": 0.1}, "misprint", 1.0),
        ({"measured": 1.1, "corrected": 2.4}, "agrees", 0.1),
        ({"measured": 2.0, "corrected": math.nan}, "disagrees", 1.0),
        ({"measured": 1.4, "next_order": math.inf}, "disagrees", 0.4),
    ],
)
def test_what_is_neglected_or_misprinted_is_told_apart(values, kind, correction):
    finding = row(**values)
    assert finding.kind == kind
    assert finding.correction == pytest.approx(correction)


def test_a_row_knows_its_claim_and_shows_letters():
    assert row().source == "theory"
    assert row(claim="purity").source == "paper"
    assert row(statement="rho_A at alpha -> 1").statement == "ρ_A at α → 1"


def test_z():
    assert row(measured=1.2).z == pytest.approx(2.0)
    assert row(stderr=0.0).z == 0.0
    assert row(measured=0.0, stderr=0.0).z == -math.inf
    assert math.isnan(row(measured=math.nan, stderr=0.0).z)


@pytest.mark.parametrize(
    "values",
    [
        {"stderr": -1.0},
        {"bias": -1.0},
        {"relation": "near"},
        {"claim": "hearsay"},
        {"next_order": -1.0},
    ],
)
def test_what_is_no_finding_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        row(**values)


class NoNumber:
    def __float__(self):
        raise KeyError("no float here")


@pytest.mark.parametrize("wrong", [1j, np.complex64(1j), "1", [1.0], np.ones((1, 1)), NoNumber()])
@pytest.mark.parametrize("name", ["predicted", "measured", "stderr", "bias", "corrected"])
def test_numbers_of_a_finding_are_real(name, wrong):
    with pytest.raises(TypeError, match=f"^{name} must be a real number; got "):
        row(**{name: wrong})
    assert row(**{name: np.array(0.5)}) == row(**{name: 0.5})
