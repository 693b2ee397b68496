"""Threads: the same bits on any number of them, in forked and spawned children; Ctrl-C."""

import asyncio
import contextvars
import multiprocessing
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

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


def test_blocks_of_several_threads_do_not_meet() -> None:
    before = _core.get_threads()
    entered = threading.Barrier(8)
    left = threading.Barrier(8)
    seen: dict[int, list[int]] = {}

    def work(n: int) -> None:
        with ty.threads(n):
            entered.wait(10)
            seen[n] = [_core.get_threads()]
            with ty.threads(n + 100):
                seen[n].append(_core.get_threads())
            entered.wait(10)
        left.wait(10)
        seen[n].append(_core.get_threads())

    workers = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    with ty.threads(9):
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)
        assert _core.get_threads() == 9
    assert seen == {n: [n, n + 100, before] for n in range(1, 9)}
    assert _core.get_threads() == before


def test_a_thread_may_be_given_the_context() -> None:
    with ty.threads(7), ThreadPoolExecutor(1) as pool:
        context = contextvars.copy_context()
        assert pool.submit(context.run, _core.get_threads).result(10) == 7


def test_tasks_have_their_own_blocks_and_inherit_those_around_them() -> None:
    before = _core.get_threads()

    async def task(n: int) -> list[int]:
        seen = [_core.get_threads()]
        with ty.threads(n):
            for _ in range(3):
                await asyncio.sleep(0)
                seen.append(_core.get_threads())
        return [*seen, _core.get_threads()]

    async def everything() -> list[list[int]]:
        with ty.threads(11):
            return await asyncio.gather(*(task(n) for n in range(1, 5)))

    assert asyncio.run(everything()) == [[11, n, n, n, 11] for n in range(1, 5)]
    assert _core.get_threads() == before


def test_a_cancelled_task_leaves_nothing_behind() -> None:
    async def wait() -> None:
        with ty.threads(6):
            await asyncio.sleep(60)

    async def everything() -> int:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return _core.get_threads()

    assert asyncio.run(everything()) == _core.get_threads()


def held(n: int) -> Generator[int]:
    with ty.threads(n):
        while True:
            yield _core.get_threads()


def test_blocks_may_end_out_of_order() -> None:
    before = _core.get_threads()
    first, second, third = held(3), held(4), held(5)
    assert [next(first), next(second), next(third)] == [3, 4, 5]
    second.close()
    assert _core.get_threads() == 5
    third.close()
    assert _core.get_threads() == 3
    first.close()
    assert _core.get_threads() == before


def test_a_block_may_end_in_another_context() -> None:
    before = _core.get_threads()
    generator = held(3)
    assert contextvars.copy_context().run(next, generator) == 3
    assert _core.get_threads() == before
    with ty.threads(4):
        generator.close()
        assert _core.get_threads() == 4
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


def test_a_block_can_be_opened_again():
    two, before = ty.threads(2), _core.get_threads()
    with two:
        with ty.threads(3), two:
            assert _core.get_threads() == 2
        assert _core.get_threads() == 2
    with two:
        assert _core.get_threads() == 2
    assert _core.get_threads() == before

    @ty.threads(5)
    def inside():
        return _core.get_threads()

    assert inside() == 5
    assert _core.get_threads() == before
