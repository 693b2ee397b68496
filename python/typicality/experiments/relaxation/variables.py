"""Variables of the Relaxation dataset."""

from typicality.results.table import Table, coordinate, estimate, variable

__all__ = ["RelaxationVariables"]


class RelaxationVariables(Table):
    """What `Relaxation.run` returns."""

    n_spins = coordinate("n_spins", "spins")
    time = coordinate("time", "time", "1/coupling")
    expectation = variable(("n_spins", "time"), "measured", "<Z>(t)")
    late_mean = estimate("n_spins", "mean of <Z> over late times")
    late_variance = estimate("n_spins", "variance of <Z> over late times")
    typical_mean = estimate("n_spins", "mean of <Z> over typical states of the energy window")
    late_mean_exact = variable("n_spins", "exact", "diagonal ensemble, sum |c_n|^2 Z_nn")
    late_variance_exact = variable(
        "n_spins", "exact", "sum over m != n of |c_m|^2 |c_n|^2 |Z_mn|^2"
    )
    late_variance_bound = variable("n_spins", "bound", "||Z||^2 / d_eff")
    typical_mean_exact = variable("n_spins", "exact", "microcanonical mean with a Gaussian window")
    effective_dimension = variable("n_spins", "exact", "effective dimension 1 / sum |c_n|^4")
    eigenstate_deviation = variable("n_spins", "exact", "standard deviation of Z_nn in the window")
    energy = variable("n_spins", "exact", "energy of the state", "coupling")
    energy_deviation = variable("n_spins", "exact", "standard deviation of its energy", "coupling")
