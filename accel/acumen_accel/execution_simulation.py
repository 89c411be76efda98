"""Simulating how a graph of subproblems is worked through: typed access to the event simulator."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.levels import load

_RAW: Any = load("execution_simulation")

Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
DRAWS: Final = 12


class Strategy(IntEnum):
    """How subproblems are worked through."""

    SEQUENTIAL = 0
    PARALLEL = 1
    PIPELINE = 2
    DIVIDE_CONQUER = 3
    SPECULATIVE = 4
    ITERATIVE_REFINE = 5
    PORTFOLIO_RACE = 6
    ADAPTIVE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Subproblems that depend on each other without a cycle.

    `parent[first[i]:first[i + 1]]` are those that `i` depends on; `effort` (n,) above 0, `p` (n,) probability that an
    attempt succeeds, `shared` (n,) share of the work on shared state, `order` (n,) by priority, highest first.
    """

    first: Integers
    parent: Integers
    effort: Doubles
    p: Doubles
    shared: Doubles
    order: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """What luck holds in R runs: `factor` (R, n, 12) efforts over their means; `luck` (R, n, 24) uniform draws."""

    factor: Doubles
    luck: Doubles

    @classmethod
    def draw(cls, rng: np.random.Generator, cv: Doubles, runs: int) -> "Chances":
        """Draw lognormal factors of mean 1 and coefficients of variation `cv` (n,)."""
        sigma = np.sqrt(np.log1p(cv * cv))[None, :, None]
        z = rng.standard_normal((runs, cv.size, DRAWS))
        return cls(factor=np.exp(sigma * z - 0.5 * sigma * sigma), luck=rng.random((runs, cv.size, 2 * DRAWS)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How R runs went, each (R,): time until the end, work paid, and whether there was a solution."""

    time: Doubles
    spent: Doubles
    solved: NDArray[np.bool_]


def simulate(graph: Graph, strategy: Strategy, workers: int, budget: float, retry: float, chances: Chances) -> Runs:
    """Run a strategy on every draw; efforts, `budget` and `retry` (added to each repeated attempt) share one unit."""
    n = graph.effort.size
    if workers < 1 or graph.first.shape != (n + 1,) or not (graph.effort > 0).all():
        raise ValueError("workers must be at least 1, first (n + 1,), and every effort above 0")
    if chances.factor.shape[1:] != (n, DRAWS) or chances.luck.shape != (len(chances.factor), n, 2 * DRAWS):
        raise ValueError(f"factor must be (R, n, {DRAWS}) and luck (R, n, {2 * DRAWS})")
    task = np.ascontiguousarray(np.stack([graph.effort, graph.p, graph.shared], axis=1))
    out = np.zeros((len(chances.factor), 3))
    _RAW.simulate(
        int(strategy), workers, float(budget), float(retry), graph.order, graph.first, graph.parent, task,
        chances.factor, chances.luck, out,
    )  # fmt: skip
    return Runs(time=out[:, 0], spent=out[:, 1], solved=out[:, 2] > 0)
