"""One self-contained HTML page: what the paper claims, what was run, and whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from typicality.experiments.catalog import names
from typicality.experiments.experiment import CITATION
from typicality.experiments.files import load, write_text
from typicality.report.notation import markup
from typicality.report.number import corrected_text, measured_text, number, predicted_text
from typicality.report.section import Section, section
from typicality.report.tally import Tally

if TYPE_CHECKING:
    import os

    import xarray as xr

    from typicality.report.findings.finding import Kind

MARKS: dict[Kind, str] = {"agrees": "✓", "leading": "≈", "misprint": "✎", "disagrees": "✗"}
"""Sign of each kind of verdict, for those who cannot tell its color."""


def build(
    datasets_or_store: (
        Mapping[str, xr.Dataset]
        | Iterable[xr.Dataset | Section]
        | xr.Dataset
        | str
        | os.PathLike[str]
    ),
    path: str | os.PathLike[str],
) -> Path:
    """Write the report: one HTML file with its figures and style inside, which opens offline.

    Parameters
    ----------
    datasets_or_store : mapping, iterable of Dataset or Section, Dataset, or path of a folder
        What the experiments measured; of a folder, every netCDF file in it is read.
    path : str or path
        The HTML file, written whole or not at all.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    ValueError
        If there is nothing to report, or something is not an experiment's dataset.
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from typicality import report
    >>> from typicality.experiments import PageCurve
    >>> data = PageCurve(n_qubits=6, n_samples=20).run(rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = report.build(data, f"{folder}/report.html").read_text(encoding="utf-8")
    >>> "Page curve" in page
    True
    """
    sections = _sections(datasets_or_store)
    if not sections:
        raise ValueError("there is nothing to report: no experiment's dataset was given.")
    order = {name: place for place, name in enumerate(names())}
    sections.sort(key=lambda part: order.get(part.name, len(order)))
    return write_text(page(sections), path)


def page(sections: Iterable[Section]) -> str:
    """Text of the HTML page.

    Parameters
    ----------
    sections : iterable of Section
        One an experiment, in the order to be shown.

    Returns
    -------
    str
        The same for the same sections: no date, no name of a machine.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("typicality.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["predicted"] = predicted_text
    environment.filters["corrected"] = corrected_text
    environment.filters["measured"] = measured_text
    environment.filters["typeset"] = markup
    environment.filters["number"] = number
    parts = tuple(sections)
    return environment.get_template("page.html.jinja").render(
        sections=parts,
        tally=Tally.of(parts),
        marks=MARKS,
        versions=sorted({part.version for part in parts}),
        seeds=sorted({part.seed for part in parts}),
        citation=CITATION,
    )


def _sections(given: object) -> list[Section]:
    import xarray as xr

    if isinstance(given, str | Path) or hasattr(given, "__fspath__"):
        folder = Path(cast("str", given))
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}.")
        files = sorted(folder.glob("*.nc"))
        if not files:
            raise ValueError(f"there is no netCDF file (*.nc) in {folder}.")
        given = [load(file) for file in files]
    if isinstance(given, xr.Dataset):
        given = [given]
    if isinstance(given, Mapping):
        given = list(cast("Mapping[str, xr.Dataset]", given).values())
    if not isinstance(given, Iterable):
        raise TypeError(
            f"datasets, or the path of a folder, are needed, not {type(given).__name__}."
        )
    items = cast("Iterable[xr.Dataset | Section]", given)
    return [item if isinstance(item, Section) else section(item) for item in items]
