"""The program `typicality`: its commands, and how errors and Ctrl-C end it."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from typicality._version import __version__
from typicality.cli.interruption import InterruptedRun
from typicality.cli.numbers import whole_numbers
from typicality.cli.streams import lasting_streams
from typicality.errors import ConvergenceError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 + SIGINT."""

USAGE_ERROR = 2
"""Exit code after an error in what was asked for."""

_NARROW = 70
"""Below this many columns, help is plain indented text instead of tables."""

_EXTRA = {"matplotlib": "matplotlib", "jinja2": "jinja2", "sklearn": "scikit-learn"}
"""Packages of the extra `report`, by the names they are imported under."""

_SEED = Parameter(
    help="Seed: the same seed gives the same numbers for any number of threads.",
    converter=whole_numbers,
)


def application(arguments: Sequence[str]) -> App:
    """Build the program.

    Parameters
    ----------
    arguments : sequence of str
        What was typed; only what the command needs is loaded.

    Returns
    -------
    cyclopts.App
    """
    app = App(
        name="typicality",
        help=(
            "Tests the statements of T. Monnai, Typicality of thermal states in isolated quantum "
            "systems corresponds to ubiquity of global minima in deep artificial neural "
            "networks, by computing both sides.\n\n"
            "Start with: typicality reproduce, which runs every experiment in about three "
            "minutes and writes one HTML report comparing predictions with measurements."
        ),
        version=__version__,
        help_format="plaintext",
        help_formatter="plain" if shutil.get_terminal_size().columns < _NARROW else "default",
        suppress_keyboard_interrupt=False,
        result_action="return_value",
    )
    app.command(list_experiments, name="list")
    if "run" in arguments[:1]:
        from typicality.cli.run import run_application

        app.command(run_application(arguments[1:2]), name="run")
    else:
        app.command(App(name="run", help="Run one experiment; write its data and its figure."))
    app.command(reproduce)
    app.command(report)
    app.command(show)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the program's name; those of the process by default.

    Returns
    -------
    int
        Exit code: 0, 2 after an error in what was asked for, 130 after Ctrl-C.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    with lasting_streams():
        return _exit_code(words)


def _exit_code(words: Sequence[str]) -> int:
    try:
        code = application(words)(words, exit_on_error=False, print_error=False)
        return code if isinstance(code, int) else 0
    except (CycloptsError, ValueError, OSError, MemoryError, ConvergenceError) as error:
        _complain(_one_line(error))
        return USAGE_ERROR
    except ImportError as error:
        needed = (error.name or "").split(".")[0]
        if needed not in _EXTRA:
            raise
        _complain(f'this needs {_EXTRA[needed]}: pip install "typicality[report]"')
        return USAGE_ERROR
    except InterruptedRun as stop:
        _complain(str(stop))
        return INTERRUPTED
    except KeyboardInterrupt:
        _complain("stopped; nothing was written.")
        return INTERRUPTED


def list_experiments() -> int:
    """List the experiments, one line each: name, what it shows, the paper's equation."""
    from typicality.cli.console import output, print_experiments
    from typicality.experiments.catalog import experiments

    print_experiments(
        output(), [(kind.name, kind.summary, kind.equation) for kind in experiments()]
    )
    return 0


def reproduce(
    *,
    preset: Literal["quick", "full"] = "quick",
    out: Path = Path("reproduction"),
    seed: Annotated[int, _SEED] = 0,
) -> int:
    """Run every experiment and write one HTML report comparing predictions with measurements.

    Stopped with Ctrl-C and started again, it keeps the experiments that had finished, if preset,
    seed and version are the same.

    Parameters
    ----------
    preset
        quick takes about three minutes on two cores, full hours.
    out
        Folder that receives report.html, figures/*.svg and one netCDF file an experiment.
    """
    _import_extra()
    from typicality.cli.reproduce import reproduce as run_all

    return run_all(out, preset, seed)


def report(folder: Path, /) -> int:
    """Rebuild report.html from stored results, without running anything.

    Parameters
    ----------
    folder
        Folder that typicality reproduce wrote, or any with experiments' netCDF files.
    """
    _import_extra()
    from typicality.cli.console import output
    from typicality.report import build

    path = build(folder, folder / "report.html")
    output().print(f"Report: {path}", highlight=False, soft_wrap=True)
    return 0


def show(file: Path, /) -> int:
    """Show what a stored result holds: its parameters, seed, versions and variables.

    Parameters
    ----------
    file
        netCDF file that typicality run or reproduce wrote.
    """
    from typicality.cli.show import show as show_file

    return show_file(file)


def _import_extra() -> None:
    """Fail before work begins if a package for figures, pages or data sets is missing."""
    for name in _EXTRA:
        importlib.import_module(name)


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    if isinstance(error, MemoryError) and not text:
        return "there is not enough memory."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}." if error.filename else error.strerror
    return text or type(error).__name__


def _complain(text: str) -> None:
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison]
        sys.stderr.write(f"typicality: {text}\n")
