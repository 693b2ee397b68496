import inspect
from importlib import resources

import msgspec
import pytest

from typicality import experiments
from typicality.experiments.catalog import module_name, part


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_is_whole(name):
    kind = experiments.find(name)
    assert kind.name == name
    assert getattr(experiments, kind.__name__) is kind
    for preset in ("quick", "full"):
        assert isinstance(kind.preset(preset), kind)
    assert part(name, "figures").PANELS
    assert callable(part(name, "findings").findings)
    folder = resources.files(f"typicality.experiments.{module_name(name)}")
    assert (folder / "claim.html.jinja").is_file()
    for text in (kind.title, kind.equation, kind.summary):
        assert text
    assert len(kind.summary) <= 70


@pytest.mark.parametrize("name", experiments.names())
def test_every_parameter_is_documented(name):
    kind = experiments.find(name)
    doc = inspect.getdoc(kind) or ""
    for field in msgspec.structs.fields(kind):
        assert f"\n{field.name} : " in doc, field.name


def test_unknown_names_are_answered_with_the_nearest():
    with pytest.raises(ValueError, match='did you mean "page-curve"'):
        experiments.find("page-curv")
    with pytest.raises(ValueError, match="choose one of concentration"):
        experiments.find("zzz")
    with pytest.raises(AttributeError, match="PageCurv"):
        _ = experiments.PageCurv


def test_attributes_are_those_that_are_listed():
    assert dir(experiments) == sorted(experiments.__all__)
    for name in experiments.__all__:
        assert getattr(experiments, name) is not None
