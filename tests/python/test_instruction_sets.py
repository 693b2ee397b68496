"""The same bits on every instruction set that this machine has, chosen by the environment."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import hashlib
import numpy as np
import typicality as ty
from typicality import _core
digest = hashlib.sha256()
for field in ("complex", "real"):
    digest.update(ty.quantum.haar_states(1000, 3, field=field, rng=1).tobytes())
    digest.update(ty.quantum.haar_schmidt_spectra(20, 30, 10, field=field, rng=1).tobytes())
    digest.update(ty.quantum.haar_power_traces(300, 400, 3, 2, field=field, rng=1).tobytes())
    digest.update(ty.quantum.haar_reduced_states(8, 2**40, 3, field=field, rng=1).tobytes())
    values = ty.quantum.haar_expectations(np.arange(9.0), size=9, field=field, rng=1)
    digest.update(values.tobytes())
digest.update(ty.quantum.haar_states(64, 2, dtype=np.complex64, rng=1).tobytes())
digest.update(ty.spectra.tridiagonal_eigenvalues(np.arange(50.0), np.ones(49)).tobytes())
print(_core.simd_level(), digest.hexdigest())
"""
WIDTHS = ("baseline", "avx2", "avx512")


def run(asked: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TYPICALITY_SIMD": asked}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_bits_do_not_depend_on_the_instruction_set() -> None:
    levels, digests = zip(*(run(asked).stdout.split() for asked in WIDTHS), strict=True)
    # The processor may have less than what was asked for, never more.
    assert levels[0] == "baseline"
    assert all(
        WIDTHS.index(got) <= WIDTHS.index(cap) for got, cap in zip(levels, WIDTHS, strict=True)
    )
    assert len(set(digests)) == 1


@pytest.mark.parametrize("asked", ["avx1", "AVX512", "512"])
def test_unknown_names_are_refused(asked: str) -> None:
    found = run(asked)
    assert found.returncode != 0
    assert f'TYPICALITY_SIMD is "{asked}"' in found.stderr
    assert "baseline, avx2, avx512" in found.stderr
