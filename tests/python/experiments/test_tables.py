"""What each experiment's table declares is what its dataset holds."""

import pytest

from typicality.experiments import find, names

SMALL = {
    "concentration": {
        "n_spins": (6,), "window_widths": (2.0,), "n_samples": 200, "n_draws": 500,
        "dimensions": (4, 16),
    },
    "renyi-entropy": {
        "n_qubits": 4, "n_matrices": 10, "n_states": 50, "balanced_dimensions": (4, 8),
        "n_spectra": 50,
    },
    "page-curve": {"n_qubits": 4, "n_samples": 8, "n_spectra": 20, "n_spins": 5, "n_levels": 8},
    "distinguishability": {
        "d_b": 4, "d_a": (2, 4, 8), "n_samples": 20, "n_small": 20, "n_spins": 6, "n_levels": 6,
        "center": -2.0, "ratio_d_b": 3, "ratio_d_a": (2, 3, 5), "n_compared": 20,
        "sizes": (2, 3), "n_balanced": 50,
    },
    "relaxation": {"n_spins": (4, 5), "n_times": 5, "n_late": 20, "n_states": 4},
    "global-minima": {
        "n_samples": (20,), "widths": (1, 12), "n_starts": 4, "wide_widths": (32, 64),
        "n_descents": 2, "n_components": 4,
    },
    "fitting-threshold": {
        "n_samples": (10,), "activations": ("tanh",), "n_outputs": 2, "n_draws": 2, "d_a": 8,
        "n_spectra": 50,
    },
    "double-descent": {
        "n_samples": 30, "features": (10, 29, 31, 300), "n_tangent_samples": 20, "widths": (2, 40),
        "n_components": 4, "n_draws": 4, "n_gaussian_draws": 10, "total_dimension": 36,
        "n_spectra": 10,
    },
    "correspondence": {"n_draws": 4, "growth": (1, 2, 4)},
}  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_the_dataset_is_the_table(name):
    kind = find(name)
    experiment = kind(**SMALL[name])
    data = experiment.run(rng=1)
    declared = kind.variables.declared()
    assert set(data.variables) == set(declared)
    for variable, entry in declared.items():
        found = data.variables[variable]
        assert found.dims == entry.dims, variable
        assert found.attrs["long_name"] == entry.long_name, variable
        assert found.attrs.get("kind", "coordinate") == entry.kind, variable
        assert (variable in data.coords) == (entry.kind == "coordinate"), variable
    assert kind.of(data) == experiment
