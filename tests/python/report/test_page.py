import re
from html.parser import HTMLParser

import pytest

from experiments.toy_mean.experiment import Interrupted, Other, Toy, install
from typicality import report
from typicality.experiments import save
from typicality.report.page import page
from typicality.report.section import section
from typicality.results.files import stamped


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    install(monkeypatch, Toy, Interrupted)


@pytest.fixture
def data():
    return Toy(n_samples=50).run(rng=3)


class Reader(HTMLParser):
    VOID = frozenset({"meta", "br", "hr", "link", "img", "input", "mspace"})

    def __init__(self, text):
        super().__init__()
        self.open, self.identifiers, self.targets, self.addresses = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.identifiers.append(value)
            if name in ("href", "xlink:href", "src"):
                (self.targets if value.startswith("#") else self.addresses).append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_stands_alone(data, tmp_path):
    path = report.build(data, tmp_path / "new" / "report.html")
    reader = Reader(path.read_text(encoding="utf-8"))
    assert reader.open == []
    assert len(set(reader.identifiers)) == len(reader.identifiers)
    assert {target[1:] for target in reader.targets} <= set(reader.identifiers)
    assert reader.addresses == ["https://arxiv.org/abs/2511.09526"]
    assert "<script" not in path.read_text(encoding="utf-8")


def test_the_same_data_give_the_same_page(data, tmp_path):
    data = stamped(data)
    first = report.build(data, tmp_path / "a.html").read_bytes()
    assert report.build([data], tmp_path / "b.html").read_bytes() == first
    assert report.build({"toy": data}, tmp_path / "c.html").read_bytes() == first
    save(data, tmp_path / "store" / "toy.nc")
    assert report.build(tmp_path / "store", tmp_path / "d.html").read_bytes() == first
    assert report.build([section(data)], tmp_path / "e.html").read_bytes() == first


def test_the_page_says_when_and_with_what(data, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    save(data, tmp_path / "toy.nc")
    path = report.build(tmp_path, tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    assert "<dt>Stored</dt><dd>1970-01-02</dd>" in text
    for library in ("Python 3.", "numpy 2.", "xarray 20"):
        assert library in text
    assert Reader(text).addresses == ["toy.nc", "https://arxiv.org/abs/2511.09526", "toy.nc"]


def test_figures_are_numbered_through(data, monkeypatch):
    install(monkeypatch, Toy, Other)
    text = page([section(data), section(Other(n_samples=50).run(rng=3))])
    assert re.findall(r"<b>Figure (\d+)\.</b>", text) == ["1", "2", "3", "4"]


def test_a_page_of_somebody_else_is_not_overwritten(data, tmp_path):
    path = tmp_path / "report.html"
    path.write_text("<html>mine</html>")
    with pytest.raises(FileExistsError, match=r"report\.html was not written by typicality"):
        report.build(data, path)
    assert path.read_text() == "<html>mine</html>"
    path.unlink()
    report.build(data, path)
    report.build(data, path)


def test_an_experiment_stands_there_once(data, tmp_path):
    with pytest.raises(ValueError, match="toy is given 2 times"):
        report.build([data, data], tmp_path / "report.html")


def test_the_page_says_what_was_run(data):
    text = page([section(data)])
    assert "typicality run toy --n-samples 50 --seed 3" in text
    assert "Toy &lt;mean&gt;" in text
    assert "Toy <mean>" not in text
    assert "mean of repetition 4" in text
    assert "Of 5 statements of this package" in " ".join(text.split())
    assert "<strong>5</strong>" in text
    assert "not confirmed" not in text.lower().replace('<th scope="col">not confirmed</th>', "")


def test_a_wrong_prediction_does_not_agree(data):
    wrong = data.copy(deep=True)
    wrong["mean_exact"][2] = 0.9
    text = page([section(wrong)])
    assert "<strong>4</strong>" in text
    assert "✗&nbsp;disagrees" in text
    assert 'href="#toy-finding-3"' in text
    assert 'id="toy-finding-3"' in text
    assert "✗&nbsp;disagrees" not in page([section(data)])


def test_figures_carry_their_captions(data):
    text = page([section(data)])
    assert len(re.findall("<figure>", text)) == 2
    assert "the line is the exact mean." in text


def test_what_is_no_dataset_is_refused(data, tmp_path):
    path = tmp_path / "report.html"
    with pytest.raises(ValueError, match="nothing to report"):
        report.build([], path)
    with pytest.raises(FileNotFoundError, match="nowhere"):
        report.build(tmp_path / "nowhere", path)
    with pytest.raises(ValueError, match="no netCDF file"):
        report.build(str(tmp_path), path)
    with pytest.raises(TypeError, match="int"):
        report.build(3, path)
    stranger = data.copy()
    stranger.attrs = {}
    with pytest.raises(ValueError, match='no attribute "experiment"'):
        report.build(stranger, path)
    stranger.attrs = {"experiment": "tay"}
    with pytest.raises(ValueError, match='did you mean "toy"'):
        report.build(stranger, path)
    assert not path.exists()
