"""One experiment as the report shows it: parameters, figures and findings of a stored dataset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typicality._messages import describe
from typicality._short_repr import ShortRepr
from typicality.experiments.catalog import find
from typicality.results.notation import text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from typicality.experiments.experiment import Experiment
    from typicality.plots.figure import Figure
    from typicality.results.finding import Finding


@dataclass(frozen=True, repr=False)
class Picture(ShortRepr):
    """A figure of the report.

    Parameters
    ----------
    name : str
        File name without suffix, unique in the report.
    caption : str
        What the figure shows.
    standalone : str
        SVG document.
    """

    name: str
    caption: str
    standalone: str

    @property
    def inline(self) -> str:
        """Element for an HTML page."""
        from typicality.plots import svg

        return svg.inline(self.standalone, self.name, self.caption)


@dataclass(frozen=True, kw_only=True, repr=False)
class Section(ShortRepr):
    """An experiment's part of the report.

    Parameters
    ----------
    name, title, equation : str
        Of the experiment.
    parameters : tuple of (str, str)
        Names and values.
    seed, version, result_version : str
        Where the numbers come from.
    date, source, commit : str
        When the file was stored, with which libraries, from which commit; empty if unknown.
    file : pathlib.Path or None
        Where the numbers stand.
    figures : tuple of Picture
        In order.
    findings : tuple of Finding
        In order.
    """

    name: str
    title: str
    equation: str
    parameters: tuple[tuple[str, str], ...]
    seed: str
    version: str
    result_version: str
    figures: tuple[Picture, ...]
    findings: tuple[Finding, ...]
    date: str = ""
    source: str = ""
    commit: str = ""
    file: Path | None = None

    @property
    def command(self) -> str:
        """Command line that repeats this run: parameters other than the defaults, and the seed."""
        words = ["typicality", "run", self.name]
        defaults = dict(_parameters(_defaults(self.name)))
        for name, value in self.parameters:
            if defaults.get(name) != value:
                words += [f"--{name.replace('_', '-')}", value.replace(",", "")]
        if self.seed.isdigit():
            words += ["--seed", self.seed]
        return " ".join(words)

    @property
    def agreeing(self) -> int:
        """How many findings agree."""
        return sum(finding.agrees for finding in self.findings)


def section(
    dataset: xr.Dataset,
    *,
    figures: Sequence[Figure] | None = None,
    rows: Sequence[Finding] | None = None,
    file: Path | None = None,
) -> Section:
    """Section of the report on a dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        What an experiment returned, or was read from its file.
    figures : sequence of Figure, optional
        Those of the experiment by default.
    rows : sequence of Finding, optional
        Rows of the table; worked out from the dataset by default.
    file : pathlib.Path, optional
        The file that holds the dataset.

    Returns
    -------
    Section

    Raises
    ------
    ValueError
        If the dataset does not say which experiment it is of, or there is no such experiment.
    """
    if figures is None:
        figures = _figures(dataset)
    if rows is None:
        rows = compare(dataset)
    attrs: dict[str, Any] = dict(dataset.attrs)
    name = str(attrs["experiment"])
    return Section(
        name=name,
        title=str(attrs.get("title", name)),
        equation=str(attrs.get("equation", "")),
        parameters=_parameters(str(attrs.get("parameters", "{}"))),
        seed=str(attrs.get("seed", "unknown")),
        version=str(attrs.get("typicality_version", "unknown")),
        result_version=str(attrs.get("result_version", "unknown")),
        figures=tuple(
            _picture(figure, dataset, f"{name}-{number}")
            for number, figure in enumerate(figures, start=1)
        ),
        findings=tuple(rows),
        date=str(attrs.get("date_created", "")),
        source=str(attrs.get("source", "")),
        commit=str(attrs.get("commit", "")),
        file=file,
    )


def compare(dataset: xr.Dataset) -> tuple[Finding, ...]:
    """Work out the rows "predicted | measured | agree" of an experiment's dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        What an experiment returned, or was read from its file.

    Returns
    -------
    tuple of Finding

    Raises
    ------
    ValueError
        If the dataset is no experiment's.

    Examples
    --------
    >>> from typicality import report
    >>> from typicality.experiments import PageCurve
    >>> data = PageCurve(n_qubits=6, n_samples=20).run(rng=0)
    >>> rows = report.compare(data)
    >>> not any(row.kind == "disagrees" for row in rows)
    True
    """
    return tuple(_experiment(dataset).part("findings").findings(dataset))


def draw(dataset: xr.Dataset) -> Axes:
    """Draw the main figure of an experiment's dataset in the package's style.

    Parameters
    ----------
    dataset : xarray.Dataset
        What an experiment returned, or was read from its file.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the dataset is no experiment's.

    Examples
    --------
    >>> from typicality import report
    >>> from typicality.experiments import PageCurve
    >>> data = PageCurve(n_qubits=6, n_samples=20).run(rng=0)
    >>> report.draw(data).get_ylabel()
    'entropy $S_A$ (nat)'
    """
    from typicality.plots import style

    with style.context():
        return _figures(dataset)[0](dataset)


def _experiment(dataset: xr.Dataset) -> type[Experiment]:
    from xarray import Dataset

    if not isinstance(dataset, Dataset):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(
            "dataset must be an xarray.Dataset that an experiment returned; "
            f"got {describe(dataset)}."
        )
    if "experiment" not in dataset.attrs:
        raise ValueError('this dataset is not an experiment\'s: it has no attribute "experiment".')
    return find(str(dataset.attrs["experiment"]))


def _figures(dataset: xr.Dataset) -> Sequence[Figure]:
    return _experiment(dataset).part("figures").FIGURES


def _picture(figure: Figure, dataset: xr.Dataset, name: str) -> Picture:
    from typicality.plots import style, svg

    with style.context():
        ax = figure(dataset)
    return Picture(name, text(figure.caption), svg.standalone(ax, name))


def _parameters(text: str) -> tuple[tuple[str, str], ...]:
    values: dict[str, Any] = json.loads(text)
    return tuple((name, _value(value)) for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _defaults(name: str) -> str:
    try:
        return find(name)().parameters()
    except ValueError:
        return "{}"
