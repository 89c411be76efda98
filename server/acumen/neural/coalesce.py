"""Sharing a batch: requests that arrive within a window are answered together."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Any, TypeAlias

from acumen.errors import AcumenError

Answer: TypeAlias = Callable[[list[Any]], list[Any]]
MOST = 256


class Coalescer:
    """Collects requests of one key for `window_s` (or until 256) and answers them with one call."""

    def __init__(self) -> None:
        self.window_s = 0.0
        self._open: dict[Hashable, list[tuple[Any, asyncio.Future[Any]]]] = {}

    async def submit(self, key: Hashable, request: Any, answer: Answer) -> Any:
        """Return the response to `request`, computed by `answer` with others of the same key."""
        loop = asyncio.get_running_loop()
        batch = self._open.get(key)
        if batch is None:
            batch = self._open[key] = []
            loop.call_later(self.window_s, self._close, key, batch, answer)
        done = loop.create_future()
        batch.append((request, done))
        if len(batch) >= MOST:
            self._close(key, batch, answer)
        return await done

    def _close(self, key: Hashable, batch: list[tuple[Any, "asyncio.Future[Any]"]], answer: Answer) -> None:
        if self._open.get(key) is not batch:
            return
        del self._open[key]
        waiting = [(request, done) for request, done in batch if not done.done()]
        if waiting:
            _settle(waiting, answer)


def _settle(waiting: list[tuple[Any, "asyncio.Future[Any]"]], answer: Answer) -> None:
    """Answer together; if one request spoils that, answer each alone, so that only the bad ones fail."""
    try:
        responses = answer([request for request, _ in waiting])
    except AcumenError as error:
        if len(waiting) == 1:
            waiting[0][1].set_exception(error)
        else:
            for pair in waiting:
                _settle([pair], answer)
        return
    except Exception as error:  # a defect is every waiting caller's error, and the edge logs it
        for _, done in waiting:
            done.set_exception(error)
        return
    for (_, done), response in zip(waiting, responses, strict=True):
        done.set_result(response)
