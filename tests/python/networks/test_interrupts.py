"""Ctrl-C while a long call of the network side works."""

import pytest

from interrupted import errors_after_ctrl_c

PREPARATION = """
import numpy as np
from typicality.networks import MLP, RandomFeatures, infinite_ntk, kernel_regression, minimum_norm
rng = np.random.default_rng(0)
"""


@pytest.mark.parametrize(
    "work",
    [
        "infinite_ntk(MLP((8,) + 40 * (1,), 'softplus'), 30 * rng.standard_normal((3000, 8)))",
        "minimum_norm(rng.standard_normal((2500, 5000)), np.ones(2500))",
        "kernel_regression(np.eye(5000) + 1e-3, np.ones(5000))",
        "RandomFeatures(64, 4000, 'gelu', rng=0)(np.ones((60000, 64), np.float32))",
    ],
)
def test_ctrl_c_is_heard(work):
    assert errors_after_ctrl_c(PREPARATION, work).rstrip().endswith("KeyboardInterrupt")
