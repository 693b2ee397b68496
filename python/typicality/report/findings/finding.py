"""One row of the table "predicted | measured | agree": a statement and its confirmation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

Relation = Literal["equals", "at most", "at least"]
Source = Literal["paper", "theory"]

STANDARD_ERRORS: Final = 3.0
"""How many standard errors a measured value may be off and still agree."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A predicted number beside the measured one.

    They agree if they differ by no more than three standard errors plus the stated bias; for the
    relation ``"at most"`` (``"at least"``) only an excess (a shortfall) counts. A number that is
    not finite agrees with nothing.

    Parameters
    ----------
    statement : str
        What is predicted, in words that stand alone.
    equation : str
        Where it is stated: the paper's equation, or the theory's name.
    predicted : float
        Value, or end of the range, that is predicted.
    measured : float
        What the run found.
    stderr : float
        Standard error of `measured`; 0 for what involves no chance.
    bias : float, default: 0.0
        Finite-size deviation that the prediction itself allows, in the same unit, not negative.
    unit : str, default: "1"
        Unit of all numbers.
    relation : {"equals", "at most", "at least"}, default: "equals"
        How the measured value should stand to the predicted one.
    source : {"paper", "theory"}, default: "theory"
        Who says so: the paper as printed, or the theory with the corrections of the paper's
        misprints.
    note : str, default: ""
        Why it differs, what was corrected, where the bias comes from.

    Raises
    ------
    ValueError
        If `stderr` or `bias` is negative, or `relation` or `source` is unknown.

    Examples
    --------
    >>> row = Finding(statement="mean purity", equation="Sec. II", predicted=0.25,
    ...               measured=0.2512, stderr=0.0005)
    >>> row.agrees, round(row.z, 1)
    (True, 2.4)
    """

    statement: str
    equation: str
    predicted: float
    measured: float
    stderr: float
    bias: float = 0.0
    unit: str = "1"
    relation: Relation = "equals"
    source: Source = "theory"
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no finding."""
        # xarray hands out zero-dimensional arrays; the row keeps plain numbers.
        for name in ("predicted", "measured", "stderr", "bias"):
            object.__setattr__(self, name, float(getattr(self, name)))
        if self.stderr < 0:
            raise ValueError(f"stderr={self.stderr} must not be negative ({self.statement}).")
        if self.bias < 0:
            raise ValueError(f"bias={self.bias} must not be negative ({self.statement}).")
        if self.relation not in ("equals", "at most", "at least"):
            raise ValueError(
                f'relation="{self.relation}" must be "equals", "at most" or "at least".'
            )
        if self.source not in ("paper", "theory"):
            raise ValueError(f'source="{self.source}" must be "paper" or "theory".')

    @property
    def excess(self) -> float:
        """By how much the prediction is broken, before errors are allowed for; 0 if it is not."""
        difference = self.measured - self.predicted
        if self.relation == "at most":
            return max(difference, 0.0)
        if self.relation == "at least":
            return max(-difference, 0.0)
        return abs(difference)

    @property
    def agrees(self) -> bool:
        """Whether the run confirms the prediction."""
        numbers = (self.predicted, self.measured, self.stderr, self.bias)
        if not all(math.isfinite(number) for number in numbers):
            return False
        # Rounding in the last digits is no disagreement where stderr and bias are 0.
        rounding = 1e-12 * max(abs(self.predicted), abs(self.measured))
        return self.excess <= STANDARD_ERRORS * self.stderr + self.bias + rounding

    @property
    def z(self) -> float:
        """Signed difference in standard errors; infinite where there is no standard error."""
        difference = self.measured - self.predicted
        if self.stderr > 0:
            return difference / self.stderr
        if difference == 0:
            return 0.0
        return math.copysign(math.inf, difference) if math.isfinite(difference) else math.nan

    @property
    def verdict(self) -> str:
        """``"agree"`` or ``"does not agree"``."""
        return "agree" if self.agrees else "does not agree"
