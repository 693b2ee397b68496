import dataclasses

import numpy as np
import pytest

from experiments.toy_mean.experiment import Toy, install
from typicality import networks, report
from typicality._short_repr import ShortRepr
from typicality.correspondence._row import Row, Side
from typicality.report.section import section

MLP = networks.MLP((4, 200, 1), "tanh")
X, Y = np.eye(4), np.array([1.0, -1.0, 0.5, 0.0])


@dataclasses.dataclass(repr=False)
class Fit(ShortRepr):
    values: object
    name: str = "fit"
    hidden: int = dataclasses.field(default=1, repr=False)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (np.zeros((3, 4)), "<float64 array of shape (3, 4)>"),
        (np.zeros((0, 4), "f4"), "array([], shape=(0, 4), dtype=float32)"),
        (np.array(1.5), "array(1.5)"),
        (np.arange(7), "<int64 array of shape (7,)>"),
        (np.array([1 / 3, 1e-9]), "array([3.3333e-01, 1.0000e-09])"),
        ({"x": (("k",), np.zeros(9), {"units": "1"})}, "<float64 array of shape (9,)>"),
        (Fit(np.zeros(9)), "Fit(values=<float64 array of shape (9,)>, name='fit')"),
        ("x" * 1000, "..."),
        (None, "None"),
    ],
)
def test_arrays_and_long_text_are_shortened(values, text):
    shown = repr(Fit(values))
    assert text in shown
    assert "hidden" not in shown
    assert len(shown) < 200


@pytest.mark.parametrize(
    "result",
    [
        lambda: networks.nearest_minimum(MLP, MLP.init(rng=0), X, Y),
        lambda: networks.find_minima(MLP, MLP.init(20, rng=0), X, Y, max_steps=2),
        lambda: networks.train(MLP, MLP.init(20, rng=0), X, Y, tolerance=1e-8, max_steps=2),
        lambda: networks.linearize(MLP, MLP.init(rng=0)),
        lambda: networks.teacher(MLP, rng=0),
        lambda: networks.kernel_regression(np.eye(400), np.ones(400)),
    ],
)
def test_results_are_shown_without_their_numbers(result):
    shown = repr(result())
    assert "array of shape" in shown
    assert len(shown) < 1200


def test_rows_and_sections_are_shown_without_curves_and_figures(monkeypatch):
    install(monkeypatch, Toy)
    part = section(Toy(n_samples=10).run(rng=0))
    assert len(part.figures[0].standalone) > 10_000
    assert len(repr(part)) < 3000
    assert len(repr(report.Reproduction("report.html", sections=(part,)))) < 3000
    side = Side("spectrum", 1.0, 0.1, 0.8, 1.2)
    row = Row("density", "edge", "1", "bulk", side, side, {"x": (("k",), np.zeros(9), {})})
    assert "array of shape (9,)" in repr(row)
