"""Run every measurement and regenerate the page; `python -m benchmarks rpc process` runs some."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("kernels", "process", "rpc", "beside", "training", "ann", "distill", "bank")


def main() -> None:
    """Run the parts named on the command line, or all of them."""
    wanted = sys.argv[1:] or PARTS
    if unknown := set(wanted) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for part in wanted:
        subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "tools/benchmark_table.py"], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
