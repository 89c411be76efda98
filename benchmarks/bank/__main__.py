"""Measure the bank as it grows: `python -m benchmarks.bank [--sizes 1000 10000] [--parts reads start]`.

Each size is written once to a folder, and who changes it works on a copy. Rows that have a goal say whether it is met.
"""

import os

# Before NumPy is imported, which reads them once; servers inherit them.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import argparse
import asyncio
import json
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bank import judged, kept, learned, reads, wire, writes
from benchmarks.bank.figures import Row
from benchmarks.bank.filled import Filled, filled
from benchmarks.bank.made_up import TEXTS
from benchmarks.record import setting, write

PARTS = ("reads", "judged", "wire", "imports", "singles", "beside_reads", "consolidate", "start", "memory", "learned")
DRIVEN = {"wire", "beside_reads"}  # by h2load
CALLS = 400  # a burst
# Of what is measured at some sizes only: below and beyond, no more is learned for the time.
BETWEEN = {
    "imports": (10_000, 10_000),
    "consolidate": (10_000, 100_000),
    "judged": (10_000, 100_000),
    "beside_reads": (10_000, 10_000),
}


async def measure(options: argparse.Namespace) -> AsyncIterator[Row]:
    """Yield the rows of each size."""
    rounds, scale = options.rounds, options.scale
    with TemporaryDirectory() as folder:
        for size in options.sizes:
            print(f"filling {size:,} ...", file=sys.stderr, flush=True)
            async with filled(Path(folder), size, options.texts, not options.unsettled) as bank:
                for part in options.parts:
                    least, most = BETWEEN.get(part, (size, size))
                    if least <= size <= most:
                        print(f"{part}, {size:,} ...", file=sys.stderr, flush=True)
                        for row in await _rows(part, bank, rounds, max(40, int(CALLS * scale))):
                            yield row
    if "learned" in options.parts:
        for row in learned.rows(rounds, scale):
            yield row


async def _rows(part: str, bank: Filled, rounds: int, calls: int) -> list[Row]:
    match part:
        case "reads":
            return await reads.rows(bank, rounds)
        case "judged":
            return await judged.rows(bank, rounds)
        case "wire":
            return wire.rows(bank, rounds, calls)
        case "imports":
            return writes.imports(bank, rounds)
        case "singles":
            return await writes.singles(bank, rounds)
        case "beside_reads":
            return writes.beside_reads(bank, rounds, 10 * calls)
        case "consolidate":
            return [await kept.consolidate(bank, rounds)]
        case "start":
            return [kept.start(bank, rounds)]
        case "memory":
            return await kept.memory(bank)
    return []


async def main() -> None:
    """Run the parts, print the rows, and write `results/bank.json` or the file that --output names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--texts", choices=list(TEXTS), default="generated", help="what the patterns are made of")
    parser.add_argument("--unsettled", action="store_true", help="do not wait until graphs are built")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of calls")
    parser.add_argument("--output", type=Path, help="the JSON file to write instead of benchmarks/results/bank.json")
    options = parser.parse_args()
    if DRIVEN & set(options.parts) and not shutil.which("h2load"):
        parser.error(f"h2load is missing: install the package nghttp2-client, or leave out {', '.join(sorted(DRIVEN))}")
    rows: list[Row] = []
    async for row in measure(options):
        rows.append(row)
        print(json.dumps(row), flush=True)
    if options.output:
        options.output.write_text(json.dumps({"setting": setting(), "rows": rows}, indent=1) + "\n")
    else:
        write("bank", rows)


if __name__ == "__main__":
    asyncio.run(main())
