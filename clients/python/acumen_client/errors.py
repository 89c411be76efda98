# ruff: noqa: N818  (the class is what went wrong; callers read `except NotFound`)
"""What a call can fail with. Branch on the class or on `reason`, never on the text.

AcumenError
├── InvalidInput          a field is malformed, or the input is not of the model's type; `violations` says where
├── NotFound              no model, prediction, pattern or snapshot of this name
├── AlreadyExists         the pattern's id is taken
├── OutOfRange            the journal no longer reaches back so far
├── FailedPrecondition    no weights, another embedder, a newer snapshot, the last snapshot
├── Aborted               one request id for two bodies, a revision that is not the stored one, or busy elsewhere
├── ResourceExhausted     more than a limit allows, or the server's disk is full
├── DataLoss              a model, embedder or snapshot file is corrupt
├── DeadlineExceeded      no answer in time
├── Cancelled             the call was given up
├── Internal              a defect of the server; its log has the cause under `request_id`
└── Unavailable           overloaded or draining; waiting helps
    └── Unreachable       nothing answers at the address
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import grpc


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule: the field's path (or the limit's name), and what is wrong with its value."""

    field: str
    description: str


class AcumenError(Exception):
    """The root of every error of this client, and the class of codes that have no class of their own.

    `reason` is a name of `acumen.v1.ErrorReason` without its prefix, or empty when nothing stated one. `may_retry` says
    whether the same call may succeed later, after `retry_delay` if that is given.
    """

    def __init__(
        self,
        message: str,
        *,
        code: grpc.StatusCode,
        reason: str = "",
        metadata: Mapping[str, str] | None = None,
        violations: Sequence[Violation] = (),
        retry_delay: timedelta | None = None,
        may_retry: bool = False,
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.reason = reason
        self.metadata = dict(metadata or {})
        self.violations = tuple(violations)
        self.retry_delay = retry_delay
        self.may_retry = may_retry
        self.request_id = request_id


class InvalidInput(AcumenError):
    """A field is malformed or out of range, or the input is not of the type the model takes."""


class NotFound(AcumenError):
    """Nothing of this name exists."""


class AlreadyExists(AcumenError):
    """Something of this name exists already."""


class OutOfRange(AcumenError):
    """What is asked for is no longer kept."""


class FailedPrecondition(AcumenError):
    """The server is not in the state the call needs."""


class Aborted(AcumenError):
    """The call collides with an earlier one."""


class ResourceExhausted(AcumenError):
    """More than a limit allows; `violations` names the limit."""


class DataLoss(AcumenError):
    """Something stored is corrupt."""


class DeadlineExceeded(AcumenError):
    """The deadline passed before the answer was there."""


class Cancelled(AcumenError):
    """The call was given up before it was answered."""


class Internal(AcumenError):
    """A defect of the server; its log has the cause under `request_id`."""


class Unavailable(AcumenError):
    """The server takes no work now; later it may."""


class Unreachable(Unavailable):
    """Nothing answers at the address."""


BY_CODE: dict[grpc.StatusCode, type[AcumenError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidInput,
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.ALREADY_EXISTS: AlreadyExists,
    grpc.StatusCode.OUT_OF_RANGE: OutOfRange,
    grpc.StatusCode.FAILED_PRECONDITION: FailedPrecondition,
    grpc.StatusCode.ABORTED: Aborted,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ResourceExhausted,
    grpc.StatusCode.DATA_LOSS: DataLoss,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    grpc.StatusCode.CANCELLED: Cancelled,
    grpc.StatusCode.INTERNAL: Internal,
    grpc.StatusCode.UNKNOWN: Internal,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
}
