"""One call as a value: what is sent where, expecting what, within which time. No I/O."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import uuid4

from google.protobuf.message import Message

R = TypeVar("R", bound=Message)
T = TypeVar("T")
M = TypeVar("M", bound=Message)
NEURAL, BANK, TRAINING = "Neural", "ReasoningBank", "Training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds for calls that do not say otherwise."""

    namespace: str = "default"
    timeout_s: float | None = 30.0
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[R]):
    """One call: the service and its method, its request, the type of its answer and the time it may take.

    Of a client stream, `messages` makes what is sent, anew for each attempt, and `request` is the first of it.
    """

    service: str
    method: str
    request: Message
    response: type[R]
    timeout_s: float | None
    messages: Callable[[], Iterable[Message]] | None = None

    @property
    def body(self) -> Message | Iterable[Message]:
        """What is handed to gRPC."""
        return self.request if self.messages is None else iter(self.messages())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages(Generic[R, T]):
    """A list that comes in pages: the call for the first, and where a page has its items."""

    call: Call[R]
    items: Callable[[R], Iterable[T]]

    def after(self, page_token: str) -> Call[R]:
        """Return the call for the page a token names; without one, the first."""
        if not page_token:
            return self.call
        request: Any = copied(self.call.request)
        request.page_token = page_token
        return replace(self.call, request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Following(Generic[R]):
    """A server stream that can be taken up again: `pass_over` makes a request ask for what comes after a message."""

    call: Call[R]
    pass_over: Callable[[Any, R], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue(Generic[R]):
    """A stream both ways: its opening, and the message that says an item."""

    call: Call[R]
    say: Callable[[Message], Message]


def copied(message: M) -> M:
    """Return a copy of a message."""
    made = type(message)()
    made.CopyFrom(message)
    return made


def unary(
    defaults: Defaults, service: str, method: str, request: Message, response: type[R], timeout: float | None
) -> Call[R]:
    """Return a call that takes the client's timeout where it has none of its own."""
    timeout_s = defaults.timeout_s if timeout is None else timeout
    return Call(service=service, method=method, request=request, response=response, timeout_s=timeout_s)


def new_id() -> str:
    """Return a request id."""
    return uuid4().hex
