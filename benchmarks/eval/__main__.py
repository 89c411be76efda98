"""Measure how good the answers are on the public sets: `python -m benchmarks.eval --data folder [--only judge]`.

Each part writes a file of its own to `results/quality`, so that running one again leaves the others as they were
measured. Seeds are fixed: on the same machine the same commit finds the same figures, those of time aside.
"""

import os

# Before NumPy is imported, which reads them once.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias

from benchmarks.eval import aslib, consolidate, distill, drift, embedder, ensemble, judge, retrieve, text
from benchmarks.eval.row import Row
from benchmarks.record import RESULTS, setting

QUALITY = RESULTS / "quality"
SEED = 1

Part: TypeAlias = Callable[[Path, int], Sequence[Row]]
PARTS: dict[str, Part] = {
    "embedder": embedder.rows,
    "judge": judge.rows,
    "distill": distill.rows,
    "consolidate": consolidate.rows,
    "retrieve": retrieve.rows,
    "drift": drift.rows,
    "ensemble": ensemble.rows,
    "text": text.rows,
    "aslib": aslib.rows,
}


def values(row: Row) -> dict[str, Any]:
    """Return a row as JSON has it: what is not known is left out, and whether the goal is met is said."""
    said = {name: value for name, value in asdict(row).items() if value not in (None, "")}
    return said if row.met is None else {**said, "met": row.met}


def run(name: str, part: Part, data: Path) -> None:
    """Measure a part, tell the outcome on standard error, and write its file."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    started = perf_counter()
    rows = part(data, SEED)
    for row in rows:
        told = {
            None: "",
            True: "goal met",
            False: f"MISSED, the goal is {row.goal:.4g}" if row.goal is not None else "",
        }
        print(f"  {row.data}: {row.measure} {row.value:.4g} {told[row.met]}", file=sys.stderr)
    print(f"{name} took {perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    QUALITY.mkdir(parents=True, exist_ok=True)
    result = {"setting": {"seed": SEED, **setting()}, "rows": [values(row) for row in rows]}
    (QUALITY / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")


def main() -> None:
    """Run the parts, in order."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the public sets")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="these parts")
    parser.add_argument("--accurate", type=Path, help="the installed weights of the accurate tier, to measure it too")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.error(f"{options.data} is no folder")
    parts: dict[str, Part] = {**PARTS, "retrieve": partial(retrieve.rows, accurate=options.accurate)}
    for name in (name for name in PARTS if name in options.only):
        run(name, parts[name], options.data)


if __name__ == "__main__":
    main()
