import itertools

import pytest

from experiments.toy_mean.experiment import Interrupted, Other, Toy, install
from typicality import report
from typicality.experiments import load


@pytest.fixture(autouse=True)
def toys(monkeypatch):
    install(monkeypatch, Toy, Other, Interrupted)


BOTH = ["toy", "other"]


def test_everything_is_written(tmp_path):
    done = report.reproduce(tmp_path, only=BOTH)
    assert done.report == tmp_path / "report.html"
    assert [part.name for part in done.sections] == BOTH
    assert done.kept == ()
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert files == [
        "figures/other-1.svg",
        "figures/other-2.svg",
        "figures/toy-1.svg",
        "figures/toy-2.svg",
        "other.nc",
        "report.html",
        "toy.nc",
    ]
    assert load(tmp_path / "toy.nc").equals(Toy.preset("quick").run(rng=0))


def test_finished_experiments_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    with pytest.raises(KeyboardInterrupt):
        report.reproduce(tmp_path, only=["toy", "interrupted"])
    assert not (tmp_path / "report.html").exists()
    states = []
    done = report.reproduce(
        tmp_path, only=BOTH, progress=lambda step: states.append((step.name, step.state))
    )
    assert done.kept == ("toy",)
    assert states[0] == ("toy", "kept")
    assert ("other", "running") in states
    assert states[-1] == ("other", "finished")
    page = done.report.read_bytes()
    assert report.reproduce(tmp_path / "again", only=BOTH).report.read_bytes() == page


@pytest.mark.parametrize("change", ["seed", "preset", "damage", "version"])
def test_other_results_are_not_kept(tmp_path, monkeypatch, change):
    report.reproduce(tmp_path, only=["toy"])
    again = {"only": ["toy"]}
    if change == "seed":
        again["rng"] = 1
    elif change == "preset":
        again["preset"] = "full"
    elif change == "damage":
        (tmp_path / "toy.nc").write_bytes(b"damaged")
    else:
        monkeypatch.setattr(Toy, "result_version", 2)
    assert report.reproduce(tmp_path, **again).kept == ()
    assert report.reproduce(tmp_path, **again).kept == ("toy",)


def test_time_left_is_named_once_there_is_something_to_go_by(tmp_path):
    steps = []
    ticks = itertools.count(step=1.5)
    report.reproduce(tmp_path, only=BOTH, progress=steps.append, clock=lambda: next(ticks))
    assert steps[0].seconds_left is None
    left = [step.seconds_left for step in steps if step.seconds_left is not None]
    assert left
    assert left[-1] == 0.0
    assert all(seconds >= 0 for seconds in left)
    overall = [step.overall for step in steps]
    assert overall == sorted(overall)
    assert overall[-1] == pytest.approx(1.0)
    assert {(step.index, step.count) for step in steps} == {(1, 2), (2, 2)}


def test_unknown_names_and_presets_are_refused(tmp_path):
    with pytest.raises(ValueError, match='did you mean "toy"'):
        report.reproduce(tmp_path, only=["tay"])
    with pytest.raises(ValueError, match="huge"):
        report.reproduce(tmp_path, preset="huge")
    assert not list(tmp_path.iterdir())
