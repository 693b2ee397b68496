import subprocess
import sys

import numpy as np
import pytest

from experiments.toy_mean.experiment import Interrupted, Toy, install
from typicality.cli.application import main
from typicality.experiments import PageCurve, load


@pytest.fixture
def toy(monkeypatch):
    install(monkeypatch, Toy, Interrupted)


@pytest.mark.usefixtures("toy")
def test_data_and_figure_are_written(capsys, tmp_path):
    data, figure = tmp_path / "new" / "toy.nc", tmp_path / "toy.svg"
    arguments = ["run", "toy", "--n-samples", "30", "--seed", "4"]
    assert main([*arguments, "--out", str(data), "--plot", str(figure)]) == 0
    out = capsys.readouterr().out
    assert "predicted" in out
    assert "measured" in out
    assert "agree" in out
    assert str(data) in out
    assert str(figure) in out
    dataset = load(data)
    assert dataset.attrs["seed"] == "4"
    expected = Toy(n_samples=30).run(rng=4)
    assert dataset.equals(expected)
    assert figure.read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("suffix", [".pdf", ".png", ".SVG"])
def test_figures_in_other_formats(tmp_path, suffix):
    path = tmp_path / f"toy{suffix}"
    assert main(["run", "toy", "--plot", str(path)]) == 0
    assert path.stat().st_size > 1000


@pytest.mark.usefixtures("toy")
def test_presets_and_options_that_override_them(tmp_path):
    path = tmp_path / "toy.nc"
    main(["run", "toy", "--preset", "quick", "--field", "real", "--out", str(path)])
    assert Toy.from_parameters(load(path).attrs["parameters"]) == Toy(n_samples=50, field="real")
    main(["run", "toy", "--orders", "2", "inf", "--out", str(path)])
    assert Toy.from_parameters(load(path).attrs["parameters"]) == Toy(orders=(2.0, np.inf))


@pytest.mark.usefixtures("toy")
def test_help_has_every_parameter_with_its_default(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    assert main(["run", "toy", "--help"]) == 0
    text = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for part in ("--n-samples", "--orders", "--field", "--seed", "--out", "--plot", "--preset"):
        assert part in text
    assert "Number of samples of each mean." in text
    for default in ("100", "1 inf", "complex"):
        assert f"[default: {default}]" in text


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--n-samples", "1"], "n_samples must be at least 2; got 1."),
        (["--n-samples", "many"], '"many" is not a whole number'),
        (["--n-samples", "4.9"], '"4.9" is not a whole number'),
        (["--n-samples", "4.5e0"], '"4.5e0" is not a whole number'),
        (["--n-samples", "inf"], '"inf" is not a whole number'),
        (["--n-samples", "1e999999999"], '"1e999999999" is not a whole number'),
        (["--seed", "0.5"], '"0.5" is not a whole number'),
        (["--nonsense", "3"], "--nonsense"),
        (["--out", "toy.txt"], "--out toy.txt: the name must end in .nc."),
        (["--plot", "toy.jpg"], ".svg or .pdf or .png"),
        (["--preset", "huge"], "huge"),
    ],
)
def test_wrong_options_are_refused_in_one_line(capsys, monkeypatch, tmp_path, arguments, part):
    monkeypatch.chdir(tmp_path)
    assert main(["run", "toy", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("typicality: ")
    assert captured.err.count("\n") == 1
    assert part in captured.err
    assert captured.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("text", ["30", "30.0", "3e1", "0x1e"])
def test_whole_numbers_may_be_written_in_several_ways(tmp_path, text):
    path = tmp_path / "toy.nc"
    assert main(["run", "toy", "--n-samples", text, "--out", str(path)]) == 0
    assert Toy.from_parameters(load(path).attrs["parameters"]).n_samples == 30


def test_several_whole_numbers_are_refused_where_one_is_not(capsys):
    assert main(["run", "concentration", "--n-spins", "4", "5.5"]) == 2
    assert '"5.5" is not a whole number' in capsys.readouterr().err


def test_too_many_qubits_are_shown_the_way(capsys):
    assert main(["run", "page-curve", "--n-qubits", "60"]) == 2
    error = capsys.readouterr().err
    for name in ("haar_power_traces", "haar_schmidt_spectra", "mean_purity", "page_entropy"):
        assert name in error


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("option", ["--out", "--plot"])
def test_outputs_are_looked_at_before_work_starts(capsys, tmp_path, monkeypatch, option):
    monkeypatch.setattr(Toy, "measure", lambda *_: pytest.fail("work began"))
    (tmp_path / "file").write_text("")
    name = "x.nc" if option == "--out" else "x.svg"
    for path in (tmp_path / "file" / name, tmp_path / ("x" * 300 + name)):
        assert main(["run", "toy", option, str(path)]) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"typicality: {option} {path}: ")
        assert error.count("\n") == 1


@pytest.mark.parametrize("missing", ["matplotlib", "jinja2", "sklearn"])
def test_without_the_extra_only_figures_and_pages_are_refused(
    capsys, tmp_path, monkeypatch, missing
):
    program = (
        "import sys; sys.modules[sys.argv[1]] = None; from typicality.cli import main; "
        "sys.exit(main(sys.argv[2:]))"
    )

    def run(*words):
        return subprocess.run(
            [sys.executable, "-c", program, missing, *words],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    small = ("run", "page-curve", "--n-qubits", "4", "--n-samples", "4", "--n-spectra", "2",
             "--n-spins", "4", "--n-levels", "4")  # fmt: skip
    data = tmp_path / "page-curve.nc"
    assert run("list").returncode == 0
    assert run(*small, "--out", str(data)).returncode == 0
    refused = {
        "matplotlib": (*small, "--plot", str(tmp_path / "x.svg")),
        "jinja2": ("reproduce", "--out", str(tmp_path / "out")),
        "sklearn": ("run", "double-descent"),
    }
    package = "scikit-learn" if missing == "sklearn" else missing
    for words in (refused[missing], ("report", str(tmp_path))):
        done = run(*words)
        assert done.returncode == 2
        message = f'typicality: this needs {package}: pip install "typicality[report]"\n'
        assert done.stderr.endswith(message)
        assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("toy")
def test_a_folder_is_no_file_to_write(capsys, tmp_path):
    (tmp_path / "x.nc").mkdir()
    assert main(["run", "toy", "--out", str(tmp_path / "x.nc")]) == 2
    assert "folder" in capsys.readouterr().err


@pytest.mark.usefixtures("toy")
def test_interrupted_runs_write_nothing(capsys, tmp_path):
    assert main(["run", "interrupted", "--out", str(tmp_path / "x.nc")]) == 130
    # The oldest rich that is allowed leaves an empty line where its bar was.
    assert capsys.readouterr().err.lstrip("\n") == "typicality: stopped; nothing was written.\n"
    assert not list(tmp_path.iterdir())


def test_one_seed_gives_one_file(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    paths = [tmp_path / name for name in ("a.nc", "b.nc", "c.nc")]
    for path, seed in zip(paths, ("7", "7", "8"), strict=True):
        arguments = ["--n-qubits", "6", "--n-samples", "20", "--seed", seed, "--out", str(path)]
        assert main(["run", "page-curve", *arguments]) == 0
    first, again, other = (load(path) for path in paths)
    assert first.identical(again)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert not first.equals(other)
    assert first.equals(PageCurve(n_qubits=6, n_samples=20).run(rng=7))
