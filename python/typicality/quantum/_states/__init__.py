"""What is computed from given states: reductions, spectra, entropies, distances."""
