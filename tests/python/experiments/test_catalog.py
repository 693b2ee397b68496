import inspect
from importlib import resources

import msgspec
import pytest

from experiments.toy_mean import Toy
from typicality import experiments, plots, report
from typicality.report.page import page
from typicality.report.section import section


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_is_whole(name):
    kind = experiments.find(name)
    assert kind.name == name
    assert kind.folder() == f"typicality.experiments.{name.replace('-', '_')}"
    assert getattr(experiments, kind.__name__) is kind
    for preset in ("quick", "full"):
        assert isinstance(kind.preset(preset), kind)
    assert callable(kind.part("measure").measure)
    assert callable(kind.part("findings").findings)
    figures = kind.part("figures").FIGURES
    assert figures[0].__name__ == name.replace("-", "_")
    assert all(figure.caption.endswith(".") for figure in figures)
    assert (resources.files(kind.folder()) / "claim.html.jinja").is_file()
    for text in (kind.title, kind.equation, kind.summary):
        assert text
    assert len(kind.summary) <= 70
    assert kind.usual_seconds > 0


def test_a_statement_is_one_folder_and_one_line(monkeypatch):
    monkeypatch.setattr(experiments, "Toy", Toy, raising=False)
    assert experiments.names()[-1] == "toy"
    data = experiments.find("toy")(n_samples=50).run(rng=3)
    assert set(data.variables) == set(Toy.variables.declared())
    assert len(report.compare(data)) == 5
    assert plots.toy(data).get_title() == "Means"
    assert "toy" in dir(plots)
    text = page([section(data)])
    assert "The mean is <b>one half</b>." in text
    assert "typicality run toy --n-samples 50 --seed 3" in text


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
