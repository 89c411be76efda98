"""Patterns are tried on attempts that they were not learned from, and the order of attempts does not matter."""

from acumen.bank.distillation import cross_tried, distilled, messages, tried
from acumen.bank.distilling.distiller import Accepted, Distiller
from acumen.bank.distilling.promotion import Evidence
from acumen.bank.distilling.record import Record
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.trajectory import Outcome, Step, Trajectory

SETTINGS = DistillSettings()


def attempt(number: int) -> Trajectory:
    good = number % 2 == 0
    names = ("find", "check", "book") if good else ("find", "book", "cancel")
    steps = tuple(Step(action=name, arguments=f'{{"id": {number}}}', observation="ok") for name in names)
    outcome = Outcome.SUCCESS if good else Outcome.FAILURE
    return Trajectory(
        id=f"t{number:02}", task=f"book flight {number}", task_id=f"k{number // 2}", steps=steps, outcome=outcome
    )


ATTEMPTS = [attempt(number) for number in range(24)]
LATER = [attempt(number) for number in range(24, 48)]


def records() -> list[Record]:
    taken = [Distiller().add(one) for one in ATTEMPTS]
    return [one.record for one in taken if isinstance(one, Accepted)]


def test_the_order_of_attempts_does_not_matter() -> None:
    """The same patterns with the same sources, whichever came first."""
    found = distilled(records(), SETTINGS)
    assert found and found == distilled(reversed(records()), SETTINGS)
    assert {source for one in found for source in one.sources} <= {one.id for one in ATTEMPTS}


def test_without_earlier_attempts_nothing_is_gained() -> None:
    """There is no usual next act to do better than."""
    found = distilled(records(), SETTINGS)
    assert tried(found, ATTEMPTS, []) == {} and cross_tried(found, ATTEMPTS, [], SETTINGS) == {}
    assert tried([], ATTEMPTS, records()) == {}


def test_what_is_gained_adds_up_over_attempts() -> None:
    """Trying on two halves and adding is trying on both; on what a pattern was learned from it gains nothing."""
    found, known = distilled(records(), SETTINGS), records()
    whole = tried(found, LATER, known)
    first, second = tried(found, LATER[:12], known), tried(found, LATER[12:], known)
    assert whole and tried(found, ATTEMPTS, known) == {}
    for ident, gained in whole.items():
        both = first.get(ident, Evidence()) + second.get(ident, Evidence())
        assert both.attempts == gained.attempts > 0 and abs(both.total - gained.total) < 1e-9


def test_held_out_attempts_are_fewer_than_all() -> None:
    """Each half is tried on the other, so no attempt counts twice for a pattern."""
    found = distilled(records(), SETTINGS)
    gained = cross_tried(found, ATTEMPTS, records(), SETTINGS)
    assert gained and all(0 < one.attempts <= len(ATTEMPTS) / 2 for one in gained.values())
    assert set(gained) <= {one.id for one in found}


def test_what_is_journalled_is_in_order_and_complete() -> None:
    """By id, with all three numbers."""
    tests = {"b": Evidence(attempts=2, total=0.5, squares=0.25), "a": Evidence(attempts=1, total=-0.5, squares=0.25)}
    told = [(one.id, one.attempts, one.total, one.squares) for one in messages(tests)]
    assert told == [("a", 1, -0.5, 0.25), ("b", 2, 0.5, 0.25)]
