"""Ctrl-C, with a word on what was kept."""


class Stopped(Exception):
    """Raised in place of `KeyboardInterrupt` by commands that know what they leave behind."""
