"""The same seed gives the same numbers: other kernels and thread counts change rounding alone."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROGRAM = Path(__file__).with_name("every_draw.py")


def run(path: Path, **environment: str) -> tuple[str, dict[str, np.ndarray]]:
    found = subprocess.run(
        [sys.executable, PROGRAM, path],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    with np.load(path) as stored:
        return found.stdout, dict(stored)


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> list[tuple[str, dict[str, np.ndarray]]]:
    folder = tmp_path_factory.mktemp("numbers")
    return [
        # Nehalem's kernels run on every x86-64 processor.
        run(folder / "one.npz", OPENBLAS_CORETYPE="Nehalem", OPENBLAS_NUM_THREADS="1"),
        run(folder / "two.npz", OPENBLAS_CORETYPE="", OPENBLAS_NUM_THREADS="2"),
    ]


def tolerance(name: str) -> dict[str, float]:
    """Return the relative and absolute difference that rounding may make of a result."""
    if "single precision" in name:
        return {"rtol": 0.0, "atol": 1e-6}
    if name.startswith(("states, ", "real states")):
        return {"rtol": 0.0, "atol": 1e-12}
    if "relaxation: late" in name:
        # The phases of times up to 10^6.
        return {"rtol": 1e-7, "atol": 1e-9}
    if name.endswith("global-minima: loss"):
        # Searches that are stuck have not converged.
        return {"rtol": 1e-3, "atol": 1e-9}
    if name.endswith(("fitting-threshold: edge", "fitting-threshold: edge_stderr")):
        # Square roots of eigenvalues of a singular kernel, which are rounding.
        return {"rtol": 1e-9, "atol": 1e-8}
    return {"rtol": 1e-9, "atol": 1e-12}


def test_other_kernels_and_threads_change_rounding_alone(runs):
    (one, first), (two, second) = runs
    assert set(one.split("\n")) == {"Nehalem 1", ""}
    assert "Nehalem" not in two
    assert first.keys() == second.keys()
    assert len(first) > 400
    for name, values in first.items():
        if values.dtype.kind in "US":
            assert np.array_equal(values, second[name]), name
        else:
            np.testing.assert_allclose(
                second[name], values, **tolerance(name), equal_nan=True, err_msg=name
            )
