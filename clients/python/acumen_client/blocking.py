"""The blocking edge: sends calls and waits for their answers."""

import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import grpc
from google.protobuf.message import Message

from acumen_client.call import NEURAL, Call, Defaults
from acumen_client.errors import AcumenError
from acumen_client.futures import CallFuture
from acumen_client.gen.v1 import neural_pb2
from acumen_client.lines import Lines
from acumen_client.settings import Settings
from acumen_client.status import from_failure
from acumen_client.stream import Again, Exchange, Opening

P = ParamSpec("P")
R = TypeVar("R", bound=Message)
_Said = neural_pb2.PredictStreamRequest
_Heard = neural_pb2.PredictStreamResult


class BlockingEdge:
    """Sends calls over lines; retries, deadlines and errors are decided elsewhere and obeyed here."""

    def __init__(self, settings: Settings, lines: Lines[grpc.Channel]) -> None:
        self._settings = settings
        self._lines = lines

    @property
    def defaults(self) -> Defaults:
        """What holds for calls that do not say otherwise."""
        return self._settings.defaults

    def send(self, call: Call[R]) -> R:
        """Return the answer; raises `AcumenError`."""
        trial = self._settings.trial(call)
        metadata = self._settings.metadata(trial.request_id)
        while True:
            method: Callable[..., R] = self._lines.next().method(call.service, call.method)
            try:
                return method(call.body, timeout=trial.left_s(time.monotonic()), metadata=metadata)
            except grpc.RpcError as failure:
                error = typed(failure, trial.request_id)
                pause = trial.pause_s(error, time.monotonic())
                if pause is None:
                    raise error from failure
            time.sleep(pause)

    def start(self, call: Call[R]) -> CallFuture[R]:
        """Return at once with the answer to come."""
        trial = self._settings.trial(call)
        metadata = self._settings.metadata(trial.request_id)

        def attempt() -> "grpc.Future[R]":
            method: grpc.UnaryUnaryMultiCallable[Message, R] = self._lines.next().method(call.service, call.method)
            return method.future(call.request, timeout=trial.left_s(time.monotonic()), metadata=metadata)

        return CallFuture(attempt, trial)

    def watch(self, call: Call[R]) -> Iterator[R]:
        """Yield the messages of a server stream; raises `AcumenError`. Closing the iterator ends the call."""
        request_id = uuid4().hex
        method: grpc.UnaryStreamMultiCallable[Message, R] = self._lines.next().method(call.service, call.method)
        stream = method(call.request, timeout=call.timeout_s, metadata=self._settings.metadata(request_id))
        try:
            yield from stream
        except grpc.RpcError as failure:
            raise typed(failure, request_id) from failure
        finally:
            stream.cancel()

    def converse(self, opening: Opening, questions: Iterable[Message]) -> Iterator[_Heard]:
        """Yield results as they come, while a thread of its own takes the questions, a window's worth ahead at most."""
        request_id, talk = uuid4().hex, _Talk(opening, questions)
        method = self._lines.next().method(NEURAL, "PredictStream")
        stream = method(talk.messages(), timeout=opening.timeout_s, metadata=self._settings.metadata(request_id))
        feeder = threading.Thread(target=talk.feed, args=(stream.cancel,), name="acumen-predict-stream", daemon=True)
        feeder.start()
        try:
            for message in stream:
                yield from talk.hear(message)
            talk.exchange.check_end(request_id)
        except grpc.RpcError as failure:
            raise talk.failure or typed(failure, request_id) from failure
        finally:
            talk.close()
            stream.cancel()


class _Talk:
    """One prediction stream between three threads: the caller's, the feeder's and gRPC's."""

    def __init__(self, opening: Opening, questions: Iterable[Message]) -> None:
        self.exchange = Exchange()
        self.failure: BaseException | None = None
        self._questions = questions
        self._outbox: SimpleQueue[_Said | None] = SimpleQueue()
        self._room = threading.Semaphore(opening.window)
        self._closed = False
        self._outbox.put(opening.message)

    def messages(self) -> Iterator[_Said]:
        """Yield what gRPC is to send, until there is nothing left to say."""
        return iter(self._outbox.get, None)

    def feed(self, cancel: Callable[[], object]) -> None:
        """Take questions as long as there is room; a failing iterator cancels the call and is raised to the caller."""
        try:
            for question in self._questions:
                self._room.acquire()
                if self._closed or self.exchange.draining:
                    return
                self._outbox.put(self.exchange.say(question))
        except BaseException as failure:
            self.failure = failure
            cancel()
        else:
            self.exchange.exhaust()
            self._end_when_done()

    def hear(self, message: neural_pb2.PredictStreamResponse) -> Iterator[_Heard]:
        """Yield the result a message carries, if it does."""
        heard = self.exchange.hear(message)
        if isinstance(heard, Again):
            timer = threading.Timer(heard.delay.total_seconds(), self._outbox.put, (heard.message,))
            timer.daemon = True
            timer.start()
        elif heard is not None:
            self._room.release()
            yield heard
        self._end_when_done()

    def close(self) -> None:
        """Let every thread end."""
        self._closed = True
        self._room.release()
        self._outbox.put(None)

    def _end_when_done(self) -> None:
        if self.exchange.done:
            self._outbox.put(None)


def blocking(build: Callable[Concatenate[Defaults, P], Call[R]]) -> Callable[Concatenate[BlockingEdge, P], R]:
    """Make a method that sends the call `build` describes and waits for its answer."""

    @functools.wraps(build)
    def method(self: BlockingEdge, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.send(build(self.defaults, *args, **kwargs))

    return method


def starting(
    build: Callable[Concatenate[Defaults, P], Call[R]],
) -> Callable[Concatenate[BlockingEdge, P], CallFuture[R]]:
    """Make a method that sends the call `build` describes and returns a future."""

    @functools.wraps(build)
    def method(self: BlockingEdge, /, *args: P.args, **kwargs: P.kwargs) -> CallFuture[R]:
        return self.start(build(self.defaults, *args, **kwargs))

    return method


def watching(
    build: Callable[Concatenate[Defaults, P], Call[R]],
) -> Callable[Concatenate[BlockingEdge, P], Iterator[R]]:
    """Make a method that yields the messages of the server stream `build` describes."""

    @functools.wraps(build)
    def method(self: BlockingEdge, /, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        return self.watch(build(self.defaults, *args, **kwargs))

    return method


def conversing(
    build: Callable[Concatenate[Defaults, P], Opening],
) -> Callable[Concatenate[BlockingEdge, Iterable[Message], P], Iterator[_Heard]]:
    """Make a method that takes questions and yields results on the stream `build` opens."""

    @functools.wraps(build)
    def method(
        self: BlockingEdge, questions: Iterable[Message], /, *args: P.args, **kwargs: P.kwargs
    ) -> Iterator[_Heard]:
        return self.converse(build(self.defaults, *args, **kwargs), questions)

    return method


def typed(failure: grpc.RpcError, request_id: str) -> AcumenError:
    """Return the typed error of a failed call."""
    if not isinstance(failure, grpc.Call):
        raise failure
    return from_failure(failure, request_id)
