"""CONSOLIDATE as the service offers it: plan on a thread, then journal the steps, a few at a time.

No plan file is needed: the plan follows from the state, each entry is applied whole or not at all, and what a killed
process left undone is what the next plan holds.
"""

import hashlib
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from google.protobuf.duration_pb2 import Duration
from numpy.typing import NDArray

from acumen.bank.bank import DEFAULT_NAMESPACE
from acumen.bank.compression import Compression
from acumen.bank.consolidating import joining
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.plan import Near, Plan, plan
from acumen.bank.consolidating.settings import Settings
from acumen.bank.consolidating.step import Kind, Step
from acumen.bank.effects import in_order
from acumen.bank.namespace import Namespace
from acumen.bank.pattern import Pattern, State
from acumen.bank.writes import EXPIRED, Origin, Writes, noted
from acumen.neural.executor import BoundedExecutor
from acumen.neural.rounding import significant
from acumen.proto.storage.v1 import bank_pb2 as journalled
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.storage.failpoints import failpoint
from acumen.storage.leases import Lease

NEIGHBOURS = 8
SEARCHED_ALONE = 64  # so few rows are searched for one by one; more are joined
ROWS_AT_ONCE = 1024
WRITTEN_AT_ONCE = 64
ACTIONS = {
    Kind.EXPIRE: pb.CONSOLIDATE_ACTION_EXPIRE,
    Kind.MERGE: pb.CONSOLIDATE_ACTION_MERGE,
    Kind.CONTRADICT: pb.CONSOLIDATE_ACTION_CONTRADICT,
    Kind.DECAY: pb.CONSOLIDATE_ACTION_DECAY,
}
COUNTS = {
    pb.CONSOLIDATE_ACTION_EXPIRE: "expired",
    pb.CONSOLIDATE_ACTION_MERGE: "duplicates_removed",
    pb.CONSOLIDATE_ACTION_CONTRADICT: "contradictions",
    pb.CONSOLIDATE_ACTION_DECAY: "decayed",
}


@dataclass(frozen=True, slots=True)
class Work:
    """What a plan is made of: the patterns, and the rows whose neighbours are looked at."""

    patterns: list[Pattern]
    rows: list[int]
    looked_at: list[int]  # positions among the patterns
    revisions: dict[str, int]  # as planned with, and as changed by the plan's own steps


@dataclass(slots=True)
class Consolidation:
    """The step of consolidating over a worker's bank."""

    writes: Writes
    executor: BoundedExecutor
    model: PairModel
    holder: str

    async def run(self, request: pb.ConsolidateRequest) -> AsyncIterator[pb.ConsolidateResponse]:
        """Yield each step with its evidence as it is applied, or in a dry run as it would be, then the report.

        Raises `EmbedderMismatch`, and `LeaseHeld` while another consolidation of the namespace runs.
        """
        name = request.namespace or DEFAULT_NAMESPACE
        started = time.perf_counter()
        holder = f"{self.holder}, call {secrets.token_hex(4)}"  # two calls on one worker are two holders
        lease = Lease(self.writes.journal, self.writes.clock, f"consolidate {name}", holder)
        if not request.dry_run:
            await lease.take()
        try:
            report = pb.ConsolidateReport(dry_run=request.dry_run)
            async for step in self._steps(request, self._all(name), report, lease):
                yield pb.ConsolidateResponse(step=step)
            compression = Compression(self.writes, self.executor, name)
            await compression.run(request, report)
            report.elapsed.CopyFrom(_since(started))
            yield pb.ConsolidateResponse(report=report)
        finally:
            if not request.dry_run:
                await lease.release()

    async def around(self, request: pb.ConsolidateRequest, ids: Iterable[str]) -> pb.ConsolidateReport:
        """Consolidate some patterns and their nearest neighbours only."""
        started = time.perf_counter()
        report = pb.ConsolidateReport()
        async for _ in self._steps(request, self._near(request.namespace or DEFAULT_NAMESPACE, ids), report):
            pass
        report.elapsed.CopyFrom(_since(started))
        return report

    async def _steps(
        self, request: pb.ConsolidateRequest, work: Work, report: pb.ConsolidateReport, lease: Lease | None = None
    ) -> AsyncIterator[pb.ConsolidateStep]:
        name = request.namespace or DEFAULT_NAMESPACE
        namespace, now_ms = self.writes.bank.searchable(name), self.writes.clock.now_ms()
        found = await self.executor.run(self._plan, namespace, work, now_ms, _settings(request))
        failpoint("consolidate.planned")
        report.patterns = len(work.patterns)
        report.kept_apart.update(found.kept_apart)
        steps = [_message(step) for step in found.steps]
        for start in range(0, len(steps), WRITTEN_AT_ONCE):
            chunk = steps[start : start + WRITTEN_AT_ONCE]
            if not request.dry_run:
                if lease is not None:
                    await lease.take()  # once more: planning may have taken longer than it lasts
                chunk = await self._apply(request, chunk, work.revisions, report)
            for step in chunk:
                setattr(report, COUNTS[step.action], getattr(report, COUNTS[step.action]) + 1)
                yield step

    def _plan(self, namespace: Namespace, work: Work, now_ms: int, settings: Settings) -> Plan:
        near = _near_pairs(namespace, work, settings.near)
        return plan(work.patterns, near, now_ms, settings, self.model)

    async def _apply(
        self,
        request: pb.ConsolidateRequest,
        steps: list[pb.ConsolidateStep],
        seen: dict[str, int],
        report: pb.ConsolidateReport,
    ) -> list[pb.ConsolidateStep]:
        """Journal those steps whose patterns are as the plan knows them; return them.

        A retry plans anew, and its first steps are those that were left: so it is by what they are that steps are known
        to be done already, not by their number.
        """
        name = request.namespace or DEFAULT_NAMESPACE
        change = journalled.Consolidated(namespace=name, time_ms=self.writes.clock.now_ms())
        staged = in_order(steps, self.writes.bank.namespace(name).pattern, change.time_ms)

        def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
            change.steps.extend(noted(connection, name, staged, seen, revision))
            return JournalEntry(consolidated=change)

        request_id = f"{request.request_id}/{_digest(steps)}" if request.request_id else ""
        report.revision = await self.writes.append(decide, Origin(request=request, request_id=request_id))
        failpoint("consolidate.applied")
        return list(change.steps)

    def _all(self, name: str) -> Work:
        namespace = self.writes.bank.searchable(name)
        rows = sorted(namespace.records.rows.values())
        patterns = list(namespace.patterns())
        active = [i for i, one in enumerate(patterns) if one.state is State.ACTIVE]
        return Work(patterns, rows, active, _revisions(namespace, rows))

    def _near(self, name: str, ids: Iterable[str]) -> Work:
        """Return the work of looking at some patterns: they, their neighbours, and what either stand for."""
        namespace = self.writes.bank.searchable(name)
        own = {namespace.records.rows[i] for i in ids if i in namespace.records.rows}
        rows = set(own)
        for row in own:
            rows.update(_neighbours(namespace, row)[0].tolist())
        for row in list(rows):
            message = namespace.records.message(row)
            linked = [*message.supersedes, message.superseded_by]
            rows.update(namespace.records.rows[i] for i in linked if i in namespace.records.rows)
        ordered = sorted(rows)
        patterns = [namespace.pattern(namespace.records.message(row).id) for row in ordered]
        kept = [one for one in patterns if one is not None]
        looked_at = [i for i, row in enumerate(ordered) if row in own]
        return Work(kept, ordered, looked_at, _revisions(namespace, ordered))


def _revisions(namespace: Namespace, rows: Sequence[int]) -> dict[str, int]:
    columns, ids = namespace.records.columns["revision"], namespace.records.ids(rows)
    return {pattern_id: int(columns[row]) for pattern_id, row in zip(ids, rows, strict=True)}


def _settings(request: pb.ConsolidateRequest) -> Settings:
    if not request.HasField("half_life"):
        return Settings()
    return Settings(half_life_ms=request.half_life.ToMilliseconds())


def _neighbours(namespace: Namespace, row: int) -> tuple[Any, Any]:
    assert namespace.vectors is not None
    try:
        codes, scales = namespace.vectors.vectors(np.array([row], np.int64))
    except KeyError:  # deleted since the plan was begun
        scales = np.zeros(1, np.float32)
    if not scales[0]:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    return namespace.vectors.search(codes[0].astype(np.float32), NEIGHBOURS + 1)


def _near_pairs(namespace: Namespace, work: Work, least: float) -> list[Near]:
    """Return the near pairs by positions among the patterns, each row's nearest ones."""
    if len(work.looked_at) > SEARCHED_ALONE:
        return _joined(namespace, work, least)
    place = {row: i for i, row in enumerate(work.rows)}
    pairs: list[Near] = []
    for i in work.looked_at:
        for other, cosine in zip(*_neighbours(namespace, work.rows[i]), strict=True):
            j = place.get(int(other))
            if j is not None and j != i and cosine >= least:
                pairs.append((i, j, float(cosine)))
    return pairs


def _joined(namespace: Namespace, work: Work, least: float) -> list[Near]:
    """Return the same of all rows at once: a search for each would cost several times as much."""
    codes = _codes(namespace, np.array(work.rows, np.int64))
    first, second, cosines = joining.near(codes, NEIGHBOURS, least)
    wanted = np.isin(first, work.looked_at)
    columns = (column[wanted].tolist() for column in (first, second, cosines))
    return list(zip(*columns, strict=True))


def _codes(namespace: Namespace, rows: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return the codes (n, d) of rows; those of a row that was deleted since the plan was begun are zeros."""
    assert namespace.vectors is not None
    codes = np.zeros((len(rows), namespace.vectors.dimension), np.int8)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        try:
            codes[part] = namespace.vectors.vectors(rows[part])[0]
        except KeyError:
            for i in range(start, min(start + ROWS_AT_ONCE, len(rows))):
                with suppress(KeyError):
                    codes[i] = namespace.vectors.vectors(rows[i : i + 1])[0][0]
    return codes


def _message(step: Step) -> pb.ConsolidateStep:
    """Return a step as it is told and journalled: ids, evidence, and why in words."""
    first, *rest = step.changes
    alone = step.kind in (Kind.EXPIRE, Kind.DECAY)
    kept, other = ("", first.before.id) if alone else (first.before.id, rest[0].before.id)
    found = step.evidence
    return pb.ConsolidateStep(
        action=ACTIONS[step.kind],
        kept_id=kept,
        other_id=other,
        similarity=0.0 if alone else significant(found.cosine),
        p_same=0.0 if alone else significant(found.p_same),
        reason=_reason(step),
    )


def _reason(step: Step) -> str:
    found = step.evidence
    match step.kind:
        case Kind.EXPIRE:
            return EXPIRED
        case Kind.DECAY:
            return f"value times freshness is {found.worth:.3g}"
        case Kind.MERGE:
            return f"both state the same with probability {found.p_same:.3g}; no guard keeps them apart"
    if found.difference is None:
        return "one says to do what the other says to avoid"
    said = found.difference
    return f"{said.guard.name.lower()} differs: '{said.first}' against '{said.second}'"


def _digest(steps: Iterable[pb.ConsolidateStep]) -> str:
    told = b"".join(step.SerializeToString(deterministic=True) for step in steps)
    return hashlib.blake2b(told, digest_size=12).hexdigest()


def _since(started: float) -> Duration:
    elapsed = Duration()
    elapsed.FromNanoseconds(int((time.perf_counter() - started) * 1e9))
    return elapsed
