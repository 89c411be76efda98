"""Between the contract's messages and the bank's values."""

import hashlib
from enum import IntEnum
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from acumen.bank.pattern import Pattern, Polarity, State, Statistics, owners_in
from acumen.bank.trajectory import Outcome, Step, Trajectory
from acumen.proto.v1 import pattern_pb2, trajectory_pb2


def timestamp(time_ms: int) -> Timestamp:
    """Return a point in time given in milliseconds since the epoch."""
    return Timestamp(seconds=time_ms // 1000, nanos=time_ms % 1000 * 1_000_000)


def time_ms(time: Timestamp) -> int:
    """Return milliseconds since the epoch; 0 for an absent time."""
    return int(time.seconds * 1000 + time.nanos // 1_000_000)


def _number(value: IntEnum) -> Any:
    """Return an enum's number; the numbers are the contract's, which the type checker cannot know."""
    return int(value)


def pattern(message: pattern_pb2.Pattern) -> Pattern:
    """Return the value of a stored pattern with its statistics."""
    return Pattern(
        id=message.id,
        title=message.title,
        context=message.context,
        actions=tuple(message.actions),
        content=message.content,
        polarity=Polarity(message.polarity or Polarity.STRATEGY),
        state=State(message.state or State.ACTIVE),
        tags=tuple(message.tags),
        sources=tuple(message.sources),
        merged_sources=message.merged_sources,
        owners=owners_in(message.owners),
        merged_owners=message.merged_owners,
        subject=message.subject,
        created_ms=time_ms(message.create_time),
        expires_ms=time_ms(message.expire_time),
        supersedes=tuple(message.supersedes),
        superseded_by=message.superseded_by,
        contradicts=tuple(message.contradicts),
        statistics=statistics(message.statistics),
    )


def statistics(message: pattern_pb2.PatternStatistics) -> Statistics:
    """Return the value of a pattern's statistics."""
    return Statistics(
        successes=message.successes,
        failures=message.failures,
        selections=message.usage_count,
        last_used_ms=time_ms(message.last_used_time),
    )


def pattern_message(value: Pattern) -> pattern_pb2.Pattern:
    """Return the message of a pattern, statistics included."""
    message = pattern_pb2.Pattern(
        id=value.id,
        title=value.title,
        context=value.context,
        actions=value.actions,
        content=value.content,
        polarity=_number(value.polarity),
        state=_number(value.state),
        tags=value.tags,
        sources=value.sources,
        merged_sources=value.merged_sources,
        owners=b"".join(value.owners),
        merged_owners=value.merged_owners,
        subject=value.subject,
        supersedes=value.supersedes,
        superseded_by=value.superseded_by,
        contradicts=value.contradicts,
        statistics=statistics_message(value.statistics),
    )
    if value.created_ms:
        message.create_time.CopyFrom(timestamp(value.created_ms))
    if value.expires_ms:
        message.expire_time.CopyFrom(timestamp(value.expires_ms))
    return message


def statistics_message(value: Statistics) -> pattern_pb2.PatternStatistics:
    """Return the message of a pattern's statistics, with what is computed from them."""
    message = pattern_pb2.PatternStatistics(
        successes=value.successes,
        failures=value.failures,
        usage_count=value.selections,
        success_rate=round(value.success_rate, 6),
    )
    if value.last_used_ms:
        message.last_used_time.CopyFrom(timestamp(value.last_used_ms))
    return message


def trajectory(message: trajectory_pb2.Trajectory) -> Trajectory:
    """Return the value of a trajectory; one without an id is named by its content."""
    digest = hashlib.blake2b(message.SerializeToString(deterministic=True), digest_size=12).hexdigest()
    return Trajectory(
        id=message.id or f"t-{digest}",
        task=message.task,
        task_id=message.task_id,
        steps=tuple(_step(step) for step in message.steps),
        outcome=Outcome(message.outcome),
        reward=message.reward if message.HasField("reward") else None,
        subject=message.subject,
        tags=tuple(message.tags),
        created_ms=time_ms(message.create_time),
        metadata=dict(message.metadata),
    )


def _step(message: trajectory_pb2.Step) -> Step:
    return Step(
        agent=message.agent,
        thought=message.thought,
        action=message.action,
        arguments=message.arguments,
        observation=message.observation,
        error=message.error,
        duration_ms=message.duration.seconds * 1e3 + message.duration.nanos / 1e6,
    )


def trajectory_message(value: Trajectory) -> trajectory_pb2.Trajectory:
    """Return the message of a trajectory."""
    message = trajectory_pb2.Trajectory(
        id=value.id,
        task=value.task,
        task_id=value.task_id,
        outcome=_number(value.outcome),
        reward=value.reward,
        subject=value.subject,
        tags=value.tags,
        metadata=dict(value.metadata),
    )
    if value.created_ms:
        message.create_time.CopyFrom(timestamp(value.created_ms))
    message.steps.extend(_step_message(step) for step in value.steps)
    return message


def _step_message(value: Step) -> trajectory_pb2.Step:
    message = trajectory_pb2.Step(
        agent=value.agent,
        thought=value.thought,
        action=value.action,
        arguments=value.arguments,
        observation=value.observation,
        error=value.error,
    )
    if value.duration_ms:
        message.duration.FromNanoseconds(round(value.duration_ms * 1e6))
    return message
