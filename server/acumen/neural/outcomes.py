"""How recorded answers turned out: a fold of outcomes with a drift alarm."""

from collections import deque
from dataclasses import dataclass, field

RECENT = 100


@dataclass(slots=True)
class PageHinkley:
    """The Page-Hinkley test (Page, 1954) for a rise in the mean of a loss.

    Alarms when the sum of (loss - running mean - `tolerance`) climbs `threshold` above its lowest point; at least
    `warmup` values are seen first. With losses in 0..1 these defaults alarm by chance in less than one of twenty runs
    of 10,000 values.
    """

    tolerance: float = 0.02
    threshold: float = 15.0
    warmup: int = 30
    count: int = 0
    mean: float = 0.0
    total: float = 0.0
    lowest: float = 0.0

    def add(self, loss: float) -> None:
        """Take the next loss."""
        self.count += 1
        self.mean += (loss - self.mean) / self.count
        self.total += loss - self.mean - self.tolerance
        self.lowest = min(self.lowest, self.total)

    @property
    def alarm(self) -> bool:
        """Whether the mean has risen."""
        return self.count >= self.warmup and self.total - self.lowest > self.threshold


@dataclass(slots=True)
class Outcomes:
    """Outcomes of one model in one namespace, folded in the order they were recorded."""

    count: int = 0
    happened: int = 0
    confidence: float = 0.0
    squared_error: float = 0.0
    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT))
    drift: PageHinkley = field(default_factory=PageHinkley)

    def add(self, p: float, happened: bool, previous: bool | None) -> None:
        """Take an outcome; `previous` is the one it replaces, if any."""
        if previous is not None:
            self._weigh(p, previous, -1)
        self._weigh(p, happened, 1)
        self.recent.append(happened)
        self.drift.add(float((p - happened) ** 2))

    def _weigh(self, p: float, happened: bool, sign: int) -> None:
        self.count += sign
        self.happened += sign * happened
        self.confidence += sign * p
        self.squared_error += sign * (p - happened) ** 2
