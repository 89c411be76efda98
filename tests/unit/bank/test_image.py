"""A namespace in a snapshot is the namespace: it answers alike, goes on alike, and is refused where it is not whole."""

from pathlib import Path

import pytest

from acumen.bank.bank import Bank
from acumen.bank.image import frozen, load, sections
from acumen.bank.invariants import violations
from acumen.bank.retrieval import Retrieval
from acumen.bank.scoring import load as weights
from acumen.errors import SnapshotCorrupt
from acumen.proto.storage.v1.bank_pb2 import (
    KeptTrajectory,
    PatternsDeleted,
    PatternsTested,
    PatternsUsed,
    PatternTest,
    TrajectoriesKept,
    VerdictGiven,
)
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.proto.v1.verdict_pb2 import VERDICT_KIND_TRAJECTORY, Verdict
from tests.banks import embedded, fold, written


class Sections:
    """A snapshot in memory."""

    def __init__(self, bank: Bank) -> None:
        parts = [frozen(namespace) for _, namespace in sorted(bank.namespaces.items())]
        self.data = {one.name: bytes(one.data) for one in sections(parts)}

    def section(self, name: str) -> bytes:
        if name not in self.data:
            raise SnapshotCorrupt(name, "is missing")
        return self.data[name]


def history() -> list[JournalEntry]:
    shown = pb.ShownPattern(id="a", score=pb.RetrievalScore(similarity=0.9, lexical=0.1, reliability=0.5, recency=1))
    verdict = Verdict(id="v1", kind=VERDICT_KIND_TRAJECTORY, trajectory_id="t1", score=0.25)
    kept = [KeptTrajectory(id=i, task="open the door", task_id=task) for i, task in (("t1", ""), ("t2", "7"))]
    return [
        written(*(Pattern(id=i, context=f"use an index for query {i}", tags=[i]) for i in "abc")),
        written(Pattern(id="p", context="roll back", state=1)),
        written(Pattern(id="z", context="elsewhere"), namespace="other"),
        JournalEntry(patterns_deleted=PatternsDeleted(namespace="default", ids=["b"])),
        JournalEntry(patterns_used=PatternsUsed(namespace="default", shown=[shown], reward=1, time_ms=5)),
        JournalEntry(verdict_given=VerdictGiven(namespace="default", verdict=verdict)),
        JournalEntry(trajectories_kept=TrajectoriesKept(namespace="default", trajectories=kept)),
        JournalEntry(
            patterns_tested=PatternsTested(namespace="default", tests=[PatternTest(id="p", attempts=1, total=0.1)])
        ),
    ]


def again(bank: Bank, snapshot: Sections) -> Bank:
    other = fold(Path(bank.graphs.folder))
    other.namespaces = {one.name: one for one in load(snapshot, other._new)}
    return other


def answer(bank: Bank) -> bytes:
    request = pb.RetrieveRequest(text="use an index for query b", k=9, min_p_relevant=0)
    return Retrieval(embedded(), weights()).retrieve(bank.searchable(""), request, 9).SerializeToString()


def test_what_is_loaded_answers_and_goes_on_like_what_was_frozen(tmp_path: Path) -> None:
    """Patterns, statistics, weights, verdicts, trajectories and tests: a second image is the first, byte for byte."""
    bank = fold(tmp_path, *history())
    first = Sections(bank)
    other = again(bank, first)
    assert answer(other) == answer(bank) and Sections(other).data == first.data and violations(other) == []
    mine, theirs = bank.namespace(""), other.namespace("")
    assert (theirs.judged, theirs.attempts, theirs.tests) == (mine.judged, mine.attempts, mine.tests)
    more = [written(Pattern(id="b", context="use an index for query b")), *history()[4:]]
    assert Sections(fold(tmp_path, *more, bank=other)).data == Sections(fold(tmp_path, *more, bank=bank)).data
    assert answer(other) == answer(bank)


def test_what_is_frozen_does_not_change_any_more(tmp_path: Path) -> None:
    """Whatever is done to the bank while the copy is being written."""
    bank = fold(tmp_path, *history())
    parts = [frozen(namespace) for _, namespace in sorted(bank.namespaces.items())]
    before = Sections(bank).data
    fold(tmp_path, *history()[4:], written(Pattern(id="a", context="new")), bank=bank)
    bank.namespace("").purge(b"")
    assert {one.name: bytes(one.data) for one in sections(parts)} == before


def test_the_deleted_is_in_no_section(tmp_path: Path) -> None:
    """Its text and its id are gone from bodies, columns and both indexes."""
    data = b"".join(Sections(fold(tmp_path, *history())).data.values())
    assert b"query a" in data and b"query b" not in data


@pytest.mark.parametrize(
    "name", ["namespaces", "0.meta", "0.bodies", "0.bodies.sizes", "0.columns", "0.verdicts", "0.segments", "0.lexical"]
)
def test_sections_that_do_not_fit_are_refused(tmp_path: Path, name: str) -> None:
    """Missing, cut, foreign: the snapshot is corrupt, whatever its checksums say."""
    bank = fold(tmp_path, *history())
    for change in (None, b"\xff" * 9, Sections(bank).data["1.columns"]):
        snapshot = Sections(bank)
        snapshot.data.pop(name)
        if change is not None:
            snapshot.data[name] = change
        with pytest.raises(SnapshotCorrupt):
            again(bank, snapshot)


def test_rows_that_the_index_cannot_hold_are_refused(tmp_path: Path) -> None:
    """Scales that are no numbers are found before they are searched."""
    bank = fold(tmp_path, *history())
    snapshot = Sections(bank)
    segment = next(name for name in snapshot.data if name.startswith("0.segment.") and name.endswith(".scales"))
    other = Sections(fold(tmp_path, written(Pattern(id="n", context="x"))))
    snapshot.data[segment] = other.data["0.segment.0.codes"]
    with pytest.raises(SnapshotCorrupt):
        again(bank, snapshot)
