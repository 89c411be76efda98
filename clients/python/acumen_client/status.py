"""From what gRPC says to a typed error.

Servers of this product send a `google.rpc.Status` with details. gRPC's core answers some calls by itself and sends
none: the code, and for malformed bytes the text, then decide the reason, so that callers see one error for one
situation.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import grpc
from google.protobuf.any_pb2 import Any
from google.rpc import code_pb2, error_details_pb2, status_pb2  # type: ignore[import-untyped]

from acumen_client.errors import BY_CODE, AcumenError, Unreachable, Violation
from acumen_client.gen.v1 import neural_pb2

DETAILS = "grpc-status-details-bin"
PUSHBACK = "grpc-retry-pushback-ms"
UNREACHABLE = "UNREACHABLE"
_LOST = "Internal error from Core"
_GIVEN_UP_HERE = "Locally cancelled"
_CODES = {code.value[0]: code for code in grpc.StatusCode}
_BARE_REASONS = {
    grpc.StatusCode.RESOURCE_EXHAUSTED: "LIMIT_EXCEEDED",
    grpc.StatusCode.DEADLINE_EXCEEDED: "DEADLINE_EXCEEDED",
    grpc.StatusCode.CANCELLED: "CANCELLED",
    grpc.StatusCode.INTERNAL: "INTERNAL",
    grpc.StatusCode.UNKNOWN: "INTERNAL",
    grpc.StatusCode.UNAVAILABLE: UNREACHABLE,
    grpc.StatusCode.INVALID_ARGUMENT: "INVALID_FIELD",
}


class Failure(Protocol):
    """What a failed call of either form, blocking or awaitable, can say."""

    def code(self) -> grpc.StatusCode:
        """Return the status code."""

    def details(self) -> str | None:
        """Return the text."""

    def trailing_metadata(self) -> Iterable[tuple[str, str | bytes]] | None:
        """Return what came after the answer."""


@dataclass(slots=True, kw_only=True)
class _Details:
    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)
    retry_delay: timedelta | None = None
    request_id: str = ""


def from_failure(failure: Failure, request_id: str) -> AcumenError:
    """Return the typed error of a failed call."""
    trailing = dict(tuple(failure.trailing_metadata() or ()))
    packed = trailing.get(DETAILS)
    if isinstance(packed, bytes):
        return from_status(status_pb2.Status.FromString(packed), request_id, _text(trailing.get(PUSHBACK)))
    code, text = _bare(failure.code(), failure.details() or "")
    return _error(code, text, _Details(reason=_BARE_REASONS.get(code, "")), request_id, _text(trailing.get(PUSHBACK)))


def from_status(status: status_pb2.Status, request_id: str = "", pushback_ms: str | None = None) -> AcumenError:
    """Return the typed error of a status, for example that of one item of a batch."""
    details = _Details()
    for packed in status.details:
        _read(packed, details)
    code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
    return _error(code, status.message, details, details.request_id or request_id, pushback_ms)


def error_of(result: neural_pb2.PredictResult) -> AcumenError | None:
    """Return why one item of a batch or stream failed, or None when it did not."""
    return from_status(result.status) if result.HasField("status") else None


def to_status(error: AcumenError) -> status_pb2.Status:
    """Return an error as a status, the inverse of `from_status` as far as code, text, reason and violations go."""
    status = status_pb2.Status(code=code_pb2.Code.Value(error.code.name), message=error.message)
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain="acumen", metadata=error.metadata)
    status.details.add().Pack(info)
    if error.violations:
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=v.field, description=v.description)
            for v in error.violations
        ]
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=violations))
    return status


def _bare(code: grpc.StatusCode, text: str) -> tuple[grpc.StatusCode, str]:
    """Return code and text, corrected where gRPC blames the wrong side, or knows nothing."""
    if "deserializing request" in text.lower():
        return grpc.StatusCode.INVALID_ARGUMENT, f"the request's bytes are malformed: {text}"
    if code is grpc.StatusCode.CANCELLED and not text.startswith(_GIVEN_UP_HERE):
        return grpc.StatusCode.UNAVAILABLE, f"the server stopped before it took the call: {text}"
    if text == _LOST:
        return code, "the server ended the stream while it was being written to, and gRPC did not keep the reason"
    return code, text


def _error(
    code: grpc.StatusCode, text: str, details: _Details, request_id: str, pushback_ms: str | None
) -> AcumenError:
    kind = Unreachable if details.reason == UNREACHABLE else BY_CODE.get(code, AcumenError)
    delay = details.retry_delay
    forbidden = pushback_ms is not None and not pushback_ms.isdigit()
    if pushback_ms is not None and not forbidden:
        delay = timedelta(milliseconds=int(pushback_ms))
    return kind(
        text,
        code=code,
        reason=details.reason,
        metadata=details.metadata,
        violations=details.violations,
        retry_delay=delay,
        may_retry=not forbidden and (code is grpc.StatusCode.UNAVAILABLE or delay is not None),
        request_id=request_id,
    )


def _read(packed: Any, into: _Details) -> None:
    info, bad, quota = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.QuotaFailure()
    retry = error_details_pb2.RetryInfo()
    if packed.Unpack(info):
        into.reason, into.metadata = info.reason.removeprefix("ERROR_REASON_"), dict(info.metadata)
        into.request_id = info.metadata.get("request_id", "")
    elif packed.Unpack(bad):
        into.violations += [Violation(field=v.field, description=v.description) for v in bad.field_violations]
    elif packed.Unpack(quota):
        into.violations += [Violation(field=v.subject, description=v.description) for v in quota.violations]
    elif packed.Unpack(retry):
        into.retry_delay = retry.retry_delay.ToTimedelta()


def _text(value: str | bytes | None) -> str | None:
    return value.decode() if isinstance(value, bytes) else value
