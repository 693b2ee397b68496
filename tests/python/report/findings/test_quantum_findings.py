"""The rows of the three quantum experiments: right predictions agree, wrong ones do not."""

import math

import pytest

from typicality.experiments import Concentration, PageCurve, RenyiEntropy
from typicality.report.findings.concentration import findings as concentration
from typicality.report.findings.page_curve import findings as page_curve
from typicality.report.findings.renyi_entropy import findings as renyi_entropy


@pytest.fixture(scope="module")
def shells():
    return Concentration(
        n_spins=(6, 7), window_widths=(2.0, 4.0), n_samples=500, n_draws=5000,
        dimensions=(64, 256, 1024), n_variates=3_000_000,
    ).run(rng=3)  # fmt: skip


@pytest.fixture(scope="module")
def cuts():
    return PageCurve(n_qubits=10, n_samples=60, n_spectra=400).run(rng=3)


@pytest.fixture(scope="module")
def entropies():
    return RenyiEntropy(
        n_qubits=6, n_matrices=60, n_states=2000, balanced_dimensions=(4, 12, 16, 32),
        n_spectra=3000,
    ).run(rng=3)  # fmt: skip


LEADING = {"entropy", "asymptotic entropy", "whole system", "zero eigenvalues"}
MISPRINTS = {"orders"}


def check(rows):
    for row in rows:
        # What a claim of the paper neglects is told apart from what is wrong.
        assert row.kind != "disagrees", row
        assert row.agrees or row.claim in LEADING | MISPRINTS or row.next_order, row
        assert (row.kind == "misprint") == (row.claim in MISPRINTS), row
    assert len({row.statement for row in rows}) == len(rows)


def test_concentration(shells):
    check(concentration(shells))


def test_page_curve(cuts):
    check(page_curve(cuts))


def test_renyi_entropy(entropies):
    check(renyi_entropy(entropies))


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("variance_exact", "P_E O P_E"),
        ("mean_exact", "tr(P_E O)/d"),
        ("abstract_variance_exact", "evenly spaced levels"),
        ("tail_exact", "exact law"),
        ("squared_distance_exact", "mean squared distance"),
    ],
)
def test_a_wrong_prediction_for_a_shell_is_seen(shells, name, word):
    wrong = concentration(shells.assign({name: 2.0 * shells[name] + 0.5}))
    assert not any(
        row.agrees
        for row in wrong
        if word in row.statement
        and row.source == "theory"
        and row.relation == "equals"
        and "exponent" not in row.statement
    )


def test_a_broken_bound_is_seen(shells):
    broken = shells.assign(tail_chebyshev_bound=shells["tail_chebyshev_bound"] / 100.0)
    rows = [row for row in concentration(broken) if row.claim == "concentration"]
    assert [row.verdict for row in rows] == ["disagrees"]


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


def test_wrong_entropies_are_seen(entropies):
    wrong = entropies.assign(entropy_annealed_exact=1.2 * entropies["entropy_annealed_exact"])
    rows = [row for row in renyi_entropy(wrong) if row.equation == "exact mean"]
    finite = [row for row in rows if math.isfinite(row.predicted)]
    assert len(finite) == 4
    assert not any(row.agrees for row in finite)


def test_orders_that_were_not_measured_leave_their_rows_out():
    data = RenyiEntropy(
        n_qubits=4, n_matrices=10, n_states=20, alphas=(3.0,), balanced_dimensions=(4,),
        n_spectra=20,
    ).run(rng=1)  # fmt: skip
    rows = renyi_entropy(data)
    assert len(rows) == 2
    assert all("α = 3" in row.statement for row in rows)


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


def test_neither_order_nor_limit_is_confirmed_by_a_wrong_entropy(entropies):
    wrong = entropies.assign(
        entropy_annealed=1.05 * entropies["entropy_annealed"], gap=2.0 * entropies["gap"]
    )
    rows = [row for row in renyi_entropy(wrong) if row.claim]
    assert len(rows) == 7
    assert {row.kind for row in rows} == {"disagrees"}
    # One misprint is tested as printed too: Hartley's entropy would agree with it.
    hartley = entropies["entropy_hartley_asymptotic"] + 0.0 * entropies["entropy_annealed"]
    printed = renyi_entropy(entropies.assign(entropy_annealed=hartley))
    assert {row.kind for row in printed if row.claim == "orders"} == {"agrees"}


@pytest.mark.parametrize("n_qubits", [2, 3, 5])
def test_small_page_curves_have_rows(n_qubits):
    data = PageCurve(n_qubits=n_qubits, n_samples=8, n_checked=1, n_spectra=50).run(rng=1)
    assert len(page_curve(data)) >= 6
