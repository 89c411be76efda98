"""What is kept of a trajectory is what Judge and Distill need, and nothing of its text besides."""

from acumen.bank.distilling.distiller import Accepted, Distiller
from acumen.bank.judging.summary import summarise
from acumen.bank.keeping import kept, record, same_task, summary, task_key
from acumen.bank.trajectory import Outcome, Step, Trajectory


def attempt(task: str = "book flight 417 for ann@example.org", task_id: str = "") -> Trajectory:
    steps = (
        Step(action="search_flights", arguments='{"date": "2026-11-22"}', observation="3 flights, seat 12A"),
        Step(action="book", arguments='{"flight": 417}', observation="done", thought="the marzipan one"),
    )
    return Trajectory(id="t", task=task, task_id=task_id, steps=steps, outcome=Outcome.SUCCESS, subject="ann")


def message_of(value: Trajectory) -> tuple[object, object]:
    taken = Distiller().add(value)
    assert isinstance(taken, Accepted)
    return taken.record, kept(taken.record, value)


def test_a_record_and_a_summary_come_back_as_they_were() -> None:
    """What is read from a snapshot teaches and compares like what was just taken in."""
    value = attempt()
    made, message = message_of(value)
    assert record(message) == made and summary(message) == summarise(value)  # type: ignore[arg-type]


def test_nothing_of_the_text_is_kept() -> None:
    """Neither thoughts nor values of arguments nor addresses."""
    _, message = message_of(attempt())
    data = message.SerializeToString()  # type: ignore[attr-defined]
    assert not [word for word in (b"marzipan", b"example.org", b"12A", b"417", b"2026-11-22") if word in data]


def test_attempts_at_one_task_share_its_key() -> None:
    """Its id where there is one, else the task with its entities taken out; the key is the same before and after."""
    for value in (attempt(), attempt(task_id="7")):
        assert task_key(value) == same_task(message_of(value)[1])  # type: ignore[arg-type]
    assert task_key(attempt("book flight 417 for ann@example.org")) == task_key(
        attempt("book flight 9 for b@example.org")
    )
    assert task_key(attempt(task_id="7")) != task_key(attempt(task_id="8"))
    assert task_key(attempt("book a flight")) != task_key(attempt("cancel a flight"))
