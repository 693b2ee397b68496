"""Findings of the fitting threshold experiment, Sec. III: rank, kappa in windows, and rho_A."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from typicality.report.findings.finding import Finding

if TYPE_CHECKING:
    import numpy.typing as npt
    import xarray as xr

__all__ = ["findings"]


def findings(dataset: xr.Dataset) -> list[Finding]:
    """Work out the rows of the table from a dataset of `FittingThreshold`.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `FittingThreshold.run` returned.

    Returns
    -------
    list of Finding
    """
    return [*_rank(dataset), *_threshold(dataset), *_constants(dataset), *_quantum(dataset)]


def _rank(dataset: xr.Dataset) -> list[Finding]:
    excess = dataset["rank"] - dataset["n_effective"]
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
    if "tanh" not in dataset["activation"].values:
        return rows
    tanh = dataset.sel(activation="tanh")
    # Along one unit's output weights lie n_inputs + 1 columns of that unit, the values of all units
    # and the bias: with fewer digits than that they overlap, and the bound is not reached.
    widest = tanh["width"].where(tanh["ratio"] < 1).max("point")
    enough = tanh["n_samples"] >= tanh["n_inputs"] + widest + 2
    if bool(enough.any()):
        reached = tanh["n_effective"].clip(max=tanh["n_constraints"])
        rows.append(
            Finding(
                statement="largest difference of the rank of K from min(P_eff, n_L N), tanh",
                equation="rank of J",
                predicted=0.0,
                measured=float(abs(tanh["rank"] - reached).where(enough).max()),
                stderr=0.0,
            )
        )
    return rows


def _threshold(dataset: xr.Dataset) -> list[Finding]:
    """Where K becomes regular, and where the fitted lines are zero."""
    n = int(dataset["n_samples"].max())
    constraints = float(dataset["n_constraints"].sel(n_samples=n))
    rows: list[Finding] = []
    for activation in dataset["activation"].values:
        row = dataset.sel(activation=activation, n_samples=n)
        place, gap = _first_regular(row["ratio"].values, row["full_rank_share"].values)
        if activation == "tanh":
            rows.append(
                Finding(
                    statement=f"P_eff/(n_L N) from which K is regular in every draw, tanh, N = {n}",
                    equation="rank of J",
                    predicted=1.0,
                    measured=place,
                    stderr=0.0,
                    bias=gap,
                    note="bias: half the distance of the two widths it lies between",
                )
            )
            rows.append(
                Finding(
                    statement=f"the same in units of the number of samples, P_eff/N, N = {n}",
                    equation="Sec. III",
                    predicted=1.0,
                    measured=place * constraints / n,
                    stderr=0.0,
                    bias=gap * constraints / n,
                    source="paper",
                    note='"approach that of the training data" should be the number of scalar '
                    "outputs, n_L N",
                )
            )
        kappa = float(row["kappa"].sel(window="far"))
        rows.append(
            Finding(
                statement="P at which the fitted line is zero over the printed threshold "
                f"kappa n_L N, far window, {activation}, N = {n}",
                equation="Sec. III",
                predicted=1.0,
                measured=kappa,
                stderr=float(row["kappa_stderr"].sel(window="far")),
                source="paper",
                note=f"the line is zero at kappa^2 n_L N, here {kappa**2:.2f} n_L N; K is regular "
                f"from {place:.2f} n_L N on",
            )
        )
    return rows


def _constants(dataset: xr.Dataset) -> list[Finding]:
    """Compare kappa and sigma between windows and sizes."""
    sizes = dataset["n_samples"].values
    small, large = int(sizes.min()), int(sizes.max())
    rows: list[Finding] = []
    for activation in dataset["activation"].values:
        for n in sizes:
            kappa = dataset["kappa_draw"].sel(activation=activation, n_samples=n)
            change, error = _mean((kappa.sel(window="far") - kappa.sel(window="near")).values)
            rows.append(
                Finding(
                    statement="kappa of the far window minus that of the near one, "
                    f"{activation}, N = {n}",
                    equation="Sec. III",
                    predicted=0.0,
                    measured=change,
                    stderr=error,
                    source="paper",
                    note=_windows(dataset),
                )
            )
        if small == large:
            continue
        for name in ("kappa", "sigma"):
            near = dataset[f"{name}_draw"].sel(activation=activation, window="near")
            first, first_error = _mean(near.sel(n_samples=small).values)
            last, last_error = _mean(near.sel(n_samples=large).values)
            rows.append(
                Finding(
                    statement=f"{name} at N = {large} over that at N = {small}, near window, "
                    f"{activation}",
                    equation="Sec. III",
                    predicted=1.0,
                    measured=last / first,
                    stderr=abs(last / first) * math.hypot(first_error / first, last_error / last),
                    source="paper",
                    note='"up to a size-independent constant": sigma and kappa depend on N, the '
                    "data and the architecture",
                )
            )
    return rows


def _quantum(dataset: xr.Dataset) -> list[Finding]:
    d_a = int(dataset["d_a"])
    smallest = dataset["quantum_smallest"]
    error = dataset["quantum_smallest_stderr"]
    equal, next_one = smallest.sel(d_b=d_a), smallest.sel(d_b=d_a + 1)
    far = (dataset["quantum_ratio"] >= 2.0).values
    root = dataset["quantum_root_ratio"].values[far]
    size = dataset["quantum_ratio"].values[far]
    slope, slope_error = _slope(
        np.log(root - 1.0),
        np.log(smallest.values[far] * size),
        error.values[far] / smallest.values[far],
    )
    asymptotic, _ = _slope(
        np.log(root - 1.0),
        np.log(dataset["quantum_smallest_asymptotic"].values[far] * size),
        np.ones(far.sum()),
    )
    line, line_error = _slope(
        root, dataset["quantum_edge"].values[far], dataset["quantum_edge_stderr"].values[far]
    )
    finite, _ = _slope(
        root,
        np.sqrt(dataset["quantum_smallest_asymptotic"].values[far] * size * d_a),
        np.ones(far.sum()),
    )
    # The next order of the edge is smaller by d_A^(-2/3), times about 3/2 in these fits.
    next_order = 1.0 + 2.0 * d_a ** (-2.0 / 3.0)
    return [
        Finding(
            statement="power of (sqrt(d_B) - sqrt(d_A)) in d_B lambda_min(rho_A)",
            equation="Sec. III",
            predicted=1.0,
            measured=slope,
            stderr=slope_error,
            source="paper",
            note="the formula for lambda_- is that of the singular value, whose square it is",
        ),
        Finding(
            statement="power of (sqrt(d_B) - sqrt(d_A)) in d_B lambda_min(rho_A)",
            equation="Marchenko-Pastur edge",
            predicted=2.0,
            measured=slope,
            stderr=slope_error,
            bias=abs(asymptotic - 2.0) * next_order,
            note="bias: what the Tracy-Widom shift does to the same fit, and 2 d_A^(-2/3) of that",
        ),
        Finding(
            statement="sigma of rho_A: slope of sqrt(d_B lambda_min) against sqrt(d_B/d_A)",
            equation="Marchenko-Pastur edge",
            predicted=1.0,
            measured=line,
            stderr=line_error,
            bias=abs(finite - 1.0) * next_order,
            note="bias: what the Tracy-Widom shift does to the same fit, and 2 d_A^(-2/3) of that",
        ),
        Finding(
            statement="d_A^3 times the mean smallest eigenvalue of rho_A at d_A = d_B, where a "
            "zero eigenvalue should emerge",
            equation="Sec. III",
            predicted=0.0,
            measured=float(equal) * d_a**3,
            stderr=float(error.sel(d_b=d_a)) * d_a**3,
            source="paper",
            note="rho_A has full rank there; zeros, d_A - d_B of them, only for d_A > d_B",
        ),
        Finding(
            statement="the same against the exact law",
            equation="Beta law of lambda_min",
            predicted=1.0,
            measured=float(equal) * d_a**3,
            stderr=float(error.sel(d_b=d_a)) * d_a**3,
        ),
        Finding(
            statement="mean smallest eigenvalue of rho_A at d_B = d_A + 1, in units of 1/d_A^3",
            equation="(1 + 1/d_A)^d_A / (d_A^2 (d_A + 1))",
            predicted=float(dataset["quantum_smallest_exact"].sel(d_b=d_a + 1)) * d_a**3,
            measured=float(next_one) * d_a**3,
            stderr=float(error.sel(d_b=d_a + 1)) * d_a**3,
        ),
    ]


def _windows(dataset: xr.Dataset) -> str:
    near, far = (
        f"{float(dataset['window_low'].sel(window=window)):g} to "
        f"{float(dataset['window_high'].sel(window=window)):g}"
        for window in ("near", "far")
    )
    return f"P_eff/(n_L N) from {near} and from {far}; the fit depends on its window"


def _first_regular(
    ratio: npt.NDArray[np.float64], share: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Middle between the last ratio with a singular kernel and the next; half their distance."""
    singular = np.flatnonzero(share < 1.0)
    if not len(singular) or singular[-1] + 1 == len(ratio):
        return math.nan, math.nan
    low, high = float(ratio[singular[-1]]), float(ratio[singular[-1] + 1])
    return (low + high) / 2, abs(high - low) / 2


def _mean(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    return float(values.mean()), float(values.std(ddof=1) / math.sqrt(values.size))


def _slope(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], error: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """Slope of the unweighted least-squares line, and the error it inherits from those of y."""
    centered = x - x.mean()
    weights = centered / np.sum(centered**2)
    return float(weights @ y), float(np.sqrt(np.sum((weights * error) ** 2)))
