"""Findings of the concentration experiment: statements on Eq. (1), predicted and measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for a concentration dataset.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `Concentration.run` returned.

    Returns
    -------
    list of Finding
    """
    return _variance_rows(dataset) + _tail_rows(dataset) + _state_rows(dataset)


def _variance_rows(dataset: xr.Dataset) -> list[Finding]:
    last = dataset.isel(shell=-1)
    where = f"{int(last['n_spins'])} spins, d = {int(last['shell_dimension'])}"
    explicit, explicit_error = _mean_ratio(dataset, "variance")
    sampled, sampled_error = _mean_ratio(dataset, "variance_in_law")
    abstract = dataset.isel(dimension=-1)
    rows = [
        Finding(
            statement=f"mean of <O> over states of the shell is tr(P_E O)/d ({where})",
            equation="Eq. (1)",
            predicted=last["mean_exact"].item(),
            measured=last["mean"].item(),
            stderr=last["mean_stderr"].item(),
        ),
        Finding(
            statement="variance of <O> is Var_mc/(d + 1) with the eigenvalues of P_E O P_E "
            f"({where})",
            equation="Eq. (1)",
            predicted=last["variance_exact"].item(),
            measured=last["variance"].item(),
            stderr=last["variance_stderr"].item(),
        ),
        Finding(
            statement=f"variance of <O>, measured over exact, mean of {dataset.sizes['shell']} "
            "shells, explicit states",
            equation="Eq. (1)",
            predicted=1.0,
            measured=explicit,
            stderr=explicit_error,
        ),
        Finding(
            statement=f"variance of <O>, measured over exact, mean of {dataset.sizes['shell']} "
            "shells, <O> sampled from its exact distribution",
            equation="Eq. (1)",
            predicted=1.0,
            measured=sampled,
            stderr=sampled_error,
        ),
        _unprojected_row(dataset),
        Finding(
            statement=f"variance of <O> for d = {int(abstract['dimension'])} evenly spaced levels",
            equation="Eq. (1)",
            predicted=abstract["abstract_variance_exact"].item(),
            measured=abstract["abstract_variance"].item(),
            stderr=abstract["abstract_variance_stderr"].item(),
        ),
    ]
    large = dataset.isel(dimension=np.flatnonzero(dataset["dimension"] >= 64))
    if large.sizes["dimension"] >= 3:
        d, error = large["dimension"], large["abstract_variance_stderr"]
        slope, stderr = _exponent(d, large["abstract_variance"], error)
        exact, _ = _exponent(d, large["abstract_variance_exact"], error)
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
    bound = dataset["variance_unrestricted_bound"].values
    ratio, error = dataset["variance"].values / bound, dataset["variance_stderr"].values / bound
    worst = int(np.argmax(ratio + 3 * error))
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
        bound = dataset[f"tail_{name}_bound"].values
        ratio = np.where(bound < 1.0, dataset["tail"].values / bound, 0.0)
        worst = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
        rows.append(
            Finding(
                statement=f"{label}: largest measured probability of a deviation over its bound",
                equation="Eq. (1)",
                predicted=1.0,
                measured=float(ratio[worst]),
                stderr=float(dataset["tail_stderr"].values[worst] / bound[worst]),
                relation="at most",
                claim=claim,
                note=f"over {dataset.sizes['shell']} shells, all deviations with a bound below 1",
            )
        )
    point = dataset.isel(shell=-1).sel(deviation=2.0, method="nearest")
    rows.append(
        Finding(
            statement=f"probability of a deviation by {point['deviation'].item():g} standard "
            "deviations, exact law of <O>",
            equation="Eq. (1)",
            predicted=point["tail_exact"].item(),
            measured=point["tail"].item(),
            stderr=point["tail_stderr"].item(),
            note=f"nearly Gaussian ({point['tail_asymptotic'].item():.4f}); Eq. (1) allows "
            f"{point['tail_chebyshev_bound'].item():.2f}",
        )
    )
    return rows


def _state_rows(dataset: xr.Dataset) -> list[Finding]:
    last = dataset.isel(shell=-1)
    where = f"{int(last['n_spins'])} spins, d = {int(last['shell_dimension'])}"
    return [
        Finding(
            statement=f"mean squared distance of ρ_A to the shell's Ω_A ({where})",
            equation="Sec. II, Ω_A of the shell",
            predicted=last["squared_distance_exact"].item(),
            measured=last["squared_distance"].item(),
            stderr=last["squared_distance_stderr"].item(),
            note="(d tr Ω_B² − tr Ω_A²)/(d + 1)",
        ),
        Finding(
            statement="trace distance of ρ_A to I/d_A is at least that of the shell's Ω_A "
            f"({where})",
            equation="Sec. II, Ω_A of the shell",
            predicted=last["omega_mixed_distance"].item(),
            measured=last["mixed_distance"].item(),
            stderr=last["mixed_distance_stderr"].item(),
            relation="at least",
            note="the distance is convex and Ω_A the mean of ρ_A; the thermal state is I/d_A at "
            f"infinite temperature only. Typical states are {last['distance'].item():.3f} from "
            "Ω_A",
        ),
    ]


def _mean_ratio(dataset: xr.Dataset, name: str) -> tuple[float, float]:
    """Weighted mean over the shells of a variance over the exact one, and its standard error."""
    exact = dataset["variance_exact"].values
    ratio, stderr = dataset[name].values / exact, dataset[f"{name}_stderr"].values / exact
    # Weights depend on the size only: a standard error is small where the variance came out so.
    weights = 1.0 / (1.0 + 2.0 / dataset["shell_dimension"].values)
    weights = weights / weights.sum()
    return float(weights @ ratio), float(np.sqrt(weights**2 @ stderr**2))


def _exponent(x: xr.DataArray, y: xr.DataArray, y_stderr: xr.DataArray) -> tuple[float, float]:
    """Return the exponent of y against x, from a weighted fit of logarithms, and its error."""
    weights = (y.values / y_stderr.values) ** 2
    logs = np.log(x.values.astype(float))
    position = logs - np.average(logs, weights=weights)
    spread = float(np.sum(weights * position**2))
    return float(np.sum(weights * position * np.log(y.values))) / spread, spread**-0.5
