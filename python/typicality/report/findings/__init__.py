"""Findings: the rows "predicted | measured | agree", worked out from an experiment's dataset."""

from typicality.report.findings.finding import Finding, Relation, Source

__all__ = ["Finding", "Relation", "Source"]
