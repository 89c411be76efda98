"""Timing by turns."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

from benchmarks.record import summary

Call = Callable[[], object]
TURNS = 15
TURN_S = 0.0005


def by_turns(calls: dict[str, Call], rounds: int) -> dict[str, list[float]]:
    """Return seconds per call, one per round, of each contestant: the median of its turns in that round.

    A turn is shorter than the scheduler's slice, so that most turns are whole, whatever else the machine does.
    """
    repeats = {name: _repeats(call) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        turns = [{name: _seconds(call, repeats[name]) for name, call in calls.items()} for _ in range(TURNS)]
        for name, seconds in times.items():
            seconds.append(median(turn[name] for turn in turns))
    return times


def rows(what: str, n: int, kernel: str, calls: dict[str, Call], rounds: int) -> list[dict[str, object]]:
    """Return one row for each rival of `kernel`; a ratio above 1 means that the kernel is faster."""
    times = by_turns(calls, rounds)
    own = times.pop(kernel)
    return [
        row(what, n, own, rival, median(b / a for a, b in zip(own, theirs, strict=True)))
        for rival, theirs in times.items()
    ]


def row(what: str, n: int, seconds: list[float], against: str, ratio: float, **more: float) -> dict[str, object]:
    """Return one measurement; times in microseconds."""
    times = summary([round(value * 1e6, 3) for value in seconds])
    return {"what": what, "n": n, "unit": "us", **times, "against": against, "ratio": round(ratio, 3), **more}


def _repeats(call: Call) -> int:
    call()
    return max(1, int(TURN_S / max(_seconds(call, 3), 1e-7)))


def _seconds(call: Call, repeats: int) -> float:
    start = perf_counter()
    for _ in range(repeats):
        call()
    return (perf_counter() - start) / repeats
