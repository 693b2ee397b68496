"""`typicality show`: what a stored result holds."""

import numpy as np
import pytest
import xarray as xr

from typicality.cli.application import main
from typicality.experiments import PageCurve, save


def shown(capsys, path):
    code = main(["show", str(path)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize("columns", ["132", "60"])
def test_a_result(capsys, monkeypatch, tmp_path, columns):
    monkeypatch.setenv("COLUMNS", columns)
    data = PageCurve(n_qubits=4, n_samples=6).run(rng=41)
    code, out, err = shown(capsys, save(data, tmp_path / "page.nc"))
    assert (code, err) == (0, "")
    assert out.startswith("The Page curve\n")
    words = " ".join(out.split())
    for part in ("n_qubits 4, n_samples 6", "seed 41", "numpy", "arXiv:2511.09526", "stored 20"):
        assert part in words
    for name, variable in data.variables.items():
        assert str(name) in out
        assert str(variable.attrs["long_name"]).split()[0] in out
    assert "n_a 3" in words
    assert "\x1b" not in out


def test_any_dataset(capsys, tmp_path):
    data = xr.Dataset(
        {
            "x": ("i", [0.25, np.nan, 4.0], {"units": "s", "long_name": "a\x1b[31m time"}),
            "none": ("j", np.zeros(0)),
            "lost": ("i", [np.nan] * 3),
            "flag": ((), True),
            "word": ("i", ["b", "a", "b"]),
            "when": ("i", np.array(["2026-01-01", "NaT", "2026-01-03"], "M8[ns]")),
            "many": ("k", [f"t{i}" for i in range(9)]),
        },
        attrs={"parameters": "not JSON"},
    )
    code, out, _ = shown(capsys, save(data, tmp_path / "any.nc"))
    assert code == 0
    assert out.startswith("any.nc\n")
    assert "\x1b" not in out
    for part in ("not JSON", "0.25 to 4, 1 NaN", "empty", "3 NaN", "a, b", "t0 to t8, 9"):
        assert part in out


def test_damaged_and_foreign_files_are_one_line(capsys, tmp_path):
    path = save(xr.Dataset({"x": ("i", [1.0])}), tmp_path / "x.nc")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    foreign = tmp_path / "text.nc"
    foreign.write_text("hello")
    for wrong, words in ((path, "is damaged"), (foreign, "cannot be read")):
        code, out, err = shown(capsys, wrong)
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert str(wrong) in err
        assert words in err
