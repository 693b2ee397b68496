"""Concentration of expectation values in energy shells, Eq. (1)."""
