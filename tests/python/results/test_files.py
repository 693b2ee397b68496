import hashlib
import os
import time

import h5py
import numpy as np
import pytest
import xarray as xr

from experiments.toy_mean.experiment import Toy
from typicality.experiments import load, save
from typicality.results.checksum import seal
from typicality.results.files import refuse_unwritable, write_text


@pytest.fixture
def data():
    return Toy(n_samples=10).run(rng=0)


def test_what_is_read_is_what_was_written(data, tmp_path):
    path = save(data, tmp_path / "new" / "folder" / "toy.nc")
    stored = load(path)
    assert stored.equals(data)
    assert stored.identical(load(str(path)))
    assert {name: stored.attrs.pop(name) for name in set(stored.attrs) - set(data.attrs)}
    assert stored.identical(data)
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
    assert load(path).equals(data)


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


def labeled(**attrs):
    return xr.Dataset({"x": ("k", [1.0, 2.0], attrs)})


@pytest.mark.parametrize(
    ("values", "part"),
    [
        (np.array([1.0], np.float16), "float16"),
        (np.array([1.0], np.longdouble), "float128"),
        (np.array([None], object), "object"),
        (np.array([2**70], object), "object"),
        (np.zeros(1, [("a", "f8")]), "x: "),
    ],
)
def test_variables_that_netcdf_cannot_hold_are_named(tmp_path, values, part):
    with pytest.raises(TypeError, match=f"^x: .*{part}.*netCDF|^x: .*netCDF"):
        save(xr.Dataset({"x": ("k", values)}), tmp_path / "x.nc")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "value",
    [
        np.float16(1.0),
        np.longdouble(1.0),
        1j,
        np.eye(2),
        [[1, 2], [3, 4]],
        [1, "a"],
        [],
        True,
        None,
        {"a": 1},
        b"text",
        2**70,
        np.datetime64("2020-01-01"),
    ],
    ids=repr,
)
def test_attributes_that_netcdf_cannot_hold_are_named(tmp_path, value):
    with pytest.raises(TypeError, match=r"attribute odd of x.*netCDF takes"):
        save(labeled(odd=value), tmp_path / "x.nc")
    with pytest.raises(TypeError, match=r"attribute odd of the dataset.*netCDF takes"):
        save(xr.Dataset(attrs={"odd": value}), tmp_path / "x.nc")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ρ",
        3,
        2**63,
        1.5,
        np.float32(1),
        np.uint8(3),
        [1, 2],
        (1.0, 2.0),
        ["a", "b"],
        np.ones(3),
    ],
    ids=repr,
)
def test_attributes_that_netcdf_holds_come_back(tmp_path, value):
    dataset = labeled(plain=value)
    assert load(save(dataset, tmp_path / "x.nc"))["x"].identical(dataset["x"])


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, np.nan], "f4"),
        np.array([1.0, -0.0], ">f8"),
        np.array([2**64 - 1], np.uint64),
        np.array([True, False]),
        np.array(["a", "ρ"]),
        np.array(["a", "bc"], object),
        np.array(["2020-01-01"], "M8[ns]"),
        np.zeros(0),
    ],
    ids=lambda values: str(values.dtype),
)
def test_variables_that_netcdf_holds_come_back(tmp_path, values):
    dataset = xr.Dataset({"x": ("k", values), "scalar": 3.0})
    assert load(save(dataset, tmp_path / "x.nc")).equals(dataset)


@pytest.mark.parametrize("name", ["_FillValue", "missing_value"])
def test_attributes_that_would_change_the_values_are_refused(tmp_path, name):
    with pytest.raises(TypeError, match=rf"^x: would not come back.*{name}"):
        save(labeled(**{name: 1.0}), tmp_path / "x.nc")
    assert not list(tmp_path.iterdir())


def test_large_variables_are_compressed(tmp_path):
    path = save(xr.Dataset({"x": ("k", np.tile(np.arange(16.0), 4096))}), tmp_path / "x.nc")
    assert path.stat().st_size < 65536
    assert np.array_equal(load(path)["x"], np.tile(np.arange(16.0), 4096))


def test_stored_again_a_result_keeps_its_history_and_its_bytes(data, tmp_path):
    first = save(data, tmp_path / "a.nc")
    time.sleep(1.1)  # HDF5 counts seconds, if it writes times at all
    assert save(load(first), tmp_path / "b.nc").read_bytes() == first.read_bytes()


def test_the_file_says_when_and_with_what_it_was_stored(data, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    attributes = load(save(data, tmp_path / "toy.nc")).attrs
    assert attributes["Conventions"] == "CF-1.11"
    assert attributes["date_created"] == "1970-01-02T00:00:00Z"
    assert attributes["history"].startswith("1970-01-02T00:00:00Z typicality ")
    assert "toy" in attributes["history"]
    assert "seed 0" in attributes["history"]
    for library in ("Python 3.", "numpy 2.", "scipy 1.", "xarray 20", "h5py "):
        assert library in attributes["source"]


def test_other_programs_read_it(data, tmp_path):
    path = save(data, tmp_path / "toy.nc")
    assert xr.load_dataset(path).equals(data)
    with h5py.File(path) as file:
        assert np.array_equal(file["mean"], data["mean"])
    content, last = path.read_bytes()[:-91], path.read_bytes()[-91:]
    assert content.startswith(b"\x89HDF")
    digest = hashlib.blake2b(content, digest_size=32).hexdigest()
    assert last.decode() == f"\n# typicality BLAKE2b-256 {digest}\n"


def test_what_another_program_changed_is_not_read(data, tmp_path):
    path = save(data, tmp_path / "toy.nc")
    with h5py.File(path, "r+") as file:
        file["mean"][0] = 7.0
    with pytest.raises(ValueError, match=r"toy\.nc (is damaged|cannot be trusted)"):
        load(path)
    trusted = xr.load_dataset(path, engine="h5netcdf")
    assert load(save(trusted, path))["mean"][0] == 7.0


def test_files_that_cannot_be_read_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file .*absent\.nc"):
        load(tmp_path / "absent.nc")
    with pytest.raises(ValueError, match="folder, not a file"):
        load(tmp_path)
    for content in (b"", b"not netCDF", b"CDF\x01" + bytes(200)):
        (tmp_path / "text.nc").write_bytes(content)
        with pytest.raises(ValueError, match=r"text\.nc cannot be read: it is no netCDF-4"):
            load(tmp_path / "text.nc")
    whole = save(Toy(n_samples=10).run(rng=0), tmp_path / "toy.nc").read_bytes()
    for kept in (9, len(whole) // 2, len(whole) - 91, len(whole) - 1):
        (tmp_path / "cut.nc").write_bytes(whole[:kept])
        with pytest.raises(ValueError, match=r"cut\.nc cannot be trusted: it has no checksum"):
            load(tmp_path / "cut.nc")
    (tmp_path / "bent.nc").write_bytes(whole[:-91] + b"!" + whole[-91:])
    with pytest.raises(ValueError, match=r"bent\.nc is damaged"):
        load(tmp_path / "bent.nc")
    (tmp_path / "sealed.nc").write_bytes(b"text" + seal(b"text"))
    with pytest.raises(ValueError, match=r"sealed\.nc cannot be read as netCDF-4"):
        load(tmp_path / "sealed.nc")


def test_outputs_are_looked_at_before_work_begins(tmp_path):
    refuse_unwritable(tmp_path / "new" / "folder" / "x.nc")
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"--out .*x\.nc: .*file is a file, not a folder"):
        refuse_unwritable(tmp_path / "file" / "sub" / "x.nc", "--out")
    with pytest.raises(OSError, match="folder, not a file"):
        refuse_unwritable(tmp_path)
    with pytest.raises(OSError, match="too long"):
        refuse_unwritable(tmp_path / ("x" * 300 + ".nc"))
    longest = tmp_path / ("x" * 250 + ".nc")
    refuse_unwritable(longest)
    assert write_text("x", longest).exists()


def test_text_is_written_in_utf8_with_plain_line_ends(tmp_path):
    path = write_text("ρ\n", tmp_path / "a" / "x.txt")
    assert path.read_bytes() == b"\xcf\x81\n"
