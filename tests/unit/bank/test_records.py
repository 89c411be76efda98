"""Records keep what was written, by rows that are given out once."""

import numpy as np
import pytest

from acumen.bank.convert import pattern
from acumen.bank.records import COLUMNS, Records
from acumen.proto.v1.pattern_pb2 import Pattern, PatternStatistics


def filled(*ids: str) -> Records:
    records = Records()
    for revision, pattern_id in enumerate(ids, 1):
        records.add(Pattern(id=pattern_id, content=f"lesson {pattern_id}", tags=["t", pattern_id], state=2), revision)
    return records


def test_a_row_is_never_given_out_again() -> None:
    """Removed and rewritten patterns leave their rows empty, and later ones get new rows."""
    records = filled("a", "b", "c")
    records.remove("b")
    assert [records.add(Pattern(id="a", content="new"), 4), records.add(Pattern(id="b", content="back"), 5)] == [3, 4]
    assert records.bodies[0] == records.bodies[1] == b""
    assert records.columns["live"].tolist() == [False, False, True, True, True]


def test_more_rows_than_were_made_room_for() -> None:
    """Columns grow past their first size and keep what they held."""
    records = filled(*(f"p{i:04}" for i in range(600)))
    assert records.revisions(["p0000", "p0599", "nobody"]) == {"p0000": 1, "p0599": 600}


def test_rewriting_keeps_statistics_unless_new_ones_are_given() -> None:
    """An outcome survives a Put that does not speak of outcomes, and gives way to one that does."""
    records = filled("a")
    records.use("a", 0.75, 1_000)
    row = records.add(Pattern(id="a", content="new"), 2)
    assert records.statistics(row).successes == 0.75 and records.statistics(row).failures == 0.25
    row = records.add(Pattern(id="a", statistics=PatternStatistics(successes=5)), 3)
    assert records.statistics(row).successes == 5 and records.statistics(row).selections == 0


def test_a_removed_pattern_leaves_nothing_in_its_columns() -> None:
    """Not its hashes, not its statistics: the row is as if it had never been used."""
    records = filled("a", "b")
    records.use("a", 1, 5)
    assert records.remove("a") == 0
    assert records.columns[0] == np.zeros((), COLUMNS) and records.bodies[0] == b""


def test_ids_come_in_order_whatever_was_removed_or_written_again() -> None:
    """Each id behind a given one comes once, in order; the given one need not be there."""
    records = filled("d", "b", "a", "c")
    assert list(records.after("")) == ["a", "b", "c", "d"]
    records.remove("c")
    assert list(records.after("b")) == ["d"] == list(records.after("c"))
    records.add(Pattern(id="c"), 5)
    records.add(Pattern(id="aa"), 6)
    assert list(records.after("a")) == ["aa", "b", "c", "d"]


def test_records_of_an_image_go_on_as_the_others_would_have() -> None:
    """Bodies and columns are all there is: what is made of them answers and grows alike."""
    first = filled("a", "b", "c")
    first.remove("b")
    first.use("c", 1.0, 9)
    again = Records.of(list(first.bodies), first.columns.copy())
    for records in (first, again):
        records.add(Pattern(id="d", tags=["t"]), 4)
    assert again.rows == first.rows and again.bodies == first.bodies
    assert again.columns.tobytes() == first.columns.tobytes()
    assert [again.message(row) for row in again.rows.values()] == [first.message(row) for row in first.rows.values()]
    assert [row for row in again.tags["t"] if again.columns["live"][row]] == [0, 2, 3]


def test_columns_of_another_length_or_kind_are_refused() -> None:
    """An image whose parts do not fit each other is no image."""
    records = filled("a", "b")
    for columns in (records.columns[:1], np.zeros(2, np.int64)):
        with pytest.raises(ValueError, match="2 bodies"):
            Records.of(list(records.bodies), columns)


def test_revising_keeps_the_vector_and_the_embedder() -> None:
    """What a value does not carry stays in the body."""
    records = Records()
    message = Pattern(id="a", content="x", embedder="caller:2")
    message.vector.floats.values.extend([1.0, 2.0])
    records.add(message, 1)
    records.revise(pattern(records.message(0)), 7)
    assert records.message(0).vector == message.vector and records.message(0).embedder == "caller:2"
    assert records.revisions(["a"]) == {"a": 7}
