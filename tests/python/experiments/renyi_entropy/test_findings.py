"""The rows of the Renyi entropies: right predictions agree, wrong ones do not."""

import math

import pytest

from support.check_findings import check
from typicality.experiments import RenyiEntropy
from typicality.experiments.renyi_entropy.findings import findings as renyi_entropy

LEADING = {"asymptotic entropy"}
MISPRINTS = {"orders"}


@pytest.fixture(scope="module")
def entropies():
    return RenyiEntropy(
        n_qubits=6, n_matrices=60, n_states=2000, balanced_dimensions=(4, 12, 16, 32),
        n_spectra=3000,
    ).run(rng=3)  # fmt: skip


def test_renyi_entropy(entropies):
    check(renyi_entropy(entropies), LEADING, MISPRINTS)


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
