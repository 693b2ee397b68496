import inspect

import pytest
import xarray as xr

from typicality import plots
from typicality.experiments import find, names
from typicality.plots.figure import figure
from typicality.plots.style import axes


@figure(
    "A mean of rho_A, with its line. More of it.",
    height=4.0,
)
def mean(ax, dataset):
    """Draw the mean.

    Examples
    --------
    >>> 1 + 1
    2
    """
    ax.plot(dataset["k"], dataset["mean"])


@pytest.fixture
def data():
    return xr.Dataset({"mean": ("k", [0.5, 0.4])}, coords={"k": [1, 2]})


def test_it_draws_on_given_axes_or_on_new_ones_of_its_size(data):
    given = axes()
    assert mean(data, given) is given
    assert len(given.get_lines()) == 1
    assert [float(x) for x in mean(data).figure.get_size_inches()] == [5.2, 4.0]
    with pytest.raises(TypeError, match=r"dataset must be an xarray\.Dataset"):
        mean(3)


def test_captions_and_docstrings_are_put_together_once():
    assert mean.caption == "A mean of rho_A, with its line. More of it."
    doc = inspect.getdoc(mean)
    parts = ("Draw the mean.", mean.caption, "Parameters\n---", "Returns\n---", "Examples\n---")
    places = [doc.index(part) for part in parts]
    assert places == sorted(places)
    assert mean.__name__ == "mean"
    assert mean.__module__ == __name__
    assert list(inspect.signature(mean).parameters) == ["dataset", "ax"]


@pytest.mark.parametrize("name", names())
def test_the_main_figure_bears_the_name_of_the_experiment(name):
    figures = find(name).part("figures").FIGURES
    assert getattr(plots, name.replace("-", "_")) is figures[0]
    assert len({each.__name__ for each in figures}) == len(figures)
    for each in figures:
        assert each.caption.endswith(".")
        assert "`" not in each.caption
        assert (inspect.getdoc(each) or "").startswith("Draw ")
