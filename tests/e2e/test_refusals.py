"""What is wrong gets the error the contract promises, costs the server nothing lasting, and the next call works."""

import asyncio
import gc
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from typing import Any

import grpc
import pytest

from acumen_client import Client
from acumen_client.errors import (
    AcumenError,
    DeadlineExceeded,
    InvalidInput,
    NotFound,
    ResourceExhausted,
    Unreachable,
)
from acumen_client.gen.models.v1.coordination_pb2 import LoadMetrics, ServerLoad, Vote, VoteTable
from acumen_client.gen.models.v1.performance_pb2 import AccessPattern
from acumen_client.gen.models.v1.tensor_pb2 import Tensor
from acumen_client.gen.v1 import neural_pb2
from acumen_client.gen.v1.neural_pb2_grpc import NeuralStub
from tests.e2e.test_neural import REFERENCE, wave

MIB = 1 << 20
# What one process may keep after any refusal: allocator slack.
KEPT_BYTES = 96 * MIB
# A large message is held once, by gRPC's core before it refuses its size (grpc/grpc#43012) or as parsed, and the
# allocator keeps some of that.
HUGE_BYTES = 300 * MIB


@pytest.fixture(autouse=True)
def nothing_lasting(server: Any, request: Any) -> Iterator[None]:
    """After every test here the next call works and the server's memory is bounded."""
    with server.client() as client:
        client.predict(wave(), model=REFERENCE)
    before = server.resident_bytes()
    yield
    gc.collect()
    with server.client() as client:
        assert client.predict(wave(), model=REFERENCE).decision.model == REFERENCE
    assert server.resident_bytes() - before < KEPT_BYTES + (
        HUGE_BYTES if request.node.get_closest_marker("huge") else 0
    )


def _server_load(**values: Any) -> LoadMetrics:
    return LoadMetrics(servers=[ServerLoad(id="a", **values), ServerLoad(id="b")], arrival_rate_per_s=10)


def _vote(**values: Any) -> VoteTable:
    return VoteTable(votes=[Vote(**{"agent": "a", "item": "i", "option": "x", **values})])


INVALID: dict[str, tuple[str, Any, str]] = {
    "empty tensor": (REFERENCE, Tensor(), "tensor"),
    "NaN reading": (REFERENCE, Tensor(values=[0.0] * 63 + [math.nan]), "tensor.values[63]"),
    "wrong length": (REFERENCE, Tensor(values=[1.0] * 63), "tensor"),
    "ragged bytes": (REFERENCE, Tensor(f32=b"123"), "tensor.f32"),
    "no votes": ("consensus-v1", VoteTable(), "vote_table.votes"),
    "vote without an agent": ("consensus-v1", _vote(agent=""), "vote_table.votes[0].agent"),
    "NaN confidence": ("consensus-v1", _vote(confidence=math.nan), "vote_table.votes[0].confidence"),
    "option that is not offered": (
        "consensus-v1",
        VoteTable(options=["y", "z"], votes=_vote().votes),
        "vote_table.votes[0].option",
    ),
    "negative loss": ("consensus-v1", VoteTable(votes=_vote().votes, loss_matrix=[-1.0]), "vote_table.loss_matrix[0]"),
    "no servers": ("balance-v1", LoadMetrics(arrival_rate_per_s=1), "load_metrics.servers"),
    "NaN latency": ("balance-v1", _server_load(p50_ms=math.nan), "load_metrics.servers[0].p50_ms"),
    "negative capacity": (
        "balance-v1",
        _server_load(nominal_capacity_per_s=-1),
        "load_metrics.servers[0].nominal_capacity_per_s",
    ),
    "negative arrivals": (
        "balance-v1",
        LoadMetrics(servers=[ServerLoad(id="a")], arrival_rate_per_s=-1),
        "load_metrics.arrival_rate_per_s",
    ),
    "no pattern": ("cache-v1", AccessPattern(cache_entries=[10]), "access_pattern"),
    "no sizes": ("cache-v1", AccessPattern(trace={"key_hash": [1, 2, 1]}), "access_pattern.cache_entries"),
    "sizes not ascending": (
        "cache-v1",
        AccessPattern(trace={"key_hash": [1, 2, 1]}, cache_entries=[10, 5]),
        "access_pattern.cache_entries",
    ),
}


@pytest.mark.parametrize("name", INVALID)
def test_a_bad_field_is_named(server: Any, name: str) -> None:
    """INVALID_ARGUMENT with a violation whose path is the field's."""
    model, message, path = INVALID[name]
    with server.client() as client, pytest.raises(InvalidInput) as caught:
        client.predict(message, model=model)
    assert caught.value.reason == "INVALID_FIELD"
    assert any(v.field.startswith(path) for v in caught.value.violations), caught.value.violations


def test_all_bad_fields_are_named_at_once(server: Any) -> None:
    """Two bad numbers of two servers and the arrival rate: three violations."""
    bad = ServerLoad(id="a", cpu=math.inf)
    worse = ServerLoad(id="b", p99_ms=-1)
    message = LoadMetrics(servers=[bad, worse], arrival_rate_per_s=math.nan)
    with server.client() as client, pytest.raises(InvalidInput) as caught:
        client.predict(message, model="balance-v1")
    told = {v.field for v in caught.value.violations}
    assert told >= {"load_metrics.servers[0].cpu", "load_metrics.servers[1].p99_ms", "load_metrics.arrival_rate_per_s"}


def test_the_wrong_kind_of_input_names_both(server: Any) -> None:
    """A tensor for consensus-v1 is refused naming the model and what it takes."""
    with server.client() as client, pytest.raises(InvalidInput, match="consensus-v1.*takes vote_table") as caught:
        client.predict(wave(), model="consensus-v1")
    assert caught.value.reason == "INPUT_TYPE_MISMATCH"


def test_unknown_models_and_versions_are_not_found(server: Any) -> None:
    """The error lists what there is."""
    with server.client() as client:
        for arguments in ({"model": "balance-v9"}, {"model": REFERENCE, "version": "7.0.0"}):
            with pytest.raises(NotFound) as caught:
                client.predict(wave(), **arguments)
            assert caught.value.reason == "MODEL_NOT_FOUND"


def test_no_input_at_all(server: Any) -> None:
    """An empty request says that an input is missing."""
    with server.client() as client, pytest.raises(InvalidInput) as caught:
        client.predict(neural_pb2.PredictRequest())
    assert caught.value.violations[0].field == "input"


@pytest.mark.huge
def test_a_million_votes_are_refused_by_their_number(server: Any) -> None:
    """More than 100,000 votes: the count and the limit are named (short names keep them under the message size)."""
    votes = [Vote(agent=f"{i % 50}", item=f"{i // 50:x}", option="x") for i in range(1_000_000)]
    with Client(server.address(), timeout=120) as client, pytest.raises(AcumenError) as caught:
        client.predict(VoteTable(votes=votes), model="consensus-v1")
    assert caught.value.reason in {"INVALID_FIELD", "LIMIT_EXCEEDED"}
    assert "1000000" in str(caught.value).replace(",", "") and "100000" in str(caught.value).replace(",", "")


@pytest.mark.huge
def test_a_message_over_the_size_limit_is_a_typed_error(server: Any) -> None:
    """300 MB, five times: gRPC's core refuses without details, the client is told LIMIT_EXCEEDED, nothing adds up."""
    huge = neural_pb2.PredictRequest(tensor={"f32": bytes(HUGE_BYTES)})
    options = [("grpc.max_send_message_length", -1), ("grpc.default_authority", "localhost")]
    with grpc.insecure_channel(server.address(), options=options) as channel:
        for _ in range(5):
            with pytest.raises(grpc.RpcError) as bare:
                NeuralStub(channel).Predict(huge, timeout=60)
            assert bare.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    with Client(server.address(), timeout=60) as client, pytest.raises(ResourceExhausted) as caught:
        client.predict(huge)
    assert caught.value.reason == "LIMIT_EXCEEDED"


def test_bytes_that_are_no_message(server: Any) -> None:
    """Malformed bytes end that call only."""
    with grpc.insecure_channel(server.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        call = channel.unary_unary("/acumen.v1.Neural/Predict")
        with pytest.raises(grpc.RpcError) as caught:
            call(b"\xff\xff\xff", timeout=10)
        assert caught.value.code() is not grpc.StatusCode.OK


def test_a_batch_over_its_limit(server: Any) -> None:
    """257 items: RESOURCE_EXHAUSTED with the number and the limit."""
    with server.client() as client, pytest.raises(ResourceExhausted, match="257.*256") as caught:
        client.predict_batch([wave()] * 257, model=REFERENCE)
    assert caught.value.reason == "LIMIT_EXCEEDED"


def test_an_expired_deadline_is_a_typed_error(server: Any) -> None:
    """A benchmark that takes seconds under a deadline of 50 ms, and a wait for a revision that does not come."""
    with server.client() as client:
        with pytest.raises(DeadlineExceeded):
            list(client.benchmark(REFERENCE, iterations=100_000, rounds=50, timeout=0.05))
        with pytest.raises(DeadlineExceeded):
            client.predict(wave(), min_revision=1 << 40, timeout=0.2)


def test_a_call_that_was_given_up_says_so(server: Any) -> None:
    """A future that is cancelled while the server waits raises what futures raise."""
    with server.client() as client:
        future = client.predict_future(wave(), min_revision=1 << 40, timeout=30)
        future.cancel()
        with pytest.raises(CancelledError):
            future.result()


def test_nobody_listening_is_unreachable(tmp_path: Any) -> None:
    """A socket nobody has made."""
    with Client(f"unix:{tmp_path / 'none.sock'}", timeout=2) as client, pytest.raises(Unreachable):
        client.list_models()


def _start() -> neural_pb2.PredictStreamRequest:
    return neural_pb2.PredictStreamRequest(start=neural_pb2.PredictStreamStart(model=REFERENCE))


def _item(i: int) -> neural_pb2.PredictStreamRequest:
    return neural_pb2.PredictStreamRequest(item={"correlation_id": i, "request": {"tensor": wave(i)}})


STREAM_MISTAKES: dict[str, list[Callable[[], Any]]] = {
    "no start": [lambda: _item(1)],
    "two starts": [_start, _start],
    "an empty message": [_start, neural_pb2.PredictStreamRequest],
}


@pytest.mark.parametrize("name", STREAM_MISTAKES)
def test_a_broken_conversation_ends_the_stream(server: Any, name: str) -> None:
    """INVALID_ARGUMENT, with the field, and only for that stream."""
    with grpc.insecure_channel(server.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        with pytest.raises(grpc.RpcError) as caught:
            list(NeuralStub(channel).PredictStream((make() for make in STREAM_MISTAKES[name]), timeout=10))
        assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_window_over_its_limit(server: Any) -> None:
    """RESOURCE_EXHAUSTED with the number and the limit."""
    start = neural_pb2.PredictStreamRequest(start={"max_in_flight": 10_000})
    with grpc.insecure_channel(server.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        with pytest.raises(grpc.RpcError, match="10000.*256") as caught:
            list(NeuralStub(channel).PredictStream(iter([start]), timeout=10))
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_cancelled_streams_leave_nothing_behind(server: Any) -> None:
    """Five hundred streams opened, used and cancelled: none stays open and memory is bounded (fixture)."""
    with grpc.insecure_channel(server.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        stub = NeuralStub(channel)
        for i in range(500):
            stream = stub.PredictStream(iter([_start(), _item(i), _item(i + 1)]), timeout=30)
            assert next(stream).HasField("result")
            stream.cancel()


def test_a_reader_that_does_not_read_stops_the_writer(server: Any) -> None:
    """A client that sends without reading is held back by flow control, long before 200,000 items."""
    sent = 0

    def endless() -> Iterator[Any]:
        nonlocal sent
        yield _start()
        while sent < 200_000:
            sent += 1
            yield _item(sent)

    with grpc.insecure_channel(server.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        stream = NeuralStub(channel).PredictStream(endless(), timeout=120)
        last = -1
        while last != sent:  # until nothing moves for a while
            last = sent
            time.sleep(1.0)
        assert 0 < sent < 200_000
        stream.cancel()


async def test_ten_thousand_streams_are_admitted_or_refused(server: Any) -> None:
    """Those over the limit get RESOURCE_EXHAUSTED; the admitted ones answer; afterwards all places are free again."""
    with server.client() as client:
        limit = client.get_runtime().limits.streams
    options = [("grpc.default_authority", "localhost")]
    async with grpc.aio.insecure_channel(server.address(), options=options) as channel:
        stub = NeuralStub(channel)
        streams = [stub.PredictStream(timeout=120) for _ in range(10_000)]
        ends = [asyncio.ensure_future(stream.code()) for stream in streams]
        while sum(end.done() for end in ends) < 10_000 - limit:
            await asyncio.wait([end for end in ends if not end.done()], return_when=asyncio.FIRST_COMPLETED)
        assert {end.result() for end in ends if end.done()} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        admitted = [stream for stream, end in zip(streams, ends, strict=True) if not end.done()]
        answers = await asyncio.gather(*(_ask(stream) for stream in admitted))
        assert len(answers) == limit and all(answer.HasField("result") for answer in answers)
        for stream in admitted:
            stream.cancel()
    with server.client() as client:
        assert len(list(client.predict_stream([wave()] * 3, model=REFERENCE))) == 3


async def _ask(stream: Any) -> Any:
    await stream.write(_start())
    await stream.write(_item(1))
    return await stream.read()
