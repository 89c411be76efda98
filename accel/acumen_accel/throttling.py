"""Rate limits from API metrics: typed access to the kernels that measure features and keep promises."""

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_FEATURES: Any = load("throttle_features")
_PLAN: Any = load("throttle_plan")

Doubles: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.float32]
ROWS: Final = 32
FIELDS: Final = 8
CONTEXT: Final = 12
NUMBERS: Final = ("limit", "remaining", "reset_s", "slo_ms", "interval_s", "rise", "fall")
PLANNED: Final = 6


def extract(windows: Doubles, count: NDArray[np.int64], numbers: Doubles) -> tuple[Floats, Floats, Doubles]:
    """Return histories (B, 256), contexts (B, 12) and units (B, 2): requests a second, ms.

    `windows` (B, 32, 8) as measured, the last `count` (B,) rows real; `numbers` (B, 7) with the columns NUMBERS.
    """
    b = _size(windows, numbers)
    if count.shape != (b,) or ((count < 1) | (count > ROWS)).any():
        raise ValueError(f"count must be (B,), each 1 to {ROWS}")
    history, context = np.zeros((b, FIELDS * ROWS), np.float32), np.zeros((b, CONTEXT), np.float32)
    units = np.zeros((b, 2))
    with np.errstate(over="ignore", under="ignore"):
        _FEATURES.extract(_double(windows), count.astype(np.int64), _double(numbers), history, context, units)
    return history, context, units


def plan(windows: Doubles, numbers: Doubles, inferred: Doubles, edges: Doubles) -> tuple[Doubles, Doubles]:
    """Return plans (B, 6) and the best limit's chances (B, edges + 1) around the limit in force.

    `inferred` (B, 5): quantiles .1, .5, .9 of the capacity and the limit wanted, a second, and p95 ms; above 0. Plans:
    limit, burst, concurrency, backoff ms, regime, chance that the limit is carried.
    """
    b = _size(windows, numbers)
    if inferred.shape != (b, 5) or not (inferred > 0).all():
        raise ValueError("inferred must be (B, 5) and above 0")
    out, chances = np.zeros((b, PLANNED)), np.zeros((b, edges.size + 1))
    with np.errstate(over="ignore", under="ignore"):
        _PLAN.plan(_double(windows), _double(numbers), _double(inferred), _double(edges), out, chances)
    return out, chances


def _size(windows: Doubles, numbers: Doubles) -> int:
    """Return B; ValueError where shapes do not fit."""
    b = windows.shape[0]
    if windows.shape != (b, ROWS, FIELDS) or numbers.shape != (b, len(NUMBERS)):
        raise ValueError(f"windows must be (B, {ROWS}, {FIELDS}), numbers (B, {len(NUMBERS)})")
    return b


def _double(x: Doubles) -> Doubles:
    return np.ascontiguousarray(x, np.float64)
