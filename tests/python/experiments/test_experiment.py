import json
import math

import numpy as np
import pytest
import xarray as xr

from experiments.toy_mean.experiment import Toy
from typicality import __version__
from typicality.experiments import Experiment
from typicality.experiments.experiment import CITATION, check_labels


def test_the_dataset_says_where_it_comes_from():
    data = Toy(n_samples=30).run(rng=5)
    assert data.attrs["experiment"] == "toy"
    assert data.attrs["title"] == "Toy <mean>"
    assert data.attrs["equation"] == "Eq. (0)"
    assert data.attrs["seed"] == "5"
    assert data.attrs["typicality_version"] == __version__
    assert data.attrs["result_version"] == 1
    assert data.attrs["citation"] == CITATION
    assert Toy.from_parameters(data.attrs["parameters"]) == Toy(n_samples=30)


def test_errors_are_linked_as_the_conventions_have_it():
    data = Toy(n_samples=30).run(rng=5)
    assert data.attrs["Conventions"] == "CF-1.11"
    assert data["mean"].attrs["ancillary_variables"] == "mean_stderr"
    assert "ancillary_variables" not in data["mean_exact"].attrs


def test_seeds_other_than_integers_are_kept_as_keys():
    seed = Toy(n_samples=30).run(rng=np.random.SeedSequence(5)).attrs["seed"]
    assert seed.startswith("key ")
    assert len(bytes.fromhex(seed[4:])) == 32


def test_progress_never_falls_and_ends_at_one():
    seen = []
    Toy().run(rng=0, progress=lambda fraction, text: seen.append((fraction, text)))
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert all(text for _, text in seen)


def test_the_seed_alone_decides():
    assert Toy().run(rng=1).identical(Toy().run(rng=1))
    assert not Toy().run(rng=1).equals(Toy().run(rng=2))


def test_presets():
    assert Toy.preset("quick") == Toy(n_samples=50)
    assert Toy.preset("full") == Toy()
    with pytest.raises(ValueError, match='choose "quick" or "full"'):
        Toy.preset("huge")


def test_parameters_are_json_that_comes_back():
    toy = Toy(n_samples=7, orders=(0.5, math.inf))
    text = toy.parameters()
    assert json.loads(text) == {"n_samples": 7, "orders": [0.5, "inf"], "field": "complex"}
    assert Toy.from_parameters(text) == toy
    deep = "[" * 100_000 + "]" * 100_000
    for wrong in (
        deep,
        "[1, 2]",
        "{",
        '{"samples": 3}',
        '{"n_samples": "many"}',
        '{"n_samples": 1}',
        "3",
    ):
        with pytest.raises(ValueError, match="not parameters of toy"):
            Toy.from_parameters(wrong)


def test_numpy_scalars_and_lists_become_plain():
    toy = Toy(n_samples=np.int64(9), orders=[np.float32(2.0), 3])
    assert toy == Toy(n_samples=9, orders=(2.0, 3.0))
    assert type(toy.n_samples) is int
    assert [type(order) for order in toy.orders] == [float, float]


@pytest.mark.parametrize(
    ("name", "wrong", "error"),
    [
        ("n_samples", "many", TypeError),
        ("n_samples", 2.5, TypeError),
        ("n_samples", None, TypeError),
        ("n_samples", 1, ValueError),
        ("n_samples", -(2**80), ValueError),
        ("orders", 3.0, TypeError),
        ("orders", ("x",), TypeError),
        ("field", 3, TypeError),
    ],
)
def test_wrong_parameters_are_named(name, wrong, error):
    with pytest.raises(error, match=name):
        Toy(**{name: wrong})


def test_experiments_are_values():
    assert Toy() == Toy(n_samples=100)
    with pytest.raises(AttributeError):
        Toy().n_samples = 3


def test_what_measures_nothing_is_refused():
    class Empty(Experiment):
        __module__ = "experiments.empty.experiment"
        name = "empty"
        title = equation = summary = ""

    with pytest.raises(TypeError, match=r"Empty is not a whole experiment: it has no measure\.py"):
        Empty().run(rng=0)


def labeled(values=(1.0,), **attrs):
    labels = {"units": "1", "long_name": "x", "kind": "measured"} | attrs
    return xr.Dataset({"x": ("k", list(values), labels)})


def test_labels_are_required():
    check_labels(labeled())
    with pytest.raises(ValueError, match="has no units"):
        check_labels(labeled(units=""))
    with pytest.raises(ValueError, match="has no long_name"):
        check_labels(labeled(long_name=""))
    with pytest.raises(ValueError, match="kind='guess'"):
        check_labels(labeled(kind="guess"))
    with pytest.raises(ValueError, match="complex"):
        check_labels(labeled((1j,)))
    with pytest.raises(ValueError, match='"k" has no units and no long_name'):
        check_labels(labeled().assign_coords(k=[3]))
