import subprocess
import sys

import pytest

from typicality import __version__
from typicality.cli.application import main
from typicality.experiments import names


def words(capsys, *arguments):
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_list_names_every_experiment_once(capsys, monkeypatch):
    # Wide enough for a line each.
    monkeypatch.setenv("COLUMNS", "120")
    code, out, _ = words(capsys, "list")
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines] == list(names())
    assert all("Eq." in line or "Sec." in line or "Table" in line for line in lines)


def test_version(capsys):
    code, out, _ = words(capsys, "--version")
    assert (code, out.strip()) == (0, __version__)


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_help_names_the_commands(capsys, arguments):
    code, out, _ = words(capsys, *arguments)
    assert code == 0
    for command in ("list", "run", "reproduce", "report", "show"):
        assert command in out
    assert "three minutes" in " ".join(out.replace("│", " ").split())


def test_help_of_run_names_every_experiment(capsys):
    code, out, _ = words(capsys, "run", "--help")
    assert code == 0
    for name in names():
        assert name in out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("page-curve",), "page-curve"),
        (("run", "page-curv"), "page-curve"),
        (("reproduce", "--preset", "huge"), "quick"),
        (("reproduce", "--seed", "x"), "--seed"),
        (("report", "/nowhere/at/all"), "/nowhere/at/all"),
        (("list", "--all"), "--all"),
        (("show", "/nowhere/at.nc"), "there is no file /nowhere/at.nc"),
        (("show", "/"), "is a folder"),
    ],
)
def test_errors_are_one_line_and_exit_code_two(capsys, arguments, part):
    code, out, err = words(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("typicality: ")
    assert err.count("\n") == 1
    assert part in err


def test_an_empty_folder_is_reported(capsys, tmp_path):
    code, _, err = words(capsys, "report", str(tmp_path))
    assert code == 2
    assert "no netCDF file" in err


def test_report_is_written_again_from_data(capsys, tmp_path):
    data, page = tmp_path / "page-curve.nc", tmp_path / "report.html"
    arguments = ("--n-qubits", "6", "--n-samples", "20", "--seed", "0", "--out", str(data))
    assert words(capsys, "run", "page-curve", *arguments)[0] == 0
    code, out, _ = words(capsys, "report", str(tmp_path))
    assert code == 0
    assert str(page) in out
    assert "Page curve" in page.read_text(encoding="utf-8")


def test_the_module_is_the_program():
    result = subprocess.run(
        [sys.executable, "-m", "typicality", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.strip() == __version__


def test_a_reader_that_leaves_early_is_no_error():
    result = subprocess.run(
        f"{sys.executable} -m typicality list | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stdout.startswith(names()[0])
    assert result.stderr == ""


@pytest.mark.parametrize("arguments", [("list",), ("run", "page-curve", "--help")])
def test_help_loads_only_what_it_needs(arguments):
    program = (
        "import sys; from typicality.cli import main; code = main(sys.argv[1:]); "
        "sys.stderr.write(' '.join(sys.modules)); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "typicality.experiments.catalog" in loaded
    slow = {
        "xarray",
        "pandas",
        "matplotlib",
        "sklearn",
        "jinja2",
        "h5py",
        "scipy.stats",
        "docutils",
    }
    assert not loaded & slow
    others = {"typicality.quantum", "typicality.networks", "typicality.spectra", "scipy"}
    assert not loaded & others
    parts = ("measure", "figures", "findings")
    assert not [name for name in loaded if name.endswith(parts) and "experiments." in name]
