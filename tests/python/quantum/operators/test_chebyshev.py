"""Chebyshev polynomials of operators against functions of their eigenvalues."""

import numpy as np
import pytest
from scipy import sparse, special
from scipy.sparse.linalg import aslinearoperator

from typicality.errors import ConvergenceError
from typicality.quantum import ising_chain
from typicality.quantum._operators import chebyshev
from typicality.quantum._operators.chebyshev import (
    Interval,
    apply_polynomial,
    chebyshev_coefficients,
    mean_and_square,
    ritz_values,
    spectral_interval,
)

GENERATOR = np.random.default_rng(4)
SPIN_CHAIN = ising_chain(7, transverse=-1.05, longitudinal=0.5)
_MATRIX = GENERATOR.standard_normal((40, 40)) + 1j * GENERATOR.standard_normal((40, 40))
OPERATORS = {
    "sparse": SPIN_CHAIN,
    "dense": SPIN_CHAIN.toarray(),
    "linear": aslinearoperator(SPIN_CHAIN),
    "complex": _MATRIX + _MATRIX.conj().T,
    "complex sparse": sparse.csr_array(_MATRIX + _MATRIX.conj().T),
    "number": np.array([[3.0]]),
    "multiple of the identity": 5.0 * np.eye(4),
    "zero": np.zeros((3, 3)),
}


def dense(operator):
    return operator @ np.eye(operator.shape[0])


@pytest.mark.parametrize("name", OPERATORS)
def test_the_interval_holds_the_spectrum(name):
    operator = OPERATORS[name]
    energies = np.linalg.eigvalsh(dense(operator))
    center, half = spectral_interval(operator)
    assert center - half <= energies[0]
    assert center + half >= energies[-1]
    assert half <= 0.56 * (energies[-1] - energies[0]) + 1e-5 * abs(center) + 1e-100
    ritz = ritz_values(operator)
    assert ritz.weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("name", OPERATORS)
def test_functions_of_operators(name):
    operator = OPERATORS[name]
    energies, vectors = np.linalg.eigh(dense(operator))
    interval = spectral_interval(operator)
    scale = max(interval.half, 1.0)
    block = GENERATOR.standard_normal((len(energies), 3)) + 1j
    for function in (
        lambda e: np.exp(-(((e - energies[0]) / scale) ** 2)),
        lambda e: np.exp(-5j * (e - interval.center) / scale),
        lambda e: np.full_like(e, 2.0),
    ):
        coefficients = chebyshev_coefficients(function, interval, scale / 5, 1e-13)
        expected = (vectors * function(energies)) @ (vectors.conj().T @ block)
        result = apply_polynomial(operator, interval, coefficients, block)
        np.testing.assert_allclose(result, expected, atol=1e-11)


def test_coefficients_are_bessel_functions():
    # exp(-i t x) = sum_k (2 - delta_k0) (-i)^k J_k(t) T_k(x).
    coefficients = chebyshev_coefficients(
        lambda x: np.exp(-30j * x), Interval(0.0, 1.0), 1 / 30, 1e-13
    )
    k = np.arange(coefficients.size)
    expected = np.where(k == 0, 1, 2) * (-1j) ** k * special.jv(k, 30.0)
    np.testing.assert_allclose(coefficients, expected, atol=1e-14)
    assert 40 < coefficients.size < 80


def test_steps_on_many_slabs_and_threads_are_those_on_one(monkeypatch):
    interval = spectral_interval(SPIN_CHAIN)
    coefficients = chebyshev_coefficients(lambda e: np.exp(-(e**2)), interval, 1.0, 1e-13)
    block = GENERATOR.standard_normal((128, 4)) + 1j * GENERATOR.standard_normal((128, 4))
    whole = apply_polynomial(SPIN_CHAIN, interval, coefficients, block)
    monkeypatch.setattr(chebyshev, "_PARALLEL_FROM", 0)
    monkeypatch.setattr(chebyshev, "_SLAB_BYTES", 640)
    parts = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(chebyshev._core, "get_threads", lambda n=threads: n)
        parts.append(apply_polynomial(SPIN_CHAIN, interval, coefficients, block))
    assert np.array_equal(parts[0], parts[1])
    assert np.array_equal(parts[0], parts[2])
    np.testing.assert_allclose(parts[0], whole, atol=1e-13)


def test_levels_outside_the_interval_are_noticed():
    coefficients = chebyshev_coefficients(
        lambda e: np.exp(-100 * e**2), Interval(0.0, 1.0), 0.1, 1e-13
    )
    with pytest.raises(ConvergenceError, match="outside the interval"):
        apply_polynomial(np.diag([0.0, 1.2]), Interval(0.0, 1.0), coefficients, np.ones((2, 1)))


def test_single_precision_stays():
    interval = spectral_interval(SPIN_CHAIN)
    coefficients = chebyshev_coefficients(lambda e: np.exp(-(e**2)), interval, 1.0, 1e-7)
    block = np.ones((128, 2), dtype=np.complex64)
    operator = SPIN_CHAIN.astype(np.float32)
    result = apply_polynomial(operator, interval, coefficients, block)
    assert result.dtype == np.complex64
    exact = apply_polynomial(SPIN_CHAIN, interval, coefficients, block.astype(complex))
    np.testing.assert_allclose(result, exact, atol=3e-5)


@pytest.mark.parametrize("phase", [2e3, 1.4e5, 1e6])
def test_phases_up_to_the_limit(phase):
    coefficients = chebyshev_coefficients(
        lambda x: np.exp(-1j * phase * x), Interval(0.0, 1.0), 1 / phase, 1e-13 * phase
    )
    assert phase < coefficients.size < 1.1 * phase
    # At x = 1 every polynomial is 1, at x = 0 the even ones alternate.
    slack = 1e-13 * phase
    assert coefficients.sum() == pytest.approx(np.exp(-1j * phase), abs=slack)
    assert coefficients[::4].sum() - coefficients[2::4].sum() == pytest.approx(1, abs=slack)


@pytest.mark.parametrize(("center", "energy"), [(0.0, 0.3), (-30.0, -29.5)])
def test_windows_down_to_the_limit(center, energy):
    # Rounding of the energies beside their distance to a narrow window is all that is lost.
    width = 1 / 1.9e5
    rounding = 2e-15 * (abs(center) + 1) / width
    coefficients = chebyshev_coefficients(
        lambda e: np.exp(-(((e - energy) / (2 * width)) ** 2)),
        Interval(center, 1.0),
        width,
        max(1e-12, rounding),
    )
    assert 5e5 < coefficients.size <= 2**20
    points = np.array([energy, energy + width, energy - 3 * width, center - 0.5])
    values = np.polynomial.chebyshev.chebval(points - center, coefficients)
    exact = np.exp(-(((points - energy) / (2 * width)) ** 2))
    np.testing.assert_allclose(values, exact, atol=max(1e-9, 4 * rounding))


def test_sharp_functions_are_refused():
    with pytest.raises(ValueError, match=r"degree beyond 1048576 would be needed"):
        chebyshev_coefficients(lambda e: np.sign(e - 0.1), Interval(0.0, 1.0), 1.0, 1e-12)
    with pytest.raises(ValueError, match=r"degree beyond 1048576 would be needed"):
        chebyshev_coefficients(lambda e: np.exp(-((1e9 * e) ** 2)), Interval(0.0, 1.0), 1e-9, 1e-12)


def test_moments():
    states = np.linalg.qr(GENERATOR.standard_normal((128, 3)))[0]
    mean, square = mean_and_square(SPIN_CHAIN, states, 2.0)
    shifted = SPIN_CHAIN.toarray() - 2.0 * np.eye(128)
    np.testing.assert_allclose(mean, np.diag(states.T @ shifted @ states), atol=1e-12)
    np.testing.assert_allclose(square, np.diag(states.T @ shifted @ shifted @ states), rtol=1e-12)
