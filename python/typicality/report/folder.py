"""The folder of a reproduction: locked for one run, cleared of temporary files of killed ones."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from typicality.results.parts import remove_stale_parts

__all__ = ["sole_writer"]


@contextmanager
def sole_writer(folder: Path) -> Generator[None]:
    """Context in which no other reproduction writes into a folder.

    On entry, temporary files that a killed run left are removed. The lock is the system's: it ends
    with the process, however that ends. Where there is none (Windows, some network file systems)
    nothing is locked or removed.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it does not exist.

    Yields
    ------
    None

    Raises
    ------
    OSError
        If another process is writing there, or the folder cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if sys.platform == "win32":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(
                f"{folder}: another reproduction is writing into this folder. "
                "Wait for it, or choose another folder."
            ) from None
        except OSError:
            pass
        else:
            for place in (folder, folder / "figures"):
                remove_stale_parts(place)
        yield
    finally:
        os.close(handle)
