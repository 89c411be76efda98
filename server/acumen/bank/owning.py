"""Whose data a pattern came of, and so which patterns a purge of a subject takes.

A trajectory may be long gone when its subject is purged, and a pattern names some of its sources only. So a pattern
carries its owners: what stands for each subject whose trajectories it came from.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from acumen.bank.pattern import OWNER_BYTES, owners_in
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.proto.v1.reasoning_bank_pb2 import CONSOLIDATE_ACTION_EXPIRE, CONSOLIDATE_ACTION_MERGE
from acumen.storage.patterns import digest


def is_of(message: Any, subject_sha256: bytes) -> bool:
    """Return whether a message is of the subject with this SHA-256; an empty one stands for everybody."""
    return not subject_sha256 or digest(message.subject) == subject_sha256


def came_of(message: Pattern, subject_sha256: bytes) -> bool:
    """Return whether a pattern is of a subject or came of its trajectories, as far as the pattern itself says."""
    return is_of(message, subject_sha256) or subject_sha256[:OWNER_BYTES] in owners_in(message.owners)


@dataclass(slots=True)
class Owned:
    """What a purge of a subject takes of a namespace: `ids` of patterns that came of its `trajectories`.

    Patterns that name a trajectory are `named` by it. A purge is decided inside a transaction, later than the state was
    looked at; `follow` brings what was journalled in between.
    """

    namespace: str
    subject_sha256: bytes
    trajectories: set[str]
    ids: set[str] = field(default_factory=set)
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def look_at(self, patterns: Iterable[Pattern]) -> "Owned":
        """Take in patterns as they are now."""
        for pattern in patterns:
            self._look_at(pattern)
        return self

    def _look_at(self, pattern: Pattern) -> None:
        for source in pattern.sources:
            self.named[source].add(pattern.id)
        if came_of(pattern, self.subject_sha256) or not self.trajectories.isdisjoint(pattern.sources):
            self.ids.add(pattern.id)

    def follow(self, entry: JournalEntry) -> None:
        """Take in what an entry changed; those of other namespaces change nothing."""
        kind = entry.WhichOneof("change") or ""
        change = getattr(entry, kind, None)
        if getattr(change, "namespace", None) != self.namespace:
            return
        match kind:
            case "patterns_written":
                self._forget(pattern.id for pattern in entry.patterns_written.patterns)
                self.look_at(entry.patterns_written.patterns)
            case "patterns_deleted":
                self._forget(entry.patterns_deleted.ids)
            case "trajectories_kept":
                for kept in entry.trajectories_kept.trajectories:
                    if is_of(kept, self.subject_sha256):
                        self.trajectories.add(kept.id)
                        self.ids |= self.named[kept.id]
            case "consolidated":
                self._consolidated(entry)

    def _consolidated(self, entry: JournalEntry) -> None:
        """A merge gives the winner what the loser came of."""
        for step in entry.consolidated.steps:
            if step.action == CONSOLIDATE_ACTION_EXPIRE:
                self._forget([step.other_id])
            elif step.action == CONSOLIDATE_ACTION_MERGE:
                for patterns in self.named.values():
                    if step.other_id in patterns:
                        patterns.add(step.kept_id)
                if step.other_id in self.ids:
                    self.ids.add(step.kept_id)

    def _forget(self, ids: Iterable[str]) -> None:
        gone = set(ids)
        self.ids -= gone
        for patterns in self.named.values():
            patterns -= gone
