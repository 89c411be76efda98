"""Every failure is one typed error, whoever noticed it."""

import grpc
import pytest
from fake_neural import status

from acumen_client import Client, RetryPolicy, error_of, errors
from acumen_client.messages import ErrorReason, LoadMetrics, ServerLoad, Tensor
from acumen_client.status import from_failure, from_status, to_status

QUESTION = LoadMetrics(servers=[ServerLoad(id="a")])
BY_REASON = {
    "MODEL_NOT_FOUND": ("NOT_FOUND", errors.NotFound),
    "PREDICTION_NOT_FOUND": ("NOT_FOUND", errors.NotFound),
    "INVALID_FIELD": ("INVALID_ARGUMENT", errors.InvalidInput),
    "INPUT_TYPE_MISMATCH": ("INVALID_ARGUMENT", errors.InvalidInput),
    "MODEL_NOT_TRAINED": ("FAILED_PRECONDITION", errors.FailedPrecondition),
    "MODEL_CORRUPT": ("DATA_LOSS", errors.DataLoss),
    "LIMIT_EXCEEDED": ("RESOURCE_EXHAUSTED", errors.ResourceExhausted),
    "OVERLOADED": ("UNAVAILABLE", errors.Unavailable),
    "DRAINING": ("UNAVAILABLE", errors.Unavailable),
    "DEADLINE_EXCEEDED": ("DEADLINE_EXCEEDED", errors.DeadlineExceeded),
    "CANCELLED": ("CANCELLED", errors.Cancelled),
    "STORAGE_FULL": ("RESOURCE_EXHAUSTED", errors.ResourceExhausted),
    "INTERNAL": ("INTERNAL", errors.Internal),
    "REQUEST_ID_REUSED": ("ABORTED", errors.Aborted),
    "UNREACHABLE": ("UNAVAILABLE", errors.Unreachable),
    "PATTERN_NOT_FOUND": ("NOT_FOUND", errors.NotFound),
    "PATTERN_EXISTS": ("ALREADY_EXISTS", errors.AlreadyExists),
    "REVISION_MISMATCH": ("ABORTED", errors.Aborted),
    "REVISION_TOO_OLD": ("OUT_OF_RANGE", errors.OutOfRange),
    "LEASE_HELD": ("ABORTED", errors.Aborted),
    "EMBEDDER_MISMATCH": ("FAILED_PRECONDITION", errors.FailedPrecondition),
    "EMBEDDER_CORRUPT": ("DATA_LOSS", errors.DataLoss),
    "EMBEDDER_NOT_INSTALLED": ("FAILED_PRECONDITION", errors.FailedPrecondition),
    "SNAPSHOT_NOT_FOUND": ("NOT_FOUND", errors.NotFound),
    "SNAPSHOT_CORRUPT": ("DATA_LOSS", errors.DataLoss),
    "SNAPSHOT_TOO_NEW": ("FAILED_PRECONDITION", errors.FailedPrecondition),
    "JOURNAL_GAP": ("DATA_LOSS", errors.DataLoss),
    "LAST_SNAPSHOT": ("FAILED_PRECONDITION", errors.FailedPrecondition),
    "TRAINING_JOB_NOT_FOUND": ("NOT_FOUND", errors.NotFound),
    "DATASET_NOT_FOUND": ("NOT_FOUND", errors.NotFound),
    "JOB_STATE": ("FAILED_PRECONDITION", errors.FailedPrecondition),
    "CURSOR_TOO_OLD": ("OUT_OF_RANGE", errors.OutOfRange),
    "MODEL_EXISTS": ("ALREADY_EXISTS", errors.AlreadyExists),
    "MEMORY_LIMIT": ("RESOURCE_EXHAUSTED", errors.ResourceExhausted),
    "DATA_UNUSABLE": ("INVALID_ARGUMENT", errors.InvalidInput),
    "TRAINING_CRASHED": ("UNKNOWN", errors.Internal),
    "MODEL_IN_USE": ("FAILED_PRECONDITION", errors.FailedPrecondition),
}
BARE = {
    "RESOURCE_EXHAUSTED": ("LIMIT_EXCEEDED", errors.ResourceExhausted),
    "DEADLINE_EXCEEDED": ("DEADLINE_EXCEEDED", errors.DeadlineExceeded),
    "CANCELLED": ("UNREACHABLE", errors.Unreachable),  # the server stopped: a caller who gives up gets no status
    "INTERNAL": ("INTERNAL", errors.Internal),
    "UNKNOWN": ("INTERNAL", errors.Internal),
    "UNAVAILABLE": ("UNREACHABLE", errors.Unreachable),
    "UNIMPLEMENTED": ("", errors.AcumenError),
    "UNAUTHENTICATED": ("", errors.AcumenError),
}


@pytest.fixture
def impatient(address):
    with Client(address, retry=RetryPolicy(attempts=1)) as opened:
        yield opened


def test_every_reason_of_the_proto_is_in_the_table():
    """A new reason in errors.proto has to be given a class here."""
    assert {f"ERROR_REASON_{name}" for name in BY_REASON} == set(ErrorReason.keys()) - {"ERROR_REASON_UNSPECIFIED"}


@pytest.mark.parametrize("reason", BY_REASON)
def test_a_reason_is_raised_as_its_class(impatient, fake, reason):
    """The class follows from code and reason, and everything the server said is on the error."""
    code, kind = BY_REASON[reason]
    fake.fail(status(code, reason, metadata={"limit": "256"}, text="no"))
    with pytest.raises(errors.AcumenError) as caught:
        impatient.predict(QUESTION)
    error = caught.value
    assert (type(error), error.code.name, error.reason, error.message) == (kind, code, reason, "no")
    assert error.metadata == {"limit": "256"}
    assert error.request_id == fake.metadata["Predict"][-1]["x-request-id"]


@pytest.mark.parametrize("code", BARE)
async def test_a_bare_status_is_the_same_error(impatient, fake, code):
    """GRPC's core answers without details; blocking and awaitable callers see the typed error all the same."""
    reason, kind = BARE[code]
    fake.fail(*[grpc.StatusCode[code]] * 2)
    for call in (impatient.predict, impatient.aio.predict):
        with pytest.raises(errors.AcumenError) as caught:
            awaited = call(QUESTION)
            await awaited
        assert (type(caught.value), caught.value.reason) == (kind, reason)
    await impatient.aio.close()


def test_violations_and_delays_are_read(impatient, fake):
    """Field violations, quota violations and retry delays arrive as values."""
    fake.fail(status("INVALID_ARGUMENT", "INVALID_FIELD", field="servers[1].p50_ms"))
    with pytest.raises(errors.InvalidInput) as invalid:
        impatient.predict(QUESTION)
    assert invalid.value.violations == (errors.Violation(field="servers[1].p50_ms", description="is NaN"),)
    fake.fail(status("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED", quota="batch_items", retry_ms=40))
    with pytest.raises(errors.ResourceExhausted) as limited:
        impatient.predict(QUESTION)
    assert limited.value.violations[0].field == "batch_items"
    assert limited.value.retry_delay.total_seconds() == pytest.approx(0.04)


def test_a_message_over_the_size_limit_is_a_limit(impatient):
    """The client's own 16 MiB limit is LIMIT_EXCEEDED, as the server's would be."""
    with pytest.raises(errors.ResourceExhausted, match="larger than max") as caught:
        impatient.predict(Tensor(f32=bytes(17 << 20)))
    assert caught.value.reason == "LIMIT_EXCEEDED"


def test_malformed_bytes_are_the_requests_fault(address):
    """What gRPC's core calls INTERNAL for bytes that do not parse is INVALID_FIELD to callers."""
    channel = grpc.insecure_channel(address, options=[("grpc.default_authority", "localhost")])
    with channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/acumen.v1.Neural/Predict")(b"\xff\xff")
    error = from_failure(caught.value, "r")
    assert isinstance(error, errors.InvalidInput)
    assert (error.reason, error.code) == ("INVALID_FIELD", grpc.StatusCode.INVALID_ARGUMENT)


def test_an_expired_deadline_is_a_deadline(impatient, fake):
    """No answer in time is DEADLINE_EXCEEDED, and is not retried."""
    fake.hold.clear()
    with pytest.raises(errors.DeadlineExceeded):
        impatient.predict(QUESTION, timeout=0.03)
    assert len(fake.calls["Predict"]) == 1


def test_nothing_at_the_address_is_unreachable(tmp_path):
    """A socket nobody listens on is UNREACHABLE after the bounded attempts."""
    nobody = Client(f"unix:{tmp_path / 'none'}", retry=RetryPolicy(first_delay_s=0.0))
    with nobody, pytest.raises(errors.Unreachable) as caught:
        nobody.get_runtime()
    assert (caught.value.reason, caught.value.code) == ("UNREACHABLE", grpc.StatusCode.UNAVAILABLE)


def test_an_items_status_becomes_the_same_error(client):
    """A failed item of a batch carries what a single call would have raised."""
    bad = LoadMetrics(servers=[ServerLoad(id="bad")])
    good, failed = client.predict_batch([QUESTION, bad]).results
    assert error_of(good) is None
    error = error_of(failed)
    assert isinstance(error, errors.InvalidInput)
    assert error.violations[0].field == "load_metrics.servers[0].id"


def test_a_status_survives_there_and_back():
    """Code, text, reason, metadata and violations of an error can be written down and read again."""
    error = from_status(status("INVALID_ARGUMENT", "INVALID_FIELD", field="a.b", metadata={"k": "v"}), "r")
    again = from_status(to_status(error), "r")
    assert vars(again) == vars(error)
