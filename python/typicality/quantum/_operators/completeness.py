"""Whether levels at the edge of a spectrum are all there: by number, or by random vectors.

P_E of Eq. (1) must hold every partner of a degenerate level. A block Krylov space sees at most as
many as it has start vectors; new random vectors, orthogonal to what was found, see the others. How
many there are is known where H - E can be factorized.
"""

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
from scipy import special

from typicality._arrays import Floats
from typicality.errors import ConvergenceError
from typicality.quantum._operators.inertia import LevelCounter
from typicality.quantum._operators.krylov import BLOCK, BlockKrylov, Ritz
from typicality.quantum._operators.spectral_filter import SpectralFilter

__all__ = ["CompletenessProof", "Proof", "overlooked"]

Proof = Literal["diagonalization", "inertia", "random vectors"]
"""Why no level of a window is missing."""


# Probability that an existing level stays unseen, at most.
_OVERLOOKED: Final = 1e-12
_MOST_PROBE_STEPS: Final = 60
# Shares of the gap above the edge that a count may lie in: in a wide one it costs least, in a
# narrow one it counts no level of the gap that the basis does not know yet.
_SHARES_OF_GAP: Final = (1.0, 0.125, 0.015625)
# Factorizations for one basis, and how often they may contradict random vectors that see no more.
_MOST_COUNTS: Final = 24
_MOST_CONTRADICTIONS: Final = 2


class CompletenessProof:
    """Looks for levels that a basis does not know, and says whether there are any.

    Parameters
    ----------
    basis : BlockKrylov
        What was found.
    tool : SpectralFilter
        What the basis is a Krylov space of.
    beta : {1, 2}
        Reals in an entry of a vector.
    counter : callable
        Returns what counts levels below an energy, or None.
    """

    def __init__(
        self,
        basis: BlockKrylov,
        tool: SpectralFilter,
        beta: int,
        counter: Callable[[], LevelCounter | None],
    ) -> None:
        self.basis, self.tool, self.beta = basis, tool, beta
        self.width = min(BLOCK, basis.size)
        self.by: Proof = "random vectors"
        self.disagreement = ""
        self._counter, self._counts, self._contradictions = counter, 0, 0

    def holds(self, ritz: Ritz, need: int, edge: float | None) -> bool:
        """Say whether no level up to an energy is missing; the basis holds what else was found.

        Ritz vectors beyond the levels that are needed join in if their residuals are far below
        their distance to the edge: as invariant ones of an operator that differs from A by R, the
        norm of the residuals, they widen the gap above which the random vectors are damped.
        """
        basis, values = self.basis, ritz.values
        if edge is None:
            basis.restart(ritz, need)
            return True
        low = self.tool.value(edge) + self.tool.slack(values)
        known = int(np.count_nonzero(values <= low))
        counted = self._count(values, known, edge)
        if counted == known:
            self.by = "inertia"
            basis.restart(ritz, need)
            return True
        self.disagreement = (
            ""
            if counted is None
            else f"{known} levels were found up to {edge:.12g}, and a factorization of the "
            f"Hamiltonian counts {counted}. "
        )
        plan = self._plan(ritz, need, low)
        if plan is None:
            return False
        held, width, steps = plan
        low += float(np.linalg.norm(ritz.residuals[:held]))
        basis.restart(ritz, held)
        size = basis.size - held
        shown = False

        def settled(lowest: float, highest: float, step: int) -> bool:
            nonlocal shown
            shown = lowest <= low
            ceiling = max(highest, self.tool.ceiling)
            return shown or self._risk(size, width, step, low, lowest, ceiling) < _OVERLOOKED

        done = basis.probe(width, steps, settled)
        if shown:
            self.width *= 2
        if not done or shown:
            return False
        if counted is None:
            return True
        # The search goes on with what the random vectors brought.
        self._contradictions += 1
        if self._contradictions >= _MOST_CONTRADICTIONS:
            raise ConvergenceError(f"{self.disagreement}Choose another window.")
        return False

    def _count(self, values: Floats, known: int, edge: float) -> int | None:
        """Return how many levels lie up to the edge, `known` if that may be, or None if unknown."""
        counter = self._counter()
        if counter is None or known == values.size:
            return None
        # Up to the next level that the basis shows, as far as rounding leaves its value.
        beyond = values[known : known + 1] - self.tool.slack(values)
        gap = float(self.tool.energies(beyond)[0]) - edge
        counted = None
        for share in _SHARES_OF_GAP:
            if gap <= 0 or self._counts >= _MOST_COUNTS:
                break
            self._counts += 1
            number = counter.below(edge, edge + share * gap)
            if number is None:
                break
            counted = number
            if counted == known:
                break
        return counted

    def _plan(self, ritz: Ritz, need: int, low: float) -> tuple[int, int, int] | None:
        """Return how many Ritz vectors are held, how many random ones begin, for how many steps."""
        basis, values = self.basis, ritz.values
        rounding = np.sqrt(np.cumsum(ritz.residuals**2))
        beyond = values[values > low]
        if not beyond.size:
            return None
        nearest = float(beyond[0]) - low
        best = None
        for held in range(need, min(basis.used - 1, need + (basis.room - need) // 2)):
            error, gap = float(rounding[held - 1]) if held else 0.0, float(values[held]) - low
            if gap <= 0 or 20 * error > gap or (2 * error > nearest and held > need):
                continue
            lowest = low + max(gap - float(ritz.residuals[held]), gap / 2)
            # The block that waits and the random one continue together, with room to grow.
            widest = min(self.width, (basis.room - need) // 3 - basis.width)
            for halvings in range(max(widest, 0).bit_length()):
                width = widest >> halvings
                most = min((basis.room - held) // width, _MOST_PROBE_STEPS)
                risk = self._risk(
                    basis.size - held, width, most, low + error, lowest, self.tool.ceiling
                )
                if most and risk < _OVERLOOKED:
                    best = held, width, most
                    break
        return best

    def _risk(
        self, size: int, width: int, steps: int, low: float, lowest: float, ceiling: float
    ) -> float:
        return overlooked(size, width, self.beta, steps, low, lowest, ceiling)


def overlooked(
    size: int, width: int, beta: int, steps: int, edge: float, lowest: float, highest: float
) -> float:
    """Bound the probability that a random block Krylov space does not show a level that exists.

    Parameters
    ----------
    size : int
        Dimension of the space that the start vectors are uniform in.
    width : int
        Number of start vectors.
    beta : {1, 2}
        Reals in an entry of a start vector.
    steps : int
        Blocks in the Krylov space, the start included.
    edge : float
        The level in question lies here or below.
    lowest : float
        Lowest Ritz value, above `edge`.
    highest : float
        Upper bound of the spectrum.

    Returns
    -------
    float
        From 0 to 1.

    Notes
    -----
    Let c^2 be the weight of the level's eigenvector in the span of the start vectors, and T the
    Chebyshev polynomial of degree ``steps - 1`` of the interval from `lowest` to `highest`. The
    projection of the eigenvector on the span, times T(A), is a vector of the Krylov space, and its
    mean energy would be below `lowest` unless
    ``c^2 T(edge)^2 (lowest - edge) <= highest - lowest``; and c^2 has a Beta distribution. Single
    vectors are the subject of [1]_.

    References
    ----------
    .. [1] J. Kuczynski, H. Wozniakowski, SIAM J. Matrix Anal. Appl. 13, 1094 (1992).

    Examples
    --------
    >>> from typicality.quantum._operators.completeness import overlooked
    >>> print(overlooked(10**4, 8, 1, 20, -1.2, -1.0, 1.0) < 1e-12 < overlooked(10**4, 8, 1, 5,
    ... -1.2, -1.0, 1.0))
    True
    """
    if not edge < lowest:
        return 1.0
    if not lowest < highest or width >= size:
        return 0.0
    growth = (steps - 1) * np.arccosh(1.0 + 2.0 * (lowest - edge) / (highest - lowest))
    # Logarithm of the hyperbolic cosine, which would overflow.
    log_polynomial = growth + np.log1p(np.exp(-2.0 * growth)) - np.log(2.0)
    log_weight = np.log((highest - lowest) / (lowest - edge)) - 2.0 * log_polynomial
    weight = float(np.exp(min(log_weight, 0.0)))
    return float(special.betainc(beta * width / 2, beta * (size - width) / 2, weight))
