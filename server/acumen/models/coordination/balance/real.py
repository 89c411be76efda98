"""Recorded requests: the Azure LLM inference trace (CC BY 4.0), code, as arrivals and sizes for simulated servers."""

import csv
import gzip
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np

from acumen.models.coordination.balance.world import TRAINING, Doubles, World, generate

TRACE = Path("azure_llm") / "AzureLLMInferenceTrace_code.csv.gz"
UTILISATIONS = (0.5, 0.7, 0.9)
# So many an interval that the longest stretch of 24 intervals fits into the trace.
REQUESTS = (12, 300)
SHORTEST_GAP = 1e-9


def read(data: Path) -> tuple[Doubles, Doubles] | None:
    """Return arrival times, s from the first, and tokens, context plus generated; None without the file."""
    path = data / TRACE
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        rows = [
            (_seconds(row["TIMESTAMP"]), int(row["ContextTokens"]) + int(row["GeneratedTokens"]))
            for row in csv.DictReader(file)
        ]
    table = np.array(sorted(rows), float)
    return table[:, 0] - table[0, 0], table[:, 1]


def _seconds(stamp: str) -> float:
    """Return a time stamp of seven decimals, one more than `datetime` takes, in seconds."""
    whole, fraction = stamp.split(".")
    return datetime.fromisoformat(whole + "+00:00").timestamp() + float("0." + fraction)


def clusters(arrival: Doubles, tokens: Doubles, seed: int, count: int) -> list[World]:
    """Return simulated servers under stretches of the trace, scaled in time to several utilisations in turn."""
    return [_cluster(arrival, tokens, seed, i) for i in range(count)]


def _cluster(arrival: Doubles, tokens: Doubles, seed: int, index: int) -> World:
    load = UTILISATIONS[index % len(UTILISATIONS)]
    world = generate(seed, index, replace(TRAINING, utilisation=(load, load), requests_an_interval_log=REQUESTS))
    n = world.arrival.size
    start = int(np.random.default_rng([seed, index, 1]).integers(0, arrival.size - n + 1))
    when, size = arrival[start : start + n], tokens[start : start + n]
    gaps = np.maximum(np.diff(when), SHORTEST_GAP)
    horizon = world.lost.shape[1] * world.interval
    return replace(
        world,
        arrival=(when - when[0]) * (horizon * (1 - 1e-9) / (when[-1] - when[0])),
        size=size / size.mean(),
        size_cv=float(size.std() / size.mean()),
        arrival_cv=float(gaps.std() / gaps.mean()),
    )
