"""Real data as documented, spheres and teachers with the law and the seeds they promise."""

import builtins
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from typicality import networks
from typicality.networks import MLP, load_diabetes, load_digits, on_sphere, sphere_inputs, teacher


def test_digits_are_centered_with_one_common_scale():
    inputs, labels = load_digits()
    assert inputs.shape == (1797, 64)
    assert labels.dtype == np.int64
    assert set(labels.tolist()) == set(range(10))
    np.testing.assert_allclose(inputs.mean(axis=0), 0.0, atol=1e-12)
    assert np.mean(inputs**2) == pytest.approx(1.0, rel=1e-12)
    assert (inputs.std(axis=0) == 0).sum() == 3


def test_components_are_the_leading_ones_of_a_rotation():
    pixels, labels = load_digits()
    all_scores, _ = load_digits(n_components=61)
    scores, same_labels = load_digits(n_components=16)
    np.testing.assert_array_equal(labels, same_labels)
    singular = np.linalg.svd(pixels, compute_uv=False)
    np.testing.assert_allclose(
        np.linalg.norm(all_scores, axis=0) / np.linalg.norm(all_scores),
        singular[:61] / np.linalg.norm(singular),
        rtol=1e-9,
    )
    covariance = scores.T @ scores
    off_diagonal = covariance - np.diag(np.diag(covariance))
    assert np.abs(off_diagonal).max() < 1e-9 * covariance.max()
    assert np.mean(scores**2) == pytest.approx(1.0, rel=1e-12)
    scale = scores[:, 0] @ all_scores[:, 0] / (all_scores[:, 0] @ all_scores[:, 0])
    np.testing.assert_allclose(scores, scale * all_scores[:, :16], atol=1e-9)


def test_diabetes_is_standardized_column_by_column():
    inputs, targets = load_diabetes()
    np.testing.assert_allclose(inputs.std(axis=0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(inputs.mean(axis=0), 0.0, atol=1e-12)
    assert targets.mean() == pytest.approx(0.0, abs=1e-12)


def test_loaded_arrays_belong_to_the_caller():
    inputs, labels = load_digits()
    inputs[:], labels[:] = 0, 0
    again = load_digits()
    assert np.any(again.inputs)
    assert np.any(again.targets)


@pytest.mark.parametrize(
    ("value", "error"), [(0, ValueError), (62, ValueError), (2.0, TypeError), (True, TypeError)]
)
def test_components_out_of_range_are_refused(value, error):
    with pytest.raises(error, match="n_components"):
        load_digits(n_components=value)


def test_missing_scikit_learn_is_explained(monkeypatch):
    real_import = builtins.__import__

    def no_sklearn(name, *args, **kwargs):
        if name.partition(".")[0] == "sklearn":
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    networks._datasets._digits.cache_clear()
    monkeypatch.delitem(sys.modules, "sklearn", raising=False)
    monkeypatch.setattr(builtins, "__import__", no_sklearn)
    with pytest.raises(ImportError, match=r'pip install "typicality\[report\]"'):
        load_digits()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_on_sphere(dtype):
    x = np.array([[3.0, 4.0], [1e-30, -1e-30], [1e30, 0.0]], dtype=dtype)
    scaled = on_sphere(x)
    assert scaled.dtype == dtype
    np.testing.assert_allclose(np.sum(scaled**2, axis=1), 2.0, rtol=1e-5)
    np.testing.assert_allclose(scaled[1], [1.0, -1.0], rtol=1e-5)
    assert on_sphere(np.ones((2, 3, 4))[:, ::2]).shape == (2, 2, 4)


@pytest.mark.parametrize("x", [[[0.0, 0.0]], np.zeros((3, 0)), [[np.nan, 1.0]]])
def test_on_sphere_refuses_what_has_no_direction(x):
    with pytest.raises(ValueError, match="x must"):
        on_sphere(x)


def test_sphere_inputs_are_uniform():
    n_in, n = 5, 4000
    x = sphere_inputs(n, n_in, rng=11)
    np.testing.assert_allclose(np.sum(x**2, axis=1), n_in, rtol=1e-12)
    # One coordinate of a uniform direction: its square over the norm is Beta(1/2, (n_in - 1)/2).
    law = stats.beta(0.5, (n_in - 1) / 2)
    assert stats.kstest(x[:, 2] ** 2 / n_in, law.cdf).pvalue > 1e-3
    assert np.abs(x.mean(axis=0)).max() < 4 / np.sqrt(n)


def test_sphere_inputs_are_streams():
    x = sphere_inputs(7, 3, rng=2)
    np.testing.assert_array_equal(x[:4], sphere_inputs(4, 3, rng=2))
    assert sphere_inputs(0, 3, rng=2).shape == (0, 3)
    assert sphere_inputs(2, 1, rng=2).shape == (2, 1)
    single = sphere_inputs(3, 3, rng=2, dtype=np.float32)
    assert single.dtype == np.float32


@pytest.mark.parametrize("arguments", [(-1, 3), (3, 0), (2**62, 2**62)])
def test_sphere_inputs_refuse_sizes(arguments):
    with pytest.raises((ValueError, MemoryError)):
        sphere_inputs(*arguments, rng=0)


@settings(max_examples=40, deadline=None)
@given(
    n=st.one_of(st.integers(-2, 5), st.floats(), st.text(), st.none()),
    n_in=st.one_of(st.integers(-2, 5), st.booleans(), st.lists(st.integers())),
)
def test_sphere_inputs_survive_nonsense(n, n_in):
    try:
        x = sphere_inputs(n, n_in, rng=0)
    except (ValueError, TypeError, MemoryError) as error:
        assert str(error)
    else:
        assert x.shape == (n, n_in)


def test_teacher_is_a_frozen_network():
    mlp = MLP(widths=(4, 3, 2), activation="tanh")
    target = teacher(mlp, rng=5)
    x = sphere_inputs(6, 4, rng=6)
    np.testing.assert_array_equal(target(x), mlp.apply(mlp.init(rng=5), x))
    assert target(x).shape == (6, 2)
    with pytest.raises(ValueError, match="read-only"):
        target.theta[0] = 1.0
