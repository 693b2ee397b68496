"""Long calls of libraries that look for no signals, made to give way to Ctrl-C at once."""

import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

__all__ = ["interruptible"]

Result = TypeVar("Result")

_POLL_SECONDS: Final = 0.1
# Matrices of so few entries altogether take milliseconds; a thread costs a tenth of one.
_SMALL: Final = 1 << 14


def interruptible(
    function: Callable[..., Result],
    *arguments: Any,
    progress: Callable[[float, str], None] | None = None,
    text: str = "",
) -> Result:
    """Call a function in a thread of its own and wait where Ctrl-C is heard.

    What LAPACK has begun cannot be stopped. After Ctrl-C, or an exception of `progress`, the call
    ends in the background and its result is dropped; the interpreter need not wait for it to exit.

    Parameters
    ----------
    function : callable
        Lets go of the interpreter while it works, as NumPy's linear algebra does.
    *arguments
        What it is called with. With small arrays alone it is called at once.
    progress : callable, optional
        Called about ten times a second with 0, since nobody knows how far the call is, and `text`
        with the seconds so far.
    text : str, optional
        What is being done.

    Returns
    -------
    object
        What `function` returned; what it raised is raised here.

    Examples
    --------
    >>> interruptible(max, 3, 5)
    5
    """
    if progress is None and sum(getattr(array, "size", 0) for array in arguments) <= _SMALL:
        return function(*arguments)
    outcome: list[Result] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(function(*arguments))
        except BaseException as error:
            raised.append(error)

    worker = threading.Thread(target=work, daemon=True, name="typicality-waits")
    start = time.monotonic()
    worker.start()
    while worker.is_alive():
        if progress is not None:
            progress(0.0, f"{text}, {time.monotonic() - start:.0f} s so far")
        worker.join(_POLL_SECONDS)
    if raised:
        raise raised[0]
    return outcome[0]
