"""Threads: the same bits on any number of them, in forked and spawned children; Ctrl-C."""

import multiprocessing
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import typicality as ty
from child_process import send_spectra, spectra
from typicality import _core


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_bits_do_not_depend_on_the_number_of_threads(n: int) -> None:
    states, rho = ty.quantum.haar_states(512, size=40, rng=1), spectra(1)
    with ty.threads(n):
        assert _core.get_threads() == n
        np.testing.assert_array_equal(ty.quantum.haar_states(512, size=40, rng=1), states)
        np.testing.assert_array_equal(spectra(1), rho)


def test_the_setting_is_restored_after_an_error() -> None:
    before = _core.get_threads()
    with pytest.raises(KeyError), ty.threads(before + 1):
        raise KeyError
    assert _core.get_threads() == before


@pytest.mark.parametrize("wrong", [0, -1, 1025, 2**70])
def test_absurd_numbers_of_threads_are_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="n must be at"), ty.threads(wrong):
        pass


@pytest.mark.parametrize("method", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_children_draw_the_same_numbers(method: str) -> None:
    expected = spectra(3)  # The parent's pool exists before the child does.
    context = multiprocessing.get_context(method)
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=send_spectra, args=(sender, 3))
    child.start()
    assert receiver.poll(60), "the child never answered"
    np.testing.assert_array_equal(receiver.recv(), expected)
    child.join(60)
    assert child.exitcode == 0


def test_threads_of_python_may_call_at_once() -> None:
    expected = [spectra(seed) for seed in range(8)]
    results: dict[int, np.ndarray] = {}

    def work(seed: int) -> None:
        results[seed] = spectra(seed)

    workers = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    for seed in range(8):
        np.testing.assert_array_equal(results[seed], expected[seed])


def test_ctrl_c_ends_a_long_draw() -> None:
    code = (
        # A shell's background jobs ignore Ctrl-C, and their children inherit that.
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import typicality as ty\n"
        "print('ready', flush=True)\n"
        "ty.quantum.haar_schmidt_spectra(2048, 2048, size=200_000, rng=1)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    # Whole, the draw would take more than an hour.
    _, errors = child.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
