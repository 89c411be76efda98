"""Trajectories are judged beside the other attempts at their task, and by their own outcome never."""

from dataclasses import replace
from pathlib import Path

from acumen.bank.distilling.distiller import Accepted, Distiller
from acumen.bank.judgement import MOST_ATTEMPTS, TASK_CHARACTERS, attempts, of_trajectory, similarity_of
from acumen.bank.keeping import kept
from acumen.bank.namespace import Namespace
from acumen.bank.trajectory import Outcome, Step, Trajectory
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory
from acumen.proto.v1.verdict_pb2 import Verdict
from tests.banks import embedded, fold


def attempt(number: int, outcome: Outcome, act: str = "book", task_id: str = "7") -> Trajectory:
    steps = (Step(action="search"), Step(agent="b", action=act, arguments='{"flight": 4}', observation="ok"))
    return Trajectory(id=f"t{number}", task="book a flight", task_id=task_id, steps=steps, outcome=outcome)


def namespace(folder: Path, *attempts: Trajectory) -> Namespace:
    bank = fold(folder)
    found = bank._of("default")
    found.keep_trajectories(message(one) for one in attempts)
    return found


def judged(run: Trajectory, beside: Namespace) -> tuple[Verdict, int]:
    return of_trajectory(run, attempts(run, beside))


def message(value: Trajectory) -> KeptTrajectory:
    taken = Distiller().add(value)
    assert isinstance(taken, Accepted)
    return kept(taken.record, value)


def test_only_other_known_attempts_at_the_same_task_are_compared(tmp_path: Path) -> None:
    """Not itself, not those whose end nobody knows, not those at another task; of many the newest."""
    others = [attempt(i, Outcome.SUCCESS) for i in range(MOST_ATTEMPTS + 4)]
    odd = [attempt(91, Outcome.UNKNOWN), attempt(92, Outcome.SUCCESS, task_id="8")]
    few = namespace(tmp_path, *others[:3], *odd)
    assert judged(others[0], few)[1] == 2 and judged(attempt(50, Outcome.UNKNOWN), few)[1] == 3
    assert judged(attempt(50, Outcome.UNKNOWN), namespace(tmp_path, *others))[1] == MOST_ATTEMPTS


def test_its_own_outcome_is_not_looked_at(tmp_path: Path) -> None:
    """The verdict on a run is the same whatever it says of itself."""
    beside = namespace(tmp_path, attempt(1, Outcome.SUCCESS), attempt(2, Outcome.FAILURE, "cancel"))
    run = attempt(9, Outcome.UNKNOWN)
    told = [judged(replace(run, outcome=outcome), beside) for outcome in Outcome]
    assert told[0] == told[1] == told[2]


def test_acting_like_those_that_succeeded_is_likelier_to_succeed(tmp_path: Path) -> None:
    """Beside three of each, the one that did as the successful ones did scores higher."""
    good = [attempt(i, Outcome.SUCCESS) for i in range(3)]
    bad = [attempt(i, Outcome.FAILURE, "cancel") for i in range(3, 6)]
    beside = namespace(tmp_path, *good, *bad)
    first, _ = judged(attempt(9, Outcome.UNKNOWN), beside)
    second, _ = judged(attempt(9, Outcome.UNKNOWN, "cancel"), beside)
    assert first.score > second.score and first.trajectory_id == "t9"


def test_a_verdict_quotes_no_more_of_a_task_than_is_kept(tmp_path: Path) -> None:
    """The rest of a long task is not stored with it."""
    long = replace(attempt(1, Outcome.UNKNOWN), task="word " * 1000)
    assert len(judged(long, namespace(tmp_path))[0].task) == TASK_CHARACTERS


def test_similarity_is_one_of_a_text_with_itself_and_never_below_zero() -> None:
    """A text without known words is like nothing."""
    similarity = similarity_of(embedded())
    assert abs(similarity("use an index", "use an index") - 1) < 1e-5
    assert similarity("", "use an index") == 0 and similarity("use an index", "violin") >= 0
