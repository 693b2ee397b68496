"""Ubiquity of global minima: which starts have one, and how far away it is, Sec. II.

The paper says that the neighborhood of an arbitrary initialization holds a global minimum once
there are many parameters, because the linear model of Eq. (4) has a solution. Existence and what
gradient descent reaches are different questions and are measured apart: a start from which one
search failed is not a start without a minimum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from typicality._interruptible import interruptible
from typicality._random import Seeds
from typicality.experiments.experiment import Experiment, Progress
from typicality.networks import (
    MLP,
    effective_parameters,
    empirical_ntk,
    find_minima,
    load_digits,
    on_sphere,
    train,
    vector_jacobian_product,
)
from typicality.results.estimates import mean_estimate
from typicality.results.variables import Variables, coordinate, dataset, estimated, variable

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["GlobalMinima"]

_CONFIDENCE = 0.95


class GlobalMinima(Experiment, frozen=True, kw_only=True):
    """Share of starts with a global minimum against P_eff, and its distance against the width.

    One hidden tanh layer and one output on the leading principal components of handwritten digits,
    normalized to the sphere. The targets are the standardized class label plus N(0, 1), so that no
    network can know them and every one must be fitted. P_eff is the rank that the Jacobian can
    reach on these inputs. Existence is searched with the method of Levenberg and Marquardt; the
    distance is that of full-batch gradient descent, next to that of the linear model,
    sqrt(r^T K^-1 r).

    Parameters
    ----------
    n_samples : tuple of int, default: (100, 120)
        Numbers N of digits for the existence part; the first one is used for the distance. With
        n_L = 1 output and 16 components P_eff is 18 widths + 1, so that a second N gives points
        between those of the first.
    widths : tuple of int
        Widths for the existence part.
    n_starts : int, default: 32
        Initializations per width and N.
    max_steps : int, default: 1000
        Most steps of one Levenberg-Marquardt search.
    tolerance : float, default: 1e-8
        A loss below this is a global minimum.
    wide_widths : tuple of int, default: (64, 128, 256, 512, 1024)
        Widths for the distance part.
    n_descents : int, default: 8
        Initializations per width for the distance part, at least 2.
    descent_steps : int, default: 12000
        Most steps of gradient descent.
    momentum : float, default: 0.8
        Of gradient descent. Larger ones overshoot so far that the descent leaves the neighborhood
        of its start and ends at another, more distant minimum.
    n_components : int, default: 16
        Principal components of the digits.
    bias_scale : float, default: 0.5
        Scale of the biases.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from typicality.experiments import GlobalMinima
    >>> data = GlobalMinima(n_samples=(20,), widths=(1, 12), n_starts=4, wide_widths=(32, 64),
    ...                     n_descents=2, n_components=4).run(rng=1)
    >>> data["share"].values.tolist()
    [[0.0, 1.0]]
    >>> data["displacement"].dims
    ('wide_width', 'descent')
    """

    name: ClassVar[str] = "global-minima"
    title: ClassVar[str] = "Ubiquity of global minima"
    equation: ClassVar[str] = "Eq. (4), Sec. II"
    summary: ClassVar[str] = "fraction of initializations near a global minimum, and its distance"
    full: ClassVar[dict[str, Any]] = {
        "n_samples": (80, 100, 120),
        "n_starts": 200,
        "max_steps": 5000,
        "wide_widths": (64, 128, 256, 512, 1024, 2048, 4096),
        "n_descents": 16,
        "descent_steps": 50000,
    }

    n_samples: tuple[int, ...] = (100, 120)
    widths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16)
    n_starts: int = 32
    max_steps: int = 1000
    tolerance: float = 1e-8
    wide_widths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    n_descents: int = 8
    descent_steps: int = 12000
    momentum: float = 0.8
    n_components: int = 16
    bias_scale: float = 0.5

    def __post_init__(self) -> None:
        """Check the ranges."""
        super().__post_init__()
        limits = {
            "n_samples": (2, 1000),
            "widths": (1, 10**4),
            "wide_widths": (1, 10**5),
            "n_starts": (2, 10**6),
            "n_descents": (2, 10**6),
            "max_steps": (1, 10**8),
            "descent_steps": (1, 10**8),
            "n_components": (1, 61),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else (value,)
            if not values or not all(low <= number <= high for number in values):
                raise ValueError(f"{name} must be from {low} to {high}; got {value}.")
            if len(set(values)) != len(values):
                raise ValueError(f"{name} must not name a value twice; got {value}.")
        if len(self.wide_widths) < 2:
            raise ValueError(f"wide_widths must hold two widths or more; got {self.wide_widths}.")
        if not 0 < self.tolerance < 1:
            raise ValueError(f"tolerance must be between 0 and 1; got {self.tolerance}.")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be from 0 to below 1; got {self.momentum}.")
        if not 0 < self.bias_scale <= 10:
            raise ValueError(f"bias_scale must be above 0, at most 10; got {self.bias_scale}.")

    def measure(self, seeds: Seeds, progress: Progress) -> xr.Dataset:
        """Search minima from every start, then follow gradient descent in wide networks.

        Parameters
        ----------
        seeds : Seeds
            Source of randomness.
        progress : callable
            Called with the fraction done.

        Returns
        -------
        xarray.Dataset
        """
        x, y = self._data(seeds)
        variables = self._existence(x, y, seeds, lambda part, text: progress(0.5 * part, text))
        n = self.n_samples[0]
        variables |= self._distance(
            x[:n], y[:n], seeds, lambda part, text: progress(0.5 + 0.5 * part, text)
        )
        return dataset(
            variables,
            coords={
                "n_samples": coordinate("n_samples", list(self.n_samples), "digits N"),
                "width": coordinate("width", sorted(self.widths), "width"),
                "wide_width": coordinate("wide_width", sorted(self.wide_widths), "width"),
            },
        )

    def _data(self, seeds: Seeds) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        inputs, labels = load_digits(n_components=self.n_components)
        standardized = (labels - labels.mean()) / labels.std()
        generator = np.random.default_rng(seeds.seed("digits"))
        # The first N of one order: the smaller sets are part of the larger.
        chosen = generator.permutation(len(labels))[: max(self.n_samples)]
        return on_sphere(inputs[chosen]), standardized[chosen] + generator.standard_normal(
            len(chosen)
        )

    def _network(self, width: int) -> MLP:
        widths = (self.n_components, width, 1)
        return MLP(widths=widths, activation="tanh", bias_scale=self.bias_scale)

    def _existence(
        self,
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
        seeds: Seeds,
        progress: Progress,
    ) -> Variables:
        widths = sorted(self.widths)
        shape = (len(self.n_samples), len(widths))
        losses = np.zeros((*shape, self.n_starts))
        steps = np.zeros((*shape, self.n_starts))
        stalled = np.zeros(shape)
        effective = np.zeros(shape)
        done, total = 0, shape[0] * shape[1]
        for i, n in enumerate(self.n_samples):
            for j, width in enumerate(widths):
                mlp = self._network(width)
                text = f"searching minima, {n} digits, width {width}"

                def forward(part: float, _: str, done: int = done, text: str = text) -> None:
                    progress((done + part) / total, text)

                found = find_minima(
                    mlp,
                    mlp.init(self.n_starts, rng=seeds.seed("starts", n, width)),
                    x[:n],
                    y[:n, None],
                    max_steps=self.max_steps,
                    tolerance=self.tolerance,
                    progress=forward,
                )
                losses[i, j] = found.losses
                steps[i, j] = found.steps
                stalled[i, j] = np.mean(found.status == "stalled")
                effective[i, j] = effective_parameters(mlp, x[:n])
                done += 1
        hits = np.sum(losses < self.tolerance, axis=-1)
        low, high = _clopper_pearson(hits, self.n_starts)
        constraints = np.array(self.n_samples, dtype=np.float64)[:, None]
        dims = ("n_samples", "width")
        return {
            "share": variable(
                dims,
                hits / self.n_starts,
                "measured",
                "fraction of initializations with a global minimum found",
            ),
            "share_low": variable(dims, low, "interval", "lower end, Clopper-Pearson 95%"),
            "share_high": variable(dims, high, "interval", "upper end, Clopper-Pearson 95%"),
            "share_bound": variable(
                dims,
                (effective >= constraints).astype(np.float64),
                "bound",
                "largest share: a generic target needs P_eff >= n_L N",
            ),
            "loss": variable((*dims, "start"), losses, "measured", "loss where the search ended"),
            "steps": variable((*dims, "start"), steps, "measured", "steps of the search"),
            "stalled_share": variable(
                dims,
                stalled,
                "measured",
                "share of searches that ended in a local minimum or plateau",
            ),
            "n_effective": variable(
                dims, effective, "setting", "effective number of parameters P_eff"
            ),
            "ratio": variable(dims, effective / constraints, "setting", "P_eff / (n_L N)"),
            "n_starts": variable((), self.n_starts, "setting", "starts of each share"),
        }

    def _distance(
        self,
        x: npt.NDArray[np.float64],
        y: npt.NDArray[np.float64],
        seeds: Seeds,
        progress: Progress,
    ) -> Variables:
        widths = sorted(self.wide_widths)
        shape = (len(widths), self.n_descents)
        names = (
            "displacement",
            "linear",
            "rms",
            "rms_linear",
            "largest",
            "largest_linear",
            "relative",
        )
        found = {name: np.full(shape, np.nan) for name in names}
        loss, steps = np.zeros(shape), np.zeros(shape)
        total = float(sum(widths))
        for i, width in enumerate(widths):
            mlp = self._network(width)
            start = mlp.init(self.n_descents, rng=seeds.seed("descent", width))
            done = sum(widths[:i])

            def forward(part: float, _: str, done: int = done, width: int = width) -> None:
                progress((done + part * width) / total, f"gradient descent, width {width}")

            run = train(
                mlp,
                start,
                x,
                y[:, None],
                max_steps=self.descent_steps,
                tolerance=self.tolerance,
                momentum=self.momentum,
                progress=forward,
            )
            loss[i], steps[i] = run.losses, run.steps
            change = np.abs(run.theta - start)
            size = np.linalg.norm(change, axis=1)
            found["displacement"][i] = size
            found["rms"][i] = size / np.sqrt(mlp.n_params)
            found["largest"][i] = change.max(axis=1)
            found["relative"][i] = size / np.linalg.norm(start, axis=1)
            for k, theta in enumerate(start):
                residual = y - mlp.apply(theta, x)[:, 0]
                dual = interruptible(np.linalg.solve, empirical_ntk(mlp, theta, x), residual)
                least = vector_jacobian_product(mlp, theta, x, dual[:, None])
                found["linear"][i, k] = np.sqrt(residual @ dual)
                found["rms_linear"][i, k] = found["linear"][i, k] / np.sqrt(mlp.n_params)
                found["largest_linear"][i, k] = np.abs(least).max()
        return self._distance_variables(found, loss, steps)

    def _distance_variables(
        self,
        found: dict[str, npt.NDArray[np.float64]],
        loss: npt.NDArray[np.float64],
        steps: npt.NDArray[np.float64],
    ) -> Variables:
        arrived = loss < self.tolerance
        # A descent that was still on its way has no distance to a minimum.
        for name in ("displacement", "rms", "largest", "relative"):
            found[name] = np.where(arrived, found[name], np.nan)
        n_params = [self._network(width).n_params for width in sorted(self.wide_widths)]
        dims = ("wide_width", "descent")
        text = {
            "displacement": "distance from the start to where gradient descent arrived",
            "linear": "distance to the minimum of the linear model, sqrt(r^T K^-1 r)",
            "rms": "root mean square change of a parameter",
            "rms_linear": "root mean square change of a parameter, linear model",
            "largest": "largest change of a single parameter",
            "largest_linear": "largest change of a single parameter, linear model",
            "relative": "distance relative to the norm of the start",
        }
        variables: Variables = {}
        for name, long_name in text.items():
            kind = "asymptotic" if "linear" in name else "measured"
            variables[name] = variable(dims, found[name], kind, long_name)
            variables |= estimated(
                f"{name}_mean", "wide_width", _mean_of_arrived(found[name]), f"mean {long_name}"
            )
        variables |= estimated(
            "descent_ratio",
            "wide_width",
            _mean_of_arrived(found["displacement"] / found["linear"]),
            f"{text['displacement']}, in units of sqrt(r^T K^-1 r)",
        )
        return variables | {
            "descent_loss": variable(dims, loss, "measured", "loss where gradient descent ended"),
            "descent_steps": variable(dims, steps, "measured", "steps of gradient descent"),
            "not_converged": variable(
                "wide_width",
                np.sum(~arrived, axis=1),
                "measured",
                "descents that ran out of steps or diverged",
            ),
            "n_params": variable("wide_width", n_params, "setting", "number of parameters P"),
            "ratio_limit": variable(
                (), 1.0, "asymptotic", "distance in units of sqrt(r^T K^-1 r), infinite width"
            ),
        }


def _mean_of_arrived(
    values: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean and standard error along the last axis over finite values; NaN where fewer than two."""
    mean, stderr = np.full(len(values), np.nan), np.full(len(values), np.nan)
    for i, row in enumerate(values):
        arrived = row[np.isfinite(row)]
        if len(arrived) >= 2:
            mean[i], stderr[i] = mean_estimate(arrived)
    return mean, stderr


def _clopper_pearson(
    hits: npt.NDArray[np.int64], n: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Exact 95% confidence interval of a share, from quantiles of the Beta law."""
    from scipy.special import betaincinv

    tail = (1.0 - _CONFIDENCE) / 2
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1), n - hits + 1, tail), 0.0)
    high = np.where(hits < n, betaincinv(hits + 1, np.maximum(n - hits, 1), 1.0 - tail), 1.0)
    return low, high
