"""Datasets in files: netCDF-4, written to a temporary name, then moved: whole or absent."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import xarray as xr


def save(dataset: xr.Dataset, path: str | os.PathLike[str]) -> Path:
    """Write a dataset to a netCDF-4 file; a run stopped while writing leaves what was there before.

    Parameters
    ----------
    dataset : xarray.Dataset
        Real variables only.
    path : str or path
        Where to write; missing folders are made.

    Returns
    -------
    pathlib.Path
        The path written.

    Raises
    ------
    TypeError
        If a variable has a type that netCDF cannot hold.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile, xarray
    >>> dataset = xarray.Dataset({"entropy": ("cut", [0.0, 0.69])}, attrs={"seed": "7"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(dataset, pathlib.Path(folder) / "page.nc")
    ...     load(path).identical(dataset)
    True
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    complex_names = [str(name) for name, v in dataset.variables.items() if v.dtype.kind == "c"]
    if complex_names:
        raise TypeError(f"{', '.join(complex_names)}: complex; store real and imaginary parts.")
    # The temporary file stands in the same folder, because os.replace is atomic only within one
    # file system.
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        dataset.to_netcdf(temporary, engine="h5netcdf")
        _publish(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path


def load(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a dataset into memory and close the file.

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
        If the file is not netCDF-4, or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from typicality.experiments import PageCurve, load, save
    >>> data = PageCurve(n_qubits=6, n_samples=20).run(rng=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(data, f"{folder}/page-curve.nc")
    ...     print(load(path).identical(data))
    True
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}.")
    try:
        return xr.load_dataset(path, engine="h5netcdf")
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as netCDF-4: {error}") from error


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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        _publish(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return path


def _publish(temporary: str, path: Path) -> None:
    """Give a finished temporary file its name, and the permissions of a plain `open`."""
    mask = os.umask(0)
    os.umask(mask)
    Path(temporary).chmod(0o666 & ~mask)
    Path(temporary).replace(path)
