"""Problems whose solution is simulated: where the truth of convergent-v1 comes from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.cognitive.convergent import reading, statements
from acumen.proto.models.v1 import cognitive_pb2 as pb
from acumen_accel.execution_simulation import Chances, Strategy, simulate
from acumen_accel.problem_graph import Arranged, Problem, arrange, graph

Doubles = NDArray[np.float64]

FIELDS = tuple(reading.ASSUMED)
WORKERS, MORE_WORKERS = (1, 2, 2, 3, 4, 4, 6, 8), (3, 6, 8, 12, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """What problems are drawn from; the shifted ones reach beyond those of training."""

    subproblems: tuple[int, int] = (2, 24)
    workers: tuple[int, ...] = WORKERS
    log_failure: tuple[float, float] = (-2.3, -0.3)
    cv: tuple[float, float] = (0.05, 1.5)
    shared: float = 0.8
    log_deadline: tuple[float, float] = (-0.3, 0.7)
    log_budget: tuple[float, float] = (0.05, 0.85)


USUAL = Ranges()
SHIFTED = Ranges(
    subproblems=(24, 48),
    workers=MORE_WORKERS,
    log_failure=(-2.6, -0.2),
    cv=(0.02, 2.2),
    shared=1.0,
    log_deadline=(-0.5, 0.9),
    log_budget=(-0.05, 1.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A problem as it is told, and as it is: `problem` holds the true numbers, also those not told."""

    message: Any
    problem: Problem
    arranged: Arranged


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """How the eight strategies fare on average: `utility`, `time` ms and `success`, in time and within budget, (8,)."""

    utility: Doubles
    time: Doubles
    success: Doubles


def generator(seed: int, index: int, shifted: bool = False) -> np.random.Generator:
    """Return the generator of one problem."""
    return np.random.default_rng([seed, index, int(shifted)])


def case(rng: np.random.Generator, ranges: Ranges = USUAL) -> Case:
    """Draw a problem."""
    low, high = ranges.subproblems
    n = int(np.exp(rng.uniform(np.log(low), np.log(high + 1))))
    first, parent = _edges(rng, n)
    effort = np.exp(rng.uniform(np.log(1e2), np.log(1e6)) + rng.uniform(0.1, 1.2) * rng.standard_normal(n))
    task = np.stack([effort, *_qualities(rng, n, ranges)], axis=1)
    arranged = arrange(first, parent, effort)
    problem = _circumstances(rng, task, first, parent, arranged, ranges)
    return Case(message=told(problem, rng), problem=problem, arranged=arranged)


def around(rng: np.random.Generator, effort: Doubles, cv: Doubles, first: Any, parent: Any) -> Case:
    """Draw everything else around a given graph with its efforts and their spread."""
    p, shared, _ = _qualities(rng, effort.size, USUAL)
    task = np.stack([effort, p, shared, cv], axis=1)
    arranged = arrange(first, parent, effort)
    problem = _circumstances(rng, task, first, parent, arranged, USUAL)
    return Case(message=told(problem, rng), problem=problem, arranged=arranged)


def fared(problem: Problem, arranged: Arranged, rng: np.random.Generator, runs: int) -> Fared:
    """Simulate all strategies on the same draws of chance."""
    chances = Chances.draw(rng, problem.task[:, 3], runs)
    ordered = graph(problem, arranged)
    rows = []
    for strategy in Strategy:
        made = simulate(ordered, strategy, problem.workers, problem.budget, problem.retry, chances)
        worth = utility(problem, made.time, made.spent, made.solved)
        rows.append((worth.mean(), made.time.mean(), (made.solved & (made.time <= problem.deadline)).mean()))
    means = np.array(rows)
    return Fared(utility=means[:, 0], time=means[:, 1], success=means[:, 2])


def utility(problem: Problem, time: Any, spent: Any, solved: Any) -> Doubles:
    """Return the worth of runs, 0 to 1, as `SolutionPath.expected_utility` defines it."""
    soon = 1 / (1 + np.square(np.asarray(time) / problem.deadline))
    cheap = 1 / (1 + np.square(np.asarray(spent) / problem.budget))
    by_time, by_cost, by_risk = problem.weights
    in_time = np.asarray(time) <= problem.deadline
    return np.where(solved, by_time * soon + by_cost * cheap + by_risk * in_time, 0.0)


def told(problem: Problem, rng: np.random.Generator) -> pb.ProblemContext:
    """Tell a problem; each of the three qualities is left out of one problem in eight, and hinted at in words."""
    hidden = rng.random(3) < 0.125
    message = pb.ProblemContext(
        statement=statements.write(problem, rng),
        workers=problem.workers,
        deadline_ms=problem.deadline,
        budget_units=problem.budget / reading.MS_A_UNIT,
        retry_cost=problem.retry / reading.MS_A_UNIT,
    )
    message.objective.time, message.objective.cost, message.objective.risk = problem.weights
    for i, (effort, p, shared, cv) in enumerate(problem.task.tolist()):
        part = message.subproblems.add(id=f"s{i}", effort_ms=effort)
        for field, value, hide in zip(FIELDS, (cv, p, shared), hidden, strict=True):
            if not hide:
                setattr(part, field, value)
        part.depends_on.extend(f"s{j}" for j in problem.parent[problem.first[i] : problem.first[i + 1]])
    return message


def _qualities(rng: np.random.Generator, n: int, ranges: Ranges) -> tuple[Doubles, Doubles, Doubles]:
    """Draw probability of success, shared state and coefficient of variation of n subproblems around common levels."""
    failure = 10 ** (rng.uniform(*ranges.log_failure) + rng.uniform(0, 0.4) * rng.standard_normal(n))
    shared = ranges.shared * rng.random() ** 1.5 * rng.uniform(0.3, 1.3, n) * (rng.random(n) < rng.uniform(0.3, 1.3))
    cv = rng.uniform(*ranges.cv) * np.exp(rng.uniform(0, 0.4) * rng.standard_normal(n))
    return 1 - np.clip(failure, 0.0, 0.8), np.clip(shared, 0.0, 1.0), np.clip(cv, 0.0, 4.0)


def _circumstances(
    rng: np.random.Generator, task: Doubles, first: Any, parent: Any, arranged: Arranged, ranges: Ranges
) -> Problem:
    total, workers = float(task[:, 0].sum()), int(rng.choice(ranges.workers))
    soonest = max(float(arranged.rank.max()), total / workers)
    weights = rng.dirichlet((1.0, 1.0, 1.0)) if rng.random() < 0.8 else np.full(3, 1 / 3)
    return Problem(
        task=task,
        first=first,
        parent=parent,
        workers=workers,
        deadline=soonest * 10 ** rng.uniform(*ranges.log_deadline),
        budget=total * 10 ** rng.uniform(*ranges.log_budget),
        retry=float(task[:, 0].mean() * max(rng.uniform(-0.4, 1.0), 0.0)),
        weights=(float(weights[0]), float(weights[1]), float(weights[2])),
    )


def _edges(rng: np.random.Generator, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw what each subproblem depends on: nothing, a chain, a tree, layers, or earlier ones at random."""
    kind = rng.integers(0, 6)
    layer = np.sort(rng.integers(0, max(2, int(np.sqrt(n) * rng.uniform(0.6, 1.6))), n))
    parents: list[list[int]] = []
    for i in range(n):
        before = np.arange(i)
        if kind == 1:
            found = before[-1:] if rng.random() < 0.9 else before[:0]
        elif kind == 2:
            found = before[rng.integers(0, i, 1)] if i else before
        elif kind == 3:
            above = np.flatnonzero(layer == layer[i] - 1)
            found = above[rng.random(above.size) < 0.5]
        elif kind == 4:
            found = before[rng.random(i) < min(1.0, 1.5 / n + 0.1)]
        elif kind == 5:
            found = before[:1] if i < n - 1 else before[1:]
        else:
            found = before[:0]
        parents.append(sorted(found.tolist()))
    first = np.cumsum([0, *map(len, parents)])
    return first.astype(np.int64), np.array([j for row in parents for j in row], np.int64)
