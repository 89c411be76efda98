"""How recorded answers turned out: a fold of outcomes with a drift alarm."""

from collections import deque
from dataclasses import dataclass, field

from acumen.proto.storage.v1.journal_pb2 import OutcomesImage

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

    def image(self, namespace: str, model: str) -> OutcomesImage:
        """Return the state for a snapshot."""
        return OutcomesImage(
            namespace=namespace,
            model=model,
            count=self.count,
            happened=self.happened,
            confidence=self.confidence,
            squared_error=self.squared_error,
            recent=self.recent,
            drift_count=self.drift.count,
            drift_mean=self.drift.mean,
            drift_total=self.drift.total,
            drift_lowest=self.drift.lowest,
        )

    @classmethod
    def of(cls, image: OutcomesImage) -> "Outcomes":
        """Return the state that an image was taken of."""
        drift = PageHinkley(
            count=image.drift_count, mean=image.drift_mean, total=image.drift_total, lowest=image.drift_lowest
        )
        return cls(
            count=image.count,
            happened=image.happened,
            confidence=image.confidence,
            squared_error=image.squared_error,
            recent=deque(image.recent, maxlen=RECENT),
            drift=drift,
        )
