"""Hamiltonians, their observables, the typical states of an energy, and time."""
