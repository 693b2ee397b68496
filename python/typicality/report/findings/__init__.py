"""Findings: the rows "predicted | measured | verdict", worked out from an experiment's dataset."""
