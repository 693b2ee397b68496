"""Variables of the FittingThreshold dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["FittingThresholdVariables"]


class FittingThresholdVariables(Table):
    """What `FittingThreshold.run` returns."""

    activation = coordinate("activation", "activation function")
    n_samples = coordinate("n_samples", "digits N")
    point = coordinate("point", "P_eff / (n_L N) that was aimed at")
    window = coordinate("window", "window of the fit")
    d_b = coordinate("d_b", "dimension of B")
    edge = estimate(("activation", "n_samples", "point"), "sqrt(P_eff lambda_min(K) / tr K)")
    relative_edge = estimate(
        ("activation", "n_samples", "point"), "smallest over mean eigenvalue of K"
    )
    smallest_eigenvalue = variable(
        ("activation", "n_samples", "point", "draw"), "measured", "smallest eigenvalue of K"
    )
    trace = variable(("activation", "n_samples", "point", "draw"), "measured", "trace of K")
    rank = variable(("activation", "n_samples", "point", "draw"), "measured", "rank of K")
    full_rank_share = variable(
        ("activation", "n_samples", "point"), "measured", "share of draws with K of full rank"
    )
    full_rank_share_stderr = variable(
        ("activation", "n_samples", "point"), "stderr", "standard error of the share"
    )
    full_rank_share_exact = variable(
        ("activation", "n_samples", "point"),
        "bound",
        "1 where P_eff >= n_L N: no more can have full rank",
    )
    n_effective = variable(
        ("activation", "n_samples", "point", "draw"),
        "setting",
        "effective number of parameters P_eff",
    )
    n_params = variable(("activation", "n_samples", "point"), "setting", "number of parameters P")
    width = variable(("activation", "n_samples", "point"), "setting", "width")
    ratio = variable(("activation", "n_samples", "point"), "setting", "P_eff / (n_L N)")
    root_ratio = variable(("activation", "n_samples", "point"), "setting", "sqrt(P_eff / (n_L N))")
    n_inputs = variable((), "setting", "entries of an input")
    n_constraints = variable("n_samples", "setting", "scalar outputs to fit, n_L N")
    sigma = variable(
        ("activation", "n_samples", "window"),
        "fit",
        "slope sigma of the normalized edge against sqrt(P_eff)",
    )
    sigma_stderr = variable(
        ("activation", "n_samples", "window"), "stderr", "standard error of sigma"
    )
    kappa = variable(
        ("activation", "n_samples", "window"),
        "fit",
        "kappa: the line is 0 at sqrt(P_eff) = kappa sqrt(n_L N)",
    )
    kappa_stderr = variable(
        ("activation", "n_samples", "window"), "stderr", "standard error of kappa"
    )
    sigma_draw = variable(
        ("activation", "n_samples", "window", "draw"),
        "fit",
        "slope sigma of the normalized edge against sqrt(P_eff), each draw",
    )
    kappa_draw = variable(
        ("activation", "n_samples", "window", "draw"),
        "fit",
        "kappa: the line is 0 at sqrt(P_eff) = kappa sqrt(n_L N), each draw",
    )
    r_squared = variable(
        ("activation", "n_samples", "window"), "fit", "mean share of a draw's variance on the line"
    )
    edge_fit = variable(
        ("activation", "n_samples", "window", "point"), "fit", "mean of the fitted lines"
    )
    window_low = variable("window", "setting", "least P_eff / (n_L N)")
    window_high = variable("window", "setting", "largest P_eff / (n_L N)")
    quantum_smallest = estimate("d_b", "smallest eigenvalue of rho_A")
    quantum_smallest_exact = variable("d_b", "exact", "mean smallest eigenvalue of rho_A")
    quantum_smallest_asymptotic = variable(
        "d_b", "asymptotic", "edge (1 - sqrt(d_A/d_B))^2 / d_A with its Tracy-Widom shift"
    )
    quantum_edge = estimate("d_b", "sqrt(d_B lambda_min(rho_A))")
    quantum_edge_asymptotic = variable(
        "d_b", "asymptotic", "sqrt(d_B / d_A) - 1: sigma = kappa = 1"
    )
    quantum_ratio = variable("d_b", "setting", "d_B / d_A")
    quantum_root_ratio = variable("d_b", "setting", "sqrt(d_B / d_A)")
    quantum_relative_edge = estimate("d_b", "smallest over mean eigenvalue of rho_A")
    quantum_relative_edge_exact = variable(
        "d_b", "exact", "mean of smallest over mean eigenvalue of rho_A"
    )
    quantum_relative_edge_asymptotic = variable(
        "d_b",
        "asymptotic",
        "smallest over mean eigenvalue of rho_A, edge with its Tracy-Widom shift",
    )
    d_a = variable((), "setting", "dimension of A")
