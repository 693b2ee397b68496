"""Randomness at the public door: `rng=` (SPEC 7) becomes a 32-byte key with named children.

Every draw of the package is a pure function of a 32-byte key, the name of the drawing function and
the index of the sample. This file makes keys; the Rust core makes numbers from them.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from typicality._arrays import refuse_oversize
from typicality._messages import short_tuple, shortened

__all__ = ["RNG", "Seeds", "draw", "key_of"]

RNG: TypeAlias = (
    int
    | np.integer[Any]
    | Sequence[int]
    | np.random.SeedSequence
    | np.random.BitGenerator
    | np.random.Generator
    | None
)
"""What `rng=` accepts (SPEC 7)."""

_KEY_WORDS: Final = 8
# Bytes that the axes of an array may span, those of an empty one without the axes of length 0.
_LARGEST_EXTENT: Final = 2**63 - 1
_LOW_32_BITS: Final = 0xFFFFFFFF


def key_of(rng: RNG) -> bytes:
    """Return the 32-byte key that `rng` stands for.

    Integers, sequences of integers, seed sequences and None name a key through
    `numpy.random.SeedSequence`, whose output NumPy promises never to change. Generators and bit
    generators are asked for eight raw words, so they advance and a second call with the same
    object draws anew; the raw words are promised by NumPy, the methods of `Generator` are not.

    Parameters
    ----------
    rng : None, int, sequence of int, SeedSequence, BitGenerator or Generator
        None takes fresh entropy from the operating system.

    Returns
    -------
    bytes
        32 bytes, the same on every machine.

    Raises
    ------
    TypeError
        If `rng` is none of the above.
    ValueError
        If an integer is negative.

    References
    ----------
    .. [1] Scientific Python, SPEC 7: Seeding pseudo-random number generation.

    Examples
    --------
    >>> from typicality._random import key_of
    >>> key_of(7) == key_of(7), key_of(7) == key_of(8)
    (True, False)
    >>> import numpy as np
    >>> generator = np.random.default_rng(7)
    >>> key_of(generator) == key_of(generator)
    False
    """
    if isinstance(rng, np.random.Generator):
        rng = rng.bit_generator
    if isinstance(rng, np.random.BitGenerator):
        raw = np.atleast_1d(rng.random_raw(_KEY_WORDS))
        # MT19937 yields 32-bit words, the others 64: folding uses every bit of either.
        words = [(int(word) ^ (int(word) >> 32)) & _LOW_32_BITS for word in raw]
        return b"".join(word.to_bytes(4, "little") for word in words)
    if not isinstance(rng, np.random.SeedSequence):
        rng = _seed_sequence(rng)
    state = rng.generate_state(_KEY_WORDS, np.uint32)
    return state.astype("<u4").tobytes()


class Seeds:
    """Independent seeds named by what they are for, all from one `rng`.

    The child called ``("states", 64)`` is the same whichever children were asked for before it and
    on whichever thread, so a part that is added to an experiment leaves the other parts' draws as
    they were.

    Parameters
    ----------
    rng : None, int, sequence of int, SeedSequence, BitGenerator or Generator
        Where the key comes from, see `key_of`.

    Examples
    --------
    >>> from typicality._random import Seeds, key_of
    >>> seeds = Seeds(0)
    >>> key_of(seeds.seed("states", 64)) == key_of(Seeds(0).seed("states", 64))
    True
    >>> key_of(seeds.seed("states", 64)) == key_of(seeds.seed("states", 65))
    False
    """

    __slots__ = ("_key",)

    def __init__(self, rng: RNG = None) -> None:
        self._key = key_of(rng)

    @property
    def key(self) -> bytes:
        """The 32 bytes that all children derive from."""
        return self._key

    @property
    def text(self) -> str:
        """The key as 64 hexadecimal digits, to be stored beside results."""
        return self._key.hex()

    def seed(self, *labels: str | int) -> np.random.SeedSequence:
        """Return the child that bears these labels.

        Parameters
        ----------
        *labels : str or int
            What the child is for. ``1`` and ``"1"`` are different labels.

        Returns
        -------
        numpy.random.SeedSequence
            Pass it as `rng=`.
        """
        digest = hashlib.blake2b(key=self._key, digest_size=32, person=b"typicality seed")
        for label in labels:
            # A kind and a length before each label: ("ab", "c") and ("a", "bc") must differ.
            kind, text = ("s", label) if isinstance(label, str) else ("i", str(int(label)))
            encoded = text.encode()
            digest.update(f"{kind}{len(encoded)}:".encode())
            digest.update(encoded)
        words = np.frombuffer(digest.digest(), dtype="<u4")
        return np.random.SeedSequence([int(word) for word in words])


def _none(size: int) -> int:
    del size
    return 0


def draw(
    kernel: Callable[[int, int], npt.NDArray[Any]],
    shape: tuple[int, ...],
    *,
    bytes_per_sample: int,
    what: str,
    cheaper: str,
    scratch: Callable[[int], int] = _none,
    out: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]:
    """Call ``kernel(first, size)`` for all samples of `shape` and give the result that shape.

    What would not fit in memory is refused before it is allocated.

    Parameters
    ----------
    kernel : callable
        Takes the index of the first sample and their number, returns ``(size, ...)``.
    shape : tuple of int
        Batch shape; ``()`` is a single sample without a batch axis.
    bytes_per_sample : int
        Size of one sample of the result.
    what, cheaper : str
        What is drawn and which cheaper route there is, for the message.
    scratch : callable, optional
        Takes the number of samples, returns the bytes that drawing them takes beside the result.
    out : numpy.ndarray, optional
        The caller's array, which `kernel` fills; it is returned.

    Returns
    -------
    numpy.ndarray
        Shape ``(*shape, ...)``.

    Raises
    ------
    MemoryError
        If the result, or the way to it, would not fit.
    """
    size = math.prod(shape)
    # NumPy counts the axes of an empty array, too.
    extent = bytes_per_sample * math.prod(length for length in shape if length)
    if size == 0 and extent > _LARGEST_EXTENT:
        raise MemoryError(
            f"{what} would be empty, with size={short_tuple(shape)}, but no array can have such "
            f"axes: the product of those that are not 0 is 2**{extent.bit_length() - 1} bytes or "
            "more. Ask for a smaller size."
        )
    new = size * bytes_per_sample if out is None else 0
    refuse_oversize(new + scratch(size), what, cheaper)
    samples = kernel(0, size)
    if out is not None:
        return out
    return samples.reshape((*shape, *samples.shape[1:]))


def _seed_sequence(rng: object) -> np.random.SeedSequence:
    if isinstance(rng, bool | np.bool_ | str | bytes | float | np.random.RandomState):
        raise _wrong_kind(rng)
    if rng is None:
        return np.random.SeedSequence()
    try:
        return np.random.SeedSequence(rng)  # pyright: ignore[reportArgumentType] - checked by NumPy
    except ValueError as error:
        what = "must be a non-negative integer"
        if not isinstance(rng, int | np.integer):
            what = "is a seed sequence, whose entries must be non-negative integers"
        raise ValueError(f"rng {what}; got {shortened(rng)}.") from error
    except Exception as error:
        # Of any kind: NumPy's message shows what it refuses, which may have no text.
        raise _wrong_kind(rng) from error


def _wrong_kind(rng: object) -> TypeError:
    return TypeError(
        "rng must be None, a non-negative integer, a sequence of them, or a NumPy SeedSequence, "
        f"BitGenerator or Generator; got {type(rng).__name__}. "
        "Pass numpy.random.default_rng(seed) or the seed itself."
    )
