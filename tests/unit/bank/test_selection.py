"""A filter lets through exactly the patterns that its words say, and nothing of another namespace."""

from itertools import count
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.bank.bank import Bank
from acumen.bank.convert import pattern, timestamp
from acumen.bank.pattern import Pattern, State
from acumen.bank.retrieval import Retrieval
from acumen.bank.scoring import load
from acumen.bank.selection import allowed, listed
from acumen.proto.storage.v1.bank_pb2 import PatternsDeleted
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern as Message
from acumen.proto.v1.pattern_pb2 import PatternFilter, PatternStatistics
from tests.banks import embedded, fold, written

NOW = 1_800_000_000_000
DAY = 24 * 3600 * 1000
WORDS = ("retry the upload", "use an index", "roll back", "ask first", "never retry a payment")

messages = st.builds(
    lambda ident, text, tags, polarity, state, subject, age, expires, wins, losses: Message(
        id=ident,
        context=text,
        tags=sorted(tags),
        polarity=polarity,
        state=state,
        superseded_by="w" if state == State.SUPERSEDED else "",
        subject=subject,
        create_time=timestamp(NOW - age),
        expire_time=timestamp(NOW + expires) if expires is not None else None,
        statistics=PatternStatistics(successes=wins, failures=losses),
    ),
    st.sampled_from([f"p{i}" for i in range(12)]),
    st.sampled_from(WORDS),
    st.sets(st.sampled_from("abc")),
    st.sampled_from([1, 2]),
    st.sampled_from([int(State.ACTIVE), *map(int, State)]),
    st.sampled_from(["", "ann", "bob"]),
    st.sampled_from([0, 1, DAY, 3 * DAY]),
    st.sampled_from([None, None, -1, 0, 1, DAY]),
    st.sampled_from([0.0, 0.5, 3.0]),
    st.sampled_from([0.0, 1.0, 2.5]),
)
filters = st.builds(
    lambda tags, polarity, states, age, rate, subject: PatternFilter(
        tags=sorted(tags),
        polarity=polarity,
        states=sorted(states),
        max_age=Duration(seconds=age // 1000) if age is not None else None,
        min_success_rate=rate,
        subject=subject,
    ),
    st.sets(st.sampled_from("abc"), max_size=2),
    st.sampled_from([0, 0, 1, 2]),
    st.sets(st.sampled_from(list(map(int, State)))),
    st.sampled_from([None, None, 0, DAY, 2 * DAY]),
    st.sampled_from([0.0, 0.0, 0.25, 0.5, 0.8]),
    st.sampled_from(["", "", "ann", "bob"]),
)
contents = st.lists(messages, max_size=16)
removals = st.sets(st.sampled_from([f"p{i}" for i in range(12)]), max_size=4)


def wanted(value: Pattern, by: PatternFilter) -> bool:
    """What the contract says of a filter, word for word."""
    return (
        set(by.tags) <= set(value.tags)
        and by.polarity in (0, value.polarity)
        and value.state in (list(by.states) or [State.ACTIVE])
        and (not by.HasField("max_age") or NOW - value.created_ms <= by.max_age.ToMilliseconds())
        and value.statistics.success_rate >= by.min_success_rate
        and by.subject in ("", value.subject)
        and not 0 < value.expires_ms <= NOW
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graphs")


def bank_of(folder: Path, here: list[Message], there: list[Message], gone: set[str]) -> Bank:
    entries = [
        written(message, namespace=name) for name, some in (("here", here), ("there", there)) for message in some
    ]
    deleted = JournalEntry(patterns_deleted=PatternsDeleted(namespace="here", ids=sorted(gone)))
    return fold(folder, *entries, deleted)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    here=contents, there=contents, gone=st.sets(st.sampled_from([f"p{i}" for i in range(12)]), max_size=4), by=filters
)
def test_what_is_found_is_what_a_predicate_lets_through(
    folder: Path, here: list[Message], there: list[Message], gone: set[str], by: PatternFilter
) -> None:
    """Retrieve and List return what a brute-force predicate lets through of the namespace: all of it, nothing else."""
    namespace = bank_of(folder, here, there, gone).namespace("here")
    kept = {message.id: message for message in here if message.id not in gone}
    expected = sorted(i for i, message in kept.items() if wanted(pattern(message), by))
    assert [message.id for message in listed(namespace, by, "", NOW)] == expected
    request = pb.RetrieveRequest(text="retry the upload", k=100, filter=by, min_p_relevant=0)
    found = Retrieval(embedded(), load()).retrieve(namespace, request, NOW).results
    assert sorted(one.pattern.id for one in found) == expected
    assert all(one.pattern.context == kept[one.pattern.id].context for one in found)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(here=contents, by=filters, k=st.integers(1, 8))
def test_k_results_wherever_k_patterns_are_let_through(
    folder: Path, here: list[Message], by: PatternFilter, k: int
) -> None:
    """A filter makes results rarer only where there are no more; why there are fewer than k is then said."""
    namespace = bank_of(folder, here, [], set()).namespace("here")
    there = sum(wanted(pattern(message), by) for message in {m.id: m for m in here}.values())
    request = pb.RetrieveRequest(text="never use a payment", k=k, filter=by, min_p_relevant=0)
    response = Retrieval(embedded(), load()).retrieve(namespace, request, NOW)
    assert len(response.results) == min(k, there)
    assert bool(response.reason) == (there < k) and response.abstained == (there == 0)


def test_a_bank_of_active_patterns_that_never_expire_needs_no_mask(folder: Path) -> None:
    """The common case costs nothing: no filter, no mask."""
    numbers = count()
    bank = fold(folder, *(written(Message(id=f"p{next(numbers)}", context=text)) for text in WORDS))
    assert allowed(bank.namespace("default"), PatternFilter(), NOW) is None


def test_pages_neither_repeat_nor_skip_what_stays(folder: Path) -> None:
    """Listing on from the last id of a page goes on there, though patterns come and go in between."""
    bank = fold(folder, *(written(Message(id=i, context="x")) for i in "acegi"))
    first = [message.id for message, _ in zip(listed(bank.namespace(""), PatternFilter(), "", NOW), "12", strict=False)]
    entries = [written(Message(id="b", context="x")), written(Message(id="f", context="x"))]
    deleted = JournalEntry(patterns_deleted=PatternsDeleted(namespace="default", ids=["c", "g"]))
    fold(folder, *entries, deleted, bank=bank)
    rest = [message.id for message in listed(bank.namespace(""), PatternFilter(), first[-1], NOW)]
    assert first == ["a", "c"] and rest == ["e", "f", "i"]
