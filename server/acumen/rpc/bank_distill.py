"""`Distill`: trajectories in; receipts, patterns and a report out."""

from collections import deque
from dataclasses import dataclass, field

from acumen.bank.bank import DEFAULT_NAMESPACE
from acumen.bank.convert import pattern_message, trajectory
from acumen.bank.distillation import cross_tried, messages, tried
from acumen.bank.distilling.distiller import Distiller, Dropped
from acumen.bank.distilling.promotion import Evidence
from acumen.bank.distilling.record import Record
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.keeping import kept, record
from acumen.bank.namespace import Namespace
from acumen.bank.pattern import Pattern, State
from acumen.bank.trajectory import Trajectory
from acumen.bank.writes import Origin, Writes
from acumen.errors import InvalidInput
from acumen.neural.executor import BoundedExecutor
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern as Message
from acumen.rpc.stream import Stream

WRITTEN_AT_ONCE = 64
MOST_TRIED = 2_000  # newest attempts of a stream that patterns are tried on


@dataclass(slots=True)
class DistillServicer:
    """The Distill method over a worker's bank."""

    writes: Writes
    executor: BoundedExecutor

    async def distill(self, _: object, stream: Stream) -> None:
        """Learn from a stream of trajectories, together with those that are kept."""
        first = await stream.read()
        if first is None or not first.HasField("start"):
            raise InvalidInput.of("message", "the first message of a distillation must be start")
        await Distillation(self.writes, self.executor, stream, first.start).run()


@dataclass(slots=True)
class Distillation:
    """One stream's conversation."""

    writes: Writes
    executor: BoundedExecutor
    stream: Stream
    start: pb.DistillStart
    name: str = field(init=False)
    settings: DistillSettings = field(init=False)
    report: pb.DistillReport = field(init=False)
    distiller: Distiller = field(init=False)
    attempts: deque[Trajectory] = field(init=False)
    records: dict[str, Record] = field(init=False)  # of this stream
    waiting: list[tuple[KeptTrajectory, int]] = field(init=False)  # to be written, with when they came
    begun: int = field(init=False)  # revision: what is purged since takes along what was learned from it
    chunks: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.name = self.start.namespace or DEFAULT_NAMESPACE
        support = self.start.min_support
        self.settings = DistillSettings(min_support=support) if support else DistillSettings()
        self.report, self.attempts = pb.DistillReport(), deque(maxlen=MOST_TRIED)
        self.records, self.waiting, self.begun = {}, [], self.writes.journal.revision
        self.distiller = Distiller(self.settings, self.namespace.judged)

    @property
    def namespace(self) -> Namespace:
        """The namespace as it is now."""
        return self.writes.bank.namespace(self.name)

    async def run(self) -> None:
        """Talk until the client has closed its side, then say what was learned."""
        number = 0
        while (message := await self.stream.read()) is not None:
            if not message.HasField("trajectory"):
                raise InvalidInput.of("message.start", "start is sent once, as the first message")
            await self._take(number, message)
            number += 1
        await self._learn()
        await self.stream.write(pb.DistillResponse(report=self.report))

    async def _take(self, number: int, message: pb.DistillRequest) -> None:
        value = trajectory(message.trajectory)
        taken = self.distiller.add(value)
        receipt = pb.DistillReceipt(number=number, trajectory_id=value.id)
        if isinstance(taken, Dropped):
            receipt.dropped = f"{taken.field}: {taken.reason}"
        else:
            self.attempts.append(value)
            self.records[value.id] = taken.record
            self.waiting.append((kept(taken.record, value), self.writes.journal.revision))
        if len(self.waiting) >= WRITTEN_AT_ONCE:
            await self._flush()
        await self.stream.write(pb.DistillResponse(receipt=receipt))

    async def _learn(self) -> None:
        namespace = self.namespace
        before = [record(one) for one in namespace.trajectories.values() if one.id not in self.records]
        pending = [one for one in namespace.patterns() if one.state is State.PENDING]
        await self._flush()
        found, tests = await self.executor.run(self._found, before, pending)
        fresh = [pattern for pattern in found if namespace.needs(pattern)]
        await self._write(fresh)
        active = self._active()
        await self._test(tests)
        self._fill_report(found, len(self._active() - active))
        for message in self._as_kept([pattern.id for pattern in fresh], fresh):
            await self.stream.write(pb.DistillResponse(pattern=message))

    def _found(self, before: list[Record], pending: list[Pattern]) -> tuple[list[Pattern], dict[str, Evidence]]:
        """Return what all attempts teach, and what patterns gained at this stream's; on a thread."""
        attempts, own = list(self.attempts), list(self.records.values())
        tests = tried(pending, attempts, before)
        for one in before:
            self.distiller.hold(one)
        found = self.distiller.settle()
        new = [pattern for pattern in found if pattern.id not in {old.id for old in pending}]
        return found, tests | cross_tried(new, attempts, own, self.settings)

    async def _flush(self) -> None:
        """Write the trajectories that wait; a retry under the same request id writes none twice."""
        chunk, self.waiting = self.waiting, []
        if chunk and not self.start.dry_run:
            trajectories, taken = zip(*chunk, strict=True)
            self.report.revision = await self.writes.keep_trajectories(self.name, trajectories, self._origin(), taken)

    async def _write(self, patterns: list[Pattern]) -> None:
        for start in range(0, len(patterns), WRITTEN_AT_ONCE):
            chunk = [pattern_message(pattern) for pattern in patterns[start : start + WRITTEN_AT_ONCE]]
            for message in chunk:
                self.namespace.keep_life(message)
            if not self.start.dry_run:
                self.report.revision = (await self.writes.put(self.name, chunk, self._origin(), looked=self.begun))[1]

    async def _test(self, tests: dict[str, Evidence]) -> None:
        if tests and not self.start.dry_run:
            self.report.revision = await self.writes.tested(self.name, messages(tests), self._origin())

    def _origin(self) -> Origin:
        """Return the origin of the next write: the request's id with the write's number, where it has one."""
        self.chunks += 1
        request_id = f"{self.start.request_id}/{self.chunks}" if self.start.request_id else ""
        return Origin(request=self.start, request_id=request_id)

    def _active(self) -> set[str]:
        return {pattern.id for pattern in self.namespace.patterns() if pattern.state is State.ACTIVE}

    def _as_kept(self, ids: list[str], found: list[Pattern]) -> list[Message]:
        if self.start.dry_run:
            return [pattern_message(pattern) for pattern in found]
        return self.namespace.records.messages(ids)

    def _fill_report(self, found: list[Pattern], promoted: int) -> None:
        told = self.distiller.report()
        self.report.read, self.report.promoted = told.read, promoted
        self.report.dropped.update(told.dropped)
        self.report.scrubbed.update(told.scrubbed)
        self.report.waiting_groups = len(told.waiting)
        self.report.patterns = len(found)
