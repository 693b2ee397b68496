import copy
import pickle

import numpy as np
import pytest

from typicality.results.table import Table, coordinate, estimate, variable


class V(Table):
    k = coordinate("k", "repetition")
    place = coordinate("k", "place", "coupling")
    mean = estimate("k", "mean", "nat")
    mean_exact = variable("k", "exact", "exact mean", "nat")
    total = variable((), "setting", "repetitions")


VALUES = {
    V.k: [1, 2],
    V.place: [0.5, 1.5],
    V.mean: ([0.1, 0.2], [0.01, 0.02]),
    V.mean_exact: [0.1, 0.25],
    V.total: 2,
}


def test_the_dataset_is_labeled_as_declared():
    data = V.label(VALUES)
    assert set(data.variables) == set(V.declared())
    assert list(data.data_vars) == ["mean", "mean_stderr", "mean_exact", "total"]
    for name, entry in V.declared().items():
        variable = data.variables[name]
        assert variable.dims == entry.dims
        assert variable.attrs["long_name"] == entry.long_name
        assert variable.attrs.get("kind", "coordinate") == entry.kind
    assert data[V.mean].attrs["ancillary_variables"] == V.mean.stderr
    assert data[V.mean].attrs["comment"] == "in nats (natural logarithm)"
    assert data[V.place].attrs["units"] == "1"
    assert data[V.mean.stderr].values.tolist() == [0.01, 0.02]


def test_names_are_plain_text_in_the_dataset():
    data = V.label(VALUES)
    assert {type(name) for name in data.variables} == {str}
    assert data[V.total].dims == ()
    array = pickle.loads(pickle.dumps(data[V.mean]))
    assert array.identical(data["mean"])
    assert type(array.name) is str
    assert type(copy.deepcopy(V.mean)) is str


def test_what_is_missing_or_undeclared_is_named():
    with pytest.raises(ValueError, match="V declares mean, total, which was not measured"):
        V.label({name: VALUES[name] for name in (V.k, V.place, V.mean_exact)})
    with pytest.raises(ValueError, match="V does not declare meen"):
        V.label(VALUES | {"meen": 1.0})
    with pytest.raises(KeyError, match="declares no variable meen"):
        V.named("meen")
    assert V.named("mean") is V.mean
    with pytest.raises(AttributeError, match="total is declared without a standard error"):
        _ = V.total.stderr
    with pytest.raises(ValueError, match='kind="guess" must be one of'):
        variable("k", "guess", "guess")
    with pytest.raises(ValueError, match="mean_exact"):
        V.label(VALUES | {V.mean_exact: np.zeros((2, 2))})
