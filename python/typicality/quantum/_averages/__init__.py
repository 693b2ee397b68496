"""Exact averages and distributions over random states, and bounds on them."""
