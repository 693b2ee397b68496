"""One bit of a stored result is flipped: it is refused, by name, and HDF5 never sees it.

Without the checksum, one such bit of some 1500 sent HDF5 into a loop that heard no Ctrl-C.
"""

from pathlib import Path

import numpy as np
import pytest

from experiments.toy_mean.experiment import Toy, install
from typicality.cli.application import main
from typicality.experiments import load, save
from typicality.results import files


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return save(Toy(n_samples=10).run(rng=0), tmp_path / "toy.nc")


def flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


def refused(path: Path, bits: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> int:
    def opened(content: bytes) -> None:
        raise AssertionError("a damaged file was given to HDF5")

    monkeypatch.setattr(files, "_parsed", opened)
    count = 0
    for bit in bits.tolist():
        flip(path, bit)
        with pytest.raises(ValueError, match=r"toy\.nc (is damaged|cannot be trusted)") as caught:
            load(path)
        assert "\n" not in str(caught.value)
        flip(path, bit)
        count += 1
    monkeypatch.undo()
    assert load(path).sizes == {"k": 5}
    return count


@pytest.mark.parametrize(
    ("count", "seed"), [(40, 1), pytest.param(1500, 2, marks=pytest.mark.slow)]
)
def test_a_flipped_bit_is_refused(whole, monkeypatch, count, seed):
    bits = np.random.default_rng(seed).integers(8 * whole.stat().st_size, size=count)
    assert refused(whole, bits, monkeypatch) == count


def test_the_bits_of_the_checksum_count_too(whole, monkeypatch):
    length = 8 * whole.stat().st_size
    # Seven and eight have no common divisor: each place in a byte has its turn.
    assert refused(whole, np.arange(length - 8 * 91, length, 7), monkeypatch) == 104


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.999])
def test_the_report_says_so_in_one_line(whole, monkeypatch, capsys, place):
    install(monkeypatch, Toy)
    flip(whole, int(place * 8 * whole.stat().st_size))
    assert main(["report", str(whole.parent)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"typicality: {whole} ")
    assert captured.err.count("\n") == 1
    assert not (whole.parent / "report.html").exists()
