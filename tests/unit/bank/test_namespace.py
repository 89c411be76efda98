"""A namespace folds its entries, and forgets what is taken from it."""

import hashlib
from pathlib import Path

import pytest

from acumen.bank.bank import Bank
from acumen.bank.distilling.promotion import Evidence
from acumen.bank.invariants import violations
from acumen.bank.pattern import State
from acumen.proto.storage.v1.bank_pb2 import (
    KeptTrajectory,
    PatternsDeleted,
    PatternsTested,
    PatternTest,
    Purged,
    TrajectoriesKept,
    VerdictGiven,
)
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.proto.v1.verdict_pb2 import VERDICT_KIND_TRAJECTORY, Verdict
from tests.banks import fold, written

ANN = hashlib.sha256(b"ann").digest()


def verdict(ident: str, judged: str, score: float, subject: str = "") -> JournalEntry:
    message = Verdict(
        id=ident, kind=VERDICT_KIND_TRAJECTORY, trajectory_id=judged, score=score, subject=subject, rationale=ident
    )
    return JournalEntry(verdict_given=VerdictGiven(namespace="default", verdict=message))


def gain(ident: str, attempts: int, total: float) -> JournalEntry:
    test = PatternTest(id=ident, attempts=attempts, total=total, squares=total * total / attempts)
    return JournalEntry(patterns_tested=PatternsTested(namespace="default", tests=[test]))


def deleted(*ids: str) -> JournalEntry:
    return JournalEntry(patterns_deleted=PatternsDeleted(namespace="default", ids=ids))


def runs(*kept: KeptTrajectory) -> JournalEntry:
    return JournalEntry(trajectories_kept=TrajectoriesKept(namespace="default", trajectories=kept))


def test_a_pattern_that_gained_enough_is_active_at_the_revision_it_had(tmp_path: Path) -> None:
    """A promotion is not a write: who read the pattern may still replace it."""
    pending = written(Pattern(id="p", content="x", state=State.PENDING))
    bank = fold(tmp_path, pending, *(gain("p", 10, 9.0) for _ in range(5)))
    namespace = bank.namespace("")
    assert namespace.pattern("p").state is State.ACTIVE  # type: ignore[union-attr]
    assert namespace.records.revisions(["p"]) == {"p": 1} and namespace.tests == {} and violations(bank) == []


def test_what_a_deleted_pattern_had_gained_goes_with_it(tmp_path: Path) -> None:
    """One of the same id that comes later begins at nothing."""
    pending = written(Pattern(id="p", content="x", state=State.PENDING))
    bank = fold(tmp_path, pending, gain("p", 1, 0.1), deleted("p"), pending, gain("nobody", 1, 1.0))
    assert bank.namespace("").tests == {}
    fold(tmp_path, gain("p", 1, 0.1), bank=bank)
    assert bank.namespace("").tests == {"p": Evidence(attempts=1, total=0.1, squares=pytest.approx(0.01))}


def test_the_newest_verdict_says_how_a_trajectory_was_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropping an older one changes nothing; with the last one it is forgotten, as after a restart."""
    monkeypatch.setattr("acumen.bank.namespace.MOST_VERDICTS", 2)
    bank = fold(tmp_path, verdict("v1", "t", 0.2), verdict("v2", "t", 0.9), verdict("v3", "u", 0.5))
    assert bank.namespace("").judged == {"t": 0.9, "u": 0.5} and list(bank.namespace("").verdicts) == ["v2", "v3"]
    fold(tmp_path, verdict("v4", "w", 0.1), bank=bank)
    assert bank.namespace("").judged == {"u": 0.5, "w": 0.1}


def test_verdicts_come_newest_first_behind_the_one_asked_for(tmp_path: Path) -> None:
    """Pages join without a gap."""
    namespace = fold(tmp_path, *(verdict(f"v{i}", "t", 0.5) for i in range(5))).namespace("")
    assert [one.id for one in namespace.verdicts_before("")] == ["v4", "v3", "v2", "v1", "v0"]
    assert [one.id for one in namespace.verdicts_before("v3")] == ["v2", "v1", "v0"]
    assert list(namespace.verdicts_before("v0")) == []


def test_a_subject_owns_what_was_learned_from_its_trajectories(tmp_path: Path) -> None:
    """Also where others taught the same; not what names a trajectory that is not its own."""
    bank = owned(tmp_path)
    namespace = bank.namespace("")
    assert namespace.owned(ANN).ids == {"both", "own"} and namespace.owned(b"").ids == {"bobs", "both", "own"}
    fold(tmp_path, JournalEntry(purged=Purged(namespace="default", subject_sha256=ANN)), bank=bank)
    assert set(namespace.records.rows) == {"bobs"} and set(namespace.trajectories) == {"tb"}
    assert set(namespace.verdicts) == {"vb"} and namespace.judged == {"tb": 0.5} and violations(bank) == []


def test_purging_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    """No namespace comes into being by taking something out of it."""
    for digest in (ANN, b""):
        bank = fold(tmp_path, JournalEntry(purged=Purged(namespace="nowhere", subject_sha256=digest)))
        assert bank.namespaces == {}


def test_a_rewritten_pattern_keeps_its_place_in_life(tmp_path: Path) -> None:
    """State and links are carried over, so that what lost a merge is still restorable."""
    lost = Pattern(id="l", content="x", state=State.SUPERSEDED, superseded_by="w", contradicts=["c"])
    bank = fold(tmp_path, written(Pattern(id="w", content="x", supersedes=["l"]), lost))
    for ident in "wl":
        fresh = Pattern(id=ident, content="x and more", sources=["t"])
        bank.namespace("").keep_life(fresh)
        old = bank.namespace("").records.messages([ident])[0]
        assert (fresh.state, list(fresh.supersedes), fresh.superseded_by, list(fresh.contradicts)) == (
            old.state,
            list(old.supersedes),
            old.superseded_by,
            list(old.contradicts),
        )


def test_a_trajectory_of_an_id_that_is_there_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts by task follow; beyond the most that are kept the oldest goes."""
    monkeypatch.setattr("acumen.bank.namespace.MOST_TRAJECTORIES", 2)
    kept = [KeptTrajectory(id=i, task=task) for i, task in (("a", "x"), ("b", "x"), ("a", "y"), ("c", "y"))]
    bank = fold(tmp_path, *(runs(one) for one in kept))
    namespace = bank.namespace("")
    assert list(namespace.trajectories) == ["a", "c"] and namespace.attempts == {"text y": ["a", "c"]}
    assert violations(bank) == []


def owned(tmp_path: Path) -> Bank:
    return fold(
        tmp_path,
        runs(KeptTrajectory(id="ta", subject="ann"), KeptTrajectory(id="tb", subject="bob")),
        written(Pattern(id="own", content="x", subject="ann"), Pattern(id="both", content="x", sources=["tb", "ta"])),
        written(Pattern(id="bobs", content="x", sources=["tb", "elsewhere"])),
        verdict("va", "ta", 0.5, "ann"),
        verdict("vb", "tb", 0.5, "bob"),
    )
