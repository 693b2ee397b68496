import re
import threading

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pytest

from experiments.toy_mean.experiment import Toy
from experiments.toy_mean.figures import toy
from typicality.experiments import Correspondence, Distinguishability, Relaxation
from typicality.experiments.catalog import find
from typicality.plots import style, svg


def test_the_callers_settings_come_back():
    before = dict(mpl.rcParams)
    with style.context():
        assert mpl.rcParams["axes.grid"] is True
    assert dict(mpl.rcParams) == before


def test_axes_are_new_or_the_callers_own():
    ax = style.axes(width=3.0, height=2.0)
    assert style.axes(ax) is ax
    assert style.axes() is not style.axes()
    np.testing.assert_allclose(ax.figure.get_size_inches(), [3.0, 2.0])


def luminance(color):
    red, green, blue = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (red, green, blue)
    ]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@pytest.mark.parametrize("color", style.COLORS)
def test_colors_are_seen_on_paper(color):
    # WCAG asks a contrast of 3 of what is not text.
    assert 1.05 / (luminance(color) + 0.05) > 2.8


@pytest.fixture
def ax():
    with style.context():
        return toy(Toy(n_samples=20).run(rng=0))


def test_a_figure_is_the_same_text_every_time(ax):
    first = svg.standalone(ax, "toy")
    with style.context():
        again = toy(Toy(n_samples=20).run(rng=0))
    assert svg.standalone(again, "toy") == first
    assert "<dc:date>" not in first


def test_axes_in_a_part_of_a_figure_stand_for_the_whole():
    figure = mpl.figure.Figure()
    left, right = figure.subfigures(1, 2)
    left.subplots().set_title("the left one")
    inner = right.subfigures(2, 1)[1].subplots()
    assert svg.standalone(inner, "parts") == svg.standalone(left.axes[0], "parts")


def test_inline_figures_have_identifiers_of_their_own(ax):
    document = svg.standalone(ax, "toy")
    element = svg.inline(document, "toy-1", 'means < "one half"')
    assert element.startswith("<svg")
    identifiers = re.findall(r'\bid="([^"]+)"', element)
    assert identifiers
    assert len(set(identifiers)) == len(identifiers)
    assert all(name.startswith("toy-1-") for name in identifiers)
    for target in re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', element):
        assert (target[0] or target[1]) in identifiers
    assert "&lt;" in element
    assert "var(--series-1" in element


def test_drawing_works_in_threads():
    before, results = dict(mpl.rcParams), []
    data = Toy(n_samples=20).run(rng=0)

    def draw():
        for _ in range(5):
            with style.context():
                results.append(svg.standalone(toy(data), "toy"))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 20
    assert len(set(results)) == 1
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("suffix", "magic"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("PNG", b"\x89PNG")]
)
def test_figures_are_written_whole(ax, tmp_path, suffix, magic):
    path = svg.save_figure(ax, tmp_path / "new" / f"toy.{suffix}", "toy")
    assert path.read_bytes().startswith(magic)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_is_no_dataset_and_no_axes_is_told():
    from typicality import plots

    for draw in (plots.page_curve, plots.double_descent, plots.relaxation):
        with pytest.raises(
            TypeError, match=r"dataset must be an xarray\.Dataset .* got \{\} \(dict\)"
        ):
            draw({})
    with pytest.raises(TypeError, match=r"ax must be the Axes of a figure; got 'ax' \(str\)"):
        plots.axes("ax")
    for wrong in (0.0, -1.0, 1e9, float("nan")):
        with pytest.raises(ValueError, match="width must be a finite number in"):
            plots.axes(width=wrong)


@pytest.mark.parametrize(
    ("limits", "labels"),
    [
        ((0.08, 4.3), ["0.1", "0.3", "1", "3"]),
        ((11.0, 150.0), ["15", "20", "30", "40", "60", "100", "150"]),
        ((0.8, 1.2e4), ["1", "10", "100", "1,000", "10,000"]),
        ((2e-4, 0.06), ["$3\\times 10^{-4}$", "$10^{-3}$", "$3\\times 10^{-3}$", "$10^{-2}$",
                        "$3\\times 10^{-2}$"]),
        ((1e-8, 2.0), ["$10^{-8}$", "$10^{-7}$", "$10^{-6}$", "$10^{-5}$", "$10^{-4}$",
                       "$10^{-3}$", "$10^{-2}$", "$10^{-1}$", "$10^{0}$"]),
        ((1e-20, 1e10), ["$10^{-20}$", "$10^{-15}$", "$10^{-10}$", "$10^{-5}$", "$10^{0}$",
                         "$10^{5}$", "$10^{10}$"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["x", "y"])
def test_logarithmic_axes_have_ticks_to_read_off(limits, labels, name):
    ax = style.axes()
    ax.plot([0.1, 1.0], [0.1, 1.0])
    ax.set(**{f"{name}scale": "log", f"{name}lim": limits})
    style.log_ticks(ax, name)
    found = ax.get_xticklabels() if name == "x" else ax.get_yticklabels()
    assert [label.get_text() for label in found] == labels
    ax.figure.canvas.draw()


@pytest.mark.parametrize("panels", ["distinguishability", "relaxation", "correspondence"])
def test_no_axis_of_a_figure_is_left_with_two_labels(panels):
    # What is drawn matters here, not what was measured.
    for axis in _drawn(panels):
        low, high = sorted(axis.get_view_interval())
        ticks = [tick for tick in axis.get_ticklocs() if low <= tick <= high]
        texts = [label.get_text() for label in axis.get_ticklabels()]
        assert len(ticks) >= 3
        assert len([text for text in texts if text]) >= 3


def _drawn(name):
    small = {
        "distinguishability": Distinguishability(
            d_b=4, d_a=(2, 4, 8), n_samples=20, n_small=20, n_spins=6, n_levels=6, center=-2.0,
            ratio_d_b=3, ratio_d_a=(2, 3, 5), n_compared=20, sizes=(2, 3, 4), n_balanced=50,
        ),
        "relaxation": Relaxation(n_spins=(4, 5, 6), n_times=5, n_late=20, n_states=4),
        "correspondence": Correspondence(n_draws=4, growth=(1, 2, 4)),
    }  # fmt: skip
    data = small[name].run(rng=1)
    for panel in find(name).part("figures").FIGURES:
        with style.context():
            ax = panel(data)
        ax.figure.canvas.draw()
        yield from (ax.xaxis, ax.yaxis)
