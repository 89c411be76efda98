"""The Neural service as an agent meets it: the real process, a real socket."""

import math
from datetime import timedelta
from typing import Any

import pytest

from acumen_client import Client
from acumen_client.errors import Aborted, InvalidInput, NotFound
from acumen_client.gen.models.v1.coordination_pb2 import VoteTable
from acumen_client.gen.models.v1.tensor_pb2 import Tensor
from acumen_client.gen.v1 import decision_pb2, model_pb2, neural_pb2

REFERENCE = "reference-v1"


def wave(shift: float = 0.0) -> Tensor:
    """Return a noisy-looking sine of 64 readings."""
    return Tensor(values=[math.sin(i / 3 + shift) + 0.1 * math.cos(7 * i) for i in range(64)])


def same(response: Any) -> bytes:
    """Return an answer without what may differ between two equal ones: its id and its times."""
    copy = type(response)()
    copy.CopyFrom(response)
    for field in ("prediction_id", "inference_time", "explain_time"):
        copy.decision.ClearField(field)
    return copy.SerializeToString(deterministic=True)


@pytest.fixture
def client(server) -> Any:  # type: ignore[no-untyped-def]
    with server.client() as one:
        yield one


def test_every_model_is_listed_and_described(client: Client) -> None:
    """Names come sorted, page by page, and each has a card with results."""
    names = [model.name for model in client.list_models().models]
    assert names == sorted(names) and REFERENCE in names
    paged, token = [], ""
    while page := client.list_models(page_size=1, page_token=token):
        paged += [model.name for model in page.models]
        token = page.next_page_token
        if not token:
            break
    assert paged == names
    for name in names:
        described = client.get_model(name)
        assert described.card.suites and described.model.weights_sha256 == described.card.weights_sha256


def test_a_prediction_says_all_that_was_promised(client: Client) -> None:
    """Confidence with its event, a hash, reasons, the asked number of alternatives, and the time it took."""
    response = client.predict(wave(), model=REFERENCE, alternatives=2)
    decision = response.decision
    assert response.tensor_classes.classes[0].name == "PERIODIC"
    assert 0 < decision.confidence.p <= 1 and decision.confidence.calibrated and decision.confidence.event
    assert len(decision.weights_sha256) == 64 and decision.source == decision_pb2.SOURCE_NETWORK
    assert len(decision.alternatives) == 2 and decision.prediction_id
    assert decision.inference_time.ToNanoseconds() > 0
    assert {r.kind for r in decision.reasons} == {decision_pb2.REASON_KIND_CERTIFICATE}


def test_options_change_what_they_say(client: Client) -> None:
    """NONE gives no reasons, FULL gives more kinds and its price, record off gives no id."""
    none = client.predict(wave(), model=REFERENCE, explain="none", record=False).decision
    full = client.predict(wave(), model=REFERENCE, explain="full").decision
    assert not none.reasons and not none.prediction_id
    assert {r.kind for r in full.reasons} > {decision_pb2.REASON_KIND_CERTIFICATE}
    assert full.explain_time.ToNanoseconds() > 0


def test_the_input_picks_the_model(client: Client) -> None:
    """Where only one model takes an input, its name may be left out."""
    assert client.predict(wave()).decision.model == REFERENCE


def test_same_input_same_bytes_however_it_is_sent(client: Client) -> None:
    """Unary, in a batch of 1, 7 and 256, on a stream: the same answer, bit for bit."""
    inputs = [wave(i / 10) for i in range(16)]
    expected = [same(client.predict(one, model=REFERENCE)) for one in inputs]
    for size in (1, 7, 256):
        batch = [inputs[i % 16] for i in range(size)]
        results = client.predict_batch(batch, model=REFERENCE).results
        assert [same(r.response) for r in results] == [expected[i % 16] for i in range(size)]
    streamed = {r.correlation_id: same(r.result.response) for r in client.predict_stream(inputs, model=REFERENCE)}
    assert [streamed[i] for i in sorted(streamed)] == expected


def test_a_batch_keeps_order_and_fails_item_by_item(client: Client) -> None:
    """Bad items carry the status a single call would, with its details; the others are answered."""
    bad = Tensor(values=[math.nan] * 64)
    results = client.predict_batch([wave(), bad, VoteTable(), wave(1)], model=REFERENCE).results
    assert [r.WhichOneof("result") for r in results] == ["response", "status", "status", "response"]
    assert results[1].status.code == 3 and len(results[1].status.details) == 2


def test_a_stream_answers_every_item_by_its_number(client: Client) -> None:
    """A thousand items, each answered once."""
    numbers = [r.correlation_id for r in client.predict_stream((wave(i) for i in range(1000)), model=REFERENCE)]
    assert sorted(numbers) == sorted(set(numbers)) and len(numbers) == 1000


def test_outcomes_become_statistics(client: Client) -> None:
    """Three outcomes, two of them good: the shares are those; telling one again changes it, not the count."""
    namespaced = Client(client.address, namespace="outcomes")
    ids = [namespaced.predict(wave(i), model=REFERENCE).decision.prediction_id for i in range(3)]
    for prediction_id, happened in zip(ids, (True, True, False), strict=True):
        recorded = namespaced.record_outcome(prediction_id, happened)
    assert recorded.model == REFERENCE and recorded.outcomes.outcomes == 3
    assert math.isclose(recorded.outcomes.accuracy, 2 / 3, abs_tol=1e-6)
    assert namespaced.record_outcome(ids[2], True).outcomes.accuracy == 1
    assert namespaced.get_model(REFERENCE).outcomes.outcomes == 3
    assert client.get_model(REFERENCE).outcomes.outcomes == 0
    namespaced.close()


def test_outcomes_of_unknown_answers_are_refused(client: Client) -> None:
    """An id that was never given, and one of another namespace."""
    with pytest.raises(NotFound) as caught:
        client.record_outcome("p-never", True)
    assert caught.value.reason == "PREDICTION_NOT_FOUND"


def test_a_request_id_is_applied_once(client: Client) -> None:
    """The same outcome twice under one id counts once; another outcome under it is refused."""
    prediction_id = client.predict(wave(3), model=REFERENCE).decision.prediction_id
    first = client.record_outcome(prediction_id, True, request_id="once")
    assert client.record_outcome(prediction_id, True, request_id="once").revision == first.revision
    with pytest.raises(Aborted) as caught:
        client.record_outcome(prediction_id, False, request_id="once")
    assert caught.value.reason == "REQUEST_ID_REUSED"


def test_unload_and_load(client: Client) -> None:
    """An unloaded model answers NOT_FOUND and holds no memory; loaded it answers as before."""
    before = same(client.predict(wave(), model=REFERENCE))
    gone = client.unload_model(REFERENCE).model
    assert gone.state == model_pb2.MODEL_STATE_UNLOADED and gone.memory.weights_bytes == 0
    with pytest.raises(NotFound, match="unloaded"):
        client.predict(wave(), model=REFERENCE)
    back = client.load_model(REFERENCE)
    assert back.model.state == model_pb2.MODEL_STATE_LOADED and back.model.memory.weights_bytes > 10_000
    assert same(client.predict(wave(), model=REFERENCE, min_revision=back.revision)) == before


def test_configuration_changes_take_effect_and_are_checked(client: Client) -> None:
    """The runtime shows the change; what is out of range names field, value and range, and changes nothing."""
    assert client.update_config(threads=3, kernels="python").config.threads == 3
    runtime = client.get_runtime()
    assert runtime.config.threads == 3 and runtime.kernels.level == "python"
    with pytest.raises(InvalidInput) as caught:
        client.update_config(threads=99, memory_max_bytes=1)
    assert {v.field for v in caught.value.violations} == {"config.threads", "config.memory_max_bytes"}
    assert "99" in str(caught.value) and "64" in str(caught.value)
    assert client.update_config(threads=2, kernels="auto").config.kernels == neural_pb2.KERNEL_LEVEL_AUTO


def test_a_batch_window_answers_the_same(client: Client) -> None:
    """With a window set concurrent calls share batches and get the same bytes."""
    inputs = [wave(i / 7) for i in range(20)]
    expected = [same(client.predict(one, model=REFERENCE)) for one in inputs]
    client.update_config(batch_window=timedelta(milliseconds=5))
    try:
        futures = [client.predict_future(one, model=REFERENCE) for one in inputs]
        assert [same(f.result()) for f in futures] == expected
    finally:
        client.update_config(batch_window=timedelta(0))


def test_validating_finds_what_predict_refuses_and_what_is_unusual(client: Client) -> None:
    """A NaN is a violation with its path; a flat line with one spike is valid and unusual."""
    bad = client.validate_input(Tensor(values=[math.nan] * 64), model=REFERENCE)
    assert not bad.valid and bad.violations[0].field == "tensor.values[0]"
    assert client.validate_input(wave(), model=REFERENCE).valid
    spike = client.validate_input(Tensor(values=[0.0] * 63 + [1e6]), model=REFERENCE)
    assert spike.valid and spike.ood_score > 0.9


def test_benchmark_streams_rounds_and_a_summary(client: Client) -> None:
    """Two backends, two rounds each, in turn; then medians with the ratio to the first."""
    messages = list(client.benchmark(REFERENCE, iterations=50, rounds=2, backends=["numpy", "kernels"]))
    rounds = [m.round for m in messages[:-1]]
    assert [(r.round, r.backend) for r in rounds] == [(1, 2), (1, 1), (2, 2), (2, 1)]
    assert all(r.timing.n == 50 and 0 < r.timing.p50.ToNanoseconds() <= r.timing.p99.ToNanoseconds() for r in rounds)
    summary = messages[-1].summary
    assert summary.backends[0].ratio == 1 and summary.backends[1].ratio > 0


def test_runtime_tells_kernels_limits_and_memory(client: Client) -> None:
    """What is live can be read: level, built levels, processor, limits, resident bytes."""
    runtime = client.get_runtime()
    assert runtime.kernels.level and "dense" in runtime.kernels.names
    assert runtime.limits.batch_items == 256 and runtime.resident_bytes > 10 << 20
    assert runtime.workers == 1 and runtime.platform.processors >= 1
