"""Recorded requests: the Azure LLM inference trace (CC BY 4.0), code, as what clients want of simulated services."""

import csv
import gzip
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from acumen.models.performance.throttle.world import TICKS, WINDOWS, Worlds, generate
from acumen_accel.throttle_simulation import Doubles

TRACE = Path("azure_llm") / "AzureLLMInferenceTrace_code.csv.gz"
LOADS = (0.7, 1.0, 1.5)
SHORTEST_STRETCH = 3000


def read(data: Path) -> Doubles | None:
    """Return arrival times, s from the first; None without the file."""
    path = data / TRACE
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        when = np.array(sorted(_seconds(row["TIMESTAMP"]) for row in csv.DictReader(file)))
    return when - when[0]


def _seconds(stamp: str) -> float:
    """Return a time stamp of seven decimals, one more than `datetime` takes, in seconds."""
    whole, fraction = stamp.split(".")
    return datetime.fromisoformat(whole + "+00:00").timestamp() + float("0." + fraction)


def worlds(arrival: Doubles, seed: int, count: int) -> Worlds:
    """Return simulated services of every regime, wanted as in stretches of the trace.

    A stretch of at least 3,000 requests fills the run; demand is its count by tick, scaled to .7, 1 and 1.5 of the mean
    capacity in turn.
    """
    made = generate(seed, count)
    rng = np.random.default_rng([seed, 1])
    mean = made.services.capacity.mean(axis=1)
    # Loads change when all regimes have had the one before.
    loads = np.array([LOADS[i // 8 % len(LOADS)] for i in range(count)])
    demand = np.array([_stretch(arrival, rng) for _ in range(count)]) * (loads * mean)[:, None]
    return replace(made, services=replace(made.services, demand=demand))


def _stretch(arrival: Doubles, rng: np.random.Generator) -> Doubles:
    """Return requests by tick over their mean (ticks,)."""
    length = int(rng.integers(SHORTEST_STRETCH, arrival.size + 1))
    first = int(rng.integers(0, arrival.size - length + 1))
    when = arrival[first : first + length]
    count = np.histogram(when, bins=WINDOWS * TICKS, range=(when[0], when[-1]))[0]
    shares: Doubles = count / count.mean()
    return shares
