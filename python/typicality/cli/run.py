"""`typicality run NAME`: a subcommand for each experiment, made from its fields and docstring."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args, get_origin

import msgspec
from cyclopts import App, Group, Parameter

from typicality.cli.console import output, print_findings, progress_output
from typicality.cli.interruption import InterruptedRun
from typicality.cli.numbers import whole_numbers
from typicality.experiments import catalog
from typicality.results.files import refuse_unwritable

if TYPE_CHECKING:
    from typicality.experiments.experiment import Experiment

_PARAMETERS = Group("Parameters of the experiment", sort_key=0)
_COMMON = Group("Run", sort_key=1)


def run_application(chosen: Sequence[str] = ()) -> App:
    """Command ``run`` with a subcommand for each experiment.

    Parameters
    ----------
    chosen : sequence of str, optional
        The names that matter: the others are listed without their parameters.

    Returns
    -------
    cyclopts.App
    """
    app = App(
        name="run",
        help=(
            "Run one experiment; write its data and its figure.\n\n"
            "typicality run NAME --help lists the parameters of an experiment."
        ),
        help_format="plaintext",
    )
    for kind in catalog.experiments():
        if kind.name in chosen:
            app.command(command(kind), name=kind.name, help_format="plaintext")
        else:
            summary = f"{kind.summary[0].upper()}{kind.summary[1:]}, {kind.equation}."
            app.command(App(name=kind.name, help=summary))
    return app


def command(experiment: type[Experiment]) -> Callable[..., int]:
    """Make the function with the options of an experiment, as cyclopts reads functions.

    Parameters
    ----------
    experiment : type
        A subclass of `Experiment`.

    Returns
    -------
    callable
        Keyword-only; what is not given takes the preset's value.
    """

    def run(
        *,
        preset: str | None = None,
        seed: int | None = None,
        out: Path | None = None,
        plot: Path | None = None,
        **chosen: Any,
    ) -> int:
        base = {"quick": experiment.quick, "full": experiment.full}.get(preset or "", {})
        given = {name: value for name, value in chosen.items() if value is not None}
        try:
            instance = experiment(**(base | given))
        except TypeError as error:
            raise ValueError(str(error)) from error
        return measure(instance, seed, out, plot)

    options = [_parameter(field) for field in msgspec.structs.fields(experiment)]
    options += [
        _common("preset", Literal["quick", "full"], "Sizes to start from; other options override."),
        _common(
            "seed",
            int,
            "Seed: the same seed gives the same numbers for any number of threads. "
            "Without it, every run differs.",
        ),
        _common("out", Path, "File to write the data to, in netCDF, such as page.nc."),
        _common("plot", Path, "File to write the figure to: .svg, .pdf or .png."),
    ]
    vars(run)["__signature__"] = inspect.Signature(options)
    run.__doc__ = _help_text(inspect.getdoc(experiment) or "")
    run.__name__ = experiment.name.replace("-", "_")
    run.__annotations__ = {option.name: option.annotation for option in options}
    return run


def measure(experiment: Experiment, seed: int | None, out: Path | None, plot: Path | None) -> int:
    """Run an experiment, write what was asked for and print its findings.

    Parameters
    ----------
    experiment : Experiment
        With its parameters.
    seed : int or None
        Seed.
    out, plot : pathlib.Path or None
        Where to write.

    Returns
    -------
    int
        Exit code 0.

    Raises
    ------
    ValueError, OSError
        If a file cannot be written or has no known type; before anything is run.
    ModuleNotFoundError
        If a figure is asked for and matplotlib is not installed; before anything is run.
    InterruptedRun
        After Ctrl-C.
    """
    from rich.progress import Progress

    from typicality.report.section import compare
    from typicality.results.files import save

    _check(out, (".nc",), "--out")
    _check(plot, (".svg", ".pdf", ".png"), "--plot")
    if plot is not None:
        importlib.import_module("matplotlib")
    console = progress_output()
    try:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task(experiment.name, total=1.0)

            def show(fraction: float, text: str) -> None:
                bar.update(task, completed=fraction, description=f"{experiment.name}: {text}")

            dataset = experiment.run(rng=seed, progress=show)
    except KeyboardInterrupt:
        raise InterruptedRun("stopped; nothing was written.") from None
    # The files come first: what happens to the terminal does not concern them.
    written: list[str] = []
    if out is not None:
        written.append(f"Data: {save(dataset, out)}")
    if plot is not None:
        from typicality.plots.svg import save_figure
        from typicality.report.section import draw

        written.append(f"Figure: {save_figure(draw(dataset), plot, experiment.name)}")
    screen = output()
    print_findings(screen, [(experiment.title, compare(dataset))])
    for text in written:
        screen.print(text, highlight=False, markup=False, soft_wrap=True)
    return 0


def _help_text(doc: str) -> str:
    """Docstring without backquotes, one line a paragraph: terminals wrap it themselves.

    Reading it as reStructuredText would take longer than everything else that help needs.
    """
    lines: list[str] = []
    for below in doc.replace("`", "").splitlines():
        above = lines[-1] if lines else ""
        underlined = {below.strip("- "), above.strip("- ")} & {""}
        if not underlined and _indent(below) == _indent(above):
            lines[-1] = f"{above} {below.strip()}"
        else:
            lines.append(below)
    return "\n".join(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _parameter(field: msgspec.structs.FieldInfo) -> inspect.Parameter:
    """Option of an experiment's field; None stands for "not given", and help shows the default."""
    kind = field.type
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    default = None if field.required else _text(field.default)
    marks = Parameter(
        group=_PARAMETERS,
        converter=whole_numbers if kind is int or int in get_args(kind) else None,
        show_default=(lambda _: default) if default is not None else False,
        consume_multiple=True,
        negative_iterable=(),
    )
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, marks],
    )


def _common(name: str, kind: Any, text: str) -> inspect.Parameter:
    marks = Parameter(
        group=_COMMON,
        help=text,
        show_default=False,
        converter=whole_numbers if kind is int else None,
    )
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, marks],
    )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(_text(item) for item in cast("tuple[object, ...]", value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check(path: Path | None, suffixes: tuple[str, ...], option: str) -> None:
    """Check before the run that the file can be written."""
    if path is None:
        return
    if path.suffix.lower() not in suffixes:
        raise ValueError(f"{option} {path}: the name must end in {' or '.join(suffixes)}.")
    refuse_unwritable(path, option)
