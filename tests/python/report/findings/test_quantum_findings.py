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


def check(rows):
    for row in rows:
        # What the paper prints and the theory corrects must not agree; everything else must.
        assert row.agrees == (row.source == "theory"), row
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
        ("abstract_variance_exact", "even levels"),
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
    rows = [row for row in concentration(broken) if "Chebyshev's bound" in row.statement]
    assert [row.verdict for row in rows] == ["does not agree"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("entropy_exact", "is Page's"),
        ("purity_exact", "mean purity at that cut"),
        ("chain_shell_purity_exact", "purity of half of a spin chain"),
        ("pair_distance_asymptotic", "1/4 + 1/π"),
        ("balanced_distance_asymptotic", "3√3/(4π)"),
        ("entropy_deviation_exact", "standard deviation"),
    ],
)
def test_a_wrong_prediction_for_a_cut_is_seen(cuts, name, word):
    wrong = page_curve(cuts.assign({name: 2.0 * cuts[name]}))
    rows = [row for row in wrong if word in row.statement and row.source == "theory"]
    assert rows
    assert not any(row.agrees for row in rows)


def test_a_peak_or_a_mismatch_would_be_seen(cuts):
    peak = cuts.copy(deep=True)
    peak["pair_distance"][4] = 1.0
    peak["entropy_mismatch"][4] = 1e-3
    words = ("never falls", "S_A = S_B")
    rows = [row for row in page_curve(peak) if row.statement.startswith("S_A = S_B, each")]
    rows += [row for row in page_curve(peak) if words[0] in row.statement]
    assert len(rows) == 2
    assert not any(row.agrees for row in rows)


def test_wrong_entropies_are_seen(entropies):
    wrong = entropies.assign(entropy_annealed_exact=1.2 * entropies["entropy_annealed_exact"])
    rows = [row for row in renyi_entropy(wrong) if row.equation == "Eq. (2), exact form"]
    finite = [row for row in rows if math.isfinite(row.predicted)]
    assert len(finite) == 4
    assert not any(row.agrees for row in finite)


def test_orders_that_were_not_measured_leave_their_rows_out():
    data = RenyiEntropy(
        n_qubits=4, n_matrices=10, n_states=20, alphas=(3.0,), balanced_dimensions=(4,),
        n_spectra=20,
    ).run(rng=1)  # fmt: skip
    rows = renyi_entropy(data)
    assert len(rows) == 1
    assert "α = 3" in rows[0].statement


@pytest.mark.parametrize("n_qubits", [2, 3, 5])
def test_small_page_curves_have_rows(n_qubits):
    data = PageCurve(n_qubits=n_qubits, n_samples=8, n_checked=1, n_spectra=50).run(rng=1)
    assert len(page_curve(data)) >= 6
