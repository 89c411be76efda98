"""Questions in, results out, a window at a time, nothing lost."""

import asyncio
import threading

import pytest
from fake_neural import status

from acumen_client import error_of, errors
from acumen_client.messages import LoadMetrics, ServerLoad


def questions(count, bad=()):
    return (LoadMetrics(servers=[ServerLoad(id="bad" if n in bad else f"s{n}")]) for n in range(count))


def numbers(results):
    return sorted(result.correlation_id for result in results)


async def both(client, make, **options):
    """Return what the blocking and what the awaitable stream yield."""
    blocking = await asyncio.to_thread(lambda: list(client.predict_stream(make(), **options)))
    awaited = [result async for result in client.aio.predict_stream(make(), **options)]
    await client.aio.close()
    return blocking, awaited


async def test_every_question_is_answered(client, fake):
    """Results carry the position of their question, and the start carries the options."""
    for results in await both(client, lambda: questions(200), model="balance-v1", max_in_flight=8):
        assert numbers(results) == list(range(200))
    start = fake.calls["PredictStreamMessages"][0].start
    assert (start.model, start.max_in_flight) == ("balance-v1", 8)


async def test_a_failing_item_does_not_end_the_stream(client):
    """Its result has the status, the others have answers."""
    for results in await both(client, lambda: questions(5, bad={2})):
        failed = [result for result in results if error_of(result.result)]
        assert numbers(results) == [0, 1, 2, 3, 4] and numbers(failed) == [2]


async def test_an_item_that_was_backed_off_is_sent_again(client, fake):
    """The answer comes later, and nobody has to do anything."""
    fake.backoff_first = True
    for results in await both(client, lambda: questions(5)):
        assert numbers(results) == [0, 1, 2, 3, 4]


async def test_no_question_ends_the_stream_at_once(client):
    """An empty iterator gives no results."""
    assert await both(client, lambda: questions(0)) == ([], [])


async def test_a_failing_iterator_is_the_callers_error(client):
    """What the iterator raises reaches the caller as it is."""

    def failing():
        yield from questions(1)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        list(client.predict_stream(failing()))
    with pytest.raises(KeyError, match="mine"):
        [result async for result in client.aio.predict_stream(failing())]
    await client.aio.close()


async def test_a_draining_server_ends_the_stream_with_an_error(client, fake):
    """Questions that were not answered are never silently lost."""
    fake.drain_after = 2
    with pytest.raises(errors.Unavailable) as caught:
        list(client.predict_stream(questions(100)))
    assert caught.value.reason == "DRAINING" and caught.value.may_retry and caught.value.request_id
    with pytest.raises(errors.Unavailable):
        [result async for result in client.aio.predict_stream(questions(100))]
    await client.aio.close()


async def test_a_refused_stream_says_why(client, fake):
    """The server's status reaches the caller, however many questions are waiting to be sent."""
    for _ in range(20):
        fake.fail(status("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED"), status("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED"))
        with pytest.raises(errors.ResourceExhausted):
            list(client.predict_stream(questions(100)))
        with pytest.raises(errors.ResourceExhausted):
            [result async for result in client.aio.predict_stream(questions(100))]
    await client.aio.close()


def test_questions_are_taken_a_window_ahead(client):
    """An endless iterator is read only as far as the window allows."""
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield next(questions(1))

    results = client.predict_stream(endless(), max_in_flight=4)
    for _ in range(10):
        next(results)
    assert len(taken) <= 10 + 4 + 1
    results.close()


def test_a_question_may_wait_for_an_answer(client, fake):
    """A caller who asks the next question after the last answer gets on, also when an item was backed off."""
    fake.backoff_first = True
    answered = threading.Semaphore(0)

    def one_by_one():
        for one in questions(3):
            yield one
            answered.acquire(timeout=5)

    seen = []
    for result in client.predict_stream(one_by_one()):
        seen.append(result.correlation_id)
        answered.release()
    assert seen == [0, 1, 2]


async def test_asynchronous_iterators_are_taken_too(client):
    """Questions may come from an `async` generator."""

    async def later():
        for one in questions(3):
            yield one

    assert numbers([result async for result in client.aio.predict_stream(later())]) == [0, 1, 2]
    await client.aio.close()


def test_a_stream_given_up_lets_go(client, fake):
    """Closing the iterator ends the call; the client goes on."""
    results = client.predict_stream(questions(1000), max_in_flight=1)
    next(results)
    results.close()
    assert client.get_runtime().version == "0.1.0"
