"""Threads: the same bits on any number of them, in forked and spawned children; Ctrl-C."""

import multiprocessing
import threading

import numpy as np
import pytest

import typicality as ty
from child_process import send_spectra, spectra
from every_kernel import N_GIVEN, draws, kernels
from interrupted import errors_after_ctrl_c
from typicality import _core

KERNELS = dict(kernels())


@pytest.mark.parametrize("name", KERNELS)
def test_bits_do_not_depend_on_threads_or_batches(name: str) -> None:
    kernel = KERNELS[name]
    with ty.threads(1):
        assert _core.get_threads() == 1
        whole = kernel(0, N_GIVEN)
    assert np.isfinite(whole).all()
    for n in (2, 3, 8):
        with ty.threads(n):
            assert _core.get_threads() == n
            np.testing.assert_array_equal(kernel(0, N_GIVEN), whole)
    for first, count in ((0, 1), (N_GIVEN - 1, 1), (5, 7), (3, 8), (31, 33), (1, 0)):
        np.testing.assert_array_equal(kernel(first, count), whole[first : first + count])


@pytest.mark.parametrize("name", [name for name, _ in draws()])
def test_draws_write_every_number(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = KERNELS[name]
    expected = kernel(0, 9)
    made = []

    def poisoned(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
        made.append(np.full(shape, np.nan, dtype))
        return made[-1]

    monkeypatch.setattr(np, "empty", poisoned)
    drawn = kernel(0, 9)
    assert any(array is drawn for array in made)
    np.testing.assert_array_equal(drawn, expected)


def test_the_setting_is_restored_after_an_error() -> None:
    before = _core.get_threads()
    with pytest.raises(KeyError), ty.threads(before + 1):
        raise KeyError
    assert _core.get_threads() == before


def test_the_default_follows_the_environment_again_after_a_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with ty.threads(2), ty.threads(3):
        assert _core.get_threads() == 3
    monkeypatch.setenv("TYPICALITY_NUM_THREADS", "5")
    assert _core.get_threads() == 5


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
