"""One call of a library function in a process of its own, which can be ended at any moment.

`typicality._interruptible` starts this file as a program, by its path: neither the package nor the
user's main module is imported here, and the start costs little more than the import of NumPy.
"""

import importlib
import json
import mmap
import os
import signal
import sys
import threading
from typing import Any, Final

import numpy as np
import numpy.typing as npt

__all__ = ["described", "read_array", "write_array"]

# System calls move 2 GiB at most; between two pieces a signal is heard.
_PIECE: Final = 1 << 26
# Vector instructions want no less, and arrays of NumPy are never aligned worse.
_ALIGNMENT: Final = 64


def described(array: npt.NDArray[Any], offset: int) -> dict[str, Any]:
    """Return what `read_array` needs to know of an array that is stored at an offset.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality._child_call import described
    >>> described(np.zeros((2, 3)), 64)
    {'shape': [2, 3], 'dtype': '<f8', 'order': 'C', 'offset': 64}
    """
    columns = array.flags.f_contiguous and not array.flags.c_contiguous
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.str,
        "order": "F" if columns else "C",
        "offset": offset,
    }


def write_array(file: int, array: npt.NDArray[Any], offset: int) -> int:
    """Write an array to a file descriptor at an offset and return where the next may begin.

    Raises
    ------
    OSError
        If there is no room.
    """
    columns = described(array, offset)["order"] == "F"
    view, done = _bytes(np.ascontiguousarray(array.T if columns else array)), 0
    while done < len(view):
        done += os.pwrite(file, view[done : done + _PIECE], offset + done)
    return offset + -(-len(view) // _ALIGNMENT) * _ALIGNMENT


def read_array(file: int, description: dict[str, Any]) -> npt.NDArray[Any]:
    """Return a new array with what was written.

    Raises
    ------
    EOFError
        If it was not written in full.
    """
    shape, order = tuple(description["shape"]), description["order"]
    array = np.empty(shape, dtype=np.dtype(description["dtype"]), order=order)
    view, done = _bytes(array.T if order == "F" else array), 0
    while done < len(view):
        # The lengths of the pieces are set by the buffers.
        count = os.preadv(file, [view[done : done + _PIECE]], description["offset"] + done)
        if count == 0:
            raise EOFError("an array that was handed over ends too early.")
        done += count
    return array


def _bytes(array: Any) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8))


def _mapped(file: int, description: dict[str, Any]) -> npt.NDArray[Any]:
    """Return an array that was written, without a copy; what is written to it stays here."""
    shape, order = tuple(description["shape"]), description["order"]
    if 0 in shape:
        return read_array(file, description)
    pages = mmap.mmap(file, 0, access=mmap.ACCESS_COPY)
    kind = np.dtype(description["dtype"])
    return np.ndarray(shape, kind, pages, description["offset"], order=order)


def _leave_with_parent() -> None:
    # The parent holds the other end open as long as it waits.
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


def _called(job: dict[str, Any]) -> dict[str, Any]:
    file = int(job["file"])
    given = [
        _mapped(file, argument["array"]) if "array" in argument else argument["value"]
        for argument in job["arguments"]
    ]
    try:
        module = importlib.import_module(job["module"])
        function: Any = getattr(module, job["name"])
    except (ImportError, AttributeError) as error:
        return {"unknown": str(error)}
    found: Any = function(*given, **job["keywords"])
    # The results are written where the arguments were.
    given.clear()
    several = isinstance(found, tuple)
    results: list[dict[str, Any]] = []
    offset = 0
    for item in found if several else (found,):
        if isinstance(item, np.ndarray | np.generic):
            array: npt.NDArray[Any] = np.asarray(item)
            scalar = isinstance(item, np.generic)
            results.append({"array": described(array, offset), "scalar": scalar})
            offset = write_array(file, array, offset)
        else:
            results.append({"value": item})
    return {"several": several, "results": results}


def _main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    job: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        answer = _called(job)
    except BaseException as error:
        kind = type(error)
        answer = {"raised": [kind.__module__, kind.__qualname__, str(error)]}
    os.write(1, json.dumps(answer).encode() + b"\n")
    # Without the libraries' leave-taking, which nobody waits for.
    os._exit(0)


if __name__ == "__main__":
    _main()
