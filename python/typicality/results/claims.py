"""The claims of the paper that the findings test: place and paraphrase of each.

A claim is one statement of arXiv:2511.09526v1, tested where it is made, by one row or several. What
is sharper than the paper, or goes beyond it, is the package's own statement and no claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["CLAIMS", "Claim"]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A statement of the paper.

    Parameters
    ----------
    where : str
        Equation, section or table.
    text : str
        A paraphrase, with the conditions under which the paper makes it.

    Examples
    --------
    >>> CLAIMS["purity"].where
    'Sec. II'
    """

    where: str
    text: str


CLAIMS: Final[dict[str, Claim]] = {
    "concentration": Claim(
        where="Eq. (1)",
        text="In an energy shell of dimension d, ⟨O⟩ deviates from the microcanonical value with a "
        "probability of at most Var_mc/((d + 1) ε²).",
    ),
    "exponentially small": Claim(
        where="Sec. II",
        text="For d_A ≪ d_B the reduced state ρ_A is exponentially near to the maximally mixed "
        "state I/d_A.",
    ),
    "purity": Claim(
        where="Sec. II",
        text="The purity of the reduced state is (d_A + d_B)/(d_A d_B + 1).",
    ),
    "entropy": Claim(
        where="Sec. II",
        text="The von Neumann entropy of the smaller subsystem is about log d_A − d_A/(2 d_B).",
    ),
    "orders": Claim(
        where="after Eq. (2)",
        text="Eq. (2) contains purity and von Neumann entropy as the orders α = 0 and α → 0.",
    ),
    "asymptotic entropy": Claim(
        where="Eq. (2)",
        text="For large enough subsystems Eq. (2) reproduces the Rényi entropies asymptotically.",
    ),
    "largest entropy": Claim(
        where="Table 1",
        text="The entropy is largest at d_A = d_B.",
    ),
    "distinguishability": Claim(
        where="abstract, Sec. III",
        text="Reduced states of typical pure states become more distinguishable as d_A grows.",
    ),
    "whole system": Claim(
        where="Sec. III",
        text="When d_A reaches the dimension of the whole system, expectation values distinguish "
        "pure states perfectly.",
    ),
    "zero eigenvalues": Claim(
        where="Sec. III",
        text="Zero eigenvalues of ρ_A are approached at d_A = d_B.",
    ),
    "minima": Claim(
        where="Sec. II",
        text="When heavily overparametrized, a network has a global minimum near any random "
        "initialization.",
    ),
    "small change": Claim(
        where="Sec. II",
        text="On the way to that minimum each parameter changes little, the less the more there "
        "are.",
    ),
    "linear model": Claim(
        where="Eq. (4)",
        text="For wide networks the minimum is that of the model linearized at the initialization.",
    ),
    "edge": Claim(
        where="Sec. III",
        text="The smallest eigenvalue λ_− is proportional to √P − κ√(n_L N).",
    ),
    "constants": Claim(
        where="Sec. III",
        text="The factors σ and κ of that formula do not depend on the size.",
    ),
    "threshold": Claim(
        where="Sec. III",
        text="The fitting threshold is proportional to the number n_L N of outputs to be fitted.",
    ),
    "training data": Claim(
        where="Sec. III",
        text="The error peaks where the number of parameters approaches that of the training data.",
    ),
    "second descent": Claim(
        where="Sec. III",
        text="Beyond the threshold the error on unseen data decreases again.",
    ),
}
"""Key to claim, in the paper's order: Sec. II, Sec. III; quantum side, then networks."""
