"""The rows of the energy shells: right predictions agree, wrong ones do not."""

import pytest

from support.check_findings import check
from typicality.experiments import Concentration
from typicality.experiments.concentration.findings import findings as concentration


@pytest.fixture(scope="module")
def shells():
    return Concentration(
        n_spins=(6, 7), window_widths=(2.0, 4.0), n_samples=500, n_draws=5000,
        dimensions=(64, 256, 1024), n_variates=3_000_000,
    ).run(rng=3)  # fmt: skip


def test_concentration(shells):
    check(concentration(shells))


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
