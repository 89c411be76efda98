"""Time, as something that is handed in."""

import time
from typing import Protocol


class Clock(Protocol):
    """What the product asks of time."""

    def now_ms(self) -> int:
        """Return the wall clock in milliseconds since 1970."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Return the wall clock in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()
