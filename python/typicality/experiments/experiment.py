"""What an experiment is: parameters in, one labeled `xarray.Dataset` out.

An experiment tests one statement of the paper. It measures, stores the theory beside what was
measured, so that the dataset holds everything a figure or table shows, and judges nothing: the
report works out from the stored dataset whether the two agree. Its folder holds all of this: the
class with its parameters, the table of the dataset's variables, what measures, draws and judges.
"""

from __future__ import annotations

import importlib
import json
import math
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import msgspec
import numpy as np

from typicality._messages import shortened
from typicality._progress import Progress
from typicality._random import Seeds
from typicality.results.table import KINDS, Table, Values

if TYPE_CHECKING:
    from types import ModuleType

    import xarray as xr

    from typicality._random import RNG

CITATION = (
    "T. Monnai, Typicality of thermal states in isolated quantum systems corresponds to ubiquity "
    "of global minima in deep artificial neural networks, arXiv:2511.09526 (2025)."
)
"""The paper whose statements are tested."""

CONVENTIONS = "CF-1.11"
"""The metadata conventions that a result follows."""


class Experiment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the experiments: checked parameters, presets, and a run that labels what it returns.

    A subclass declares its parameters as public fields of scalar type or tuples of scalars and
    documents them in its docstring (the command line reads them from there). Beside its file lie
    ``measure.py``, ``figures.py`` and ``findings.py``, loaded when they are needed, so that help
    and lists load no more than the parameters. A subclass that checks its parameters in
    ``__post_init__`` calls ``super().__post_init__()`` first, which converts NumPy scalars and
    lists and refuses wrong types with the parameter's name.

    Raises
    ------
    TypeError
        If a parameter has the wrong type.
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import PageCurve
    >>> PageCurve.preset("quick").name
    'page-curve'
    """

    name: ClassVar[str]
    """Name on the command line."""
    title: ClassVar[str]
    """Heading in the report."""
    equation: ClassVar[str]
    """The paper's equation or section that is tested, such as ``"Eq. (2)"``."""
    summary: ClassVar[str]
    """One line for ``typicality list``."""
    variables: ClassVar[type[Table]]
    """What the dataset holds."""
    usual_seconds: ClassVar[float] = 10.0
    """Time that the quick preset takes, roughly; the first estimate of a remaining time."""
    result_version: ClassVar[int] = 1
    """Raised whenever the same parameters and seed would give another result."""
    quick: ClassVar[dict[str, Any]] = {}
    """Parameters of the quick preset, where they differ from the defaults."""
    full: ClassVar[dict[str, Any]] = {}
    """Parameters of the full preset, where they differ from the defaults."""

    def __post_init__(self) -> None:
        """Convert NumPy scalars and lists, and refuse wrong types."""
        for field in msgspec.structs.fields(type(self)):
            value = _plain(getattr(self, field.name))
            try:
                checked = msgspec.convert(value, field.type, strict=True)
            except msgspec.ValidationError as error:
                text = str(error).split(" - at ")[0]
                kind = TypeError if text.startswith("Expected") and "got" in text else ValueError
                raise kind(
                    f"{field.name}={shortened(value)}: {text[0].lower()}{text[1:]}."
                ) from None
            msgspec.structs.force_setattr(self, field.name, checked)

    @classmethod
    def preset(cls, name: str) -> Self:
        """Experiment with the parameters of a preset.

        Parameters
        ----------
        name : {"quick", "full"}
            ``"quick"``: all experiments together take at most three minutes on two cores.
            ``"full"``: sizes for print.

        Returns
        -------
        Experiment

        Raises
        ------
        ValueError
            If there is no such preset.
        """
        presets = {"quick": cls.quick, "full": cls.full}
        if name not in presets:
            raise ValueError(f'preset="{name}" is not known: choose "quick" or "full".')
        return cls(**presets[name])

    @classmethod
    def from_parameters(cls, text: str) -> Self:
        """Experiment from the text that a dataset carries as its ``parameters``.

        Parameters
        ----------
        text : str
            JSON as `parameters` writes it.

        Returns
        -------
        Experiment

        Raises
        ------
        ValueError
            If the text is not such JSON, names an unknown parameter or has a value of the wrong
            type.
        """
        try:
            return msgspec.convert(_revived(json.loads(text)), cls)
        except RecursionError:
            raise ValueError(f"these are not parameters of {cls.name}: nested too deep") from None
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            raise ValueError(f"these are not parameters of {cls.name}: {error}") from error

    @classmethod
    def of(cls, dataset: xr.Dataset) -> Self:
        """Experiment that a dataset is the result of.

        Parameters
        ----------
        dataset : xarray.Dataset
            What `run` returned, or was read from its file.

        Returns
        -------
        Experiment

        Raises
        ------
        ValueError
            If the dataset does not say its parameters.
        """
        return cls.from_parameters(str(dataset.attrs.get("parameters", "")))

    @classmethod
    def part(cls, module: str) -> ModuleType:
        """Import a module of the experiment's folder.

        Parameters
        ----------
        module : str
            ``"measure"``, ``"figures"`` or ``"findings"``.

        Returns
        -------
        module

        Raises
        ------
        TypeError
            If there is none.
        """
        name = f"{cls.folder()}.{module}"
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            # What the module itself lacks, such as scikit-learn, is told by its own name.
            if error.name is None or not f"{name}.".startswith(f"{error.name}."):
                raise
            raise TypeError(
                f"{cls.__name__} is not a whole experiment: it has no {module}.py."
            ) from None

    @classmethod
    def folder(cls) -> str:
        """Name of the package that holds all that belongs to the experiment."""
        return cls.__module__.rpartition(".")[0]

    def parameters(self) -> str:
        """Parameters as canonical JSON: equal experiments give equal text.

        Returns
        -------
        str
            One object, keys in the order of the fields; infinities as ``"inf"``.
        """
        return json.dumps(_written(msgspec.structs.asdict(self)), separators=(", ", ": "))

    def labels(self, seed: str) -> dict[str, str | int]:
        """Attributes that say which result a dataset is.

        Two datasets with equal labels hold the same numbers.

        Parameters
        ----------
        seed : str
            Seed as `seed_text` writes it.

        Returns
        -------
        dict
        """
        from typicality import __version__

        return {
            "experiment": self.name,
            "title": self.title,
            "equation": self.equation,
            "parameters": self.parameters(),
            "seed": seed,
            "result_version": self.result_version,
            "typicality_version": __version__,
            "citation": CITATION,
        }

    def run(self, *, rng: RNG = None, progress: Progress | None = None) -> xr.Dataset:
        """Run the experiment.

        Parameters
        ----------
        rng : None, int, SeedSequence, BitGenerator or Generator, optional
            Source of randomness. The same integer gives the same numbers for any number of threads.
        progress : callable, optional
            Called with the fraction done, which never decreases, and a word on what is being done.

        Returns
        -------
        xarray.Dataset
            Measured values with standard errors or per sample, and the theory to draw beside them;
            every variable has ``units``, ``long_name`` and ``kind``; the attributes hold
            parameters, seed, version and citation.
        """
        seeds = Seeds(rng)
        done = 0.0

        def forward(fraction: float, text: str) -> None:
            nonlocal done
            done = min(max(done, fraction), 1.0)
            if progress is not None:
                progress(done, text)

        forward(0.0, "starting")
        measured = self.measure(seeds, forward)
        dataset = self.variables.label(measured)
        check_labels(dataset)
        labels = {"Conventions": CONVENTIONS} | self.labels(seed_text(rng, seeds))
        dataset.attrs = labels | dict(dataset.attrs)
        forward(1.0, "done")
        return dataset

    def measure(self, seeds: Seeds, progress: Progress) -> Values:
        """Measure, as ``measure.py`` in the experiment's folder does it; `run` calls this.

        Parameters
        ----------
        seeds : Seeds
            ``seeds.seed("states", d)`` is the source of randomness of the part with that name.
        progress : callable
            Called with the fraction done and a word on what is being done.

        Returns
        -------
        dict
            Arrays by the names that `variables` declares.
        """
        return self.part("measure").measure(self, seeds, progress)


def seed_text(rng: RNG, seeds: Seeds) -> str:
    """Return what a dataset says of its seed: the integer that was given, else the whole key.

    Parameters
    ----------
    rng : None, int, SeedSequence, BitGenerator or Generator
        What the caller gave.
    seeds : Seeds
        What was made of it.

    Returns
    -------
    str
        Digits, or 64 hexadecimal digits after ``"key "``.

    Examples
    --------
    >>> seed_text(7, Seeds(7))
    '7'
    """
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        return str(int(rng))
    return f"key {seeds.text}"


def check_labels(dataset: xr.Dataset) -> None:
    """Refuse a dataset that a reader could not understand without the program.

    Parameters
    ----------
    dataset : xarray.Dataset
        What an experiment measured.

    Raises
    ------
    ValueError
        If a variable or coordinate lacks ``units`` or ``long_name``, a variable has no known
        ``kind``, or is complex.
    """
    for name, variable in dataset.variables.items():
        missing = [label for label in ("units", "long_name") if not variable.attrs.get(label)]
        if missing:
            raise ValueError(
                f'variable "{name}" has no {" and no ".join(missing)}: add to its attrs.'
            )
        if variable.dtype.kind == "c":
            raise ValueError(f'variable "{name}" is complex: store real and imaginary parts.')
    for name, variable in dataset.data_vars.items():
        if variable.attrs.get("kind") not in KINDS:
            raise ValueError(
                f'variable "{name}" has kind={variable.attrs.get("kind")!r}: '
                f"it must be one of {', '.join(sorted(KINDS))}."
            )


def _plain(value: object) -> object:
    """NumPy scalars and arrays, lists and tuples as plain Python; anything else as it is."""
    if isinstance(value, np.ndarray | np.generic):
        plain: object = value.tolist()
        # What is longer than double precision is its own item.
        return _rounded(plain) if isinstance(plain, np.generic) else _plain(plain)
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in cast("tuple[object, ...]", value))
    return value


def _rounded(number: np.generic) -> object:
    with np.errstate(over="ignore"):
        return number.astype(np.complex128 if number.dtype.kind == "c" else np.float64).item()


def _written(value: object) -> object:
    """Value as strict JSON can hold it: infinities become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _written(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in cast("list[object]", value)]
    return value


def _revived(value: object) -> object:
    """Inverse of `_written`."""
    if value in ("inf", "-inf", "nan"):
        return float(cast("str", value))
    if isinstance(value, dict):
        return {key: _revived(item) for key, item in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_revived(item) for item in cast("list[object]", value)]
    return value
