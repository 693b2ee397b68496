"""Numbers that pass through eigenvectors and matrix products, for the tests of reproducibility.

Run as a program with the name of a file it writes them there, and prints which kernels and how many
threads OpenBLAS uses.
"""

import math
import sys
from collections.abc import Iterator

import numpy as np
from threadpoolctl import threadpool_info

from typicality import networks as n
from typicality import quantum as q
from typicality.experiments import (
    Concentration,
    Correspondence,
    Distinguishability,
    DoubleDescent,
    FittingThreshold,
    GlobalMinima,
    PageCurve,
    Relaxation,
    RenyiEntropy,
)
from typicality.quantum._operators import diagonalization

EXPERIMENTS = (
    Concentration(
        n_spins=(6,), window_widths=(2.0, 4.0), n_samples=200, n_draws=200, dimensions=(4, 16)
    ),
    # At its integrable points the chain has degenerate levels.
    Concentration(
        n_spins=(6,),
        longitudinal=0.0,
        transverse=0.0,
        window_widths=(4.0,),
        observable="X",
        n_samples=200,
        n_draws=200,
        dimensions=(4,),
    ),
    RenyiEntropy(n_qubits=4, n_matrices=10, n_states=50, balanced_dimensions=(4, 8), n_spectra=50),
    PageCurve(n_qubits=6, n_samples=20, n_spectra=50, n_spins=6, n_levels=8),
    Distinguishability(
        d_b=4,
        d_a=(2, 4, 8),
        n_samples=20,
        n_small=50,
        n_spins=6,
        n_levels=10,
        ratio_d_b=3,
        ratio_d_a=(2, 3, 6),
        n_compared=20,
        sizes=(2, 4),
        n_balanced=50,
    ),
    Relaxation(n_spins=(4, 5), n_times=5, n_late=20, n_states=4),
    GlobalMinima(
        n_samples=(20,),
        widths=(1, 12),
        n_starts=4,
        wide_widths=(32, 64),
        n_descents=2,
        n_components=4,
    ),
    FittingThreshold(
        n_samples=(10,), activations=("tanh",), n_outputs=2, n_draws=2, d_a=8, n_spectra=50
    ),
    DoubleDescent(
        n_samples=30,
        features=(10, 29, 31, 300),
        n_tangent_samples=20,
        widths=(2, 40),
        n_components=4,
        n_draws=4,
        n_gaussian_draws=10,
        total_dimension=36,
        n_spectra=10,
    ),
    Correspondence(n_draws=3, growth=(1, 2, 4), n_samples=16, width=40, d_a=4, d_b=32),
)


def results() -> Iterator[tuple[str, np.ndarray]]:
    """Yield every variable of small runs of all experiments."""
    for index, experiment in enumerate(EXPERIMENTS):
        for name, variable in experiment.run(rng=0).variables.items():
            yield f"{index} {experiment.name}: {name}", variable.values


def states() -> Iterator[tuple[str, np.ndarray]]:
    """Yield draws and eigenvectors of Hamiltonians with and without degenerate levels."""
    ising = q.ising_chain(8, transverse=1.05, longitudinal=0.5)
    heisenberg = q.xxz_chain(6, anisotropy=1.0)
    for name, hamiltonian, window in (
        ("ising", ising, (-1, 1)),
        ("heisenberg", heisenberg, (-6.5, 2.0)),
        ("syk", q.syk(12, rng=1), (-0.3, 0.3)),
    ):
        shell = q.EnergyShell.from_hamiltonian(hamiltonian, window=window)
        z = q.pauli("Z" + "I" * (shell.hilbert_dimension.bit_length() - 2))
        yield f"basis, {name}", shell.basis
        yield f"states, {name}", shell.sample(4, rng=3)
        yield f"states in single precision, {name}", shell.sample(4, rng=3, dtype=np.complex64)
        yield f"expectations, {name}", shell.sample_expectations(z, 50, rng=4)
        yield f"filtered, {name}", q.microcanonical_states(hamiltonian, 0.0, 1.0, 3, rng=5)
    yield (
        "real states",
        q.EnergyShell.from_hamiltonian(ising, window=(-1, 1)).sample(4, field="real", rng=3),
    )
    # A multiplet of nine states at the edge, by Lanczos iterations.
    diagonalization.LARGEST_DENSE = 32
    ferromagnet = q.xxz_chain(8, anisotropy=1.0, coupling=-1.0)
    edge = q.EnergyShell.from_hamiltonian(ferromagnet, center=-math.inf, n_states=9)
    diagonalization.LARGEST_DENSE = 2**13
    yield "Lanczos levels", edge.basis
    yield "Lanczos states", edge.sample(3, rng=1)
    yield "evolved", q.evolved_states(ising, q.haar_states(256, rng=1), [1.0, 5.0])
    rho = q.haar_reduced_states(4, 6, 3, rng=6)
    yield "expectations of observables", q.observable_expectations(rho, q.hermitian_basis(4))
    mlp = n.MLP((5, 30, 1), "tanh")
    theta, x = mlp.init(rng=1), n.sphere_inputs(12, 5, rng=2)
    yield "tangent kernel", n.empirical_ntk(mlp, theta, x)
    table = n.RandomFeatures(5, 30, "tanh", rng=3)(x)
    yield "minimum norm", n.minimum_norm(table, x[:, 0])


if __name__ == "__main__":
    np.savez(sys.argv[1], **dict(states()), **dict(results()))
    for library in threadpool_info():
        if library["internal_api"] == "openblas":
            sys.stdout.write(f"{library['architecture']} {library['num_threads']}\n")
