"""The list of what can be run: each experiment's name, and its class loaded when first asked for.

The names follow the paper's order: Eq. (1), Eq. (2), the Page curve, distinguishability and
relaxation, then the network side's ubiquity, threshold and double descent, and last Table 1, which
compares both sides.
"""

from __future__ import annotations

import difflib
import importlib
from typing import TYPE_CHECKING

from typicality._messages import describe

if TYPE_CHECKING:
    from types import ModuleType

    from typicality.experiments.experiment import Experiment

CLASSES: dict[str, str] = {
    "concentration": "Concentration",
    "renyi-entropy": "RenyiEntropy",
    "page-curve": "PageCurve",
    "distinguishability": "Distinguishability",
    "relaxation": "Relaxation",
    "global-minima": "GlobalMinima",
    "fitting-threshold": "FittingThreshold",
    "double-descent": "DoubleDescent",
    "correspondence": "Correspondence",
}
"""Name on the command line to class name; the folder is the name with underscores."""


LINES: dict[str, tuple[str, str]] = {
    "concentration": ("spread and tails of <O> in energy shells of a spin chain", "Eq. (1)"),
    "renyi-entropy": ("entropies of GUE eigenvectors and Haar states on every cut", "Eq. (2)"),
    "page-curve": (
        "entropy and distance to the maximally mixed state of every cut",
        "Eq. (2), Sec. III",
    ),
    "distinguishability": (
        "distances of reduced states and the quantum double descent",
        "Sec. III",
    ),
    "relaxation": (
        "time averages after a quench against the microcanonical mean",
        "Eq. (1), Sec. II",
    ),
    "global-minima": (
        "fraction of initializations near a global minimum, and its distance",
        "Eq. (4), Sec. II",
    ),
    "fitting-threshold": (
        "smallest eigenvalue of the tangent kernel and of the reduced state",
        "Eq. (3), Sec. III",
    ),
    "double-descent": (
        "test error on digits on both sides of the fitting threshold",
        "Eq. (4), Sec. III",
    ),
    "correspondence": ("five statistics on the quantum and on the network side", "Table 1"),
}
"""The classes' ``summary`` and ``equation``: a list of experiments need not load any of them."""


def names() -> tuple[str, ...]:
    """Names of the experiments, in the order of the paper.

    Returns
    -------
    tuple of str
        What `typicality run` and `find` accept.

    Examples
    --------
    >>> from typicality import experiments
    >>> experiments.names()[:3]
    ('concentration', 'renyi-entropy', 'page-curve')
    """
    return tuple(CLASSES)


def module_name(name: str) -> str:
    """Name of the folder that holds all that belongs to an experiment.

    Parameters
    ----------
    name : str
        An experiment's name, such as ``"page-curve"``.

    Returns
    -------
    str
        The same with underscores.

    Raises
    ------
    ValueError
        If there is no such experiment; the nearest name is suggested.

    Examples
    --------
    >>> module_name("page-curve")
    'page_curve'
    """
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"an experiment's name must be text; got {describe(name)}.")
    if name not in CLASSES:
        near = difflib.get_close_matches(str(name), CLASSES, n=1, cutoff=0.5)
        hint = f'did you mean "{near[0]}"?' if near else f"choose one of {', '.join(CLASSES)}."
        raise ValueError(f'there is no experiment "{name}": {hint}')
    return name.replace("-", "_")


def find(name: str) -> type[Experiment]:
    """Class of the experiment with this name.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    type
        A subclass of `Experiment`, not yet instantiated.

    Raises
    ------
    ValueError
        If there is no such experiment; the nearest name is suggested.

    Examples
    --------
    >>> from typicality import experiments
    >>> experiments.find("page-curve").__name__
    'PageCurve'
    """
    return getattr(part(name, "measure"), CLASSES[name])


def part(name: str, module: str) -> ModuleType:
    """Import a module of an experiment's folder.

    Parameters
    ----------
    name : str
        One of `names`.
    module : str
        ``"measure"``, ``"figures"`` or ``"findings"``.

    Returns
    -------
    module

    Examples
    --------
    >>> part("page-curve", "findings").__name__
    'typicality.experiments.page_curve.findings'
    """
    return importlib.import_module(f"typicality.experiments.{module_name(name)}.{module}")


def line(name: str) -> tuple[str, str]:
    """Return what an experiment shows, and the paper's equation, without loading it.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    (str, str)
        The class's ``summary`` and ``equation``.

    Examples
    --------
    >>> line("page-curve")[1]
    'Eq. (2), Sec. III'
    """
    if name in LINES:
        return LINES[name]
    experiment = find(name)
    return experiment.summary, experiment.equation
