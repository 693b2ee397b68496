"""Findings of the fitting threshold experiment, Sec. III: rank, kappa and sigma, and rho_A."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.experiments.fitting_threshold.experiment import FittingThreshold
from typicality.experiments.fitting_threshold.variables import FittingThresholdVariables as V
from typicality.results.estimates import mean_estimate
from typicality.results.finding import Finding
from typicality.results.fits import slope

if TYPE_CHECKING:
    import xarray as xr

    from typicality._arrays import Floats

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Work out the rows of the table from a dataset of `FittingThreshold`."""
    return [*_rank(dataset), *_threshold(dataset), *_constants(dataset), *_quantum(dataset)]


def _rank(dataset: xr.Dataset) -> list[Finding]:
    excess = dataset[V.rank] - dataset[V.n_effective]
    rows = [
        Finding(
            statement="largest excess of the rank of K over P_eff, all draws",
            equation="rank of J",
            predicted=0.0,
            measured=float(excess.max()),
            stderr=0.0,
            relation="at most",
        )
    ]
    if "tanh" not in dataset[V.activation].values:
        return rows
    tanh = dataset.sel(activation="tanh")
    # Along one unit's output weights lie n_inputs + 1 columns of that unit, the values of all units
    # and the bias: with fewer digits than that they overlap, and the bound is not reached.
    widest = tanh[V.width].where(tanh[V.ratio] < 1).max(V.point)
    enough = tanh[V.n_samples] >= tanh[V.n_inputs] + widest + 2
    if bool(enough.any()):
        reached = tanh[V.n_effective].clip(max=tanh[V.n_constraints])
        rows.append(
            Finding(
                statement="largest difference of the rank of K from min(P_eff, n_L N), tanh",
                equation="rank of J",
                predicted=0.0,
                measured=float(abs(tanh[V.rank] - reached).where(enough).max()),
                stderr=0.0,
            )
        )
    return rows


def _threshold(dataset: xr.Dataset) -> list[Finding]:
    """Rows on where K of tanh networks becomes regular; relu units that are silent blur it."""
    if "tanh" not in dataset[V.activation].values:
        return []
    tanh = dataset.sel(activation="tanh")
    sizes = sorted(int(n) for n in dataset[V.n_samples].values)
    places = [
        _first_regular(row[V.ratio].values, row[V.full_rank_share].values)
        for row in (tanh.sel(n_samples=n) for n in sizes)
    ]
    n, (place, gap) = sizes[-1], places[-1]
    outputs = FittingThreshold.of(dataset).n_outputs
    far = float(tanh[V.kappa].sel(n_samples=n, window="far"))
    rows = [
        Finding(
            statement=f"P_eff/(n_L N) from which K is regular in every draw, tanh, N = {n}",
            equation="rank of J",
            predicted=1.0,
            measured=place,
            stderr=0.0,
            bias=gap,
            note="allowed: half the distance of the two widths it lies between. The line fitted "
            f"to far larger P is zero at κ² n_L N = {far * abs(far):.2f} n_L N instead",
        ),
        Finding(
            statement="parameters per training sample, P_eff/N, from which K is regular in every "
            f"draw, tanh, N = {n}",
            equation="Sec. III",
            predicted=1.0,
            corrected=outputs,
            measured=place * outputs,
            stderr=0.0,
            bias=gap * outputs,
            claim="training data",
            note=f"each sample has n_L = {outputs:g} outputs to be fitted: the threshold is at "
            "P_eff = n_L N",
        ),
    ]
    if len(sizes) > 1:
        (first, first_gap), ratio = places[0], place / places[0][0]
        rows.append(
            Finding(
                statement=f"threshold P_eff/(n_L N) at N = {n} over that at N = {sizes[0]}, tanh",
                equation="Sec. III",
                predicted=1.0,
                measured=ratio,
                stderr=0.0,
                bias=ratio * (gap / place + first_gap / first),
                claim="threshold",
                note="the threshold is printed as κ n_L N, its formula gives κ² n_L N; either "
                "way it is proportional to n_L N",
            )
        )
    return rows


def _constants(dataset: xr.Dataset) -> list[Finding]:
    """Compare kappa and sigma between the numbers of digits, the same window of P_eff."""
    sizes = dataset[V.n_samples].values
    small, large = int(sizes.min()), int(sizes.max())
    if small == large:
        return []
    low, high = (
        float(dataset[V.named(f"window_{end}")].sel(window="near")) for end in ("low", "high")
    )
    rows: list[Finding] = []
    for activation in dataset[V.activation].values:
        for name, letter in ((V.kappa, "κ"), (V.sigma, "σ")):
            near = dataset[V.named(f"{name}_draw")].sel(activation=activation, window="near")
            first, first_error = map(float, mean_estimate(near.sel(n_samples=small).values))
            last, last_error = map(float, mean_estimate(near.sel(n_samples=large).values))
            rows.append(
                Finding(
                    statement=f"{letter} at N = {large} over {letter} at N = {small}, {activation}",
                    equation="Sec. III",
                    predicted=1.0,
                    measured=last / first,
                    stderr=abs(last / first) * math.hypot(first_error / first, last_error / last),
                    claim="constants",
                    note=f"fits over P_eff/(n_L N) in [{low:g}, {high:g}]; they also depend on "
                    "this window, on the data and on the architecture",
                )
            )
    return rows


def _quantum(dataset: xr.Dataset) -> list[Finding]:
    d_a = int(dataset[V.d_a])
    smallest = dataset[V.quantum_smallest]
    error = dataset[V.quantum_smallest.stderr]
    equal, next_one = smallest.sel(d_b=d_a), smallest.sel(d_b=d_a + 1)
    far = (dataset[V.quantum_ratio] >= 2.0).values
    root = dataset[V.quantum_root_ratio].values[far]
    size = dataset[V.quantum_ratio].values[far]
    power, power_error = slope(
        np.log(root - 1.0),
        np.log(smallest.values[far] * size),
        error.values[far] / smallest.values[far],
    )
    asymptotic, _ = slope(
        np.log(root - 1.0),
        np.log(dataset[V.quantum_smallest_asymptotic].values[far] * size),
        np.ones(far.sum()),
    )
    line, line_error = slope(
        root, dataset[V.quantum_edge].values[far], dataset[V.quantum_edge.stderr].values[far]
    )
    finite, _ = slope(
        root,
        np.sqrt(dataset[V.quantum_smallest_asymptotic].values[far] * size * d_a),
        np.ones(far.sum()),
    )
    # The next order of the edge is smaller by d_A^(-2/3), times about 3/2 in these fits.
    next_order = 1.0 + 2.0 * d_a ** (-2.0 / 3.0)
    return [
        Finding(
            statement="power of √d_B − √d_A in d_B λ_min(ρ_A)",
            equation="Sec. III",
            predicted=1.0,
            corrected=2.0,
            measured=power,
            stderr=power_error,
            bias=abs(asymptotic - 2.0) * next_order,
            claim="edge",
            note="the printed formula is that of the singular value √λ_−, as the theorem it "
            "rests on has it. Allowed: what the Tracy-Widom shift does to the same fit, and 2 "
            "d_A^(-2/3) of that",
        ),
        Finding(
            statement="σ of ρ_A: slope of √(d_B λ_min) against √(d_B/d_A)",
            equation="Marchenko-Pastur edge",
            predicted=1.0,
            measured=line,
            stderr=line_error,
            bias=abs(finite - 1.0) * next_order,
            note="allowed: what the Tracy-Widom shift does to the same fit, and 2 d_A^(-2/3) of "
            "that",
        ),
        Finding(
            statement=f"d_A³ times the mean smallest eigenvalue of ρ_A, d_A = d_B = {d_a}",
            equation="Beta law of λ_min",
            predicted=1.0,
            measured=float(equal) * d_a**3,
            stderr=float(error.sel(d_b=d_a)) * d_a**3,
        ),
        Finding(
            statement=f"d_A³ times the mean smallest eigenvalue of ρ_A, d_A = {d_a}, d_B = "
            f"{d_a + 1}",
            equation="exact law of λ_min",
            predicted=float(dataset[V.quantum_smallest_exact].sel(d_b=d_a + 1)) * d_a**3,
            measured=float(next_one) * d_a**3,
            stderr=float(error.sel(d_b=d_a + 1)) * d_a**3,
        ),
    ]


def _first_regular(ratio: Floats, share: Floats) -> tuple[float, float]:
    """Middle between the last ratio with a singular kernel and the next; half their distance."""
    singular = np.flatnonzero(share < 1.0)
    if not len(singular) or singular[-1] + 1 == len(ratio):
        return math.nan, math.nan
    low, high = float(ratio[singular[-1]]), float(ratio[singular[-1] + 1])
    return (low + high) / 2, abs(high - low) / 2
