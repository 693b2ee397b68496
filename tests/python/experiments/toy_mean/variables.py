"""Variables of the toy's dataset."""

from typicality.results.table import Table, coordinate, estimate, variable


class ToyVariables(Table):
    """What `Toy.run` returns."""

    k = coordinate("k", "repetition")
    mean = estimate("k", "mean")
    mean_exact = variable("k", "exact", "exact mean")
