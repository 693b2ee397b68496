"""Formulas in running text: one plain notation, rendered as Unicode text and as HTML.

Statements, notes and captions write ``rho_A``, ``d_A^3``, ``alpha -> 1`` or ``<O>``, as docstrings
do, or the same with Greek letters. `text` gives them as a terminal shows them, `markup` as a page
does: variables in italics, labels as subscripts, exponents as superscripts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markupsafe import Markup

GREEK: Final[dict[str, str]] = {
    "alpha": "α", "beta": "β", "delta": "δ", "epsilon": "ε", "kappa": "κ", "lambda": "λ",
    "omega": "ω", "phi": "φ", "pi": "π", "psi": "ψ", "rho": "ρ", "sigma": "σ", "theta": "θ",
    "Delta": "Δ", "Omega": "Ω", "Psi": "Ψ", "Sigma": "Σ",
}  # fmt: skip
"""Names of letters, as they are written in code."""

_SIGNS: Final = (
    ("<->", "↔"),
    ("->", "→"),
    ("<=", "≤"),
    (">=", "≥"),
    ("!=", "≠"),
    ("+-", "±"),
    ("||", "‖"),
    ("infinity", "∞"),
)
_LETTERS: Final = "".join(GREEK.values())
# Latin letters that stand for a quantity wherever they stand alone.
_VARIABLES: Final = "cdDfhJKnNOpPrsSTwxXyYZ"
# Of subscripts only these are quantities; the others, A, L or min, are labels.
_INDICES: Final = frozenset("ijkmnr" + _LETTERS)
_ALONE: Final = frozenset(_VARIABLES + _LETTERS)
_ATOM: Final = rf"(?:[A-Za-z{_LETTERS}]+|\d+)"
_SYMBOL = re.compile(
    rf"""
    (?:(?P<base>(?<![A-Za-z{_LETTERS}_&;])(?:[A-Za-z{_LETTERS}]|tr|Var)(?![A-Za-z]))|(?<=[\d)‖⟩]))
    (?:_(?P<sub>\{{[^}}]*\}}|{_ATOM}|[−+±]))?
    (?:\^(?P<sup>\([^)]*\)|\{{[^}}]*\}}|[−-]?(?:\d+(?:[./]\d+)*|½)|[+†∞]|[{_LETTERS}]|[A-Za-z](?![A-Za-z])))?
    """,
    re.VERBOSE,
)


def text(plain: str) -> str:
    """Plain notation with Greek letters and signs, for terminals and labels of figures.

    Parameters
    ----------
    plain : str
        Running text.

    Returns
    -------
    str

    Examples
    --------
    >>> text("S_A of rho_A at alpha -> 1, variance of <O>, sqrt(d_A/d_B)")
    'S_A of ρ_A at α → 1, variance of ⟨O⟩, √(d_A/d_B)'
    """
    found = re.sub(r"<([A-Z])>", r"⟨\1⟩", plain)
    for sign, symbol in _SIGNS:
        found = found.replace(sign, symbol)
    found = re.sub(r"\bsqrt(?=\W)", "√", found)
    # An underscore ends no word for \b.
    names = "|".join(GREEK)
    found = re.sub(rf"(?<![A-Za-z])({names})(?![A-Za-z])", lambda m: GREEK[m[1]], found)
    found = re.sub(r"(?<=[\w)]) - (?=[\w(])", " − ", found)
    return re.sub(r"(?<=[\^(\[ ])-(?=[\d(.])", "−", found)


def markup(plain: str) -> Markup:
    """Plain notation as HTML.

    Parameters
    ----------
    plain : str
        Running text; marks of HTML in it are escaped.

    Returns
    -------
    markupsafe.Markup

    Examples
    --------
    >>> print(markup("tr rho_A^2 < 1/d_A"))
    tr <i>ρ</i><sub>A</sub><sup>2</sup> &lt; 1/<i>d</i><sub>A</sub>
    """
    from markupsafe import Markup, escape

    typeset = _SYMBOL.sub(_typeset, str(escape(text(plain))))
    # The identity; elsewhere a single I is a numeral.
    return Markup(re.sub(r"(?<![A-Za-z>])I(?=/)", "<i>I</i>", typeset))


def _typeset(found: re.Match[str]) -> str:
    base, sub, sup = found["base"] or "", found["sub"], found["sup"]
    if not (sub or sup) and base not in _ALONE:
        return found[0]
    parts = [f"<i>{base}</i>" if len(base) == 1 else base]
    if sub:
        label = sub.strip("{}")
        parts.append(f"<sub>{f'<i>{label}</i>' if label in _INDICES else label}</sub>")
    if sup:
        power = sup[1:-1] if sup[0] in "({" else sup
        parts.append(f"<sup>{_italic(power)}</sup>")
    return "".join(parts)


def _italic(power: str) -> str:
    return re.sub(rf"[A-Za-z{_LETTERS}]", r"<i>\g<0></i>", power)
