"""Keys from `rng=`: pinned, distinct, advancing, and clear about what they refuse."""

import numpy as np
import pytest

from typicality._random import Seeds, draw, key_of


def test_key_of_an_integer_is_pinned() -> None:
    assert key_of(7).hex() == "586e327c01f7d0ea7a037ef9f0c479085f6745674b8c3a62ac6c3860ad3f44b3"


def test_equal_names_give_equal_keys() -> None:
    assert key_of(7) == key_of(np.int64(7)) == key_of(np.random.SeedSequence(7))
    assert key_of([1, 2]) == key_of((1, 2)) == key_of(np.array([1, 2]))


def test_keys_are_32_bytes_and_distinct() -> None:
    keys = {key_of(seed) for seed in range(2000)} | {key_of(2**200), key_of([0, 1])}
    assert len(keys) == 2002
    assert {len(key) for key in keys} == {32}


@pytest.mark.parametrize(
    "bit_generator",
    [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.SFC64, np.random.Philox],
)
def test_generators_advance(bit_generator: type[np.random.BitGenerator]) -> None:
    generator = np.random.Generator(bit_generator(5))
    first, second = key_of(generator), key_of(generator)
    assert first != second
    assert key_of(bit_generator(5)) == first
    assert len(first) == 32
    # No byte position is stuck, as one would be if 32-bit words were read as 64-bit ones.
    columns = np.array([list(key_of(generator)) for _ in range(64)])
    assert (np.ptp(columns, axis=0) > 0).all()


def test_none_takes_fresh_entropy() -> None:
    assert key_of(None) != key_of(None)


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no text here")


@pytest.mark.parametrize(
    "wrong",
    [True, 1.0, "1", b"1", {}, object(), [1.5], np.random.RandomState(1), Unprintable()],
    ids=lambda wrong: type(wrong).__name__,
)
def test_wrong_kinds_are_type_errors(wrong: object) -> None:
    with pytest.raises(TypeError, match="rng must be"):
        key_of(wrong)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("wrong", [-1, [-1], [3, -2], [[1], "a"]])
def test_negative_seeds_are_value_errors(wrong: object) -> None:
    with pytest.raises(ValueError, match="non-negative"):
        key_of(wrong)  # pyright: ignore[reportArgumentType]


def test_messages_name_what_was_passed() -> None:
    with pytest.raises(ValueError, match=r"^rng must be a non-negative integer; got -1\.$"):
        key_of(-1)
    with pytest.raises(ValueError, match=r"^rng is a seed sequence, whose entries .*\[1, -1\]\.$"):
        key_of([1, -1])
    with pytest.raises(
        MemoryError, match=r"size=\(4611686018427387904, 0\).*2\*\*66 bytes or more"
    ):
        draw(lambda *_: np.ones(0), (2**62, 0), bytes_per_sample=16, what="Draws", cheaper="")


def test_children_depend_on_labels_alone() -> None:
    seeds = Seeds(0)
    late = seeds.seed("states", 64)
    seeds.seed("other")
    assert key_of(late) == key_of(Seeds(0).seed("states", 64))
    names = [("states", 64), ("states", 65), ("states", "64"), ("states6", 4), ("s", "tates", 64)]
    names += [(), ("",), ("", ""), (64, "states")]
    assert len({key_of(seeds.seed(*labels)) for labels in names}) == len(names)
    assert key_of(Seeds(1).seed("states", 64)) != key_of(late)
    assert bytes.fromhex(seeds.text) == seeds.key


def test_a_child_is_pinned() -> None:
    assert key_of(Seeds(0).seed("states", 64)).hex()[:16] == "4579dbf5f016c2d2"


def test_draw_gives_the_batch_its_shape_and_refuses_what_does_not_fit() -> None:
    def kernel(first: int, size: int) -> np.ndarray:
        return np.arange(first, first + size)[:, None] * np.ones(2)

    drawn = draw(kernel, (2, 3), bytes_per_sample=16, what="draws", cheaper="")
    assert drawn.shape == (2, 3, 2)
    assert drawn[1, 0, 0] == 3
    assert draw(kernel, (), bytes_per_sample=16, what="draws", cheaper="").shape == (2,)
    assert draw(kernel, (4, 0), bytes_per_sample=16, what="draws", cheaper="").shape == (4, 0, 2)
    with pytest.raises(MemoryError, match=r"draws would take 2\*\*\d+ bytes.*Look at less\."):
        draw(kernel, (2**62,), bytes_per_sample=2**40, what="draws", cheaper="Look at less.")
