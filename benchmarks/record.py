"""What every result carries: what was measured, on what, of which commit."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import acumen_accel

RESULTS = Path(__file__).parent / "results"
ROOT = Path(__file__).resolve().parent.parent


def setting() -> dict[str, Any]:
    """Return the machine, the kernels and the commit."""
    info = acumen_accel.info()
    commit = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return {
        "commit": subprocess.run(commit, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip(),
        "simd_level": info.level,
        "fallback_kernels": not info.compiled,
        "cpu": _cpu(),
        "processors": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
    }


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return median, least and largest of the rounds, and how many there were."""
    return {
        "median": statistics.median(values),
        "min": min(values),
        "max": max(values),
        "rounds": len(values),
    }


def write(name: str, rows: Sequence[dict[str, Any]]) -> Path:
    """Write a result file."""
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"setting": setting(), "rows": list(rows)}, indent=1) + "\n")
    return path
