"""What can go wrong, in the product's words.

AcumenError
├── InvalidInput            a field is malformed or out of range
│   └── InputTypeMismatch   the input is not of the type the model takes
├── NotFound                nothing of this name
│   ├── ModelNotFound
│   └── PredictionNotFound
├── ModelNotTrained         the model has no weights here
├── ModelCorrupt            a model file fails its hash or format
├── LimitExceeded           more than a limit allows; waiting does not help
├── Overloaded              too much at once; waiting helps
├── Draining                this process is stopping
├── DeadlineExceeded        the time for it is up
│   └── RevisionTimeout     the awaited revision did not arrive in time
├── RequestIdReused         one request id, two bodies
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


class StorageFull(AcumenError):
    """The disk refused a write; nothing of it was kept."""
