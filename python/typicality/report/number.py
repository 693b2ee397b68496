"""Numbers as text, to as many digits as their standard errors support."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typicality.results.finding import Finding

_INVISIBLE = 1e-8
"""An error smaller than this share of its value would take more digits than a table holds."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, *, digits: int = 4) -> str:
    """Text of a number without an error.

    Parameters
    ----------
    value : float
        Any number.
    digits : int
        Significant digits.

    Returns
    -------
    str

    Examples
    --------
    >>> number(0.413496671), number(-0.5), number(1.5e-7), number(65536.0)
    ('0.4135', '−0.5', '1.5 × 10⁻⁷', '65536')
    """
    if not math.isfinite(value):
        return _not_finite(value)
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if value == round(value) and abs(value) < 10**7:
        return _signed(f"{value:.0f}")
    if -4 <= exponent < 6:
        text = f"{value:.{max(digits - 1 - exponent, 0)}f}"
        return _signed(text.rstrip("0").rstrip(".") if "." in text else text)
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{_signed(mantissa)} × 10{str(int(power)).translate(_SUPERSCRIPTS)}"


def prediction(value: float, stderr: float) -> str:
    """Text of an exact number that stands beside a measured one: no coarser than its error.

    Parameters
    ----------
    value : float
        What is predicted.
    stderr : float
        Standard error of what was measured; 0 for none.

    Returns
    -------
    str

    Examples
    --------
    >>> prediction(0.99996948, 3.9e-6), prediction(0.25, 0.01), prediction(1.0, 1e-6)
    ('0.9999695', '0.25', '1')
    """
    if stderr <= 0 or not math.isfinite(stderr) or not math.isfinite(value) or value == 0:
        return number(value)
    # The second digit of the error, which a measurement shows too.
    digits = 2 + math.floor(math.log10(abs(value))) - math.floor(math.log10(stderr))
    return number(value, digits=min(max(digits, 4), 12))


def measurement(value: float, stderr: float) -> str:
    """Text of a measured number with its standard error, which is given to two digits.

    An error below a part in 10^8 is left out, and the number given to eight digits.

    Parameters
    ----------
    value : float
        What was measured.
    stderr : float
        Its standard error; 0 for none.

    Returns
    -------
    str

    Examples
    --------
    >>> measurement(0.25123, 0.00051), measurement(3.25e-7, 1.2e-8), measurement(1.0, 0.0)
    ('0.25123 ± 0.00051', '(3.25 ± 0.12) × 10⁻⁷', '1')
    """
    if stderr == 0 or not math.isfinite(stderr) or not math.isfinite(value):
        return number(value)
    if stderr < _INVISIBLE * abs(value):
        return number(value, digits=8)
    largest = max(abs(value), stderr)
    exponent = math.floor(math.log10(largest))
    scale = exponent if exponent < -3 or exponent >= 6 else 0
    value, stderr = value / 10.0**scale, stderr / 10.0**scale
    places = max(1 - math.floor(math.log10(stderr)), 0)
    text = f"{_signed(f'{value:.{places}f}')} ± {stderr:.{places}f}"
    return f"({text}) × 10{str(scale).translate(_SUPERSCRIPTS)}" if scale else text


def predicted_text(finding: Finding) -> str:
    """Predicted number as a table shows it, with its relation and unit.

    Parameters
    ----------
    finding : Finding
        A row.

    Returns
    -------
    str

    Examples
    --------
    >>> from typicality.report import Finding
    >>> predicted_text(Finding(statement="tail", equation="Eq. (1)", predicted=0.25, measured=0.1,
    ...                        stderr=0.01, relation="at most"))
    '≤ 0.25'
    """
    sign = {"equals": "", "at most": "≤ ", "at least": "≥ "}[finding.relation]
    return f"{sign}{prediction(finding.predicted, finding.stderr)}{_unit(finding)}"


def corrected_text(finding: Finding) -> str:
    """Predicted number of a misprint once it is corrected.

    Parameters
    ----------
    finding : Finding
        A row.

    Returns
    -------
    str
        Empty if nothing is corrected.
    """
    if finding.corrected is None:
        return ""
    return f"{prediction(finding.corrected, finding.stderr)}{_unit(finding)}"


def measured_text(finding: Finding) -> str:
    """Measured number as a table shows it, with its standard error and unit.

    Parameters
    ----------
    finding : Finding
        A row.

    Returns
    -------
    str
    """
    return f"{measurement(finding.measured, finding.stderr)}{_unit(finding)}"


def _unit(finding: Finding) -> str:
    return "" if finding.unit in ("1", "") else f" {finding.unit}"


def _signed(text: str) -> str:
    return text.replace("-", "−")


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "not a number"
    return "∞" if value > 0 else "−∞"
