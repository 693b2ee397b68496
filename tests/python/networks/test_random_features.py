"""Random features: nested, reproducible, and with the kernel that their law has."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from typicality.networks import RandomFeatures, sphere_inputs
from typicality.networks._activations import apply_activation


@pytest.mark.parametrize("activation", ["relu", "tanh", "erf"])
def test_values_are_those_of_the_formula(activation):
    features = RandomFeatures(4, 6, activation, bias_scale=0.5, rng=3)
    x = sphere_inputs(5, 4, rng=0)
    z = x @ features.weights.T / 2.0 + 0.5 * features.biases
    expected = apply_activation(activation, z)
    np.testing.assert_allclose(features(x), expected, rtol=1e-13, atol=1e-13)


def test_nested_bit_for_bit_in_the_weights():
    small, large = (RandomFeatures(5, k, "relu", rng=8) for k in (7, 100))
    np.testing.assert_array_equal(small.weights, large.weights[:7])
    np.testing.assert_array_equal(small.biases, large.biases[:7])


def test_weights_do_not_depend_on_the_bias_scale():
    plain, biased = (RandomFeatures(5, 9, "relu", bias_scale=b, rng=8) for b in (0.0, 2.0))
    np.testing.assert_array_equal(plain.weights, biased.weights)


def test_ranges_are_columns():
    features = RandomFeatures(3, 20, "tanh", rng=1)
    x = sphere_inputs(4, 3, rng=0)
    np.testing.assert_allclose(features(x, start=5, stop=9), features(x)[:, 5:9], rtol=1e-13)
    assert features(x, start=20).shape == (4, 0)
    assert features(np.empty((0, 3))).shape == (0, 20)


def test_blocks_of_rows_are_the_whole(monkeypatch):
    features, x = RandomFeatures(3, 20, "tanh", bias_scale=0.3, rng=1), sphere_inputs(50, 3, rng=0)
    whole = features(x)
    monkeypatch.setattr("typicality.networks._random_features._BLOCK_VALUES", 70)
    np.testing.assert_allclose(features(x), whole, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(features(x, start=19), whole[:, 19:], rtol=1e-13, atol=1e-15)


def test_kernel_converges_to_the_arc_cosine_kernel():
    # E phi(u) phi(v) of relu, Cho and Saul: |u| |v| (sin t + (pi - t) cos t) / (2 pi).
    n_in, n = 6, 40000
    x = sphere_inputs(2, n_in, rng=2)
    values = RandomFeatures(n_in, n, "relu", rng=4)(x)
    products = values[0] * values[1]
    angle = np.arccos(x[0] @ x[1] / n_in)
    expected = (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / (2 * np.pi)
    assert abs(products.mean() - expected) < 4 * products.std() / np.sqrt(n)


def test_single_precision_and_strides():
    features = RandomFeatures(3, 5, "relu", rng=0)
    x = sphere_inputs(8, 3, rng=0)
    single = features(x.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, features(x), atol=1e-5)
    np.testing.assert_allclose(features(np.asfortranarray(x)[::2]), features(x)[::2])


def test_frozen_and_picklable():
    features = RandomFeatures(3, 5, "relu", bias_scale=0.1, rng=0)
    with pytest.raises(AttributeError):
        features.n_in = 4
    with pytest.raises(ValueError, match="read-only"):
        features.weights[0, 0] = 1.0
    again = pickle.loads(pickle.dumps(features))
    np.testing.assert_array_equal(again(np.eye(3)), features(np.eye(3)))
    assert repr(again) == repr(features)
    assert (features.n_in, features.n_features, features.activation) == (3, 5, "relu")
    assert features.bias_scale == 0.1


@pytest.mark.parametrize(
    ("arguments", "keywords", "error"),
    [
        ((0, 3, "relu"), {}, ValueError),
        ((3, -1, "relu"), {}, ValueError),
        ((3, 3, "cube"), {}, ValueError),
        ((3, 3, 7), {}, TypeError),
        ((3, 3, "relu"), {"bias_scale": -1.0}, ValueError),
        ((2**40, 2**40, "relu"), {}, MemoryError),
    ],
)
def test_refuses_parameters(arguments, keywords, error):
    with pytest.raises(error):
        RandomFeatures(*arguments, rng=0, **keywords)


@settings(max_examples=40, deadline=None)
@given(
    x=st.one_of(
        st.lists(st.lists(st.floats(), max_size=4), max_size=3), st.text(), st.none(), st.floats()
    ),
    start=st.one_of(st.integers(-2, 8), st.floats()),
    stop=st.one_of(st.none(), st.integers(-2, 8), st.booleans()),
)
def test_call_survives_nonsense(x, start, stop):
    features = RandomFeatures(3, 5, "tanh", rng=0)
    try:
        with np.errstate(over="ignore"):
            values = features(x, start=start, stop=stop)
    except (ValueError, TypeError, MemoryError) as error:
        assert str(error)
    else:
        assert values.shape == (len(x), (5 if stop is None else stop) - start)
