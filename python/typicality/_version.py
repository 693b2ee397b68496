"""The version of the installed package, read from the compiled core so that it is written once."""

from typicality import _core

__all__ = ["__version__"]

__version__: str = _core.__version__
