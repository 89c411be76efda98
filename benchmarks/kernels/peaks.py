"""A product against the multiply-add peak, scans against memory bandwidth; both peaks measured by a small C probe.

The probe is compiled here with `cc -march=native`: a loop of multiply-adds that stay in registers, and a loop that
reads an array far larger than the caches.
"""

import ctypes
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from acumen_accel import aligned, binarise, dense, quantise_int8, scan_binary, scan_int8, scan_topk
from benchmarks.kernels.timing import by_turns, row

STEPS = 100_000
ROWS, COLUMNS = 300_000, 256
SHAPES = ((32, 448, 448), (256, 448, 448))


def product_rows(rounds: int) -> Iterator[dict[str, object]]:
    """Measure one layer as a share of the multiply-add peak."""
    probe = _probe()
    random, sink = np.random.default_rng(2), ctypes.c_float()
    for n, k, m in SHAPES:
        x, weight, bias = (aligned(random.standard_normal(shape)) for shape in ((n, k), (k, m), (m,)))
        calls: dict[str, Callable[[], object]] = {
            "kernel": partial(dense, x, weight, bias),
            "peak": lambda: probe.multiply_adds(STEPS, ctypes.byref(sink)),
        }
        operations = {"kernel": 2.0 * n * k * m, "peak": probe.multiply_adds(1, ctypes.byref(sink)) * STEPS}
        yield _share(f"dense {k}-{m}", n, calls, operations, rounds, "multiply-add peak", "gflops")


def scan_rows(rounds: int) -> Iterator[dict[str, object]]:
    """Measure scans for 10 rows as a share of the bandwidth with which an array is read."""
    probe = _probe()
    random, sink = np.random.default_rng(3), ctypes.c_float()
    table = random.standard_normal((ROWS, COLUMNS)).astype(np.float32)
    query = random.standard_normal(COLUMNS).astype(np.float32)
    bytes_, scales = quantise_int8(table)
    bits, bit_query = np.tile(binarise(table), (8, 1)), binarise(query[np.newaxis])[0]
    address = table.ctypes.data_as(ctypes.c_void_p)
    read: Callable[[], object] = lambda: probe.read_all(address, table.size, ctypes.byref(sink))  # noqa: E731
    scans: tuple[tuple[str, Any, Callable[[], object]], ...] = (
        ("scan_topk dot", table, lambda: scan_topk(table, query, 10)),
        ("scan_topk cosine", table, lambda: scan_topk(table, query, 10, "cosine")),
        ("scan_int8", bytes_, lambda: scan_int8(bytes_, scales, query, 10)),
        ("scan_binary", bits, lambda: scan_binary(bits, bit_query, 10)),
    )
    for what, rows, scan in scans:
        sizes = {"kernel": float(rows.nbytes), "peak": float(table.nbytes)}
        yield _share(
            f"{what}, {COLUMNS} columns",
            len(rows),
            {"kernel": scan, "peak": read},
            sizes,
            rounds,
            "memory bandwidth",
            "gb_s",
        )


def _share(
    what: str, n: int, calls: dict[str, Callable[[], object]], work: dict[str, float], rounds: int, peak: str, unit: str
) -> dict[str, object]:
    times = by_turns(calls, rounds)
    rates = {name: [work[name] / seconds * 1e-9 for seconds in times[name]] for name in calls}
    # Shares are taken within a round, where both met the same machine.
    share = median(a / b for a, b in zip(rates["kernel"], rates["peak"], strict=True))
    speeds = {unit: round(median(rates["kernel"]), 2), f"peak_{unit}": round(median(rates["peak"]), 2)}
    return row(what, n, times["kernel"], peak, share, **speeds)


def _probe() -> Any:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "peak.so"
        source = Path(__file__).with_name("peak.c")
        command = [
            "cc",
            "-O3",
            "-march=native",
            "-mprefer-vector-width=512",
            "-shared",
            "-fPIC",
            str(source),
            "-o",
            str(library),
        ]
        subprocess.run(command, check=True)
        probe = ctypes.CDLL(str(library))
    probe.multiply_adds.restype = probe.read_all.restype = ctypes.c_double
    probe.multiply_adds.argtypes = [ctypes.c_size_t, ctypes.c_void_p]
    probe.read_all.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
    return probe
