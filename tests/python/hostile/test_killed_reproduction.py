"""A reproduction is killed at random moments, and another one finishes its work to the bit."""

import multiprocessing
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.toy_mean.experiment import Toy
from typicality import report
from typicality.experiments import load, save
from typicality.report.folder import sole_writer

EXPERIMENTS = ("page-curve", "relaxation")
KILLS = 10
PROGRAM = """
import sys
from typicality.report import reproduce
print("begun", flush=True)
reproduce(sys.argv[1], only=sys.argv[2:])
"""


def reproduce(folder: Path, seconds: float | None) -> int:
    """Let a child reproduce, and kill it after so many seconds; its exit code."""
    words = [sys.executable, "-c", PROGRAM, str(folder), *EXPERIMENTS]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()


def leftovers(folder: Path) -> list[Path]:
    return [*folder.rglob(".typicality-*"), *folder.rglob("*.part")]


@pytest.mark.slow
def test_what_a_killed_reproduction_left_is_finished_to_the_bit(tmp_path):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    begin = time.monotonic()
    assert reproduce(undisturbed, None) == 0
    whole = time.monotonic() - begin
    moments = random.Random(4)
    codes: list[int] = []
    for _ in range(KILLS):
        codes.append(reproduce(killed, moments.uniform(0.0, whole)))
        for path in killed.glob("*.nc"):
            assert load(path).equals(load(undisturbed / path.name))
    assert -signal.SIGKILL in codes
    done = report.reproduce(killed, only=EXPERIMENTS)
    assert [part.name for part in done.sections] == list(EXPERIMENTS)
    for name in EXPERIMENTS:
        left, expected = load(killed / f"{name}.nc"), load(undisturbed / f"{name}.nc")
        assert left.equals(expected)
        for variable in expected.variables:
            assert left[variable].values.tobytes() == expected[variable].values.tobytes()
    assert leftovers(killed) == []
    names = {path.relative_to(killed) for path in killed.rglob("*")}
    assert names == {path.relative_to(undisturbed) for path in undisturbed.rglob("*")}


def write_for_ever(path: Path) -> None:
    data = Toy(n_samples=10).run(rng=0)
    while True:
        save(data, path)


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_file_is_whole_whenever_its_writer_is_killed(tmp_path, kills):
    path = save(Toy(n_samples=10).run(rng=0), tmp_path / "toy.nc")
    expected = load(path)
    context = multiprocessing.get_context("fork")
    moments = random.Random(5)
    for _ in range(kills):
        child = context.Process(target=write_for_ever, args=(path,))
        child.start()
        time.sleep(moments.uniform(0.02, 0.4))
        child.kill()
        child.join()
        assert load(path).equals(expected)
    with sole_writer(tmp_path):
        assert leftovers(tmp_path) == []
