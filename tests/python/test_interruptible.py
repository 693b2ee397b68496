"""Long calls of libraries: their results, their exceptions, and Ctrl-C while they run."""

import threading
import time

import numpy as np
import pytest

from interrupted import errors_after_ctrl_c
from typicality._interruptible import interruptible

LARGE = np.ones(2**15)


def test_results_and_exceptions_come_through():
    assert interruptible(np.sum, LARGE) == 2**15
    assert interruptible(np.sum, np.ones(3)) == 3

    def fail(array):
        raise FloatingPointError("as it was")

    for array in (LARGE, np.ones(3)):
        with pytest.raises(FloatingPointError, match="as it was"):
            interruptible(fail, array)


def test_large_arrays_are_worked_on_in_another_thread():
    here = threading.get_ident()
    assert interruptible(lambda _: threading.get_ident(), LARGE) != here
    assert interruptible(lambda _: threading.get_ident(), np.ones(3)) == here


def test_progress_is_told_and_may_stop_the_wait():
    told = []
    interruptible(lambda: time.sleep(0.35), progress=lambda *now: told.append(now), text="sleeping")
    assert 1 <= len(told) <= 4
    assert told[0][0] == 0.0
    assert told[0][1].startswith("sleeping, ")

    def stop(fraction, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interruptible(lambda: time.sleep(60.0), progress=stop)


def test_ctrl_c_ends_a_long_diagonalization():
    # Whole, it would take about a minute.
    errors = errors_after_ctrl_c(
        "from typicality.quantum import EnergyShell, ising_chain\n"
        "h = ising_chain(13, transverse=-1.05, longitudinal=0.5)",
        "EnergyShell.from_hamiltonian(h, window=(-1, 1))",
    )
    assert "KeyboardInterrupt" in errors
