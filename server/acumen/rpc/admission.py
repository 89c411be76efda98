"""How much is worked on at once, and the end of it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from acumen.errors import Draining, LimitExceeded, Overloaded


class Admission:
    """Counts what is in flight; refuses more than the limits, and everything once draining."""

    def __init__(self, max_calls: int, max_streams: int) -> None:
        self.max_calls, self.max_streams = max_calls, max_streams
        self.calls = self.streams = 0
        self.draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def call(self) -> Iterator[None]:
        """Hold a place for a unary call; raises `Draining` or `Overloaded`."""
        if self.draining:
            raise Draining
        if self.calls >= self.max_calls:
            raise Overloaded("calls in flight", self.max_calls)
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1
            self._settle()

    @contextmanager
    def stream(self) -> Iterator[None]:
        """Hold a place for a stream; raises `Draining` or `LimitExceeded`."""
        if self.draining:
            raise Draining
        if self.streams >= self.max_streams:
            raise LimitExceeded("open streams", self.streams + 1, self.max_streams)
        self.streams += 1
        self._idle.clear()
        try:
            yield
        finally:
            self.streams -= 1
            self._settle()

    def _settle(self) -> None:
        if self.draining and not self.calls and not self.streams:
            self._idle.set()

    async def drain(self, grace_s: float) -> bool:
        """Refuse what is new and wait for the rest; return whether everything ended within `grace_s`."""
        self.draining = True
        self._idle.clear()
        self._settle()
        try:
            async with asyncio.timeout(grace_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True
