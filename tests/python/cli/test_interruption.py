import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from experiments import toy_mean
from experiments.toy_mean.experiment import Toy, install
from typicality.cli.application import main

PROGRAM = """
import signal
import sys
# A shell's background jobs ignore Ctrl-C, and their children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
import pytest
from experiments.toy_mean.experiment import Slow, Toy, install
install(pytest.MonkeyPatch(), Toy, Slow)
from typicality.cli.application import main
sys.exit(main(sys.argv[1:]))
"""


def start(*arguments):
    """The program, with one quick experiment and one that never ends."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(toy_mean.__file__).parents[2])},
    )


def test_ctrl_c_keeps_what_has_finished_and_the_next_call_goes_on(tmp_path):
    child = start("reproduce", "--out", str(tmp_path))
    assert child.stderr is not None
    lines = [child.stderr.readline() for _ in range(3)]
    assert lines[0] == "[1/2] toy ...\n"
    assert lines[2] == "[2/2] slow ...\n"
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130
    last = err.splitlines()[-1]
    assert last.startswith("typicality: stopped; kept toy.")
    assert "same command to resume" in last
    assert {path.suffix for path in tmp_path.rglob("*.*")} <= {".nc", ".svg"}
    again = start("reproduce", "--out", str(tmp_path))
    assert again.stderr is not None
    assert again.stderr.readline() == "[1/2] toy: kept from an earlier run\n"
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=30)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_seed_keeps_nothing(monkeypatch, capsys, tmp_path, seed):
    install(monkeypatch, Toy)
    assert main(["reproduce", "--out", str(tmp_path), "--seed", "1"]) == 0
    capsys.readouterr()
    assert main(["reproduce", "--out", str(tmp_path), "--seed", seed]) == 0
    assert ("kept from an earlier run" in capsys.readouterr().err) is (seed == "1")
