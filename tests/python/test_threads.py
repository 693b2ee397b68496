"""Threads: the same bits on any number of them, in forked and spawned children; Ctrl-C."""

import multiprocessing
import threading

import numpy as np
import pytest

import typicality as ty
from child_process import send_spectra, spectra
from interrupted import errors_after_ctrl_c
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
    # Whole, the draw would take more than an hour.
    work = "ty.quantum.haar_schmidt_spectra(2048, 2048, size=200_000, rng=1)"
    assert "KeyboardInterrupt" in errors_after_ctrl_c("import typicality as ty", work)


def test_ctrl_c_ends_a_large_reduction() -> None:
    # Whole, it would take several seconds.
    errors = errors_after_ctrl_c(
        "import numpy as np\nfrom typicality import _core\nmatrix = np.ones((1, 5000, 5000))",
        "_core.hermitian_eigenvalues(matrix)",
    )
    assert "KeyboardInterrupt" in errors
