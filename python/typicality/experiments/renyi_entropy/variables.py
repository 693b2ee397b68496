"""Variables of the RenyiEntropy dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["RenyiEntropyVariables"]


class RenyiEntropyVariables(Table):
    """What `RenyiEntropy.run` returns."""

    source = coordinate("source", "where the states come from")
    alpha = coordinate("alpha", "order alpha of the entropy")
    n_a = coordinate("n_a", "qubits in A")
    d_balanced = coordinate("d_balanced", "dimension d_A = d_B")
    eigenvalue = coordinate("eigenvalue", "d_A p, p an eigenvalue of rho_A")
    eigenvalue_edge = coordinate("eigenvalue_edge", "edges of the bins of d_A p")
    entropy = estimate(("source", "alpha", "n_a"), "mean Renyi entropy", "nat")
    entropy_annealed = estimate(
        ("source", "alpha", "n_a"), "Renyi entropy of the mean tr rho_A^alpha", "nat"
    )
    entropy_asymptotic = variable(("alpha", "n_a"), "asymptotic", "Eq. (2)", "nat")
    entropy_annealed_exact = variable(
        ("alpha", "n_a"),
        "exact",
        "Renyi entropy of the exact mean tr rho_A^alpha; Page's mean at alpha = 1",
        "nat",
    )
    entropy_hartley_asymptotic = variable(
        "n_a", "asymptotic", "Eq. (2) at alpha -> 0, the Hartley entropy", "nat"
    )
    rank = variable(("source", "n_a"), "measured", "mean number of nonzero Schmidt coefficients")
    density = estimate(("source", "n_a", "eigenvalue"), "density of the nonzero d_A p")
    density_asymptotic = variable(
        ("n_a", "eigenvalue"), "asymptotic", "Marchenko-Pastur law averaged over a bin"
    )
    gap = estimate(("d_balanced", "alpha"), "mean Renyi entropy minus Eq. (2) at d_A = d_B", "nat")
    gap_page_exact = variable("d_balanced", "exact", "Page's mean entropy minus Eq. (2)", "nat")
    gap_edge_asymptotic = variable(
        "d_balanced",
        "asymptotic",
        "min-entropy minus Eq. (2) from the Tracy-Widom mean of the largest eigenvalue",
        "nat",
    )
