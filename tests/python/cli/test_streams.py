"""What is printed never ends a command: odd encodings, closed pipes, narrow terminals."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from experiments import toy_mean
from experiments.toy_mean.experiment import Toy, install
from typicality.cli.application import main
from typicality.cli.console import print_findings
from typicality.cli.streams import lasting_streams, plain
from typicality.experiments.catalog import experiments
from typicality.report import Finding

PROGRAM = """
import sys
import pytest
from experiments.toy_mean.experiment import Toy, install
install(pytest.MonkeyPatch(), Toy)
from typicality.cli.application import main
sys.exit(main(sys.argv[1:]))
"""


def run(*arguments, shell="", **environment):
    """The program with the toy experiment alone, perhaps in a pipe."""
    words = [sys.executable, "-c", PROGRAM, *arguments]
    path = {"PYTHONPATH": str(Path(toy_mean.__file__).parents[2])}
    if shell:
        words = ["bash", "-c", f'set -o pipefail; "$@" {shell}', "bash", *words]
    return subprocess.run(
        words, capture_output=True, timeout=120, env=os.environ | path | environment, check=False
    )


def test_signs_have_plain_words():
    assert plain("(3.25 ± 0.12) × 10⁻⁷") == "(3.25 +/- 0.12) x 10^-7"
    assert plain("−∞ ≤ Ω_A → “ρ”…") == '-inf <= Omega_A -> "rho"...'
    assert plain("日") == "?"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8", "utf-16"])
def test_every_encoding_can_say_it(monkeypatch, encoding):
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding=encoding))
    with lasting_streams():
        sys.stdout.write("1.5 × 10⁻⁷ ± \udcff ρ\n")
    text = content.getvalue().decode(encoding)
    assert text.startswith("1.5 ")
    assert ("10^-7" in text) is (encoding in ("ascii", "cp1252", "latin-1"))


def test_a_terminal_without_greek_still_gets_its_result(tmp_path):
    figure = tmp_path / "ρ.svg"
    done = run("run", "toy", "--seed", "1", "--plot", str(figure), PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert figure.exists()
    assert b"+/-" in done.stdout
    assert b"rho.svg" in done.stdout


def test_a_reader_that_leaves_early_loses_no_files(tmp_path):
    data, figure = tmp_path / "x.nc", tmp_path / "x.svg"
    words = ("run", "toy", "--out", str(data), "--plot", str(figure))
    done = run(*words, shell="2>&1 | true")
    assert (done.returncode, done.stderr) == (0, b"")
    assert data.exists()
    assert figure.exists()


def test_progress_that_nobody_reads_stops_no_reproduction(tmp_path):
    done = run("reproduce", "--out", str(tmp_path / "r"), shell="2>&1 | true")
    assert done.returncode == 0
    assert (tmp_path / "r" / "report.html").exists()


def test_there_may_be_no_streams_at_all(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["list"]) == 0
    assert main(["nonsense"]) == 2


@pytest.mark.parametrize("width", [132, 80, 60, 40])
def test_lists_and_help_fit_into_narrow_terminals(capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    for words in (["list"], ["--help"], ["run", "--help"], ["run", "page-curve", "--help"]):
        assert main(words) == 0
        text = capsys.readouterr().out
        assert "…" not in text
        assert max(map(len, text.splitlines())) <= width, words
        said = " ".join(text.replace("│", " ").split())
        if words == ["list"]:
            for kind in experiments():
                for part in (kind.name, kind.summary, kind.equation):
                    assert part in said
        if words[-2:] == ["page-curve", "--help"]:
            for part in ("Number of qubits n, from 2 to 26", "--n-levels", "[default: 14]"):
                assert part in said


@pytest.mark.parametrize("width", [132, 60, 40])
def test_findings_fit_into_narrow_terminals(width):
    stream = io.StringIO()
    finding = Finding(
        statement="mean entropy of half of the qubits of a random state of 14 qubits",
        equation="Eq. (2)", predicted=4.3515, measured=4.35142, stderr=0.00038, unit="nat",
    )  # fmt: skip
    print_findings(Console(file=stream, width=width), [("The Page curve", [finding])])
    text = stream.getvalue()
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    said = " ".join(text.split())
    for part in ("The Page curve", finding.statement, "4.35142 ± 0.00038 nat", "agrees"):
        assert part in said


def test_bars_fit_into_narrow_terminals(monkeypatch, tmp_path, capsys):
    install(monkeypatch, Toy)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(["reproduce", "--out", str(tmp_path)]) == 0
    assert "…" not in capsys.readouterr().err
