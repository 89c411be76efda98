"""`PredictStream`: items in, results out, a bounded number at once."""

import asyncio
from typing import Any

from google.protobuf.message import Message

from acumen.errors import AcumenError, InvalidInput, LimitExceeded, Overloaded
from acumen.neural.serving import Serving
from acumen.proto.v1 import neural_pb2 as pb
from acumen.rpc.convert import duration
from acumen.rpc.status import status_of
from acumen.rpc.stream import Stream

DEFAULT_WINDOW = 32
LARGEST_WINDOW = 256


class PredictStream:
    """One stream's conversation.

    A quick item is answered before the next one is read. A slow one is answered beside the event loop while reading
    goes on, until `max_in_flight` are under way; then nothing more is read, and the client's own writes come to wait.
    """

    def __init__(self, serving: Serving, stream: Stream, grace_s: float) -> None:
        self._serving, self._stream, self._grace_s = serving, stream, grace_s
        self._start = pb.PredictStreamStart()
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Talk until the client has closed its side and everything is answered."""
        try:
            await self._open()
            while (message := await self._stream.read()) is not None:
                await self._take(message)
            await asyncio.gather(*self._under_way)
        finally:
            for task in self._under_way:
                task.cancel()

    async def _open(self) -> None:
        first = await self._stream.read()
        if first is None or not first.HasField("start"):
            raise InvalidInput.of("message", "the first message of a prediction stream must be start")
        self._start = first.start
        self._window = self._start.max_in_flight or DEFAULT_WINDOW
        if self._window > LARGEST_WINDOW:
            raise LimitExceeded("start.max_in_flight", self._window, LARGEST_WINDOW)
        self._stream.on_drain = self._say_draining

    async def _say_draining(self) -> None:
        await self._stream.write(pb.PredictStreamResponse(draining=pb.Draining(grace=duration(self._grace_s))))

    async def _take(self, message: pb.PredictStreamRequest) -> None:
        if not message.HasField("item"):
            raise InvalidInput.of("message.start", "start is sent once, as the first message")
        item = message.item
        self._inherit(item.request)
        if self._serving.is_quick(item.request):
            await self._answer(item)
            return
        while len(self._under_way) >= self._window:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
        task = asyncio.create_task(self._answer(item))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    def _inherit(self, request: pb.PredictRequest) -> None:
        """Give an item what the stream's start says and the item does not."""
        if not request.model:
            request.model = self._start.model
            request.version = request.version or self._start.version
        if not request.HasField("options") and self._start.HasField("options"):
            request.options.CopyFrom(self._start.options)

    async def _answer(self, item: pb.PredictStreamItem) -> None:
        await self._stream.write(await self._respond(item))

    async def _respond(self, item: pb.PredictStreamItem) -> Message:
        name: Any = item.correlation_id
        try:
            response = await self._serving.predict(item.request)
        except Overloaded as error:
            delay = duration(error.retry_delay_ms / 1e3)
            return pb.PredictStreamResponse(backoff=pb.Backoff(correlation_id=name, retry_delay=delay))
        except AcumenError as error:
            status = status_of(error, self._stream.request_id)
            result = pb.PredictResult(status=status)
        else:
            result = pb.PredictResult(response=response)
        return pb.PredictStreamResponse(result=pb.PredictStreamResult(correlation_id=name, result=result))
