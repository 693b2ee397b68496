"""The rows of benches/peers/shells.py on small systems: claims hold, and failures are told."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[2] / "benches" / "peers"


@pytest.fixture
def shells(monkeypatch):
    monkeypatch.syspath_prepend(str(PEERS))
    yield importlib.import_module("shells")
    for name in ("shells", "comparison"):
        sys.modules.pop(name, None)


def test_small_rows_hold(shells):
    small = {
        "shell": lambda: shells.shell(7),
        "whole": lambda: shells.whole(7),
        "lowest": lambda: shells.lowest(14, 8),
        "middle": lambda: shells.middle(11),
        "law": lambda: shells.law(64),
    }
    assert small.keys() == shells.ROWS.keys()
    for name, work in small.items():
        claims = work().claims
        assert len(claims) >= 2
        assert all(claims.values()), (name, claims)


@pytest.mark.parametrize(
    ("holds", "seconds", "gibibytes", "fine"),
    [(True, 2.0, 64.0, True), (False, 2.0, 64.0, False), (True, 0.5, 64.0, False),
     (True, 2.0, 1e-6, False)],
)  # fmt: skip
def test_wrong_or_costly_rows_fail(shells, capsys, holds, seconds, gibibytes, fine):
    row = shells.Row("row", lambda: shells.Answer(1.0, {"so": holds}), seconds, gibibytes)
    assert shells.alone(row) is fine
    told = capsys.readouterr().out
    assert ("WRONG: so" in told) is not holds
    assert ("MORE THAN WAS SET" in told) is (seconds < 1.0 or gibibytes < 1.0)


@pytest.mark.parametrize("alone", [True, False])
def test_failures_reach_the_exit_status(shells, monkeypatch, alone):
    row = shells.Row("row", lambda: shells.Answer(1.0, {"so": False}), 2.0, 64.0)
    monkeypatch.setattr(shells, "ROWS", {"law": row})
    monkeypatch.setattr(sys, "argv", ["shells.py", "law", *["--alone"] * alone])
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )
    with pytest.raises(SystemExit) as stopped:
        shells.main()
    assert stopped.value.code not in (0, None)
