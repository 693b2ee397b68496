"""Every exact function keeps the accuracy it states: some fifty points each, a thousand if slow."""

import pytest

from audit import laws, means, networks, sectors, spectra
from audit.points import assert_promise

CASES = {**laws.CASES, **means.CASES, **networks.CASES, **sectors.CASES, **spectra.CASES}


def name(case):
    return f"{case.__module__.rpartition('.')[2]}-{case.__name__}"


def parts():
    """The seeds of the slow tests of all cases, a hundred at a time."""
    return [
        pytest.param(case, range(first, first + 100), id=f"{name(case)}-{first}")
        for case, (_, _, slow) in CASES.items()
        for first in range(1000, 1000 + slow, 100)
    ]


@pytest.mark.parametrize("case", CASES, ids=name)
def test_promise_is_kept(case):
    digits, quick, _ = CASES[case]
    assert_promise(case, digits, range(quick))


@pytest.mark.slow
@pytest.mark.parametrize(("case", "seeds"), parts())
def test_promise_is_kept_at_a_thousand_points(case, seeds):
    assert_promise(case, CASES[case][0], seeds)
