"""The bank's streams: nothing lost, nothing twice, whatever the connection does."""

import itertools

import grpc
import pytest
from fake_neural import status

from acumen_client import Client, RetryPolicy, errors
from acumen_client.bank.packing import CALL_MESSAGES, MESSAGE_BYTES, MESSAGE_PATTERNS
from acumen_client.messages import Pattern, Trajectory

NEVER_S = 1e9
BUSY = status("UNAVAILABLE", "DRAINING", retry_ms=1)


@pytest.fixture
def asked(fake):
    return fake.bank


def patterns(count):
    return (Pattern(id=f"{number:05}") for number in range(count))


def trajectories(count):
    return (Trajectory(task=f"task {number}", steps=[{"action": "a"}]) for number in range(count))


async def both(client, method, *arguments, **options):
    """Return what the blocking and the awaitable form yield."""
    blocking = list(getattr(client.bank, method)(*arguments, **options))
    awaited = [one async for one in getattr(client.aio.bank, method)(*arguments, **options)]
    await client.aio.close()
    return blocking, awaited


async def test_a_broken_export_goes_on_behind_the_last_id(client, asked):
    """Each pattern once, in order, through two lost connections."""
    asked.patterns = {one.id: one for one in patterns(6)}
    asked.break_after = [2, 1, 6, 3, 6]
    for heard in await both(client, "export", with_vectors=True):
        assert [one.id for message in heard for one in message.patterns] == [f"{n:05}" for n in range(6)]
    afters = [one.after_id for one in asked.calls["Export"]]
    assert afters == ["", "00001", "00002", "", "00002"]
    assert all(one.with_vectors for one in asked.calls["Export"])


async def test_a_broken_watch_goes_on_behind_the_last_revision(client, asked):
    """Every change once, heartbeats counting as heard."""
    asked.break_after = [2, 3, 6, 1, 6]
    for heard in await both(client, "watch_changes", after_revision=0):
        assert [one.revision for one in heard] == [1, 2, 3, 4, 5, 6]
    assert [one.after_revision for one in asked.calls["WatchChanges"]] == [0, 2, 5, 0, 1]


def test_without_a_revision_a_watch_starts_with_what_comes(client, asked):
    """The field is absent until something was heard."""
    asked.break_after = [0, 1]
    next(client.bank.watch_changes())
    assert [one.HasField("after_revision") for one in asked.calls["WatchChanges"]] == [False, False]


def test_a_stream_that_was_heard_is_taken_up_more_patiently(address, asked):
    """The first connection has the attempts of any call; what was heard once is worth more, and each message anew."""
    policy = RetryPolicy(attempts=2, resumptions=5, first_delay_s=0.0)
    with Client(address, retry=policy) as client:
        asked.fail(*[BUSY] * 9)
        with pytest.raises(errors.Unavailable):
            list(client.bank.watch_changes())
        assert len(asked.calls["WatchChanges"]) == 2
        asked.failures.clear()
        asked.break_after = [1, 0, 0, 0, 1, 0, 0, 0, 6]
        assert len(list(client.bank.watch_changes(after_revision=0))) == 6


async def test_what_waiting_does_not_help_ends_a_stream(client, asked):
    """A refusal is raised at once in both forms."""
    asked.fail(*[status("OUT_OF_RANGE", "REVISION_TOO_OLD")] * 2)
    with pytest.raises(errors.OutOfRange):
        list(client.bank.watch_changes(after_revision=1))
    with pytest.raises(errors.OutOfRange):
        [one async for one in client.aio.bank.watch_changes(after_revision=1)]
    assert len(asked.calls["WatchChanges"]) == 2
    await client.aio.close()


async def test_a_watch_that_is_closed_ends_the_call(client, asked):
    """The server notices, in both forms."""
    asked.endless = True
    heard = client.bank.watch_changes(after_revision=0)
    assert next(heard).revision == 1
    heard.close()
    awaited = client.aio.bank.watch_changes(after_revision=0)
    assert (await anext(awaited)).revision == 1
    await awaited.aclose()
    await client.aio.close()


async def test_an_import_is_packed(client, asked):
    """Messages of at most 256 patterns, a few a call, everything once and in order, for one-shot iterators too."""
    count = MESSAGE_PATTERNS * CALL_MESSAGES + 300
    written = client.bank.import_(patterns(count), request_id="mine")
    assert (written.patterns, written.revision) == (count, 19)
    calls = asked.calls["Import"]
    assert [[len(one.patterns) for one in call] for call in calls] == [[MESSAGE_PATTERNS] * CALL_MESSAGES, [256, 44]]
    assert [call[0].request_id for call in calls] == ["mine.0", "mine.1"]
    assert min(asked.deadlines["Import"]) > NEVER_S
    ids = [pattern.id for call in calls for message in call for pattern in message.patterns]
    assert ids == [one.id for one in patterns(count)]

    async def later():
        for one in patterns(300):
            yield one

    assert (await client.aio.bank.import_(later())).patterns == 300
    await client.aio.close()


def test_large_patterns_make_small_messages(client, asked):
    """No message is much larger than 1 MiB, and a pattern larger than that goes alone."""
    sizes = [400_000, 400_000, 400_000, 2_000_000, 10]
    client.bank.import_(Pattern(id=str(n), content="x" * size) for n, size in enumerate(sizes))
    counts = [[len(one.patterns) for one in call] for call in asked.calls["Import"]]
    assert counts == [[2, 1, 1, 1]] and MESSAGE_BYTES == 1 << 20


def test_nothing_to_import_is_asked_all_the_same(client, asked):
    """An empty import reaches the server, so that one that is not there is noticed."""
    assert client.bank.import_([]).patterns == 0
    assert asked.calls["Import"] == [[]]


async def test_a_busy_import_is_sent_again_under_its_number(client, asked):
    """The call that failed is repeated as it was; those before it are not."""
    asked.fail(BUSY)
    client.bank.import_(patterns(3), request_id="mine")
    first, second = asked.calls["Import"]
    assert first == second and first[0].request_id == "mine.0"
    asked.fail(BUSY)
    await client.aio.bank.import_(patterns(3), request_id="mine")
    assert asked.received == {("mine.0", 0): ["00000", "00001", "00002"]}
    await client.aio.close()


def test_an_iterator_that_fails_in_the_middle_raises_its_error(client, asked):
    """Calls that were complete before are written; the error is the iterator's own."""
    failing = itertools.chain(patterns(MESSAGE_PATTERNS * CALL_MESSAGES + 1), map(int, ["x"]))
    with pytest.raises(ValueError, match="invalid literal"):
        client.bank.import_(failing)
    assert len(asked.calls["Import"]) == 1


async def test_distilling_talks_both_ways(client, asked):
    """The start with its options, each trajectory, a receipt each, patterns and a report."""
    for heard in await both(client, "distill", [*trajectories(3)], min_support=3, dry_run=True, request_id="mine"):
        kinds = [one.WhichOneof("message") for one in heard]
        assert kinds == ["receipt"] * 3 + ["pattern", "report"]
        assert heard[-1].report.read == 3
    start = asked.calls["DistillMessages"][0].start
    assert (start.min_support, start.dry_run, start.request_id) == (3, True, "mine")


async def test_a_failing_source_of_trajectories_cancels_the_call(client):
    """What the iterator raises reaches the caller as it is, and the server hears no end that could be taken for one."""

    def failing():
        yield from trajectories(1)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        list(client.bank.distill(failing()))
    with pytest.raises(KeyError, match="mine"):
        [one async for one in client.aio.bank.distill(failing())]
    await client.aio.close()


async def test_what_is_no_trajectory_is_refused_here(client):
    """A pattern in the place of a trajectory is a `TypeError`, in both directions."""
    with pytest.raises(TypeError, match=r"acumen\.v1\.Pattern"):
        list(client.bank.distill([Pattern(id="p")]))
    with pytest.raises(TypeError, match=r"acumen\.v1\.Trajectory"):
        client.bank.import_([Trajectory(task="t")])
    with pytest.raises(TypeError, match=r"acumen\.v1\.Pattern"):
        [one async for one in client.aio.bank.distill([Pattern(id="p")])]
    await client.aio.close()


async def test_a_refused_distillation_says_why(client, asked):
    """The server's status reaches the caller, however many trajectories wait to be sent."""
    for _ in range(10):
        asked.fail(*[status("RESOURCE_EXHAUSTED", "LIMIT_EXCEEDED")] * 2)
        with pytest.raises(errors.ResourceExhausted):
            list(client.bank.distill(trajectories(200)))
        with pytest.raises(errors.ResourceExhausted):
            [one async for one in client.aio.bank.distill(trajectories(200))]
    await client.aio.close()


def test_a_distillation_is_not_sent_again_by_itself(client, asked):
    """A one-shot source cannot be read twice: the failure is the caller's to answer."""
    asked.fail(grpc.StatusCode.UNAVAILABLE)
    with pytest.raises(errors.Unreachable):
        list(client.bank.distill(trajectories(2)))
    assert len(asked.calls["Distill"]) == 1
