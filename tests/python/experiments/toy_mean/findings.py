"""Findings of the toy."""

from experiments.toy_mean.variables import ToyVariables as V
from typicality.report import Finding


def findings(dataset):
    return [
        Finding(
            statement=f"mean of repetition {k}",
            equation="Eq. (0)",
            predicted=dataset[V.mean_exact][k],
            measured=dataset[V.mean][k],
            stderr=dataset[V.mean.stderr][k],
        )
        for k in range(5)
    ]
