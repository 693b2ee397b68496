"""How much memory this process may still take, and the refusal of what would take more."""

import os
from pathlib import Path
from typing import Final

__all__ = ["available_memory", "refuse_oversize"]

_UNKNOWN: Final = 1 << 62
# Asking the system takes longer than many a draw; so little is there wherever Python runs.
_NEVER_ASKED: Final = 1 << 24


def available_memory() -> int:
    """Return the bytes that can be allocated now without swapping, container limits included.

    Where the system does not say, the answer is 2**62, so that only absurd sizes are refused.

    Examples
    --------
    >>> from typicality._memory import available_memory
    >>> available_memory() > 0
    True
    """
    return max(0, min(_free_of_machine(), _free_of_container()))


def refuse_oversize(n_bytes: int, what: str, cheaper: str) -> None:
    """Raise MemoryError if `n_bytes` would not fit into the memory that is free now.

    Parameters
    ----------
    n_bytes : int
        Bytes about to be allocated, as an exact Python integer.
    what : str
        What they are for, as the subject of a sentence.
    cheaper : str
        The route that needs less, as an imperative; may be empty.
    """
    if n_bytes <= _NEVER_ASKED:
        return
    free = available_memory()
    if n_bytes > free:
        raise MemoryError(
            f"{what} would take {_bytes(n_bytes)}, and {_bytes(free)} are available."
            + (f" {cheaper}" if cheaper else "")
        )


def _free_of_machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    try:
        # macOS has no count of free pages; the whole memory is the honest upper bound there.
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN


def _free_of_container() -> int:
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text(encoding="ascii").strip()
        if limit == "max":
            return _UNKNOWN
        used = int((group / "memory.current").read_text(encoding="ascii"))
        return int(limit) - used + _reclaimable(group)
    except (OSError, ValueError):
        return _UNKNOWN


def _reclaimable(group: Path) -> int:
    # Cached file pages count as used but go away under pressure.
    for line in (group / "memory.stat").read_text(encoding="ascii").splitlines():
        if line.startswith("inactive_file "):
            return int(line.split()[1])
    return 0


def _bytes(count: int) -> str:
    if count >= 1 << 70:
        return f"2**{count.bit_length() - 1} bytes"
    power = max(0, (count.bit_length() - 1) // 10)
    unit = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")[power]
    return f"{count / 1024**power:.3g} {unit}"
