"""What a client can know of its API: the numbers of B inputs as arrays."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.throttling import NUMBERS

Doubles: TypeAlias = NDArray[np.float64]

WINDOWS = 32
FIELDS = (
    "t_ms",
    "sent_per_s",
    "ok_per_s",
    "status_429_per_s",
    "status_5xx_per_s",
    "rtt_p50_ms",
    "rtt_p95_ms",
    "in_flight",
)
T, SENT, OK, TURNED, FAILED, P50, P95, IN_FLIGHT = range(8)
LIMIT, REMAINING, RESET_S, SLO_MS, INTERVAL_S, RISE, FALL = range(len(NUMBERS))
MOST_RISE, MOST_FALL = 2.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """B inputs.

    `windows` (B, 32, 8): the windows of FIELDS, oldest first, the last row the newest, rows before the first are 0;
    `count` (B,) of real rows; `numbers` (B, 7): the limit in force, a second; requests of the quota that remain,
    infinity without one, and s to its reset; the promised p95, ms, 0 where there is none; s that a window lasts and a
    limit holds; the most a limit may rise and fall by, as factors.
    """

    windows: Doubles
    count: NDArray[np.int64]
    numbers: Doubles

    @property
    def size(self) -> int:
        """How many inputs."""
        return self.count.size

    @property
    def limit(self) -> Doubles:
        """Return (B,) limits in force, requests a second."""
        return self.numbers[:, LIMIT]

    @property
    def pace(self) -> Doubles:
        """Return (B,) the rate at which the quota lasts until its reset, requests a second."""
        pace: Doubles = self.numbers[:, REMAINING] / self.numbers[:, RESET_S]
        return pace
