"""Entropies of matrices, spectra and kets against multiprecision."""

import math

import mpmath as mp
import numpy as np
import pytest

from oracles.quantum import renyi
from typicality.quantum import (
    density_spectrum,
    entanglement_capacity,
    entanglement_entropy,
    haar_reduced_states,
    haar_states,
    haar_unitaries,
    hartley_entropy,
    linear_entropy,
    min_entropy,
    purity,
    reduced_density_matrix,
    renyi_entropy,
    spectrum_capacity,
    spectrum_entropy,
    von_neumann_entropy,
)

ORDERS = [
    0.0,
    1e-3,
    0.3,
    0.5,
    0.999,
    1 - 1e-9,
    1.0,
    1 + 1e-12,
    1.01,
    1.5,
    2.0,
    3,
    40.5,
    1e4,
    np.inf,
]
SPECTRA = {
    "pure": [1.0],
    "with zeros": [0.5, 0.25, 0.0, 0.25],
    "uniform": [0.2] * 5,
    "steep": [0.9, 0.09, 0.009, 0.0009, 0.0001],
    "tiny": [1 - 1e-12, 1e-12 - 1e-200, 1e-200],
}


@pytest.mark.parametrize("name", SPECTRA)
def test_spectrum_entropy(name):
    p = SPECTRA[name]
    entropies = spectrum_entropy(p, ORDERS)
    with mp.workdps(250):
        for value, alpha in zip(entropies, ORDERS, strict=True):
            # Sums of probabilities are 1 to rounding only; the twin divides by them.
            exact = mp.log(sum(x > 0 for x in p)) if alpha == 0 else renyi(p, alpha)
            assert value == pytest.approx(float(exact), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    "small",
    [[1e-300], [1e-20], [1e-17] * 5, [1e-300, 1e-16], [1e-8, 3e-9], [1e-3] * 300, [0.3, 0.19]],
    ids=lambda small: f"{len(small)} of {small[0]:g}",
)
def test_nearly_pure_spectra_keep_the_digits_of_their_small_probabilities(small):
    orders = [1e-3, 0.1, 0.5, 0.7, 1 - 1e-9, 1 - 2**-53, 1.0, 1 + 2**-52, 1.2, 1.499, 1.5]
    orders += [2.0, 2.5, 40.5, 1e4, math.inf]
    # Of the largest only the sum of the others is known better than to rounding.
    found = spectrum_entropy([1 - math.fsum(small), *small], orders)
    with mp.workdps(700):
        exact = [float(renyi([1 - mp.fsum(small), *small], alpha)) for alpha in orders]
    np.testing.assert_allclose(found, exact, rtol=3e-14)


@pytest.mark.parametrize("t", [1e-5, 1e-10, 3e-15])
def test_entropies_of_nearly_product_kets(t):
    orders = [0.1, 0.5, 1.0, 1.001, 2.0, math.inf]
    with mp.workdps(80):
        small = mp.mpf(t) ** 2
        exact = [float(renyi([1 - small, small], alpha)) for alpha in orders]
        lacking = float(2 * small * (1 - small))
    psi = np.array([math.sqrt(1 - t * t), 0, 0, t])
    np.testing.assert_allclose(entanglement_entropy(psi, [2, 2], 0, orders), exact, rtol=1e-13)
    assert entanglement_entropy(psi.astype(np.complex64), [2, 2], 0, 2.0) == pytest.approx(
        exact[4], rel=1e-5
    )
    rho = reduced_density_matrix(psi, [2, 2], 0)
    assert linear_entropy(rho) == pytest.approx(lacking, rel=1e-13)


def test_linear_entropy_is_never_negative():
    pure = haar_states(16, 40, rng=6)
    projectors = np.einsum("bi,bj->bij", pure, pure.conj())
    assert (linear_entropy(projectors) >= 0).all()
    np.testing.assert_allclose(linear_entropy(projectors), 0, atol=1e-15)
    assert linear_entropy(projectors.astype(np.complex64)).dtype == np.float32


def test_units_axes_and_shapes():
    p = np.array([[0.5, 0.25, 0.25], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(spectrum_entropy(p, base=2), [1.5, 0.0])
    np.testing.assert_allclose(spectrum_entropy(p.T, base=2, axis=0), [1.5, 0.0])
    assert spectrum_entropy(p, [0, 1]).shape == (2, 2)
    assert spectrum_entropy(p, [[0, 1, 2]]).shape == (2, 1, 3)
    assert spectrum_entropy(p, []).shape == (2, 0)
    assert spectrum_entropy(p[:0]).shape == (0,)
    assert spectrum_entropy(np.float32(p)).dtype == np.float32
    assert spectrum_entropy([1]) == 0.0
    assert spectrum_entropy([0.5, 0.5 + 1e-17, -1e-17]) == pytest.approx(math.log(2))
    np.testing.assert_allclose(spectrum_capacity(p, base=2), [0.25, 0.0])
    np.testing.assert_allclose(spectrum_capacity(p.T, axis=0), [0.25 * math.log(2) ** 2, 0.0])


def test_orders_near_the_largest_float():
    flat = np.full(10**6, 1e-6)
    orders = [0, 1e-300, 0.5, 1, 2, 1e300, 1e308, 1.7e308, math.inf]
    np.testing.assert_allclose(spectrum_entropy(flat, orders), math.log(1e6), rtol=1e-14)
    found = spectrum_entropy([0.75, 0.25], [1e300, 1.7e308])
    np.testing.assert_allclose(found, -math.log(0.75), rtol=1e-15)


def test_rounding_does_not_carry_entropies_out_of_their_range():
    orders = np.array([0, 0.3, 0.9, 1, 1.1, 2, 30, math.inf])
    for excess in (0.0, 1e-15, -1e-15):
        pure = spectrum_entropy([1 + excess, 0.0], orders)
        assert (pure >= 0).all()
        assert not np.signbit(pure).any()
    flat = spectrum_entropy(np.full(49, 1 / 49), orders)
    assert (flat <= math.log(49)).all()
    assert not np.signbit(min_entropy(np.diag([1.0, 0.0])))


def test_monotone_in_the_order():
    p = np.random.default_rng(1).dirichlet(np.ones(30), size=20)
    entropies = spectrum_entropy(p, np.concatenate([np.linspace(0, 5, 101), [50, np.inf]]))
    assert (np.diff(entropies, axis=-1) <= 1e-14).all()


@pytest.mark.parametrize("d", [1, 2, 7])
def test_matrices_and_spectra_agree(d):
    unitary = haar_unitaries(d, rng=d)
    p = np.sort(np.random.default_rng(d).dirichlet(np.ones(d), size=3))[:, ::-1]
    rho = np.einsum("ij,bj,kj->bik", unitary, p, unitary.conj())
    np.testing.assert_allclose(density_spectrum(rho), p, atol=1e-14)
    orders = [0, 0.5, 1, 2, 3.5, np.inf]
    np.testing.assert_allclose(renyi_entropy(rho, orders), spectrum_entropy(p, orders), atol=1e-12)
    np.testing.assert_allclose(von_neumann_entropy(rho), spectrum_entropy(p, 1), atol=1e-13)
    np.testing.assert_allclose(min_entropy(rho), -np.log(p[:, 0]), atol=1e-13)
    np.testing.assert_allclose(hartley_entropy(rho), math.log(d), atol=1e-15)
    np.testing.assert_allclose(purity(rho), (p**2).sum(-1), rtol=1e-13)
    np.testing.assert_allclose(linear_entropy(rho), 1 - (p**2).sum(-1), atol=1e-14)
    np.testing.assert_allclose(entanglement_capacity(rho), spectrum_capacity(p), atol=1e-12)
    np.testing.assert_allclose(renyi_entropy(rho, 2), -np.log(purity(rho)), atol=1e-13)


def test_rounding_is_not_rank():
    # rho of d_a > d_b: d_a - d_b eigenvalues are zero and come back as rounding.
    rho = haar_reduced_states(8, 3, 20, rng=5)
    np.testing.assert_array_equal(hartley_entropy(rho), np.full(20, math.log(3)))
    small = renyi_entropy(rho, 0.01)
    assert (small <= math.log(3)).all()
    single = hartley_entropy(rho.astype(np.complex64))
    np.testing.assert_allclose(single, math.log(3), rtol=1e-6)
    pure = haar_states(16, 4, rng=6)
    projectors = np.einsum("bi,bj->bij", pure, pure.conj())
    np.testing.assert_allclose(renyi_entropy(projectors, [0, 0.1, 1, 2]), 0, atol=1e-13)


@pytest.mark.parametrize(("dims", "keep"), [((4, 4), [0]), ((2, 3, 5), [2, 0]), ((2, 8), 1)])
def test_entropy_of_kets(dims, keep):
    psi = haar_states(math.prod(dims), 6, rng=7)
    rho = reduced_density_matrix(psi, dims, keep)
    orders = [0, 0.5, 1, 2, np.inf]
    entropies = entanglement_entropy(psi, dims, keep, orders)
    assert entropies.shape == (6, 5)
    np.testing.assert_allclose(entropies, renyi_entropy(rho, orders), atol=1e-11)
    rest = [i for i in range(len(dims)) if i not in np.atleast_1d(keep)]
    np.testing.assert_allclose(entropies, entanglement_entropy(psi, dims, rest, orders), atol=1e-11)


def test_product_kets_have_no_entropy():
    psi = np.kron(haar_states(4, rng=1), haar_states(4, rng=2))
    np.testing.assert_allclose(
        entanglement_entropy(psi, [4, 4], [0], [0, 0.5, 1, 2]), 0, atol=1e-13
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: spectrum_entropy([0.5, 0.6]), "p must sum to 1"),
        (lambda: spectrum_entropy([1.5, -0.5]), "p must not be negative"),
        (lambda: spectrum_entropy([]), "p must have at least one"),
        (lambda: spectrum_entropy(1.0), "p must have at least 1 axes"),
        (lambda: spectrum_entropy([1.0], -1), "alpha must be at least 0"),
        (lambda: spectrum_entropy([1.0], np.nan), "alpha must be at least 0"),
        (lambda: spectrum_entropy([1.0], "1"), "alpha must hold real numbers"),
        (lambda: renyi_entropy(np.eye(2) / 2, [1, [2]]), "alpha must be an array of real numbers"),
        (lambda: spectrum_entropy([1.0], None), "alpha must hold real numbers"),
        (lambda: spectrum_entropy([1.0], base=1), "base must be"),
        (lambda: spectrum_entropy([1.0], base=-2), "base must be"),
        (lambda: spectrum_entropy([1.0], axis=1), "axis must be"),
        (lambda: spectrum_entropy([1.0], axis=0.5), "axis must be"),
        (lambda: spectrum_entropy([0.5j, 0.5]), "p must be real"),
        (lambda: spectrum_capacity([0.3, 0.3]), "p must sum to 1"),
        (lambda: renyi_entropy(np.eye(2), 1), "rho must have unit trace"),
        (lambda: renyi_entropy(np.array([[0.5, 0.9], [0.9, 0.5]]), 1), "rho must be positive"),
        (lambda: renyi_entropy(np.array([[0.5, 0.1], [0.2, 0.5]]), 1), "rho must be Hermitian"),
        (lambda: purity(np.zeros((0, 0))), "rho must hold square"),
        (lambda: purity(np.ones((2, 3))), "rho must hold square"),
        (lambda: entanglement_entropy([1, 1], [2], [0]), "psi must be normalized"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
