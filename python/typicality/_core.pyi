"""Types of the compiled core; the public doors are in the package's Python modules."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__version__: str

def get_threads() -> int: ...
def set_threads(n: int | None, /) -> None: ...

# Networks: `widths, activation, weight_factors, bias_factors` describe a network.

def activation(
    activation: str, z: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
def mlp_apply(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta: npt.NDArray[Any],
    x: npt.NDArray[Any],
) -> npt.NDArray[Any]: ...
def mlp_jacobian(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta: npt.NDArray[Any],
    x: npt.NDArray[Any],
) -> npt.NDArray[Any]: ...
def empirical_ntk(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta: npt.NDArray[Any],
    x: npt.NDArray[Any],
    x2: npt.NDArray[Any] | None = None,
) -> npt.NDArray[Any]: ...
def kernel_vector_product(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]: ...
def jacobian_vector_product(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    u: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]: ...
def vector_jacobian_product(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]: ...
def gradient_descent(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta0: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    max_steps: int,
    tolerance: float,
    learning_rates: Sequence[float],
    momentum: float,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
]: ...
def levenberg_marquardt(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta0: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    max_steps: int,
    tolerance: float,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[
    npt.NDArray[np.float64],
    npt.NDArray[np.float64],
    npt.NDArray[np.int64],
    npt.NDArray[np.int64],
]: ...
def nearest_minimum(
    widths: Sequence[int],
    activation: str,
    weight_factors: Sequence[float],
    bias_factors: Sequence[float],
    theta0: npt.NDArray[np.float64],
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    max_steps: int,
    tolerance: float,
) -> tuple[
    tuple[
        npt.NDArray[np.float64],
        npt.NDArray[np.float64],
        npt.NDArray[np.int64],
        npt.NDArray[np.int64],
    ],
    float,
]: ...
