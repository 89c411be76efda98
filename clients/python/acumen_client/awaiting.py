"""The awaitable edge: the same calls for asyncio."""

import asyncio
import functools
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from uuid import uuid4
from weakref import WeakKeyDictionary

import grpc.aio
from google.protobuf.message import Message

from acumen_client import lines
from acumen_client.call import NEURAL, Call, Defaults
from acumen_client.gen.v1 import neural_pb2
from acumen_client.keeping import keep_status
from acumen_client.settings import Settings
from acumen_client.status import from_failure
from acumen_client.stream import Again, Exchange, Opening

P = ParamSpec("P")
R = TypeVar("R", bound=Message)
_Said = neural_pb2.PredictStreamRequest
_Heard = neural_pb2.PredictStreamResult
Questions = Iterable[Message] | AsyncIterable[Message]
T = TypeVar("T")


class LoopLines:
    """Lines for each event loop that asks, opened on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, lines.Lines[grpc.aio.Channel]] = WeakKeyDictionary()

    def next(self) -> lines.Line[grpc.aio.Channel]:
        """Return the line whose turn it is in the running loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._by_loop:
            self._by_loop[loop] = lines.awaitable(self._settings.targets, self._settings.tls)
        return self._by_loop[loop].next()

    async def close(self) -> None:
        """Close the running loop's channels; calls in flight are cancelled."""
        opened = self._by_loop.pop(asyncio.get_running_loop(), None)
        for channel in opened.channels() if opened else ():
            await channel.close()


class AwaitableEdge:
    """Sends calls from coroutines; retries, deadlines and errors are decided elsewhere and obeyed here."""

    def __init__(self, settings: Settings, loop_lines: LoopLines) -> None:
        self._settings = settings
        self._lines = loop_lines

    @property
    def defaults(self) -> Defaults:
        """What holds for calls that do not say otherwise."""
        return self._settings.defaults

    async def send(self, call: Call[R]) -> R:
        """Return the answer; raises `AcumenError`."""
        trial = self._settings.trial(call)
        metadata = self._settings.metadata(trial.request_id)
        while True:
            method = self._lines.next().method(call.service, call.method)
            waiting = method(call.body, timeout=trial.left_s(time.monotonic()), metadata=metadata)
            if call.messages is not None:
                keep_status(waiting)
            try:
                return cast(R, await waiting)
            except grpc.aio.AioRpcError as failure:
                error = from_failure(failure, trial.request_id)
                pause = trial.pause_s(error, time.monotonic())
                if pause is None:
                    raise error from failure
            await asyncio.sleep(pause)

    async def watch(self, call: Call[R]) -> AsyncIterator[R]:
        """Yield the messages of a server stream; raises `AcumenError`. Closing the iterator ends the call."""
        request_id = uuid4().hex
        method: grpc.aio.UnaryStreamMultiCallable[Message, R] = self._lines.next().method(call.service, call.method)
        stream = method(call.request, timeout=call.timeout_s, metadata=self._settings.metadata(request_id))
        try:
            async for message in stream:
                yield message
        except grpc.aio.AioRpcError as failure:
            raise from_failure(failure, request_id) from failure
        finally:
            stream.cancel()

    async def converse(self, opening: Opening, questions: Questions) -> AsyncIterator[_Heard]:
        """Yield results as they come, while a task of its own takes the questions, a window's worth ahead at most."""
        request_id, talk = uuid4().hex, _Talk(opening, questions)
        method = self._lines.next().method(NEURAL, "PredictStream")
        stream = method(timeout=opening.timeout_s, metadata=self._settings.metadata(request_id))
        keep_status(stream)
        tasks = [asyncio.create_task(talk.feed(stream.cancel)), asyncio.create_task(talk.write(stream))]
        try:
            async for message in stream:
                for heard in talk.hear(message):
                    yield heard
            talk.exchange.check_end(request_id)
        except (grpc.aio.AioRpcError, asyncio.CancelledError) as failure:
            if talk.failure is not None:
                raise talk.failure from None
            if isinstance(failure, grpc.aio.AioRpcError):
                raise from_failure(failure, request_id) from failure
            raise
        finally:
            for task in tasks:
                task.cancel()
            stream.cancel()


class _Talk:
    """One prediction stream between three tasks: the caller's, the feeder's and gRPC's."""

    def __init__(self, opening: Opening, questions: Questions) -> None:
        self.exchange = Exchange()
        self.failure: Exception | None = None
        self._questions = questions
        self._outbox: asyncio.Queue[_Said | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(opening.window)
        self._outbox.put_nowait(opening.message)

    async def write(self, stream: Any) -> None:
        """Send until there is nothing left to say, or the server has ended the stream; whoever reads hears why."""
        with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
            while (message := await self._outbox.get()) is not None:
                await stream.write(message)
            await stream.done_writing()

    async def feed(self, cancel: Callable[[], object]) -> None:
        """Take questions as long as there is room; a failing iterator cancels the call and is raised to the caller."""
        try:
            async for question in each(self._questions):
                await self._room.acquire()
                if self.exchange.draining:
                    return
                self._outbox.put_nowait(self.exchange.say(question))
        except Exception as failure:
            self.failure = failure
            cancel()
        else:
            self.exchange.exhaust()
            self._end_when_done()

    def hear(self, message: neural_pb2.PredictStreamResponse) -> list[_Heard]:
        """Return the result a message carries, or nothing."""
        heard = self.exchange.hear(message)
        if isinstance(heard, Again):
            asyncio.get_running_loop().call_later(heard.delay.total_seconds(), self._outbox.put_nowait, heard.message)
        elif heard is not None:
            self._room.release()
        self._end_when_done()
        return [heard] if isinstance(heard, _Heard) else []

    def _end_when_done(self) -> None:
        if self.exchange.done:
            self._outbox.put_nowait(None)


def awaiting(
    build: Callable[Concatenate[Defaults, P], Call[R]],
) -> Callable[Concatenate[AwaitableEdge, P], Coroutine[Any, Any, R]]:
    """Make a coroutine method that sends the call `build` describes."""

    @functools.wraps(build)
    async def method(self: AwaitableEdge, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self.send(build(self.defaults, *args, **kwargs))

    return method


def watching(
    build: Callable[Concatenate[Defaults, P], Call[R]],
) -> Callable[Concatenate[AwaitableEdge, P], AsyncIterator[R]]:
    """Make a method that yields the messages of the server stream `build` describes."""

    @functools.wraps(build)
    def method(self: AwaitableEdge, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[R]:
        return self.watch(build(self.defaults, *args, **kwargs))

    return method


def conversing(
    build: Callable[Concatenate[Defaults, P], Opening],
) -> Callable[Concatenate[AwaitableEdge, Questions, P], AsyncIterator[_Heard]]:
    """Make a method that takes questions and yields results on the stream `build` opens."""

    @functools.wraps(build)
    def method(
        self: AwaitableEdge, questions: Questions, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[_Heard]:
        return self.converse(build(self.defaults, *args, **kwargs), questions)

    return method


async def each(items: Iterable[T] | AsyncIterable[T]) -> AsyncIterator[T]:
    """Yield what an iterable of either form yields."""
    if isinstance(items, AsyncIterable):
        async for item in items:
            yield item
    else:
        for one in items:
            yield one
