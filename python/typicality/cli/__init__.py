"""The command line `typicality`."""

from typicality.cli.application import main

__all__ = ["main"]
