"""Everything the journal folds into, and how it goes into a snapshot and comes back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acumen.bank import image
from acumen.bank.bank import Bank
from acumen.bank.namespace import Namespace
from acumen.neural.serving import Serving
from acumen.proto.storage.v1.journal_pb2 import JournalEntry, ModelsImage
from acumen.storage import patterns as table
from acumen.storage.snapshot import Section

MODELS = "models"


def live(namespaces: Mapping[str, Namespace]) -> list[table.Live]:
    """Return what the table of patterns must say of these namespaces."""
    found = []
    for name, namespace in sorted(namespaces.items()):
        for pattern_id, row in namespace.records.rows.items():
            message = namespace.records.message(row)
            digest = table.digest(message.subject)
            found.append(table.Live(name, pattern_id, message.revision, digest, namespace.embedder))
    return found


@dataclass(slots=True)
class State:
    """The models' state and the bank's, as one fold."""

    serving: Serving
    bank: Bank

    def prepare(self, entry: JournalEntry) -> Any:
        """Do what an entry needs that takes time."""
        return self.bank.prepare(entry)

    def apply(self, revision: int, entry: JournalEntry, prepared: Any) -> None:
        """Fold an entry into the state."""
        self.serving.apply(entry)
        self.bank.apply(revision, entry, prepared)

    def frozen(self) -> Callable[[], Iterator[Section]]:
        """Copy the state, quickly, and return what turns the copy into sections on any thread."""
        models = self.serving.image().SerializeToString(deterministic=True)
        namespaces = [image.frozen(namespace) for _, namespace in sorted(self.bank.namespaces.items())]

        def sections() -> Iterator[Section]:
            yield Section(name=MODELS, data=models)
            yield from image.sections(namespaces)

        return sections

    def restore(self, snapshot: image.Reader) -> None:
        """Take the state of a snapshot in place of the present one; raises `SnapshotCorrupt`."""
        namespaces = self.bank.loaded(snapshot)
        self.serving.restore(ModelsImage.FromString(snapshot.section(MODELS)))
        self.bank.namespaces = namespaces
