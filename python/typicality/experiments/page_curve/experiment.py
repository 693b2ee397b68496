"""Parameters of the PageCurve experiment."""

from __future__ import annotations

from typing import Any, ClassVar

from typicality.experiments.experiment import Experiment
from typicality.experiments.page_curve.variables import PageCurveVariables
from typicality.results.table import Table

__all__ = ["PageCurve"]


class PageCurve(Experiment, frozen=True, kw_only=True):
    """Entropy and distance from the maximally mixed state of every cut of random pure states.

    The qubits 0 to ``n_a - 1`` are A, the others B. All cuts of a sample are cuts of one state, so
    neighboring points of a curve are correlated; samples are independent.

    Parameters
    ----------
    n_qubits : int, default: 14
        Number of qubits n, from 2 to 26; the states have 2**n amplitudes.
    n_samples : int, default: 100
        Number of states; must be even: consecutive states are also compared pairwise.
    n_checked : int, default: 4
        Number of states on which S_A = S_B is checked from both density matrices, on every cut
        where neither has more than 512 dimensions.
    n_spectra : int, default: 2000
        Spectra at ``d_A = d_B``, sampled from the exact distribution, for each smaller even number
        of qubits.
    n_spins : int, default: 10
        Length of the mixed-field Ising chain beside the random states, from 4 to 13.
    n_levels : int, default: 64
        Neighboring levels of an energy shell of the chain; `n_samples` typical states are drawn.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import PageCurve
    >>> data = PageCurve(n_qubits=6, n_samples=20, n_spectra=50).run(rng=1)
    >>> data["entropy"].dims, data.sizes["n_a"]
    (('n_a',), 5)
    >>> bool((abs(data["entropy"] - data["entropy_exact"]) < 5 * data["entropy_stderr"]).all())
    True
    """

    name: ClassVar[str] = "page-curve"
    title: ClassVar[str] = "The Page curve"
    equation: ClassVar[str] = "Eq. (2), Sec. III"
    summary: ClassVar[str] = "entropy and distance to the maximally mixed state of every cut"
    variables: ClassVar[type[Table]] = PageCurveVariables
    usual_seconds: ClassVar[float] = 3.0
    result_version: ClassVar[int] = 3
    full: ClassVar[dict[str, Any]] = {
        "n_qubits": 20, "n_samples": 100, "n_spectra": 4000,
        "n_spins": 12, "n_levels": 200,
    }  # fmt: skip

    n_qubits: int = 14
    n_samples: int = 100
    n_checked: int = 4
    n_spectra: int = 2000
    n_spins: int = 10
    n_levels: int = 64

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        if not 2 <= self.n_qubits <= 26:
            larger = (
                " The states themselves are drawn here. Without them, "
                "typicality.quantum.haar_power_traces(2**n_a, 2**n_b) draws the purity of any cut "
                "and haar_schmidt_spectra its spectrum; mean_purity and page_entropy are exact."
            )
            raise ValueError(
                f"n_qubits must be from 2 to 26; got {self.n_qubits}."
                f"{larger if self.n_qubits > 26 else ''}"
            )
        if self.n_samples < 4 or self.n_samples % 2:
            raise ValueError(f"n_samples must be even and at least 4; got {self.n_samples}.")
        if not 1 <= self.n_checked <= self.n_samples:
            raise ValueError(
                f"n_checked must be from 1 to n_samples={self.n_samples}; got {self.n_checked}."
            )
        if self.n_spectra < 2:
            raise ValueError(f"n_spectra must be at least 2; got {self.n_spectra}.")
        if not 4 <= self.n_spins <= 13:
            raise ValueError(f"n_spins must be from 4 to 13; got {self.n_spins}.")
        if not 2 <= self.n_levels <= 2**self.n_spins:
            raise ValueError(
                f"n_levels must be from 2 to 2**n_spins={2**self.n_spins}; got {self.n_levels}."
            )
