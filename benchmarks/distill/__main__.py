"""Measure trajectories distilled per second: `python -m benchmarks.distill [--data folder]`.

With --data the real tau-bench airline runs are read (24 messages in the median; their system prompt, the same in all,
is no part of an attempt), and besides runs of that shape and attempts of three steps are generated; `median_bytes` is
the text that was handed over. Every round starts a new distiller with cold caches and
ends with its patterns settled. Rounds of both sets alternate; time is this process's own on one core, wall time beside.
"""

import os

# Before NumPy is imported, which reads them once.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from acumen.bank.distilling import record, signs
from acumen.bank.distilling.distiller import Distiller
from acumen.bank.distilling.entities import slot
from acumen.bank.trajectory import Outcome, Step, Trajectory
from benchmarks.eval.trajectories import airline
from benchmarks.record import setting, summary, write

_TEXT = "please change the flight reservation for my trip to another day with economy seats and two bags"
_WORDS = _TEXT.split()
_TOOLS = tuple(f"{verb}_{noun}" for verb in ("get", "search", "update", "cancel") for noun in ("user", "flight", "bag"))
_CACHES = (slot, record._name, signs.words)


def long_runs(count: int, rng: np.random.Generator) -> list[Trajectory]:
    """Return attempts of 12 steps with 8 kB of text in the median, like an airline run without its prompt."""
    return [_attempt(f"long-{i}", f"task-{i // 4}", 12, 110, rng) for i in range(count)]


def short_runs(count: int, rng: np.random.Generator) -> list[Trajectory]:
    """Return attempts of three steps, half a kilobyte each."""
    return [_attempt(f"short-{i}", f"task-{i // 4}", 3, 12, rng) for i in range(count)]


def _attempt(name: str, task: str, steps: int, words: int, rng: np.random.Generator) -> Trajectory:
    return Trajectory(
        id=name,
        task=f"{_text(14, rng)} {rng.integers(1000, 9999)}",
        task_id=task,
        steps=tuple(_step(words, rng) for _ in range(steps)),
        outcome=Outcome(int(rng.integers(1, 3))),
    )


def _step(words: int, rng: np.random.Generator) -> Step:
    arguments = json.dumps({"user_id": f"user_{rng.integers(1000, 9999)}", "date": "2024-05-20", "amount": 12})
    observation = _text(words, rng)
    action = str(rng.choice(_TOOLS))
    failed = "Error: payment of 250 does not add up" if rng.random() < 0.05 else ""
    return Step(action=action, arguments=arguments, observation=observation, error=failed)


def _text(words: int, rng: np.random.Generator) -> str:
    return " ".join(rng.choice(_WORDS, words))


def once(runs: Sequence[Trajectory]) -> tuple[float, float, int]:
    """Return the processor's and the wall's seconds of one distillation, caches cold, and how many patterns it gave."""
    for cached in _CACHES:
        cached.cache_clear()
    wall, own = time.perf_counter(), time.process_time()
    distiller = Distiller()
    for run in runs:
        distiller.add(run)
    patterns = distiller.settle()
    return time.process_time() - own, time.perf_counter() - wall, len(patterns)


def measure(sets: dict[str, Sequence[Trajectory]], rounds: int) -> list[dict[str, Any]]:
    """Return a row for each set, its rounds taken in turn with the others'."""
    taken: dict[str, list[tuple[float, float, int]]] = {name: [] for name in sets}
    for _ in range(rounds + 1):
        for name, runs in sets.items():
            taken[name].append(once(runs))
    return [
        {
            "what": name,
            "n": len(runs),
            "median_bytes": statistics.median(_size(run) for run in runs),
            "patterns": taken[name][-1][2],
            "per_second": summary([len(runs) / own for own, _, _ in taken[name][1:]]),
            "per_second_wall": summary([len(runs) / wall for _, wall, _ in taken[name][1:]]),
        }
        for name, runs in sets.items()
    ]


def _size(run: Trajectory) -> int:
    parts = (part for s in run.steps for part in (s.thought, s.action, s.arguments, s.observation))
    return len(run.task.encode()) + sum(len(part.encode()) for part in parts)


def main() -> None:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="the folder that holds taubench")
    parser.add_argument("--output", type=Path, help="the JSON file to write instead of benchmarks/results/distill.json")
    parser.add_argument("--rounds", type=int, default=7, help="rounds a set, at least 5")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error("--rounds must be at least 5")
    rng = np.random.default_rng(0)
    sets: dict[str, Sequence[Trajectory]] = {
        "airline-shaped, generated, trajectories/s": long_runs(400, rng),
        "three steps, generated, trajectories/s": short_runs(4000, rng),
    }
    if options.data:
        sets = {"tau-bench airline, trajectories/s": airline(options.data), **sets}
    rows = measure(sets, options.rounds)
    if options.output:
        options.output.write_text(json.dumps({"setting": setting(), "rows": rows}, indent=1) + "\n")
    else:
        write("distill", rows)
    for row in rows:
        print(f"{row['what']:<46} n {row['n']:<6} {row['per_second']['median']:>10.0f} /s on one core")


if __name__ == "__main__":
    main()
