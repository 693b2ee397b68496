"""What `import typicality` costs and what it must not load."""

import json
import subprocess
import sys

import pytest

import typicality

SLOW = ("scipy.stats", "matplotlib", "xarray", "sklearn", "distributed", "pandas", "jinja2")


def loaded_after(statement: str) -> list[str]:
    code = f"import json, sys\n{statement}\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "statement",
    [
        "import typicality",
        "import typicality as ty; ty.spectra; ty.quantum.haar_states(4, rng=1)",
        "import typicality as ty; ty.networks.MLP",
    ],
)
def test_slow_libraries_are_not_loaded(statement: str) -> None:
    loaded = loaded_after(statement)
    assert "numpy" in loaded
    assert not {name for name in SLOW if name in loaded}


def test_subpackages_are_reached_by_attribute() -> None:
    assert set(typicality.__all__) <= set(dir(typicality))
    for name in typicality.__all__:
        assert getattr(typicality, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = typicality.nonsense


def test_version_is_that_of_the_installed_package() -> None:
    from importlib.metadata import version

    assert typicality.__version__ == version("typicality")
