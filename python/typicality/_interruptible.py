"""Long calls of libraries that look for no signals, made to give way to Ctrl-C at once.

What LAPACK has begun cannot be stopped, and a process that ends while a thread is inside it may
crash or hang. So long calls are made in a child process, which can be ended at any moment.
"""

import atexit
import builtins
import contextlib
import ctypes
import functools
import importlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from typicality import _child_call
from typicality._child_call import described, read_array, write_array

__all__ = ["interruptible"]

Result = TypeVar("Result")
Array = npt.NDArray[Any]
Report = Callable[[], None]

_POLL_SECONDS: Final = 0.1
# Work in the unit of 1e-10 s on two cores of 2023. Below this a call takes some 0.3 s and is made
# directly, since a child costs half of that: `eigh` of real matrices up to order 1350, of complex
# ones up to 780.
_LONG: Final = 3.5e9
# Small matrices take n^2 times this longer than n^3.
_OVERHEAD: Final = 600
# Work over n^3 for a real matrix, from times measured at orders around 1000; 1, that of `eigh`,
# where a function is not listed.
_WORK: Final = {
    "eigvalsh": 0.5,
    "svdvals": 2.0,
    "svd": 4.0,
    "lstsq": 4.0,
    "pinv": 4.0,
    "qr": 1.0,
    "cholesky": 0.2,
    "cho_factor": 0.2,
    "cho_solve": 0.4,
    "solve": 0.3,
    "matmul": 0.2,
}
# Functions that cannot be called by name elsewhere go to a thread beyond so many entries.
_SMALL: Final = 1 << 14

_START: Final = (
    "import runpy, sys; sys.path[:] = sys.argv[2:]; "
    "runpy.run_path(sys.argv[1], run_name='__main__')"
)


def interruptible(
    function: Callable[..., Result],
    *arguments: Any,
    progress: Callable[[float, str], None] | None = None,
    text: str = "",
) -> Result:
    """Call a function where it can be stopped and wait where Ctrl-C is heard.

    A function of numbers and arrays that can be imported by its name, as those of
    ``numpy.linalg``, is called in a child process if it takes long: Ctrl-C, or an exception of
    `progress`, ends it. The results are the same to the last bit: the child takes over library,
    kernels and number of threads. Shorter calls are made directly.

    Other functions, and all where there is no Python program to start, run in a thread. After
    Ctrl-C they end in the background and their result is dropped, and the interpreter waits for
    them before it exits.

    Parameters
    ----------
    function : callable
        Also a `functools.partial` with keywords of plain numbers, strings and truth values.
    *arguments
        What it is called with: arrays, numbers, strings, None.
    progress : callable, optional
        Called at once and about ten times a second with 0, since nobody knows how far the call is,
        and `text` with the seconds so far.
    text : str, optional
        What is being done.

    Returns
    -------
    object
        What `function` returned, a named tuple as a plain one; what it raised is raised here.

    Notes
    -----
    Starting the child takes some 0.1 s, and 1 GB of arrays some 0.5 s to go there and back.

    Examples
    --------
    >>> interruptible(max, 3, 5)
    5
    """
    start = time.monotonic()

    def report() -> None:
        if progress is not None:
            seconds = int(time.monotonic() - start)
            progress(0.0, f"{text}, {seconds} s so far" if seconds else text)

    job = _job(function, arguments)
    if job is not None:
        if _work(job["name"], arguments) < _LONG:
            report()
            return function(*arguments)
        with contextlib.suppress(_NoChild):
            return cast("Result", _in_child(job, arguments, report))
    elif progress is None and sum(getattr(x, "size", 0) for x in arguments) <= _SMALL:
        return function(*arguments)
    return _in_thread(function, arguments, report)


class _NoChild(Exception):
    """No child process can be started, or it cannot import the function."""


def _job(function: Callable[..., Any], arguments: tuple[Any, ...]) -> dict[str, Any] | None:
    """Return the call in words that another process understands, or None."""
    keywords: dict[str, Any] = {}
    if isinstance(function, functools.partial):
        if function.args:
            return None
        keywords, function = dict(function.keywords), function.func
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", "")
    if not isinstance(module, str) or module == "__main__" or not name.isidentifier():
        return None
    if getattr(sys.modules.get(module), name, None) is not function:
        return None
    described_arguments: list[dict[str, Any]] = []
    for value in arguments:
        if isinstance(value, np.ndarray):
            array: Array = value
            if array.dtype.kind not in "biufc":
                return None
            described_arguments.append({})
        elif _is_plain(value):
            described_arguments.append({"value": value})
        else:
            return None
    if not all(map(_is_plain, keywords.values())):
        return None
    return {
        "module": module,
        "name": name,
        "keywords": keywords,
        "arguments": described_arguments,
    }


def _is_plain(value: object) -> bool:
    return value is None or type(value) in (bool, int, float, str)


def _work(name: str, arguments: tuple[Any, ...]) -> float:
    total = 0.0
    for array in arguments:
        if isinstance(array, np.ndarray) and array.ndim > 1:
            # Complex multiplications take four.
            factor = 4.0 if array.dtype.kind == "c" else 1.0
            total += factor * float(array.size) * (min(array.shape[-2:]) + _OVERHEAD)
    return total * _WORK.get(name, 1.0)


def _in_child(job: dict[str, Any], arguments: tuple[Any, ...], report: Report) -> Any:
    program = Path(_child_call.__file__)
    if not _starts_python(sys.executable) or not program.is_file():
        raise _NoChild
    report()
    with contextlib.ExitStack() as stack:
        try:
            file = _shared_file(stack)
            _hand_over(job, arguments, file)
            child = _started(program, job["module"], file, stack)
        except OSError as error:
            raise _NoChild from error
        try:
            answer = _answer(child, job | {"file": file}, report)
        finally:
            # It has answered, or nobody waits for the answer any more.
            child.kill()
            child.wait()
        return _results(answer, file)


def _starts_python(executable: str | None) -> bool:
    # Programs that embed Python put their own name here.
    name = Path(executable).name.lower() if executable else ""
    return os.name == "posix" and name.startswith(("python", "pypy")) and hasattr(os, "preadv")


def _shared_file(stack: contextlib.ExitStack) -> int:
    """Return the descriptor of a file that only this process and its child know."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("typicality")
        stack.callback(os.close, file)
        return file
    return stack.enter_context(tempfile.TemporaryFile()).fileno()


def _hand_over(job: dict[str, Any], arguments: tuple[Any, ...], file: int) -> None:
    offset = 0
    for position, value in enumerate(arguments):
        if isinstance(value, np.ndarray):
            job["arguments"][position] = {"array": described(value, offset)}
            offset = write_array(file, value, offset)


def _started(
    program: Path, module: str, file: int, stack: contextlib.ExitStack
) -> subprocess.Popen[bytes]:
    # Ctrl-C in a terminal reaches the child too, which inherits that it waits.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        folders = [str(Path(folder).absolute()) for folder in sys.path]
        return stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _START, str(program), *folders],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(file,),
                env=os.environ | _blas_environment(module),
            )
        )
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(child: subprocess.Popen[bytes], job: dict[str, Any], report: Report) -> dict[str, Any]:
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(job).encode() + b"\n")
        child.stdin.flush()
    text = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while not text.endswith(b"\n"):
            # Signals that another thread is given do not wake this one.
            if not selector.select(_POLL_SECONDS):
                report()
                continue
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                code = child.wait()
                if code == -signal.SIGKILL:
                    raise MemoryError(
                        f"the process that worked out {job['name']} was ended by the system, as "
                        "happens where memory runs out."
                    )
                raise _NoChild(f"it left with {code}")
            text += piece
    return json.loads(text)


def _results(answer: dict[str, Any], file: int) -> Any:
    if "unknown" in answer:
        raise _NoChild(answer["unknown"])
    if "raised" in answer:
        raise _exception(*answer["raised"])
    found: list[Any] = []
    for item in answer["results"]:
        if "array" in item:
            array = read_array(file, item["array"])
            found.append(array[()] if item["scalar"] else array)
        else:
            found.append(item["value"])
    return tuple(found) if answer["several"] else found[0]


def _exception(module: str, name: str, text: str) -> BaseException:
    kind: Any = getattr(builtins, name, None)
    if kind is None:
        with contextlib.suppress(ImportError):
            kind = getattr(importlib.import_module(module), name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        return kind(text)
    return RuntimeError(f"{module}.{name}: {text}")


def _blas_environment(module: str) -> dict[str, str]:
    """Return what makes OpenBLAS in a child work as here, whatever was set since it was loaded."""
    extension = "scipy.linalg._flapack" if module.startswith("scipy") else _NUMPY_LAPACK
    try:
        library = ctypes.CDLL(str(importlib.import_module(extension).__file__))
    except (ImportError, OSError):
        return {}
    found: dict[str, str] = {}
    for prefix in ("scipy_openblas", "openblas"):
        for suffix in ("64_", ""):
            count: Any = getattr(library, f"{prefix}_get_num_threads{suffix}", None)
            kernels: Any = getattr(library, f"{prefix}_get_corename{suffix}", None)
            if count is None or kernels is None:
                continue
            found["OPENBLAS_NUM_THREADS"] = str(int(count()))
            kernels.restype = ctypes.c_char_p
            found["OPENBLAS_CORETYPE"] = kernels().decode()
            return found
    return found


_NUMPY_LAPACK: Final = "numpy.linalg._umath_linalg"

_running: set[threading.Lock] = set()


def _in_thread(
    function: Callable[..., Result], arguments: tuple[Any, ...], report: Report
) -> Result:
    outcome: list[Result] = []
    raised: list[BaseException] = []
    # Held until the work has ended. Not an Event, nor the end of the thread: Ctrl-C can leave the
    # lock inside the one taken, and Python 3.11 takes a thread for ended whose `join` it breaks.
    ended = threading.Lock()
    ended.acquire()

    def work() -> None:
        # Here, so that exit waits for threads that have begun, and for no other.
        _running.add(ended)
        try:
            outcome.append(function(*arguments))
        except BaseException as error:
            raised.append(error)
        finally:
            _running.discard(ended)
            ended.release()

    threading.Thread(target=work, daemon=True, name="typicality-blocking-call").start()
    report()
    while not ended.acquire(timeout=_POLL_SECONDS):
        report()
    if raised:
        raise raised[0]
    return outcome[0]


def _wait_for_threads() -> None:
    """Wait for what Ctrl-C left behind: libraries are unloaded after this."""
    try:
        for ended in tuple(_running):
            while not ended.acquire(timeout=_POLL_SECONDS):
                pass
    except KeyboardInterrupt:
        # Asked once more: leave without unloading anything, which is safe too.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(128 + signal.SIGINT)


atexit.register(_wait_for_threads)
