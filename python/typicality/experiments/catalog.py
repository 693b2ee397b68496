"""What can be run: the experiments by their names.

The list itself is that of the imports in `typicality.experiments`, a line each, in the paper's
order: Eq. (1), Eq. (2), the Page curve, distinguishability and relaxation, then the network side's
ubiquity, threshold and double descent, and last Table 1, which compares both sides.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from typicality._messages import describe

if TYPE_CHECKING:
    from typicality.experiments.experiment import Experiment

__all__ = ["experiments", "find", "names"]


def experiments() -> tuple[type[Experiment], ...]:
    """Return the classes of all experiments, in the order of the paper.

    Examples
    --------
    >>> [kind.__name__ for kind in experiments()][:2]
    ['Concentration', 'RenyiEntropy']
    """
    import typicality.experiments as package
    from typicality.experiments.experiment import Experiment

    found = (value for value in vars(package).values() if isinstance(value, type))
    return tuple(kind for kind in found if issubclass(kind, Experiment) and kind is not Experiment)


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
    return tuple(kind.name for kind in experiments())


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
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"an experiment's name must be text; got {describe(name)}.")
    known = {kind.name: kind for kind in experiments()}
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
        hint = f'did you mean "{near[0]}"?' if near else f"choose one of {', '.join(known)}."
        raise ValueError(f'there is no experiment "{name}": {hint}')
    return known[name]
