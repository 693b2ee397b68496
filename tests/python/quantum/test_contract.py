"""The names of the quantum floor, their arguments in order, and that each does what its line says.

Calls are smallest examples with known answers; depth is in the other tests.
"""

import inspect
import math

import numpy as np
import pytest

import typicality as ty
from typicality import quantum

SIGNATURES = """
haar_states(d, size, *, field, rng, dtype, out)
haar_unitaries(d, size, *, field, rng, dtype, out)
haar_reduced_states(d_a, d_b, size, *, field, rng, dtype, out)
haar_schmidt_spectra(d_a, d_b, size, *, field, rng, dtype, out)
haar_power_traces(d_a, d_b, order, size, *, field, rng, out)
haar_expectations(eigenvalues, multiplicities, size, *, field, rng, out)
gue_eigenstates(d, n_states, size, *, field, rng, dtype, out)
reduced_density_matrix(psi, dims, keep, *, out)
partial_trace(rho, dims, keep, *, tolerance, out)
nearest_density_matrix(matrix)
partial_transpose(rho, dims, subsystems)
negativity(state, dims, keep, *, tolerance)
log_negativity(state, dims, keep, *, base, tolerance)
mutual_information(state, dims, keep_a, keep_b, *, base, tolerance)
schmidt_spectrum(psi, dims, keep, *, out)
schmidt_decomposition(psi, dims, keep)
renyi_entropy(rho, alpha, *, base, tolerance)
von_neumann_entropy(rho, *, base, tolerance)
purity(rho, *, tolerance)
min_entropy(rho, *, base, tolerance)
hartley_entropy(rho, *, base, tolerance)
linear_entropy(rho, *, tolerance)
entanglement_capacity(rho, *, base, tolerance)
spectrum_entropy(p, alpha, *, base, axis)
spectrum_capacity(p, *, base, axis)
entanglement_entropy(psi, dims, keep, alpha, *, base)
page_entropy(d_a, d_b)
page_entropy_variance(d_a, d_b)
mean_purity(d_a, d_b, *, field)
purity_variance(d_a, d_b, *, field)
mean_power_trace(d_a, d_b, order, *, field)
mean_log_determinant(d_a, d_b)
mean_negativity(d_a, d_b)
mean_entanglement_capacity(d_a, d_b)
mean_relative_entropy(d_a, d_b, *, pair)
mean_root_fidelity(d_a, d_b, *, pair)
mean_smallest_eigenvalue(d_a, d_b, *, field)
smallest_schmidt_law(d_a, d_b, *, field)
marchenko_pastur_entropy(d_a, d_b, alpha)
bures_hall_states(d, d_b, size, *, rng, dtype)
bures_hall_mean_purity(d, d_b)
bures_hall_mean_entropy(d, d_b)
trace_distance(rho, sigma, *, tolerance)
hilbert_schmidt_distance(rho, sigma, *, tolerance)
fidelity(rho, sigma, *, tolerance)
bures_distance(rho, sigma, *, tolerance)
relative_entropy(rho, sigma, *, base, tolerance)
helstrom_probability(rho, sigma, *, prior, tolerance)
chernoff_coefficient(rho, sigma, s, *, tolerance)
gibbs_relative_entropy(rho, hamiltonian, beta, *, base, tolerance)
typical_trace_distance(c)
typical_pair_trace_distance(c)
mean_squared_distance(d_a, d_b)
EnergyShell(energies, basis)
haar_sector_spectra(n, charge, n_a, size, *, field, rng, dtype)
haar_sector_reduced_states(n, charge, n_a, size, *, field, rng, dtype)
sector_basis(n, charge)
sector_reduced_density_matrix(psi, n, charge, keep)
sector_page_entropy(n, charge, n_a)
sector_page_entropy_variance(n, charge, n_a)
sector_mean_purity(n, charge, n_a, *, field)
gap_ratios(energies)
mean_gap_ratio(ensemble, *, method)
microcanonical_states(hamiltonian, energy, width, size, *, field, rng, dtype, progress)
chebyshev_bound(variance, d, epsilon, *, field)
hoeffding_bound(spread, d, epsilon, *, field)
levy_bound(norm, d, epsilon)
expectation_cdf(eigenvalues, x, *, multiplicities, field, upper)
expectation_pdf(eigenvalues, x, *, multiplicities, field)
tangent_kernel(rho, *, tolerance)
tangent_spectrum(rho, d_b, *, tolerance)
tangent_displacement(rho, d_b, *, tolerance)
uhlmann_displacement(rho, d_b, *, tolerance)
mean_squared_tangent_displacement(d_a, d_b)
ising_chain(n, *, coupling, transverse, longitudinal, periodic)
xxz_chain(n, *, coupling, anisotropy, periodic, magnetization)
syk(n_majorana, *, coupling, order, rng)
pauli(string)
local_sum(operator, n, *, local_dimension, periodic)
""".strip().splitlines()

HALF = np.eye(2) / 2
ZERO = np.diag([1.0, 0.0])
BELL = np.array([1, 0, 0, 1]) / math.sqrt(2)
ANSWERS = {
    "renyi_entropy": (lambda f: f(HALF, 2), math.log(2)),
    "von_neumann_entropy": (lambda f: f(HALF, base=2), 1),
    "purity": (lambda f: f(HALF), 0.5),
    "min_entropy": (lambda f: f(HALF), math.log(2)),
    "hartley_entropy": (lambda f: f(ZERO), 0),
    "linear_entropy": (lambda f: f(HALF), 0.5),
    "entanglement_capacity": (lambda f: f(np.diag([0.8, 0.2])), 0.16 * math.log(4) ** 2),
    "spectrum_entropy": (lambda f: f([0.5, 0.5]), math.log(2)),
    "spectrum_capacity": (lambda f: f([0.8, 0.2]), 0.16 * math.log(4) ** 2),
    "entanglement_entropy": (lambda f: f(BELL, [2, 2], 0), math.log(2)),
    "schmidt_spectrum": (lambda f: f(BELL, [2, 2], 0).max(), 0.5),
    "schmidt_decomposition": (lambda f: f([0.6, 0, 0, 0.8], [2, 2], 0).coefficients[0], 0.8),
    "partial_trace": (lambda f: f(np.kron(ZERO, HALF), [2, 2], 0)[0, 0], 1),
    "reduced_density_matrix": (lambda f: f(BELL, [2, 2], 1)[0, 0], 0.5),
    "nearest_density_matrix": (lambda f: f(np.diag([1.25, 0.25]))[0, 0], 1),
    "partial_transpose": (lambda f: f(np.outer(BELL, BELL), [2, 2], 0)[1, 2], 0.5),
    "negativity": (lambda f: f(BELL, [2, 2], 0), 0.5),
    "log_negativity": (lambda f: f(np.outer(BELL, BELL), [2, 2], 0, base=2), 1),
    "mutual_information": (lambda f: f(BELL, [2, 2], 0, 1), 2 * math.log(2)),
    "page_entropy": (lambda f: f(2, 2), 1 / 3),
    "page_entropy_variance": (lambda f: f(2, 2), 13 / 36 - math.pi**2 / 30),
    "mean_purity": (lambda f: f(2, 2), 0.8),
    "purity_variance": (lambda f: f(2, 2), 18 / 1050),
    "mean_power_trace": (lambda f: f(2, 2, 3), (4 + 12 + 4 + 1) / 30),
    "mean_log_determinant": (lambda f: f(2, 2), -8 / 3),
    # At d_a = d_b = 2 the difference x of the eigenvalues has the density 3 x^2.
    "mean_negativity": (lambda f: f(2, 2), 3 * math.pi / 32),
    "mean_entanglement_capacity": (lambda f: f(2, 2), math.pi**2 / 30),
    "mean_relative_entropy": (lambda f: f(2, 2, pair="state, mixed"), math.log(2) - 1 / 3),
    "mean_root_fidelity": (lambda f: f(2, 1), 2 / 3),
    "mean_smallest_eigenvalue": (lambda f: f(4, 4), 1 / 64),
    "smallest_schmidt_law": (lambda f: f(4, 4).mean(), 1 / 64),
    "marchenko_pastur_entropy": (lambda f: f(4, 16, 1), math.log(4) - 1 / 8),
    "bures_hall_mean_purity": (lambda f: f(2, 2), 7 / 8),
    "bures_hall_mean_entropy": (lambda f: f(2, 2), 2 * math.log(2) - 7 / 6),
    "trace_distance": (lambda f: f(ZERO, HALF), 0.5),
    "hilbert_schmidt_distance": (lambda f: f(ZERO, HALF), math.sqrt(0.5)),
    "fidelity": (lambda f: f(ZERO, HALF), 0.5),
    "bures_distance": (lambda f: f(ZERO, HALF), math.sqrt(2 - math.sqrt(2))),
    "relative_entropy": (lambda f: f(ZERO, HALF, base=2), 1),
    "gibbs_relative_entropy": (lambda f: f(ZERO, np.diag([1.0, 0.0]), 800.0), 800),
    "helstrom_probability": (lambda f: f(ZERO, HALF), 0.75),
    "chernoff_coefficient": (lambda f: f(ZERO, HALF), 0.5),
    "typical_trace_distance": (lambda f: f(1), 3 * math.sqrt(3) / (4 * math.pi)),
    "typical_pair_trace_distance": (lambda f: f(1), 0.25 + 1 / math.pi),
    "mean_squared_distance": (lambda f: f(2, 2), 0.3),
    "EnergyShell": (lambda f: f([0.0], [[0.6], [0.8]]).dimension, 1),
    "haar_sector_spectra": (lambda f: f(40, 10, 3, rng=1).sum(), 1),
    "haar_sector_reduced_states": (lambda f: np.trace(f(40, 10, 3, rng=1)).real, 1),
    "sector_basis": (lambda f: f(4, 2)[1], 0b0101),
    "sector_reduced_density_matrix": (lambda f: f([0.6, 0.8], 2, 1, 0)[0, 0], 0.36),
    # The weight of one site is uniform: -w log w - (1 - w) log(1 - w) and its square.
    "sector_page_entropy": (lambda f: f(2, 1, 1), 0.5),
    "sector_page_entropy_variance": (lambda f: f(2, 1, 1), 7 / 12 - math.pi**2 / 18),
    "sector_mean_purity": (lambda f: f(2, 1, 1), 2 / 3),
    "gap_ratios": (lambda f: f([0.0, 1.0, 3.0])[0], 0.5),
    "mean_gap_ratio": (lambda f: f("poisson"), 2 * math.log(2) - 1),
    "chebyshev_bound": (lambda f: f(1.0, 99, 0.2), 0.25),
    "hoeffding_bound": (lambda f: f(1.0, 99, 0.2), 2 * math.exp(-8)),
    "levy_bound": (lambda f: f(3.0, 10**7, 0.03), 2 * math.exp(-1000 / (18 * math.pi**3))),
    "expectation_cdf": (lambda f: f([0.0, 1.0], 0.3), 0.3),
    "expectation_pdf": (lambda f: f([0.0, 1.0], 0.3), 1),
    "tangent_kernel": (lambda f: np.trace(f(HALF)), 8),
    "tangent_spectrum": (lambda f: f(ZERO).sum(), 8),
    "tangent_displacement": (lambda f: f(HALF), 0),
    "uhlmann_displacement": (lambda f: f(HALF), 0),
    "mean_squared_tangent_displacement": (lambda f: f(2, 4), 3 / 16),
    "ising_chain": (lambda f: f(2, transverse=0.0, longitudinal=0.5)[0, 0], 2),
    "xxz_chain": (lambda f: f(2, anisotropy=1.0)[0, 0], 1),
    # The product of all four Majoranas is Z Z / 4 up to its sign.
    "syk": (lambda f: (f(4, coupling=2.0, rng=1)[2, 2] / f(4, rng=1)[3, 3]).real, -2),
    "pauli": (lambda f: f("XI")[0, 2], 1),
    "local_sum": (lambda f: f(quantum.pauli("Z"), 3)[0, 0], 3),
    # Draws of one dimension, or whose mean is known to be exact.
    "haar_states": (lambda f: abs(f(1, rng=1)[0]), 1),
    "haar_unitaries": (lambda f: abs(np.linalg.det(f(3, rng=1))), 1),
    "haar_reduced_states": (lambda f: np.trace(f(3, 2**300, rng=1)).real, 1),
    "haar_schmidt_spectra": (lambda f: f(3, 5, rng=1).sum(), 1),
    "haar_power_traces": (lambda f: f(1, 7, 4, rng=1), 1),
    "haar_expectations": (lambda f: f([2.5], [2**70], rng=1), 2.5),
    "gue_eigenstates": (lambda f: np.linalg.norm(f(5, 2, rng=1)) ** 2, 2),
    "bures_hall_states": (lambda f: np.trace(f(2, 3, rng=1)).real, 1),
    "microcanonical_states": (lambda f: abs(f(np.diag([0.0, 9.0]), 9.0, 1.0, rng=1)[1]), 1),
}


@pytest.mark.parametrize("line", SIGNATURES)
def test_signature(line):
    name, _, arguments = line.rstrip(")").partition("(")
    assert name in quantum.__all__
    assert _listed(getattr(quantum, name)) == arguments


@pytest.mark.parametrize("line", SIGNATURES)
def test_known_answer(line):
    name = line.partition("(")[0]
    call, expected = ANSWERS[name]
    assert float(call(getattr(ty.quantum, name))) == pytest.approx(expected, rel=1e-10, abs=1e-9)


METHODS = """
from_hamiltonian(hamiltonian, *, window, center, n_states, tolerance, progress)
within(self, window, *, tolerance)
restriction(self, observable)
sample(self, size, *, field, rng, dtype)
microcanonical_mean(self, observable)
microcanonical_variance(self, observable)
observable_spectrum(self, observable)
sample_expectations(self, observable, size, *, field, rng)
reduced_state(self, dims, keep)
mean_squared_distance(self, dims, keep)
trace_distance_bound(self, dims, keep, *, method)
""".strip().splitlines()

# Levels 00 and 01 of two spins: the first spin is up, the second anywhere.
UP = quantum.EnergyShell([0.0, 1.0], np.eye(4)[:, :2])
SHELL_ANSWERS = {
    "from_hamiltonian": (lambda f: f(np.diag([3.0, 0.0, 1.0]), window=(0.5, 4.0)).energies[1], 3),
    "within": (lambda f: f(UP, (0.5, 2.0)).energies[0], 1),
    "restriction": (lambda f: f(UP, quantum.pauli("IX"))[0, 1], 1),
    "sample": (lambda f: np.linalg.norm(f(UP, rng=1)[:2]), 1),
    "microcanonical_mean": (lambda f: f(UP, quantum.pauli("ZI")), 1),
    "microcanonical_variance": (lambda f: f(UP, 3 * quantum.pauli("IX")), 9),
    "observable_spectrum": (lambda f: f(UP, quantum.pauli("IX"))[0], -1),
    "sample_expectations": (lambda f: f(UP, quantum.pauli("ZI"), rng=1), 1),
    "reduced_state": (lambda f: f(UP, [2, 2], 1)[1, 1], 0.5),
    # A pure qubit is sqrt(1/2) from the center of the ball.
    "mean_squared_distance": (lambda f: f(UP, [2, 2], 1), 0.5),
    "trace_distance_bound": (lambda f: f(UP, [2, 2], 1), 0.5),
}


@pytest.mark.parametrize("line", METHODS)
def test_signature_of_a_method(line):
    name, _, arguments = line.rstrip(")").partition("(")
    assert _listed(getattr(quantum.EnergyShell, name)) == arguments


@pytest.mark.parametrize("line", METHODS)
def test_known_answer_of_a_method(line):
    name = line.partition("(")[0]
    call, expected = SHELL_ANSWERS[name]
    assert float(call(getattr(quantum.EnergyShell, name))) == pytest.approx(expected, rel=1e-12)


def test_members_of_a_shell():
    public = {name for name in dir(quantum.EnergyShell) if not name.startswith("_")}
    methods = {line.partition("(")[0] for line in METHODS}
    assert public == methods | {"dimension", "hilbert_dimension"}
    assert (UP.dimension, UP.hilbert_dimension) == (2, 4)
    assert (UP.energies.tolist(), UP.basis.shape) == ([0.0, 1.0], (4, 2))


def _listed(function):
    listed, keyword_only = [], False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            listed.append("*")
        listed.append(parameter.name)
    return ", ".join(listed)
