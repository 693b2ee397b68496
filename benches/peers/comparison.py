"""One piece of work by several libraries, timed in turn in one run: medians and their ratios."""

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# The first word of each row: what the others are measured against.
OURS = "typicality"


@dataclass(frozen=True)
class Limit:
    """The time that the machine allows for the work, and where it comes from."""

    seconds: float
    reason: str


def medians(
    work: Mapping[str, Callable[[], object]], *, repeats: int = 5, budget: float = 60.0
) -> dict[str, tuple[float, int]]:
    """Time each piece of work `repeats` times in turn; the median and how many times it ran.

    The turns are interleaved, so that a slow minute of the machine falls on all of them. A piece
    that alone takes longer than `budget` seconds runs once.
    """
    times: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(repeats + 1):
        for name, call in work.items():
            if times[name] and times[name][0] > budget / repeats:
                continue
            # OpenBLAS threads spin for tens of milliseconds after their work, on a core of others.
            time.sleep(0.1)
            start = time.perf_counter()
            told = call()
            # A call that runs the clock itself tells the seconds.
            seconds = told if isinstance(told, float) else time.perf_counter() - start
            # The first turn warms up; it counts where there will be no other.
            if turn or seconds > budget / repeats:
                times[name].append(seconds)
    return {name: (statistics.median(taken), len(taken)) for name, taken in times.items()}


def compare(
    title: str,
    work: Mapping[str, Callable[[], object]],
    *,
    limit: Limit | None = None,
    scaled: Mapping[str, float] | None = None,
    repeats: int = 5,
    budget: float = 60.0,
) -> None:
    """Print one row a library: median, ratio to ours, and how far ours is from the limit.

    `scaled` names the pieces of work that do only a share of it, with the factor to the whole.
    """
    print(f"\n{title}", flush=True)
    taken = medians(work, repeats=repeats, budget=budget)
    ours = taken[OURS][0]
    for name, (median, runs) in taken.items():
        factor = (scaled or {}).get(name, 1.0)
        seconds = median * factor
        note = f"   scaled by {factor:g} from a part" if factor != 1.0 else ""
        ratio = "" if name == OURS else f"{seconds / ours:10.1f}x"
        print(f"  {name:<34} {duration(seconds):>10} {ratio:>11}   median of {runs}{note}")
    if limit is not None:
        print(f"  {'limit: ' + limit.reason:<34} {duration(limit.seconds):>10}   ", end="")
        print(f"reached {100 * limit.seconds / ours:.0f}% of it")
    sys.stdout.flush()


def duration(seconds: float) -> str:
    """Seconds in a unit that reads well."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
