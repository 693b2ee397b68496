"""Variables of the PageCurve dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["PageCurveVariables"]


class PageCurveVariables(Table):
    """What `PageCurve.run` returns."""

    n_a = coordinate("n_a", "qubits in A")
    balance = coordinate("n_a", "qubits in B minus qubits in A")
    n_balanced = coordinate("n_balanced", "qubits, cut in the middle")
    chain_energy = coordinate("chain_energy", "energy of the chain's eigenstate", "coupling")
    chain_shell = coordinate("chain_shell", "mean energy of the chain's shell", "coupling")
    chain_n_a = coordinate("chain_n_a", "spins in A")
    entropy = estimate("n_a", "mean entropy", "nat")
    entropy_deviation = estimate(
        "n_a", "standard deviation of the entropy from state to state", "nat"
    )
    entropy_exact = variable("n_a", "exact", "Page's mean entropy", "nat")
    entropy_deviation_exact = variable("n_a", "exact", "standard deviation of the entropy", "nat")
    entropy_asymptotic = variable("n_a", "asymptotic", "Eq. (2) at alpha -> 1", "nat")
    entropy_printed_asymptotic = variable(
        "n_a", "asymptotic", "log d_A - d_A / (2 d_B), as printed for every cut", "nat"
    )
    purity = estimate("n_a", "mean purity of A")
    purity_exact = variable("n_a", "exact", "mean purity (d_A + d_B)/(D + 1)")
    distance = estimate("n_a", "trace distance of rho_A to the maximally mixed state")
    distance_asymptotic = variable(
        "n_a", "asymptotic", "limit T(c) of the trace distance to the maximally mixed state"
    )
    pair_distance = estimate("n_a", "trace distance of rho_A of two independent states")
    pair_distance_asymptotic = variable(
        "n_a", "asymptotic", "limit T_pair(c) of the trace distance of a pair"
    )
    pure_pair_distance = estimate((), "trace distance of two independent pure states, d_A = D")
    pure_pair_distance_exact = variable((), "exact", "mean trace distance of two pure states")
    smallest_weight = estimate("n_a", "smallest of the min(d_A, d_B) squared Schmidt coefficients")
    zero_eigenvalues = variable(
        "n_a", "measured", "mean number of eigenvalues of rho_A below 1e-15"
    )
    entropy_mismatch = variable(
        "n_a",
        "measured",
        "largest |S_A - S_B| of one state, each from its own density matrix",
        "nat",
    )
    balanced_distance = estimate(
        "n_balanced", "trace distance to the maximally mixed state at d_A = d_B"
    )
    balanced_distance_asymptotic = variable("n_balanced", "asymptotic", "T(1) = 3 sqrt(3)/(4 pi)")
    balanced_smallest = estimate("n_balanced", "smallest eigenvalue of rho_A at d_A = d_B")
    balanced_smallest_exact = variable("n_balanced", "exact", "mean smallest eigenvalue 1/d_A^3")
    chain_eigenstate_entropy = variable(
        "chain_energy", "measured", "entropy of half of the chain in its eigenstate", "nat"
    )
    chain_shell_entropy = estimate(
        "chain_shell", "mean entropy of half of the chain in typical states of the shell", "nat"
    )
    chain_omega_entropy = variable(
        "chain_shell", "bound", "entropy of Omega_A, the shell's reduced state", "nat"
    )
    chain_shell_purity = estimate(
        "chain_shell", "mean purity of half of the chain in typical states of the shell"
    )
    chain_shell_purity_exact = variable(
        "chain_shell", "exact", "d (tr Omega_A^2 + tr Omega_B^2)/(d + 1)"
    )
    chain_curve_eigenstates = variable(
        "chain_n_a",
        "measured",
        "mean entropy of the eigenstates in the middle of the chain's spectrum",
        "nat",
    )
    chain_curve_eigenstates_deviation = variable(
        "chain_n_a",
        "measured",
        "standard deviation of the entropy from eigenstate to eigenstate",
        "nat",
    )
    chain_curve_shell = estimate(
        "chain_n_a", "mean entropy of typical states of the middle shell", "nat"
    )
    chain_curve_page_exact = variable(
        "chain_n_a", "exact", "Page's mean entropy of the whole space", "nat"
    )
