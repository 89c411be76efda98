"""What is kept of trajectories, between its message and the values that Judge and Distill work on."""

from collections import Counter

from acumen.bank.distilling.entities import abstract
from acumen.bank.distilling.record import Move, Record
from acumen.bank.judging.summary import Summary, summarise
from acumen.bank.trajectory import Outcome, Trajectory
from acumen.proto.storage.v1.bank_pb2 import KeptMove, KeptTrajectory


def kept(record: Record, trajectory: Trajectory) -> KeptTrajectory:
    """Return what is kept of a trajectory whose record Distill made."""
    summary = summarise(trajectory)
    return KeptTrajectory(
        id=record.id,
        rank=record.rank,
        task=record.task,
        task_id=record.task_id,
        moves=[KeptMove(symbol=move.symbol, shape=move.shape, lesson=move.lesson) for move in record.moves],
        success=record.success,
        subject=record.subject,
        tags=record.tags,
        outcome=int(trajectory.outcome),  # type: ignore[arg-type]
        effects=summary.effects,
        names=summary.names,
    )


def task_key(trajectory: Trajectory) -> str:
    """Return what attempts at the same task share, as `same_task` does of what is kept."""
    return same_task(KeptTrajectory(task_id=trajectory.task_id, task=abstract(trajectory.task, Counter())))


def same_task(message: KeptTrajectory) -> str:
    """Return what attempts at the same task share: its id where they have one, else its text."""
    return f"id {message.task_id}" if message.task_id else f"text {message.task}"


def record(message: KeptTrajectory) -> Record:
    """Return what Distill works on."""
    return Record(
        id=message.id,
        rank=message.rank,
        task=message.task,
        task_id=message.task_id,
        moves=tuple(Move(symbol=move.symbol, shape=move.shape, lesson=move.lesson) for move in message.moves),
        success=message.success if message.HasField("success") else None,
        subject=message.subject,
        tags=tuple(message.tags),
    )


def summary(message: KeptTrajectory) -> Summary:
    """Return what Judge compares an attempt with."""
    return Summary(effects=tuple(message.effects), names=tuple(message.names), outcome=Outcome(message.outcome))
