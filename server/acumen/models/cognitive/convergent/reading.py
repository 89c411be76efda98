"""Reading a problem context: what its numbers are, and what is assumed where they are left out."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen_accel.problem_graph import Arranged, Problem, arrange

MS_A_UNIT = 1000.0
GENEROUS = 3.0
"""A budget that is not given is this many times the sum of all efforts."""
CUES = {
    "effort_cv": re.compile(r"\b(?:unclear|unknown|uncertain|explor|research|hard to estimate)"),
    "success_prob": re.compile(r"\b(?:fail|flak|unreliabl|error-prone|intermittent|brittle)"),
    "shared_state": re.compile(r"\b(?:shared|lock|same file|conflict|coupled|race condition)"),
}
ASSUMED = {"effort_cv": (0.5, 1.2), "success_prob": (0.9, 0.65), "shared_state": (0.2, 0.6)}
"""What stands in for a number that is not given: without, and with a word of `CUES` in the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A problem as numbers, its order, and `hints` (3,): 1 where a word of the statement stood in for a number."""

    problem: Problem
    arranged: Arranged
    hints: tuple[float, float, float]


def read(message: Any) -> Read:
    """Read a checked `ProblemContext`."""
    parts = message.subproblems
    n = len(parts)
    missing = [sum(not part.HasField(field) for part in parts) for field in ASSUMED]
    cued = [bool(count) and _says(message.statement, field) for count, field in zip(missing, ASSUMED, strict=True)]
    cv, p, shared = (assumed[said] for assumed, said in zip(ASSUMED.values(), cued, strict=True))
    if any(missing):
        rows = [_row(part, cv, p, shared) for part in parts]
    else:
        rows = [(part.effort_ms, part.success_prob, part.shared_state, part.effort_cv) for part in parts]
    task = np.array(rows, np.float64)
    first, parent = _edges(parts)
    total = float(task[:, 0].sum())
    problem = Problem(
        task=task,
        first=first,
        parent=parent,
        workers=message.workers or 1,
        deadline=message.deadline_ms or total,
        budget=message.budget_units * MS_A_UNIT or GENEROUS * total,
        retry=message.retry_cost * MS_A_UNIT,
        weights=weights_of(message),
        missing=(missing[0] / n, missing[1] / n, missing[2] / n),
    )
    hints = (float(cued[0]), float(cued[1]), float(cued[2]))
    return Read(problem=problem, arranged=arrange(first, parent, task[:, 0].copy()), hints=hints)


def weights_of(message: Any) -> tuple[float, float, float]:
    """Return the weights of time, cost and risk, sum 1."""
    if not message.HasField("objective"):
        return (1 / 3, 1 / 3, 1 / 3)
    given = message.objective
    largest = max(given.time, given.cost, given.risk)
    time, cost, risk = given.time / largest, given.cost / largest, given.risk / largest
    total = time + cost + risk
    return (time / total, cost / total, risk / total)


def _says(statement: str, field: str) -> bool:
    return CUES[field].search(statement.lower()) is not None


def _row(part: Any, cv: float, p: float, shared: float) -> tuple[float, float, float, float]:
    return (
        part.effort_ms,
        part.success_prob if part.HasField("success_prob") else p,
        part.shared_state if part.HasField("shared_state") else shared,
        part.effort_cv if part.HasField("effort_cv") else cv,
    )


def _edges(parts: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    number = {part.id: i for i, part in enumerate(parts)}
    first, parent = [0], []
    for part in parts:
        parent += [number[name] for name in part.depends_on]
        first.append(len(parent))
    return np.array(first, np.int64), np.array(parent, np.int64)
