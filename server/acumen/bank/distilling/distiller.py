"""The distiller: trajectories go in one by one, patterns come out, the same ones in whatever order they went in."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from acumen.bank.distilling.context import Context, group, whole
from acumen.bank.distilling.lessons import lessons, ordered
from acumen.bank.distilling.record import MAX_STEPS, Record, record_of
from acumen.bank.distilling.scrub import scrub
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.pattern import Pattern
from acumen.bank.trajectory import Trajectory


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The trajectory is among the evidence, as this record."""

    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """The trajectory was not used; `field` is what is wrong with it, `reason` a stable name."""

    reason: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A context with too few attempts of known outcome to say anything yet."""

    context: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of everything read; `scrubbed` counts, by kind, what was hidden in the parts that are kept."""

    read: int
    kept: int
    sampled_out: int
    dropped: Mapping[str, int]
    scrubbed: Mapping[str, int]
    contexts: int
    waiting: tuple[Waiting, ...]
    patterns: int


@dataclass(slots=True)
class _Settled:
    patterns: list[Pattern]
    contexts: int
    waiting: tuple[Waiting, ...]


class Distiller:
    """Streaming state of one distillation. No clock, no disk, no randomness; memory bounded by the settings."""

    def __init__(self, settings: DistillSettings | None = None, verdicts: Mapping[str, float] | None = None) -> None:
        """Start empty; `verdicts` maps ids to judged probabilities of success, used where none is known."""
        self._settings = settings or DistillSettings()
        self._verdicts = verdicts or {}
        self._records: dict[str, Record] = {}
        self._ranks: list[_Latest] = []
        self._read = self._sampled_out = 0
        self._dropped: Counter[str] = Counter()
        self._scrubbed: Counter[str] = Counter()
        self._settled: _Settled | None = None

    def add(self, trajectory: Trajectory) -> Accepted | Dropped:
        """Read one trajectory; what cannot be used is counted and named."""
        self._read += 1
        verdict = self._verdicts.get(trajectory.id)
        if dropped := _refused(trajectory, verdict):
            return self._drop(dropped)
        record = record_of(trajectory, verdict, self._scrubbed)
        if not record.moves:
            return self._drop(Dropped(reason="no actions", field="steps"))
        return self._keep(record)

    def hold(self, record: Record) -> None:
        """Take on an attempt that was accepted before."""
        self._keep(record)

    def settle(self) -> list[Pattern]:
        """Return the patterns that all evidence so far supports, by id; may be called at any time, and again."""
        if self._settled is None:
            self._settled = self._settle()
        return list(self._settled.patterns)

    def report(self) -> Report:
        """Return what was read, kept, dropped, hidden, written, and what waits."""
        self.settle()
        assert self._settled
        return Report(
            read=self._read,
            kept=len(self._records),
            sampled_out=self._sampled_out,
            dropped=dict(sorted(self._dropped.items())),
            scrubbed=dict(sorted(self._scrubbed.items())),
            contexts=self._settled.contexts,
            waiting=self._settled.waiting,
            patterns=len(self._settled.patterns),
        )

    def _drop(self, dropped: Dropped) -> Dropped:
        self._dropped[dropped.reason] += 1
        return dropped

    def _keep(self, record: Record) -> Accepted | Dropped:
        """Keep the record if its rank is among the lowest; of two with one id always the same, whichever came first."""
        held = self._records.get(record.id)
        if held and repr(held) <= repr(record):
            return self._drop(Dropped(reason="duplicate", field="id"))
        if held:
            self._drop(Dropped(reason="duplicate", field="id"))
        else:
            heapq.heappush(self._ranks, _Latest(record.rank, record.id))
        self._records[record.id] = record
        self._settled = None
        if len(self._records) <= self._settings.max_records:
            return Accepted(record=record)
        last = heapq.heappop(self._ranks).id
        del self._records[last]
        self._sampled_out += 1
        return Accepted(record=record) if last != record.id else Dropped(reason="sampled out", field="id")

    def _settle(self) -> _Settled:
        records = sorted(self._records.values(), key=lambda record: record.rank)
        contexts = group(records, self._settings.similarity)
        ready = [c for c in contexts if _known(c) >= self._settings.min_support]
        waiting = (c for c in contexts if _known(c) < self._settings.min_support)
        patterns = [p for context in self._sources(contexts, ready, records) for p in lessons(context, self._settings)]
        return _Settled(
            patterns=ordered(patterns),
            contexts=len(contexts),
            waiting=tuple(Waiting(context=c.text, attempts=_known(c)) for c in waiting),
        )

    @staticmethod
    def _sources(contexts: list[Context], ready: list[Context], records: list[Record]) -> Iterator[Context]:
        yield from ready
        if len(contexts) > 1:
            yield whole(records)


@dataclass(slots=True)
class _Latest:
    """A heap entry whose smallest is the record of the highest rank."""

    rank: bytes
    id: str = field(compare=False)

    def __lt__(self, other: "_Latest") -> bool:
        return (self.rank, self.id) > (other.rank, other.id)


def _known(context: Context) -> int:
    return sum(record.success is not None for record in context.records)


def _refused(trajectory: Trajectory, verdict: float | None) -> Dropped | None:
    """Return why a trajectory cannot be used, if so. An id is printed as a source, so it must give nobody away."""
    hidden: Counter[str] = Counter()
    reward = trajectory.reward
    rules = (
        ("no id", "id", bool(trajectory.id) and len(trajectory.id) <= 256),
        ("no task", "task", bool(trajectory.task or trajectory.task_id)),
        ("too many steps", "steps", len(trajectory.steps) <= MAX_STEPS),
        ("reward out of range", "reward", reward is None or 0 <= reward <= 1),
        ("verdict out of range", "verdicts", verdict is None or 0 <= verdict <= 1),
        ("personal data", "id", scrub(trajectory.id, hidden) == trajectory.id),
        ("personal data", "subject", not trajectory.subject or scrub(trajectory.subject, hidden) == trajectory.subject),
    )
    return next((Dropped(reason=reason, field=name) for reason, name, fine in rules if not fine), None)
