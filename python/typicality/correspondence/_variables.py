"""Variables of the Correspondence dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["CorrespondenceVariables"]


class CorrespondenceVariables(Table):
    """What `Correspondence.run` returns."""

    row = coordinate("row", "row of Table 1")
    side = coordinate("side", "side of Table 1")
    statistic = coordinate("row", "statistic")
    unit = coordinate("row", "unit of the statistic")
    interval = coordinate("row", "what low and high are")
    subject = coordinate(("row", "side"), "what was measured")
    quantum_params = coordinate("size", "real parameters 2 d_A d_B")
    network_params = coordinate("size", "parameters P")
    quantum_constraint_ratio = coordinate("quantum_constraint", "d_A / d_B")
    network_constraint_ratio = coordinate("network_constraint", "n_L N / P_eff")
    value = variable(("row", "side"), "measured", "statistic")
    value_stderr = variable(("row", "side"), "stderr", "standard error of the statistic")
    low = variable(("row", "side"), "interval", "lower end of the interval")
    high = variable(("row", "side"), "interval", "upper end of the interval")
    exact = variable(("row", "side"), "exact", "expected at this size")
    limit = variable(("row", "side"), "asymptotic", "expected of a large system")
    quantum_fluctuation = estimate("size", "relative fluctuation of the tangent kernel, quantum")
    network_fluctuation = estimate("size", "relative fluctuation of the tangent kernel, network")
    quantum_fluctuation_exact = variable(
        "size", "exact", "relative fluctuation of K of psi -> rho_A"
    )
    network_fluctuation_fit = variable(
        "size", "fit", "relative fluctuation proportional to 1/sqrt(width)"
    )
    quantum_distance_ratio = estimate(
        "size", "exact over linearized distance, root mean squares, quantum"
    )
    quantum_distance = estimate(
        "size", "distance to a solution over the norm of the start, quantum"
    )
    network_distance_ratio = estimate(
        "size", "exact over linearized distance, root mean squares, network"
    )
    network_distance = estimate(
        "size", "distance to a solution over the norm of the start, network"
    )
    quantum_distance_ratio_exact = variable(
        "size", "exact", "exact over linearized distance, root mean squares"
    )
    quantum_smallest_eigenvalue = estimate(
        "quantum_constraint", "smallest over mean eigenvalue of the tangent kernel, quantum"
    )
    quantum_rank_share = estimate(
        "quantum_constraint", "rank of the tangent kernel over its side, quantum"
    )
    network_smallest_eigenvalue = estimate(
        "network_constraint", "smallest over mean eigenvalue of the tangent kernel, network"
    )
    network_rank_share = estimate(
        "network_constraint", "rank of the tangent kernel over its side, network"
    )
    quantum_rank_share_exact = variable(
        "quantum_constraint", "exact", "rank of the tangent kernel over its side, quantum"
    )
    network_rank_share_exact = variable(
        "network_constraint", "exact", "rank of the tangent kernel over its side, network"
    )
