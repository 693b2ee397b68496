"""Nonsense into every public function of the formula floors: an answer or a clear error."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import typicality as ty

# Ctrl-C, panics and internal errors of NumPy are what must not come out.
CLEAR = (ValueError, TypeError, MemoryError, ty.errors.ConvergenceError)

KET = np.array([0.6, 0.0, 0.8j, 0.0])
RHO = np.diag([0.5, 0.25, 0.25, 0.0]).astype(complex)
MLP = ty.networks.MLP((2, 3, 1), activation="tanh")

VALUES = st.one_of(
    st.sampled_from(
        [
            None, True, "complex", "real", "relu", "nonsense", b"bytes", object(), -1, 0, 1, 2, 3,
            2**40, 2**62, 2**64, 2**500, 10**2000, -(2**70), 0.0, 0.5, 1.0, -2.5, 1e-300, 1e300,
            np.nan, np.inf, -np.inf, 1j, np.int8(2), np.float32(0.5), np.str_("x"), (), (2, 2),
            (2, 0), [2, 2], [0], (0, 1), (0, 0), (-1,), {"a": 1}, {1, 2}, range(3), "XZ", KET, RHO,
            KET.real, KET[::2], RHO[None], RHO[:, :3], RHO[:0], RHO[:0, :0], np.nan * RHO, 2 * RHO,
            np.ones((2, 3)), np.ones((3, 2), dtype="f4"), np.ones((0, 2)), np.ones((2, 1)),
            np.array(["a"]), np.array([object()]), np.array(3), np.zeros((2, 2, 2)), MLP,
            MLP.init(rng=1), MLP.init(3, rng=1), lambda *_: 0.0,
        ]
    ),
    st.integers(-3, 6),
    st.floats(-2, 2),
)  # fmt: skip


def functions() -> dict[str, Callable[..., Any]]:
    found = {}
    for package in (ty.spectra, ty.quantum, ty.networks):
        for name in package.__all__:
            value = getattr(package, name)
            if callable(value):
                found[f"{package.__name__}.{name}"] = value
    return found


FUNCTIONS = functions()


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.filterwarnings("error")
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_nonsense_is_answered_or_refused(name: str, data: st.DataObject) -> None:
    function = FUNCTIONS[name]
    arguments, keywords = [], {}
    for parameter in inspect.signature(function).parameters.values():
        required = parameter.default is inspect.Parameter.empty
        if not required and data.draw(st.booleans()):
            continue
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and not keywords:
            arguments.append(data.draw(VALUES))
        elif parameter.kind in (
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            inspect.Parameter.KEYWORD_ONLY,
        ):
            keywords[parameter.name] = data.draw(VALUES)
    try:
        function(*arguments, **keywords)
    except CLEAR as error:
        assert str(error), "an error without a word"
