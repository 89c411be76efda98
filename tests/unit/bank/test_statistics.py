"""Counts are of what is there, and bytes of what holds it."""

from pathlib import Path

from acumen.bank.statistics import resident_bytes, statistics
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory, PatternsDeleted, PatternsUsed, TrajectoriesKept
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from tests.banks import embedded, fold, written


def test_an_empty_bank_counts_nothing(tmp_path: Path) -> None:
    """Its weights are those that are shipped."""
    stats = statistics(fold(tmp_path), "")
    assert list(stats.namespaces) == [] and not stats.patterns_by_state and stats.terms == stats.outcomes == 0
    assert dict(stats.weights) == dict(stats.shipped_weights)


def test_patterns_count_in_their_state_and_namespace(tmp_path: Path) -> None:
    """Deleted and rewritten ones count once or not at all; segments say how many of their rows are live."""
    some = [Pattern(id=f"p{i}", content=f"lesson {i}", state=1 + i % 2) for i in range(7)]
    bank = fold(
        tmp_path,
        written(*some),
        written(*some[:2]),
        written(Pattern(id="elsewhere", content="x"), namespace="other"),
        JournalEntry(patterns_deleted=PatternsDeleted(namespace="default", ids=["p2"])),
        JournalEntry(patterns_used=PatternsUsed(namespace="default", shown=[pb.ShownPattern(id="p1")], reward=1)),
        JournalEntry(trajectories_kept=TrajectoriesKept(namespace="default", trajectories=[KeptTrajectory(id="t")])),
    )
    stats = statistics(bank, "default")
    assert list(stats.namespaces) == ["default", "other"] and dict(stats.patterns_by_state) == {
        "active": 3,
        "pending": 3,
    }
    assert (stats.outcomes, stats.trajectories, stats.verdicts) == (1, 1, 0)
    assert sum(one.live_rows for one in stats.segments) == 6 and stats.embedder == embedded().identity.id


def test_bytes_grow_with_what_is_held(tmp_path: Path) -> None:
    """Each part by itself; a text of a thousand characters takes a thousand more."""
    bank = fold(tmp_path, written(Pattern(id="a", content="x")))
    before = resident_bytes(bank.namespace(""))
    fold(tmp_path, written(Pattern(id="b", content="y" * 1000)), bank=bank)
    after = resident_bytes(bank.namespace(""))
    assert set(after) == {"vectors", "terms", "texts", "columns"} and 1000 <= after["texts"] - before["texts"] < 1100
    assert after["vectors"] >= before["vectors"] > 0 and after["columns"] > before["columns"]
