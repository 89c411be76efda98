"""What it saves, and costs, to compute layers again instead of keeping them."""

import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from acumen.neural.tape import Node, Tape

DEPTH, WIDTH, ROWS = 12, 128, 512
RUNS = (1, 2, 3, 4, 6)


def steps() -> dict[int, Callable[[], Any]]:
    """Return the gradient of 12 gelu layers, by how many layers are computed again at a time; 0 keeps all."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((ROWS, WIDTH)).astype(np.float32)
    names = [f"l{i}" for i in range(DEPTH)]
    weights = {
        f"net/{name}/{kind}": (rng.standard_normal(shape) / WIDTH**0.5).astype(np.float32)
        for name in names
        for kind, shape in (("w", (WIDTH, WIDTH)), ("b", (WIDTH,)))
    }
    return {run: partial(_step, x, weights, names, run) for run in (0, *RUNS)}


def peak_bytes(step: Callable[[], Any]) -> int:
    """Return the most memory held by arrays and objects during a step."""
    step()
    tracemalloc.start()
    try:
        step()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _step(x: Any, weights: dict[str, Any], names: list[str], run: int) -> None:
    tape, nodes = Tape(run), {name: Node(value) for name, value in weights.items()}
    tape.sum(tape.layers(x, nodes, names, ["gelu"] * DEPTH)).backward()
