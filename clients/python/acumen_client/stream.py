"""What is said on a prediction stream, without I/O: the client's side of `PredictStream`."""

from dataclasses import dataclass
from datetime import timedelta

import grpc
from google.protobuf.message import Message

from acumen_client import inputs
from acumen_client.errors import Unavailable
from acumen_client.gen.v1 import neural_pb2


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How a stream is opened, how many questions are asked ahead of their answers, and how long it may take."""

    message: neural_pb2.PredictStreamRequest
    window: int
    timeout_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """An item the server did not take on, and when to send it again."""

    message: neural_pb2.PredictStreamRequest
    delay: timedelta


class Exchange:
    """The items of one stream: numbered from 0 as they are said, forgotten as they are answered."""

    def __init__(self) -> None:
        self._unanswered: dict[int, neural_pb2.PredictStreamRequest] = {}
        self._said = 0
        self._exhausted = False
        self.draining = False

    @property
    def done(self) -> bool:
        """Whether nothing is left to say or to hear."""
        return (self._exhausted or self.draining) and not self._unanswered

    def say(self, question: Message) -> neural_pb2.PredictStreamRequest:
        """Return the message that asks a question."""
        item = neural_pb2.PredictStreamItem(correlation_id=self._said, request=inputs.wrap(question))
        message = neural_pb2.PredictStreamRequest(item=item)
        self._unanswered[self._said] = message
        self._said += 1
        return message

    def exhaust(self) -> None:
        """Note that there are no further questions."""
        self._exhausted = True

    def hear(self, message: neural_pb2.PredictStreamResponse) -> neural_pb2.PredictStreamResult | Again | None:
        """Return the result a message carries, or the item to send again; None when it carries neither."""
        if message.HasField("result"):
            self._unanswered.pop(message.result.correlation_id, None)
            return message.result
        if message.HasField("backoff"):
            said = self._unanswered[message.backoff.correlation_id]
            return Again(message=said, delay=message.backoff.retry_delay.ToTimedelta())
        self.draining = True
        return None

    def check_end(self, request_id: str) -> None:
        """Raise `Unavailable` when the server ended the stream before every question was answered."""
        if self._exhausted and not self._unanswered:
            return
        unanswered = len(self._unanswered)
        raise Unavailable(
            f"the server ended the stream: {unanswered} items said and not answered, further ones not said",
            code=grpc.StatusCode.UNAVAILABLE,
            reason="DRAINING",
            may_retry=True,
            request_id=request_id,
        )
