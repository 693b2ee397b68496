"""The two systems that are compared: a bipartite quantum system and a one-hidden-layer network."""

from __future__ import annotations

from dataclasses import dataclass

from typicality._arrays import dimension, real_number
from typicality.networks import MLP

__all__ = ["MatchedSystems"]


@dataclass(frozen=True, kw_only=True)
class MatchedSystems:
    """A quantum system and a network of about as many parameters under as many constraints.

    The quantum system has 2 d_A d_B real parameters, the amplitudes of psi, and d_A^2 observables,
    the entries of rho_A. The network has P parameters and n_samples observables, its outputs.

    Parameters
    ----------
    d_a, d_b : int
        Dimensions of the subsystem and of its environment.
    n_samples, n_inputs, width : int
        Samples, inputs and hidden units of the network: tanh, one output.
    n_draws : int
        Random states, and random networks, of each measurement.
    growth : tuple of int
        Factors by which d_B and the width grow where a large system's limit is approached.
    target_distance : float
        Root mean square distance of the network's targets from its outputs at initialization.
    critical_d_b, critical_width : int
        Dimension of the environment and width at which the threshold is crossed by raising d_A and
        the number of samples.

    Raises
    ------
    TypeError, ValueError
        If a parameter is of the wrong kind or out of its range.
    """

    d_a: int = 8
    d_b: int = 64
    n_samples: int = 64
    n_inputs: int = 16
    width: int = 57
    n_draws: int = 100
    growth: tuple[int, ...] = (1, 2, 4, 8, 16)
    target_distance: float = 0.25
    critical_d_b: int = 24
    critical_width: int = 8

    def __post_init__(self) -> None:
        limits = {
            "d_a": (2, 64),
            "d_b": (2, 4096),
            "n_samples": (2, 1000),
            "n_inputs": (1, 1000),
            "width": (1, 10**4),
            "n_draws": (2, 10**6),
            "critical_d_b": (4, 128),
            "critical_width": (1, 64),
        }
        for name, (low, high) in limits.items():
            dimension(getattr(self, name), name, minimum=low, maximum=high)
        real_number(self.target_distance, "target_distance")
        if not 0 < self.target_distance <= 10:
            raise ValueError(
                f"target_distance must be above 0, at most 10; got {self.target_distance}."
            )
        if self.d_a > self.d_b:
            raise ValueError(
                f"d_a must be at most d_b, or no state is maximally mixed on A; got d_a={self.d_a} "
                f"and d_b={self.d_b}."
            )
        if len(self.growth) < 3 or sorted(set(self.growth)) != list(self.growth):
            raise ValueError(
                f"growth must be three or more ascending factors, for a slope; got {self.growth}."
            )
        if not 1 <= self.growth[0] <= self.growth[-1] <= 256:
            raise ValueError(f"growth must hold factors from 1 to 256; got {self.growth}.")
        # The rank that the Jacobian can reach: samples beyond it cannot all be fitted.
        reach = self.width * (min(self.n_inputs + 1, self.n_samples) + 1) + 1
        if self.n_samples > reach:
            raise ValueError(
                f"n_samples={self.n_samples} is more than the {reach} that the network can fit: "
                "raise width or lower n_samples."
            )

    def quantum_params(self, factor: int = 1) -> int:
        """Real parameters of a state, its environment grown by a factor: 2 d_A d_B."""
        return 2 * self.d_a * self.d_b * factor

    def network(self, factor: int = 1) -> MLP:
        """Network whose hidden layer has grown by a factor."""
        return self._mlp(self.width * factor)

    def critical_network(self) -> MLP:
        """Network whose threshold is crossed by raising the number of samples."""
        return self._mlp(self.critical_width)

    def _mlp(self, width: int) -> MLP:
        return MLP((self.n_inputs, width, 1), "tanh", bias_scale=0.5)
