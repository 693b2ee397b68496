"""What kernels take beside their results, against the peak of a process that runs them."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import typicality as ty
from typicality import _core, _memory
from typicality.quantum import (
    haar_power_traces,
    haar_reduced_states,
    haar_schmidt_spectra,
    haar_states,
    haar_unitaries,
    partial_trace,
    reduced_density_matrix,
    schmidt_spectrum,
)
from typicality.spectra import (
    gaussian_matrices,
    tridiagonal_eigenvalues,
    wishart_eigenvalues,
    wishart_matrices,
)

MEASURE = """
import re, sys
from pathlib import Path
import numpy as np
import typicality as ty
from typicality import quantum, spectra
from typicality._core import hermitian_eigenvalues as spectra_of
ty.quantum.haar_states(4, rng=1)
def now(key):
    return int(re.search(key + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
with ty.threads(2):
    {prepare}
    before = now("VmRSS")
    result = {call}
    print(now("VmHWM") - before - result.nbytes)
"""
MIB = 2**20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    ("prepare", "call", "counted"),
    [
        (
            "",
            "quantum.haar_reduced_states(1500, 2**100, rng=1, dtype='c8')",
            lambda: _core.wishart_matrices_workspace(1, 1500, 2**100, 2, True),
        ),
        (
            "",
            # So many that a thread that wakes up late still takes part.
            "quantum.haar_reduced_states(900, 2**100, 12, rng=1)",
            lambda: _core.wishart_matrices_workspace(12, 900, 2**100, 2, False),
        ),
        (
            "",
            "quantum.haar_unitaries(1200, rng=1, dtype='c8')",
            lambda: _core.haar_isometries_workspace(1, 1200, 1200, 2, True),
        ),
        (
            "",
            "quantum.gue_eigenstates(2**21, 1, rng=1)",
            lambda: _core.haar_isometries_workspace(1, 2**21, 1, 2, False),
        ),
        (
            "",
            "quantum.gue_eigenstates(2**17, 40, rng=1)",
            lambda: _core.haar_isometries_workspace(1, 2**17, 40, 2, False),
        ),
        (
            "",
            "spectra.gaussian_matrices(2000, rng=1, dtype='f4', field='real')",
            lambda: _core.gaussian_matrices_workspace(1, 2000, 1, True),
        ),
        (
            "n = 300_000; d = np.arange(float(n)); e = np.zeros(n - 1)",
            "spectra.tridiagonal_eigenvalues(d, e)",
            lambda: _core.tridiagonal_eigenvalues_workspace(1, 300_000),
        ),
        (
            "psi = quantum.haar_states(2**20, rng=1)",
            "quantum.schmidt_spectrum(psi, [2] * 20, list(range(10)))",
            lambda: _core.schmidt_spectrum_workspace(
                1, [2] * 20, list(range(10)), np.dtype(complex)
            ),
        ),
        (
            "psi = np.eye(1, 2**21)[0]",
            "quantum.schmidt_spectrum(psi, [2] * 21, list(range(9)))",
            lambda: _core.schmidt_spectrum_workspace(1, [2] * 21, list(range(9)), np.dtype(float)),
        ),
        (
            "psi = quantum.haar_states(2**14, 96, rng=1)",
            "quantum.schmidt_spectrum(psi, [2] * 14, list(range(7)))",
            lambda: _core.schmidt_spectrum_workspace(
                96, [2] * 14, list(range(7)), np.dtype(complex)
            ),
        ),
        (
            # One more matrix a thread, since the kept subsystems change their order.
            "psi = quantum.haar_states(2**22, rng=1)",
            "quantum.reduced_density_matrix(psi, [2] * 22, list(range(11))[::-1])",
            lambda: _core.reduced_density_matrix_workspace(
                1, [2] * 22, list(range(11))[::-1], np.dtype(complex), False
            ),
        ),
        (
            "matrix = np.tile(np.eye(1200, dtype='c8'), (2, 1, 1))",
            "spectra_of(matrix)",
            lambda: _core.hermitian_eigenvalues_workspace(2, 1200, np.dtype(np.complex64)),
        ),
        (
            "rho = np.eye(2000, dtype=complex) / 2000",
            "quantum.partial_trace(rho, [2, 1000], 0)",
            lambda: 0,
        ),
        (
            "x = np.linspace(0.0, 1.0, 2_000_000)",
            "quantum.haar_expectations(x, size=1, rng=1)",
            lambda: 3 * 8 * 2_000_000,
        ),
    ],
)
def test_peaks_are_what_is_counted(prepare, call, counted, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    program = MEASURE.format(prepare=prepare, call=call)
    peak = int(subprocess.check_output([sys.executable, "-c", program], text=True))
    with ty.threads(2):
        expected = counted()
    # Panels and pages that were free already come and go.
    assert 0.8 * expected - 8 * MIB < peak < 1.1 * expected + 16 * MIB


@pytest.mark.parametrize(
    ("call", "n_bytes"),
    [
        (lambda: haar_reduced_states(2500, 2**100, dtype="c8"), 100 * MIB),
        (lambda: haar_unitaries(1500, dtype="c8"), 40 * MIB),
        (lambda: wishart_matrices(2000, 3000), 90 * MIB),
        (lambda: gaussian_matrices(3000, field="real", dtype="f4"), 60 * MIB),
        (lambda: tridiagonal_eigenvalues(np.zeros(500_000), np.zeros(499_999)), 30 * MIB),
        (lambda: wishart_eigenvalues(500_000, 2**70), 30 * MIB),
        (lambda: haar_schmidt_spectra(500_000, 2**70), 30 * MIB),
        (lambda: schmidt_spectrum(np.eye(1, 2**22)[0], [2048, 2048], 0), 30 * MIB),
    ],
)
def test_what_would_not_fit_on_the_way_is_refused(call, n_bytes, monkeypatch):
    # So much is free that the result would fit.
    monkeypatch.setattr(_memory, "available_memory", lambda: n_bytes)
    with pytest.raises(MemoryError, match=r"would take .* are available"):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tridiagonal_eigenvalues([1.5e308] * 2, [1.5e308]), "beyond the largest number"),
        (
            lambda: tridiagonal_eigenvalues(np.float32([3e38, 3e38]), np.float32([3e38])),
            "beyond the largest number",
        ),
        (lambda: wishart_matrices(2, 2**127, dtype="c8"), "n must be at most 2\\*\\*126"),
        (lambda: wishart_eigenvalues(2, 2**200, dtype="f4"), "n must be at most 2\\*\\*126"),
        (lambda: haar_schmidt_spectra(2**21, 2**24), "haar_power_traces"),
        (lambda: wishart_eigenvalues(2**21, 2**24), r"min\(m, n\) must be at most"),
        (
            lambda: tridiagonal_eigenvalues(np.zeros(2**20 + 1), np.zeros(2**20)),
            "eigvalsh_tridiagonal",
        ),
    ],
)
def test_what_has_no_finite_answer_or_takes_days_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_largest_numbers_that_are_allowed():
    single = wishart_matrices(2, 2**126, rng=1, dtype="c8")
    np.testing.assert_allclose(np.diagonal(single).real, 2.0**126, rtol=1e-6)
    values = wishart_eigenvalues(2, 2**126, rng=1, dtype="f4")
    np.testing.assert_allclose(values, 2.0**126, rtol=1e-6)
    values = tridiagonal_eigenvalues([7e307] * 2, [7e307])
    np.testing.assert_allclose(values, [0, 1.4e308], atol=1e293)


@pytest.mark.parametrize(
    "call",
    [
        lambda: haar_states(2**62, size=0),
        lambda: haar_states(3, size=(0, 2**62)),
        lambda: haar_power_traces(3, 4, 1, size=(0, 2**62)),
        lambda: haar_power_traces(3, 4, 2, size=(0, 2**61)),
        lambda: haar_states(3, size=(2**40, 2**40)),
    ],
)
def test_axes_that_no_array_has_are_refused(call):
    with pytest.raises(
        MemoryError,
        match=r"The (states|traces) would (take .* are available|be empty, .* no array can)",
    ):
        call()
    assert haar_states(2**40, size=0).shape == (0, 2**40)


def test_empty_batches_take_nothing_on_the_way():
    kind = np.dtype(complex)
    assert _core.reduced_density_matrix_workspace(0, [2**28, 2**28], [0], kind, False) == 0
    assert _core.haar_isometries_workspace(0, 2**28, 2**20, 2, False) == 0
    assert _core.hermitian_eigenvalues_workspace(0, 2**28, kind) == 0
    nothing = schmidt_spectrum(np.zeros((0, 2**40)), [2**20, 2**20], 0)
    assert nothing.shape == (0, 2**20)
    nothing = reduced_density_matrix(np.zeros((0, 2**56)), [2**28, 2**28], 0)
    assert nothing.shape == (0, 2**28, 2**28)
    nothing = partial_trace(np.zeros((0, 2**29, 2**29)), [2**29], 0)
    assert nothing.shape == (0, 2**29, 2**29)


@pytest.mark.parametrize("size", [2**48 + 1, 2**64, 2**300])
def test_sizes_that_no_memory_has_are_counted_without_overflow(size):
    kind = np.dtype(np.complex64)
    counts = [
        _core.tridiagonal_eigenvalues_workspace(1, size),
        _core.wishart_eigenvalues_workspace(1, size),
        _core.wishart_matrices_workspace(1, size, size, 2, True),
        _core.gaussian_matrices_workspace(1, size, 2, True),
        _core.haar_isometries_workspace(1, size, size, 2, True),
        _core.hermitian_eigenvalues_workspace(1, size, kind),
        _core.hermitian_eigenvalues_workspace(size, size, kind),
    ]
    assert all(count >= 2**48 for count in counts)


def test_sizes_and_types_that_are_none_are_refused():
    with pytest.raises(OverflowError):
        _core.hermitian_eigenvalues_workspace(1, -1, np.dtype(float))
    with pytest.raises(OverflowError):
        _core.hermitian_eigenvalues_workspace(1, -(2**70), np.dtype(float))
    with pytest.raises(TypeError, match="dtype must be float32"):
        _core.hermitian_eigenvalues_workspace(1, 2, np.dtype(int))
    fraction: Any = 2.5
    with pytest.raises(TypeError):
        _core.tridiagonal_eigenvalues_workspace(1, fraction)
