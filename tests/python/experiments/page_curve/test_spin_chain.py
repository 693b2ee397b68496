"""The chain beside the random states: exact purities, bounds, and an explicit twin."""

import numpy as np
import pytest

from oracles.chains import reduced
from typicality._random import Seeds
from typicality.experiments.chaotic_chain import chain_levels, chain_shell
from typicality.experiments.page_curve.spin_chain import chain_coordinates, chain_variables

N, LEVELS, SAMPLES = 6, 12, 400


@pytest.fixture(scope="module")
def levels():
    return chain_levels(N)


@pytest.fixture(scope="module")
def values(levels):
    found = {}
    for name, value in chain_variables(levels, N, LEVELS, SAMPLES, Seeds(7)).items():
        if name.has_error:
            found[name], found[name.stderr] = map(np.asarray, value)
        else:
            found[name] = np.asarray(value)
    return found


def entropy(psi, n_a):
    p = np.linalg.eigvalsh(reduced(np.outer(psi, psi.conj()), [2] * N, list(range(n_a))))
    p = p[p > 1e-15]
    return float(-np.sum(p * np.log(p)))


def test_eigenstates_have_the_entropies_of_their_density_matrices(levels, values):
    for index in (0, 17, 63):
        found = values["chain_eigenstate_entropy"][index]
        assert found == pytest.approx(entropy(levels.basis[:, index], N // 2), abs=1e-10)
    shell = chain_shell(levels, LEVELS)
    for n_a in (1, 3, 5):
        each = [entropy(psi, n_a) for psi in shell.basis.T]
        assert values["chain_curve_eigenstates"][n_a - 1] == pytest.approx(np.mean(each), abs=1e-10)
        spread = values["chain_curve_eigenstates_deviation"][n_a - 1]
        assert spread == pytest.approx(np.std(each), abs=1e-10)


def test_typical_states_have_the_exact_mean_purity(values):
    z = (values["chain_shell_purity"] - values["chain_shell_purity_exact"]) / values[
        "chain_shell_purity_stderr"
    ]
    assert abs(z).max() < 4.0
    below = values["chain_shell_entropy"] - 4.0 * values["chain_shell_entropy_stderr"]
    assert (below <= values["chain_omega_entropy"]).all()


def test_shells_are_neighboring_levels_from_edge_to_edge(levels):
    shells = [chain_shell(levels, LEVELS, x) for x in (0.0, 0.5, 1.0)]
    assert [shell.dimension for shell in shells] == [LEVELS] * 3
    assert shells[0].energies[0] == levels.energies[0]
    assert shells[2].energies[-1] == levels.energies[-1]
    assert np.isin(shells[1].energies, levels.energies).all()
    energies = chain_coordinates(levels, N, LEVELS)["chain_shell"]
    assert (np.diff(energies) > 0).all()
