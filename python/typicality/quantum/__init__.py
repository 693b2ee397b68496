"""Typical states of isolated quantum systems: states, reduced states, entropies, shells, bounds."""

from typicality.quantum._averages.capacity import mean_entanglement_capacity
from typicality.quantum._averages.concentration_bounds import (
    chebyshev_bound,
    hoeffding_bound,
    levy_bound,
)
from typicality.quantum._averages.distinguishability import (
    mean_relative_entropy,
    mean_root_fidelity,
    mean_squared_distance,
    typical_pair_trace_distance,
    typical_trace_distance,
)
from typicality.quantum._averages.expectation_distribution import expectation_cdf, expectation_pdf
from typicality.quantum._averages.page import (
    marchenko_pastur_entropy,
    page_deficit,
    page_entropy,
    page_entropy_variance,
)
from typicality.quantum._averages.power_traces import (
    mean_log_determinant,
    mean_negativity,
    mean_power_trace,
    mean_purity,
    purity_variance,
)
from typicality.quantum._averages.sector_page import (
    sector_mean_purity,
    sector_page_entropy,
    sector_page_entropy_variance,
)
from typicality.quantum._averages.smallest_schmidt import (
    SmallestSchmidtLaw,
    mean_smallest_eigenvalue,
    smallest_schmidt_law,
)
from typicality.quantum._energy.energy_shell import EnergyShell
from typicality.quantum._energy.evolution import evolved_states
from typicality.quantum._energy.gibbs import gibbs_relative_entropy
from typicality.quantum._energy.hamiltonians import ising_chain, syk, xxz_chain
from typicality.quantum._energy.level_statistics import gap_ratios, mean_gap_ratio
from typicality.quantum._energy.microcanonical import microcanonical_states
from typicality.quantum._energy.observables import local_sum, pauli
from typicality.quantum._random_states.bures_hall import (
    bures_hall_mean_entropy,
    bures_hall_mean_purity,
    bures_hall_states,
)
from typicality.quantum._random_states.expectations import haar_expectations
from typicality.quantum._random_states.haar import (
    haar_power_traces,
    haar_reduced_states,
    haar_schmidt_spectra,
    haar_states,
)
from typicality.quantum._random_states.sectors import (
    haar_sector_reduced_states,
    haar_sector_spectra,
    sector_basis,
    sector_reduced_density_matrix,
)
from typicality.quantum._random_states.unitaries import gue_eigenstates, haar_unitaries
from typicality.quantum._states.density_matrices import nearest_density_matrix
from typicality.quantum._states.density_spectrum import density_spectrum
from typicality.quantum._states.distances import (
    bures_distance,
    chernoff_coefficient,
    fidelity,
    helstrom_probability,
    hilbert_schmidt_distance,
    relative_entropy,
    trace_distance,
)
from typicality.quantum._states.entropies import (
    entanglement_capacity,
    entanglement_entropy,
    hartley_entropy,
    linear_entropy,
    min_entropy,
    purity,
    renyi_entropy,
    von_neumann_entropy,
)
from typicality.quantum._states.mutual_information import mutual_information
from typicality.quantum._states.partial_trace import (
    partial_trace,
    reduced_density_matrix,
    schmidt_spectrum,
)
from typicality.quantum._states.partial_transposes import (
    log_negativity,
    negativity,
    partial_transpose,
)
from typicality.quantum._states.schmidt import SchmidtDecomposition, schmidt_decomposition
from typicality.quantum._states.spectrum_entropies import spectrum_capacity, spectrum_entropy
from typicality.quantum._states.tangent_kernel import (
    mean_squared_tangent_displacement,
    tangent_displacement,
    tangent_kernel,
    tangent_spectrum,
    uhlmann_displacement,
)
from typicality.quantum._states.tomography import (
    hermitian_basis,
    observable_expectations,
    state_from_expectations,
)

__all__ = [
    "EnergyShell",
    "SchmidtDecomposition",
    "SmallestSchmidtLaw",
    "bures_distance",
    "bures_hall_mean_entropy",
    "bures_hall_mean_purity",
    "bures_hall_states",
    "chebyshev_bound",
    "chernoff_coefficient",
    "density_spectrum",
    "entanglement_capacity",
    "entanglement_entropy",
    "evolved_states",
    "expectation_cdf",
    "expectation_pdf",
    "fidelity",
    "gap_ratios",
    "gibbs_relative_entropy",
    "gue_eigenstates",
    "haar_expectations",
    "haar_power_traces",
    "haar_reduced_states",
    "haar_schmidt_spectra",
    "haar_sector_reduced_states",
    "haar_sector_spectra",
    "haar_states",
    "haar_unitaries",
    "hartley_entropy",
    "helstrom_probability",
    "hermitian_basis",
    "hilbert_schmidt_distance",
    "hoeffding_bound",
    "ising_chain",
    "levy_bound",
    "linear_entropy",
    "local_sum",
    "log_negativity",
    "marchenko_pastur_entropy",
    "mean_entanglement_capacity",
    "mean_gap_ratio",
    "mean_log_determinant",
    "mean_negativity",
    "mean_power_trace",
    "mean_purity",
    "mean_relative_entropy",
    "mean_root_fidelity",
    "mean_smallest_eigenvalue",
    "mean_squared_distance",
    "mean_squared_tangent_displacement",
    "microcanonical_states",
    "min_entropy",
    "mutual_information",
    "nearest_density_matrix",
    "negativity",
    "observable_expectations",
    "page_deficit",
    "page_entropy",
    "page_entropy_variance",
    "partial_trace",
    "partial_transpose",
    "pauli",
    "purity",
    "purity_variance",
    "reduced_density_matrix",
    "relative_entropy",
    "renyi_entropy",
    "schmidt_decomposition",
    "schmidt_spectrum",
    "sector_basis",
    "sector_mean_purity",
    "sector_page_entropy",
    "sector_page_entropy_variance",
    "sector_reduced_density_matrix",
    "smallest_schmidt_law",
    "spectrum_capacity",
    "spectrum_entropy",
    "state_from_expectations",
    "syk",
    "tangent_displacement",
    "tangent_kernel",
    "tangent_spectrum",
    "trace_distance",
    "typical_pair_trace_distance",
    "typical_trace_distance",
    "uhlmann_displacement",
    "von_neumann_entropy",
    "xxz_chain",
]
