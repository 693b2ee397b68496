"""Files on their way: written in a hidden folder beside their place, whose lock tells it is in use.

The lock is the system's and ends with the process, however that ends. So what a killed process left
is known, and removed by the next one that writes into the same place. It is a folder that is
locked, since HDF5 locks its files itself.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["part", "remove_stale_parts"]

_BEGIN, _END = ".typicality-", ".part"
_ATTEMPTS = 100


@contextmanager
def part(folder: Path) -> Generator[Path]:
    """Context with a place for a file that will be moved into a folder.

    Parameters
    ----------
    folder : pathlib.Path
        Where the file will stand, and made if it does not exist. The place is inside it, because
        files are moved at once only within one file system.

    Yields
    ------
    pathlib.Path
        No file yet. What is still there at the end is removed.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    remove_stale_parts(folder)
    inner, handle = _locked_folder(folder)
    try:
        yield inner / "content"
    finally:
        shutil.rmtree(inner, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def remove_stale_parts(folder: Path) -> None:
    """Remove what killed processes left in a folder, nothing that a living one is writing.

    Where the system has no locks (Windows, some network file systems) nothing is removed.

    Parameters
    ----------
    folder : pathlib.Path
        What is in its subfolders is not looked at.
    """
    for path in folder.glob(f"{_BEGIN}*{_END}"):
        try:
            handle = _lock(path)
        except OSError:
            continue
        if handle is None:
            continue
        # Held until the path is gone, so that no process can begin to use it in between.
        try:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):
                    path.unlink()
        finally:
            os.close(handle)


def _locked_folder(folder: Path) -> tuple[Path, int | None]:
    for _ in range(_ATTEMPTS):
        inner = Path(tempfile.mkdtemp(prefix=_BEGIN, suffix=_END, dir=folder))
        # Before it is locked, another process may take it for stale, and then removes it.
        try:
            handle = _lock(inner)
        except (BlockingIOError, FileNotFoundError):
            continue
        if handle is None or inner.is_dir():
            return inner, handle
        os.close(handle)
    raise OSError(f"{folder}: files that are being written vanish.")


def _lock(path: Path) -> int | None:
    """Return a handle that holds the lock of a file or folder; None where there are no locks.

    Raises
    ------
    BlockingIOError
        If another handle holds it.
    OSError
        If the path is gone, or a link.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle
