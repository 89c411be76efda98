"""What both sides learn: the same networks from the same weights, on the same examples in the same order."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.fit import Schedule, dense_weights

EXAMPLES, CLASSES = 8192, 8
ROWS, WIDTH, WORDS = 16_384, 64, (8, 56)
STEPS = 400

Array = NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A network over dense inputs `x` (n, k), or over bags of `ids`, bag i from `offsets[i]` on; `target` (n,).

    Layers are named `l0`, `l1`, ... with their `activations`; `weights` may hold a `table`.
    """

    name: str
    weights: dict[str, Array]
    activations: tuple[str, ...]
    target: NDArray[np.int64]
    x: Array
    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers."""
        return tuple(f"l{i}" for i in range(len(self.activations)))

    def schedule(self) -> Schedule:
        """Return how both are fitted: clipped gradients, decoupled decay, averaged weights."""
        return Schedule(steps=1_000_000, learning_rate=2e-3, warmup=1e-5, weight_decay=0.01)

    def bags(self, index: Array) -> tuple[Array, Array, Array]:
        """Return ids, offsets and weights of some bags, so that a bag's sum is the mean of its rows."""
        counts = self.offsets[index + 1] - self.offsets[index]
        ends = np.append(0, np.cumsum(counts))
        at = np.arange(ends[-1]) + np.repeat(self.offsets[index] - ends[:-1], counts)
        return self.ids[at], ends, np.repeat((1 / counts).astype(np.float32), counts)


def batches(size: int, seed: int = 1) -> Callable[[], Array]:
    """Return what gives the next batch's example numbers."""
    rng = np.random.default_rng(seed)
    return lambda: rng.integers(0, EXAMPLES, size)


def multilayer(name: str, widths: tuple[int, ...], activation: str) -> Problem:
    """Return a multilayer perceptron and classes drawn by another one."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((EXAMPLES, widths[0])).astype(np.float32)
    hidden = np.tanh(x @ rng.standard_normal((widths[0], 16)) / widths[0] ** 0.5)
    target = (hidden @ rng.standard_normal((16, CLASSES))).argmax(axis=1)
    empty = np.empty(0, np.int64)
    return Problem(
        name=name,
        weights=_dense(rng, widths),
        activations=(activation,) * (len(widths) - 2) + ("identity",),
        target=target,
        x=x,
        ids=empty,
        offsets=empty,
    )


def bags() -> Problem:
    """Return a text head, a hashed bag of 16,384 rows under two layers, and classes with words of their own."""
    rng = np.random.default_rng(0)
    target = rng.integers(0, CLASSES, EXAMPLES)
    counts = rng.integers(*WORDS, EXAMPLES)
    owner = np.repeat(target, counts)
    own = rng.random(owner.size) < 0.15
    drawn = (ROWS * rng.random(owner.size) ** 3).astype(np.int64)
    ids = np.where(own, (drawn // CLASSES * CLASSES + owner) % ROWS, drawn)
    table = {"table": (rng.standard_normal((ROWS, WIDTH)) * 0.1).astype(np.float32)}
    return Problem(
        name=f"embedding bag {ROWS}x{WIDTH}, {WIDTH}-{WIDTH}-{CLASSES}",
        weights=table | _dense(rng, (WIDTH, WIDTH, CLASSES)),
        activations=("relu", "identity"),
        target=target,
        x=np.empty((0, 0), np.float32),
        ids=ids,
        offsets=np.append(0, np.cumsum(counts)),
    )


def _dense(rng: np.random.Generator, widths: tuple[int, ...]) -> dict[str, Array]:
    weights: dict[str, Array] = {}
    for i, (inputs, outputs) in enumerate(pairwise(widths)):
        weights |= dense_weights(rng, f"net/l{i}", inputs, outputs)
    return weights
