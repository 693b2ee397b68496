"""Ten thousand calls with nonsense, in child processes: each is answered, or refused in words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("nonsense_calls.py")
CALLS = 10_000
A_CHILD = 1_000


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, CALLS, A_CHILD))
def test_nonsense_is_answered_or_refused_in_words(first: int, tmp_path: Path) -> None:
    last = first + A_CHILD
    child = subprocess.run(
        [sys.executable, str(PROGRAM), str(first), str(last)],
        # Functions that write files are called with nonsense for a name, too.
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    wrong = [line["wrong"] for line in lines if "wrong" in line]
    assert not wrong, "\n".join(wrong)
    # Otherwise the call that was begun last crashed or hung.
    assert lines[-1:] == [{"done": last}], f"{lines[-1:]}, exit {child.returncode}: {child.stderr}"
