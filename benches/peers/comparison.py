"""One piece of work by several libraries, timed in turn in one run: medians and their ratios.

Short work is timed twice a turn: the first call finds processors asleep and memory cold, the
second one follows it at once, as calls in a loop do. Both are printed; the limit is compared with
the second.
"""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# The first word of each row: what the others are measured against.
OURS = "typicality"
# Seconds; what takes longer does not notice how it finds the machine.
SHORT = 0.5
# Seconds between pieces of work: threads of OpenBLAS spin for a tenth of one after theirs, on a
# core that others need.
PAUSE = 0.3


@dataclass(frozen=True)
class Limit:
    """The time that the machine allows for the work, and where it comes from."""

    seconds: float
    reason: str


@dataclass
class Times:
    """Seconds of calls after a pause, and of calls that follow another one at once."""

    paused: list[float] = field(default_factory=list)
    repeated: list[float] = field(default_factory=list)

    def medians(self, factor: float) -> tuple[float, float]:
        """Return both medians; the second is the first where the work was not repeated."""
        first = factor * statistics.median(self.paused)
        return first, factor * statistics.median(self.repeated) if self.repeated else first


def timed(call: Callable[[], object]) -> tuple[float, bool]:
    """Return the seconds of one call, and whether it ran the clock itself and told them."""
    start = time.perf_counter()
    told = call()
    seconds = time.perf_counter() - start
    return (told, True) if isinstance(told, float) else (seconds, False)


def measure(
    work: Mapping[str, Callable[[], object]], *, repeats: int = 5, budget: float = 60.0
) -> dict[str, Times]:
    """Time each piece of work `repeats` times in turn.

    The turns are interleaved, so that a slow minute of the machine falls on all of them. A piece
    that alone takes longer than `budget` seconds runs once.
    """
    times = {name: Times() for name in work}
    repeated: set[str] = set()
    for turn in range(repeats + 1):
        for name, call in work.items():
            taken = times[name]
            if taken.paused and taken.paused[0] > budget / repeats:
                continue
            time.sleep(PAUSE)
            seconds, told = timed(call)
            # The first turn warms up; it counts where there will be no other.
            if turn or seconds > budget / repeats:
                taken.paused.append(seconds)
            if turn == 0 and seconds < SHORT and not told:
                repeated.add(name)
            if turn and name in repeated:
                taken.repeated.append(timed(call)[0])
    return times


def compare(
    title: str,
    work: Mapping[str, Callable[[], object]],
    *,
    limit: Limit | None = None,
    scaled: Mapping[str, float] | None = None,
    repeats: int = 5,
    budget: float = 60.0,
) -> None:
    """Print one row a library: medians, ratios to ours, and how far ours is from the limit.

    `scaled` names the pieces of work that do only a share of it, with the factor to the whole.
    """
    print(f"\n{title}", flush=True)
    times = measure(work, repeats=repeats, budget=budget)
    print(f"  {'':<34} {'in a loop':>22} {'after a pause':>22}")
    ours = times[OURS].medians(1.0)
    for name, taken in times.items():
        factor = (scaled or {}).get(name, 1.0)
        paused, repeated = taken.medians(factor)
        note = f"   scaled by {factor:g} from a part" if factor != 1.0 else ""
        ratios = (
            ["", ""] if name == OURS else [f"{repeated / ours[1]:.1f}x", f"{paused / ours[0]:.1f}x"]
        )
        cells = f"{duration(repeated):>11} {ratios[0]:>10} {duration(paused):>11} {ratios[1]:>10}"
        print(f"  {name:<34} {cells}   medians of {len(taken.paused)}{note}")
    if limit is not None:
        print(f"  {'limit: ' + limit.reason:<34} {duration(limit.seconds):>11}   ", end="")
        print(f"reached {100 * limit.seconds / ours[1]:.0f}% of it")
    sys.stdout.flush()


def duration(seconds: float) -> str:
    """Seconds in a unit that reads well."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
