"""When a call may be sent again, and after how long."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message

from acumen_client.errors import AcumenError
from acumen_client.gen.v1 import neural_pb2, reasoning_bank_pb2, training_pb2

_FILES = (neural_pb2.DESCRIPTOR, reasoning_bank_pb2.DESCRIPTOR, training_pb2.DESCRIPTOR)
_METHODS = {name: service.methods_by_name for file in _FILES for name, service in file.services_by_name.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How often and how patiently. A server's own delay takes precedence over these; the deadline over all.

    `resumptions` holds for a stream that was heard already: by default about ten seconds, time to restart a server.
    """

    attempts: int = 4
    resumptions: int = 10
    first_delay_s: float = 0.05
    longest_delay_s: float = 2.0
    jitter: float = 0.2


def repeatable(service: str, method: str, request: Message) -> bool:
    """Return whether sending twice does no more than sending once: a read, or a write that carries a request id."""
    level = _METHODS[service][method].GetOptions().idempotency_level
    return level == MethodOptions.NO_SIDE_EFFECTS or bool(getattr(request, "request_id", ""))


def backoff_s(policy: RetryPolicy, attempt: int, draw: float) -> float:
    """Return the pause after the `attempt`-th failure, from 1; `draw` is uniform in 0 to 1."""
    pause: float = min(policy.first_delay_s * 2.0 ** (attempt - 1), policy.longest_delay_s)
    return pause * (1 + policy.jitter * (2 * draw - 1))


@dataclass(slots=True, kw_only=True)
class Trial:
    """One call over its attempts; the edge that sends it has the clock."""

    policy: RetryPolicy
    repeatable: bool
    deadline_s: float | None
    draw: Callable[[], float] = random.random
    request_id: str = field(default_factory=lambda: uuid4().hex)
    failures: int = 0
    heard: bool = False

    def hear(self) -> None:
        """Note that a stream gets on: failures are counted anew."""
        self.heard, self.failures = True, 0

    def left_s(self, now_s: float) -> float | None:
        """Return the time left, or None when there is no deadline."""
        return None if self.deadline_s is None else max(self.deadline_s - now_s, 0.0)

    def pause_s(self, error: AcumenError, now_s: float) -> float | None:
        """Count a failure and return how long to wait before the next attempt; None: give up."""
        self.failures += 1
        attempts = self.policy.resumptions if self.heard else self.policy.attempts
        if not (self.repeatable and error.may_retry and self.failures < attempts):
            return None
        pause = (
            error.retry_delay.total_seconds()
            if error.retry_delay is not None
            else backoff_s(self.policy, self.failures, self.draw())
        )
        left = self.left_s(now_s)
        return pause if left is None or pause < left else None
