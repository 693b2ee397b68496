"""Small Schmidt coefficients of given kets, against mpmath and LAPACK, and whole decompositions."""

import functools
import math

import mpmath as mp
import numpy as np
import pytest

import typicality as ty
from typicality import errors
from typicality.quantum import (
    SchmidtDecomposition,
    entanglement_entropy,
    haar_states,
    ising_chain,
    schmidt_decomposition,
    schmidt_spectrum,
)

KINDS = [np.float64, np.complex128, np.float32, np.complex64]


def isometry(rng, rows, columns, kind):
    matrix = rng.normal(size=(rows, columns)) + 1j * rng.normal(size=(rows, columns))
    return np.linalg.qr(matrix if np.issubdtype(kind, np.complexfloating) else matrix.real)[0]


def planted(rng, d_a, d_b, s, kind):
    """A ket of D = d_a d_b with these coefficients, rounded to its kind."""
    s = np.asarray(s) / np.linalg.norm(s)
    left, right = (isometry(rng, d, s.size, kind) for d in (d_a, d_b))
    return ((left * s) @ right.T).ravel().astype(kind)


def jacobi(psi, d_a, d_b):
    """Coefficients by rotations of pairs of rows in extended precision, where NumPy has it.

    LAPACK's own errors reach 40 units of rounding where coefficients are nearly equal.
    """
    wide = np.clongdouble if np.iscomplexobj(psi) else np.longdouble
    rows = psi.astype(wide).reshape(d_a, d_b)
    rows = rows if d_a <= d_b else rows.T.copy()
    m = len(rows)
    # Rounds of a tournament: all pairs of one round at once.
    players = np.arange(m + m % 2)
    for _ in range(40):
        largest = 0.0
        for _ in range(len(players) - 1):
            half = len(players) // 2
            i, j = players[:half], players[half:][::-1]
            i, j = i[(i < m) & (j < m)], j[(i < m) & (j < m)]
            players = np.r_[players[:1], np.roll(players[1:], 1)]
            x, y = rows[i], rows[j]
            a, b = (np.abs(x) ** 2).sum(axis=1), (np.abs(y) ** 2).sum(axis=1)
            c = (x.conj() * y).sum(axis=1)
            size = np.abs(c)
            turn = size > 1e-19 * np.sqrt(a * b)
            safe = np.where(turn, size, 1)
            largest = max(largest, float((size / np.where(a * b > 0, np.sqrt(a * b), 1)).max()))
            zeta = (b - a) / (2 * safe)
            t = np.where(zeta < 0, -1, 1) / (np.abs(zeta) + np.sqrt(1 + zeta**2))
            t = np.where(turn, t, 0)[:, None]
            cosine = 1 / np.sqrt(1 + t**2)
            y = y * np.where(turn, c.conj() / safe, 1)[:, None]
            rows[i], rows[j] = cosine * (x - t * y), cosine * (t * x + y)
        if largest < 1e-17:
            break
    norms = np.sqrt((np.abs(rows) ** 2).sum(axis=1)).astype(float)
    return np.sort(norms)[::-1]


def svd(psi, d_a, d_b):
    """Coefficients of a ket of single precision by LAPACK in double."""
    double = psi.astype(np.result_type(psi.dtype, np.float64))
    return np.linalg.svd(double.reshape(d_a, d_b), compute_uv=False)


def in_units(found, exact, kind=np.float64):
    """Largest error of coefficients, in units of rounding of the largest."""
    error = np.abs(np.sqrt(found.astype(float)) - exact).max(axis=-1)
    return (error / exact.max(axis=-1) / np.finfo(kind).eps).max()


def test_ground_state_of_a_chain():
    psi = np.linalg.eigh(ising_chain(8, coupling=-1.0, transverse=-2.0).toarray())[1][:, 0]
    p = schmidt_spectrum(psi, [2] * 8, range(4))
    with mp.workdps(60):
        matrix = mp.matrix(psi.reshape(16, 16).tolist())
        exact = [float(s) for s in mp.svd_r(matrix, compute_uv=False)]
        entropy = float(mp.log(mp.fsum(mp.mpf(s) ** 0.2 for s in exact)) / 0.9)
    assert in_units(p, np.array(exact)) < 4
    # What LAPACK's eigenvector gives; digits of it that are rounding come and go.
    assert p[10] == pytest.approx(1.15e-19, rel=0.01)
    found = entanglement_entropy(psi, [2] * 8, range(4), 0.1)
    assert found == pytest.approx(1.0358, abs=2e-4)
    assert found == pytest.approx(entropy, abs=1e-4)


def test_diagonal_kets():
    for p in (1e-16, 1e-20, 1e-25):
        psi = np.array([math.sqrt(1 - p), 0, 0, math.sqrt(p)])
        exact = math.log((1 - p) ** 0.1 + p**0.1) / 0.9
        assert entanglement_entropy(psi, [2, 2], 0, 0.1) == pytest.approx(exact, rel=1e-12)
        assert schmidt_spectrum(psi, [2, 2], 1)[1] == pytest.approx(p, rel=1e-12)
        assert entanglement_entropy(psi, [2, 2], 0, 0) == pytest.approx(math.log(2))
    assert entanglement_entropy([math.sqrt(1 - 1e-16), 0, 0, 1e-8], [2, 2], 0, 0.1) == (
        pytest.approx(0.0276, abs=1e-4)
    )
    single = np.array([1, 0, 0, 1e-5], np.complex64)
    assert schmidt_spectrum(single, [2, 2], 0)[1] == pytest.approx(1e-10, rel=1e-6)
    assert entanglement_entropy(single, [2, 2], 0, 0.1) == pytest.approx(
        math.log(1 + 1e-10**0.1) / 0.9, rel=1e-5
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("d_a", "d_b"), [(2, 2), (3, 5), (8, 8), (12, 40), (16, 64), (70, 64), (4, 4096), (130, 132)]
)
def test_planted_coefficients(d_a, d_b, kind):
    rng = np.random.default_rng(d_a * d_b)
    m = min(d_a, d_b)
    for s in (
        np.geomspace(1.0, 1e-15, m),
        np.linspace(1.0, 1e-3, m),
        np.repeat([1.0, 1e-9], [m // 2, m - m // 2]),
        np.eye(1, m)[0],
        np.ones(m),
    ):
        psi = planted(rng, d_a, d_b, s, kind)
        spectra = [schmidt_spectrum(psi, [d_a, d_b], side) for side in (0, 1)]
        if kind in (np.float32, np.complex64):
            exact = svd(psi, d_a, d_b)
        elif m <= 16:
            exact = jacobi(psi, d_a, d_b)
        else:
            # The products that make up the ket have errors, too.
            exact = np.sort(s / np.linalg.norm(s))[::-1]
        for spectrum in spectra:
            assert in_units(spectrum, exact, kind) < (6 if m <= 16 else 16)
            assert (np.diff(spectrum) <= 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_cut_of_a_matrix_product_state(kind):
    # Bond dimension 3: every cut of neighbors has at most 3 coefficients, every other at most 27.
    rng = np.random.default_rng(7)
    n, bond = 9, 3
    psi = rng.normal(size=(1, bond))
    phase = 1j if np.issubdtype(kind, np.complexfloating) else 0
    for _ in range(n):
        tensor = rng.normal(size=(bond, 2, bond)) + phase * rng.normal(size=(bond, 2, bond))
        tensor[..., 1] *= 1e-4
        psi = np.tensordot(psi, tensor, axes=1)
    psi = psi[0].sum(axis=-1).ravel()
    psi = (psi / np.linalg.norm(psi)).astype(kind)
    cuts = [range(k) for k in range(1, n)] + [[0, 3, 8], [2, 5], [7, 1, 4, 6], [5]]
    for keep in cuts:
        kept = list(keep)
        rest = [i for i in range(n) if i not in kept]
        matrix = psi.reshape([2] * n).transpose(kept + rest).reshape(2 ** len(kept), -1)
        exact = (jacobi if kind in KINDS[:2] else svd)(matrix.ravel(), *matrix.shape)
        spectrum = schmidt_spectrum(psi, [2] * n, kept)
        assert in_units(spectrum, exact, kind) < 6
        if kind == np.float64 and kept == list(range(len(kept))):
            # The Hartley entropy sees the bond and not the rounding.
            rank = entanglement_entropy(psi, [2] * n, kept, 0)
            assert rank <= math.log(min(bond, 2 ** len(kept))) + 1e-12


def test_kets_of_known_rank():
    product = functools.reduce(np.kron, haar_states(2, 10, rng=5))
    ghz = np.zeros(2**10)
    ghz[[0, -1]] = math.sqrt(0.5)
    for keep in ([0], [3], range(5), range(0, 10, 2), range(8)):
        for alpha in (0, 0.05, 0.5, 1, 2, math.inf):
            assert entanglement_entropy(product, [2] * 10, keep, alpha) == pytest.approx(
                0, abs=1e-14
            )
            assert entanglement_entropy(ghz, [2] * 10, keep, alpha) == pytest.approx(math.log(2))
        single = product.astype(np.complex64)
        assert entanglement_entropy(single, [2] * 10, keep, 0) == 0


def test_many_kets_of_both_kinds_of_spectra():
    # Of the long matrices some are told by their product with their adjoint, the others are not.
    rng = np.random.default_rng(2)
    psi = np.array(
        [planted(rng, 4, 64, s, complex) for s in ([1, 0.9, 0.8, 0.7], [1, 1e-3, 1e-9, 1e-14]) * 20]
    )
    spectra = schmidt_spectrum(psi, [4, 64], 0)
    assert in_units(spectra, np.array([jacobi(ket, 4, 64) for ket in psi])) < 6
    for ket, spectrum in zip(psi, spectra, strict=True):
        np.testing.assert_array_equal(schmidt_spectrum(ket, [4, 64], 0), spectrum)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("keep", [[0], [1], [2, 0], [0, 1, 2], []])
def test_decompositions_multiply_to_their_kets(keep, kind):
    dims = (2, 3, 5)
    field = "complex" if np.issubdtype(kind, np.complexfloating) else "real"
    psi = haar_states(30, (2, 3), field=field, rng=1).astype(kind)
    found = schmidt_decomposition(psi, dims, keep)
    s, a, b = found.coefficients, found.vectors_a, found.vectors_b
    d_keep = math.prod(dims[i] for i in keep)
    m = min(d_keep, 30 // d_keep)
    assert (s.shape, a.shape, b.shape) == ((2, 3, m), (2, 3, m, d_keep), (2, 3, m, 30 // d_keep))
    assert (a.dtype, b.dtype, s.dtype) == (kind, kind, np.empty(0, kind).real.dtype)
    tolerance = 30 * np.finfo(kind).eps
    rest = [i for i in range(3) if i not in keep]
    matrices = psi.reshape(2, 3, *dims).transpose(0, 1, *(2 + np.array([*keep, *rest])))
    product = np.einsum("xyk,xyki,xykj->xyij", s, a, b)
    np.testing.assert_allclose(product, matrices.reshape(product.shape), atol=tolerance)
    for vectors in (a, b):
        overlaps = vectors.conj() @ vectors.swapaxes(-1, -2)
        np.testing.assert_allclose(
            overlaps, np.broadcast_to(np.eye(m), overlaps.shape), atol=tolerance
        )
    np.testing.assert_allclose(s**2, schmidt_spectrum(psi, dims, keep), atol=tolerance)
    assert (np.diff(s) <= 0).all()
    # The convention of the phases: turning a ket turns the second vectors alone.
    moduli = np.abs(a)
    first = (moduli >= 0.999 * moduli.max(axis=-1, keepdims=True)).argmax(axis=-1)
    entries = np.take_along_axis(a, first[..., None], axis=-1)
    assert (np.abs(np.imag(entries)) <= tolerance).all()
    assert (np.real(entries) > 0).all()
    turned = schmidt_decomposition(-psi, dims, keep)
    np.testing.assert_allclose(turned.vectors_a, a, atol=100 * tolerance)
    np.testing.assert_allclose(turned.vectors_b, -b, atol=100 * tolerance)


def test_decompositions_of_equal_moduli_keep_their_phases():
    # Rounding must not decide which of the equal entries is made positive.
    plus = np.array([1, 1j]) / math.sqrt(2)
    minus = np.array([1, -1j]) / math.sqrt(2)
    psi = 0.8 * np.kron(plus, [1, 0]) + 0.6 * np.kron(minus, [0, 1])
    noise = np.array([1, -1, 1j, -1]) * 1e-13
    for ket in (psi, psi + noise, psi - noise, 1j * psi):
        found = schmidt_decomposition(ket / np.linalg.norm(ket), [2, 2], 0)
        np.testing.assert_allclose(found.vectors_a, [plus, minus], atol=1e-11)


def test_decompositions_of_many_factors():
    psi = haar_states(12, rng=4)
    plain = schmidt_decomposition(psi, [3, 4], 1)
    padded = schmidt_decomposition(psi, [1] * 70 + [3] + [1] * 70 + [4], [2, 141, 0])
    np.testing.assert_array_equal(padded.vectors_b, plain.vectors_b)


def test_decomposition_of_nothing_and_of_one_factor():
    empty = schmidt_decomposition(np.zeros((0, 6)), [2, 3], 0)
    assert (empty.coefficients.shape, empty.vectors_b.shape) == ((0, 2), (0, 2, 3))
    whole = schmidt_decomposition([0.6, 0.8j], [2], 0)
    np.testing.assert_allclose(whole.coefficients, [1])
    np.testing.assert_allclose(whole.vectors_a, [[-0.6j, 0.8]], atol=1e-15)
    assert "(1, 2)" in repr(whole)
    assert isinstance(whole, SchmidtDecomposition)
    with pytest.raises(AttributeError):
        whole.coefficients = np.ones(1)


def test_decompositions_that_cannot_be(monkeypatch):
    with pytest.raises(ValueError, match="psi must be normalized"):
        schmidt_decomposition([1, 1, 0, 0], [2, 2], 0)
    with pytest.raises(ValueError, match="dims"):
        schmidt_decomposition([1, 0, 0, 0], [2, 3], 0)
    with pytest.raises(ValueError, match="keep must not name a subsystem twice"):
        schmidt_decomposition([1, 0, 0, 0], [2, 2], [0, 0])
    monkeypatch.setattr(ty._memory, "available_memory", lambda: 2**24)
    with pytest.raises(MemoryError, match="schmidt_spectrum"):
        schmidt_decomposition(np.eye(1, 2**20)[0], [2**10, 2**10], 0)

    def fails(*_, **__):
        raise np.linalg.LinAlgError("SVD did not converge")

    monkeypatch.setattr(np.linalg, "svd", fails)
    with pytest.raises(errors.ConvergenceError, match="schmidt_spectrum"):
        schmidt_decomposition([1, 0, 0, 0], [2, 2], 0)
