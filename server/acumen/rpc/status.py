"""How the product's errors look on the wire: one table from error class to code and reason."""

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2

from acumen import errors
from acumen.proto.v1.errors_pb2 import ErrorReason

DOMAIN = "acumen"
PREFIX = "ERROR_REASON_"
DETAILS_KEY = "grpc-status-details-bin"
PUSHBACK_KEY = "grpc-retry-pushback-ms"
CODES = {code.value[0]: code for code in grpc.StatusCode}

# Most specific class first; every class of `errors` is found here by itself or through its parent.
TABLE: dict[type[errors.AcumenError], tuple[int, int]] = {
    errors.InputTypeMismatch: (code_pb2.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INPUT_TYPE_MISMATCH),
    errors.InvalidInput: (code_pb2.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_INVALID_FIELD),
    errors.ModelNotFound: (code_pb2.NOT_FOUND, ErrorReason.ERROR_REASON_MODEL_NOT_FOUND),
    errors.PredictionNotFound: (code_pb2.NOT_FOUND, ErrorReason.ERROR_REASON_PREDICTION_NOT_FOUND),
    errors.PatternNotFound: (code_pb2.NOT_FOUND, ErrorReason.ERROR_REASON_PATTERN_NOT_FOUND),
    errors.SnapshotNotFound: (code_pb2.NOT_FOUND, ErrorReason.ERROR_REASON_SNAPSHOT_NOT_FOUND),
    errors.TrainingJobNotFound: (code_pb2.NOT_FOUND, ErrorReason.ERROR_REASON_TRAINING_JOB_NOT_FOUND),
    errors.DatasetNotFound: (code_pb2.NOT_FOUND, ErrorReason.ERROR_REASON_DATASET_NOT_FOUND),
    errors.JobState: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_JOB_STATE),
    errors.CursorTooOld: (code_pb2.OUT_OF_RANGE, ErrorReason.ERROR_REASON_CURSOR_TOO_OLD),
    errors.DataUnusable: (code_pb2.INVALID_ARGUMENT, ErrorReason.ERROR_REASON_DATA_UNUSABLE),
    errors.MemoryLimit: (code_pb2.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_MEMORY_LIMIT),
    errors.TrainingCrashed: (code_pb2.UNKNOWN, ErrorReason.ERROR_REASON_TRAINING_CRASHED),
    errors.ModelExists: (code_pb2.ALREADY_EXISTS, ErrorReason.ERROR_REASON_MODEL_EXISTS),
    errors.ModelInUse: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_MODEL_IN_USE),
    errors.PatternExists: (code_pb2.ALREADY_EXISTS, ErrorReason.ERROR_REASON_PATTERN_EXISTS),
    errors.RevisionMismatch: (code_pb2.ABORTED, ErrorReason.ERROR_REASON_REVISION_MISMATCH),
    errors.RevisionTooOld: (code_pb2.OUT_OF_RANGE, ErrorReason.ERROR_REASON_REVISION_TOO_OLD),
    errors.LeaseHeld: (code_pb2.ABORTED, ErrorReason.ERROR_REASON_LEASE_HELD),
    errors.EmbedderMismatch: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_EMBEDDER_MISMATCH),
    errors.EmbedderCorrupt: (code_pb2.DATA_LOSS, ErrorReason.ERROR_REASON_EMBEDDER_CORRUPT),
    errors.EmbedderNotInstalled: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_EMBEDDER_NOT_INSTALLED),
    errors.SnapshotCorrupt: (code_pb2.DATA_LOSS, ErrorReason.ERROR_REASON_SNAPSHOT_CORRUPT),
    errors.SnapshotTooNew: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_SNAPSHOT_TOO_NEW),
    errors.JournalGap: (code_pb2.DATA_LOSS, ErrorReason.ERROR_REASON_JOURNAL_GAP),
    errors.LastSnapshot: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_LAST_SNAPSHOT),
    errors.ModelNotTrained: (code_pb2.FAILED_PRECONDITION, ErrorReason.ERROR_REASON_MODEL_NOT_TRAINED),
    errors.ModelCorrupt: (code_pb2.DATA_LOSS, ErrorReason.ERROR_REASON_MODEL_CORRUPT),
    errors.LimitExceeded: (code_pb2.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_LIMIT_EXCEEDED),
    errors.StorageFull: (code_pb2.RESOURCE_EXHAUSTED, ErrorReason.ERROR_REASON_STORAGE_FULL),
    errors.Overloaded: (code_pb2.UNAVAILABLE, ErrorReason.ERROR_REASON_OVERLOADED),
    errors.Draining: (code_pb2.UNAVAILABLE, ErrorReason.ERROR_REASON_DRAINING),
    errors.RequestIdReused: (code_pb2.ABORTED, ErrorReason.ERROR_REASON_REQUEST_ID_REUSED),
    errors.DeadlineExceeded: (code_pb2.DEADLINE_EXCEEDED, ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED),
}
INTERNAL_TEXT = "internal error; the server's log has the cause under this request id"


def status_of(error: Exception, request_id: str) -> status_pb2.Status:
    """Return the status of an error with all its details; anything not of the product is INTERNAL without its text."""
    code, reason = _classify(error)
    message = INTERNAL_TEXT if code == code_pb2.INTERNAL else str(error)
    status = status_pb2.Status(code=code, message=message)
    name = ErrorReason.Name(reason).removeprefix(PREFIX)
    info = error_details_pb2.ErrorInfo(reason=name, domain=DOMAIN, metadata={"request_id": request_id})
    status.details.add().Pack(info)
    for kind, details in DETAILS.items():
        if isinstance(error, kind):
            status.details.add().Pack(details(error))
    return status


def _classify(error: Exception) -> tuple[int, int]:
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return code_pb2.INTERNAL, ErrorReason.ERROR_REASON_INTERNAL


def _bad_request(error: Any) -> error_details_pb2.BadRequest:
    violations = [{"field": v.field, "description": v.description} for v in error.violations]
    return error_details_pb2.BadRequest(field_violations=violations)


def _quota(error: Any) -> error_details_pb2.QuotaFailure:
    return error_details_pb2.QuotaFailure(violations=[{"subject": error.subject, "description": str(error)}])


def _retry(error: Any) -> error_details_pb2.RetryInfo:
    delay = Duration()
    delay.FromMilliseconds(error.retry_delay_ms)
    return error_details_pb2.RetryInfo(retry_delay=delay)


DETAILS: dict[type[errors.AcumenError], Callable[[Any], Any]] = {
    errors.InvalidInput: _bad_request,
    errors.LimitExceeded: _quota,
    errors.MemoryLimit: _quota,
    errors.Overloaded: _retry,
    errors.Draining: _retry,
}


def trailers(status: status_pb2.Status, error: Exception) -> tuple[tuple[str, str | bytes], ...]:
    """Return the trailing metadata that carries a status, with gRPC's own pushback where a retry helps."""
    pushback = getattr(error, "retry_delay_ms", None)
    extra = () if pushback is None else ((PUSHBACK_KEY, str(pushback)),)
    return ((DETAILS_KEY, status.SerializeToString()), *extra)


async def abort(context: Any, error: Exception, request_id: str) -> None:
    """End the call with an error's status; does not return."""
    status = status_of(error, request_id)
    await context.abort(CODES[status.code], status.message, trailers(status, error))
