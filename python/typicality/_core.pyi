"""Types of the compiled core; the public doors are in the package's Python modules."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__version__: str

__all__ = [
    "__version__",
    "activation",
    "empirical_ntk",
    "gaussian_matrices",
    "gaussian_matrices_workspace",
    "get_threads",
    "gradient_descent",
    "haar_expectations",
    "haar_isometries",
    "haar_isometries_workspace",
    "haar_power_traces",
    "haar_reduced_states",
    "haar_schmidt_spectra",
    "haar_states",
    "haar_unitaries",
    "hermitian_eigenvalues",
    "hermitian_eigenvalues_workspace",
    "hermitian_skew",
    "infinite_kernel",
    "jacobian_vector_product",
    "kernel_vector_product",
    "levenberg_marquardt",
    "mlp_apply",
    "mlp_jacobian",
    "nearest_minimum",
    "open_blocks",
    "partial_trace",
    "reduced_density_matrix",
    "reduced_density_matrix_workspace",
    "schmidt_spectrum",
    "schmidt_spectrum_workspace",
    "simd_level",
    "squared_norms",
    "standard_normals",
    "tridiagonal_eigenvalues",
    "tridiagonal_eigenvalues_workspace",
    "uniforms",
    "vector_jacobian_product",
    "wishart_eigenvalues",
    "wishart_eigenvalues_workspace",
    "wishart_matrices",
    "wishart_matrices_workspace",
]

# The blocks `with threads(n):` that are open where this is read, the innermost one last; each has
# an attribute `n`.
open_blocks: ContextVar[tuple[Any, ...]]

# The array to be filled, of exactly the shape and dtype of the result, or a new one.
_Out: TypeAlias = npt.NDArray[Any] | None

def get_threads() -> int: ...

# Random numbers and spectra: `key` has 32 bytes, sample i of a result is stream `first + i`.

def simd_level() -> str: ...
def standard_normals(
    key: bytes, label: bytes, first: int, size: int, n: int, single: bool
) -> npt.NDArray[Any]: ...
def uniforms(
    key: bytes, label: bytes, first: int, size: int, n: int
) -> npt.NDArray[np.float64]: ...
def wishart_matrices(
    key: bytes, first: int, size: int, p: int, n: float, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def wishart_eigenvalues(
    key: bytes, first: int, size: int, m: int, n: float, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def gaussian_matrices(
    key: bytes, first: int, size: int, n: int, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def tridiagonal_eigenvalues(
    diagonal: npt.NDArray[Any], off_diagonal: npt.NDArray[Any]
) -> npt.NDArray[Any]: ...

# Haar-random states.

def haar_states(
    key: bytes, first: int, size: int, d: int, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def haar_unitaries(
    key: bytes, first: int, size: int, d: int, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def haar_isometries(
    key: bytes, first: int, size: int, d: int, n: int, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def haar_reduced_states(
    key: bytes,
    first: int,
    size: int,
    d_a: int,
    d_b: float,
    beta: int,
    single: bool,
    out: _Out = None,
) -> npt.NDArray[Any]: ...
def haar_schmidt_spectra(
    key: bytes, first: int, size: int, m: int, n: float, beta: int, single: bool, out: _Out = None
) -> npt.NDArray[Any]: ...
def haar_power_traces(
    key: bytes, first: int, size: int, m: int, n: float, order: int, beta: int, out: _Out = None
) -> npt.NDArray[np.float64]: ...
def haar_expectations(
    key: bytes,
    first: int,
    size: int,
    eigenvalues: npt.NDArray[np.float64],
    multiplicities: npt.NDArray[np.float64],
    beta: int,
    out: _Out = None,
) -> npt.NDArray[np.float64]: ...

# Given states: batches `(b, D)` or `(b, D, D)` of float32, float64, complex64 or complex128.

def squared_norms(vectors: npt.NDArray[Any]) -> npt.NDArray[np.float64]: ...
def hermitian_skew(matrices: npt.NDArray[Any]) -> float: ...
def hermitian_eigenvalues(matrices: npt.NDArray[Any]) -> npt.NDArray[Any]: ...
def reduced_density_matrix(
    psi: npt.NDArray[Any], dims: Sequence[int], keep: Sequence[int], out: _Out = None
) -> npt.NDArray[Any]: ...
def partial_trace(
    rho: npt.NDArray[Any], dims: Sequence[int], keep: Sequence[int], out: _Out = None
) -> npt.NDArray[Any]: ...
def schmidt_spectrum(
    psi: npt.NDArray[Any], dims: Sequence[int], keep: Sequence[int], out: _Out = None
) -> npt.NDArray[Any]: ...

# Bytes that kernels work in beside their results, for the threads in force; sizes of any length.

def tridiagonal_eigenvalues_workspace(count: int, n: int) -> int: ...
def wishart_eigenvalues_workspace(count: int, m: int) -> int: ...
def wishart_matrices_workspace(count: int, p: int, n: int, beta: int, single: bool) -> int: ...
def gaussian_matrices_workspace(count: int, n: int, beta: int, single: bool) -> int: ...
def haar_isometries_workspace(count: int, d: int, n: int, beta: int, single: bool) -> int: ...
def hermitian_eigenvalues_workspace(count: int, n: int, dtype: np.dtype[Any]) -> int: ...
def reduced_density_matrix_workspace(
    count: int, dims: Sequence[int], keep: Sequence[int], dtype: np.dtype[Any], given: bool
) -> int: ...
def schmidt_spectrum_workspace(
    count: int, dims: Sequence[int], keep: Sequence[int], dtype: np.dtype[Any]
) -> int: ...

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
def infinite_kernel(
    activation: str,
    weight_scales: Sequence[float],
    bias_scale: float,
    tangent: bool,
    x: npt.NDArray[np.float64],
    x2: npt.NDArray[np.float64] | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> npt.NDArray[np.float64]: ...
