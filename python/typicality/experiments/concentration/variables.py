"""Variables of the Concentration dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["ConcentrationVariables"]


class ConcentrationVariables(Table):
    """What `Concentration.run` returns."""

    shell = coordinate("shell", "number of the energy shell")
    n_spins = coordinate("shell", "spins of the chain")
    width = coordinate("shell", "width of the window", "coupling")
    shell_dimension = coordinate("shell", "dimension of the shell")
    dimension = coordinate("dimension", "dimension d of the abstract spectrum")
    deviation = coordinate("deviation", "deviation in exact standard deviations")
    mean = estimate("shell", "mean of <O> over states of the shell")
    mean_exact = variable("shell", "exact", "microcanonical mean")
    variance = estimate("shell", "variance of <O>, explicit states")
    variance_in_law = estimate("shell", "variance of <O> sampled from its exact distribution")
    variance_exact = variable("shell", "exact", "Var_mc/(d + 1), eigenvalues of P_E O P_E")
    variance_unrestricted_bound = variable("shell", "bound", "(tr(P_E O^2)/d - mean^2)/(d + 1)")
    distance = estimate("shell", "trace distance of rho_A to the shell's Omega_A")
    mixed_distance = estimate("shell", "trace distance of rho_A to I/d_A")
    omega_mixed_distance = variable("shell", "exact", "trace distance of Omega_A to I/d_A")
    squared_distance = estimate("shell", "squared distance ||rho_A - Omega_A||_2^2")
    squared_distance_exact = variable("shell", "exact", "(d tr Omega_B^2 - tr Omega_A^2)/(d + 1)")
    tail = estimate(("shell", "deviation"), "chance of a deviation")
    tail_exact = variable(
        ("shell", "deviation"), "exact", "probability of a deviation, from the exact law of <O>"
    )
    tail_chebyshev_bound = variable(
        ("shell", "deviation"),
        "bound",
        "Chebyshev bound, Eq. (1), on the probability of a deviation, capped at 1",
    )
    tail_hoeffding_bound = variable(
        ("shell", "deviation"),
        "bound",
        "Hoeffding-type bound on the probability of a deviation, capped at 1",
    )
    tail_levy_bound = variable(
        ("shell", "deviation"), "bound", "Levy bound on the probability of a deviation, capped at 1"
    )
    tail_asymptotic = variable(
        ("shell", "deviation"), "asymptotic", "Gaussian probability of a deviation"
    )
    abstract_variance = estimate("dimension", "variance of <O>, evenly spaced levels from -1 to 1")
    abstract_variance_exact = variable("dimension", "exact", "Var_mc/(d + 1)")
    abstract_draws = variable("dimension", "setting", "number of draws")
    abstract_tail = estimate(("dimension", "deviation"), "chance of a deviation")
    abstract_tail_exact = variable(
        ("dimension", "deviation"), "exact", "probability of a deviation, from the exact law of <O>"
    )
    abstract_tail_chebyshev_bound = variable(
        ("dimension", "deviation"),
        "bound",
        "Chebyshev bound, Eq. (1), on the probability of a deviation, capped at 1",
    )
    abstract_tail_hoeffding_bound = variable(
        ("dimension", "deviation"),
        "bound",
        "Hoeffding-type bound on the probability of a deviation, capped at 1",
    )
    abstract_tail_levy_bound = variable(
        ("dimension", "deviation"),
        "bound",
        "Levy bound on the probability of a deviation, capped at 1",
    )
    abstract_tail_asymptotic = variable(
        ("dimension", "deviation"), "asymptotic", "Gaussian probability of a deviation"
    )
