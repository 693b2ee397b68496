"""`typicality show FILE`: what a stored result holds, without running or plotting anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from typicality.cli.console import NARROW, output
from typicality.results.files import load

if TYPE_CHECKING:
    import xarray as xr
    from rich.console import Console

_HEAD = (
    ("experiment", "experiment"),
    ("equation", "equation"),
    ("parameters", "parameters"),
    ("seed", "seed"),
    ("date_created", "stored"),
    ("typicality_version", "typicality"),
    ("result_version", "result version"),
    ("commit", "commit"),
    ("source", "versions"),
    ("citation", "citation"),
)
"""Attributes that are shown, and how they are called."""


def show(path: Path) -> int:
    """Print title, parameters, seed, date, versions and a table of the variables of a file.

    Parameters
    ----------
    path : pathlib.Path
        A file that `save` wrote.

    Returns
    -------
    int
        Exit code 0.

    Raises
    ------
    ValueError, OSError
        If there is no such file, or it is damaged or foreign.
    """
    dataset = load(path)
    screen = output()
    _print_head(screen, dataset, path)
    _print_variables(screen, dataset)
    return 0


def _print_head(screen: Console, dataset: xr.Dataset, path: Path) -> None:
    title = _clean(dataset.attrs.get("title", path.name))
    screen.print(Text(title, style="bold"))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for name, called in _HEAD:
        if name in dataset.attrs:
            value = dataset.attrs[name]
            text = _parameters(value) if name == "parameters" else _clean(value)
            table.add_row(Text(called), Text(text))
    screen.print(table)


def _print_variables(screen: Console, dataset: xr.Dataset) -> None:
    rows = [
        (
            _clean(name),
            ", ".join(f"{_clean(dim)} {size}" for dim, size in variable.sizes.items()) or "-",
            _clean(variable.attrs.get("units", "-")),
            range_text(variable.values),
            _clean(variable.attrs.get("long_name", "")),
        )
        for name, variable in dataset.variables.items()
    ]
    screen.print()
    if screen.width < NARROW:
        for name, dims, unit, values, meaning in rows:
            screen.print(Text.assemble((name, "bold"), "  ", (dims, "dim")))
            for text in (meaning, f"{values}, unit {unit}"):
                screen.print(Padding(Text(text), (0, 0, 0, 4)))
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("variable", style="bold", overflow="fold")
    table.add_column("dimensions", overflow="fold")
    table.add_column("unit", no_wrap=True)
    table.add_column("range", overflow="fold")
    table.add_column("meaning", ratio=1)
    for row in rows:
        table.add_row(*map(Text, row))
    screen.print(table)


def range_text(values: np.ndarray[Any, Any]) -> str:
    """Smallest and largest entry of an array, and how many are missing.

    Parameters
    ----------
    values : numpy.ndarray
        Numbers, truth values, times or texts.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> range_text(np.array([0.5, np.nan, 2.0])), range_text(np.array(["b", "a", "b"]))
    ('0.5 to 2, 1 NaN', 'a, b')
    """
    if not values.size:
        return "empty"
    if values.dtype.kind in "OUST":
        texts = list(dict.fromkeys(_clean(value) for value in sorted(map(str, values.ravel()))))
        return ", ".join(texts) if len(texts) <= 3 else f"{texts[0]} to {texts[-1]}, {len(texts)}"
    absent = np.isnat(values) if values.dtype.kind in "mM" else np.isnan(values)
    missing, present = int(absent.sum()), values[~absent]
    lost = f"{missing} NaN" if missing else ""
    if not present.size:
        return lost
    low, high = _number(present.min()), _number(present.max())
    return ", ".join(filter(None, [low if low == high else f"{low} to {high}", lost]))


def _number(value: np.generic) -> str:
    return f"{float(value):.5g}" if value.dtype.kind == "f" else str(value)


def _parameters(value: object) -> str:
    try:
        given: object = json.loads(str(value))
    except ValueError:
        given = None
    if not isinstance(given, dict):
        return _clean(value)
    named = cast("dict[str, object]", given)
    return _clean(", ".join(f"{name} {json.dumps(entry)}" for name, entry in named.items()))


def _clean(value: object) -> str:
    """Text of an attribute without what would steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in str(value))
