"""Threads for work that would hold up the event loop, with a bounded queue before them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from acumen.errors import Overloaded

P = ParamSpec("P")
R = TypeVar("R")
WAITING_PER_THREAD = 64


class BoundedExecutor:
    """Runs functions beside the event loop; refuses with `Overloaded` once too many wait."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inference")
        self._threads = threads
        self._inside = 0

    @property
    def limit(self) -> int:
        """Most functions running and waiting together."""
        return self._threads * (1 + WAITING_PER_THREAD)

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what a function returns; raises `Overloaded` when the queue is full."""
        if self._inside >= self.limit:
            raise Overloaded("inferences that wait for a thread", self.limit)
        self._inside += 1
        try:
            return await asyncio.wrap_future(self._pool.submit(function, *args, **kwargs))
        finally:
            self._inside -= 1

    def resize(self, threads: int) -> None:
        """Use another number of threads from now on; what runs goes on where it is."""
        if threads != self._threads:
            old, self._threads = self._pool, threads
            self._pool = ThreadPoolExecutor(threads, thread_name_prefix="inference")
            old.shutdown(wait=False)

    def close(self) -> None:
        """Wait for what runs and drop what waits."""
        self._pool.shutdown(cancel_futures=True)
