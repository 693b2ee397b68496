"""What the Page curve experiment confirms of Eq. (2) and Sec. III, and what not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.report.findings.finding import Finding
from typicality.report.findings.spin_chain import chain_rows

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a Page curve dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `PageCurve.run` returned.

    Returns
    -------
    list of Finding
    """
    return (
        _entropy_rows(dataset)
        + _distance_rows(dataset)
        + _threshold_rows(dataset)
        + chain_rows(dataset)
    )


def _entropy_rows(dataset: xr.Dataset) -> list[Finding]:
    middle = _middle(dataset)
    at = dataset.isel(n_a=middle)
    rows = [
        Finding(
            statement=f"mean entropy of {int(at['n_a'])} of {_qubits(dataset)} qubits is Page's",
            equation="Eq. (2), α → 1",
            predicted=at["entropy_exact"].item(),
            measured=at["entropy"].item(),
            stderr=at["entropy_stderr"].item(),
            unit="nat",
            note=f"Eq. (2) itself is the leading order, {at['entropy_asymptotic'].item():.5f}",
        ),
        Finding(
            statement="standard deviation of the entropy at that cut",
            equation="Sec. II",
            predicted=at["entropy_deviation_exact"].item(),
            measured=at["entropy_deviation"].item(),
            stderr=at["entropy_deviation_stderr"].item(),
            unit="nat",
        ),
        Finding(
            statement="mean purity at that cut is (d_A + d_B)/(D + 1)",
            equation="Sec. II",
            predicted=at["purity_exact"].item(),
            measured=at["purity"].item(),
            stderr=at["purity_stderr"].item(),
            note="the paper states the mean as if it held for every state",
        ),
    ]
    checked = dataset["entropy_mismatch"].dropna("n_a")
    if checked.size:
        rows.append(
            Finding(
                statement=f"S_A = S_B, each from its own density matrix, {checked.size} cuts",
                equation="Sec. II",
                predicted=0.0,
                measured=float(checked.max()),
                stderr=0.0,
                bias=1e-10,
                unit="nat",
                note="largest difference; the allowance is for rounding",
            )
        )
    beyond = dataset.isel(n_a=np.flatnonzero(dataset["balance"] < 0))
    if beyond.sizes["n_a"]:
        cut = beyond.isel(n_a=0)
        rows.append(
            Finding(
                statement=f"S_A = log d_A − d_A/(2 d_B) at {int(cut['n_a'])} of "
                f"{_qubits(dataset)} qubits",
                equation="Sec. II",
                predicted=cut["entropy_printed_asymptotic"].item(),
                measured=cut["entropy"].item(),
                stderr=cut["entropy_stderr"].item(),
                bias=1.0 / 2 ** int(cut["n_a"]),
                unit="nat",
                source="paper",
                note="printed without a condition; for d_A > d_B exchange A and B",
            )
        )
    return rows


def _distance_rows(dataset: xr.Dataset) -> list[Finding]:
    rows: list[Finding] = []
    # Small parts have a finite-size shift of their own: the limit wants both sides large.
    chosen = np.flatnonzero((dataset["n_a"] >= 3) & (dataset["balance"] >= 2))
    if chosen.size >= 3:
        part = dataset.isel(n_a=chosen)
        slope, stderr = _slope(part["balance"], part["distance"], part["distance_stderr"])
        limit, _ = _slope(part["balance"], part["distance_asymptotic"], part["distance_stderr"])
        rows.append(
            Finding(
                statement="log of the distance to 1/d_A falls by log(2)/2 a qubit of B minus A",
                equation="Sec. II",
                predicted=-math.log(2.0) / 2.0,
                measured=slope,
                stderr=stderr,
                bias=abs(limit + math.log(2.0) / 2.0),
                unit="nat/qubit",
                note="the allowance is the curvature of T(c) over the fitted cuts",
            )
        )
    balanced = dataset.isel(n_balanced=np.flatnonzero(dataset["n_balanced"] >= 6))
    if balanced.sizes["n_balanced"] >= 3:
        distance, error = balanced["balanced_distance"], balanced["balanced_distance_stderr"]
        slope, stderr = _slope(balanced["n_balanced"], distance, error)
        rows.append(
            Finding(
                statement="distance to 1/d_A is exponentially small due to d_A d_B: slope of its "
                "log against all qubits, at d_A = d_B",
                equation="Sec. II",
                predicted=-math.log(2.0) / 2.0,
                measured=slope,
                stderr=stderr,
                unit="nat/qubit",
                source="paper",
                note="it depends on d_A/d_B only: at d_A = d_B it stays at 3√3/(4π) = 0.4135 "
                "however large the whole is",
            )
        )
    last = dataset.isel(n_balanced=-1)
    d = 2 ** (int(last["n_balanced"]) // 2)
    rows.append(
        Finding(
            statement=f"distance to 1/d_A at d_A = d_B = {d} is T(1) = 3√3/(4π)",
            equation="Sec. II",
            predicted=last["balanced_distance_asymptotic"].item(),
            measured=last["balanced_distance"].item(),
            stderr=last["balanced_distance_stderr"].item(),
            bias=0.25 / d**2,
            note="finite-size shift about −0.2/d_A²",
        )
    )
    at = dataset.isel(n_a=_middle(dataset))
    if at["balance"].item() == 0:
        size = 2 ** int(at["n_a"])
        rows.append(
            Finding(
                statement="distance of the reduced states of two states at d_A = d_B is 1/4 + 1/π",
                equation="Sec. III",
                predicted=at["pair_distance_asymptotic"].item(),
                measured=at["pair_distance"].item(),
                stderr=at["pair_distance_stderr"].item(),
                bias=0.5 / size**2,
                note="finite-size shift of order 1/d_A²",
            )
        )
    return rows


def _threshold_rows(dataset: xr.Dataset) -> list[Finding]:
    if dataset.sizes["n_a"] < 2:
        return _edge_rows(dataset)
    steps = dataset["pair_distance"].diff("n_a")
    errors = np.hypot(
        dataset["pair_distance_stderr"].values[1:], dataset["pair_distance_stderr"].values[:-1]
    )
    least = int(np.argmin(steps.values + 3.0 * errors))
    qubits = _qubits(dataset)
    rows = [
        Finding(
            statement="distinguishability of a pair never falls as A grows: its smallest step",
            equation="Sec. III",
            predicted=0.0,
            measured=float(steps.values[least]),
            stderr=float(errors[least]),
            relation="at least",
            note="T_pair is monotone and smooth at d_A = d_B",
        ),
        Finding(
            statement="distinguishability has a double-descent peak: qubits in A at its maximum",
            equation="Sec. III",
            predicted=qubits / 2,
            measured=float(dataset["n_a"][int(np.argmax(dataset["pair_distance"].values))]),
            stderr=0.0,
            unit="qubits",
            source="paper",
            note="nothing peaks there: what diverges at d_A = d_B is 1/λ_min and the linearized "
            "displacement, not the distinguishability",
        ),
    ]
    return rows + _edge_rows(dataset)


def _edge_rows(dataset: xr.Dataset) -> list[Finding]:
    last = dataset.isel(n_balanced=-1)
    d = 2 ** (int(last["n_balanced"]) // 2)
    cubed = float(d) ** 3
    rows = [
        Finding(
            statement=f"mean smallest eigenvalue at d_A = d_B = {d}, times d_A³",
            equation="Sec. III",
            predicted=1.0,
            measured=last["balanced_smallest"].item() * cubed,
            stderr=last["balanced_smallest_stderr"].item() * cubed,
            note="exact, from the hard edge",
        ),
    ]
    middle = dataset.isel(n_a=_middle(dataset))
    if middle["balance"].item() == 0:
        rows.append(
            Finding(
                statement="zero eigenvalues of ρ_A emerge at d_A = d_B: how many there",
                equation="Sec. III",
                predicted=1.0,
                measured=middle["zero_eigenvalues"].item(),
                stderr=0.0,
                relation="at least",
                source="paper",
                note="ρ_A has full rank at d_A = d_B; d_A − d_B exact zeros exist for d_A > d_B",
            )
        )
    rows += [
        Finding(
            statement="distance of two random pure states is (D − 1)/(D − 1/2) on average",
            equation="Sec. III",
            predicted=dataset["pure_pair_distance_exact"].item(),
            measured=dataset["pure_pair_distance"].item(),
            stderr=dataset["pure_pair_distance_stderr"].item(),
        ),
        Finding(
            statement="pure states are perfectly distinguishable when A is everything",
            equation="Sec. III",
            predicted=1.0,
            measured=dataset["pure_pair_distance"].item(),
            stderr=dataset["pure_pair_distance_stderr"].item(),
            source="paper",
            note="only orthogonal states are; tomography needs many copies",
        ),
    ]
    return rows


def _qubits(dataset: xr.Dataset) -> int:
    return int(dataset["n_a"].max()) + 1


def _middle(dataset: xr.Dataset) -> int:
    return int(np.argmin(np.abs(dataset["balance"].values)))


def _slope(x: xr.DataArray, y: xr.DataArray, y_stderr: xr.DataArray) -> tuple[float, float]:
    """Return the slope of log y against x by weighted least squares, and its standard error."""
    weights = (y.values / y_stderr.values) ** 2
    position = x.values - np.average(x.values, weights=weights)
    spread = float(np.sum(weights * position**2))
    return float(np.sum(weights * position * np.log(y.values))) / spread, spread**-0.5
