"""Files that are being written: left by the killed, kept by the living."""

import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import xarray as xr

from typicality.experiments import load, save
from typicality.results.files import write_text
from typicality.results.parts import part, remove_stale_parts

WRITING = """
import sys
from pathlib import Path
from typicality.results.parts import part
with part(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    print("writing", flush=True)
    sys.stdin.read()
    temporary.replace(Path(sys.argv[1]) / "whole")
"""


def writer(folder):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITING, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    return child


def parts(folder):
    return list(folder.glob(".typicality-*"))


def test_what_a_killed_writer_left_is_removed_and_a_living_one_kept(tmp_path):
    living, killed = writer(tmp_path), writer(tmp_path)
    assert len(parts(tmp_path)) == 2
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert len(parts(tmp_path)) == 2
    save(xr.Dataset({"x": ("i", np.arange(3.0))}), tmp_path / "x.nc")
    assert len(parts(tmp_path)) == 1
    living.communicate("")
    assert living.returncode == 0
    assert (tmp_path / "whole").read_text() == "half"
    assert parts(tmp_path) == []


def test_files_of_that_name_that_nobody_holds_are_removed(tmp_path):
    (tmp_path / ".typicality-abc.part").write_text("half")
    link = tmp_path / ".typicality-link.part"
    link.symlink_to(tmp_path / "elsewhere")
    write_text("whole", tmp_path / "page.html")
    assert parts(tmp_path) == [link]


def interrupted_writer(folder):
    with part(folder) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        interrupted_writer(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


def test_many_writers_beside_cleaners(tmp_path):
    end, failed = time.monotonic() + 2.0, []

    def work(index):
        count = 0
        try:
            while time.monotonic() < end:
                count += 1
                write_text(f"{index} {count}", tmp_path / f"{index}.txt")
                assert (tmp_path / f"{index}.txt").read_text() == f"{index} {count}"
        except BaseException as error:
            failed.append(error)
            raise

    def clean():
        while time.monotonic() < end:
            remove_stale_parts(tmp_path)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    threads += [threading.Thread(target=clean) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{i}.txt" for i in range(4)]


def test_datasets_come_back(tmp_path):
    data = xr.Dataset({"x": ("i", np.arange(3.0))})
    path = save(data, tmp_path / "deep" / "x.nc")
    assert load(path).equals(data)
    assert path.stat().st_mode & 0o777 == write_text("", tmp_path / "t").stat().st_mode & 0o777
