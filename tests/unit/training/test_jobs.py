"""Jobs are a fold of the journal: events numbered, the oldest let go, a snapshot like the original."""

import pytest

from acumen.errors import CursorTooOld, TrainingJobNotFound
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.storage.v1.training_pb2 import TrainingEventsAdded, TrainingImage, TrainingJobWritten
from acumen.proto.v1 import training_job_pb2 as pb
from acumen.training.jobs import MOST_EVENTS, QUEUED, RUNNING, SUCCEEDED, Jobs


def _written(job_id: str, cursor: int, state: int) -> JournalEntry:
    job = pb.TrainingJob(id=job_id, cursor=cursor, state=state)  # type: ignore[arg-type]
    return JournalEntry(training_job_written=TrainingJobWritten(job=job))


def _progress(job_id: str, cursors: range) -> JournalEntry:
    events = [pb.TrainingEvent(cursor=c, progress=pb.TrainingProgress(step=c)) for c in cursors]
    return JournalEntry(training_events_added=TrainingEventsAdded(job_id=job_id, events=events))


def _folded(*entries: JournalEntry) -> Jobs:
    jobs = Jobs()
    for entry in entries:
        jobs.apply(entry)
    return jobs


def test_events_are_in_order_and_progress_outlives_a_change_of_state() -> None:
    """A new form of a job is an event; what was last told of its progress stays with it."""
    job = _folded(_written("a", 1, QUEUED), _progress("a", range(2, 5)), _written("a", 5, SUCCEEDED)).find("a")
    assert [event.cursor for event in job.after(0)] == [1, 2, 3, 4, 5]
    assert [event.cursor for event in job.after(3)] == [4, 5]
    assert (job.message.progress.step, job.ended) == (4, True)


def test_a_cursor_that_is_no_longer_kept_is_said_to_be() -> None:
    """The newest events are kept; an older cursor is refused, the beginning means what there is."""
    job = _folded(_written("a", 1, RUNNING), _progress("a", range(2, MOST_EVENTS + 100))).find("a")
    assert len(job.after(0)) == MOST_EVENTS
    with pytest.raises(CursorTooOld, match="no longer kept"):
        job.after(5)


def test_a_running_job_comes_before_older_ones_that_wait() -> None:
    """What a dead worker left unfinished goes on first; ended jobs are nothing to do."""
    jobs = _folded(_written("old", 1, QUEUED), _written("left", 1, RUNNING), _written("done", 1, SUCCEEDED))
    todo = jobs.to_do()
    assert todo is not None and todo.message.id == "left"
    with pytest.raises(TrainingJobNotFound):
        jobs.find("nobody")


def test_a_snapshot_holds_all_of_it() -> None:
    """Jobs restored from their image are those it was taken of."""
    jobs = _folded(_written("a", 1, RUNNING), _progress("a", range(2, 9)), _written("b", 1, QUEUED))
    image = TrainingImage()
    jobs.image(image)
    again = Jobs()
    again.restore(TrainingImage.FromString(image.SerializeToString()))
    for one, other in zip(jobs, again, strict=True):
        assert one.message == other.message and list(one.events) == list(other.events)
        assert one.reported_step == other.reported_step
