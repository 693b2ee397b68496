"""Findings: the rows "predicted | measured | verdict", worked out from an experiment's dataset."""

from typicality.report.findings.claims import CLAIMS, Claim
from typicality.report.findings.finding import VERDICTS, Finding, Kind, Relation, Source

__all__ = ["CLAIMS", "VERDICTS", "Claim", "Finding", "Kind", "Relation", "Source"]
