"""Summary of a report: rows, the paper's claims they test, and disagreements due to chance.

A claim that several rows test has the worst of their verdicts. A row is confirmed at three standard
errors; many rows together are judged by the probability that all pass if all predictions hold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

from typicality.results.claims import CLAIMS, Claim
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.finding import VERDICTS, Finding, Kind

if TYPE_CHECKING:
    from typicality.report.section import Section

JOINT_LEVEL: Final = 0.01
"""Probability that some row of a report exceeds its joint limit although all predictions hold."""

_WORST_FIRST: Final = tuple(reversed(VERDICTS))


@dataclass(frozen=True)
class Row:
    """A finding and its place in the report.

    Parameters
    ----------
    part : Section
        Its experiment.
    number : int
        Its place there, from 1.
    finding : Finding
        The row itself.
    """

    part: Section
    number: int
    finding: Finding

    @property
    def anchor(self) -> str:
        """Identifier of the row in the page."""
        return f"{self.part.name}-finding-{self.number}"


@dataclass(frozen=True)
class TestedClaim:
    """A claim of the paper and the rows that test it.

    Parameters
    ----------
    claim : Claim
        What the paper says.
    rows : tuple of Row
        At least one.
    """

    claim: Claim
    rows: tuple[Row, ...]

    @property
    def kind(self) -> Kind:
        """The worst verdict of the rows."""
        kinds = {row.finding.kind for row in self.rows}
        return next(kind for kind in _WORST_FIRST if kind in kinds)

    @property
    def verdict(self) -> str:
        """The same in words."""
        return VERDICTS[self.kind]


@dataclass(frozen=True)
class Tally:
    """Counts over the rows and claims of a report.

    Parameters
    ----------
    rows : tuple of Row
        All of them, in order.

    Examples
    --------
    >>> Tally(()).sentence
    'The rows test no claim of the paper.'
    """

    rows: tuple[Row, ...]

    @classmethod
    def of(cls, sections: Iterable[Section]) -> Tally:
        """Count the findings of sections.

        Parameters
        ----------
        sections : iterable of Section
            As the report shows them.

        Returns
        -------
        Tally
        """
        return cls(
            tuple(
                Row(part, number, finding)
                for part in sections
                for number, finding in enumerate(part.findings, start=1)
            )
        )

    @property
    def claims(self) -> tuple[TestedClaim, ...]:
        """The claims of the paper that rows test, in the paper's order."""
        tested = [
            TestedClaim(claim, tuple(row for row in self.rows if row.finding.claim == key))
            for key, claim in CLAIMS.items()
        ]
        return tuple(claim for claim in tested if claim.rows)

    @property
    def own(self) -> tuple[Row, ...]:
        """Rows that state what the paper does not."""
        return tuple(row for row in self.rows if row.finding.source == "theory")

    @property
    def unexplained(self) -> tuple[Row, ...]:
        """Own rows that the run does not confirm."""
        return tuple(row for row in self.own if row.finding.kind == "disagrees")

    @property
    def sentence(self) -> str:
        """Counts of the verdicts on the paper's claims, in words."""
        claims = self.claims
        if not claims:
            return "The rows test no claim of the paper."
        counts: dict[Kind, int] = {
            kind: sum(claim.kind == kind for claim in claims) for kind in VERDICTS
        }
        words: dict[Kind, tuple[str, str]] = {
            "agrees": ("agrees", "agree"),
            "leading": ("holds to leading order", "hold to leading order"),
            "misprint": ("is a misprint that holds once corrected",
                         "are misprints that hold once corrected"),
            "disagrees": ("disagrees with the measurement", "disagree with the measurement"),
        }  # fmt: skip
        parts = [f"{count} {words[kind][count != 1]}" for kind, count in counts.items() if count]
        rows = sum(len(claim.rows) for claim in claims)
        listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
        return (
            f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'} of the paper "
            f"{'is' if len(claims) == 1 else 'are'} tested, by {rows} "
            f"{'row' if rows == 1 else 'rows'}: {listed}."
        )

    @property
    def chance_rows(self) -> int:
        """Number of rows with a standard error, which can disagree by chance."""
        return sum(row.finding.stderr > 0 for row in self.rows)

    @property
    def expected_by_chance(self) -> float:
        """Expected number of rows beyond three standard errors if all predictions hold, at most."""
        return sum(_tail(row.finding, STANDARD_ERRORS) for row in self.rows)

    @property
    def level(self) -> float:
        """Probability that some row disagrees although every prediction holds, at most."""
        passed = 1.0
        for row in self.rows:
            passed *= 1.0 - _tail(row.finding, STANDARD_ERRORS)
        return 1.0 - passed

    @property
    def joint_limit(self) -> float:
        """Standard errors within which all rows lie with probability 99% (Šidák's correction)."""
        if not self.chance_rows:
            return STANDARD_ERRORS
        single = -((1.0 - JOINT_LEVEL) ** (1.0 / self.chance_rows) - 1.0)
        return max(STANDARD_ERRORS, NormalDist().inv_cdf(1.0 - single / 2.0))

    def by_chance(self, finding: Finding) -> bool:
        """Say whether a disagreement is one that as many rows may show by chance.

        Parameters
        ----------
        finding : Finding
            A row of the report.

        Returns
        -------
        bool
            Whether it is beyond three standard errors, but within the joint limit.
        """
        return finding.kind == "disagrees" and finding.within(self.joint_limit)


def _tail(finding: Finding, standard_errors: float) -> float:
    """Tail probability beyond so many standard errors; an allowed bias only lowers it."""
    if finding.stderr == 0:
        return 0.0
    one_sided = 1.0 - NormalDist().cdf(standard_errors)
    return 2.0 * one_sided if finding.relation == "equals" else one_sided
