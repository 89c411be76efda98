"""What a worker has served with a model: counters and the latest inference times."""

import threading

import numpy as np

WINDOW = 4096


class Usage:
    """Counters of one model in one worker; threads may share it."""

    __slots__ = ("_lock", "_times", "cache_hits", "cache_misses", "failures", "inferences")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times = np.zeros(WINDOW, np.float64)
        self.inferences = self.failures = self.cache_hits = self.cache_misses = 0

    def served(self, count: int, seconds_each: float) -> None:
        """Count `count` inferences of `seconds_each`."""
        with self._lock:
            for i in range(self.inferences, self.inferences + min(count, WINDOW)):
                self._times[i % WINDOW] = seconds_each
            self.inferences += count

    def failed(self, count: int) -> None:
        """Count `count` inferences that were refused."""
        with self._lock:
            self.failures += count

    def percentiles(self) -> tuple[float, float, float]:
        """Return the 50th, 95th and 99th percentile of the latest inference times, seconds; zeros before the first."""
        known = self._times[: min(self.inferences, WINDOW)]
        if not known.size:
            return 0.0, 0.0, 0.0
        p50, p95, p99 = np.percentile(known, [50, 95, 99])
        return float(p50), float(p95), float(p99)
