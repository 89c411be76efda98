"""Measure and write JSON: `python -m benchmarks.kernels [--output kernels.json]`.

Set-up is outside what is timed. The contestants of a row take short turns, so that a change in the machine's load
falls on all of them; a ratio is the median over rounds of rival time over kernel time, or of the share of a peak.
"""

import os

# Before NumPy is imported, which reads them once.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

import argparse
import json
from pathlib import Path

from benchmarks.kernels.networks import network_rows, overhead_rows
from benchmarks.kernels.peaks import product_rows, scan_rows
from benchmarks.record import setting, write


def main() -> None:
    """Run everything and print it, or write it to --output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, help="the JSON file to write instead of benchmarks/results/kernels.json")
    parser.add_argument("--rounds", type=int, default=9, help="rounds per row, at least 5")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error("--rounds must be at least 5")
    sources = (network_rows, overhead_rows, product_rows, scan_rows)
    rows = [row for source in sources for row in source(options.rounds)]
    if options.output:
        options.output.write_text(json.dumps({"setting": setting(), "rows": rows}, indent=1) + "\n")
    else:
        write("kernels", rows)
    for row in rows:
        print(f"{row['what']:<44} n {row['n']:<8} {row['median']:>12.1f} us  {row['against']:<22} {row['ratio']:.2f}")


if __name__ == "__main__":
    main()
