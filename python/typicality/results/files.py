"""Datasets in files: netCDF-4 with a checksum, written to a temporary name, then moved.

A file is whole or absent, and one that was damaged since is not read.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from typicality._messages import describe
from typicality.results.checksum import seal, sealed_content
from typicality.results.parts import part
from typicality.results.provenance import provenance

if TYPE_CHECKING:
    import xarray as xr

_COMPRESSED_BYTES = 2**15
"""Smaller variables take more room compressed than not: chunks bring an index of some 2 kB."""

_REAL = "bool, integers, float32, float64, text or times"


def save(dataset: xr.Dataset, path: str | os.PathLike[str]) -> Path:
    """Write a dataset to a netCDF-4 file; a run stopped while writing leaves what was there before.

    The last line of the file is a checksum, which `load` looks at; other programs read the file as
    any netCDF-4 file. Date, history and versions of the libraries are added to the attributes of a
    dataset that has none of its own.

    Parameters
    ----------
    dataset : xarray.Dataset
        Real variables only; attributes are text, numbers or lists of them.
    path : str or path
        Where to write; missing folders are made.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    TypeError
        If a variable or an attribute has a type that netCDF or its readers do not know: half
        precision, long double, complex numbers, matrices as attributes. It is named.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile, xarray
    >>> dataset = xarray.Dataset({"entropy": ("cut", [0.0, 0.69])}, attrs={"seed": "7"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(dataset, pathlib.Path(folder) / "page.nc")
    ...     stored = load(path)
    >>> stored.equals(dataset), sorted(stored.attrs)[-4:]
    (True, ['date_created', 'history', 'seed', 'source'])
    """
    path = Path(path)
    _check_types(dataset)
    dataset = stamped(dataset)
    # What another file's encoding says (its chunks, its fill values) is not meant for this one.
    plain = _plain_texts(dataset.drop_encoding())
    encoding = {name: _encoding(variable) for name, variable in plain.variables.items()}
    with part(path.parent) as temporary:
        plain.to_netcdf(temporary, engine="h5netcdf", encoding=encoding)
        content = temporary.read_bytes()
        _check_same(dataset, _parsed(content))
        with temporary.open("ab") as stream:
            stream.write(seal(content))
        _publish(temporary, path)
    return path


def load(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a dataset into memory, if its file is as `save` left it.

    Parameters
    ----------
    path : str or path
        A netCDF-4 file that `save` wrote.

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file was damaged, changed, or not written by `save`: what does not match its checksum
        is not opened, since damaged files can keep HDF5 busy for ever.

    Examples
    --------
    >>> import tempfile
    >>> from typicality.experiments import PageCurve, load, save
    >>> data = PageCurve(n_qubits=6, n_samples=20).run(rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(data, f"{folder}/page-curve.nc")
    ...     print(load(path).equals(data))
    True
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder, not a file.")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}.")
    content = sealed_content(path)
    try:
        return _parsed(content)
    except Exception as error:
        raise ValueError(f"{path} cannot be read as netCDF-4: {error}") from error


def stamped(dataset: xr.Dataset) -> xr.Dataset:
    """Dataset with the attributes that say when and with what it was stored.

    Parameters
    ----------
    dataset : xarray.Dataset
        Returned as it is, if it has a history.

    Returns
    -------
    xarray.Dataset
        Shares its values with `dataset`.
    """
    if "history" in dataset.attrs:
        return dataset
    words = [
        str(dataset.attrs[name]) for name in ("experiment", "parameters") if name in dataset.attrs
    ]
    if "seed" in dataset.attrs:
        words.append(f"seed {dataset.attrs['seed']}")
    return dataset.assign_attrs(provenance(" ".join(words) or "stored"))


def refuse_unwritable(path: str | os.PathLike[str], name: str = "") -> None:
    """Refuse, before work begins, a file that could not be written after it.

    Parameters
    ----------
    path : str or path
        Where a file will be written. Nothing is made, not even folders.
    name : str
        What the message begins with, such as the option's name.

    Raises
    ------
    OSError
        If the path is a folder, a folder on the way is a file, or there is no permission.
    """
    path = Path(path)
    start = f"{name} {path}" if name else str(path)
    try:
        if path.is_dir():
            raise OSError(f"{start}: this is a folder, not a file.")
        folder = path.parent
        while not folder.exists():
            folder = folder.parent
        if not folder.is_dir():
            raise OSError(f"{start}: {folder} is a file, not a folder.")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise OSError(f"{start}: nothing may be written into the folder {folder}.")
        longest = os.pathconf(folder, "PC_NAME_MAX") if hasattr(os, "pathconf") else 255
        if any(len(os.fsencode(part)) > longest for part in path.parts):
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    except OSError as error:
        if error.strerror is None:
            raise
        raise OSError(f"{start}: {error.strerror.lower()}.") from None


def write_text(text: str, path: str | os.PathLike[str]) -> Path:
    """Write text in UTF-8 as `save` writes datasets: whole or not at all.

    Parameters
    ----------
    text : str
        What to write.
    path : str or path
        Where to write; missing folders are made.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    return write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> Path:
    """Write bytes as `save` writes datasets: whole or not at all.

    Parameters
    ----------
    content : bytes
        What to write.
    path : str or path
        Where to write; missing folders are made.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    with part(path.parent) as temporary:
        temporary.write_bytes(content)
        _publish(temporary, path)
    return path


def _publish(temporary: Path, path: Path) -> None:
    """Give a finished temporary file its name, and the permissions of a plain `open`."""
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)
    temporary.replace(path)


def _parsed(content: bytes) -> xr.Dataset:
    import xarray as xr

    return xr.load_dataset(io.BytesIO(content), engine="h5netcdf")


def _encoding(variable: xr.Variable) -> dict[str, Any]:
    # Not-a-number stands for itself; a fill value beside it would only be one more attribute.
    encoding: dict[str, Any] = {"_FillValue": None}
    if variable.ndim and variable.dtype.kind in "iuf" and variable.nbytes >= _COMPRESSED_BYTES:
        encoding |= {"zlib": True, "complevel": 4, "shuffle": True}
    return encoding


def _check_types(dataset: xr.Dataset) -> None:
    """Refuse types that netCDF or its other readers do not support."""
    from xarray import Dataset

    if not isinstance(dataset, Dataset):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"dataset must be an xarray.Dataset; got {describe(dataset)}.")
    for name, variable in dataset.variables.items():
        kind, size = variable.dtype.kind, variable.dtype.itemsize
        if kind == "c":
            raise TypeError(f"{name}: complex; store real and imaginary parts.")
        if kind == "f" and size not in (4, 8):
            raise TypeError(f"{name}: {variable.dtype}; netCDF has float32 and float64.")
        text = kind == "O" and all(isinstance(v, str) for v in np.ravel(variable.values))
        if kind not in "biufUMmT" and not text:
            raise TypeError(f"{name}: {variable.dtype}; netCDF takes {_REAL}.")
        _check_attributes(f"attribute {{}} of {name}", variable.attrs)
    _check_attributes("attribute {} of the dataset", dataset.attrs)


def _plain_texts(dataset: xr.Dataset) -> xr.Dataset:
    """Convert object arrays of text, which older xarray does not support beside pandas 3."""
    texts = {k: v.astype(str) for k, v in dataset.variables.items() if v.dtype.kind == "O"}
    coords = {name: text for name, text in texts.items() if name in dataset.coords}
    variables = {name: text for name, text in texts.items() if name not in coords}
    return dataset.assign_coords(coords).assign(variables)


def _check_attributes(place: str, attributes: Mapping[Any, object]) -> None:
    for name, value in attributes.items():
        where = place.format(name)
        if isinstance(value, str):
            continue
        if isinstance(value, list | tuple) and value:
            items = cast("list[object]", value)
            if all(isinstance(item, str) for item in items):
                continue
        if isinstance(value, list | tuple | int | float | np.ndarray | np.generic):
            numbers = np.asarray(value)
            dtype = numbers.dtype
            known = dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize in (4, 8))
            if known and numbers.ndim <= 1 and numbers.size:
                continue
            if known:
                raise TypeError(
                    f"{where} has shape {numbers.shape}; netCDF takes a list of numbers."
                )
            raise TypeError(f"{where} has dtype {numbers.dtype}; netCDF takes text and numbers.")
        raise TypeError(
            f"{where} is of type {type(value).__name__}; netCDF takes text, numbers and lists."
        )


def _check_same(dataset: xr.Dataset, stored: xr.Dataset) -> None:
    """Refuse a file that reads back differently, as unusual fill values make it do."""
    lost = [
        str(name)
        for name, variable in dataset.variables.items()
        if name not in stored.variables or not variable.equals(stored.variables[name])
    ]
    if lost:
        raise TypeError(
            f"{', '.join(lost)}: would not come back from the file as given; look at the "
            "attributes that netCDF interprets (_FillValue, missing_value, scale_factor, units)."
        )
