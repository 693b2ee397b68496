"""Results written into the caller's arrays: the same bits, no copy, and nothing else is touched."""

import numpy as np
import pytest

from typicality import quantum, spectra

DRAWS = {
    "haar_states": (quantum.haar_states, (6,)),
    "haar_unitaries": (quantum.haar_unitaries, (5,)),
    "haar_reduced_states": (quantum.haar_reduced_states, (3, 4)),
    "haar_schmidt_spectra": (quantum.haar_schmidt_spectra, (3, 4)),
    "haar_power_traces": (quantum.haar_power_traces, (3, 4, 2)),
    "haar_expectations": (quantum.haar_expectations, ([0.0, 1.0, 4.0],)),
    "gue_eigenstates": (quantum.gue_eigenstates, (6, 2)),
    "wishart_matrices": (spectra.wishart_matrices, (3, 7)),
    "wishart_eigenvalues": (spectra.wishart_eigenvalues, (3, 7)),
    "gaussian_matrices": (spectra.gaussian_matrices, (4,)),
}
PSI = quantum.haar_states(2**4, (3, 2), rng=5)


def reductions(psi):
    rho = psi[..., :, None] * psi[..., None, :].conj()
    dims = [2] * 4
    return {
        "reduced_density_matrix": lambda **out: quantum.reduced_density_matrix(
            psi, dims, [2, 0], **out
        ),
        "partial_trace": lambda **out: quantum.partial_trace(rho, dims, [2, 0], **out),
        "schmidt_spectrum": lambda **out: quantum.schmidt_spectrum(psi, dims, [2, 0], **out),
    }


@pytest.mark.parametrize("size", [None, (), 0, 7, (2, 3)])
@pytest.mark.parametrize("name", DRAWS)
def test_draws_fill_what_they_are_given(name, size):
    function, arguments = DRAWS[name]
    fresh = np.asarray(function(*arguments, size=size, rng=3))
    out = np.full_like(fresh, np.nan)
    assert function(*arguments, size=size, rng=3, out=out) is out
    assert np.array_equal(out, fresh)


@pytest.mark.parametrize("name", ["haar_states", "haar_reduced_states", "haar_unitaries"])
@pytest.mark.parametrize(("field", "dtype"), [("complex", "c8"), ("real", "f8"), ("real", "f4")])
def test_draws_fill_arrays_of_every_kind(name, field, dtype):
    function, arguments = DRAWS[name]
    fresh = function(*arguments, size=4, rng=3, field=field, dtype=dtype)
    out = np.empty_like(fresh)
    assert function(*arguments, size=4, rng=3, field=field, dtype=dtype, out=out) is out
    assert np.array_equal(out, fresh)


@pytest.mark.parametrize("dtype", ["c16", "c8", "f8", "f4"])
@pytest.mark.parametrize("name", ["reduced_density_matrix", "partial_trace", "schmidt_spectrum"])
def test_reductions_fill_what_they_are_given(name, dtype):
    psi = PSI if dtype[0] == "c" else quantum.haar_states(2**4, (3, 2), field="real", rng=5)
    call = reductions(psi.astype(dtype))[name]
    fresh = call()
    out = np.full_like(fresh, np.nan)
    assert call(out=out) is out
    assert np.array_equal(out, fresh)


def test_a_part_of_an_array_and_a_file_are_filled(tmp_path):
    rows = np.zeros((5, 8), dtype=complex)
    quantum.haar_states(8, 2, rng=1, out=rows[1:3])
    assert np.array_equal(rows[1:3], quantum.haar_states(8, 2, rng=1))
    assert not rows[[0, 3, 4]].any()
    stored = np.memmap(tmp_path / "states", dtype=complex, mode="w+", shape=(2, 8))
    assert quantum.haar_states(8, 2, rng=1, out=stored) is stored
    assert np.array_equal(stored, rows[1:3])


def read_only(array):
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("out", "error", "words"),
    [
        ([[0j] * 8] * 2, TypeError, "numpy.ndarray"),
        (np.ma.zeros((2, 8), dtype=complex), TypeError, "numpy.ndarray"),
        (np.zeros((2, 8)), TypeError, "complex128"),
        (np.zeros((2, 8), dtype=np.complex64), TypeError, "complex128"),
        (np.zeros((2, 8), dtype=">c16"), TypeError, "complex128"),
        (np.zeros((8, 2), dtype=complex), ValueError, "shape"),
        (np.zeros(16, dtype=complex), ValueError, "shape"),
        (np.zeros((8, 2), dtype=complex).T, ValueError, "C-contiguous"),
        (np.zeros((2, 16), dtype=complex)[:, ::2], ValueError, "C-contiguous"),
        (read_only(np.zeros((2, 8), dtype=complex)), ValueError, "writeable"),
        (np.zeros(257, "u1")[1:].view(complex).reshape(2, 8), ValueError, "aligned"),
    ],
)
def test_what_cannot_be_filled_is_refused(out, error, words):
    with pytest.raises(error, match=words):
        quantum.haar_states(8, 2, rng=1, out=out)


def test_inputs_are_not_overwritten():
    psi = np.array(PSI[0, :1])
    before = psi.copy()
    with pytest.raises(ValueError, match="share memory"):
        quantum.reduced_density_matrix(psi, [4, 4], 0, out=psi.reshape(1, 4, 4))
    assert np.array_equal(psi, before)


def test_results_beyond_memory_fit_into_what_is_there(monkeypatch):
    out = np.empty((4, 2**19), dtype=complex)
    monkeypatch.setattr("typicality._memory.available_memory", lambda: 1 << 20)
    with pytest.raises(MemoryError):
        quantum.haar_states(2**19, 4, rng=1)
    assert quantum.haar_states(2**19, 4, rng=1, out=out) is out
