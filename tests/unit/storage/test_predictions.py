"""Predictions are recorded in batches, bounded in memory and on disk."""

import asyncio
from pathlib import Path

import pytest

from acumen.errors import PredictionNotFound
from acumen.storage.database import connect, transaction
from acumen.storage.predictions import PredictionLog, Row, settle


def _row(i: int) -> Row:
    return (f"p{i}", "default", "m-v1", "1.0.0", 0.5, i)


def _ids(folder: Path) -> list[str]:
    connection = connect(folder, "NORMAL")
    rows = connection.execute("SELECT id FROM predictions ORDER BY rowid").fetchall()
    connection.close()
    return [row[0] for row in rows]


async def test_rows_reach_the_disk_by_themselves_and_at_the_end(tmp_path: Path) -> None:
    """Nobody has to flush: the loop does, and closing does."""
    async with PredictionLog(tmp_path, 100, 100) as log:
        log.add(_row(1))
        async with asyncio.timeout(5):
            while not _ids(tmp_path):
                await asyncio.sleep(0.01)
        log.add(_row(2))
    assert _ids(tmp_path) == ["p1", "p2"]


async def test_a_full_buffer_drops_and_counts(tmp_path: Path) -> None:
    """Beyond the buffer rows are not kept, and the number says so."""
    async with PredictionLog(tmp_path, 3, 100) as log:
        for i in range(5):
            log.add(_row(i))
        await log.flush()
        assert log.dropped == 2
    assert _ids(tmp_path) == ["p0", "p1", "p2"]


async def test_the_newest_confidences_are_found(tmp_path: Path) -> None:
    """Newest first, no more than asked for, of one model, version and namespace."""
    async with PredictionLog(tmp_path, 100, 100) as log:
        for i in range(6):
            log.add((f"p{i}", "default", "m-v1", "1.0.0", i / 10, i))
        for other in (("n", "m-v1", "1.0.0"), ("default", "o-v1", "1.0.0"), ("default", "m-v1", "2.0.0")):
            log.add((f"o{other}", *other, 0.9, 9))
        await log.flush()
        assert await log.newest("m-v1", "1.0.0", "default", 4) == [0.5, 0.4, 0.3, 0.2]
        assert await log.newest("m-v1", "1.0.0", "n", 4) == [0.9]
        assert await log.newest("m-v1", "1.0.0", "nobody", 4) == []


async def test_only_the_newest_rows_are_kept(tmp_path: Path) -> None:
    """The table never grows beyond its limit."""
    async with PredictionLog(tmp_path, 100, 4) as log:
        for start in (0, 5):
            for i in range(start, start + 5):
                log.add(_row(i))
            await log.flush()
    assert _ids(tmp_path) == ["p6", "p7", "p8", "p9"]


async def test_settling_returns_the_state_before(tmp_path: Path) -> None:
    """The first outcome finds none, the second finds the first; another namespace finds nothing."""
    async with PredictionLog(tmp_path, 10, 10) as log:
        log.add(_row(1))
        await log.flush()
    connection = connect(tmp_path, "FULL")
    with transaction(connection):
        assert settle(connection, "p1", "default", True).event_happened is None
        assert settle(connection, "p1", "default", False).event_happened is True
        with pytest.raises(PredictionNotFound, match="'p1'.*'other'"):
            settle(connection, "p1", "other", True)
    connection.close()
