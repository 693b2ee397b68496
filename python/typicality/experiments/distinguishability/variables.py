"""Variables of the Distinguishability dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["DistinguishabilityVariables"]


class DistinguishabilityVariables(Table):
    """What `Distinguishability.run` returns.

    Where a label does not say explicit states, rho_A is sampled from its exact distribution.
    """

    d_a = coordinate("d_a", "dimension of A")
    c = coordinate("d_a", "d_A / d_B")
    small_d_b = coordinate("small", "dimension of B, d_A = 2")
    ratio_d_a = coordinate("ratio_d_a", "dimension of A where all measures are compared")
    ratio_c = coordinate("ratio_d_a", "d_A / d_B there")
    size = coordinate("size", "d_A = d_B")
    n_a = coordinate("n_a", "spins in A")
    distance = estimate("d_a", "trace distance of rho_A to the maximally mixed state")
    distance_explicit = estimate(
        "d_a", "trace distance to the maximally mixed state, explicit states"
    )
    pair_distance = estimate("d_a", "trace distance of rho_A of two independent states")
    pair_distance_explicit = estimate("d_a", "trace distance of rho_A of two explicit states")
    squared_distance = estimate(
        "d_a", "squared Hilbert-Schmidt distance to the maximally mixed state"
    )
    displacement = estimate("d_a", "squared linearized displacement to the maximally mixed state")
    uhlmann = estimate("d_a", "squared exact displacement to the maximally mixed state")
    displacement_lower_quartile = variable("d_a", "quantile", "lower quartile of the square")
    displacement_median = variable("d_a", "quantile", "median of the square")
    displacement_upper_quartile = variable("d_a", "quantile", "upper quartile of the square")
    distance_asymptotic = variable("d_a", "asymptotic", "limit T(c)")
    pair_distance_asymptotic = variable("d_a", "asymptotic", "limit T_pair(c)")
    squared_distance_exact = variable("d_a", "exact", "mean squared Hilbert-Schmidt distance")
    displacement_exact = variable("d_a", "exact", "mean squared linearized displacement")
    uhlmann_exact = variable(
        "d_a", "exact", "mean squared displacement, infinite without a solution"
    )
    ratio_mixed_distance = estimate("ratio_d_a", "trace distance of rho_A and I/d_A")
    ratio_mixed_squared_distance = estimate(
        "ratio_d_a",
        "squared Hilbert-Schmidt distance of rho_A and I/d_A",
    )
    ratio_mixed_fidelity = estimate("ratio_d_a", "fidelity of rho_A and I/d_A")
    ratio_mixed_squared_bures = estimate(
        "ratio_d_a",
        "squared Bures distance of rho_A and I/d_A",
    )
    ratio_mixed_relative_entropy = estimate(
        "ratio_d_a",
        "relative entropy of rho_A and I/d_A",
        "nat",
    )
    ratio_mixed_chernoff = estimate(
        "ratio_d_a",
        "Chernoff coefficient (minimum over s) of rho_A and I/d_A",
    )
    ratio_mixed_half_chernoff = estimate(
        "ratio_d_a",
        "tr rho^(1/2) sigma^(1/2) of rho_A and I/d_A",
    )
    ratio_mixed_helstrom = estimate(
        "ratio_d_a",
        "Helstrom success probability of rho_A and I/d_A",
    )
    ratio_pair_distance = estimate(
        "ratio_d_a",
        "trace distance of rho_A of two independent states",
    )
    ratio_pair_squared_distance = estimate(
        "ratio_d_a",
        "squared Hilbert-Schmidt distance of rho_A of two independent states",
    )
    ratio_pair_fidelity = estimate(
        "ratio_d_a",
        "fidelity of rho_A of two independent states",
    )
    ratio_pair_squared_bures = estimate(
        "ratio_d_a",
        "squared Bures distance of rho_A of two independent states",
    )
    ratio_pair_relative_entropy = estimate(
        "ratio_d_a",
        "relative entropy of rho_A of two independent states",
        "nat",
    )
    ratio_pair_chernoff = estimate(
        "ratio_d_a",
        "Chernoff coefficient (minimum over s) of rho_A of two independent states",
    )
    ratio_pair_half_chernoff = estimate(
        "ratio_d_a",
        "tr rho^(1/2) sigma^(1/2) of rho_A of two independent states",
    )
    ratio_pair_helstrom = estimate(
        "ratio_d_a",
        "Helstrom success probability of rho_A of two independent states",
    )
    ratio_mixed_distance_explicit = estimate(
        "ratio_d_a", "trace distance of rho_A and I/d_A, explicit states"
    )
    ratio_mixed_squared_distance_explicit = estimate(
        "ratio_d_a", "squared Hilbert-Schmidt distance of rho_A and I/d_A, explicit states"
    )
    ratio_mixed_fidelity_explicit = estimate(
        "ratio_d_a", "fidelity of rho_A and I/d_A, explicit states"
    )
    ratio_mixed_squared_bures_explicit = estimate(
        "ratio_d_a", "squared Bures distance of rho_A and I/d_A, explicit states"
    )
    ratio_mixed_relative_entropy_explicit = estimate(
        "ratio_d_a", "relative entropy of rho_A and I/d_A, explicit states", "nat"
    )
    ratio_mixed_chernoff_explicit = estimate(
        "ratio_d_a", "Chernoff coefficient (minimum over s) of rho_A and I/d_A, explicit states"
    )
    ratio_mixed_half_chernoff_explicit = estimate(
        "ratio_d_a", "tr rho^(1/2) sigma^(1/2) of rho_A and I/d_A, explicit states"
    )
    ratio_mixed_helstrom_explicit = estimate(
        "ratio_d_a",
        "Helstrom success probability of rho_A and I/d_A, explicit states",
    )
    ratio_pair_distance_explicit = estimate(
        "ratio_d_a", "trace distance of rho_A of two independent states, explicit states"
    )
    ratio_pair_squared_distance_explicit = estimate(
        "ratio_d_a",
        "squared Hilbert-Schmidt distance of rho_A of two independent states, explicit states",
    )
    ratio_pair_fidelity_explicit = estimate(
        "ratio_d_a", "fidelity of rho_A of two independent states, explicit states"
    )
    ratio_pair_squared_bures_explicit = estimate(
        "ratio_d_a", "squared Bures distance of rho_A of two independent states, explicit states"
    )
    ratio_pair_relative_entropy_explicit = estimate(
        "ratio_d_a", "relative entropy of rho_A of two independent states, explicit states", "nat"
    )
    ratio_pair_chernoff_explicit = estimate(
        "ratio_d_a",
        "Chernoff coefficient (minimum over s) of rho_A of two independent states, explicit states",
    )
    ratio_pair_half_chernoff_explicit = estimate(
        "ratio_d_a", "tr rho^(1/2) sigma^(1/2) of rho_A of two independent states, explicit states"
    )
    ratio_pair_helstrom_explicit = estimate(
        "ratio_d_a",
        "Helstrom success probability of rho_A of two independent states, explicit states",
    )
    ratio_mixed_distance_asymptotic = variable(
        "ratio_d_a", "asymptotic", "limit of the trace distance of rho_A and I/d_A"
    )
    ratio_mixed_squared_distance_exact = variable(
        "ratio_d_a", "exact", "mean squared Hilbert-Schmidt distance of rho_A and I/d_A"
    )
    ratio_mixed_fidelity_exact = variable("ratio_d_a", "exact", "mean fidelity of rho_A and I/d_A")
    ratio_mixed_squared_bures_exact = variable(
        "ratio_d_a", "exact", "mean squared Bures distance of rho_A and I/d_A"
    )
    ratio_mixed_relative_entropy_exact = variable(
        "ratio_d_a", "exact", "mean relative entropy of rho_A and I/d_A", "nat"
    )
    ratio_mixed_chernoff_bound = variable(
        "ratio_d_a",
        "bound",
        "upper bound of the mean Chernoff coefficient of rho_A and I/d_A",
    )
    ratio_mixed_half_chernoff_exact = variable(
        "ratio_d_a", "exact", "mean tr rho^(1/2) sigma^(1/2) of rho_A and I/d_A"
    )
    ratio_mixed_helstrom_asymptotic = variable(
        "ratio_d_a",
        "asymptotic",
        "limit of the Helstrom success probability of rho_A and I/d_A",
    )
    ratio_pair_distance_asymptotic = variable(
        "ratio_d_a", "asymptotic", "limit of the trace distance of rho_A of two independent states"
    )
    ratio_pair_squared_distance_exact = variable(
        "ratio_d_a",
        "exact",
        "mean squared Hilbert-Schmidt distance of rho_A of two independent states",
    )
    ratio_pair_fidelity_asymptotic = variable(
        "ratio_d_a", "asymptotic", "limit of the fidelity of rho_A of two independent states"
    )
    ratio_pair_squared_bures_exact = variable(
        "ratio_d_a", "exact", "mean squared Bures distance of rho_A of two independent states"
    )
    ratio_pair_relative_entropy_exact = variable(
        "ratio_d_a", "exact", "mean relative entropy of rho_A of two independent states", "nat"
    )
    ratio_pair_chernoff_bound = variable(
        "ratio_d_a",
        "bound",
        "upper bound of the mean Chernoff coefficient of rho_A of two independent states",
    )
    ratio_pair_half_chernoff_exact = variable(
        "ratio_d_a", "exact", "mean tr rho^(1/2) sigma^(1/2) of rho_A of two independent states"
    )
    ratio_pair_helstrom_asymptotic = variable(
        "ratio_d_a",
        "asymptotic",
        "limit of the Helstrom success probability of rho_A of two independent states",
    )
    small_distance = estimate("small", "trace distance of a qubit's state to I/2")
    small_distance_exact = variable("small", "exact", "mean length of the Bloch vector, halved")
    small_pair_distance = estimate((), "trace distance of two independent states, d_A = d_B = 2")
    small_pair_distance_exact = variable((), "exact", "mean of a pair")
    balanced_distance = estimate("size", "trace distance of rho_A to I/d_A, d_A = d_B")
    balanced_pair_distance = estimate(
        "size", "trace distance of rho_A of two independent states, d_A = d_B"
    )
    balanced_distance_asymptotic = variable((), "asymptotic", "T(1)")
    balanced_pair_distance_asymptotic = variable((), "asymptotic", "T_pair(1)")
    shell_distance = estimate("n_a", "trace distance of rho_A and Omega_A in an energy shell")
    shell_squared_distance = estimate(
        "n_a", "squared Hilbert-Schmidt distance of rho_A and Omega_A in an energy shell"
    )
    shell_fidelity = estimate("n_a", "fidelity of rho_A and Omega_A in an energy shell")
    shell_squared_bures = estimate(
        "n_a", "squared Bures distance of rho_A and Omega_A in an energy shell"
    )
    shell_relative_entropy = estimate(
        "n_a", "relative entropy of rho_A and Omega_A in an energy shell", "nat"
    )
    shell_chernoff = estimate(
        "n_a", "Chernoff coefficient (minimum over s) of rho_A and Omega_A in an energy shell"
    )
    shell_half_chernoff = estimate(
        "n_a", "tr rho^(1/2) sigma^(1/2) of rho_A and Omega_A in an energy shell"
    )
    shell_helstrom = estimate(
        "n_a", "Helstrom success probability of rho_A and Omega_A in an energy shell"
    )
    shell_pair_distance = estimate(
        "n_a", "trace distance of rho_A of two states of an energy shell"
    )
    shell_pair_squared_distance = estimate(
        "n_a", "squared Hilbert-Schmidt distance of rho_A of two states of an energy shell"
    )
    shell_pair_fidelity = estimate("n_a", "fidelity of rho_A of two states of an energy shell")
    shell_pair_squared_bures = estimate(
        "n_a", "squared Bures distance of rho_A of two states of an energy shell"
    )
    shell_pair_relative_entropy = estimate(
        "n_a", "relative entropy of rho_A of two states of an energy shell", "nat"
    )
    shell_pair_chernoff = estimate(
        "n_a", "Chernoff coefficient (minimum over s) of rho_A of two states of an energy shell"
    )
    shell_pair_half_chernoff = estimate(
        "n_a", "tr rho^(1/2) sigma^(1/2) of rho_A of two states of an energy shell"
    )
    shell_pair_helstrom = estimate(
        "n_a",
        "Helstrom success probability of rho_A of two states of an energy shell",
    )
    shell_mixed_distance = estimate("n_a", "trace distance of rho_A to I/d_A in an energy shell")
    shell_squared_distance_exact = variable(
        "n_a", "exact", "(d tr Omega_B^2 - tr Omega_A^2)/(d + 1)"
    )
    shell_pair_squared_distance_exact = variable(
        "n_a", "exact", "2 (d tr Omega_B^2 - tr Omega_A^2)/(d + 1)"
    )
    shell_distance_bound = variable("n_a", "bound", "sqrt(d_A E||rho_A - Omega_A||_2^2) / 2")
    shell_distance_printed_bound = variable(
        "n_a", "bound", "bound of Popescu, Short and Winter, halved"
    )
    shell_offset = variable("n_a", "exact", "trace distance of Omega_A to I/d_A")
