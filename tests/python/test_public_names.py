"""Every public name: exported in order, documented with an example, typed throughout."""

import importlib
import inspect
import typing
from collections.abc import Iterator

import pytest

PACKAGES = (
    "typicality",
    "typicality.correspondence",
    "typicality.experiments",
    "typicality.interop",
    "typicality.networks",
    "typicality.plots",
    "typicality.quantum",
    "typicality.report",
    "typicality.spectra",
)


def public() -> Iterator[tuple[str, object]]:
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value) or inspect.isclass(value):
                yield f"{package}.{name}", value


PUBLIC = dict(public())


@pytest.mark.parametrize("package", PACKAGES)
def test_names_are_listed_once(package: str) -> None:
    module = importlib.import_module(package)
    assert len(module.__all__) == len(set(module.__all__))
    assert set(module.__all__) <= set(dir(module))
    assert module.__doc__


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_say_what_and_show_how(name: str) -> None:
    value = PUBLIC[name]
    doc = inspect.getdoc(value) or ""
    summary = doc.split("\n\n")[0]
    assert summary.endswith("."), f"{name}: the first paragraph is a sentence"
    assert ">>>" in doc, f"{name}: no example that runs"
    if inspect.isfunction(value):
        assert "Returns\n-----" in doc or "Yields\n-----" in doc or has_no_result(value), name
        for parameter in inspect.signature(value).parameters:
            # numpydoc allows one entry for several parameters: "low, high : float".
            assert parameter in doc, f"{name}: {parameter} is not documented"


@pytest.mark.parametrize("name", PUBLIC)
def test_signatures_are_typed(name: str) -> None:
    value = PUBLIC[name]
    if not inspect.isfunction(value):
        return
    signature = inspect.signature(value)
    assert signature.return_annotation is not inspect.Signature.empty, name
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, f"{name}: {parameter.name}"
        if parameter.name in ("rng", "dtype", "progress"):
            assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, f"{name}: {parameter.name}"


@pytest.mark.parametrize("name", PUBLIC)
def test_signatures_are_short_enough_to_read(name: str) -> None:
    text = str(inspect.signature(PUBLIC[name]))
    assert "_typing" not in text, f"{name}: an alias is spelled out"
    assert len(text) < 500, name


def has_no_result(function: typing.Callable[..., object]) -> bool:
    return inspect.signature(function).return_annotation is None
