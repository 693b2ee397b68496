"""The report as one self-contained HTML page: claims, runs, predictions and measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from typicality.experiments.catalog import find, names
from typicality.experiments.experiment import CITATION
from typicality.report.number import corrected_text, measured_text, number, predicted_text
from typicality.report.section import Section, section
from typicality.report.stored import once_each, stored_sections
from typicality.report.tally import Tally
from typicality.results.files import write_text
from typicality.results.notation import markup

if TYPE_CHECKING:
    import os

    import xarray as xr

    from typicality.results.finding import Kind

MARKS: dict[Kind, str] = {"agrees": "✓", "leading": "≈", "misprint": "✎", "disagrees": "✗"}
"""Symbol of each kind of verdict, so that color is not needed to tell them apart."""


_GENERATOR = '<meta name="generator" content="typicality">'
"""Mark in the head of a page, by which the program recognizes its own pages."""

_PAPER = "https://arxiv.org/abs/2511.09526"


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
    FileExistsError
        If `path` is there and is no page that this function wrote.

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
    path = Path(path)
    refuse_foreign_page(path)
    sections = _sections(datasets_or_store)
    if not sections:
        raise ValueError("there is nothing to report: no experiment's dataset was given.")
    order = {name: place for place, name in enumerate(names())}
    sections.sort(key=lambda part: order.get(part.name, len(order)))
    return write_text(page(sections, path.parent), path)


def page(sections: Iterable[Section], folder: Path | None = None) -> str:
    """Text of the HTML page.

    Parameters
    ----------
    sections : iterable of Section
        One an experiment, in the order to be shown.
    folder : pathlib.Path, optional
        Where the page will stand; data in it are linked.

    Returns
    -------
    str
        The same for the same sections: no date but that of the data, no name of a machine.
    """
    from jinja2 import ChoiceLoader, Environment, FunctionLoader, PackageLoader, StrictUndefined

    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("typicality.report", "templates"), FunctionLoader(_claim)]
        ),
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

    def address(part: Section) -> str:
        inside = part.file is not None and part.file.parent == folder
        return quote(part.file.name) if inside and part.file is not None else ""

    environment.filters["address"] = address
    parts = tuple(sections)
    dates = sorted({part.date[:10] for part in parts if part.date})
    return environment.get_template("page.html.jinja").render(
        sections=parts,
        tally=Tally.of(parts),
        marks=MARKS,
        generator=_GENERATOR,
        paper=_PAPER,
        data=[part for part in parts if address(part)],
        dates=dates if len(dates) < 2 else [dates[0], dates[-1]],
        sources=sorted({_libraries(part.source) for part in parts if part.source}),
        commits=sorted({part.commit for part in parts if part.commit}),
        versions=sorted({part.version for part in parts}),
        seeds=sorted({part.seed for part in parts}),
        citation=CITATION,
    )


def refuse_foreign_page(path: Path) -> None:
    """Refuse to overwrite a file that is no report.

    Parameters
    ----------
    path : pathlib.Path
        Where a report is to be written.

    Raises
    ------
    FileExistsError
        If a file is there that `build` did not write.
    """
    if path.is_file():
        with path.open("rb") as stream:
            if _GENERATOR.encode() not in stream.read(4096):
                raise FileExistsError(
                    f"{path} was not written by typicality and is not overwritten: move it away."
                )


def _claim(template: str) -> str | None:
    """Text of ``claim/NAME``: what the paper says, from the folder of the experiment NAME."""
    name = template.removeprefix("claim/")
    if name == template or name not in names():
        return None
    file = resources.files(find(name).folder()) / "claim.html.jinja"
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _libraries(source: str) -> str:
    """Libraries and versions without the program itself, which stands first."""
    return source.partition(", ")[2]


def _sections(given: object) -> list[Section]:
    import xarray as xr

    if isinstance(given, str | Path) or hasattr(given, "__fspath__"):
        return stored_sections(Path(cast("str", given)))
    if isinstance(given, xr.Dataset):
        given = [given]
    if isinstance(given, Mapping):
        given = list(cast("Mapping[str, xr.Dataset]", given).values())
    if not isinstance(given, Iterable):
        raise TypeError(
            f"datasets, or the path of a folder, are needed, not {type(given).__name__}."
        )
    items = cast("Iterable[xr.Dataset | Section]", given)
    return once_each(item if isinstance(item, Section) else section(item) for item in items)
