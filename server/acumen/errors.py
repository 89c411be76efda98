"""What can go wrong, in the product's words.

AcumenError
├── InvalidInput            a field is malformed or out of range
│   └── InputTypeMismatch   the input is not of the type the model takes
├── NotFound                nothing of this name
│   ├── ModelNotFound
│   ├── PredictionNotFound
│   ├── PatternNotFound
│   ├── SnapshotNotFound
│   ├── TrainingJobNotFound
│   └── DatasetNotFound
├── PatternExists           the id is taken
├── RevisionMismatch        the pattern was changed since it was read
├── RevisionTooOld          the journal no longer reaches back so far
├── LeaseHeld               another worker, or another call, is doing this
├── JobState                the training job's state does not allow it
├── CursorTooOld            the events after a cursor are no longer kept
├── DataUnusable            the examples cannot be trained on
├── MemoryLimit             a training process reached its memory limit
├── TrainingCrashed         a training process ended by itself again and again
├── ModelExists             the name is that of something else
├── ModelInUse              the model cannot be deleted
├── ModelNotTrained         the model has no weights here
├── ModelCorrupt            a model file fails its hash or format
├── EmbedderMismatch        the namespace's vectors are of another embedder
├── EmbedderCorrupt         an embedder's file is missing, damaged or of another format
├── EmbedderNotInstalled    the accurate embedder's files are not on this machine
├── SnapshotCorrupt         a snapshot fails a checksum or its format, in a named part
├── SnapshotTooNew          a snapshot's format is of a later version than this server reads
├── LastSnapshot            without it no valid snapshot would be left
├── LimitExceeded           more than a limit allows; waiting does not help
├── Overloaded              too much at once; waiting helps
├── Draining                this process is stopping
├── DeadlineExceeded        the time for it is up
│   └── RevisionTimeout     the awaited revision did not arrive in time
├── RequestIdReused         one request id, two bodies
├── JournalGap              entries are missing between what is applied and what comes next
└── StorageFull             the disk refused a write
"""

from collections.abc import Sequence
from dataclasses import dataclass


class AcumenError(Exception):
    """The root of every error this product raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule: the field's path, and what is wrong with its value."""

    field: str
    description: str


class InvalidInput(AcumenError):
    """A field is malformed or out of range; `violations` names all that were found."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("; ".join(f"{v.field}: {v.description}" for v in self.violations))

    @classmethod
    def of(cls, field: str, description: str) -> "InvalidInput":
        """Return the error for a single field."""
        return cls([Violation(field=field, description=description)])


class InputTypeMismatch(InvalidInput):
    """The input is not of the type the model takes."""


class NotFound(AcumenError):
    """Nothing of this name exists; `kind` and `name` say of what."""

    kind = "resource"

    def __init__(self, name: str, hint: str = "") -> None:
        self.name = name
        super().__init__(f"no {self.kind} '{name}'" + (f": {hint}" if hint else ""))


class ModelNotFound(NotFound):
    """No model of this name and version serves."""

    kind = "model"


class PredictionNotFound(NotFound):
    """No recorded prediction of this id."""

    kind = "recorded prediction"


class ModelNotTrained(AcumenError):
    """The model is known and has no weights here."""


class ModelCorrupt(AcumenError):
    """A model file fails its hash or format; the text says which part."""


class EmbedderMismatch(AcumenError):
    """The namespace's vectors are of another embedder than the one that is asked for."""

    def __init__(self, namespace: str, stored: str, wanted: str) -> None:
        super().__init__(f"namespace '{namespace}' holds vectors of '{stored}', not of '{wanted}'; run Reembed first")


class EmbedderCorrupt(AcumenError):
    """An embedder's file is missing, fails its hash or has another format; the text says which."""


class EmbedderNotInstalled(AcumenError):
    """The accurate embedder's files are not on this machine; the text says how they get there."""


class PatternNotFound(NotFound):
    """No pattern of this id in the namespace."""

    kind = "pattern"


class PatternExists(AcumenError):
    """The id is taken."""

    def __init__(self, pattern_id: str, namespace: str) -> None:
        super().__init__(f"pattern '{pattern_id}' is already in namespace '{namespace}'")


class RevisionMismatch(AcumenError):
    """The pattern was changed since it was read."""

    def __init__(self, pattern_id: str, wanted: int, stored: int) -> None:
        super().__init__(f"pattern '{pattern_id}' is at revision {stored}, not at {wanted}; read it again")


class RevisionTooOld(AcumenError):
    """The journal was truncated beyond what was asked for."""

    def __init__(self, wanted: int, oldest: int) -> None:
        super().__init__(f"changes after revision {wanted} are no longer kept, those after {oldest} are")


class LeaseHeld(AcumenError):
    """Another worker, or another call, is doing this."""

    def __init__(self, name: str, holder: str) -> None:
        super().__init__(f"'{name}' is being done by {holder}; try again when that has ended")


class SnapshotNotFound(NotFound):
    """No snapshot of this id."""

    kind = "snapshot"


class TrainingJobNotFound(NotFound):
    """No training job of this id."""

    kind = "training job"


class DatasetNotFound(NotFound):
    """No stored data set of this id."""

    kind = "data set"


class JobState(AcumenError):
    """The training job's state does not allow what was asked for."""

    def __init__(self, job_id: str, state: str, wanted: str) -> None:
        super().__init__(f"training job '{job_id}' is {state}, it must be {wanted}")


class CursorTooOld(AcumenError):
    """The events after a cursor are no longer kept."""

    def __init__(self, job_id: str, wanted: int, oldest: int) -> None:
        super().__init__(f"events of '{job_id}' after {wanted} are no longer kept, those after {oldest} are")


class DataUnusable(AcumenError):
    """The examples cannot be trained on; the text says why."""


class MemoryLimit(AcumenError):
    """A training process reached its memory limit."""

    def __init__(self, resident_bytes: int, limit_bytes: int) -> None:
        self.subject = "memory_limit_bytes"
        text = (
            f"the job's process holds {resident_bytes} bytes, its limit is {limit_bytes}; its last checkpoint is kept"
        )
        super().__init__(text)


class TrainingCrashed(AcumenError):
    """A training process ended by itself again and again without getting further."""


class ModelExists(AcumenError):
    """The name, or the version, is that of something else."""


class ModelInUse(AcumenError):
    """The model is built in, or serves, and so cannot be deleted."""


class SnapshotCorrupt(AcumenError):
    """A snapshot fails a checksum or its format: `part` of it, and what is wrong there."""

    def __init__(self, part: str, problem: str) -> None:
        self.part = part
        super().__init__(f"{part}: {problem}")


class SnapshotTooNew(AcumenError):
    """A snapshot is whole, and its format is of a later version than this server reads."""

    def __init__(self, version: int, newest: int) -> None:
        self.version = version
        super().__init__(f"the snapshot's format is version {version}, this server reads up to {newest}")


class LastSnapshot(AcumenError):
    """Deleting this snapshot would leave none that is valid."""

    def __init__(self, snapshot_id: str) -> None:
        super().__init__(f"snapshot '{snapshot_id}' is the last valid one; force its deletion or make another first")


class LimitExceeded(AcumenError):
    """More than a limit allows: `subject` has `value`, the limit is `limit`."""

    def __init__(self, subject: str, value: int, limit: int) -> None:
        self.subject, self.value, self.limit = subject, value, limit
        super().__init__(f"{subject} is {value}, the limit is {limit}")


class Overloaded(AcumenError):
    """Too much at once: come back after `retry_delay_ms`."""

    def __init__(self, subject: str, limit: int, retry_delay_ms: int = 50) -> None:
        self.retry_delay_ms = retry_delay_ms
        super().__init__(f"{subject} are at their limit of {limit}; retry in {retry_delay_ms} ms")


class Draining(AcumenError):
    """The process is stopping and takes no new work."""

    def __init__(self, retry_delay_ms: int = 1000) -> None:
        self.retry_delay_ms = retry_delay_ms
        super().__init__("the server is draining and takes no new work")


class DeadlineExceeded(AcumenError):
    """The time for it is up; nothing of it was kept."""


class RevisionTimeout(DeadlineExceeded):
    """The awaited revision did not arrive before the deadline."""

    def __init__(self, wanted: int, applied: int) -> None:
        super().__init__(f"min_revision {wanted} was not applied before the deadline; this worker is at {applied}")


class RequestIdReused(AcumenError):
    """A request id came back with another body than the first time."""

    def __init__(self, request_id: str) -> None:
        super().__init__(f"request_id '{request_id}' was already used for a different request")


class JournalGap(AcumenError):
    """Entries are missing between what is applied and what comes next."""

    def __init__(self, applied: int, following: int) -> None:
        super().__init__(f"the journal goes on at revision {following}, and only {applied} is applied here")


class StorageFull(AcumenError):
    """The disk refused a write; nothing of it was kept."""
