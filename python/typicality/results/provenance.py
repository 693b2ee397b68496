"""Provenance of a stored result: date, versions of the libraries, commit."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from typicality._version import __version__

__all__ = ["provenance"]

_LIBRARIES = ("numpy", "scipy", "scikit-learn", "xarray", "h5netcdf", "h5py")
"""Libraries that the numbers and the file depend on."""


def provenance(subject: str) -> dict[str, str]:
    """Attributes that say when and with what a dataset was stored.

    Parameters
    ----------
    subject : str
        What is stored, such as an experiment's name.

    Returns
    -------
    dict
        ``date_created`` (UTC; the environment variable ``SOURCE_DATE_EPOCH`` sets it), ``history``
        and ``source`` of the CF and ACDD conventions; ``commit`` of the source tree, where one is
        known.

    Examples
    --------
    >>> sorted(provenance("page-curve"))[-3:]
    ['date_created', 'history', 'source']
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(seconds), UTC) if seconds.isdigit() else datetime.now(UTC)
    date = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    program = f"typicality {__version__}"
    attributes = {
        "date_created": date,
        "history": f"{date} {program}: {subject}",
        "source": ", ".join([program, f"Python {platform.python_version()}", *_versions()]),
    }
    commit = _commit()
    return ({"commit": commit} if commit else {}) | attributes


@cache
def _versions() -> tuple[str, ...]:
    found: list[str] = []
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{name} {metadata.version(name)}")
    return tuple(found)


@cache
def _commit() -> str:
    """Commit that the package was installed from, or of the source tree that it is run from."""
    try:
        text = metadata.distribution("typicality").read_text("direct_url.json")
        origin = json.loads(text or "{}")
        if "vcs_info" in origin:
            return str(origin["vcs_info"]["commit_id"])
        if not origin.get("dir_info", {}).get("editable"):
            return ""
        tree = Path(url2pathname(urlsplit(origin["url"]).path))
        commit = _git(tree, "rev-parse", "HEAD")
        changed = _git(tree, "status", "--porcelain", "--untracked-files=no")
    except (
        metadata.PackageNotFoundError,
        ValueError,
        KeyError,
        OSError,
        subprocess.SubprocessError,
    ):
        return ""
    return f"{commit} with changes" if changed else commit


def _git(tree: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(tree), *words], capture_output=True, text=True, timeout=5, check=True
    )
    return done.stdout.strip()
