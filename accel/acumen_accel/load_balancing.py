"""Load balancing at the speed of its numbers: reading load metrics from the wire, describing and planning them."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_WIRE: Any = load("load_wire")
_FEATURES: Any = load("load_features")
_PLAN: Any = load("load_plan")

Doubles: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]
WINDOWS: Final = 32
COLUMNS: Final = 43
SUMMARIES: Final = 12
_WORD, _DOUBLE = np.dtype(np.uint64), np.dtype(np.float64)


class Loads(NamedTuple):
    """Load metrics as arrays; doubles are in the columns of their field numbers.

    `load` (B, 7); `servers` (rows, 12), `counts` (rows, 2) in_flight and queue; `windows` (m, 2) rate and mean latency,
    those of a server ending at `window_ends` (rows,); `offsets` (B + 1,) the rows of each message; `suspects` (B, 1)
    how many numbers are negative, not finite, or shares above 1.
    """

    load: Doubles
    servers: Doubles
    counts: Indices
    windows: Doubles
    window_ends: Indices
    offsets: Indices
    suspects: Indices


def read(wires: Sequence[bytes], sizes: Sequence[int]) -> Loads:
    """Read serialised `LoadMetrics`, valid wire format, of so many servers each, at most 32 windows a server."""
    offsets = np.array([0, *accumulate(sizes)], np.int64)
    ends = np.array([*accumulate(map(len, wires))], np.int64)
    rows = int(offsets[-1])
    wire = np.frombuffer(b"".join(wires), np.uint8)
    load, servers = np.zeros((len(wires), 7), _WORD), np.zeros((rows, 12), _WORD)
    windows = np.zeros((min(rows * WINDOWS + 1, wire.size // 2), 2), _WORD)
    counts, window_ends, suspects = (
        np.zeros((rows, 2), np.int64),
        np.zeros(rows, np.int64),
        np.zeros((len(wires), 1), np.int64),
    )
    _WIRE.read_loads(wire, ends, offsets, load, servers, counts, windows, window_ends, suspects)
    return Loads(
        load.view(_DOUBLE), servers.view(_DOUBLE), counts, windows.view(_DOUBLE), window_ends, offsets, suspects
    )


def describe(loads: Loads) -> tuple[Floats, Doubles, Doubles, Floats, Indices]:
    """Return features (rows, 43), first speeds (rows,), unit of rates (B,), summaries (B, 12), owners (rows,)."""
    size, rows = len(loads.load), len(loads.servers)
    features, speed = np.zeros((rows, COLUMNS), np.float32), np.zeros(rows)
    unit, summary, owner = np.zeros(size), np.zeros((size, SUMMARIES), np.float32), np.zeros(rows, np.int64)
    _FEATURES.load_features(
        loads.load, loads.servers, loads.counts, loads.windows, loads.window_ends, loads.offsets, features, speed, unit,
        summary, owner, np.zeros((4, 3)), np.zeros(31),
    )  # fmt: skip
    return features, speed, unit, summary, owner


def plan(
    loads: Loads, first: Doubles, unit: Doubles, scores: Floats, fleet: Floats
) -> tuple[Indices, Doubles, Doubles]:
    """Return drained (rows,), plan (rows, 3): weight, speed, utilisation, and expected (B, 5); see the kernel.

    `first` and `unit` are of `describe`, `scores` (rows, 2) and `fleet` (B, 3) any numbers but NaN.
    """
    drained, plan, expected = np.zeros(len(first), np.int64), np.zeros((len(first), 3)), np.zeros((len(unit), 5))
    arrivals = np.ascontiguousarray(loads.load[:, 2])
    scores, fleet = np.ascontiguousarray(scores, np.float32), np.ascontiguousarray(fleet, np.float32)
    _PLAN.plan_loads(arrivals, loads.offsets, first, unit, scores, fleet, drained, plan, expected)
    return drained, plan, expected


def fill(want: Doubles, low: Doubles, high: Doubles) -> Doubles:
    """Return `want` (n,) times the factor that makes it sum to 1 when kept within `low` and `high`; see the kernel."""
    filled: Doubles = _PLAN.fill(want, low, high)
    return filled
