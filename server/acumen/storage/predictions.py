"""Recorded predictions: kept off the answer's path, in batches, bounded in memory and on disk."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from acumen import log
from acumen.errors import PredictionNotFound, StorageFull
from acumen.storage.database import connect, transaction

FLUSH_S = 0.05
R = TypeVar("R")
Row: TypeAlias = tuple[str, str, str, str, float, int]

_log = log.logger("predictions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A recorded prediction: whose it was, how sure it was, and what it is known to have led to."""

    id: str
    namespace: str
    model: str
    p: float
    event_happened: bool | None


class PredictionLog:
    """Buffers rows and writes them every `FLUSH_S`; an async context manager.

    Rows beyond `buffer` are dropped and counted in `dropped`; on disk the newest `kept` stay.
    """

    def __init__(self, data_dir: Path, buffer: int, kept: int) -> None:
        self._data_dir, self._buffer, self._kept = data_dir, buffer, kept
        self._rows: deque[Row] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="predictions")
        self._flushing = asyncio.Lock()
        self.dropped = 0

    async def __aenter__(self) -> "PredictionLog":
        self._connection = await self._run(connect, self._data_dir, "NORMAL")
        self._task = asyncio.create_task(self._flush_loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()
        await self._run(self._connection.close)
        self._thread.shutdown()

    def add(self, row: Row) -> None:
        """Keep (id, namespace, model, version, p, time_ms) for the next flush; any thread may call."""
        if len(self._rows) < self._buffer:
            self._rows.append(row)
        else:
            self.dropped += 1

    async def flush(self) -> None:
        """Write what is buffered; on a full disk it is dropped and counted."""
        async with self._flushing:
            rows = [self._rows.popleft() for _ in range(len(self._rows))]
            if not rows:
                return
            try:
                await self._run(self._insert, rows)
            except StorageFull as error:
                self.dropped += len(rows)
                _log.warning("predictions dropped", count=len(rows), cause=str(error))

    async def model_of(self, prediction_id: str) -> str:
        """Return the model that gave a recorded answer; raises `PredictionNotFound`."""
        query = "SELECT model FROM predictions WHERE id = ?"
        row = await self._run(lambda: self._connection.execute(query, (prediction_id,)).fetchone())
        if row is None:
            raise PredictionNotFound(prediction_id)
        return str(row[0])

    async def newest(self, model: str, version: str, namespace: str, count: int) -> list[float]:
        """Return the confidences of at most `count` answers that were recorded last, newest first."""
        query = (
            "SELECT p FROM predictions WHERE model = ? AND version = ? AND namespace = ? ORDER BY rowid DESC LIMIT ?"
        )
        values = (model, version, namespace, count)
        rows = await self._run(lambda: self._connection.execute(query, values).fetchall())
        return [float(row[0]) for row in rows]

    def _insert(self, rows: list[Row]) -> None:
        with transaction(self._connection):
            insert = "INSERT INTO predictions (id, namespace, model, version, p, time_ms) VALUES (?, ?, ?, ?, ?, ?)"
            self._connection.executemany(insert, rows)
            oldest = "DELETE FROM predictions WHERE rowid <= (SELECT max(rowid) FROM predictions) - ?"
            self._connection.execute(oldest, (self._kept,))

    async def _flush_loop(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_S)
            await self.flush()

    async def _run(self, function: Callable[..., R], *args: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)


def settle(connection: sqlite3.Connection, prediction_id: str, namespace: str, happened: bool) -> Prediction:
    """Note an outcome beside its prediction inside the caller's transaction; return the prediction as it was before.

    Raises `PredictionNotFound` when the namespace has no such record.
    """
    query = "SELECT model, p, event_happened FROM predictions WHERE id = ? AND namespace = ?"
    row = connection.execute(query, (prediction_id, namespace)).fetchone()
    if row is None:
        raise PredictionNotFound(prediction_id, f"in namespace '{namespace}'")
    connection.execute("UPDATE predictions SET event_happened = ? WHERE id = ?", (happened, prediction_id))
    before = None if row[2] is None else bool(row[2])
    return Prediction(id=prediction_id, namespace=namespace, model=row[0], p=row[1], event_happened=before)
