"""Times into figures, and figures beside their goals."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import numpy as np

Row = dict[str, Any]


def held(row: Row, figure: str, most: float | None = None, least: float | None = None) -> Row:
    """Return a row with its goal and whether it is met, by the median where the figure has rounds; say one bound."""
    found = row[figure]
    value = found["median"] if isinstance(found, dict) else found
    bound = f"<= {most:g}" if most is not None else f">= {least:g}"
    met = value <= most if most is not None else value >= (least or 0)
    return {
        **row,
        "goal": f"{row.get('goal', '')}{'; ' * ('goal' in row)}{figure} {bound}",
        "met": met and row.get("met", True),
    }


def quantile(seconds: Iterable[float], share: float) -> float:
    """Return a quantile in microseconds, to a tenth."""
    return round(float(np.quantile(list(seconds), share)) * 1e6, 1)


def clocked(function: Callable[[], object]) -> float:
    """Return the seconds a call takes."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


async def awaited(work: Awaitable[object]) -> float:
    """Return the seconds until something awaited is done."""
    started = time.perf_counter()
    await work
    return time.perf_counter() - started
