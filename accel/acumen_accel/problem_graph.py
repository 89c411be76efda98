"""What a graph of subproblems is like: its order, its measures, and how each strategy would fare without chance."""

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from acumen_accel.execution_simulation import DRAWS, Graph, Strategy
from acumen_accel.levels import load

_RAW: Any = load("problem_graph")
_RUN: Any = load("execution_simulation")

Doubles: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

NAMES: Final = (
    "log_subproblems", "log_workers", "log_parallelism", "log_load", "depth_share", "width_share",
    "log_width_per_worker", "dependencies_each", "largest_effort", "effort_spread", "cv", "cv_together",
    "failure", "largest_failure", "log_failures", "log_unsolved_by_3", "log_unsolved_by_4", "log_unsolved_by_refining",
    "work_with_retries", "shared", "largest_shared", "crowding", "log_deadline_by_critical_path",
    "log_deadline_by_effort", "log_budget_by_effort",
    "log_retry", "weight_time", "weight_cost", "weight_risk", "cv_missing", "success_missing", "shared_missing",
    *(f"log_time_{s.name.lower()}" for s in Strategy), *(f"log_spent_{s.name.lower()}" for s in Strategy),
)  # fmt: skip
STRATEGIES: Final = len(Strategy)
_SURE: Final = np.ones((1, 256, DRAWS)), np.zeros((1, 256, 2 * DRAWS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Subproblems and their circumstances, every time and amount of work in one unit.

    `task` (n, 4) effort, probability of success, shared state, coefficient of variation; `first`, `parent` as in
    `Graph`; `weights` (3,) of time, cost and risk, sum 1; `missing` (3,) shares of cv, success and shared not given.
    """

    task: Doubles
    first: Integers
    parent: Integers
    workers: int
    deadline: float
    budget: float
    retry: float
    weights: tuple[float, float, float]
    missing: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """The order of a graph.

    `level` (n,) longest way there in steps, `rank` (n,) longest way to the end in effort, `order` (n,) by falling rank;
    `acyclic` is how many subproblems neither lie on a cycle nor depend on one.
    """

    level: Integers
    rank: Doubles
    order: Integers
    acyclic: int


def arrange(first: Integers, parent: Integers, effort: Doubles) -> Arranged:
    """Order a graph; `parent` holds numbers below n."""
    n = effort.size
    level, rank, order = np.zeros(n, np.int64), np.zeros(n), np.zeros(n, np.int64)
    acyclic = _RAW.arrange(first, parent, effort, level, rank, order)
    return Arranged(level=level, rank=rank, order=order, acyclic=acyclic)


def graph(problem: Problem, arranged: Arranged) -> Graph:
    """Return the graph as the simulator takes it."""
    effort, p, shared = (np.ascontiguousarray(problem.task[:, k]) for k in range(3))
    return Graph(first=problem.first, parent=problem.parent, effort=effort, p=p, shared=shared, order=arranged.order)


def foretell(problem: Problem, arranged: Arranged) -> Doubles:
    """Return (8, 2): time and work of every strategy if all attempts took their means, repeated ones included."""
    n = len(problem.task)
    efforts, out, sure = np.empty((STRATEGIES, n)), np.zeros((STRATEGIES, 1, 3)), problem.task[:, :3].copy()
    _RAW.expected(problem.task, problem.workers, problem.retry, efforts)
    factor, luck = _SURE[0][:, :n], _SURE[1][:, :n]
    sure[:, 1] = 1.0
    for s in range(STRATEGIES):
        sure[:, 0] = efforts[s]
        _RUN.simulate(
            s, problem.workers, np.inf, 0.0, arranged.order, problem.first, problem.parent, sure, factor, luck, out[s]
        )
    return out[:, 0, :2]


def measure(problem: Problem, arranged: Arranged) -> tuple[Doubles, Doubles]:
    """Return the row (48,) a selector reads, columns `NAMES`, and (8, 2) what `foretell` says."""
    row = np.empty(len(NAMES))
    context = np.array([problem.deadline, problem.budget, problem.retry, *problem.weights, *problem.missing])
    _RAW.summary(problem.task, arranged.level, arranged.rank, problem.parent.size, problem.workers, context, row[:32])
    foretold = foretell(problem, arranged)
    row[32:40] = np.log(foretold[:, 0] / problem.deadline)
    row[40:] = np.log(foretold[:, 1] / problem.budget)
    return row, foretold
