"""Findings of the concentration experiment: statements on Eq. (1), predicted and measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.concentration.variables import ConcentrationVariables as V
from typicality.results.estimates import STANDARD_ERRORS
from typicality.results.finding import Finding
from typicality.results.fits import exponent

if TYPE_CHECKING:
    import xarray as xr

    from typicality.results.table import Name

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a concentration dataset."""
    return _variance_rows(dataset) + _tail_rows(dataset) + _state_rows(dataset)


def _variance_rows(dataset: xr.Dataset) -> list[Finding]:
    last = dataset.isel(shell=-1)
    where = f"{int(last[V.n_spins])} spins, d = {int(last[V.shell_dimension])}"
    explicit, explicit_error = _mean_ratio(dataset, V.variance)
    sampled, sampled_error = _mean_ratio(dataset, V.variance_in_law)
    abstract = dataset.isel(dimension=-1)
    rows = [
        Finding(
            statement=f"mean of <O> over states of the shell is tr(P_E O)/d ({where})",
            equation="Eq. (1)",
            predicted=last[V.mean_exact].item(),
            measured=last[V.mean].item(),
            stderr=last[V.mean.stderr].item(),
        ),
        Finding(
            statement="variance of <O> is Var_mc/(d + 1) with the eigenvalues of P_E O P_E "
            f"({where})",
            equation="Eq. (1)",
            predicted=last[V.variance_exact].item(),
            measured=last[V.variance].item(),
            stderr=last[V.variance.stderr].item(),
        ),
        Finding(
            statement=f"variance of <O>, measured over exact, mean of {dataset.sizes[V.shell]} "
            "shells, explicit states",
            equation="Eq. (1)",
            predicted=1.0,
            measured=explicit,
            stderr=explicit_error,
        ),
        Finding(
            statement=f"variance of <O>, measured over exact, mean of {dataset.sizes[V.shell]} "
            "shells, <O> sampled from its exact distribution",
            equation="Eq. (1)",
            predicted=1.0,
            measured=sampled,
            stderr=sampled_error,
        ),
        _unprojected_row(dataset),
        Finding(
            statement=f"variance of <O> for d = {int(abstract[V.dimension])} evenly spaced levels",
            equation="Eq. (1)",
            predicted=abstract[V.abstract_variance_exact].item(),
            measured=abstract[V.abstract_variance].item(),
            stderr=abstract[V.abstract_variance.stderr].item(),
        ),
    ]
    large = dataset.isel(dimension=np.flatnonzero(dataset[V.dimension] >= 64))
    if large.sizes[V.dimension] >= 3:
        d, error = large[V.dimension], large[V.abstract_variance.stderr]
        slope, stderr = exponent(d, large[V.abstract_variance], error)
        exact, _ = exponent(d, large[V.abstract_variance_exact], error)
        rows.append(
            Finding(
                statement="exponent of the variance of <O> against d ≥ 64, evenly spaced levels",
                equation="Eq. (1)",
                predicted=-1.0,
                measured=slope,
                stderr=stderr,
                bias=abs(exact + 1.0),
                note="the allowance is what 1/(3(d − 1)), exact for such levels, deviates from 1/d",
            )
        )
    return rows


def _unprojected_row(dataset: xr.Dataset) -> Finding:
    bound = dataset[V.variance_unrestricted_bound].values
    ratio, error = dataset[V.variance].values / bound, dataset[V.variance.stderr].values / bound
    worst = int(np.argmax(ratio + STANDARD_ERRORS * error))
    return Finding(
        statement="variance of <O> over (tr(P_E O²)/d − <O>²)/(d + 1), without the second "
        "projector, largest of all shells",
        equation="Eq. (1)",
        predicted=1.0,
        measured=float(ratio[worst]),
        stderr=float(error[worst]),
        relation="at most",
        note="so read, Eq. (1) bounds the variance but is not sharp where O leads out of the shell",
    )


def _tail_rows(dataset: xr.Dataset) -> list[Finding]:
    rows: list[Finding] = []
    bounds = {
        "chebyshev": ("Eq. (1), Chebyshev's bound", "concentration"),
        "hoeffding": ("Hoeffding-type bound on <O>", ""),
    }
    for name, (label, claim) in bounds.items():
        # The worst point of all shells and deviations, where the bound says anything.
        bound = dataset[V.named(f"tail_{name}_bound")].values
        ratio = np.where(bound < 1.0, dataset[V.tail].values / bound, 0.0)
        worst = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
        rows.append(
            Finding(
                statement=f"{label}: largest measured probability of a deviation over its bound",
                equation="Eq. (1)",
                predicted=1.0,
                measured=float(ratio[worst]),
                stderr=float(dataset[V.tail.stderr].values[worst] / bound[worst]),
                relation="at most",
                claim=claim,
                note=f"over {dataset.sizes[V.shell]} shells, all deviations with a bound below 1",
            )
        )
    point = dataset.isel(shell=-1).sel(deviation=2.0, method="nearest")
    rows.append(
        Finding(
            statement=f"probability of a deviation by {point[V.deviation].item():g} standard "
            "deviations, exact law of <O>",
            equation="Eq. (1)",
            predicted=point[V.tail_exact].item(),
            measured=point[V.tail].item(),
            stderr=point[V.tail.stderr].item(),
            note=f"nearly Gaussian ({point[V.tail_asymptotic].item():.4f}); Eq. (1) allows "
            f"{point[V.tail_chebyshev_bound].item():.2f}",
        )
    )
    return rows


def _state_rows(dataset: xr.Dataset) -> list[Finding]:
    last = dataset.isel(shell=-1)
    where = f"{int(last[V.n_spins])} spins, d = {int(last[V.shell_dimension])}"
    return [
        Finding(
            statement=f"mean squared distance of ρ_A to the shell's Ω_A ({where})",
            equation="Sec. II, Ω_A of the shell",
            predicted=last[V.squared_distance_exact].item(),
            measured=last[V.squared_distance].item(),
            stderr=last[V.squared_distance.stderr].item(),
            note="(d tr Ω_B² − tr Ω_A²)/(d + 1)",
        ),
        Finding(
            statement="trace distance of ρ_A to I/d_A is at least that of the shell's Ω_A "
            f"({where})",
            equation="Sec. II, Ω_A of the shell",
            predicted=last[V.omega_mixed_distance].item(),
            measured=last[V.mixed_distance].item(),
            stderr=last[V.mixed_distance.stderr].item(),
            relation="at least",
            note="the distance is convex and Ω_A the mean of ρ_A; the thermal state is I/d_A at "
            f"infinite temperature only. Typical states are {last[V.distance].item():.3f} from Ω_A",
        ),
    ]


def _mean_ratio(dataset: xr.Dataset, name: Name) -> tuple[float, float]:
    """Weighted mean over the shells of a variance over the exact one, and its standard error."""
    exact = dataset[V.variance_exact].values
    ratio, stderr = dataset[name].values / exact, dataset[name.stderr].values / exact
    # Weights depend on the size only: a standard error is small where the variance came out so.
    weights = 1.0 / (1.0 + 2.0 / dataset[V.shell_dimension].values)
    weights = weights / weights.sum()
    return float(weights @ ratio), float(np.sqrt(weights**2 @ stderr**2))
