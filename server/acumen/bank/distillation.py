"""DISTILL as the service offers it: what a stream's trajectories and those kept before teach together."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

from acumen.bank.distilling.action_model import ActionModel
from acumen.bank.distilling.distiller import Distiller
from acumen.bank.distilling.lessons import symbols_of
from acumen.bank.distilling.promotion import Evidence, Predict, evidence
from acumen.bank.distilling.record import Record, success_of
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.pattern import Pattern, Polarity
from acumen.bank.trajectory import Outcome, Step, Trajectory
from acumen.errors import ModelNotTrained
from acumen.proto.storage.v1.bank_pb2 import PatternTest

MOST_LEARNED_FROM = 400  # attempts, those of the lowest ranks: a sample that does not depend on their order

Symbols = tuple[Polarity, tuple[str, ...]]


def distilled(records: Iterable[Record], settings: DistillSettings) -> list[Pattern]:
    """Return the patterns that all of these attempts support, by id."""
    distiller = Distiller(settings)
    for record in records:
        distiller.hold(record)
    return distiller.settle()


def tried(patterns: Sequence[Pattern], attempts: Sequence[Trajectory], before: Sequence[Record]) -> dict[str, Evidence]:
    """Return, by id, what patterns gained at attempts they were not learned from.

    `before` is what the usual next action is learned from; nothing is gained where that is nothing.
    """
    predict = _usual(before)
    if predict is None:
        return {}
    found = {pattern.id: _gained(pattern, attempts, predict) for pattern in patterns}
    return {pattern_id: gained for pattern_id, gained in found.items() if gained.attempts}


def cross_tried(
    patterns: Sequence[Pattern], attempts: Sequence[Trajectory], records: Sequence[Record], settings: DistillSettings
) -> dict[str, Evidence]:
    """Return, by id, what patterns gained at held-out attempts.

    The attempts are halved by task. What one half alone teaches is tried on the other; a pattern of all of them is
    credited with what its like, found in a half, gained there.
    """
    total: dict[str, Evidence] = {}
    for half in (0, 1):
        own = [record for record in records if _half(record.task_id or record.id) == half]
        others = [attempt for attempt in attempts if _half(attempt.task_id or attempt.id) != half]
        alike = {_symbols(pattern): pattern for pattern in distilled(own, settings)}
        known = [(pattern.id, alike[_symbols(pattern)]) for pattern in patterns if _symbols(pattern) in alike]
        gained = tried([like for _, like in known], others, own)
        for pattern_id, like in known:
            total[pattern_id] = total.get(pattern_id, Evidence()) + gained.get(like.id, Evidence())
    return {pattern_id: one for pattern_id, one in total.items() if one.attempts}


def messages(tests: dict[str, Evidence]) -> list[PatternTest]:
    """Return what is journalled of tests, by id."""
    return [
        PatternTest(id=i, attempts=one.attempts, total=one.total, squares=one.squares)
        for i, one in sorted(tests.items())
    ]


def _gained(pattern: Pattern, attempts: Sequence[Trajectory], predict: Predict) -> Evidence:
    total = Evidence()
    for attempt in attempts:
        total += evidence(pattern, attempt, success_of(attempt, None), predict)
    return total


def _usual(records: Sequence[Record]) -> Predict | None:
    """Return the probabilities of the next act given the acts before it, learned from some of what is kept."""
    some = sorted(records, key=lambda record: record.rank)[:MOST_LEARNED_FROM]
    try:
        return ActionModel.fit([_outline(record) for record in some], context=False).probabilities
    except ModelNotTrained:
        return None


def _outline(record: Record) -> Trajectory:
    steps = tuple(Step(action=move.symbol.rstrip("+")) for move in record.moves)
    return Trajectory(id=record.id, task=record.task, task_id=record.task_id, steps=steps, outcome=Outcome.UNKNOWN)


def _symbols(pattern: Pattern) -> Symbols:
    return pattern.polarity, symbols_of(pattern)


def _half(task: str) -> int:
    return blake2b(task.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] & 1
