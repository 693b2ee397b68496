"""State vectors at the public doors: what is refused, whether it is looked at before or after."""

import numpy as np
import pytest

from typicality import quantum
from typicality.quantum._states.kets import kets


def test_kets_must_be_normalized_and_fit_their_dimensions() -> None:
    psi = np.array([0.6, 0.8j])
    np.testing.assert_array_equal(kets(psi, (2,)), psi)
    assert kets(psi.astype(np.complex64)).dtype == np.complex64
    with pytest.raises(ValueError, match="norm differs from 1 by 1"):
        kets(2 * psi)
    with pytest.raises(ValueError, match=r"2 amplitudes, but dims=\(2, 2\) multiply to 4"):
        kets(psi, (2, 2))
    with pytest.raises(ValueError, match="at least one amplitude"):
        kets(np.empty((3, 0)))
    assert kets(np.empty((0, 2)), (2,)).shape == (0, 2)


@pytest.mark.parametrize("function", [quantum.reduced_density_matrix, quantum.schmidt_spectrum])
@pytest.mark.parametrize("second", [0, 2**34], ids=["before", "after"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_norms_are_looked_at_whenever_it_costs_less(function, second, dtype, monkeypatch) -> None:
    monkeypatch.setattr("typicality.quantum._states.partial_trace._SECOND", second)
    field = "complex" if np.issubdtype(dtype, np.complexfloating) else "real"
    psi = quantum.haar_states(12, 5, rng=1, field=field, dtype=dtype)
    for keep in (0, 1, [1, 0], []):
        assert np.isfinite(function(psi, [3, 4], keep)).all()
        assert function(psi[:0], [3, 4], keep).shape[0] == 0
    worst = np.finfo(dtype).eps * 1000
    for wrong in (0.0, 2.0, 1 + worst, 1 - worst):
        psi[3] *= wrong
        with pytest.raises(ValueError, match="psi must be normalized; a norm differs from 1 by"):
            function(psi, [3, 4], 0)
        psi = quantum.haar_states(12, 5, rng=1, field=field, dtype=dtype)
    for wrong in (np.nan, np.inf):
        psi[3, 7] = wrong
        with pytest.raises(ValueError, match="psi must be finite"):
            function(psi, [3, 4], 0)


@pytest.mark.parametrize("keep", [[], [0], list(range(5)), list(range(20))])
def test_large_single_precision_states_count_as_normalized(keep) -> None:
    for field in ("real", "complex"):
        dtype = np.float32 if field == "real" else np.complex64
        psi = quantum.haar_states(2**20, rng=2, field=field, dtype=dtype)
        uniform = np.full(2**20, 2.0**-10, dtype)
        for state in (psi, uniform):
            # The matrix of what is kept of all twenty would not fit.
            spectrum = quantum.schmidt_spectrum(state, [2] * 20, keep)
            assert abs(spectrum.sum(dtype=float) - 1) < 1e-4
            if len(keep) < 20:
                rho = quantum.reduced_density_matrix(state, [2] * 20, keep)
                assert abs(np.trace(rho) - 1) < 1e-4
