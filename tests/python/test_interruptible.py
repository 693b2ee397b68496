"""Long calls of libraries: their results, their exceptions, and Ctrl-C while they run."""

import functools
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import scipy.linalg

from child_process import send_eigenvalues
from interrupted import errors_after_ctrl_c
from typicality import _interruptible, _product
from typicality._interruptible import interruptible
from typicality._product import product

LARGE = np.ones(2**15)


@pytest.fixture
def everything_is_long(monkeypatch):
    monkeypatch.setattr(_interruptible, "_LONG", 0.0)


@pytest.fixture
def no_threads(monkeypatch):
    """Make sure that a call does not fall back on a thread."""

    def refuse(*_):
        raise AssertionError("called in a thread")

    monkeypatch.setattr(_interruptible, "_in_thread", refuse)


def hermitian(n, kind):
    generator = np.random.default_rng(n)
    matrix = generator.standard_normal((n, n, 2)).view(complex)[..., 0].astype(kind)
    return matrix + matrix.conj().T


def test_results_and_exceptions_come_through():
    assert interruptible(np.sum, LARGE) == 2**15
    assert interruptible(np.sum, np.ones(3)) == 3

    def fail(array):
        raise FloatingPointError("as it was")

    for array in (LARGE, np.ones(3)):
        with pytest.raises(FloatingPointError, match="as it was"):
            interruptible(fail, array)


@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
@pytest.mark.parametrize("kind", [np.float64, np.float32, np.complex128, np.complex64])
def test_a_child_process_returns_the_same_bits(everything_is_long, no_threads, kind):
    matrix = hermitian(150, kind)
    rows = np.asfortranarray(matrix[:40])
    batch = np.stack([matrix[:9, :9], matrix[9:18, 9:18]])
    positive = matrix @ matrix.conj().T + 100 * np.eye(150, dtype=kind)
    calls = [
        (np.linalg.eigh, matrix[::2, ::2]),
        (np.linalg.eigh, batch),
        (functools.partial(np.linalg.svd, full_matrices=False), rows),
        (functools.partial(np.linalg.lstsq, rcond=None), rows.T, matrix[:, :2]),
        (scipy.linalg.cho_factor, positive),
    ]
    if kind == np.float64:
        calls += [(np.linalg.eigvalsh, np.empty((0, 3, 3))), (np.trace, matrix)]
    for function, *arguments in calls:
        expected, found = function(*arguments), interruptible(function, *arguments)
        if not isinstance(expected, tuple):
            expected, found = (expected,), (found,)
        for here, there in zip(expected, found, strict=True):
            assert np.array_equal(here, there)
            assert np.asarray(here).dtype == np.asarray(there).dtype
            assert np.asarray(here).strides == np.asarray(there).strides
            assert np.asarray(there).flags.writeable


def test_exceptions_of_a_child_process_are_raised_here(everything_is_long, no_threads):
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        interruptible(np.linalg.cholesky, -np.eye(3))
    with pytest.raises(np.exceptions.AxisError, match="axis 5 is out of bounds"):
        interruptible(functools.partial(np.sum, axis=5), np.eye(2))


def test_threads_processes_and_programs_without_python_work_too(everything_is_long, monkeypatch):
    matrix = hermitian(60, complex)
    expected = np.linalg.eigvalsh(matrix)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: interruptible(np.linalg.eigvalsh, matrix), range(8)):
            assert np.array_equal(found, expected)
    for executable in ("", None, "/usr/sbin/uwsgi", "/no/such/python"):
        monkeypatch.setattr(sys, "executable", executable)
        assert np.array_equal(interruptible(np.linalg.eigvalsh, matrix), expected)


def test_after_a_fork(everything_is_long):
    # In a program of its own: forking this one, which has threads, warns in newer Pythons.
    program = (
        "import os, numpy as np\n"
        "from typicality import _interruptible as calls\n"
        "calls._LONG = 0.0\n"
        "if os.fork() == 0:\n"
        "    found = calls.interruptible(np.linalg.eigvalsh, np.eye(3))\n"
        "    os._exit(0 if found.tolist() == [1.0] * 3 else 1)\n"
        "assert os.wait()[1] == 0\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_the_main_module_is_not_run_again(tmp_path):
    # Without a guard, as in a notebook or a script of a newcomer, and on a standard input.
    program = tmp_path / "script.py"
    program.write_text(
        "import numpy as np\n"
        "from typicality import _interruptible as calls\n"
        "calls._LONG = 0.0\n"
        "print('once', flush=True)\n"
        "print(calls.interruptible(np.linalg.eigvalsh, np.eye(2)))\n"
    )
    for arguments, given in (([str(program)], None), (["-"], program.read_text())):
        found = subprocess.run(
            [sys.executable, *arguments], input=given, capture_output=True, text=True, check=True
        )
        assert found.stdout == "once\n[1. 1.]\n"
        assert found.stderr == ""


def test_a_spawned_process():
    here, there = get_context("spawn").Pipe()
    child = get_context("spawn").Process(target=send_eigenvalues, args=(there,))
    child.start()
    assert here.poll(60)
    assert here.recv() == [1.0, 1.0, 1.0]
    child.join()


def test_large_arrays_are_worked_on_in_another_thread():
    here = threading.get_ident()
    assert interruptible(lambda _: threading.get_ident(), LARGE) != here
    assert interruptible(lambda _: threading.get_ident(), np.ones(3)) == here


def test_progress_is_told_and_may_stop_the_wait():
    told = []
    interruptible(lambda: time.sleep(0.35), progress=lambda *now: told.append(now), text="sleeping")
    assert 1 <= len(told) <= 4
    assert told[0] == (0.0, "sleeping")

    def stop(fraction, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interruptible(lambda: time.sleep(0.5), progress=stop)


def test_progress_ends_the_child_process(monkeypatch):
    started = []
    popen = subprocess.Popen

    def start(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(_interruptible.subprocess, "Popen", start)
    told = []

    def stop(fraction, text):
        told.append(text)
        if text.endswith("1 s so far"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interruptible(np.linalg.eigh, np.eye(6000), progress=stop, text="diagonalizing")
    assert told[0] == "diagonalizing"
    assert started[0].poll() is not None


def test_ctrl_c_ends_a_long_diagonalization():
    # Whole, it would take about a minute.
    errors = errors_after_ctrl_c(
        "from typicality.quantum import EnergyShell, ising_chain\n"
        "h = ising_chain(13, transverse=-1.05, longitudinal=0.5)",
        "EnergyShell.from_hamiltonian(h, window=(-1, 1))",
    )
    assert "KeyboardInterrupt" in errors


def test_leaving_waits_for_a_thread_that_was_left_behind():
    errors = errors_after_ctrl_c(
        "import atexit, time\n"
        "from typicality._interruptible import interruptible\n"
        "def work():\n"
        "    time.sleep(1.5)\n"
        "    print('worked', file=__import__('sys').stderr, flush=True)",
        "interruptible(work, progress=lambda *_: None)",
    )
    assert "KeyboardInterrupt" in errors
    assert errors.endswith("worked\n")


@pytest.mark.parametrize("kind", [np.float64, np.complex64])
def test_products_in_pieces(monkeypatch, kind):
    monkeypatch.setattr(_product, "_PIECE", 200.0)
    monkeypatch.setattr(_product, "_SIDE", 3)
    matrix = hermitian(12, np.complex128).astype(kind) if kind != np.float64 else np.ones((12, 12))
    for left, right in ((matrix, matrix[:, :5]), (matrix[::3].conj(), matrix.T), (matrix, matrix)):
        np.testing.assert_allclose(product(left, right), left @ right, rtol=1e-5)
        assert product(left, right).dtype == kind
    batch = np.stack([matrix, 2 * matrix, matrix + 1])
    for left, right in (
        (batch, batch),
        (batch[:, None], batch),
        (matrix, batch[None]),
        (np.stack([batch[:, :2, :3]] * 50), batch[:, :3, :2]),
    ):
        np.testing.assert_allclose(product(left, right), left @ right, rtol=1e-5)
    real = np.arange(24.0).reshape(2, 12)
    np.testing.assert_allclose(product(real, matrix), real @ matrix, rtol=1e-5)
    assert product(np.ones((0, 3)), np.ones((3, 2))).shape == (0, 2)
    assert np.array_equal(product(np.ones((2, 0)), np.ones((0, 2))), np.zeros((2, 2)))
