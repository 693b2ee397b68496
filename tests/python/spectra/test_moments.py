"""Power moments of given spectra."""

import math

import numpy as np
import pytest

from typicality.spectra import power_moments


def test_means_of_powers():
    spectrum = np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 4.0]])
    expected = [[1.0, 5 / 3, (1 + math.sqrt(2)) / 3], [2.0, 6.0, 4 / 3]]
    np.testing.assert_allclose(power_moments(spectrum, [1, 2, 0.5]), expected, rtol=1e-15)
    assert power_moments(spectrum, 2).shape == (2,)
    assert power_moments([2.0], 3) == 8.0
    assert power_moments(spectrum, [0]).tolist() == [[1.0], [1.0]]
    assert power_moments(spectrum[:, ::2], -1).tolist() == [math.inf, 0.625]
    assert power_moments([-2.0, 2.0], [3, 2]).tolist() == [0.0, 4.0]
    assert power_moments(np.ones((0, 3)), [1, 2]).shape == (0, 2)
    assert power_moments([1, 2, 3], []).shape == (0,)
    assert power_moments(np.float32([1, 2]), [1]).dtype == np.float32
    assert power_moments([1e200], 2) == math.inf


@pytest.mark.parametrize(
    ("spectrum", "orders"),
    [
        ([], 1),
        (1.0, 1),
        ([1.0, np.nan], 1),
        ([-1.0], 0.5),
        ([1.0], [[1.0]]),
        ([1.0], "x"),
        ([1j], 1),
        (["a"], 1),
        ([1.0], np.inf),
    ],
)
def test_bad_arguments(spectrum, orders):
    with pytest.raises((ValueError, TypeError), match=r"spectrum|orders"):
        power_moments(spectrum, orders)
