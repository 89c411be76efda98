"""Measure training steps against PyTorch, one thread each: `python -m benchmarks training`.

It needs PyTorch, which is in the dependency group `distil` (`pip install --group distil`), or in a folder of its own on
PYTHONPATH (`pip install --target FOLDER torch`). Both take the same steps on the same batches from the same weights:
forward, cross-entropy, backward, clipping by the global norm, Adam with decoupled decay, averaged weights; a second row
leaves out clipping and averaging on PyTorch's side only.

Times are processor time of the process, all its threads: on a machine that others use too, the wall clock counts them.
The sides take turns of three steps (twenty calls of a kernel); a round is the median of eleven turns of each, a ratio
the median over rounds of PyTorch's time over ours. `load` is the machine's load average at the row's start. The losses,
of all examples after the same 400 steps, show that both learn the same.
"""

import os

# Before NumPy and PyTorch are imported, which read them once.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks.record import setting, summary, write
from benchmarks.training import memory
from benchmarks.training.kernels import pairs
from benchmarks.training.problems import STEPS, Problem, bags, batches, multilayer

try:
    import torch

    from benchmarks.training.contestants import Acumen, PyTorch
except ModuleNotFoundError as error:
    sys.exit(f"{error}: see the head of {__file__}")

GOAL = 0.8
SIZES = (32, 256)
TURNS, STEPS_A_TURN, CALLS_A_TURN = 11, 3, 20
Step = Callable[[], Any]


def main() -> None:
    """Run everything and print it, or write it to --output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--output", type=Path, help="the JSON file to write instead of benchmarks/results/training.json"
    )
    parser.add_argument("--rounds", type=int, default=9, help="rounds per row, at least 5")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error("--rounds must be at least 5")
    torch.set_num_threads(1)
    problems = (
        multilayer("network 64-64-64-8, gelu", (64, 64, 64, 8), "gelu"),
        multilayer("network 256-128-128-8, relu", (256, 128, 128, 8), "relu"),
        bags(),
    )
    rows = [row for problem in problems for size in SIZES for row in measured(problem, size, options.rounds)]
    rows += [*memory_rows(options.rounds), *kernel_rows(options.rounds)]
    if options.output:
        options.output.write_text(json.dumps({"setting": setting(), "rows": rows}, indent=1) + "\n")
    else:
        write("training", rows)
    for row in rows:
        print(f"{row['what']:<62} {row['against']:<40} {row['ratio']:.2f}")


def measured(problem: Problem, size: int, rounds: int) -> Iterator[dict[str, Any]]:
    """Measure a problem at a batch size against PyTorch with the same work and with less."""
    losses = {"loss": _learned(Acumen, problem, size), "loss_pytorch": _learned(PyTorch, problem, size)}
    for bare in (False, True):
        ours, theirs = Acumen(problem, batches(size)), PyTorch(problem, batches(size), bare)
        load = os.getloadavg()[0]
        own, rival = _by_turns(ours.step, theirs.step, rounds, STEPS_A_TURN)
        against = f"PyTorch {torch.__version__.partition('+')[0]}, one thread"
        yield {
            "what": f"training step, {problem.name}",
            "n": size,
            "against": f"{against}, without clipping and averaging" if bare else against,
            "ratio": round(median(b / a for a, b in zip(own, rival, strict=True)), 3),
            "goal": GOAL,
            "steps_per_cpu_s": _rates(own),
            "steps_per_cpu_s_pytorch": _rates(rival),
            "load": round(load, 1),
            "steps": STEPS,
            **{name: round(value, 5) for name, value in losses.items()},
        }


def memory_rows(rounds: int) -> Iterator[dict[str, Any]]:
    """Measure checkpoints: the peak of memory against that of keeping every layer, and how much longer a step takes."""
    calls = memory.steps()
    keep = calls.pop(0)
    for run, step in calls.items():
        own, rival = _by_turns(step, keep, rounds, STEPS_A_TURN)
        yield {
            "what": f"gradient of {memory.DEPTH} layers of {memory.WIDTH}, runs of {run} computed again",
            "n": memory.ROWS,
            "against": "every layer kept",
            "ratio": round(median(b / a for a, b in zip(own, rival, strict=True)), 3),
            "peak_bytes": memory.peak_bytes(step),
            "peak_bytes_kept": memory.peak_bytes(keep),
        }


def kernel_rows(rounds: int) -> Iterator[dict[str, Any]]:
    """Measure each kernel of training against NumPy."""
    for what, kernel, plain in pairs():
        load = os.getloadavg()[0]
        own, rival = _by_turns(kernel, plain, rounds, CALLS_A_TURN)
        yield {
            "what": what,
            "against": "NumPy",
            "ratio": round(median(b / a for a, b in zip(own, rival, strict=True)), 2),
            "us": summary([round(value * 1e6, 2) for value in own]),
            "load": round(load, 1),
        }


def _by_turns(ours: Step, theirs: Step, rounds: int, calls: int) -> tuple[list[float], list[float]]:
    """Return processor seconds a step of each side, one a round."""
    for step in (ours, theirs):
        _seconds(step, calls)
    turns = [[(_seconds(ours, calls), _seconds(theirs, calls)) for _ in range(TURNS)] for _ in range(rounds)]
    own, rival = ([median(pair[side] for pair in turn) for turn in turns] for side in range(2))
    return own, rival


def _seconds(step: Step, calls: int) -> float:
    start = process_time()
    for _ in range(calls):
        step()
    return (process_time() - start) / calls


def _rates(seconds: list[float]) -> dict[str, float]:
    return summary([round(1 / value, 1) for value in seconds])


def _learned(kind: Any, problem: Problem, size: int) -> float:
    contestant = kind(problem, batches(size))
    for _ in range(STEPS):
        contestant.step()
    return float(contestant.whole())


if __name__ == "__main__":
    main()
