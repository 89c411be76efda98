"""Calls are sent again only where that cannot do harm, and never past the deadline."""

import time
from datetime import timedelta

import grpc
import pytest
from fake_neural import serving, status

from acumen_client import Client, RetryPolicy, errors
from acumen_client.messages import (
    GetModelRequest,
    LoadMetrics,
    LoadModelRequest,
    PredictRequest,
    ServerLoad,
)
from acumen_client.retry import Trial, backoff_s, repeatable

QUESTION = LoadMetrics(servers=[ServerLoad(id="a")])
BUSY = status("UNAVAILABLE", "OVERLOADED", retry_ms=1)


def unavailable(delay_s=None):
    delay = None if delay_s is None else timedelta(seconds=delay_s)
    return errors.Unavailable("busy", code=grpc.StatusCode.UNAVAILABLE, retry_delay=delay, may_retry=True)


def trial(**given):
    return Trial(**{"policy": RetryPolicy(), "repeatable": True, "deadline_s": 10.0, "draw": lambda: 0.5} | given)


def test_reads_and_named_writes_are_repeatable():
    """A read is; a write is when it carries a request id; what is sent on a stream is not."""
    assert repeatable("Neural", "GetModel", GetModelRequest())
    assert repeatable("Neural", "Predict", PredictRequest())
    assert repeatable("Neural", "LoadModel", LoadModelRequest(request_id="r"))
    assert not repeatable("Neural", "LoadModel", LoadModelRequest())
    assert not repeatable("Neural", "PredictStream", PredictRequest())


def test_a_busy_server_is_asked_again(client, fake):
    """Two refusals that say 'later' are followed by the answer, under one request id."""
    fake.fail(BUSY, BUSY)
    assert client.predict(QUESTION).decision.model == "balance-v1"
    assert len({sent["x-request-id"] for sent in fake.metadata["Predict"]}) == 1
    assert len(fake.calls["Predict"]) == 3


async def test_every_form_retries_alike(client, fake):
    """Blocking, awaitable and future calls send as many attempts."""
    fake.fail(BUSY, BUSY)
    client.predict(QUESTION)
    fake.fail(BUSY, BUSY)
    await client.aio.predict(QUESTION)
    fake.fail(BUSY, BUSY)
    client.predict_future(QUESTION).result(5)
    assert len(fake.calls["Predict"]) == 9
    await client.aio.close()


def test_attempts_are_bounded(client, fake):
    """After the last attempt the refusal is raised."""
    fake.fail(*[BUSY] * 9)
    with pytest.raises(errors.Unavailable):
        client.predict(QUESTION)
    assert len(fake.calls["Predict"]) == RetryPolicy().attempts


def test_a_retried_write_keeps_its_request_id(client, fake):
    """The server can tell that it is the same write."""
    fake.fail(BUSY)
    client.load_model("balance-v1")
    first, second = fake.calls["LoadModel"]
    assert first.request_id == second.request_id != ""


@pytest.mark.parametrize("code", ["INVALID_ARGUMENT", "NOT_FOUND", "INTERNAL", "RESOURCE_EXHAUSTED"])
def test_what_waiting_does_not_help_is_not_retried(client, fake, code):
    """A refusal without a delay that is not UNAVAILABLE is final."""
    fake.fail(status(code, "X"))
    with pytest.raises(errors.AcumenError):
        client.predict(QUESTION)
    assert len(fake.calls["Predict"]) == 1


def test_a_server_can_forbid_retries(client, fake):
    """A negative pushback is final even for UNAVAILABLE."""
    fake.fail(BUSY, pushback="-1")
    with pytest.raises(errors.Unavailable):
        client.predict(QUESTION)
    assert len(fake.calls["Predict"]) == 1


def test_pushback_outweighs_retry_info(client, fake):
    """`grpc-retry-pushback-ms` is the delay that is obeyed."""
    fake.fail(status("UNAVAILABLE", "OVERLOADED", retry_ms=1), pushback="99000")
    with pytest.raises(errors.Unavailable) as caught:
        client.predict(QUESTION)
    assert caught.value.retry_delay == timedelta(seconds=99)
    assert len(fake.calls["Predict"]) == 1


def test_the_servers_delay_is_obeyed():
    """A stated delay replaces the client's own backoff."""
    assert trial().pause_s(unavailable(delay_s=3.0), now_s=0.0) == 3.0


def test_no_pause_reaches_past_the_deadline():
    """What would wait longer than there is time gives up at once."""
    assert trial(deadline_s=2.0).pause_s(unavailable(delay_s=3.0), now_s=0.0) is None
    assert trial(deadline_s=None).pause_s(unavailable(delay_s=3.0), now_s=0.0) == 3.0


def test_what_is_not_repeatable_is_not_repeated():
    """A write without a request id is sent once."""
    assert trial(repeatable=False).pause_s(unavailable(), now_s=0.0) is None


def test_backoff_doubles_to_a_limit_with_jitter():
    """Pauses double from the first to the longest, 20 % more or less."""
    policy = RetryPolicy(first_delay_s=1.0, longest_delay_s=4.0, jitter=0.2)
    assert [backoff_s(policy, attempt, 0.5) for attempt in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 4.0]
    assert (backoff_s(policy, 1, 0.0), backoff_s(policy, 1, 1.0)) == pytest.approx((0.8, 1.2))


def test_attempts_share_one_deadline():
    """Time spent on earlier attempts is gone."""
    started = trial(deadline_s=10.0)
    assert (started.left_s(4.0), started.left_s(12.0)) == (6.0, 0.0)


def test_calls_go_round_several_addresses(tmp_path):
    """Two workers get every other call, and a retry goes to the next one."""
    with serving(tmp_path, "a.sock") as (a, one), serving(tmp_path, "b.sock") as (b, two), Client(f"{one},{two}") as c:
        for _ in range(4):
            c.get_runtime()
        assert (len(a.calls["GetRuntime"]), len(b.calls["GetRuntime"])) == (2, 2)
        a.fail(BUSY)
        c.get_runtime()
        assert (len(a.calls["GetRuntime"]), len(b.calls["GetRuntime"])) == (3, 3)


def test_a_dead_worker_is_passed_over(tmp_path, address):
    """With one address dead and one alive, reads still succeed."""
    policy = RetryPolicy(first_delay_s=0.0)
    with Client(f"unix:{tmp_path / 'dead'},{address}", retry=policy) as half:
        began = time.monotonic()
        for _ in range(4):
            assert half.get_runtime().version == "0.1.0"
        assert time.monotonic() - began < 5
