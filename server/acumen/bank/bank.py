"""All namespaces: what the journal's entries fold into."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

from acumen.bank import image
from acumen.bank.effects import changes, unmerged
from acumen.bank.namespace import Namespace
from acumen.bank.prepare import CALLER, Prepared, Preparer
from acumen.errors import EmbedderMismatch
from acumen.index.cache import GraphCache
from acumen.proto.storage.v1 import bank_pb2 as journalled
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.storage.snapshot import Snapshot

DEFAULT_NAMESPACE = "default"


@dataclass(slots=True)
class Bank:
    """The state of every namespace; changed on the event loop, by `apply` alone.

    `open_snapshot` opens a snapshot by its id, for restores.
    """

    preparer: Preparer
    build: Executor
    graphs: GraphCache
    open_snapshot: Callable[[str], Snapshot]
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    ahead: dict[str, dict[int, Prepared]] = field(default_factory=dict)  # by namespace and row, for a re-embedding
    restored: dict[int, str] = field(default_factory=dict)  # revision of a restore: its snapshot

    def namespace(self, name: str) -> Namespace:
        """Return a namespace; one that nobody has written to is empty."""
        return self.namespaces.get(name or DEFAULT_NAMESPACE) or self._new(name or DEFAULT_NAMESPACE)

    def searchable(self, name: str) -> Namespace:
        """Return a namespace whose index is of one embedder that is at hand; raises `EmbedderMismatch`."""
        namespace, own = self.namespace(name), self.preparer.embedder.identity.id
        foreign = namespace.embedder != own and not namespace.embedder.startswith(f"{CALLER}:")
        if namespace.records.rows and (foreign or namespace.vectors is None):
            raise EmbedderMismatch(namespace.name, namespace.embedder, own)
        return namespace

    def _new(self, name: str) -> Namespace:
        return Namespace(name, self.build, self.graphs)

    def _of(self, name: str) -> Namespace:
        if name not in self.namespaces:
            self.namespaces[name] = self._new(name)
        return self.namespaces[name]

    # the fold

    def prepare(self, entry: JournalEntry) -> Any:
        """Do what an entry needs that takes time and depends on the entry alone."""
        match entry.WhichOneof("change"):
            case "patterns_written":
                return self.preparer.written(entry.patterns_written)
            case "restored":
                with self.open_snapshot(entry.restored.snapshot) as snapshot:
                    return self.loaded(snapshot)
        return None

    def loaded(self, snapshot: image.Reader) -> dict[str, Namespace]:
        """Return the namespaces of a snapshot; raises `SnapshotCorrupt`."""
        return {namespace.name: namespace for namespace in image.load(snapshot, self._new)}

    def apply(self, revision: int, entry: JournalEntry, prepared: Any) -> None:
        """Fold one entry into the state; those of others change nothing here."""
        change = entry.WhichOneof("change") or ""
        handle = getattr(self, f"_on_{change}", None)
        if handle is not None:
            handle(revision, getattr(entry, change), prepared)

    def _on_patterns_written(
        self, revision: int, change: journalled.PatternsWritten, prepared: Prepared | None
    ) -> None:
        self._of(change.namespace).write(change.patterns, prepared, change.embedder, revision)

    def _on_patterns_deleted(self, _: int, change: journalled.PatternsDeleted, __: Any) -> None:
        self._of(change.namespace).remove(change.ids)

    def _on_purged(self, _: int, change: journalled.Purged, __: Any) -> None:
        self.namespace(change.namespace).purge(change.subject_sha256, change.ids)
        if not change.subject_sha256:
            self.namespaces.pop(change.namespace, None)

    def _on_patterns_used(self, _: int, change: journalled.PatternsUsed, __: Any) -> None:
        self._of(change.namespace).use(change)

    def _on_verdict_given(self, _: int, change: journalled.VerdictGiven, __: Any) -> None:
        self._of(change.namespace).keep_verdict(change.verdict)

    def _on_trajectories_kept(self, _: int, change: journalled.TrajectoriesKept, __: Any) -> None:
        self._of(change.namespace).keep_trajectories(change.trajectories)

    def _on_patterns_tested(self, _: int, change: journalled.PatternsTested, __: Any) -> None:
        self._of(change.namespace).test(change.tests)

    def _on_consolidated(self, revision: int, change: journalled.Consolidated, _: Any) -> None:
        namespace = self._of(change.namespace)
        for step in change.steps:
            for one in changes(step, namespace.pattern, change.time_ms):
                if one.after is None:
                    namespace.remove([one.before.id])
                else:
                    namespace.revise(one.after, revision)

    def _on_unmerged(self, revision: int, change: journalled.Unmerged, _: Any) -> None:
        namespace = self._of(change.namespace)
        other = namespace.pattern(change.id)
        if other is not None:
            for value in unmerged(other, namespace.pattern):
                namespace.revise(value, revision)

    def _on_tier_changed(self, _: int, change: journalled.TierChanged, __: Any) -> None:
        self._of(change.namespace).compress(change.tier)

    def _on_reembedded(self, _: int, change: journalled.Reembedded, __: Any) -> None:
        """Take what was embedded ahead where this worker did it, and embed the rest now: nothing can go on before.

        With another embedder than this server's the index waits for the next re-embedding.
        """
        namespace, ahead = self._of(change.namespace), self.ahead.pop(change.namespace, {})
        rows = sorted(namespace.records.rows.values())
        if change.embedder != self.preparer.embedder.identity.id:
            rows = []
        ahead |= self.preparer.by_row(namespace.records, [row for row in rows if row not in ahead])
        namespace.reembed([ahead[row] for row in rows], change.embedder)

    def _on_restored(self, revision: int, change: journalled.Restored, prepared: dict[str, Namespace]) -> None:
        self.namespaces = prepared
        self.ahead.clear()  # rows are others now
        self.restored[revision] = change.snapshot
        for deletion in change.deletions:
            self.namespace(deletion.namespace).remove(deletion.ids)
        for purge in change.purges:
            self._on_purged(revision, purge, None)
