"""The same bits on every instruction set that this machine has, chosen by the environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("every_kernel.py")
WIDTHS = ("baseline", "avx2", "avx512")


def run(asked: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TYPICALITY_SIMD": asked}
    return subprocess.run(
        [sys.executable, PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_bits_do_not_depend_on_the_instruction_set() -> None:
    levels, digests = zip(
        *(run(asked).stdout.split("\n", maxsplit=1) for asked in WIDTHS), strict=True
    )
    # The processor may have less than what was asked for, never more.
    assert levels[0] == "baseline"
    assert all(
        WIDTHS.index(got) <= WIDTHS.index(cap) for got, cap in zip(levels, WIDTHS, strict=True)
    )
    assert len(digests[0].splitlines()) > 50
    assert digests[1].splitlines() == digests[0].splitlines()
    assert digests[2].splitlines() == digests[0].splitlines()


@pytest.mark.parametrize("asked", ["avx1", "AVX512", "512"])
def test_unknown_names_are_refused(asked: str) -> None:
    found = run(asked)
    assert found.returncode != 0
    assert f'TYPICALITY_SIMD is "{asked}"' in found.stderr
    assert "baseline, avx2, avx512" in found.stderr
