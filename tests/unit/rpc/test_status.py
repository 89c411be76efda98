"""Every error of the product has a code, a reason and the details its situation calls for."""

import re
from pathlib import Path

import pytest
from google.rpc import code_pb2, error_details_pb2

from acumen import errors
from acumen.proto.v1.errors_pb2 import ErrorReason
from acumen.rpc.status import INTERNAL_TEXT, TABLE, status_of, trailers

EXAMPLES: list[errors.AcumenError] = [
    errors.InvalidInput.of("a.b", "is NaN"),
    errors.InputTypeMismatch([errors.Violation(field="x", description="y")]),
    errors.ModelNotFound("m"),
    errors.PredictionNotFound("p"),
    errors.ModelNotTrained("no weights"),
    errors.ModelCorrupt("bad hash"),
    errors.LimitExceeded("items", 3, 2),
    errors.StorageFull("full"),
    errors.Overloaded("calls", 5),
    errors.Draining(),
    errors.RequestIdReused("r"),
    errors.DeadlineExceeded("late"),
    errors.RevisionTimeout(2, 1),
    errors.PatternNotFound("p"),
    errors.PatternExists("p", "default"),
    errors.RevisionMismatch("p", 1, 2),
    errors.RevisionTooOld(1, 5),
    errors.LeaseHeld("upkeep", "worker 0"),
    errors.EmbedderMismatch("default", "a", "b"),
    errors.EmbedderCorrupt("table: truncated"),
    errors.EmbedderNotInstalled("no weights"),
    errors.SnapshotNotFound("s"),
    errors.SnapshotCorrupt("header", "magic"),
    errors.SnapshotTooNew(2, 1),
    errors.LastSnapshot("s"),
    errors.JournalGap(1, 3),
    errors.TrainingJobNotFound("t1"),
    errors.DatasetNotFound("d1"),
    errors.JobState("t1", "SUCCEEDED", "RUNNING"),
    errors.CursorTooOld("t1", 1, 5),
    errors.DataUnusable("one label"),
    errors.MemoryLimit(2, 1),
    errors.TrainingCrashed("signal 11"),
    errors.ModelExists("balance-v1"),
    errors.ModelInUse("balance-v1 serves"),
]


def _all_errors(root: type = errors.AcumenError) -> set[type]:
    return {root} | {kind for child in root.__subclasses__() for kind in _all_errors(child)}


def _details(status, kind):  # type: ignore[no-untyped-def]
    for packed in status.details:
        message = kind()
        if packed.Unpack(message):
            return message
    return None


def test_every_class_is_exercised_here() -> None:
    """A new error class without an example fails this test; pure parents are the only exceptions."""
    assert _all_errors() - {type(e) for e in EXAMPLES} == {errors.AcumenError, errors.NotFound}


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_every_error_has_its_own_reason_and_request_id(error: errors.AcumenError) -> None:
    """No error of the product is INTERNAL, its text reaches the caller, and ErrorInfo names reason and request."""
    status = status_of(error, "req-1")
    info = _details(status, error_details_pb2.ErrorInfo)
    assert status.code != code_pb2.INTERNAL and status.message == str(error)
    assert f"ERROR_REASON_{info.reason}" in set(ErrorReason.keys()) and info.domain == "acumen"
    assert info.metadata["request_id"] == "req-1"


def test_details_fit_the_situation() -> None:
    """Violations, quotas and delays travel as the standard messages, and the delay as gRPC's pushback too."""
    assert _details(status_of(EXAMPLES[0], ""), error_details_pb2.BadRequest).field_violations[0].field == "a.b"
    assert _details(status_of(errors.LimitExceeded("items", 3, 2), ""), error_details_pb2.QuotaFailure)
    overloaded = errors.Overloaded("calls", 5, 70)
    status = status_of(overloaded, "")
    assert _details(status, error_details_pb2.RetryInfo).retry_delay.ToMilliseconds() == 70
    assert ("grpc-retry-pushback-ms", "70") in trailers(status, overloaded)


def test_a_defect_tells_nothing_but_the_request_id() -> None:
    """The text of an unexpected exception stays in the log."""
    status = status_of(KeyError("secret"), "req-2")
    assert status.code == code_pb2.INTERNAL and status.message == INTERNAL_TEXT
    assert "secret" not in str(status)


def test_every_reason_is_used_and_has_an_example() -> None:
    """Each reason of the contract is sent by the server or by clients, and its comment carries an example."""
    proto = (Path(__file__).parents[3] / "proto/acumen/v1/errors.proto").read_text()
    comments = dict(re.findall(r"// (.+)\n  ERROR_REASON_(\w+) =", proto))
    assert all("Example:" in text for text, name in comments.items() if name != "UNSPECIFIED")
    served = {ErrorReason.Name(reason) for _, reason in TABLE.values()}
    by_clients = {"CANCELLED", "UNREACHABLE", "INTERNAL", "UNSPECIFIED"}
    assert served | {f"ERROR_REASON_{n}" for n in by_clients} == set(ErrorReason.keys())
