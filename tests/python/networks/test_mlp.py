"""MLP: counting, values against an obvious twin, initialization, what it refuses."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.networks import forward_mode
from typicality.networks import MLP
from typicality.networks._activations import ACTIVATIONS


def example(widths=(3, 7, 5, 2), n=9, **options):
    mlp = MLP(widths, options.pop("activation", "tanh"), **options)
    rng = np.random.default_rng(3)
    return mlp, mlp.init(rng=5), rng.standard_normal((n, widths[0]))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("parametrization", ["ntk", "standard"])
def test_values_against_twin(activation, parametrization):
    mlp, theta, x = example(
        activation=activation,
        parametrization=parametrization,
        weight_scale=(1.0, 1.4, 0.7),
        bias_scale=0.3,
    )
    expected = forward_mode(mlp, theta, x, 0 * theta)[0]
    np.testing.assert_allclose(mlp.apply(theta, x), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("bias", [True, False])
def test_counts(bias):
    mlp = MLP((3, 7, 5, 2), bias=bias)
    assert mlp.n_params == 3 * 7 + 7 * 5 + 5 * 2 + bias * (7 + 5 + 2)
    assert (mlp.depth, mlp.n_inputs, mlp.n_outputs) == (3, 3, 2)
    assert mlp.init(rng=0).shape == (mlp.n_params,)


def test_batches_and_blocks():
    mlp, _, _ = example()
    theta = mlp.init((2, 3), rng=1)
    x = np.random.default_rng(0).standard_normal((700, 3))
    out = mlp.apply(theta, x)
    assert out.shape == (2, 3, 700, 2)
    np.testing.assert_allclose(out[1, 2, 300:310], mlp.apply(theta[1, 2], x[300:310]), rtol=1e-12)
    assert mlp.apply(theta, x[:0]).shape == (2, 3, 0, 2)
    assert mlp.apply(theta[:0], x).shape == (0, 3, 700, 2)


def test_precision_and_layout():
    mlp, theta, x = example()
    single = mlp.apply(theta.astype(np.float32), x.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, mlp.apply(theta, x), atol=1e-5)
    assert mlp.apply(theta.astype(np.float32), x).dtype == np.float64
    strided = np.asfortranarray(x)[::2]
    np.testing.assert_array_equal(mlp.apply(theta, strided), mlp.apply(theta, strided.copy()))


def test_init_is_standard_normal_and_scaled():
    mlp = MLP((50, 40, 3))
    theta = mlp.init(40, rng=0)
    count = theta.size
    assert abs(theta.mean()) < 4 / np.sqrt(count)
    assert abs(theta.var() - 1) < 4 * np.sqrt(2 / count)
    standard = MLP((50, 40, 3), parametrization="standard", weight_scale=(2.0, 3.0), bias_scale=0.5)
    scaled = standard.init(40, rng=0)
    factors = np.concatenate(
        [
            np.full(2000, 2 / np.sqrt(50)),
            np.full(40, 0.5),
            np.full(120, 3 / np.sqrt(40)),
            np.full(3, 0.5),
        ]
    )
    np.testing.assert_allclose(scaled, theta * factors, rtol=1e-15)
    # Both parametrizations are the same random function.
    ntk = MLP((50, 40, 3), weight_scale=(2.0, 3.0), bias_scale=0.5)
    x = np.random.default_rng(0).standard_normal((4, 50))
    np.testing.assert_allclose(ntk.apply(theta, x), standard.apply(scaled, x), rtol=1e-11)


def test_init_does_not_depend_on_the_batch():
    mlp = MLP((4, 5, 1))
    np.testing.assert_array_equal(mlp.init(6, rng=3)[:2], mlp.init(2, rng=3))
    assert mlp.init((2, 3), rng=3, dtype=np.float32).dtype == np.float32
    assert not np.array_equal(mlp.init(2, rng=3)[0], mlp.init(2, rng=3)[1])


def test_frozen_picklable_hashable():
    mlp = MLP([4, 8, 1], "erf", weight_scale=[1.0, 2.0])
    assert pickle.loads(pickle.dumps(mlp)) == mlp
    assert hash(mlp) == hash(MLP((4, 8, 1), "erf", weight_scale=(1.0, 2.0)))
    assert MLP((4, 8, 1), "linear").activation == "identity"
    with pytest.raises(AttributeError):
        mlp.bias = False


@pytest.mark.parametrize(
    ("arguments", "options", "error", "match"),
    [
        (((3,),), {}, ValueError, "widths"),
        (((3, 0, 1),), {}, ValueError, "widths"),
        (((3, 2.5, 1),), {}, TypeError, "widths"),
        (("ab",), {}, TypeError, "widths"),
        ((7,), {}, TypeError, "widths"),
        (((3, 1), "swish"), {}, ValueError, "activation"),
        (((3, 1),), {"parametrization": "mup"}, ValueError, "parametrization"),
        (((3, 1),), {"weight_scale": 0.0}, ValueError, "weight_scale"),
        (((3, 1),), {"weight_scale": (1.0, 2.0)}, ValueError, "weight_scale"),
        (((3, 1),), {"weight_scale": "x"}, TypeError, "weight_scale"),
        (((3, 1),), {"bias": 1}, TypeError, "bias"),
        (((3, 1),), {"bias_scale": -1.0}, ValueError, "bias_scale"),
        (((3, 1),), {"bias_scale": np.nan}, ValueError, "bias_scale"),
    ],
)
def test_refused_networks(arguments, options, error, match):
    with pytest.raises(error, match=match):
        MLP(*arguments, **options)


def test_refused_arrays():
    mlp, theta, x = example()
    with pytest.raises(ValueError, match="theta"):
        mlp.apply(theta[:-1], x)
    with pytest.raises(ValueError, match="x must have shape"):
        mlp.apply(theta, x[:, :2])
    with pytest.raises(ValueError, match="finite"):
        mlp.apply(theta, np.full((1, 3), np.inf))
    with pytest.raises(TypeError, match="real"):
        mlp.apply(theta, x + 0j)
    with pytest.raises(MemoryError, match="empirical_ntk"):
        MLP((3, 200_000, 1)).jacobian(np.zeros(1_000_001), np.zeros((10**6, 3)))


@settings(max_examples=60, deadline=None)
@given(
    theta=st.one_of(st.none(), st.text(), st.lists(st.floats(), max_size=5), st.just(np.zeros(26))),
    x=st.one_of(
        st.none(), st.lists(st.lists(st.floats(), max_size=4), max_size=3), st.just(np.eye(3))
    ),
)
def test_nonsense(theta, x):
    mlp = MLP((3, 5, 1))
    for call in (mlp.apply, mlp.jacobian):
        try:
            out = call(theta, x)
        except (ValueError, TypeError):
            continue
        assert np.isfinite(out).all()
