"""What takes more than one message or call: pages, streams that are taken up again, talks. The blocking forms."""

import functools
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import grpc
from google.protobuf.message import Message

from acumen_client.blocking import BlockingEdge, typed
from acumen_client.call import Defaults, Dialogue, Following, Pages, copied

P = ParamSpec("P")
R = TypeVar("R", bound=Message)
T = TypeVar("T")


class BlockingFlows(BlockingEdge):
    """An edge for calls of many messages."""

    def turn(self, pages: Pages[Any, T]) -> Generator[T, None, None]:
        """Yield the items of every page, asking for a page when the one before is used up."""
        token = ""
        while True:
            page = self.send(pages.after(token))
            yield from pages.items(page)
            token = page.next_page_token
            if not token:
                return

    def follow(self, following: Following[R]) -> Generator[R, None, None]:
        """Yield the messages of a server stream, taking it up after the last one when the connection breaks."""
        call, request = following.call, copied(following.call.request)
        trial = self._settings.trial(call)
        metadata = self._settings.metadata(trial.request_id)
        while True:
            method: Callable[..., Any] = self._lines.next().method(call.service, call.method)
            stream = method(request, timeout=trial.left_s(time.monotonic()), metadata=metadata)
            try:
                for message in stream:
                    trial.hear()
                    following.pass_over(request, message)
                    yield message
                return
            except grpc.RpcError as failure:
                error = typed(failure, trial.request_id)
                pause = trial.pause_s(error, time.monotonic())
                if pause is None:
                    raise error from failure
            finally:
                stream.cancel()
            time.sleep(pause)

    def talk(self, dialogue: Dialogue[R], items: Iterable[Message]) -> Generator[R, None, None]:
        """Yield what the server says while it is told the items, as fast as it takes them."""
        call, request_id = dialogue.call, uuid4().hex
        speech = _Speech(dialogue, items)
        method: Callable[..., Any] = self._lines.next().method(call.service, call.method)
        stream = method(speech.messages(), timeout=call.timeout_s, metadata=self._settings.metadata(request_id))
        speech.bind(stream.cancel)
        try:
            yield from stream
        except grpc.RpcError as failure:
            raise speech.failure or typed(failure, request_id) from failure
        finally:
            stream.cancel()


class _Speech:
    """What the client says, on gRPC's thread; a failing iterator cancels the call and is raised to the caller."""

    def __init__(self, dialogue: Dialogue[Any], items: Iterable[Message]) -> None:
        self.failure: Exception | None = None
        self._dialogue = dialogue
        self._items = items
        self._cancel: Callable[[], object]
        self._bound = threading.Event()

    def bind(self, cancel: Callable[[], object]) -> None:
        """Say how the call is cancelled."""
        self._cancel = cancel
        self._bound.set()

    def messages(self) -> Iterator[Message]:
        """Yield the opening and the items."""
        yield self._dialogue.call.request
        try:
            yield from map(self._dialogue.say, self._items)
        except Exception as failure:
            self.failure = failure
            self._bound.wait()
            self._cancel()


def paging(
    build: Callable[Concatenate[Defaults, P], Pages[Any, T]],
) -> Callable[Concatenate[BlockingFlows, P], Generator[T, None, None]]:
    """Make a method that yields the items of the list `build` describes."""

    @functools.wraps(build)
    def method(self: BlockingFlows, /, *args: P.args, **kwargs: P.kwargs) -> Generator[T, None, None]:
        return self.turn(build(self.defaults, *args, **kwargs))

    return method


def following(
    build: Callable[Concatenate[Defaults, P], Following[R]],
) -> Callable[Concatenate[BlockingFlows, P], Generator[R, None, None]]:
    """Make a method that yields the messages of the server stream `build` describes, through broken connections."""

    @functools.wraps(build)
    def method(self: BlockingFlows, /, *args: P.args, **kwargs: P.kwargs) -> Generator[R, None, None]:
        return self.follow(build(self.defaults, *args, **kwargs))

    return method


def talking(
    build: Callable[Concatenate[Defaults, P], Dialogue[R]],
) -> Callable[Concatenate[BlockingFlows, Iterable[Message], P], Generator[R, None, None]]:
    """Make a method that takes items and yields what the server says on the stream `build` opens."""

    @functools.wraps(build)
    def method(
        self: BlockingFlows, items: Iterable[Message], /, *args: P.args, **kwargs: P.kwargs
    ) -> Generator[R, None, None]:
        return self.talk(build(self.defaults, *args, **kwargs), items)

    return method
