"""Vectors to index, an executor that builds at once, and the index that brute force would be."""

from concurrent.futures import Executor, Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.index.inputs import query_of
from acumen.index.sizes import Sizes
from acumen_accel import quantise_int8

# So small that a hundred rows go through every change of segments, graphs included.
SMALL = Sizes(
    seal_rows=16,
    factor=2,
    graph_rows=25,
    links=4,
    build_width=20,
    widths=(1,),
    recall=0,
    bits_rows=64,
    seeds=1,
    deviations=0,
    rows_per_step=12,
)


class AtOnce(Executor):
    """Runs what is submitted before `submit` returns."""

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Later(Executor):
    """Keeps what is submitted until it is told to run it."""

    def __init__(self) -> None:
        self.kept: list[tuple[Future[Any], Any, Any]] = []

    def submit(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        future: Future[Any] = Future()
        self.kept.append((future, function, args))
        return future

    def run(self) -> None:
        for future, function, args in self.kept:
            if future.set_running_or_notify_cancel():
                future.set_result(function(*args))
        self.kept.clear()


def clustered(n: int, d: int, seed: int = 0, per: int = 40) -> NDArray[np.float32]:
    """Unit vectors in clusters of about `per`."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((max(1, n // per), d))
    rows = centres[random.integers(0, len(centres), n)] + 0.7 * random.standard_normal((n, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


class Brute:
    """A dictionary of codes; scores by the definition, in Python's whole numbers where it matters."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.held: dict[int, tuple[NDArray[np.int8], np.float32]] = {}

    def add(self, rows: Any, codes: Any, scales: Any) -> None:
        self.held.update({int(r): (c, s) for r, c, s in zip(rows, codes, scales, strict=True)})

    def remove(self, rows: Any) -> None:
        for row in rows:
            self.held.pop(int(row), None)

    def search(self, query: Any, k: int, allowed: Any = None) -> list[tuple[int, np.float32]]:
        code = query_of(query, self.dimension)
        whole = code.code.astype(np.int64)
        scored = [
            (row, np.float32(codes.astype(np.int64) @ whole) * (scale * code.step))
            for row, (codes, scale) in self.held.items()
            if allowed is None or (row < len(allowed) and allowed[row])
        ]
        return sorted(scored, key=lambda one: (-one[1], one[0]))[:k]


def coded(rows: NDArray[np.float32]) -> tuple[Any, Any]:
    return quantise_int8(rows)


def pairs(found: Any) -> list[tuple[int, np.float32]]:
    rows, scores = found
    assert rows.dtype == np.int64 and scores.dtype == np.float32
    return list(zip(rows.tolist(), scores, strict=True))
