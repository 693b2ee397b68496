"""Two folders of stored results, compared value by value.

``python tests/python/support/compare_results.py BEFORE AFTER`` says what differs and exits with 1
if anything does: for changes of the code that must change no number.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from typicality.experiments import load

TIMES = frozenset({"date_created", "history", "source", "commit", "typicality_version"})
"""Attributes that say when and with which versions a file was stored."""


def differences(before: xr.Dataset, after: xr.Dataset) -> Iterator[str]:
    """Everything in which two datasets differ, in words; bits, types, labels and order count."""
    yield from _attributes("the dataset", before.attrs, after.attrs)
    for part in ("coords", "data_vars"):
        old, new = list(getattr(before, part)), list(getattr(after, part))
        yield from (f"{name}: gone from {part}" for name in old if name not in new)
        yield from (f"{name}: new in {part}" for name in new if name not in old)
    for name, old in before.variables.items():
        if name not in after.variables:
            continue
        new = after.variables[name]
        yield from _attributes(str(name), old.attrs, new.attrs)
        if (old.dims, old.dtype, old.shape) != (new.dims, new.dtype, new.shape):
            yield (
                f"{name}: {old.dims} {old.dtype} {old.shape} is now "
                f"{new.dims} {new.dtype} {new.shape}"
            )
            continue
        equal = old.values == new.values
        if old.dtype.kind == "f":
            equal = equal | (np.isnan(old.values) & np.isnan(new.values))
        if not equal.all():
            text = f"{name}: {np.count_nonzero(~equal)} of {equal.size} values differ"
            if old.dtype.kind in "fiu":
                with np.errstate(invalid="ignore"):
                    gap = np.abs(old.values.astype(float) - new.values)[~equal]
                text += f", by up to {np.max(gap):.3g}"
            yield text


def _attributes(where: str, old: dict, new: dict) -> Iterator[str]:
    for key in [*old, *(key for key in new if key not in old)]:
        if key in TIMES:
            continue
        pair = old.get(key), new.get(key)
        if key not in old or key not in new or not np.array_equal(*pair):
            yield f"{where}: attribute {key} was {pair[0]!r} and is {pair[1]!r}"


def compare_folders(before: Path, after: Path) -> Iterator[str]:
    """The same for all netCDF files of two folders."""
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.nc")})
    for name in names:
        for folder in (before, after):
            if not (folder / name).exists():
                yield f"{name}: not in {folder}"
                break
        else:
            found = differences(load(before / name), load(after / name))
            yield from (f"{name}: {text}" for text in found)


if __name__ == "__main__":
    FOUND = list(compare_folders(*map(Path, sys.argv[1:3])))
    sys.stdout.writelines(f"{line}\n" for line in FOUND or ["no difference"])
    sys.exit(bool(FOUND))
