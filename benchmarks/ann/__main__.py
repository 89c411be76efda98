"""Measure and write JSON: `python -m benchmarks.ann [--sizes 1000 10000] [--output ann.json]`.

Each contestant is widened until it finds `--recall` of the true ten nearest; then all take turns, round by round, so
that a change in the machine's load falls on all of them. All hold the same vectors, those that int8 codes stand for.
Times are of one thread, one query a call, Python included. The rivals are hnswlib, faiss-cpu, usearch (with numkong,
which it needs) and nmslib; `--sizes 100000` measures one size.
"""

import os

# Before NumPy is imported, which reads them once.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any

import numpy as np

from acumen.index.recall import measured_recall
from acumen.index.sizes import Sizes
from acumen.index.vectors import TIERS, VectorIndex
from acumen_accel import quantise_int8
from benchmarks.ann.contestants import OWN, RIVALS, Acumen, Contestant, brute
from benchmarks.ann.data import Vectors, vectors
from benchmarks.record import setting, write

K = 10
WIDTHS = (10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024)
ROUNDS = 5
MOST_INSERTED = 100_000  # beyond, graphs are built for many minutes before the first read


def rows_of(n: int, queries: int, recall: float, names: list[str], folder: Path) -> Iterator[dict[str, Any]]:
    """Measure one size, `names` by turns; graphs are cached in `folder`."""
    single, asked, real = vectors(n, queries)
    codes, scales = quantise_int8(single)
    rows = codes * scales[:, np.newaxis]  # What the index holds; the rivals are given no other.
    yield quantisation_row(single, rows, asked)
    exact = [set(brute(rows).search(query, K).tolist()) for query in asked]
    found: list[tuple[Contestant, float, int, float]] = []
    tiers: list[dict[str, Any]] = []
    for name in names:
        start = perf_counter()
        if name in RIVALS:
            contestant = RIVALS[name](rows)
        else:
            own = Acumen(rows, name, folder)
            contestant = own.contestant()
        took = perf_counter() - start
        if name == names[0]:
            tiers = list(tier_rows(n, own.index, asked))
        found.append((contestant, took, *widened(contestant, asked, exact, recall)))
    times = by_turns([one[0] for one in found], asked)
    ours = np.median(times[found[0][0].name])
    for contestant, took, width, reached in found:
        seconds = times[contestant.name]
        yield {
            "what": f"search, {contestant.name}",
            "n": n,
            "sentences": real,
            "queries": len(asked),
            "k": K,
            "recall": round(reached, 4),
            "wanted_recall": recall,
            "width": width,
            "unit": "us",
            "p50": round(float(np.median(seconds)) * 1e6, 1),
            "p99": round(float(np.quantile(seconds, 0.99)) * 1e6, 1),
            "p50_over_ours": round(float(np.median(seconds) / ours), 3),
            "build_s": round(took, 2),
            "bytes_per_row": contestant.bytes_per_row and round(contestant.bytes_per_row, 1),
        }
    yield from tiers
    if n <= MOST_INSERTED:
        yield insert_row(rows, asked)


def quantisation_row(single: Vectors, rows: Vectors, asked: Vectors) -> dict[str, Any]:
    """Measure what int8 itself costs: the exact best of the bytes among the exact best of the float32 rows."""
    best, ours = brute(single), brute(rows)
    hits = [len(np.intersect1d(best.search(query, K), ours.search(query, K))) for query in asked]
    return {
        "what": "tier int8, exact, of float32",
        "n": len(rows),
        "queries": len(asked),
        "recall": round(sum(hits) / (K * len(asked)), 4),
        "bytes_of_float32": round((rows.shape[1] + 4) / (4 * rows.shape[1]), 4),
    }


def widened(one: Contestant, asked: Vectors, exact: list[set[int]], wanted: float) -> tuple[int, float]:
    """Return the least width that reaches the recall, or the greatest there is, and its recall."""
    reached = 0.0
    for width in WIDTHS:
        if one.widen is not None:
            one.widen(width)
        hits = [len(best & set(np.asarray(one.search(q, K)).tolist())) for q, best in zip(asked, exact, strict=True)]
        reached = sum(hits) / (K * len(asked))
        if reached >= wanted or one.widen is None:
            return width if one.widen else 0, reached
    return WIDTHS[-1], reached


def by_turns(contestants: list[Contestant], asked: Vectors) -> dict[str, Any]:
    """Return (queries,) seconds of each: the median of the rounds, all having had a turn in each."""
    times = {one.name: np.empty((ROUNDS, len(asked))) for one in contestants}
    for turn in range(ROUNDS):
        for one in contestants:
            for at, query in enumerate(asked):
                start = perf_counter()
                one.search(query, K)
                times[one.name][turn, at] = perf_counter() - start
    return {name: np.median(seconds, axis=0) for name, seconds in times.items()}


def tier_rows(n: int, index: VectorIndex, asked: Vectors) -> Iterator[dict[str, Any]]:
    """Measure the tiers that scan coarsely: recall against the exact scan, bytes and time, by how far they look."""
    wholes = [("int4", {"oversample_int4": times}) for times in (3, 6)]
    bits = [("binary", {"deviations": far}) for far in (1.5, 2.0, 2.5)]
    for form, far in [*wholes, *bits]:
        with ThreadPoolExecutor(1) as build:
            # No graph is built of what is compacted at once.
            sizes = replace(Sizes(graph_rows=n + 1), **far)
            tier = VectorIndex(index.dimension, build, sizes)
            tier.restore(index.image())
            tier.compact(form)
        search = Contestant(name=form, search=lambda q, k, tier=tier: tier.search(q, k)[0], widen=None)  # type: ignore[misc]
        seconds = by_turns([search], asked)[form]
        stats = tier.stats()[TIERS[form]]
        yield {
            "what": f"tier {form}",
            "n": n,
            **far,
            "recall": round(measured_recall(tier, asked, K), 4),
            "unit": "us",
            "p50": round(float(np.median(seconds)) * 1e6, 1),
            "p99": round(float(np.quantile(seconds, 0.99)) * 1e6, 1),
            "bytes_per_row": round(stats.resident_bytes / n, 1),
            "mapped_bytes_per_row": round(stats.disk_bytes / n, 1),
        }


def insert_row(rows: Vectors, asked: Vectors) -> dict[str, Any]:
    """Measure reads alone, and reads while another thread adds rows and graphs are built."""
    half = len(rows) // 2
    codes, scales = quantise_int8(rows)
    with ThreadPoolExecutor(1) as build, ThreadPoolExecutor(1) as writer:
        index = VectorIndex(rows.shape[1], build)
        index.add(np.arange(half), codes[:half], scales[:half])
        index.settle()
        one = Contestant(name="reads", search=index.search, widen=None)
        alone = by_turns([one], asked)["reads"]
        done = Event()

        def insert() -> int:
            row = half
            while row < len(rows) and not done.wait(0.001):
                index.add(np.arange(row, row + 1), codes[row : row + 1], scales[row : row + 1])
                row += 1
            return row - half

        inserting = writer.submit(insert)
        beside = by_turns([one], asked)["reads"]
        done.set()
        p99 = [float(np.quantile(times, 0.99)) for times in (alone, beside)]
        return {
            "what": "insert while searching",
            "n": len(rows),
            "inserted": inserting.result(),
            "unit": "us",
            "p99_alone": round(p99[0] * 1e6, 1),
            "p99": round(p99[1] * 1e6, 1),
            "p99_over_alone": round(p99[1] / p99[0], 2),
        }


def main() -> None:
    """Run all sizes and print them, and write them to the result file or to --output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--recall", type=float, default=0.99)
    parser.add_argument("--own", nargs="+", default=["one", "added"], choices=list(OWN), help="the first is `ours`")
    parser.add_argument("--rivals", nargs="*", default=list(RIVALS), choices=list(RIVALS))
    parser.add_argument("--output", type=Path, help="the JSON file to write instead of benchmarks/results/ann.json")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            for row in rows_of(size, options.queries, options.recall, [*options.own, *options.rivals], Path(folder)):
                rows.append(row)
                print(json.dumps(row), flush=True)
    if options.output:
        options.output.write_text(json.dumps({"setting": setting(), "rows": rows}, indent=1) + "\n")
    else:
        write("ann", rows)


if __name__ == "__main__":
    main()
