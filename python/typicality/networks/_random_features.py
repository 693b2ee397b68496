"""Random features: a hidden layer that is drawn and never trained, as wide as one likes.

With them the number of parameters of a linear model is turned like a dial at fixed data, which is
how the double descent of the paper's Sec. III is measured.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from typicality import _core
from typicality._arrays import dimension, real_array, real_number, refuse_oversize
from typicality._random import RNG, key_of
from typicality.networks._activations import apply_activation, check_activation

__all__ = ["RandomFeatures"]

_BLOCK_VALUES: Final = 1 << 21
_BLOCK_PRODUCTS: Final = 1 << 29


class RandomFeatures:
    r"""The map :math:`x \mapsto \phi(w_k \cdot x / \sqrt{n_{in}} + b_0\, b_k)`, all w, b ~ N(0, 1).

    Nested: feature `k` depends on the seed and `k` alone, so the first `k` columns are the features
    of ``RandomFeatures(n_in, k, ...)`` with the same seed, bit for bit before the matrix product.
    Frozen and picklable.

    Parameters
    ----------
    n_in : int
        Entries of an input.
    n_features : int
        Number of features.
    activation : str
        The nonlinearity, as of `MLP`.
    bias_scale : float, default: 0.0
        ``b_0``. The weights are the same whatever it is.
    rng : None, int, SeedSequence, BitGenerator or Generator, optional
        By default, or if an int is given, ``numpy.random.SeedSequence(rng)`` is the source.

    Raises
    ------
    ValueError
        If a size is out of range or `activation` is unknown.
    MemoryError
        If the weights would not fit.

    References
    ----------
    .. [1] A. Rahimi and B. Recht, Random features for large-scale kernel machines, NIPS (2007).
    .. [2] S. Mei and A. Montanari, The generalization error of random features regression, Comm.
       Pure Appl. Math. 75, 667 (2022).

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks import RandomFeatures
    >>> features = RandomFeatures(3, 8, "relu", rng=0)
    >>> values = features(np.eye(3))
    >>> values.shape
    (3, 8)
    >>> np.allclose(values[:, :5], RandomFeatures(3, 5, "relu", rng=0)(np.eye(3)))
    True
    """

    __slots__ = ("_activation", "_bias_scale", "_key", "_n_features", "_n_in", "_normals")

    def __init__(
        self,
        n_in: int,
        n_features: int,
        activation: str,
        *,
        bias_scale: float = 0.0,
        rng: RNG = None,
    ) -> None:
        self._n_in = dimension(n_in, "n_in")
        self._n_features = dimension(n_features, "n_features", minimum=0)
        self._activation = check_activation(activation)
        self._bias_scale = real_number(bias_scale, "bias_scale", low=0.0)
        refuse_oversize(
            8 * self._n_features * (self._n_in + 1),
            f"{self._n_features} random features of {self._n_in} inputs",
            "Take fewer features.",
        )
        self._key = key_of(rng)
        # The bias comes last, so that weights do not depend on whether there is one.
        normals = _core.standard_normals(
            self._key, b"random features", 0, self._n_features, self._n_in + 1, False
        )
        normals.setflags(write=False)
        self._normals: npt.NDArray[np.float64] = normals

    @property
    def n_in(self) -> int:
        """Entries of an input."""
        return self._n_in

    @property
    def n_features(self) -> int:
        """Number of features."""
        return self._n_features

    @property
    def activation(self) -> str:
        """Name of the nonlinearity."""
        return self._activation

    @property
    def bias_scale(self) -> float:
        """``b_0``."""
        return self._bias_scale

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """Weights ``(n_features, n_in)``, read-only."""
        return self._normals[:, :-1]

    @property
    def biases(self) -> npt.NDArray[np.float64]:
        """Biases ``(n_features,)`` before `bias_scale`, read-only."""
        return self._normals[:, -1]

    def __call__(
        self, x: npt.ArrayLike, *, start: int = 0, stop: int | None = None
    ) -> npt.NDArray[Any]:
        """Features of inputs.

        Parameters
        ----------
        x : array_like
            Inputs ``(N, n_in)``.
        start, stop : int, optional
            Only features `start` to `stop`, `stop` excluded; all by default. A long range may be
            worked through in blocks.

        Returns
        -------
        numpy.ndarray
            ``(N, stop - start)``, float32 for float32 inputs, else float64.

        Raises
        ------
        ValueError
            If the shape does not fit or the range is not within the features.
        """
        inputs = real_array(x, "x", ndim=2)
        if inputs.shape[1] != self._n_in:
            raise ValueError(f"x must have {self._n_in} columns (n_in); got shape {inputs.shape}.")
        last = self._n_features if stop is None else dimension(stop, "stop", minimum=0)
        first = dimension(start, "start", minimum=0)
        if not first <= last <= self._n_features:
            raise ValueError(
                f"start and stop must satisfy 0 <= start <= stop <= n_features={self._n_features}; "
                f"got start={first}, stop={last}."
            )
        kind, width = inputs.dtype, last - first
        # The values, and the weights in the precision and the order of the product.
        refuse_oversize(
            kind.itemsize * (inputs.shape[0] + self._n_in) * width,
            f"{width} features of {inputs.shape[0]} inputs",
            "Work through blocks of features by start and stop.",
        )
        weights = self.weights[first:last].T.astype(kind) * kind.type(1.0 / math.sqrt(self._n_in))
        shift = (self._bias_scale * self.biases[first:last]).astype(kind)
        values = np.empty((inputs.shape[0], width), dtype=kind)
        # Blocks of a few hundredths of a second, between which Ctrl-C is heard.
        step = max(1, min(_BLOCK_VALUES, _BLOCK_PRODUCTS // self._n_in) // max(1, width))
        for start_row in range(0, inputs.shape[0], step):
            rows = slice(start_row, start_row + step)
            block = inputs[rows] @ weights
            if self._bias_scale > 0:
                block += shift
            values[rows] = apply_activation(self._activation, block)
        return values

    def __repr__(self) -> str:
        return (
            f"RandomFeatures(n_in={self._n_in}, n_features={self._n_features}, "
            f"activation={self._activation!r}, bias_scale={self._bias_scale:g})"
        )
