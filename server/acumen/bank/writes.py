"""What is written: each request is checked, decided inside a transaction, journalled, and so applied everywhere."""

import hashlib
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from google.protobuf.message import Message

from acumen.bank.bank import DEFAULT_NAMESPACE, Bank
from acumen.bank.consolidating.step import Change
from acumen.bank.convert import timestamp
from acumen.bank.effects import in_order, unmerged
from acumen.bank.namespace import Namespace
from acumen.bank.owning import came_of, is_of
from acumen.bank.pattern import OWNER_BYTES, Polarity, State, owners_in, text_of
from acumen.bank.prepare import CALLER, caller_id, floats
from acumen.clock import Clock
from acumen.errors import EmbedderMismatch, InvalidInput, LimitExceeded, PatternNotFound, Violation
from acumen.proto.storage.v1 import bank_pb2 as journalled
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.proto.v1.reasoning_bank_pb2 import CONSOLIDATE_ACTION_EXPIRE, ConsolidateStep, ShownPattern
from acumen.proto.v1.verdict_pb2 import Verdict
from acumen.storage import patterns as table
from acumen.storage.journal import Decide, SqliteJournal

ID_BYTES = 10
EXPIRED = "its time is up"

Staged: TypeAlias = tuple[ConsolidateStep, tuple[Change, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which request a write belongs to; its id, if any, makes a retry harmless."""

    request: Message
    request_id: str = ""


@dataclass(slots=True)
class Writes:
    """The bank's write side of one worker."""

    bank: Bank
    journal: SqliteJournal
    clock: Clock
    most_patterns: int

    async def put(
        self,
        name: str,
        patterns: Sequence[Pattern],
        origin: Origin,
        create_only: bool = False,
        looked: int | None = None,
    ) -> tuple[list[str], int]:
        """Write patterns, all or none; return their ids and the revision.

        `looked` is the revision at which that was looked at which they were learned from: what has been purged since
        takes along the patterns that came of it, which are then not written, and their ids not returned.

        Raises `InvalidInput`, `PatternExists`, `PatternNotFound`, `RevisionMismatch`, `EmbedderMismatch`,
        `LimitExceeded` and `StorageFull`.
        """
        name = name or DEFAULT_NAMESPACE
        embedder = self._embedder(name, patterns)
        _refuse_flaws(patterns)
        now_ms = self.clock.now_ms()
        namespace = self.bank.namespace(name)
        whole = [_completed(pattern, i, origin, now_ms, namespace) for i, pattern in enumerate(patterns)]
        ids = [pattern.id for pattern in whole]
        self._refuse_too_many(name, ids)
        subjects = {pattern.id: pattern.subject for pattern in whole}
        wanted = [(new.id, pattern.revision) for new, pattern in zip(whole, patterns, strict=True)]
        change = journalled.PatternsWritten(namespace=name, patterns=whole, embedder=embedder)

        def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
            gone = _purged(connection, name, looked, whole)
            if gone:
                ids[:] = [one for one in ids if one not in gone]
                del change.patterns[:]
                change.patterns.extend(one for one in whole if one.id not in gone)
            table.match(connection, name, [one for one in wanted if one[0] not in gone], create_only)
            if not ids:
                return JournalEntry()
            table.settle_embedder(connection, name, embedder)
            table.written(connection, name, {one: subjects[one] for one in ids}, revision)
            return JournalEntry(patterns_written=change)

        revision = await self.append(decide, origin)
        return ids, revision

    async def delete(self, name: str, ids: Sequence[str], origin: Origin) -> int:
        """Delete patterns, all or none; raises `PatternNotFound`."""
        name = name or DEFAULT_NAMESPACE
        change = journalled.PatternsDeleted(namespace=name, ids=ids)

        def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
            table.require(connection, name, ids)
            table.deleted(connection, name, ids, revision)
            return JournalEntry(patterns_deleted=change)

        return await self.append(decide, origin)

    async def expire(self, name: str, ids: Sequence[str]) -> int:
        """Delete patterns whose time is up, those that nobody has written meanwhile; what they superseded is back."""
        steps = [ConsolidateStep(action=CONSOLIDATE_ACTION_EXPIRE, other_id=i, reason=EXPIRED) for i in ids]
        change = journalled.Consolidated(namespace=name, time_ms=self.clock.now_ms())
        namespace = self.bank.namespace(name)
        staged = in_order(steps, namespace.pattern, change.time_ms)
        seen = namespace.records.revisions(one.before.id for _, made in staged for one in made)

        def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
            change.steps.extend(noted(connection, name, staged, seen, revision))
            return JournalEntry(consolidated=change)

        return await self.append(decide, Origin(request=change))

    async def use(self, name: str, shown: Sequence[ShownPattern], reward: float, origin: Origin) -> int:
        """Note how a task went for which patterns were shown; raises `PatternNotFound`."""
        name = name or DEFAULT_NAMESPACE
        ids = [pattern.id for pattern in shown]
        if len(set(ids)) < len(ids):
            raise InvalidInput.of("shown", "names a pattern twice")
        change = journalled.PatternsUsed(namespace=name, shown=shown, reward=reward, time_ms=self.clock.now_ms())

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            table.require(connection, name, ids)
            return JournalEntry(patterns_used=change)

        return await self.append(decide, origin)

    async def keep_verdict(self, name: str, verdict: Verdict, origin: Origin) -> int:
        """Keep a verdict under its id, which this gives it."""
        verdict.id = f"v-{_name(origin, 0)}"
        verdict.create_time.CopyFrom(timestamp(self.clock.now_ms()))
        change = journalled.VerdictGiven(namespace=name or DEFAULT_NAMESPACE, verdict=verdict)
        return await self.append(lambda *_: JournalEntry(verdict_given=change), origin)

    async def keep_trajectories(
        self, name: str, kept: Sequence[KeptTrajectory], origin: Origin, taken: Sequence[int] = ()
    ) -> int:
        """Keep trajectories, scrubbed; one of an id that is there takes its place.

        `taken` are the revisions at which each was handed over; one whose subject was purged since is not kept.
        """
        name = name or DEFAULT_NAMESPACE
        change = journalled.TrajectoriesKept(namespace=name)

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            purges = {at: table.purges_after(connection, at) for at in set(taken)}
            since = [purges[at] for at in taken] or [[]] * len(kept)
            change.trajectories.extend(
                one for one, gone in zip(kept, since, strict=True) if not _is_gone(name, gone, one)
            )
            return JournalEntry(trajectories_kept=change)

        return await self.append(decide, origin)

    async def tested(self, name: str, tests: Sequence[journalled.PatternTest], origin: Origin) -> int:
        """Add to what pending patterns have gained; those that have gained enough become active."""
        change = journalled.PatternsTested(namespace=name or DEFAULT_NAMESPACE, tests=tests)
        return await self.append(lambda *_: JournalEntry(patterns_tested=change), origin)

    async def unmerge(self, name: str, pattern_id: str, origin: Origin) -> int:
        """Bring a superseded pattern back.

        Raises `PatternNotFound`, `InvalidInput` for one that lost no merge, `RevisionMismatch` where it or what won
        over it is being changed at the same time.
        """
        name = name or DEFAULT_NAMESPACE
        namespace = self.bank.namespace(name)
        pattern = namespace.pattern(pattern_id)
        touched = [one.id for one in unmerged(pattern, namespace.pattern)] if pattern else []
        seen = namespace.records.revisions(touched)
        change = journalled.Unmerged(namespace=name, id=pattern_id)

        def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
            if pattern is None:
                raise PatternNotFound(pattern_id, f"in namespace '{name}'")
            if pattern.state is not State.SUPERSEDED:
                raise InvalidInput.of("id", f"pattern '{pattern_id}' is {pattern.state.name.lower()}, not superseded")
            table.match(connection, name, list(seen.items()), create_only=False)
            table.revised(connection, name, seen, revision)
            return JournalEntry(unmerged=change)

        return await self.append(decide, origin)

    async def append(self, decide: Decide, origin: Origin) -> int:
        """Journal what is decided."""
        return await self.journal.append(decide, origin.request, origin.request_id)

    def _embedder(self, name: str, patterns: Sequence[Pattern]) -> str:
        """Return the embedder these patterns are for, which must be the namespace's."""
        given = [pattern.HasField("vector") for pattern in patterns]
        stored, own = self.bank.namespace(name).embedder, self.bank.preparer.embedder.identity.id
        if any(given) != all(given):
            raise InvalidInput.of(f"patterns[{given.index(False)}].vector", "is missing, and others bring theirs")
        wanted = own
        if any(given):
            sizes = [floats(pattern.vector, f"patterns[{i}].vector").size for i, pattern in enumerate(patterns)]
            odd = next((i for i, size in enumerate(sizes) if size != sizes[0]), None)
            if odd is not None:
                text = f"has {sizes[odd]} components, the first has {sizes[0]}"
                raise InvalidInput.of(f"patterns[{odd}].vector", text)
            wanted = caller_id(sizes[0])
        if stored and stored != wanted:
            if stored.startswith(f"{CALLER}:") or any(given):
                raise InvalidInput.of("patterns[0].vector", f"is of '{wanted}', the namespace holds '{stored}'")
            raise EmbedderMismatch(name, stored, wanted)
        return wanted

    def _refuse_too_many(self, name: str, ids: Sequence[str]) -> None:
        rows = self.bank.namespace(name).records.rows
        count = len(rows) + sum(pattern_id not in rows for pattern_id in ids)
        if count > self.most_patterns:
            raise LimitExceeded(f"patterns of namespace '{name}'", count, self.most_patterns)


def noted(
    connection: sqlite3.Connection, name: str, staged: Sequence[Staged], seen: dict[str, int], revision: int
) -> list[ConsolidateStep]:
    """Note what steps change, and in `seen` its new revision; return those that rest on nothing changed since."""
    kept, stale = [], set[str]()
    for step, made in staged:
        touched = {one.before.id for one in made}
        now = {i: table.live_revision(connection, name, i) for i in touched}
        if touched & stale or any(now[i] not in (seen.get(i), revision) for i in touched):
            stale |= touched
            continue
        stay = [one.before.id for one in made if one.after is not None]
        table.deleted(connection, name, touched - set(stay), revision)
        table.revised(connection, name, stay, revision)
        seen.update(dict.fromkeys(stay, revision))
        kept.append(step)
    return kept


def _refuse_flaws(patterns: Sequence[Pattern]) -> None:
    violations = [
        Violation(field=f"patterns[{i}]", description="title, context and content are all empty")
        for i, pattern in enumerate(patterns)
        if not text_of(pattern).strip() and not pattern.HasField("vector")
    ]
    violations += [
        Violation(field=f"patterns[{i}].superseded_by", description="is empty, and the state is superseded")
        for i, pattern in enumerate(patterns)
        if int(pattern.state) == State.SUPERSEDED and not pattern.superseded_by
    ]
    violations += [
        Violation(field=f"patterns[{i}].owners", description=f"has {len(pattern.owners)} bytes, each owner has 8")
        for i, pattern in enumerate(patterns)
        if len(pattern.owners) % OWNER_BYTES
    ]
    seen: dict[str, int] = {}
    for i, pattern in enumerate(patterns):
        if pattern.id and seen.setdefault(pattern.id, i) != i:
            text = f"'{pattern.id}' is also the id of patterns[{seen[pattern.id]}]"
            violations.append(Violation(field=f"patterns[{i}].id", description=text))
    if violations:
        raise InvalidInput(violations)


def _purged(connection: sqlite3.Connection, name: str, looked: int | None, patterns: Sequence[Pattern]) -> set[str]:
    """Return the patterns that came of a subject which was purged after a revision; none where there is no revision."""
    purges = table.purges_after(connection, looked) if looked is not None else []
    own = [purge.subject_sha256 for purge in purges if purge.namespace == name]
    return {pattern.id for pattern in patterns if any(came_of(pattern, subject) for subject in own)}


def _is_gone(name: str, purges: Sequence[journalled.Purged], trajectory: KeptTrajectory) -> bool:
    return any(purge.namespace == name and is_of(trajectory, purge.subject_sha256) for purge in purges)


def _completed(pattern: Pattern, number: int, origin: Origin, now_ms: int, namespace: Namespace) -> Pattern:
    """Return the pattern as it is kept: named, dated, with what was left out."""
    whole = Pattern()
    whole.CopyFrom(pattern)
    whole.id = pattern.id or f"p-{_name(origin, number)}"
    whole.state = pattern.state or int(State.ACTIVE)  # type: ignore[assignment]
    whole.polarity = pattern.polarity or int(Polarity.STRATEGY)  # type: ignore[assignment]
    whole.ClearField("revision")
    if pattern.sources or pattern.owners:
        known = owners_in(pattern.owners)
        new = [one for one in namespace.owners_of(pattern.sources) if one not in known]
        whole.owners = b"".join((*new, *known))
    whole.merged_sources = min(pattern.merged_sources, len(pattern.sources))
    whole.merged_owners = min(pattern.merged_owners, len(whole.owners) // OWNER_BYTES)
    if not pattern.HasField("create_time"):
        whole.create_time.CopyFrom(timestamp(now_ms))
    return whole


def _name(origin: Origin, number: int) -> str:
    """Return a new name: the same again for a retry of the same request id."""
    if not origin.request_id:
        return secrets.token_hex(ID_BYTES)
    return hashlib.blake2b(f"{origin.request_id}\n{number}".encode(), digest_size=ID_BYTES).hexdigest()
