"""The checksum at the end of a stored file, looked at before anything else is.

A damaged file can send HDF5 into an endless loop that hears no Ctrl-C. So the last line of a file
names the BLAKE2b digest of all bytes before it, and what does not match is never parsed. HDF5 knows
from its own header where its content ends: other programs read such a file as any other, and
``head -c -91 FILE | b2sum -l 256`` gives the digest that ``tail -n 1 FILE`` shows. A program that
writes into the file drops or breaks the line, and so shows that it did.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

__all__ = ["seal", "sealed_content"]

_MARK = b"\n# typicality BLAKE2b-256 "
_DIGEST_BYTES = 32
_LENGTH = len(_MARK) + 2 * _DIGEST_BYTES + 1
_HDF5 = b"\x89HDF\r\n\x1a\n"


def seal(content: bytes) -> bytes:
    r"""Last line of a file with this content.

    Parameters
    ----------
    content : bytes
        All that stands before it.

    Returns
    -------
    bytes

    Examples
    --------
    >>> seal(b"")[:40], len(seal(b""))
    (b'\n# typicality BLAKE2b-256 0e5751c026e543', 91)
    """
    digest = hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()
    return _MARK + digest.encode() + b"\n"


def sealed_content(path: Path) -> bytes:
    """Bytes of a file up to its checksum, if they match it.

    Parameters
    ----------
    path : pathlib.Path
        A regular file.

    Returns
    -------
    bytes
        What was sealed.

    Raises
    ------
    ValueError
        If there is no checksum, or another one; the file is named.
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as stream:
        # The end first: a foreign file may be larger than the memory.
        length = stream.seek(0, 2)
        stream.seek(max(length - _LENGTH, 0))
        last = stream.read()
        stream.seek(0)
        if not last.startswith(_MARK):
            raise ValueError(_without_checksum(path, is_hdf5=stream.read(len(_HDF5)) == _HDF5))
        content = stream.read(length - _LENGTH)
    if seal(content) != last:
        raise ValueError(
            f"{path} is damaged: its content does not match its checksum. Measure it again."
        )
    return content


def _without_checksum(path: Path, *, is_hdf5: bool) -> str:
    if not is_hdf5:
        return f"{path} cannot be read: it is no netCDF-4 file that typicality stored."
    return (
        f"{path} cannot be trusted: it has no checksum at its end. It was cut off, changed by "
        "another program, or not stored by this version of typicality. Measure it again, or, if "
        'you know where it comes from, read it with xarray.load_dataset(path, engine="h5netcdf") '
        "and store it again with typicality.experiments.save."
    )
