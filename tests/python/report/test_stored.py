"""Files that are damaged, foreign, edited or there twice, as `report` and `reproduce` meet them."""

import os
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest

from experiments.toy_mean.experiment import Toy, install
from typicality import report
from typicality.cli.application import main
from typicality.experiments import load, save
from typicality.report.stored import kept_section


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    install(monkeypatch, Toy)


@pytest.fixture
def folder(tmp_path):
    report.reproduce(tmp_path / "out")
    return tmp_path / "out"


def edited(change):
    def edit(path):
        data = load(path)
        save(change(data), path)

    return edit


def other_program(path):
    with h5py.File(path, "r+") as file:
        file["mean"][0] = 3.0


HOLDING = """
import sys, time
from pathlib import Path
from typicality.report.folder import sole_writer
with sole_writer(Path(sys.argv[1])):
    print(1, flush=True)
    time.sleep(60)
"""
DEEP = "[" * 100_000 + "]" * 100_000
DAMAGE = {
    "absent experiment": edited(lambda data: data.drop_attrs(deep=False)),
    "unknown experiment": edited(lambda data: data.assign_attrs(experiment="tay")),
    "a number for a name": edited(lambda data: data.assign_attrs(experiment=3)),
    "version 99": edited(lambda data: data.assign_attrs(result_version=99)),
    "several versions": edited(lambda data: data.assign_attrs(result_version=[1, 1])),
    "list for parameters": edited(lambda data: data.assign_attrs(parameters="[1, 2]")),
    "deep parameters": edited(lambda data: data.assign_attrs(parameters=DEEP)),
    "no parameters": edited(lambda data: data.assign_attrs(parameters="{")),
    "missing variable": edited(lambda data: data.drop_vars("mean")),
    "missing error": edited(lambda data: data.drop_vars("mean_stderr")),
    "no dimension": edited(lambda data: data.isel(k=0)),
    "too few": edited(lambda data: data.isel(k=slice(2))),
    "no units": edited(lambda data: data.assign(mean=("k", np.zeros(5)))),
    "negative error": edited(lambda data: data.assign(mean_stderr=-data["mean_stderr"])),
    "other program": other_program,
    "text": lambda path: path.write_text("text"),
    "nothing": lambda path: path.write_bytes(b""),
    "cut off": lambda path: os.truncate(path, path.stat().st_size // 2),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_reported_in_one_line_and_not_kept(tmp_path, capsys, damage):
    experiment, path = Toy.preset("quick"), tmp_path / "toy.nc"
    save(experiment.run(rng=0), path)
    assert kept_section(path, experiment, "0") is not None
    DAMAGE[damage](path)
    assert kept_section(path, experiment, "0") is None
    assert main(["report", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"typicality: {path} ")
    assert captured.err.count("\n") == 1
    assert len(captured.err) < 600
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("damage", ["missing variable", "cut off"])
def test_another_reproduction_heals(folder, damage):
    whole = load(folder / "toy.nc")
    DAMAGE[damage](folder / "toy.nc")
    assert report.reproduce(folder).kept == ()
    assert load(folder / "toy.nc").equals(whole)
    assert report.reproduce(folder).kept == ("toy",)


def test_numbers_that_are_none_are_shown_as_such(folder, capfd):
    edited(
        lambda data: data.assign(mean=data["mean"].copy(data=np.full(data["mean"].shape, np.nan)))
    )(folder / "toy.nc")
    assert main(["report", str(folder)]) == 0
    assert capfd.readouterr().err == ""
    assert "not a number" in (folder / "report.html").read_text(encoding="utf-8")


def test_copies_and_folders_are_left_out(folder):
    page = (folder / "report.html").read_bytes()
    shutil.copy(folder / "toy.nc", folder / "zzz.nc")
    (folder / "sub.nc").mkdir()
    assert report.build(folder, folder / "report.html").read_bytes() == page


def test_two_results_of_an_experiment_are_refused(folder, capsys):
    save(Toy(n_samples=50).run(rng=1), folder / "zzz.nc")
    assert main(["report", str(folder)]) == 2
    error = capsys.readouterr().err
    assert f"{folder / 'zzz.nc'} and {folder / 'toy.nc'} are both results of toy" in error


def test_outputs_of_a_reproduction_are_looked_at_first(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(Toy, "measure", lambda *_: pytest.fail("work began"))
    file = tmp_path / "file"
    file.write_text("")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "report.html").write_text("<html>mine</html>")
    blocked = tmp_path / "blocked"
    (blocked / "toy.nc").mkdir(parents=True)
    figures = tmp_path / "with-file"
    figures.mkdir()
    (figures / "figures").write_text("")
    for out in (file, file / "sub", foreign, blocked, figures):
        assert main(["reproduce", "--out", str(out)]) == 2
        error = capsys.readouterr().err
        assert error.count("\n") == 1
        assert str(out) in error


def test_a_folder_is_written_by_one_reproduction_at_a_time(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(tmp_path)], stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"1\n"
        leftover = tmp_path / ".typicality-abc.part"
        leftover.write_text("half")
        with pytest.raises(OSError, match="another reproduction is writing into this folder"):
            report.reproduce(tmp_path)
        assert leftover.exists()
        other.kill()
    report.reproduce(tmp_path)
    assert not leftover.exists()
