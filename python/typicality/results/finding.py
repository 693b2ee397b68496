"""One row of the table "predicted | measured | verdict": a statement and its confirmation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from typicality._arrays import as_float
from typicality.results.claims import CLAIMS
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.notation import text

Relation = Literal["equals", "at most", "at least"]
Source = Literal["paper", "theory"]
Kind = Literal["agrees", "leading", "misprint", "disagrees"]

VERDICTS: Final[dict[Kind, str]] = {
    "agrees": "agrees",
    "leading": "holds to leading order",
    "misprint": "misprint, corrected",
    "disagrees": "disagrees",
}
"""Kinds of verdict in words, from the best to the worst."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A predicted number beside the measured one.

    They agree if they differ by no more than three standard errors plus the stated bias; for the
    relation ``"at most"`` (``"at least"``) only an excess (a shortfall) counts. A number that is
    not finite agrees with nothing. Where the prediction is a leading order, `next_order` says how
    large the correction to it is, and a difference of that size is told apart from an agreement
    and from a disagreement; so is a misprint, whose `corrected` value must agree.

    Parameters
    ----------
    statement : str
        What is predicted, in words that stand alone; formulas as `notation.text` reads them.
    equation : str
        Where it is stated: the paper's equation, section or table, or the theory's name.
    predicted : float
        Value, or end of the range, that is predicted.
    measured : float
        What the run found.
    stderr : float
        Standard error of `measured`; 0 for what involves no chance.
    bias : float, default: 0.0
        Deviation that the prediction itself allows, such as the step of a grid or rounding, in the
        same unit, not negative.
    next_order : float, default: 0.0
        Size of the correction to a prediction that is a leading order, in the same unit, not
        negative.
    corrected : float, optional
        For a misprint: what is predicted once it is corrected.
    unit : str, default: "1"
        Unit of all numbers.
    relation : {"equals", "at most", "at least"}, default: "equals"
        How the measured value should stand to the predicted one.
    claim : str, default: ""
        Key of `CLAIMS`: the statement of the paper that the row tests. Without one the row is the
        package's own statement: sharper than the paper's, or a known exact result.
    note : str, default: ""
        Why it differs, what was corrected, where the bias comes from.

    Raises
    ------
    ValueError
        If `stderr`, `bias` or `next_order` is negative, or `relation` or `claim` is unknown.

    Examples
    --------
    >>> row = Finding(statement="mean purity", equation="Sec. II", predicted=0.25,
    ...               measured=0.2512, stderr=0.0005)
    >>> row.agrees, round(row.z, 1)
    (True, 2.4)
    >>> row = Finding(statement="entropy", equation="Eq. (2)", predicted=2.0, measured=2.02,
    ...               stderr=0.001, next_order=0.02)
    >>> row.verdict, f"{row.correction:.0%}"
    ('holds to leading order', '1%')
    """

    statement: str
    equation: str
    predicted: float
    measured: float
    stderr: float
    bias: float = 0.0
    next_order: float = 0.0
    corrected: float | None = None
    unit: str = "1"
    relation: Relation = "equals"
    claim: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Convert the numbers and refuse invalid ones."""
        # xarray hands out zero-dimensional arrays; the row keeps plain numbers.
        for name in ("predicted", "measured", "stderr", "bias", "next_order"):
            object.__setattr__(self, name, as_float(getattr(self, name), name))
        for name in ("statement", "equation", "note"):
            object.__setattr__(self, name, text(getattr(self, name)))
        if self.corrected is not None:
            object.__setattr__(self, "corrected", as_float(self.corrected, "corrected"))
        for name in ("stderr", "bias", "next_order"):
            if getattr(self, name) < 0:
                raise ValueError(
                    f"{name}={getattr(self, name)} must not be negative ({self.statement})."
                )
        if self.relation not in ("equals", "at most", "at least"):
            raise ValueError(
                f'relation="{self.relation}" must be "equals", "at most" or "at least".'
            )
        if self.claim and self.claim not in CLAIMS:
            raise ValueError(f'claim="{self.claim}" must be one of {", ".join(CLAIMS)}.')

    @property
    def source(self) -> Source:
        """Who says so: the paper, or the theory, which is the package's own statement."""
        return "paper" if self.claim else "theory"

    @property
    def excess(self) -> float:
        """Amount by which the measured value violates the prediction, before errors; 0 if none."""
        return self._excess(self.predicted)

    @property
    def kind(self) -> Kind:
        """Kind of verdict, derived from the numbers."""
        if self._within(self.predicted, 0.0):
            return "agrees"
        if self.next_order and self._within(self.predicted, self.next_order):
            return "leading"
        if self.corrected is not None and self._within(self.corrected, self.next_order):
            return "misprint"
        return "disagrees"

    @property
    def verdict(self) -> str:
        """The verdict in words."""
        return VERDICTS[self.kind]

    @property
    def allowance(self) -> float:
        """Allowance beside the standard errors: the bias and the next order."""
        return self.bias + self.next_order

    @property
    def agrees(self) -> bool:
        """Whether the run confirms the prediction as stated, within its errors."""
        return self.kind == "agrees"

    @property
    def correction(self) -> float:
        """Measured difference relative to the prediction; as it is where that is 0."""
        difference = abs(self.measured - self.predicted)
        return difference / abs(self.predicted) if self.predicted else difference

    @property
    def z(self) -> float:
        """Signed difference in standard errors; infinite where there is no standard error."""
        difference = self.measured - self.predicted
        if self.stderr > 0:
            return difference / self.stderr
        if difference == 0:
            return 0.0
        return math.copysign(math.inf, difference) if math.isfinite(difference) else math.nan

    def within(self, standard_errors: float) -> bool:
        """Say whether the run would confirm the prediction with so many standard errors.

        Parameters
        ----------
        standard_errors : float
            Instead of three.

        Returns
        -------
        bool
        """
        return self._within(self.predicted, self.next_order, standard_errors)

    def _excess(self, predicted: float) -> float:
        difference = self.measured - predicted
        if self.relation == "at most":
            return max(difference, 0.0)
        if self.relation == "at least":
            return max(-difference, 0.0)
        return abs(difference)

    def _within(
        self, predicted: float, further: float, standard_errors: float = STANDARD_ERRORS
    ) -> bool:
        numbers = (predicted, self.measured, self.stderr, self.bias, further)
        if not all(math.isfinite(number) for number in numbers):
            return False
        # Rounding in the last digits is no disagreement where stderr and bias are 0.
        rounding = 1e-12 * max(abs(predicted), abs(self.measured))
        allowed = standard_errors * self.stderr + self.bias + further + rounding
        return self._excess(predicted) <= allowed
