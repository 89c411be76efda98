"""One call, three forms: blocking, awaitable, future; and streams in both."""

import asyncio
import concurrent.futures
import threading

import grpc
import pytest
from fake_neural import status

from acumen_client import CallFuture, Client, RetryPolicy, errors
from acumen_client.gen.v1 import neural_pb2
from acumen_client.messages import (
    EXPLAIN_LEVEL_FULL,
    RECORD_MODE_OFF,
    GetModelRequest,
    LoadMetrics,
    PredictOptions,
    PredictRequest,
    ServerLoad,
)
from acumen_client.retry import Trial


def question(name="a"):
    return LoadMetrics(servers=[ServerLoad(id=name)])


async def test_three_forms_give_one_answer(client):
    """Blocking, awaited and called back: the same response."""
    called_back = []
    future = client.predict_future(question(), alternatives=2)
    future.add_done_callback(lambda done: called_back.append(done.result()))
    blocking = client.predict(question(), alternatives=2)
    assert await client.aio.predict(question(), alternatives=2) == blocking == future.result(5)
    assert called_back == [blocking]
    await client.aio.close()


async def test_three_forms_raise_one_error(client, fake):
    """A refusal is the same typed error in each form."""
    fake.fail(*[status("NOT_FOUND", "MODEL_NOT_FOUND")] * 3)
    with pytest.raises(errors.NotFound):
        client.predict(question())
    with pytest.raises(errors.NotFound):
        await client.aio.predict(question())
    assert isinstance(client.predict_future(question()).exception(5), errors.NotFound)
    await client.aio.close()


def test_a_future_can_be_given_up(client, fake):
    """Cancelling says so at once, also to callbacks, and ends the call."""
    fake.hold.clear()
    told = threading.Event()
    future = client.predict_future(question())
    future.add_done_callback(lambda _: told.set())
    assert future.cancel()
    assert told.wait(5)
    with pytest.raises(concurrent.futures.CancelledError):
        future.result(5)


def test_a_future_of_a_closed_client_ends():
    """Closing the client while a future waits for its next attempt does not leave it waiting for ever."""
    attempts = iter([Refused()])
    trial = Trial(policy=RetryPolicy(first_delay_s=0.0), repeatable=True, deadline_s=None)

    def attempt():
        for refused in attempts:
            return refused
        raise ValueError("closed channel")

    assert isinstance(CallFuture(attempt, trial).exception(5), ValueError)


class Refused:
    """A call that has ended with UNAVAILABLE."""

    def cancelled(self):
        return False

    def exception(self):
        return self

    def add_done_callback(self, told):
        told(self)

    def code(self):
        return grpc.StatusCode.UNAVAILABLE

    def details(self):
        return "busy"

    def trailing_metadata(self):
        return ()


async def test_a_cancelled_task_is_cancelled(client, fake):
    """Cancelling a task that awaits a call raises `CancelledError`, as for any awaitable."""
    fake.hold.clear()
    task = asyncio.create_task(client.aio.predict(question()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await client.aio.close()


def test_the_awaitable_client_works_in_any_loop(client):
    """One client serves one event loop after the other."""

    async def ask():
        answer = await client.aio.predict(question())
        await client.aio.close()
        return answer.decision.model

    assert [asyncio.run(ask()), asyncio.run(ask())] == ["balance-v1", "balance-v1"]


async def test_a_client_closes_both_edges(address):
    """`async with` closes the awaitable channels too."""
    async with Client(address) as opened:
        await opened.aio.get_runtime()
        opened.get_runtime()
    with pytest.raises(ValueError, match="closed"):
        opened.get_runtime()


def test_an_input_is_wrapped_by_its_type(client, fake):
    """A typed message goes into the field of its type; anything else is refused before it is sent."""
    client.predict(question())
    assert fake.last("Predict").WhichOneof("input") == "load_metrics"
    with pytest.raises(TypeError, match="GetModelRequest"):
        client.predict(GetModelRequest())


def test_what_a_call_states_takes_precedence(client, fake):
    """Arguments override a whole request, what is left out stays, and the caller's message is not changed."""
    given = PredictRequest(load_metrics=question(), model="a", version="1", options=PredictOptions(alternatives=3))
    client.predict(given, model="b", explain="full", record=False)
    sent = fake.last("Predict")
    assert (sent.model, sent.version, sent.options.alternatives) == ("b", "1", 3)
    assert (sent.options.explain, sent.options.record) == (EXPLAIN_LEVEL_FULL, RECORD_MODE_OFF)
    assert (given.model, given.options.explain) == ("a", 0)


def test_an_unknown_word_is_refused_before_it_is_sent(client, fake):
    """A misspelt option is a `ValueError`, not a default."""
    with pytest.raises(ValueError, match="EXPLAIN_LEVEL_ALL"):
        client.predict(question(), explain="all")
    assert "Predict" not in fake.calls


def test_a_handle_fills_in_its_model(client, fake):
    """`client.model` gives the same handle each time, and its calls name the model."""
    handle = client.model("balance-v1")
    assert client.model("balance-v1") is handle
    handle.predict(question())
    handle.predict_batch([question()])
    handle.predict_future(question()).result(5)
    assert [sent.model for sent in fake.calls["Predict"]] == ["balance-v1"] * 2
    assert fake.last("PredictBatch").requests[0].model == "balance-v1"


async def test_the_awaitable_handle_does_too(client, fake):
    """`client.aio.model` is the same for asyncio."""
    handle = client.aio.model("balance-v1")
    assert client.aio.model("balance-v1") is handle
    await handle.predict(question())
    assert fake.last("Predict").model == "balance-v1"
    await client.aio.close()


async def test_every_call_of_the_proto_is_there(client, fake):
    """Each method of the service has a blocking and an awaitable form that reach it."""
    arguments = {"record_outcome": ("p-1", True), "predict_batch": ([question()],), "update_config": ()}
    names = ["list_models", "get_model", "load_model", "unload_model", "update_config", "record_outcome"]
    names += ["predict", "predict_batch", "validate_input", "get_runtime"]
    names += ["detect_drift", "ensemble", "list_versions", "rollback_model", "delete_model", "verify_model"]
    for name in names:
        given = arguments.get(name, (question(),) if name in {"predict", "validate_input"} else ())
        given = given or (("balance-v1",) if name.endswith(("_model", "_versions")) else ())
        keywords = {"threads": 3} if name == "update_config" else {}
        assert type(getattr(client, name)(*given, **keywords)) is type(
            await getattr(client.aio, name)(*given, **keywords)
        )
    methods = {"".join(part.capitalize() for part in name.split("_")) for name in names}
    assert methods <= set(fake.calls)
    declared = neural_pb2.DESCRIPTOR.services_by_name["Neural"].methods_by_name
    elsewhere = {"PredictStream", "Benchmark", "InstallModel", "DownloadModel"}
    assert elsewhere | methods == set(declared)
    await client.aio.close()


async def test_a_benchmark_is_yielded_as_it_runs(client):
    """Rounds, then the summary, in both forms."""
    kinds = [message.WhichOneof("message") for message in client.benchmark("balance-v1")]
    assert kinds == ["round", "summary"]
    assert [m.WhichOneof("message") async for m in client.aio.benchmark("balance-v1")] == kinds
    await client.aio.close()


def test_every_call_names_itself(client, fake):
    """Each call has a request id of its own in its metadata, each write one in its body."""
    for _ in range(2):
        client.get_runtime()
        client.load_model("balance-v1")
    ids = [sent["x-request-id"] for method in ("GetRuntime", "LoadModel") for sent in fake.metadata[method]]
    ids += [sent.request_id for sent in fake.calls["LoadModel"]]
    assert len(set(ids)) == 6 and all(ids)
    client.unload_model("balance-v1", request_id="mine")
    assert fake.last("UnloadModel").request_id == "mine"


def test_token_namespace_and_timeout_reach_the_server(address, fake):
    """What the client is opened with holds for its calls."""
    with Client(address, token="secret", namespace="team", timeout=7) as opened:
        opened.predict(question())
        opened.record_outcome("p-1", True)
        opened.get_model("balance-v1")
    assert fake.metadata["Predict"][-1]["authorization"] == "Bearer secret"
    assert fake.last("Predict").options.namespace == "team"
    assert fake.last("RecordOutcome").namespace == fake.last("GetModel").namespace == "team"
    assert 5 < fake.deadlines["Predict"][-1] < 8


def test_only_what_is_given_is_changed(client, fake):
    """The field mask names the given settings and no other."""
    changed = client.update_config(threads=4, kernels="v3").config
    assert list(fake.last("UpdateConfig").update_mask.paths) == ["threads", "kernels"]
    assert (changed.threads, changed.memory_max_bytes) == (4, 1 << 30)
