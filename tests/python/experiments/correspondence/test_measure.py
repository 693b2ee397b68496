import pytest

from typicality.correspondence import table
from typicality.experiments import Correspondence
from typicality.experiments.experiment import KINDS

SMALL = {"n_draws": 3, "growth": (1, 2, 4), "n_samples": 16, "width": 40, "d_a": 4, "d_b": 32}


def test_it_is_the_table():
    data, expected = Correspondence(**SMALL).run(rng=4), table(**SMALL, rng=4)
    assert data.drop_attrs(deep=False).identical(expected)


def test_every_variable_is_labeled():
    data = Correspondence(**SMALL).run(rng=4)
    for name in data.data_vars:
        assert data[name].attrs["kind"] in KINDS, name
        assert data[name].attrs["units"] == "1", name
        assert data[name].attrs["long_name"], name


@pytest.mark.parametrize(("name", "wrong"), [("d_a", 1), ("growth", (1,)), ("n_draws", 0)])
def test_parameters_out_of_range_are_refused(name, wrong):
    with pytest.raises(ValueError, match=name):
        Correspondence(**SMALL | {name: wrong})


@pytest.mark.parametrize("preset", ["quick", "full"])
def test_presets_are_valid(preset):
    assert Correspondence.preset(preset).name == "correspondence"
