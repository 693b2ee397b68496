import os

import pytest
import xarray as xr

from toy_experiment import Toy
from typicality.experiments import load, save
from typicality.experiments.files import write_text


@pytest.fixture
def data():
    return Toy(n_samples=10).run(rng=0)


def test_what_is_read_is_what_was_written(data, tmp_path):
    path = save(data, tmp_path / "new" / "folder" / "toy.nc")
    assert load(path).identical(data)
    assert load(str(path)).identical(data)
    # The file is closed: it can be replaced and removed.
    save(data, path)
    path.unlink()


def test_an_interrupted_write_leaves_the_old_file(data, tmp_path, monkeypatch):
    path = save(data, tmp_path / "toy.nc")

    def stop(self, *arguments, **keywords):
        raise KeyboardInterrupt

    monkeypatch.setattr(xr.Dataset, "to_netcdf", stop)
    with pytest.raises(KeyboardInterrupt):
        save(Toy(n_samples=10).run(rng=1), path)
    assert [file.name for file in tmp_path.iterdir()] == ["toy.nc"]
    assert load(path).identical(data)


def test_permissions_are_those_of_a_plain_file(data, tmp_path):
    before = os.umask(0o027)
    try:
        assert save(data, tmp_path / "toy.nc").stat().st_mode & 0o777 == 0o640
        assert write_text("x", tmp_path / "x.txt").stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)


def test_complex_variables_are_refused(tmp_path):
    dataset = xr.Dataset({"psi": ("k", [1j])})
    with pytest.raises(TypeError, match="psi: complex; store real and imaginary parts"):
        save(dataset, tmp_path / "psi.nc")
    assert not list(tmp_path.iterdir())


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*absent\.nc"):
        load(tmp_path / "absent.nc")
    (tmp_path / "text.nc").write_text("not netCDF")
    with pytest.raises(ValueError, match=r"text\.nc cannot be read"):
        load(tmp_path / "text.nc")
    whole = save(Toy(n_samples=10).run(rng=0), tmp_path / "toy.nc").read_bytes()
    (tmp_path / "cut.nc").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cut\.nc cannot be read"):
        load(tmp_path / "cut.nc")


def test_text_is_written_in_utf8_with_plain_line_ends(tmp_path):
    path = write_text("ρ\n", tmp_path / "a" / "x.txt")
    assert path.read_bytes() == b"\xcf\x81\n"
