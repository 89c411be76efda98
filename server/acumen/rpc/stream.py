"""An open stream as its handler sees it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from google.protobuf.message import Message

from acumen.errors import AcumenError
from acumen.rpc.metrics import MethodMetrics
from acumen.rpc.rules import Rules


class Stream:
    """Reads and writes messages; can be told to say goodbye, or be ended, from outside.

    A write waits while the other side does not read, which is all the back-pressure there is: who waits reads nothing.
    """

    def __init__(self, context: Any, request_id: str, metrics: MethodMetrics, rules: Rules) -> None:
        self.request_id = request_id
        self.last_message = time.monotonic()
        self.ended_by: AcumenError | None = None
        self.on_drain: Callable[[], Awaitable[None]] | None = None
        self._context, self._metrics, self._rules = context, metrics, rules
        self._writing = asyncio.Lock()
        self._task = asyncio.current_task()

    async def read(self) -> Any:
        """Return the next request, checked against its rules; None when the client has closed its side."""
        message = await self._context.read()
        if message is grpc.aio.EOF:
            return None
        self.last_message = time.monotonic()
        self._metrics.received.inc()
        self._rules.check(message)
        return message

    async def write(self, message: Message) -> None:
        """Send a response; messages of concurrent writers go out one after the other."""
        async with self._writing:
            await self._context.write(message)
        self.last_message = time.monotonic()
        self._metrics.sent.inc()

    async def say_goodbye(self) -> None:
        """Let the handler tell its client that the server is draining."""
        if self.on_drain is not None:
            await self.on_drain()

    def end(self, error: AcumenError) -> None:
        """Stop the handler; its client gets `error`."""
        if self.ended_by is None and self._task is not None:
            self.ended_by = error
            self._task.cancel()
