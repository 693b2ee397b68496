"""The public door: what passes is exact, what does not is named."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from typicality import _arrays, networks, quantum, spectra
from typicality._memory import available_memory
from typicality.quantum._states.density_matrices import density_matrices
from typicality.quantum._states.kets import kets

NONSENSE = st.one_of(
    st.none(),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.complex_numbers(),
    st.floats(),
    st.integers(-(2**80), 2**80),
    st.lists(st.one_of(st.integers(-3, 3), st.text(max_size=1), st.floats()), max_size=3),
    st.dictionaries(st.text(max_size=1), st.integers(), max_size=2),
    hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)),
)


@given(value=NONSENSE)
def test_every_check_accepts_or_names_the_argument(value: object) -> None:
    checks = [
        lambda: _arrays.dimension(value, "culprit"),
        lambda: _arrays.large_dimension(value, "culprit"),
        lambda: _arrays.real_number(value, "culprit", low=0),
        lambda: _arrays.batch_shape(value, "culprit"),
        lambda: _arrays.real_array(value, "culprit", min_ndim=1),
        lambda: _arrays.inexact_array(value, "culprit", ndim=2),
        lambda: kets(value, name="culprit"),
        lambda: density_matrices(value, "culprit"),
        lambda: _arrays.choice(value, "culprit", ("one", "two")),
    ]
    for check in checks:
        try:
            check()
        except (TypeError, ValueError) as error:
            assert "culprit" in str(error)


@given(dims=NONSENSE, keep=NONSENSE)
def test_subsystems_accepts_or_names_the_argument(dims: object, keep: object) -> None:
    try:
        sizes, kept = _arrays.subsystems(dims, keep)
    except (TypeError, ValueError) as error:
        assert "dims" in str(error) or "keep" in str(error)
    else:
        assert all(0 <= index < len(sizes) for index in kept)


def test_dimension_keeps_integers_of_any_type_and_size() -> None:
    for value in (np.int8(5), np.uint64(5), np.array(5)):
        assert _arrays.dimension(value, "d") == 5
    assert _arrays.large_dimension(2**500 + 1, "d_b") == 2**500 + 1
    with pytest.raises(ValueError, match=r"d_b must be at most 2\*\*1000; got 2\*\*1000 or more"):
        _arrays.large_dimension(2**1000 + 1, "d_b")
    with pytest.raises(TypeError, match="d must be an integer; got the bool True"):
        _arrays.dimension(True, "d")
    with pytest.raises(ValueError, match="d must be at least 1; got 0"):
        _arrays.dimension(0, "d")


def test_real_number_respects_open_ends() -> None:
    assert _arrays.real_number(1, "x", low=0, low_open=True) == 1.0
    with pytest.raises(ValueError, match=r"in \(0, 1\]; got 0"):
        _arrays.real_number(0, "x", low=0, high=1, low_open=True)
    with pytest.raises(ValueError, match="too large"):
        _arrays.real_number(10**400, "x")
    assert _arrays.real_number(math.inf, "alpha", low=0, allow_infinite=True) == math.inf
    for wrong in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            _arrays.real_number(wrong, "x")


@pytest.mark.parametrize(
    "value",
    [
        *(np.complex128(1 + 5j), np.complex64(1), np.clongdouble(1), np.array(1 + 0j), 1 + 5j),
        *(np.ma.masked, np.ma.array(5, mask=True), np.ma.array(5.0, mask=True)),
        *(np.array("1.5"), np.array(b"2"), np.array("2", dtype=object), bytearray(b"2"), "2"),
        *(np.bool_(True), np.array(True), np.array(True, dtype=object), True),
        *(np.timedelta64(5), np.timedelta64(5, "s"), np.datetime64("2020-01-01"), np.void(b"1")),
        *(np.zeros((), dtype=[("a", float)]), np.array([5]), [5], np.array(1j, dtype=object)),
    ],
    ids=repr,
)
def test_scalars_that_are_no_real_numbers_take_no_other_way_in(value: object) -> None:
    calls = [
        lambda: _arrays.real_number(value, "culprit"),
        lambda: _arrays.dimension(value, "culprit"),
        lambda: _arrays.large_dimension(value, "culprit"),
    ]
    for call in calls:
        with pytest.raises(TypeError, match=r"culprit must be an? .*(number|integer)"):
            call()


def test_real_numbers_of_every_type_are_one() -> None:
    ones = [1, 1.0, np.int8(1), np.uint64(1), np.float16(1), np.longdouble(1), np.array(1)]
    for one in (*ones, np.ma.array(1.0), Fraction(1), Decimal(1), np.array(1, dtype=object)):
        assert _arrays.real_number(one, "x") == 1.0
        assert type(_arrays.real_number(one, "x")) is float
    assert type(_arrays.dimension(np.int64(1), "d")) is int


@pytest.mark.parametrize("scalar", [np.complex128(1 + 5j), np.ma.masked, np.array("2")], ids=repr)
def test_public_functions_refuse_what_float_would_read(scalar: object) -> None:
    calls = {
        "c": lambda: spectra.MarchenkoPastur(scalar),
        "scale": lambda: spectra.MarchenkoPastur(1.0, scalar),
        "order": lambda: quantum.mean_power_trace(3, 4, scalar),
        "d_a": lambda: quantum.page_entropy(scalar, 4),
        "alpha": lambda: quantum.spectrum_entropy([0.5, 0.5], scalar),
        "base": lambda: quantum.spectrum_entropy([0.5, 0.5], base=scalar),
        "d": lambda: quantum.hoeffding_bound(1.0, scalar, 0.1),
        "epsilon": lambda: quantum.hoeffding_bound(1.0, 9, scalar),
        "x": lambda: quantum.expectation_cdf([0.0, 1.0], scalar),
        "n_samples": lambda: networks.ridgeless_risk(
            scalar, 9, noise_variance=1.0, signal_norm_squared=1.0
        ),
        "ridge": lambda: networks.kernel_regression(np.eye(2), np.ones(2), ridge=scalar),
    }
    for name, call in calls.items():
        with pytest.raises(TypeError, match=rf"\b{name}\b"):
            call()


@pytest.mark.parametrize(
    ("given_dtype", "kept"),
    [
        ("f4", "f4"), ("f8", "f8"), ("c8", "c8"), ("c16", "c16"), ("f2", "f8"), ("i1", "f8"),
        ("u8", "f8"), ("?", "f8"), (">f8", "f8"), (">f4", "f4"), ("g", "f8"), ("G", "c16"),
    ],
)  # fmt: skip
def test_inexact_array_keeps_single_precision_and_converts_the_rest(
    given_dtype: str, kept: str
) -> None:
    array = _arrays.inexact_array(np.ones((2, 2), dtype=given_dtype), "x")
    assert array.dtype == np.dtype(kept)
    assert array.dtype.isnative
    np.testing.assert_array_equal(array, 1)


def test_strided_and_read_only_arrays_become_contiguous() -> None:
    base = np.arange(12.0).reshape(3, 4)
    base.flags.writeable = False
    for view in (base[:, ::2], base.T, base[::-1], base[:0]):
        array = _arrays.real_array(view, "x")
        assert array.flags.c_contiguous
        np.testing.assert_array_equal(array, view)
    assert _arrays.real_array(1.0, "x").shape == ()


def test_tensors_that_require_grad_and_sparse_matrices_are_told_what_to_do() -> None:
    from scipy import sparse

    class Tensor:
        requires_grad = True

    with pytest.raises(TypeError, match=r"x\.detach\(\)"):
        _arrays.real_array(Tensor(), "x")
    with pytest.raises(TypeError, match=r"x\.toarray\(\)"):
        _arrays.real_array(sparse.eye_array(3), "x")


def test_an_index_may_be_an_array_without_axes() -> None:
    for index in (1, np.int64(1), np.array(1), np.array(1, dtype=np.uint8)):
        assert _arrays.subsystems((2, 3), index) == ((2, 3), (1,))
    for wrong in (np.array(1.0), np.array(True), np.array("a"), True):
        with pytest.raises(TypeError, match="keep must be a sequence of integers"):
            _arrays.subsystems((2, 3), wrong)


def test_draw_dtype_follows_the_field_and_the_precision() -> None:
    resolve = _arrays.draw_dtype
    assert resolve(None, 2, complex_result=True) == np.complex128
    assert resolve(np.float32, 2, complex_result=True) == np.complex64
    assert resolve("complex64", 2, complex_result=True) == np.complex64
    assert resolve(None, 2, complex_result=False) == np.float64
    assert resolve("f4", 1, complex_result=True) == np.float32
    for dtype, beta, complex_result in (("c8", 1, True), ("c16", 2, False), ("i4", 2, True)):
        with pytest.raises(TypeError, match="dtype must be"):
            resolve(dtype, beta, complex_result=complex_result)
    with pytest.raises(TypeError, match="NumPy dtype"):
        resolve("nonsense", 2, complex_result=True)


def test_oversize_is_refused_with_the_cheaper_route() -> None:
    assert available_memory() > 2**20
    _arrays.refuse_oversize(2**10, "nothing much", "")
    with pytest.raises(MemoryError, match=r"A state would take 1 EiB, and .* Use spectra\."):
        _arrays.refuse_oversize(2**60, "A state", "Use spectra.")
    with pytest.raises(MemoryError, match=r"2\*\*600 bytes"):
        _arrays.refuse_oversize(2**600, "A state", "")


def test_sizes_may_be_arrays() -> None:
    assert _arrays.batch_shape(np.array([2, 3])) == (2, 3)
    with pytest.raises(TypeError, match="size must be an integer"):
        _arrays.batch_shape(np.array([[2, 3]]))
    with pytest.raises(TypeError, match="size must be an integer"):
        _arrays.batch_shape(np.array([2.0]))


def test_messages_do_not_contradict_themselves() -> None:
    with pytest.raises(ValueError, match=r"^c must be positive and finite; got -1\.0\.$"):
        spectra.MarchenkoPastur(-1.0)
    infinite = {"allow_infinite": True}
    for value, low, high, more, words in (
        (0, 0.0, math.inf, {"low_open": True}, "x must be positive and finite; got 0"),
        (-1, 0.0, math.inf, {}, "x must be non-negative and finite; got -1"),
        (1, 1.0, math.inf, {"low_open": True}, "x must be greater than 1 and finite; got"),
        (1, 2.0, math.inf, infinite, "x must be at least 2 and finite or inf; got"),
        (0, -math.inf, -3.0, {}, "x must be at most -3 and finite; got"),
        (1, 0.0, 1.0, {"high_open": True}, r"x must be a finite number in \[0, 1\); got"),
    ):
        with pytest.raises(ValueError, match=words):
            _arrays.real_number(value, "x", low=low, high=high, **more)
    with pytest.raises(ValueError, match=r"x must be finite; got inf\."):
        _arrays.real_number(math.inf, "x")
    with pytest.raises(ValueError, match=r"x must be a number, finite or infinite; got nan\."):
        _arrays.real_number(math.nan, "x", allow_infinite=True)


def test_numbers_of_axes_that_numpy_does_not_hold_everywhere() -> None:
    assert _arrays.real_array(np.ones((1,) * 32), "x").ndim == 32
    with pytest.raises(ValueError, match="x must have at most 32 axes; got 40"):
        _arrays.real_array(np.ones((1,) * 40), "x")


def test_objects_that_raise_when_they_are_looked_at() -> None:
    class Hostile:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError

        def __float__(self):
            raise KeyError

        def __index__(self):
            raise ZeroDivisionError

        def __repr__(self):
            raise RuntimeError

    for call in (_arrays.real_number, _arrays.dimension, _arrays.real_array, _arrays.choice):
        with pytest.raises(TypeError, match=r"x must be .*Hostile"):
            call(Hostile(), "x", *([("a",)] if call is _arrays.choice else []))
    with pytest.raises(TypeError, match="dtype must be a NumPy dtype; got an object"):
        _arrays.draw_dtype(Hostile(), 2, complex_result=True)
    with pytest.raises(TypeError, match="name must be text; got an object"):
        quantum.density_spectrum(np.eye(2) / 2, Hostile())
