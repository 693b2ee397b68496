"""Findings on a spin chain: eigenstates and energy shells beside the random states of Sec. II."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typicality.experiments.page_curve.variables import PageCurveVariables as V
from typicality.results.finding import Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["chain_rows"]


def chain_rows(dataset: xr.Dataset) -> list[Finding]:
    """Rows of the table for the chain in a Page curve dataset."""
    rows: list[Finding] = []
    middle = dataset.sizes[V.chain_shell] // 2
    for name, index in (("lowest", 0), ("middle", middle)):
        at = dataset.isel(chain_shell=index)
        rows.append(
            Finding(
                statement=f"mean purity of half of a spin chain, typical states of its {name} "
                "shell, is d(tr Ω_A² + tr Ω_B²)/(d + 1)",
                equation="Sec. II, energy shells",
                predicted=at[V.chain_shell_purity_exact].item(),
                measured=at[V.chain_shell_purity].item(),
                stderr=at[V.chain_shell_purity.stderr].item(),
                note="exact for any Hamiltonian; Ω_A is the shell's reduced state",
            )
        )
    at = dataset.isel(chain_shell=middle)
    rows.append(
        Finding(
            statement="mean entropy of half of a spin chain, typical states of its middle shell, "
            "is at most that of Ω_A",
            equation="Sec. II, energy shells",
            predicted=at[V.chain_omega_entropy].item(),
            measured=at[V.chain_shell_entropy].item(),
            stderr=at[V.chain_shell_entropy.stderr].item(),
            relation="at most",
            unit="nat",
            note="the entropy is concave and Ω_A is the mean of ρ_A",
        )
    )
    half = dataset.isel(chain_n_a=dataset.sizes[V.chain_n_a] // 2)
    page = half[V.chain_curve_page_exact].item()
    spread = half[V.chain_curve_eigenstates_deviation].item()
    rows.append(
        Finding(
            statement="mean entropy of the eigenstates in the middle of the chain's spectrum is "
            "at most that of Ω_A",
            equation="Sec. II, energy shells",
            predicted=at[V.chain_omega_entropy].item(),
            measured=half[V.chain_curve_eigenstates].item(),
            stderr=0.0,
            relation="at most",
            unit="nat",
            note=f"they scatter by {spread:.2g} nat; Page's mean of the whole space is "
            f"{page:.4g}: a local Hamiltonian is no random matrix",
        )
    )
    return rows
