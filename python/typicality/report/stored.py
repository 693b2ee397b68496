"""Stored results of a folder: validated when read, at most one of each experiment."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from typicality.experiments.catalog import find
from typicality.experiments.experiment import check_labels
from typicality.report.section import Section, section
from typicality.results.files import load

if TYPE_CHECKING:
    import xarray as xr

    from typicality.experiments.experiment import Experiment

__all__ = ["kept_section", "once_each", "stored_sections"]


def stored_sections(folder: Path) -> list[Section]:
    """Sections of all results in a folder.

    Parameters
    ----------
    folder : pathlib.Path
        What is in its subfolders is not looked at.

    Returns
    -------
    list of Section
        One an experiment; copies of a result are left out.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If there is no result, or a file is damaged, foreign, edited, or of another version. The
        message names the file.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {folder}.")
    files = sorted(path for path in folder.glob("*.nc") if not path.is_dir())
    if not files:
        raise ValueError(f"there is no netCDF file (*.nc) in {folder}.")
    read = [(path, _read(path)) for path in files]
    chosen: dict[str, tuple[Path, xr.Dataset]] = {}
    for path, dataset in read:
        name = str(dataset.attrs["experiment"])
        if name not in chosen:
            chosen[name] = path, dataset
        elif not chosen[name][1].equals(dataset) or _labels(chosen[name][1]) != _labels(dataset):
            raise ValueError(
                f"{path} and {chosen[name][0]} are both results of {name}, and not the same: "
                "a report shows each experiment once. Move one of them away."
            )
    return [_section(path, dataset) for path, dataset in chosen.values()]


def kept_section(path: Path, experiment: Experiment, seed: str) -> Section | None:
    """Section of an experiment's result, if an earlier run left it.

    Parameters
    ----------
    path : pathlib.Path
        Where that run would have written it.
    experiment : Experiment
        With its parameters.
    seed : str
        Seed as `seed_text` writes it.

    Returns
    -------
    Section or None
        None if the file is absent, damaged, incomplete, or holds the result of other parameters,
        another seed or another version.
    """
    try:
        dataset = _read(path)
        labels = experiment.labels(seed)
        if any(str(dataset.attrs.get(key)) != str(value) for key, value in labels.items()):
            return None
        return _section(path, dataset)
    except (OSError, ValueError):
        return None


def once_each(sections: Iterable[Section]) -> list[Section]:
    """Sections as a list, if no experiment occurs twice.

    Parameters
    ----------
    sections : iterable of Section
        In any order.

    Returns
    -------
    list of Section

    Raises
    ------
    ValueError
        If two sections are of the same experiment.
    """
    found = list(sections)
    names = [part.name for part in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"{name} is given {names.count(name)} times: a report shows each experiment once."
            )
    return found


def _read(path: Path) -> xr.Dataset:
    dataset = load(path)
    with _naming(path):
        if "experiment" not in dataset.attrs:
            raise ValueError('it is no experiment\'s result: it has no attribute "experiment".')
        experiment = find(str(dataset.attrs["experiment"]))
        version = str(dataset.attrs.get("result_version"))
        if version != str(experiment.result_version):
            raise ValueError(
                f"it holds version {version} of {experiment.name}, and version "
                f"{experiment.result_version} is shown here. Measure it again."
            )
        experiment.from_parameters(str(dataset.attrs.get("parameters")))
        check_labels(dataset)
    return dataset


def _section(path: Path, dataset: xr.Dataset) -> Section:
    with _naming(path), warnings.catch_warnings():
        # What NumPy says of numbers that are none, the table says too.
        warnings.simplefilter("ignore", RuntimeWarning)
        return section(dataset, file=path)


@contextmanager
def _naming(path: Path) -> Generator[None]:
    """Context that turns any error about a file's content into a ValueError naming the file."""
    try:
        yield
    except (MemoryError, ImportError):
        raise
    except Exception as error:
        said = str(error) if type(error) is ValueError else f"{type(error).__name__}: {error}"
        text = " ".join(said.split()).rstrip(".")
        raise ValueError(
            f"{path} cannot be shown: {text}. "
            "It was edited, is incomplete, or is not what this version of typicality stores."
        ) from error


def _labels(dataset: xr.Dataset) -> tuple[str, ...]:
    names = ("parameters", "seed", "result_version", "typicality_version")
    return tuple(str(dataset.attrs.get(name)) for name in names)
