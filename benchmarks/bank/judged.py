"""Judge, JudgePair, JudgeTrajectory and RunPipeline in process, and what is judged."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np

from acumen.bank.convert import trajectory_message
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.trajectory_pb2 import Trajectory
from acumen.rpc.bank_pipeline import PipelineServicer
from benchmarks.bank.figures import Row, awaited, held, quantile
from benchmarks.bank.filled import Filled
from benchmarks.distill.__main__ import long_runs
from benchmarks.record import summary

CASES = 100
RESPONSE = (
    "To {task}, the loader was changed to close the file before it retries. 41 tests ran, 0 failed; exit code 0.\n"
    "1. The path is checked first, because it was empty in 3 of 20 runs.\n2. The timeout is 30 seconds instead of 5.\n"
    "```python\ndef load(path, timeout=30):\n    with open(path) as file:\n        return file.read()\n```\n"
    "Nothing else calls it, so no caller needs a change. What is left open: the limit for large files was not measured."
)
OTHER = "It should work now. I changed a few things in {task} and did not run the tests."


def response(task: str) -> pb.JudgeRequest:
    """Return a response of some 600 characters, to be judged by all criteria that have evidence."""
    return pb.JudgeRequest(task=task, response=RESPONSE.format(task=task))


def pair(task: str) -> pb.JudgePairRequest:
    """Return a pair of responses."""
    return pb.JudgePairRequest(task=task, first=RESPONSE.format(task=task), second=OTHER.format(task=task))


def run(number: int) -> Trajectory:
    """Return an attempt of 12 steps and some 8 kB, like an airline run; four in a row are at one task."""
    made = long_runs(4, np.random.default_rng(number // 4))[number % 4]
    return trajectory_message(dataclasses.replace(made, id=f"run-{number}", task_id=f"task-{number // 4}"))


async def rows(bank: Filled, rounds: int) -> list[Row]:
    """Measure what is judged, in turn, and then the pipeline."""
    async with bank.opened() as one:
        answers, tasks = one.answers, bank.questions[:CASES]
        runs = [pb.JudgeTrajectoryRequest(trajectory=run(number)) for number in range(CASES)]
        methods: dict[str, tuple[Callable[[Any], Awaitable[Any]], list[Any]]] = {
            "Judge": (answers.judge, [response(task) for task in tasks]),
            "JudgePair": (answers.judge_pair, [pair(task) for task in tasks]),
            "JudgeTrajectory, 12 steps": (answers.judge_trajectory, runs),
        }
        times: dict[str, list[list[float]]] = {name: [] for name in methods}
        for _ in range(rounds + 1):
            for name, (method, requests) in methods.items():
                times[name].append([await awaited(method(request)) for request in requests])
        found = [_row(f"{name}, in process, nothing written", turns[1:], len(bank)) for name, turns in times.items()]
        found = [held(row, "p50_us", most=500) for row in found]
        return [*found, await _pipeline(bank, PipelineServicer(answers, one.kept.writes, one.consolidation), rounds)]


def _row(what: str, turns: list[list[float]], n: int) -> Row:
    return {
        "what": what,
        "n": n,
        "cases": len(turns[0]),
        "p50_us": summary([quantile(turn, 0.5) for turn in turns]),
        "p99_us": summary([quantile(turn, 0.99) for turn in turns]),
    }


async def _pipeline(bank: Filled, servicer: PipelineServicer, rounds: int) -> Row:
    """Do all four parts in one call, each time with another situation and another attempt."""
    turns: list[list[float]] = []
    parts: dict[str, list[float]] = {}
    for turn in range(rounds + 1):
        spent = []
        for at, task in enumerate(bank.questions[: CASES // 2]):
            request = pb.RunPipelineRequest(
                query=task,
                k=5,
                response=RESPONSE.format(task=task),
                trajectory=run(turn * CASES + at),
                consolidate=True,
            )
            answers: list[pb.RunPipelineResponse] = []
            spent.append(await awaited(_kept(servicer, request, answers)))
            for name, part in answers[0].elapsed.items():
                parts.setdefault(name, []).append(part.ToNanoseconds() / 1e9)
        turns.append(spent)
    row = _row(f"RunPipeline, all four parts, {len(bank):,} patterns, in process, on disk", turns[1:], len(bank))
    row |= {f"{name}_p50_us": quantile(times, 0.5) for name, times in sorted(parts.items())}
    return held(row, "p50_us", most=5000) if len(bank) == 10_000 else row


async def _kept(servicer: PipelineServicer, request: pb.RunPipelineRequest, answers: list[Any]) -> None:
    answers.append(await servicer.run_pipeline(request, None))  # type: ignore[arg-type]
