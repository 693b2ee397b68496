"""Findings of the Page curve experiment: statements on Eq. (2), Table 1, Sec. II and Sec. III."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.page_curve.chain_findings import chain_rows
from typicality.experiments.page_curve.experiment import PageCurve
from typicality.experiments.page_curve.variables import PageCurveVariables as V
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.finding import Finding
from typicality.results.fits import log_slope

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a Page curve dataset."""
    return (
        _entropy_rows(dataset)
        + _distance_rows(dataset)
        + _threshold_rows(dataset)
        + chain_rows(dataset)
    )


def _entropy_rows(dataset: xr.Dataset) -> list[Finding]:
    n_qubits = PageCurve.of(dataset).n_qubits
    at = dataset.isel(n_a=n_qubits // 2 - 1)
    where = f"{int(at[V.n_a])} of {n_qubits} qubits"
    largest = dataset[V.balance].values[int(np.argmax(dataset[V.entropy].values))]
    rows = [
        Finding(
            statement=f"mean entropy of {where} is log d_A − d_A/(2 d_B)",
            equation="Sec. II",
            predicted=at[V.entropy_printed_asymptotic].item(),
            measured=at[V.entropy].item(),
            stderr=at[V.entropy.stderr].item(),
            next_order=abs((at[V.entropy_exact] - at[V.entropy_printed_asymptotic]).item()),
            unit="nat",
            claim="entropy",
            note="the leading order of Page's mean; for d_A > d_B A and B change places",
        ),
        Finding(
            statement=f"mean entropy of {where} is Page's",
            equation="Page's mean",
            predicted=at[V.entropy_exact].item(),
            measured=at[V.entropy].item(),
            stderr=at[V.entropy.stderr].item(),
            unit="nat",
        ),
        Finding(
            statement="qubits of B minus qubits of A where the mean entropy is largest, "
            f"{n_qubits} qubits",
            equation="Table 1",
            predicted=0.0,
            measured=largest,
            stderr=0.0,
            bias=float(n_qubits % 2),
            unit="qubits",
            claim="largest entropy",
        ),
        Finding(
            statement=f"standard deviation of the entropy of {where}",
            equation="exact variance",
            predicted=at[V.entropy_deviation_exact].item(),
            measured=at[V.entropy_deviation].item(),
            stderr=at[V.entropy_deviation.stderr].item(),
            unit="nat",
        ),
        Finding(
            statement=f"mean purity of {where} is (d_A + d_B)/(d_A d_B + 1)",
            equation="Sec. II",
            predicted=at[V.purity_exact].item(),
            measured=at[V.purity].item(),
            stderr=at[V.purity.stderr].item(),
            claim="purity",
            note="exact for the mean over states, which is meant",
        ),
    ]
    checked = dataset[V.entropy_mismatch].dropna(V.n_a)
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
    beyond = dataset.isel(n_a=np.flatnonzero(dataset[V.balance] < 0))
    if beyond.sizes[V.n_a]:
        cut = beyond.isel(n_a=0)
        rows.append(
            Finding(
                statement=f"mean entropy of {int(cut[V.n_a])} of {n_qubits} qubits, d_A > d_B, is "
                "log d_B − d_B/(2 d_A)",
                equation="Eq. (2), α → 1",
                predicted=cut[V.entropy_asymptotic].item(),
                measured=cut[V.entropy].item(),
                stderr=cut[V.entropy.stderr].item(),
                next_order=abs((cut[V.entropy_exact] - cut[V.entropy_asymptotic]).item()),
                unit="nat",
                note="with A and B in the other order the formula would give "
                f"{cut[V.entropy_printed_asymptotic].item():.3f}",
            )
        )
    return rows


def _distance_rows(dataset: xr.Dataset) -> list[Finding]:
    n_qubits = PageCurve.of(dataset).n_qubits
    rows: list[Finding] = []
    smaller = dataset.isel(n_a=np.flatnonzero(dataset[V.balance] >= 1))
    if smaller.sizes[V.n_a] >= 2:
        slope, stderr = log_slope(
            smaller[V.balance], smaller[V.distance], smaller[V.distance.stderr]
        )
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
    chosen = np.flatnonzero((dataset[V.n_a] >= 3) & (dataset[V.balance] >= 2))
    if chosen.size >= 3:
        part = dataset.isel(n_a=chosen)
        slope, stderr = log_slope(part[V.balance], part[V.distance], part[V.distance.stderr])
        limit, _ = log_slope(part[V.balance], part[V.distance_asymptotic], part[V.distance.stderr])
        rows.append(
            Finding(
                statement="rate at which the log of the mean trace distance of ρ_A to I/d_A "
                "falls per qubit of B minus A, d_A ≪ d_B",
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
    balanced = dataset.isel(n_balanced=np.flatnonzero(dataset[V.n_balanced] >= 6))
    if balanced.sizes[V.n_balanced] >= 3:
        qubits, error = balanced[V.n_balanced], balanced[V.balanced_distance.stderr]
        slope, stderr = log_slope(qubits, balanced[V.balanced_distance], error)
        sides = 2.0 ** (qubits // 2)
        drift, _ = log_slope(
            qubits, balanced[V.balanced_distance_asymptotic] - 0.2 / sides**2, error
        )
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
    d = 2 ** (int(last[V.n_balanced]) // 2)
    rows.append(
        Finding(
            statement=f"mean trace distance of ρ_A to I/d_A at d_A = d_B = {d} is 3√3/(4π)",
            equation="T(1)",
            predicted=last[V.balanced_distance_asymptotic].item(),
            measured=last[V.balanced_distance].item(),
            stderr=last[V.balanced_distance.stderr].item(),
            bias=0.25 / d**2,
            note="finite-size shift about −0.2/d_A²",
        )
    )
    at = dataset.isel(n_a=n_qubits // 2 - 1)
    if at[V.balance].item() == 0:
        size = 2 ** int(at[V.n_a])
        rows.append(
            Finding(
                statement="mean trace distance of the reduced states of two states at d_A = d_B "
                "is 1/4 + 1/π",
                equation="T_pair(1)",
                predicted=at[V.pair_distance_asymptotic].item(),
                measured=at[V.pair_distance].item(),
                stderr=at[V.pair_distance.stderr].item(),
                bias=0.5 / size**2,
                note="finite-size shift of order 1/d_A²",
            )
        )
    return rows


def _threshold_rows(dataset: xr.Dataset) -> list[Finding]:
    n_qubits = PageCurve.of(dataset).n_qubits
    if dataset.sizes[V.n_a] < 2:
        return _edge_rows(dataset)
    steps = dataset[V.pair_distance].diff(V.n_a)
    errors = np.hypot(
        dataset[V.pair_distance.stderr].values[1:], dataset[V.pair_distance.stderr].values[:-1]
    )
    least = int(np.argmin(steps.values + STANDARD_ERRORS * errors))
    rows = [
        Finding(
            statement=f"trace distance of the reduced states of two states of {n_qubits} qubits "
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
    n_qubits = PageCurve.of(dataset).n_qubits
    last = dataset.isel(n_balanced=-1)
    d = 2 ** (int(last[V.n_balanced]) // 2)
    smallest, error = last[V.balanced_smallest].item(), last[V.balanced_smallest.stderr].item()
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
    middle = dataset.isel(n_a=n_qubits // 2 - 1)
    if middle[V.balance].item() == 0:
        side = 2 ** int(middle[V.n_a])
        rows.append(
            Finding(
                statement=f"number of zero eigenvalues of ρ_A, d_A = d_B = {side}",
                equation="full rank",
                predicted=0.0,
                measured=middle[V.zero_eigenvalues].item(),
                stderr=0.0,
            )
        )
    exact = dataset[V.pure_pair_distance_exact].item()
    rows += [
        Finding(
            statement=f"mean trace distance of two random pure states of {n_qubits} qubits is 1, "
            "A being the whole system",
            equation="Sec. III",
            predicted=1.0,
            measured=dataset[V.pure_pair_distance].item(),
            stderr=dataset[V.pure_pair_distance.stderr].item(),
            next_order=1.0 - exact,
            claim="whole system",
            note="expectation values tell any two different states apart, given enough copies; "
            "with a single copy only orthogonal states are distinguished with certainty",
        ),
        Finding(
            statement=f"mean trace distance of two random pure states of {n_qubits} qubits is (D "
            "− 1)/(D − 1/2)",
            equation="exact mean",
            predicted=exact,
            measured=dataset[V.pure_pair_distance].item(),
            stderr=dataset[V.pure_pair_distance.stderr].item(),
        ),
    ]
    return rows
