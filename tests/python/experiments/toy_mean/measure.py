"""Means of uniform numbers."""

import numpy as np

from experiments.toy_mean.variables import ToyVariables as V
from typicality.results.estimates import mean_estimate


def measure(experiment, seeds, progress):
    draws = np.random.default_rng(seeds.seed("draws")).random((5, experiment.n_samples))
    progress(0.5, "drawing")
    progress(0.25, "drawing")  # a slip that `run` must not pass on
    return {
        V.mean: mean_estimate(draws, axis=1),
        V.mean_exact: np.full(5, 0.5),
        V.k: np.arange(5),
    }
