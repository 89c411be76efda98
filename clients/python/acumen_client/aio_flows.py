"""What takes more than one message or call: pages, streams that are taken up again, talks. The awaitable forms."""

import asyncio
import functools
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import grpc.aio
from google.protobuf.message import Message

from acumen_client.awaiting import AwaitableEdge, each
from acumen_client.call import Defaults, Dialogue, Following, Pages, copied
from acumen_client.keeping import keep_status
from acumen_client.status import from_failure

P = ParamSpec("P")
R = TypeVar("R", bound=Message)
T = TypeVar("T")
Items = Iterable[Message] | AsyncIterable[Message]


class AwaitableFlows(AwaitableEdge):
    """An edge for calls of many messages."""

    async def turn(self, pages: Pages[Any, T]) -> AsyncGenerator[T, None]:
        """Yield the items of every page, asking for a page when the one before is used up."""
        token = ""
        while True:
            page = await self.send(pages.after(token))
            for item in pages.items(page):
                yield item
            token = page.next_page_token
            if not token:
                return

    async def follow(self, following: Following[R]) -> AsyncGenerator[R, None]:
        """Yield the messages of a server stream, taking it up after the last one when the connection breaks."""
        call, request = following.call, copied(following.call.request)
        trial = self._settings.trial(call)
        metadata = self._settings.metadata(trial.request_id)
        while True:
            method: Callable[..., Any] = self._lines.next().method(call.service, call.method)
            stream = method(request, timeout=trial.left_s(time.monotonic()), metadata=metadata)
            try:
                async for message in stream:
                    trial.hear()
                    following.pass_over(request, message)
                    yield message
                return
            except grpc.aio.AioRpcError as failure:
                error = from_failure(failure, trial.request_id)
                pause = trial.pause_s(error, time.monotonic())
                if pause is None:
                    raise error from failure
            finally:
                stream.cancel()
            await asyncio.sleep(pause)

    async def talk(self, dialogue: Dialogue[R], items: Items) -> AsyncGenerator[R, None]:
        """Yield what the server says while it is told the items, as fast as it takes them."""
        call, request_id = dialogue.call, uuid4().hex
        speech = _Speech(dialogue, items)
        method: Callable[..., Any] = self._lines.next().method(call.service, call.method)
        stream = method(speech.messages(), timeout=call.timeout_s, metadata=self._settings.metadata(request_id))
        keep_status(stream)
        try:
            async for message in stream:
                yield message
        except (grpc.aio.AioRpcError, asyncio.CancelledError) as failure:
            if speech.failure is not None:
                raise speech.failure from None
            if isinstance(failure, grpc.aio.AioRpcError):
                raise from_failure(failure, request_id) from failure
            raise
        finally:
            stream.cancel()


class _Speech:
    """What the client says; when the iterator fails, gRPC cancels the call, and the caller is raised why."""

    def __init__(self, dialogue: Dialogue[Any], items: Items) -> None:
        self.failure: Exception | None = None
        self._dialogue = dialogue
        self._items = items

    async def messages(self) -> AsyncIterator[Message]:
        """Yield the opening and the items."""
        yield self._dialogue.call.request
        try:
            async for item in each(self._items):
                yield self._dialogue.say(item)
        except Exception as failure:
            self.failure = failure
            raise


def paging(
    build: Callable[Concatenate[Defaults, P], Pages[Any, T]],
) -> Callable[Concatenate[AwaitableFlows, P], AsyncGenerator[T, None]]:
    """Make a method that yields the items of the list `build` describes."""

    @functools.wraps(build)
    def method(self: AwaitableFlows, /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[T, None]:
        return self.turn(build(self.defaults, *args, **kwargs))

    return method


def following(
    build: Callable[Concatenate[Defaults, P], Following[R]],
) -> Callable[Concatenate[AwaitableFlows, P], AsyncGenerator[R, None]]:
    """Make a method that yields the messages of the server stream `build` describes, through broken connections."""

    @functools.wraps(build)
    def method(self: AwaitableFlows, /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[R, None]:
        return self.follow(build(self.defaults, *args, **kwargs))

    return method


def talking(
    build: Callable[Concatenate[Defaults, P], Dialogue[R]],
) -> Callable[Concatenate[AwaitableFlows, Items, P], AsyncGenerator[R, None]]:
    """Make a method that takes items and yields what the server says on the stream `build` opens."""

    @functools.wraps(build)
    def method(self: AwaitableFlows, items: Items, /, *args: P.args, **kwargs: P.kwargs) -> AsyncGenerator[R, None]:
        return self.talk(build(self.defaults, *args, **kwargs), items)

    return method
