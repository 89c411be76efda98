"""The bank's unary calls and lists: every method, in every form, sends what its arguments say."""

from datetime import timedelta

import pytest
from fake_calls import Remembering
from fake_neural import status

from acumen_client import Client, errors
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.messages import COMPRESSION_TIER_BINARY, Pattern, PatternFilter, Trajectory, Vector

TRAJECTORY = Trajectory(task="fix the build", steps=[{"action": "run"}])
NEVER_S = 1e9
BUSY = status("UNAVAILABLE", "OVERLOADED", retry_ms=1)
UNARY = {
    "Retrieve": ("x",),
    "Judge": ("response",),
    "JudgePair": ("first", "second"),
    "JudgeTrajectory": (TRAJECTORY,),
    "RunPipeline": ("query",),
    "RecordOutcome": (["p-1"], "success"),
    "PutPatterns": ([Pattern(title="t")],),
    "GetPattern": ("p-1",),
    "DeletePatterns": (["p-1"],),
    "Purge": (),
    "Unmerge": ("p-1",),
    "CreateSnapshot": (),
    "ListSnapshots": (),
    "VerifySnapshot": ("s-1",),
    "RestoreSnapshot": ("s-1",),
    "DeleteSnapshot": ("s-1",),
    "GetStats": (),
}
KEYWORDS = {"Purge": {"subject": "ann"}}
LISTS = {"ListPatterns", "ListVerdicts"}
STREAMS = {"Distill", "Consolidate", "Reembed", "Export", "Import", "DownloadSnapshot", "UploadSnapshot"}
READS = {"Retrieve", "GetPattern", "ListSnapshots", "VerifySnapshot", "GetStats"}
WITHOUT_ID = READS | {"CreateSnapshot", "DeleteSnapshot"}
FUTURES = {
    "Retrieve",
    "Judge",
    "JudgePair",
    "JudgeTrajectory",
    "RunPipeline",
    "RecordOutcome",
    "PutPatterns",
    "GetPattern",
}


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def ask(bank, name, **keywords):
    return getattr(bank, snake(name))(*UNARY[name], **KEYWORDS.get(name, {}), **keywords)


@pytest.fixture
def bank(client):
    return client.bank


@pytest.fixture
def asked(fake) -> Remembering:
    return fake.bank


def test_every_method_of_the_proto_is_in_a_table():
    """A new method has to be given its tests here."""
    declared = set(pb.DESCRIPTOR.services_by_name["ReasoningBank"].methods_by_name)
    assert declared == set(UNARY) | LISTS | STREAMS | {"WatchChanges"}


@pytest.mark.parametrize("method", sorted(UNARY))
async def test_every_form_sends_the_same_and_hears_the_same(client, asked, method):
    """Blocking, awaited and, where an agent's loop calls it, as a future: one request, one answer."""
    patterns = dict(asked.patterns)
    heard = [ask(client.bank, method, timeout=9)]
    asked.patterns = dict(patterns)
    heard.append(await ask(client.aio.bank, method, timeout=9))
    asked.patterns = dict(patterns)
    if method in FUTURES:
        future = getattr(client.bank, f"{snake(method)}_future")
        heard.append(future(*UNARY[method], timeout=9).result(5))
    sent = [type(one).FromString(one.SerializeToString()) for one in asked.calls[method]]
    for one in sent if method not in WITHOUT_ID else ():
        assert one.request_id
        one.ClearField("request_id")
    assert heard.count(heard[0]) == sent.count(sent[0]) == len(heard)
    assert all(8 < left < 10 for left in asked.deadlines[method])
    await client.aio.close()


@pytest.mark.parametrize("method", sorted(UNARY))
def test_what_may_be_repeated_is_retried(bank, asked, method):
    """Reads and writes with an id are asked again, under one id; what has none is asked once."""
    asked.fail(BUSY)
    if method in WITHOUT_ID - READS:
        with pytest.raises(errors.Unavailable):
            ask(bank, method)
        return
    ask(bank, method)
    first, second = asked.calls[method]
    assert first == second


@pytest.mark.parametrize("method", sorted(set(UNARY) - WITHOUT_ID))
def test_a_write_has_the_id_it_is_given(bank, asked, method):
    """`request_id` reaches the server as it is; without one, each write has its own."""
    ask(bank, method, request_id="mine")
    asked.patterns = dict.fromkeys(["p-1"], Pattern(id="p-1"))
    ask(bank, method)
    assert [one.request_id == "mine" for one in asked.calls[method]] == [True, False]


def test_the_namespace_is_the_clients(address, asked):
    """Everything that has a namespace is sent the client's."""
    with Client(address, namespace="team") as client:
        for name in UNARY:
            ask(client.bank, name)
            asked.patterns = {"p-1": Pattern(id="p-1")}
        list(client.bank.list_patterns())
        list(client.bank.list_verdicts())
        list(client.bank.export())
        list(client.bank.consolidate())
        list(client.bank.reembed())
        list(client.bank.watch_changes())
        client.bank.import_([Pattern(id="x")])
        list(client.bank.distill([TRAJECTORY]))
    sent = [one[-1][0] if isinstance(one[-1], list) else one[-1] for one in asked.calls.values()]
    names = [one.namespace for one in sent if one is not None and "namespace" in one.DESCRIPTOR.fields_by_name]
    assert set(names) == {"team"} and len(names) > 15
    assert asked.calls["DistillMessages"][0].start.namespace == "team"


def test_a_refusal_is_a_typed_error(bank, asked):
    """The bank's reasons are raised as their classes."""
    asked.fail(status("ALREADY_EXISTS", "PATTERN_EXISTS"))
    with pytest.raises(errors.AlreadyExists) as caught:
        bank.put_patterns([Pattern(id="p-1")], create_only=True)
    assert caught.value.reason == "PATTERN_EXISTS" and not caught.value.may_retry


def test_a_query_is_text_or_a_vector(bank, asked):
    """Words, components, and a vector message as it is."""
    bank.retrieve("words", k=3, min_p_relevant=0.0, relevance_weight=0.75, min_revision=4)
    bank.retrieve([0.5, 1.0])
    bank.retrieve(Vector(f32=bytes(8)), filter=PatternFilter(tags=["t"]))
    text, floats, raw = asked.calls["Retrieve"]
    assert (text.text, text.k, text.relevance_weight, text.min_revision) == ("words", 3, 0.75, 4)
    assert text.HasField("min_p_relevant") and not floats.HasField("min_p_relevant")
    assert list(floats.vector.floats.values) == [0.5, 1.0]
    assert (raw.vector.f32, list(raw.filter.tags)) == (bytes(8), ["t"])


def test_what_was_retrieved_can_be_said_to_have_helped(bank, asked):
    """Results of `retrieve` carry their scores along; ids alone do not; a reward takes the outcome's place."""
    found = bank.retrieve("x").results
    bank.record_outcome([*found, "p-2"], reward=0.5)
    bank.record_outcome(["p-2"], "failure")
    graded, plain = asked.calls["RecordOutcome"]
    assert [one.id for one in graded.shown] == ["p-1", "p-2"]
    assert graded.shown[0].score == found[0].score and not graded.shown[1].HasField("score")
    assert (graded.reward, graded.outcome, plain.outcome, plain.HasField("reward")) == (0.5, 0, 2, False)


def test_judging_sends_all_it_is_given(bank, asked):
    """Task, reference, criteria, trajectory, grounding, subject."""
    given = {"task": "t", "reference": "r", "criteria": {"clarity": 2.0}, "subject": "ann"}
    bank.judge("response", **given, trajectory=TRAJECTORY, grounding_k=3)
    bank.judge_pair("a", "b", **given)
    for sent in (asked.last("Judge"), asked.last("JudgePair")):
        assert (sent.task, sent.reference, dict(sent.criteria), sent.subject) == ("t", "r", {"clarity": 2.0}, "ann")
    assert (asked.last("Judge").trajectory, asked.last("Judge").grounding_k) == (TRAJECTORY, 3)
    assert (asked.last("JudgePair").first, asked.last("JudgePair").second) == ("a", "b")


def test_purge_is_of_one_thing(bank, asked):
    """Neither nothing nor both: refused here; each alone is sent."""
    for wrong in ({}, {"subject": "ann", "everything": True}):
        with pytest.raises(ValueError, match="either"):
            bank.purge(**wrong)
    bank.purge(everything=True)
    assert asked.last("Purge").WhichOneof("scope") == "everything"


async def test_lists_turn_their_pages(client, asked):
    """Every item of every page in order, a page asked for only when it is needed, with the options on each."""
    found = client.bank.list_patterns(filter=PatternFilter(tags=["tests"]), page_size=1, min_revision=3)
    assert next(found).id == "p-1" and len(asked.calls["ListPatterns"]) == 1
    assert [one.id for one in found] == ["p-2"]
    assert [one.page_token for one in asked.calls["ListPatterns"]] == ["", "p-1"]
    assert {(one.page_size, one.min_revision, *one.filter.tags) for one in asked.calls["ListPatterns"]} == {
        (1, 3, "tests")
    }
    assert [one.id for one in client.bank.list_verdicts(kind="pair")] == ["v-0", "v-1", "v-2"]
    assert {one.kind for one in asked.calls["ListVerdicts"]} == {2}
    assert [one.id async for one in client.aio.bank.list_patterns()] == ["p-1", "p-2"]
    assert len([one async for one in client.aio.bank.list_verdicts()]) == 3
    await client.aio.close()


def test_a_page_is_retried(bank, asked):
    """A busy server in the middle of a list is asked for the same page again."""
    found = bank.list_patterns()
    next(found)
    asked.fail(BUSY)
    assert [one.id for one in found] == ["p-2"]


async def test_long_work_is_told_as_it_goes(client, asked):
    """Steps, progress and the report in both forms, with the options, and no deadline unless one is given."""
    options = {"dry_run": True, "tier": "binary", "recall_floor": 0.9, "half_life": timedelta(days=3)}
    kinds = [one.WhichOneof("message") for one in client.bank.consolidate(**options)]
    assert kinds == ["progress", "step", "step", "report"]
    assert [one.WhichOneof("message") async for one in client.aio.bank.consolidate(**options)] == kinds
    sent = asked.last("Consolidate")
    assert (sent.dry_run, sent.tier, sent.recall_floor, sent.half_life.seconds) == (
        True,
        COMPRESSION_TIER_BINARY,
        0.9,
        259200,
    )
    assert min(asked.deadlines["Consolidate"]) > NEVER_S
    assert [one.progress.done for one in client.bank.reembed(timeout=5)] == [1, 2]
    assert [one.revision async for one in client.aio.bank.reembed()] == [0, 18]
    assert asked.deadlines["Reembed"][0] < 6
    await client.aio.close()
