"""What a journalled step does follows from the state it meets."""

from acumen.bank.effects import changes, in_order, unmerged
from acumen.bank.pattern import Pattern, State, Statistics
from acumen.proto.v1 import reasoning_bank_pb2 as pb

EXPIRE = pb.CONSOLIDATE_ACTION_EXPIRE
MERGE = pb.CONSOLIDATE_ACTION_MERGE
DECAY = pb.CONSOLIDATE_ACTION_DECAY
CONTRADICT = pb.CONSOLIDATE_ACTION_CONTRADICT


def step(action: pb.ConsolidateAction, other: str, kept: str = "") -> pb.ConsolidateStep:
    return pb.ConsolidateStep(action=action, kept_id=kept, other_id=other)


def bank(*patterns: Pattern) -> dict[str, Pattern]:
    return {one.id: one for one in patterns}


def test_a_step_about_what_is_gone_does_nothing() -> None:
    """Nor does a merge whose loser has lost already."""
    lost = Pattern(id="b", state=State.SUPERSEDED, superseded_by="c")
    find = bank(Pattern(id="a"), lost).get
    for action in (EXPIRE, MERGE, DECAY, CONTRADICT):
        assert changes(step(action, "nobody", "a"), find, 0) == ()
    assert changes(step(MERGE, "b", "a"), find, 0) == () == changes(step(MERGE, "a", "nobody"), find, 0)


def test_expiry_brings_back_what_was_superseded_and_is_in_time() -> None:
    """One past its own time stays lost, and so does one that lost to another since."""
    gone = Pattern(id="w", supersedes=("fresh", "late", "other", "missing"))
    lost = [
        Pattern(id=i, state=State.SUPERSEDED, superseded_by=to, expires_ms=until)
        for i, to, until in (("fresh", "w", 11), ("late", "w", 10), ("other", "x", 0))
    ]
    first, back = changes(step(EXPIRE, "w"), bank(gone, *lost).get, 10)
    assert first.after is None and back.before.id == "fresh"
    assert back.after is not None and (back.after.state, back.after.superseded_by) == (State.ACTIVE, "")


def test_later_steps_start_from_what_earlier_ones_left() -> None:
    """A chain of merges adds up, and a step on what an earlier one removed is left out."""
    patterns = bank(*(Pattern(id=i, statistics=Statistics(successes=n)) for n, i in enumerate("abc", 1)))
    steps = [step(MERGE, "b", "a"), step(MERGE, "c", "a"), step(EXPIRE, "a"), step(DECAY, "a")]
    found = in_order(steps, patterns.get, 5)
    assert [one for one, _ in found] == steps[:3]
    second, third = found[1][1], found[2][1]
    assert second[0].after is not None and second[0].after.statistics.successes == 6
    assert [one.before.id for one in third] == ["a", "b", "c"]


def test_undoing_a_merge_takes_the_losers_share_from_the_winner() -> None:
    """Outcomes are taken apart and never below zero; without the winner the loser comes back alone."""
    winner = Pattern(id="w", supersedes=("b", "l"), statistics=Statistics(successes=5, failures=1, selections=6))
    loser = Pattern(
        id="l", state=State.SUPERSEDED, superseded_by="w", statistics=Statistics(successes=2, failures=3, selections=5)
    )
    back, kept = unmerged(loser, bank(winner).get)
    assert kept.statistics == Statistics(successes=3, failures=0, selections=1) and kept.supersedes == ("b",)
    assert (back.state, back.superseded_by, back.statistics) == (State.ACTIVE, "", loser.statistics)
    assert unmerged(loser, bank().get) == (back,)


def test_undoing_a_merge_takes_from_the_winner_what_the_loser_alone_came_of() -> None:
    """Its own sources and owners stay, also those it shares with the loser, and so do those of its other losers."""
    patterns = bank(
        Pattern(id="w", sources=("t1", "t2"), owners=(b"1" * 8,)),
        Pattern(id="a", sources=("t2", "t3", "t4"), owners=(b"1" * 8, b"2" * 8)),
        Pattern(id="b", sources=("t4", "t5"), owners=(b"3" * 8,)),
    )
    before = dict(patterns)
    for lost in "ab":
        for one in changes(step(MERGE, lost, "w"), patterns.get, 0):
            assert one.after is not None
            patterns[one.after.id] = one.after
    whole = patterns["w"]
    assert (whole.sources, whole.own_sources) == (("t1", "t2", "t3", "t4", "t5"), ("t1", "t2"))
    assert (len(whole.owners), whole.own_owners) == (3, (b"1" * 8,))
    patterns |= {one.id: one for one in unmerged(patterns["a"], patterns.get)}
    assert (patterns["w"].sources, patterns["w"].owners) == (("t1", "t2", "t4", "t5"), (b"1" * 8, b"3" * 8))
    patterns |= {one.id: one for one in unmerged(patterns["b"], patterns.get)}
    assert patterns == before


def test_undoing_a_merge_reaches_whoever_won_since() -> None:
    """A winner that lost in turn has handed on what it had taken over; both give it back."""
    counts = {"a": 1, "b": 2, "c": 4}
    patterns = bank(*(Pattern(id=i, sources=(f"t{i}",), statistics=Statistics(successes=n)) for i, n in counts.items()))
    for lost, kept in ("ab", "bc"):
        for one in changes(step(MERGE, lost, kept), patterns.get, 0):
            assert one.after is not None
            patterns[one.after.id] = one.after
    patterns |= {one.id: one for one in unmerged(patterns["a"], patterns.get)}
    assert [patterns[i].statistics.successes for i in "abc"] == [1, 2, 6]
    assert [patterns[i].sources for i in "abc"] == [("ta",), ("tb",), ("tc", "tb")]
    assert patterns["b"].superseded_by == "c" and patterns["c"].supersedes == ("b",)
