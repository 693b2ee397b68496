"""Eigenvalues and eigenvectors of a kernel, and which of the eigenvalues are rounding.

The null space of a kernel decides what gradient descent on the linearized network never learns.
In floating point its eigenvalues come out as rounding errors of either sign, which must neither
decay nor be inverted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from typicality._arrays import refuse_oversize
from typicality._interruptible import interruptible

__all__ = ["KernelSpectrum", "kernel_spectrum", "rounding_level"]


@dataclass(frozen=True, eq=False)
class KernelSpectrum:
    """Spectral decomposition of a symmetric matrix, in double precision.

    Parameters
    ----------
    eigenvalues : numpy.ndarray
        Ascending, shape ``(N,)``, as they were computed.
    vectors : numpy.ndarray
        Orthonormal eigenvectors, the columns of a matrix ``(N, N)``.
    rounding : float
        Eigenvalues up to this count as zero.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks._kernel_spectrum import kernel_spectrum
    >>> spectrum = kernel_spectrum(np.ones((3, 3)))
    >>> spectrum.rank, spectrum.rates.round(12).tolist()
    (1, [0.0, 0.0, 3.0])
    """

    eigenvalues: npt.NDArray[np.float64]
    vectors: npt.NDArray[np.float64]
    rounding: float

    @property
    def rates(self) -> npt.NDArray[np.float64]:
        """Eigenvalues with exact zeros where they are rounding."""
        return np.where(self.eigenvalues > self.rounding, self.eigenvalues, 0.0)

    @property
    def rank(self) -> int:
        """Number of eigenvalues above rounding."""
        return int((self.eigenvalues > self.rounding).sum())


def rounding_level(size: int, dtype: np.dtype[np.floating]) -> float:
    """Return the share of the largest eigenvalue below which an eigenvalue is rounding.

    ``N eps`` of double precision bounds what the solver adds. A kernel that comes in single
    precision carries the rounding of its own entries as well. It moves eigenvalues by at most
    about eps of single precision times the largest one, whatever N, since errors of different
    entries do not add up; the usual ``N eps`` would drop most of the fit of a thousand samples.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks._kernel_spectrum import rounding_level
    >>> rounding_level(1000, np.dtype("f8")) < rounding_level(1000, np.dtype("f4")) < 2e-7
    True
    """
    return max(size * float(np.finfo(np.float64).eps), float(np.finfo(dtype).eps))


def kernel_spectrum(matrix: npt.NDArray[np.floating]) -> KernelSpectrum:
    """Return the spectral decomposition of a symmetric matrix ``(N, N)``, N at least 1.

    Ctrl-C ends the work.

    Raises
    ------
    MemoryError
        If it would not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from typicality.networks._kernel_spectrum import kernel_spectrum
    >>> kernel_spectrum(np.diag([1e4, 1e-3]).astype(np.float32)).rank
    1
    """
    size = matrix.shape[0]
    refuse_oversize(4 * 8 * size * size, "The eigenvectors of the kernel", "Take fewer samples.")
    double = matrix.astype(np.float64, copy=False)
    eigenvalues, vectors = interruptible(np.linalg.eigh, double)
    largest = max(float(eigenvalues[-1]), float(np.abs(double).max()))
    rounding = rounding_level(size, matrix.dtype) * largest
    return KernelSpectrum(eigenvalues, vectors, rounding)
