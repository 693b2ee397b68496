"""Findings of the Page curve experiment: statements on Eq. (2), Table 1, Sec. II and Sec. III."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.page_curve.chain_findings import chain_rows
from typicality.results.finding import Finding

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
    at = dataset.isel(n_a=_middle(dataset))
    where = f"{int(at['n_a'])} of {_qubits(dataset)} qubits"
    largest = dataset["balance"].values[int(np.argmax(dataset["entropy"].values))]
    rows = [
        Finding(
            statement=f"mean entropy of {where} is log d_A − d_A/(2 d_B)",
            equation="Sec. II",
            predicted=at["entropy_printed_asymptotic"].item(),
            measured=at["entropy"].item(),
            stderr=at["entropy_stderr"].item(),
            next_order=abs((at["entropy_exact"] - at["entropy_printed_asymptotic"]).item()),
            unit="nat",
            claim="entropy",
            note="the leading order of Page's mean; for d_A > d_B A and B change places",
        ),
        Finding(
            statement=f"mean entropy of {where} is Page's",
            equation="Page's mean",
            predicted=at["entropy_exact"].item(),
            measured=at["entropy"].item(),
            stderr=at["entropy_stderr"].item(),
            unit="nat",
        ),
        Finding(
            statement="qubits of B minus qubits of A where the mean entropy is largest, "
            f"{_qubits(dataset)} qubits",
            equation="Table 1",
            predicted=0.0,
            measured=largest,
            stderr=0.0,
            bias=float(_qubits(dataset) % 2),
            unit="qubits",
            claim="largest entropy",
        ),
        Finding(
            statement=f"standard deviation of the entropy of {where}",
            equation="exact variance",
            predicted=at["entropy_deviation_exact"].item(),
            measured=at["entropy_deviation"].item(),
            stderr=at["entropy_deviation_stderr"].item(),
            unit="nat",
        ),
        Finding(
            statement=f"mean purity of {where} is (d_A + d_B)/(d_A d_B + 1)",
            equation="Sec. II",
            predicted=at["purity_exact"].item(),
            measured=at["purity"].item(),
            stderr=at["purity_stderr"].item(),
            claim="purity",
            note="exact for the mean over states, which is meant",
        ),
    ]
    checked = dataset["entropy_mismatch"].dropna("n_a")
    if checked.size:
        rows.append(
            Finding(
                statement="largest |S_A − S_B| of one state, each from its own density matrix, "
                f"{checked.size} cuts",
                equation="Schmidt decomposition",
                predicted=0.0,
                measured=float(checked.max()),
                stderr=0.0,
                bias=1e-10,
                unit="nat",
                note="the allowance is for rounding",
            )
        )
    beyond = dataset.isel(n_a=np.flatnonzero(dataset["balance"] < 0))
    if beyond.sizes["n_a"]:
        cut = beyond.isel(n_a=0)
        rows.append(
            Finding(
                statement=f"mean entropy of {int(cut['n_a'])} of {_qubits(dataset)} qubits, "
                "d_A > d_B, is log d_B − d_B/(2 d_A)",
                equation="Eq. (2), α → 1",
                predicted=cut["entropy_asymptotic"].item(),
                measured=cut["entropy"].item(),
                stderr=cut["entropy_stderr"].item(),
                next_order=abs((cut["entropy_exact"] - cut["entropy_asymptotic"]).item()),
                unit="nat",
                note="with A and B in the other order the formula would give "
                f"{cut['entropy_printed_asymptotic'].item():.3f}",
            )
        )
    return rows


def _distance_rows(dataset: xr.Dataset) -> list[Finding]:
    rows: list[Finding] = []
    smaller = dataset.isel(n_a=np.flatnonzero(dataset["balance"] >= 1))
    if smaller.sizes["n_a"] >= 2:
        slope, stderr = _slope(smaller["balance"], smaller["distance"], smaller["distance_stderr"])
        rows.append(
            Finding(
                statement="slope of the log of the mean trace distance of ρ_A to I/d_A against "
                "the qubits of B minus those of A, d_A < d_B",
                equation="Sec. II",
                predicted=0.0,
                measured=slope,
                stderr=stderr,
                relation="at most",
                unit="nat/qubit",
                claim="exponentially small",
                note="exponential in the number of particles of B minus that of A",
            )
        )
    # Small parts have a finite-size shift of their own: the limit wants both sides large.
    chosen = np.flatnonzero((dataset["n_a"] >= 3) & (dataset["balance"] >= 2))
    if chosen.size >= 3:
        part = dataset.isel(n_a=chosen)
        slope, stderr = _slope(part["balance"], part["distance"], part["distance_stderr"])
        limit, _ = _slope(part["balance"], part["distance_asymptotic"], part["distance_stderr"])
        rows.append(
            Finding(
                statement="rate at which the log of the mean trace distance of ρ_A to I/d_A falls "
                "per qubit of B minus A, d_A ≪ d_B",
                equation="T(c) → 4/(3π) √c",
                predicted=math.log(2.0) / 2.0,
                measured=-slope,
                stderr=stderr,
                bias=abs(limit + math.log(2.0) / 2.0),
                unit="nat/qubit",
                note="log(2)/2, a factor √2; the allowance is the curvature of T(c) over the "
                "fitted cuts",
            )
        )
    balanced = dataset.isel(n_balanced=np.flatnonzero(dataset["n_balanced"] >= 6))
    if balanced.sizes["n_balanced"] >= 3:
        qubits, error = balanced["n_balanced"], balanced["balanced_distance_stderr"]
        slope, stderr = _slope(qubits, balanced["balanced_distance"], error)
        sides = 2.0 ** (qubits // 2)
        drift, _ = _slope(qubits, balanced["balanced_distance_asymptotic"] - 0.2 / sides**2, error)
        rows.append(
            Finding(
                statement="slope of the log of the mean trace distance of ρ_A to I/d_A against "
                "all qubits, at d_A = d_B",
                equation="T(1) = 3√3/(4π)",
                predicted=0.0,
                measured=slope,
                stderr=stderr,
                bias=2.0 * abs(drift),
                unit="nat/qubit",
                note="at d_A = d_B it does not shrink however large the whole is; the allowance "
                "is twice what a shift by −0.2/d_A² does to the fit",
            )
        )
    last = dataset.isel(n_balanced=-1)
    d = 2 ** (int(last["n_balanced"]) // 2)
    rows.append(
        Finding(
            statement=f"mean trace distance of ρ_A to I/d_A at d_A = d_B = {d} is 3√3/(4π)",
            equation="T(1)",
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
                statement="mean trace distance of the reduced states of two states at d_A = d_B is "
                "1/4 + 1/π",
                equation="T_pair(1)",
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
            statement=f"trace distance of the reduced states of two states of {qubits} qubits "
            "grows with A: smallest step of its mean",
            equation="Sec. III",
            predicted=0.0,
            measured=float(steps.values[least]),
            stderr=float(errors[least]),
            relation="at least",
            claim="distinguishability",
            note="monotone, and smooth at d_A = d_B: what diverges there is 1/λ_min and the "
            "minimum-norm linearized displacement",
        ),
    ]
    return rows + _edge_rows(dataset)


def _edge_rows(dataset: xr.Dataset) -> list[Finding]:
    last = dataset.isel(n_balanced=-1)
    d = 2 ** (int(last["n_balanced"]) // 2)
    smallest, error = (last[f"balanced_smallest{end}"].item() for end in ("", "_stderr"))
    rows = [
        Finding(
            statement=f"smallest over mean eigenvalue of ρ_A, d_A = d_B = {d}, on average",
            equation="Sec. III",
            predicted=0.0,
            measured=smallest * d,
            stderr=error * d,
            next_order=1.0 / d**2,
            claim="zero eigenvalues",
            note="exactly 1/d_A², which vanishes as d_A grows; ρ_A has full rank at d_A = d_B, "
            "and d_A − d_B zero eigenvalues for d_A > d_B",
        ),
        Finding(
            statement=f"d_A³ times the mean smallest eigenvalue of ρ_A, d_A = d_B = {d}",
            equation="exact law of λ_min",
            predicted=1.0,
            measured=smallest * d**3,
            stderr=error * d**3,
            note="exact, from the hard edge",
        ),
    ]
    middle = dataset.isel(n_a=_middle(dataset))
    if middle["balance"].item() == 0:
        side = 2 ** int(middle["n_a"])
        rows.append(
            Finding(
                statement=f"number of zero eigenvalues of ρ_A, d_A = d_B = {side}",
                equation="full rank",
                predicted=0.0,
                measured=middle["zero_eigenvalues"].item(),
                stderr=0.0,
            )
        )
    exact = dataset["pure_pair_distance_exact"].item()
    rows += [
        Finding(
            statement=f"mean trace distance of two random pure states of {_qubits(dataset)} qubits "
            "is 1, A being the whole system",
            equation="Sec. III",
            predicted=1.0,
            measured=dataset["pure_pair_distance"].item(),
            stderr=dataset["pure_pair_distance_stderr"].item(),
            next_order=1.0 - exact,
            claim="whole system",
            note="expectation values tell any two different states apart, given enough copies; "
            "with a single copy only orthogonal states are distinguished with certainty",
        ),
        Finding(
            statement=f"mean trace distance of two random pure states of {_qubits(dataset)} qubits "
            "is (D − 1)/(D − 1/2)",
            equation="exact mean",
            predicted=exact,
            measured=dataset["pure_pair_distance"].item(),
            stderr=dataset["pure_pair_distance_stderr"].item(),
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
