"""Standard streams on which no unencodable character and no closed pipe ends a command."""

from __future__ import annotations

import codecs
import os
import re
import sys
import unicodedata
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, TextIO, cast

__all__ = ["lasting_streams", "plain"]

_HANDLER = "typicality.plain"

_SUPERSCRIPTS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")

_PLAIN = {
    "±": "+/-",
    "×": "x",
    "−": "-",
    "–": "-",
    "—": "-",
    "≤": "<=",
    "≥": ">=",
    "≪": "<<",
    "≫": ">>",
    "→": "->",
    "∞": "inf",
    "√": "sqrt",
    "…": "...",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "•": "*",
}


def plain(text: str) -> str:
    """Transliterate text to ASCII; question marks stand for what has no equivalent.

    Parameters
    ----------
    text : str
        What a terminal cannot show.

    Returns
    -------
    str

    Examples
    --------
    >>> plain("1.5 × 10⁻⁷ ≤ α ± ß")
    '1.5 x 10^-7 <= alpha +/- ?'
    """
    text = re.sub("[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda run: f"^{run[0].translate(_SUPERSCRIPTS)}", text)
    return "".join(sign if sign.isascii() else _sign(sign) for sign in text)


def _sign(sign: str) -> str:
    if sign in _PLAIN:
        return _PLAIN[sign]
    words = unicodedata.name(sign, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words and len(words) == 4:
        return words[-1].lower() if words[1] == "SMALL" else words[-1].capitalize()
    return "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return plain(error.object[error.start : error.end]), error.end


@contextmanager
def lasting_streams() -> Generator[None]:
    """Context in which what is printed never ends the command.

    Characters that the encoding of the terminal lacks are replaced by plain ones, and where the
    reader of a pipe has gone, the rest is thrown away.

    Yields
    ------
    None
    """
    codecs.register_error(_HANDLER, _replace)
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _lasting(sys.stdout), _lasting(sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, _Lasting):
                stream.flush()
        sys.stdout, sys.stderr = before


def _lasting(stream: TextIO | None) -> TextIO:
    # Without a terminal there may be no stream at all; what is None stays so.
    return cast("TextIO", stream if stream is None else _Lasting(stream))


class _Lasting:
    """The stream itself, but for what `write` and `flush` raise."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        encoding = self._stream.encoding or "utf-8"
        shown = text if text.isascii() else text.encode(encoding, _HANDLER).decode(encoding)
        try:
            self._stream.write(shown)
        except BrokenPipeError:
            self._throw_away()
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._throw_away()

    def _throw_away(self) -> None:
        """Send what is still to come, and what Python flushes at its end, to the null device."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)
