"""The rows of the Page curve: right predictions agree, wrong ones do not."""

import pytest

from support.check_findings import check
from typicality.experiments import PageCurve
from typicality.experiments.page_curve.findings import findings as page_curve

LEADING = {"entropy", "whole system", "zero eigenvalues"}


@pytest.fixture(scope="module")
def cuts():
    return PageCurve(n_qubits=10, n_samples=60, n_spectra=400).run(rng=3)


def test_page_curve(cuts):
    check(page_curve(cuts), LEADING)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("entropy_exact", "is Page's"),
        ("purity_exact", "(d_A + d_B)/(d_A d_B + 1)"),
        ("chain_shell_purity_exact", "purity of half of a spin chain"),
        ("pair_distance_asymptotic", "1/4 + 1/π"),
        ("balanced_distance_asymptotic", "3√3/(4π)"),
        ("entropy_deviation_exact", "standard deviation"),
    ],
)
def test_a_wrong_prediction_for_a_cut_is_seen(cuts, name, word):
    wrong = page_curve(cuts.assign({name: 2.0 * cuts[name]}))
    rows = [row for row in wrong if word in row.statement and not row.next_order]
    assert rows
    assert not any(row.agrees for row in rows)


def test_a_peak_or_a_mismatch_would_be_seen(cuts):
    peak = cuts.copy(deep=True)
    peak["pair_distance"][4] = 1.0
    peak["entropy_mismatch"][4] = 1e-3
    words = ("grows with A", "|S_A − S_B|")
    rows = [row for row in page_curve(peak) if any(word in row.statement for word in words)]
    assert len(rows) == 2
    assert not any(row.agrees for row in rows)


def test_an_entropy_that_is_largest_elsewhere_is_seen(cuts):
    moved = cuts.copy(deep=True)
    moved["entropy"][6] = 2.0 * moved["entropy"].max()
    rows = [row for row in page_curve(moved) if row.claim == "largest entropy"]
    assert [(row.measured, row.kind) for row in rows] == [(-4.0, "disagrees")]
    assert [row.kind for row in page_curve(cuts) if row.claim == "largest entropy"] == ["agrees"]


@pytest.mark.parametrize(
    ("name", "factor", "claim"),
    [
        ("pure_pair_distance", 0.99, "whole system"),
        ("balanced_smallest", 10.0, "zero eigenvalues"),
        ("entropy", 1.1, "entropy"),
    ],
)
def test_more_than_the_next_order_is_seen(cuts, name, factor, claim):
    wrong = page_curve(cuts.assign({name: factor * cuts[name]}))
    assert [row.kind for row in wrong if row.claim == claim] == ["disagrees"]


def test_distances_that_grow_with_the_rest_are_seen(cuts):
    wrong = page_curve(cuts.assign(distance=("n_a", cuts["distance"].values[::-1])))
    assert [row.kind for row in wrong if row.claim == "exponentially small"] == ["disagrees"]


@pytest.mark.parametrize("n_qubits", [2, 3, 5])
def test_small_page_curves_have_rows(n_qubits):
    data = PageCurve(n_qubits=n_qubits, n_samples=8, n_checked=1, n_spectra=50).run(rng=1)
    assert len(page_curve(data)) >= 6
