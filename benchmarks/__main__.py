"""Run every measurement and regenerate the page; `python -m benchmarks rpc process` runs some.

`training` needs PyTorch, which the development environment lacks, and runs only when it is named.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("kernels", "process", "rpc", "beside", "ann", "distill", "bank")
NAMED = ("training",)


def main() -> None:
    """Run the parts named on the command line, or all of them."""
    wanted = sys.argv[1:] or PARTS
    if unknown := set(wanted) - {*PARTS, *NAMED}:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join((*PARTS, *NAMED))}")
    for part in wanted:
        subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "tools/benchmark_table.py"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
