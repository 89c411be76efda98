"""Everything the journal folds into, and how it goes into a snapshot and comes back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from acumen.bank import image
from acumen.bank.bank import Bank
from acumen.bank.namespace import Namespace
from acumen.neural.serving import Serving
from acumen.proto.storage.v1.journal_pb2 import JournalEntry, ModelsImage
from acumen.proto.storage.v1.training_pb2 import TrainingJobWritten
from acumen.storage import patterns as table
from acumen.storage.snapshot import Section
from acumen.training.jobs import Jobs

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


def noted(state: "State") -> tuple[list[TrainingJobWritten], list[tuple[str, str, str]]]:
    """Return what the tables of jobs and versions must say."""
    jobs = [TrainingJobWritten(job=job.message, incremental=job.incremental) for job in state.jobs]
    added, _ = state.serving.registry.versions.image()
    return jobs, [(one.model, one.version, one.weights_sha256) for one in added]


@dataclass(slots=True)
class State:
    """The models' state, the training jobs' and the bank's, as one fold."""

    serving: Serving
    bank: Bank
    jobs: Jobs

    def prepare(self, entry: JournalEntry) -> Any:
        """Do what an entry needs that takes time."""
        return self.bank.prepare(entry)

    def apply(self, revision: int, entry: JournalEntry, prepared: Any) -> None:
        """Fold an entry into the state."""
        self.serving.apply(entry)
        self.jobs.apply(entry)
        self.bank.apply(revision, entry, prepared)

    def frozen(self) -> Callable[[], Iterator[Section]]:
        """Copy the state, quickly, and return what turns the copy into sections on any thread."""
        image_of_models = self.serving.image()
        self.jobs.image(image_of_models.training)
        models = image_of_models.SerializeToString(deterministic=True)
        namespaces = [image.frozen(namespace) for _, namespace in sorted(self.bank.namespaces.items())]

        def sections() -> Iterator[Section]:
            yield Section(name=MODELS, data=models)
            yield from image.sections(namespaces)

        return sections

    def restore(self, snapshot: image.Reader) -> None:
        """Take the state of a snapshot in place of the present one; raises `SnapshotCorrupt`."""
        namespaces = self.bank.loaded(snapshot)
        models = ModelsImage.FromString(snapshot.section(MODELS))
        self.serving.restore(models)
        self.jobs.restore(models.training)
        self.bank.namespaces = namespaces
