"""Inputs for the network side: real data that ships with scikit-learn, and ideal data for theory.

The paper speaks of N training samples and n_L outputs without naming any; these are the samples.
The kernel's formulas assume inputs on a sphere, ``x @ x == n_in`` (Eq. (3) and its limit), which
`on_sphere` makes of real inputs and `sphere_inputs` draws.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import dimension, draw_dtype, is_single, real_array, refuse_oversize
from typicality._interruptible import interruptible
from typicality._random import RNG, key_of
from typicality._short_repr import ShortRepr
from typicality.networks._mlp import MLP, check_network

if TYPE_CHECKING:
    from types import ModuleType

__all__ = [
    "Samples",
    "Teacher",
    "load_diabetes",
    "load_digits",
    "on_sphere",
    "sphere_inputs",
    "teacher",
]


class Samples(NamedTuple):
    """Inputs with what is to be learned from them; unpacks as ``inputs, targets``.

    Parameters
    ----------
    inputs : numpy.ndarray
        Shape ``(N, n_in)``, float64, mean square entry 1.
    targets : numpy.ndarray
        Shape ``(N,)``: class labels as int64, or real values as float64.

    Examples
    --------
    >>> from typicality.networks import load_diabetes
    >>> samples = load_diabetes()
    >>> len(samples.inputs) == len(samples.targets)
    True
    """

    inputs: npt.NDArray[np.float64]
    targets: npt.NDArray[Any]


def load_digits(*, n_components: int | None = None) -> Samples:
    """Load the 1797 handwritten digits of scikit-learn, 8 x 8 pixels each.

    The pixels are centered. All are then divided by one common factor, the root of the mean square
    entry: they share a unit, and dividing each by its own deviation would blow up the corners of
    the image, which are almost always empty. With `n_components` the pixels are first rotated to
    their principal components, of which the leading ones are kept; the sign of each is such that
    its largest pixel weight is positive.

    Parameters
    ----------
    n_components : int, optional
        Number of principal components, 1 to 61 (three pixels are constant, so there are no more);
        all 64 pixels by default.

    Returns
    -------
    Samples
        Inputs ``(1797, 64)`` or ``(1797, n_components)``, and the digits 0 to 9 as targets.

    Raises
    ------
    ValueError
        If `n_components` is out of range.
    ImportError
        If scikit-learn is not installed.

    References
    ----------
    .. [1] E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine
       Learning Repository (1998). Its test set of 1797 images ships with scikit-learn.

    Examples
    --------
    >>> from typicality.networks import load_digits
    >>> inputs, labels = load_digits(n_components=16)
    >>> inputs.shape, labels.shape, sorted(set(labels.tolist()))
    ((1797, 16), (1797,), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    >>> round(float((inputs**2).mean()), 6)
    1.0
    """
    if n_components is not None:
        n_components = dimension(n_components, "n_components", maximum=_DIGITS_RANK)
    pixels, labels = _digits()
    centered = pixels - pixels.mean(axis=0)
    if n_components is not None:
        centered = centered @ _leading_components(centered, n_components)
    return Samples(centered / np.sqrt(np.mean(centered**2)), labels.copy())


def load_diabetes() -> Samples:
    """Load the 442 diabetes patients of scikit-learn: ten measurements and the disease's progress.

    The measurements have different units, so each column, and the target too, is centered and
    divided by its own standard deviation.

    Returns
    -------
    Samples
        Inputs ``(442, 10)`` and real targets ``(442,)``.

    Raises
    ------
    ImportError
        If scikit-learn is not installed.

    References
    ----------
    .. [1] B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least angle regression, Annals of
       Statistics 32, 407 (2004).

    Examples
    --------
    >>> from typicality.networks import load_diabetes
    >>> inputs, targets = load_diabetes()
    >>> inputs.shape, targets.shape, round(float(targets.var()), 6)
    ((442, 10), (442,), 1.0)
    """
    inputs, targets = _diabetes()
    return Samples(_standardized(inputs), _standardized(targets))


def on_sphere(x: npt.ArrayLike) -> npt.NDArray[Any]:
    """Scale each input to norm ``sqrt(n_in)``, so that ``x @ x / n_in == 1``.

    Parameters
    ----------
    x : array_like
        Inputs, shape ``(..., n_in)``, none of them zero.

    Returns
    -------
    numpy.ndarray
        Same shape, float32 or float64.

    Raises
    ------
    ValueError
        If an input is zero, or there are no entries to scale.

    Examples
    --------
    >>> from typicality.networks import on_sphere
    >>> (on_sphere([[3.0, 4.0]]) / 2**0.5).round(6).tolist()
    [[0.6, 0.8]]
    """
    array = real_array(x, "x", min_ndim=1)
    if array.shape[-1] == 0:
        raise ValueError(f"x must have at least one entry per input; got shape {array.shape}.")
    # The largest entry is divided out first, so that its square cannot overflow or vanish.
    largest = np.abs(array).max(axis=-1, keepdims=True)
    if not largest.all():
        raise ValueError("x must not hold a zero input: it has no direction to be kept.")
    scaled = array / largest
    norms = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return scaled * (np.sqrt(array.dtype.type(array.shape[-1])) / norms)


def sphere_inputs(
    n: int, n_in: int, *, rng: RNG = None, dtype: npt.DTypeLike | None = None
) -> npt.NDArray[Any]:
    """Draw inputs uniformly from the sphere of radius ``sqrt(n_in)``, independent of each other.

    Input `i` depends on the seed and `i` alone: the first ``k`` of `n` are what `k` would give.

    Parameters
    ----------
    n : int
        Number of inputs; 0 gives an empty array.
    n_in : int
        Entries of an input.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        By default, or if an int is given, ``numpy.random.SeedSequence(rng)`` is the source.
    dtype : {float64, float32}, optional
        Precision of the result.

    Returns
    -------
    numpy.ndarray
        Shape ``(n, n_in)``.

    Raises
    ------
    ValueError
        If `n` or `n_in` is out of range.
    MemoryError
        If the inputs would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import sphere_inputs
    >>> x = sphere_inputs(5, 20, rng=1)
    >>> x.shape, np.allclose((x**2).sum(axis=1), 20)
    ((5, 20), True)
    """
    n = dimension(n, "n", minimum=0)
    n_in = dimension(n_in, "n_in")
    single = is_single(draw_dtype(dtype, 1, complex_result=False))
    refuse_oversize(
        2 * n * n_in * (4 if single else 8), f"{n} inputs of {n_in} entries", "fewer inputs"
    )
    normals = _core.standard_normals(key_of(rng), b"sphere inputs", 0, n, n_in, single)
    return on_sphere(normals)


@dataclass(frozen=True, eq=False, repr=False)
class Teacher(ShortRepr):
    """A target function that a network of known shape can represent exactly.

    Parameters
    ----------
    mlp : MLP
        The network.
    theta : numpy.ndarray
        Its parameters, shape ``(P,)``.

    Examples
    --------
    >>> from typicality.networks import MLP, teacher
    >>> target = teacher(MLP(widths=(2, 3, 1), activation="relu"), rng=0)
    >>> target([[0.5, -1.0]]).shape
    (1, 1)
    """

    mlp: MLP
    theta: npt.NDArray[Any]

    def __call__(self, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return the targets of inputs ``(N, n_in)``, shape ``(N, n_outputs)``."""
        return self.mlp.apply(self.theta, x)


def teacher(mlp: MLP, *, rng: RNG = None) -> Teacher:
    """Draw a teacher: `mlp` at random parameters, as a function of the input.

    A student of the same shape or wider has a global minimum at zero loss by construction, whatever
    the number of samples.

    Parameters
    ----------
    mlp : MLP
        The network.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        By default, or if an int is given, ``numpy.random.SeedSequence(rng)`` is the source.

    Returns
    -------
    Teacher
        Callable on inputs ``(N, n_in)``, returns targets ``(N, n_outputs)``.

    Raises
    ------
    TypeError
        If `mlp` is not an `MLP`.

    Examples
    --------
    >>> from typicality.networks import MLP, sphere_inputs, teacher
    >>> target = teacher(MLP(widths=(8, 4, 1), activation="tanh"), rng=2)
    >>> target(sphere_inputs(5, 8, rng=3)).shape
    (5, 1)
    """
    theta = check_network(mlp).init(rng=rng)
    theta.setflags(write=False)
    return Teacher(mlp, theta)


_DIGITS_RANK = 61


@functools.cache
def _digits() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    bunch: Any = _sklearn_datasets().load_digits()
    return np.asarray(bunch.data, dtype=np.float64), np.asarray(bunch.target, dtype=np.int64)


@functools.cache
def _diabetes() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    bunch: Any = _sklearn_datasets().load_diabetes(scaled=False)
    return np.asarray(bunch.data, dtype=np.float64), np.asarray(bunch.target, dtype=np.float64)


def _sklearn_datasets() -> ModuleType:
    try:
        from sklearn import datasets
    except ImportError as error:
        raise ImportError(
            "this data set ships with scikit-learn, which is not installed: "
            'pip install "typicality[report]"',
            name=error.name,
        ) from error
    return datasets


def _leading_components(
    centered: npt.NDArray[np.float64], n_components: int
) -> npt.NDArray[np.float64]:
    _, vectors = interruptible(np.linalg.eigh, centered.T @ centered)
    leading = vectors[:, ::-1][:, :n_components]
    heaviest = np.take_along_axis(leading, np.abs(leading).argmax(axis=0)[None], axis=0)
    return leading * np.sign(heaviest)


def _standardized(columns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return (columns - columns.mean(axis=0)) / columns.std(axis=0)
