"""The one wrapper around every method: request id, metrics, admission, deadline, rules, errors, log, in this order.

One wrapper and not a chain of interceptors: each of those costs as much as a small inference.
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc
from google.protobuf.message import Message

from acumen import log
from acumen.errors import AcumenError, DeadlineExceeded, Draining
from acumen.rpc.admission import Admission
from acumen.rpc.metrics import MethodMetrics
from acumen.rpc.rules import Rules
from acumen.rpc.status import CODES, abort, status_of
from acumen.rpc.stream import Stream

REQUEST_ID_KEY = "x-request-id"
REQUEST_ID_BYTES = 128
SWEEP_S = 1.0

# Calls without an id of their own are numbered; the prefix tells processes apart.
_PREFIX, _NUMBERS = secrets.token_hex(5), itertools.count(1)

_log = log.logger("rpc")


@dataclass(slots=True)
class Call:
    """What a unary handler may know of its call."""

    request_id: str
    context: Any

    def remaining_s(self) -> float | None:
        """Return the seconds until the caller's deadline; None without one."""
        remaining: float | None = self.context.time_remaining()
        return remaining


Unary: TypeAlias = Callable[[Any, Call], Awaitable[Message]]
Streaming: TypeAlias = Callable[[Any, Stream], Awaitable[Message | None]]


class Edge:
    """Wraps handlers; knows every open stream and ends those that stay silent."""

    def __init__(self, rules: Rules, admission: Admission, default_deadline_s: float, stream_idle_s: float) -> None:
        self.rules, self.admission = rules, admission
        self.default_deadline_s, self.stream_idle_s = default_deadline_s, stream_idle_s
        self.streams: set[Stream] = set()

    def unary(self, name: str, metrics: MethodMetrics, handler: Unary) -> Callable[[Any, Any], Awaitable[Any]]:
        """Wrap a handler of one request and one response."""

        async def call(request: Message, context: Any) -> Message:
            ended = self._begin(name, metrics)
            request_id = _request_id(context)
            try:
                metrics.received.inc()
                with self.admission.call():
                    self.rules.check(request)
                    response = await self._in_time(handler, request, Call(request_id, context))
                metrics.sent.inc()
                ended("OK")
                return response
            except asyncio.CancelledError:
                ended("CANCELLED")
                raise
            except Exception as error:
                ended(_told(name, request_id, error))
                await abort(context, error, request_id)
                raise AssertionError("abort does not return") from error

        return call

    async def _in_time(self, handler: Unary, request: Message, call: Call) -> Message:
        """Run a handler; gRPC itself cancels it at the caller's deadline, here is the one for callers that set none."""
        if call.context.time_remaining() is not None:
            return await handler(request, call)
        try:
            async with asyncio.timeout(self.default_deadline_s):
                return await handler(request, call)
        except TimeoutError:
            text = f"no answer within {self.default_deadline_s:g} s, the deadline of calls that set none"
            raise DeadlineExceeded(text) from None

    def stream(self, name: str, metrics: MethodMetrics, handler: Streaming) -> Callable[[Any, Any], Awaitable[Any]]:
        """Wrap a handler that reads or writes several messages; `request` is an iterator where the client streams.

        A handler whose client streams and that answers once returns its response.
        """

        async def call(request: Any, context: Any) -> Message | None:
            ended = self._begin(name, metrics)
            request_id = _request_id(context)
            stream = Stream(context, request_id, metrics, self.rules)
            try:
                with self.admission.stream():
                    self.streams.add(stream)
                    if isinstance(request, Message):
                        self.rules.check(request)
                    response = await handler(request, stream)
                ended("OK")
                return response
            except asyncio.CancelledError:
                if stream.ended_by is None:
                    ended("CANCELLED")
                    raise
                ended(_told(name, request_id, stream.ended_by))
                await abort(context, stream.ended_by, request_id)
            except Exception as error:
                ended(_told(name, request_id, error))
                await abort(context, error, request_id)
            finally:
                self.streams.discard(stream)
            raise AssertionError("abort does not return")

        return call

    @staticmethod
    def _begin(name: str, metrics: MethodMetrics) -> Callable[[str], None]:
        started = time.perf_counter()
        metrics.started.inc()

        def ended(code: str) -> None:
            seconds = time.perf_counter() - started
            metrics.seconds.observe(seconds)
            metrics.handled(code).inc()
            _log.debug("call", method=name, code=code, ms=round(seconds * 1e3, 3))

        return ended

    async def sweep(self) -> None:
        """End streams without a message for longer than allowed; runs until cancelled."""
        while True:
            await asyncio.sleep(min(SWEEP_S, self.stream_idle_s / 4))
            oldest = time.monotonic() - self.stream_idle_s
            for stream in [s for s in self.streams if s.last_message < oldest]:
                text = f"no message moved on this stream for {self.stream_idle_s:g} s"
                stream.end(DeadlineExceeded(text))

    async def drain(self, grace_s: float) -> bool:
        """Stop taking work, tell open streams, wait for what was accepted; return whether it all ended in time."""
        self.admission.draining = True
        await asyncio.gather(*(stream.say_goodbye() for stream in list(self.streams)), return_exceptions=True)
        done = await self.admission.drain(grace_s)
        for stream in list(self.streams):
            stream.end(Draining())
        return done


def _request_id(context: Any) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID_KEY and len(value) <= REQUEST_ID_BYTES:
            return str(value)
    return f"{_PREFIX}{next(_NUMBERS):x}"


def _told(name: str, request_id: str, error: Exception) -> str:
    """Log an error once, here, and return its code's name for the metrics."""
    code: grpc.StatusCode = CODES[status_of(error, request_id).code]
    if isinstance(error, AcumenError):
        _log.info("refused", method=name, request_id=request_id, code=code.name, cause=str(error)[:500])
    else:
        _log.error("failed", method=name, request_id=request_id, code=code.name, exc_info=error)
    return code.name
