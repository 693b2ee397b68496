import re

import numpy as np
import pytest

from experiments.toy_mean.experiment import Toy
from support.compare_results import compare_folders, differences
from typicality.experiments import save


@pytest.fixture
def data():
    return Toy(n_samples=30).run(rng=1)


def test_equal_results_have_no_differences(data, tmp_path, monkeypatch):
    for folder, date in (("a", "0"), ("b", "86400")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", date)
        save(data, tmp_path / folder / "toy.nc")
    assert list(compare_folders(tmp_path / "a", tmp_path / "b")) == []
    same = data.assign(mean=data["mean"].where(data["k"] > 0))
    assert list(differences(same, same.copy(deep=True))) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda d: d.assign(mean=d["mean"] * (1 + 2e-16)),
            r"mean: \d of 5 values differ, by up to",
        ),
        (lambda d: d.assign(mean=d["mean"].where(d["k"] > 0)), "mean: 1 of 5 values differ"),
        (lambda d: d.assign(mean=d["mean"].astype(np.float32)), "float32"),
        (lambda d: d.drop_vars("mean"), "mean: gone from data_vars"),
        (lambda d: d.assign(more=1.0), "more: new in data_vars"),
        (lambda d: d.set_coords("mean"), "mean: new in coords"),
        (lambda d: d.assign_attrs(seed="2"), "attribute seed was '1' and is '2'"),
        (lambda d: d.rename(k="j"), "k: gone from coords"),
        (
            lambda d: d.assign(mean=d["mean"].assign_attrs(units="nat")),
            "mean: attribute units was '1' and is 'nat'",
        ),
    ],
)
def test_each_kind_of_difference_is_named(data, change, words):
    found = list(differences(data, change(data)))
    assert any(re.search(words, text) for text in found), found


def test_files_that_one_folder_lacks_are_named(data, tmp_path):
    save(data, tmp_path / "a" / "toy.nc")
    (tmp_path / "b").mkdir()
    assert list(compare_folders(tmp_path / "a", tmp_path / "b")) == [
        f"toy.nc: not in {tmp_path / 'b'}"
    ]
