"""However an array lies in memory, every public function reads the same numbers in it."""

import numpy as np
import pytest

from typicality import networks, quantum, spectra

MLP = networks.MLP((2, 3, 1), activation="tanh")
THETA = MLP.init(rng=1)
X = np.array([[0.3, -1.0], [0.7, 0.2], [-0.4, 0.9]])
Y = np.array([[0.1], [0.2], [-0.3]])
KETS = quantum.haar_states(4, 3, rng=1)
RHO = quantum.haar_reduced_states(4, 5, rng=2)
SIGMA = quantum.haar_reduced_states(4, 6, rng=3)
HAMILTONIAN = quantum.haar_reduced_states(4, 9, field="real", rng=4)
LEVELS = np.array([0.0, 0.5, 1.25, 2.0])
SHELL = quantum.EnergyShell(LEVELS[:3], np.eye(4)[:, :3])
KERNEL = HAMILTONIAN + np.eye(4)

CALLS = {
    "power_moments": lambda lay: spectra.power_moments(lay(LEVELS), [1, 2]),
    "tridiagonal": lambda lay: spectra.tridiagonal_eigenvalues(lay(LEVELS), lay(LEVELS[1:])),
    "pdf": lambda lay: spectra.MarchenkoPastur(0.5).pdf(lay(LEVELS)),
    "icdf": lambda lay: spectra.MarchenkoPastur(0.5).icdf(lay(LEVELS / 4)),
    "reduced_density_matrix": lambda lay: quantum.reduced_density_matrix(lay(KETS), [2, 2], [1]),
    "schmidt_spectrum": lambda lay: quantum.schmidt_spectrum(lay(KETS), [2, 2], [0]),
    "entanglement_entropy": lambda lay: quantum.entanglement_entropy(lay(KETS), [2, 2], [0]),
    "partial_trace": lambda lay: quantum.partial_trace(lay(RHO), [2, 2], [0]),
    "renyi_entropy": lambda lay: quantum.renyi_entropy(lay(RHO), lay(LEVELS)),
    "purity": lambda lay: quantum.purity(lay(RHO)),
    "capacity": lambda lay: quantum.entanglement_capacity(lay(RHO)),
    "spectrum_entropy": lambda lay: quantum.spectrum_entropy(lay(LEVELS / LEVELS.sum())),
    "density_spectrum": lambda lay: quantum.density_spectrum(lay(RHO)),
    "nearest": lambda lay: quantum.nearest_density_matrix(lay(RHO)),
    "partial_transpose": lambda lay: quantum.partial_transpose(lay(RHO), [2, 2], 0),
    "negativity": lambda lay: quantum.negativity(lay(RHO), [2, 2], 0),
    "negativity of kets": lambda lay: quantum.negativity(lay(KETS), [2, 2], 0),
    "mutual_information": lambda lay: quantum.mutual_information(lay(KETS), [2, 2], 0, 1),
    "trace_distance": lambda lay: quantum.trace_distance(lay(RHO), lay(SIGMA)),
    "hilbert_schmidt": lambda lay: quantum.hilbert_schmidt_distance(lay(RHO), lay(SIGMA)),
    "fidelity": lambda lay: quantum.fidelity(lay(RHO), lay(SIGMA)),
    "bures_distance": lambda lay: quantum.bures_distance(lay(RHO), lay(SIGMA)),
    "relative_entropy": lambda lay: quantum.relative_entropy(lay(RHO), lay(SIGMA)),
    "helstrom": lambda lay: quantum.helstrom_probability(lay(RHO), lay(SIGMA)),
    "chernoff": lambda lay: quantum.chernoff_coefficient(lay(RHO), lay(SIGMA)),
    "tangent_kernel": lambda lay: quantum.tangent_kernel(lay(RHO)),
    "tangent_spectrum": lambda lay: quantum.tangent_spectrum(lay(RHO)),
    "tangent_displacement": lambda lay: quantum.tangent_displacement(lay(RHO)),
    "expectations": lambda lay: quantum.observable_expectations(lay(RHO), lay(HAMILTONIAN)[None]),
    "haar_expectations": lambda lay: quantum.haar_expectations(lay(LEVELS), size=3, rng=1),
    "expectation_cdf": lambda lay: quantum.expectation_cdf(lay(LEVELS), lay(LEVELS / 2)),
    "expectation_pdf": lambda lay: quantum.expectation_pdf(lay(LEVELS), lay(LEVELS / 2)),
    "chebyshev_bound": lambda lay: quantum.chebyshev_bound(lay(LEVELS), 9, 0.5),
    "evolved_states": lambda lay: quantum.evolved_states(lay(HAMILTONIAN), lay(KETS), 0.3),
    "shell": lambda lay: quantum.EnergyShell(lay(LEVELS[:3]), lay(np.eye(4)[:, :3])).basis,
    "from_hamiltonian": lambda lay: (
        quantum.EnergyShell.from_hamiltonian(lay(HAMILTONIAN), window=(-9, 9)).energies
    ),
    "observable_spectrum": lambda lay: SHELL.observable_spectrum(lay(HAMILTONIAN)),
    "microcanonical_states": lambda lay: quantum.microcanonical_states(
        lay(np.diag(LEVELS)), 1.0, 0.5, rng=1
    ),
    "apply": lambda lay: MLP.apply(lay(THETA), lay(X)),
    "jacobian": lambda lay: MLP.jacobian(lay(THETA), lay(X)),
    "empirical_ntk": lambda lay: networks.empirical_ntk(MLP, lay(THETA), lay(X), lay(X[:2])),
    "product": lambda lay: networks.kernel_vector_product(MLP, lay(THETA), lay(X), lay(Y[:, 0])),
    "effective_parameters": lambda lay: networks.effective_parameters(MLP, lay(X)),
    "infinite_ntk": lambda lay: networks.infinite_ntk(MLP, lay(X)),
    "linearize": lambda lay: networks.linearize(MLP, lay(THETA))(lay(THETA) * 1.1, lay(X)),
    "gradient_flow": lambda lay: networks.gradient_flow(lay(KERNEL), lay(LEVELS), lay(LEVELS)),
    "kernel_regression": lambda lay: (
        networks.kernel_regression(lay(KERNEL), lay(LEVELS)).coefficients
    ),
    "minimum_norm": lambda lay: networks.minimum_norm(lay(X), lay(Y)),
    "train": lambda lay: (
        networks.train(MLP, lay(THETA), lay(X), lay(Y), max_steps=3, tolerance=1e-9).theta
    ),
    "nearest_minimum": lambda lay: networks.nearest_minimum(MLP, lay(THETA), lay(X), lay(Y)).theta,
}


def misaligned(array):
    """The bytes start one byte after where they should, as in a mapped file with a header."""
    shifted = np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:]
    view = shifted.view(array.dtype).reshape(array.shape)
    assert not view.flags.aligned
    return view


def reversed_twice(array):
    return np.ascontiguousarray(array[::-1])[::-1]


def swapped(array):
    return array.astype(array.dtype.newbyteorder())


def read_only(array):
    copy = array.copy()
    copy.flags.writeable = False
    return copy


def every_other(array):
    wide = np.repeat(array, 2, axis=-1)
    return wide[..., ::2]


class Tensor(np.ndarray):
    """As PennyLane's: an array, and more."""

    requires_grad = True

    def toarray(self):
        raise AssertionError


def subclass(array):
    return array.view(Tensor)


LAYOUTS = [misaligned, reversed_twice, swapped, read_only, every_other, np.asfortranarray, subclass]


@pytest.mark.parametrize("lay", LAYOUTS)
@pytest.mark.parametrize("name", CALLS)
def test_every_layout_holds_the_same_numbers(name, lay):
    found, expected = CALLS[name](lay), CALLS[name](np.array)
    np.testing.assert_array_equal(found, expected)
    assert type(found) is type(expected)


@pytest.mark.parametrize("dtype", ["f4", "c8", "f8", "c16"])
def test_every_precision_may_be_misaligned(dtype):
    rho = RHO if np.dtype(dtype).kind == "c" else HAMILTONIAN
    rho = rho.astype(dtype)
    assert quantum.purity(misaligned(rho)) == quantum.purity(rho)
    assert quantum.purity(misaligned(rho)).dtype == quantum.purity(rho).dtype


def test_matrices_of_numpy_are_arrays():
    assert quantum.purity((np.eye(4) / 4).view(np.matrix)) == 0.25
    entropies = quantum.von_neumann_entropy((np.eye(4) / 4).view(np.matrix))
    assert entropies == pytest.approx(np.log(4))


def test_mapped_files_with_a_header(tmp_path):
    path = tmp_path / "states.bin"
    path.write_bytes(b"abc" + RHO.tobytes())
    mapped = np.memmap(path, dtype=complex, mode="r", offset=3, shape=RHO.shape)
    assert not mapped.flags.aligned
    assert quantum.purity(mapped) == quantum.purity(RHO)
    assert type(quantum.nearest_density_matrix(mapped)) is np.ndarray
