"""Interruption of a command by Ctrl-C."""


class InterruptedRun(Exception):
    """Raised in place of `KeyboardInterrupt`; the message says which results were kept."""
