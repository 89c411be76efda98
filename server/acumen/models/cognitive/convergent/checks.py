"""What a problem context must satisfy, what a truth about one must, and what a solution path promises."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from acumen.errors import Violation
from acumen.models.cognitive.convergent import path
from acumen.models.cognitive.convergent.reading import Read, read
from acumen_accel.execution_simulation import Strategy
from acumen_accel.problem_graph import arrange

MOST_SUBPROBLEMS = 200
MOST_WORKERS = 256
STATEMENT_BYTES = 65_536
ID_BYTES = 256
MOST_MS = 1e12
LIMITS = {"effort_cv": (0.0, 10.0), "success_prob": (0.01, 1.0), "shared_state": (0.0, 1.0)}
PATH = "problem_context"


def violations(message: Any) -> list[Violation]:
    """Return every rule a problem context breaks."""
    found = list(_circumstances(message)) + list(_size(message.subproblems))
    if len(message.subproblems) > MOST_SUBPROBLEMS:
        return found
    number: dict[str, int] = {}
    for i, part in enumerate(message.subproblems):
        found += _subproblem(i, part, number)
    dangling = [v for i, part in enumerate(message.subproblems) for v in _dependencies(i, part, number)]
    return found + (dangling or ([] if found else list(_cycle(message, number))))


def _violation(field: str, description: str) -> Violation:
    return Violation(field=f"{PATH}.{field}", description=description)


def _size(parts: Any) -> Iterator[Violation]:
    if not 1 <= len(parts) <= MOST_SUBPROBLEMS:
        yield _violation("subproblems", f"holds {len(parts)}, must be 1 to {MOST_SUBPROBLEMS}")


def _circumstances(message: Any) -> Iterator[Violation]:
    size = len(message.statement.encode())
    if size > STATEMENT_BYTES:
        yield _violation("statement", f"has {size} bytes, must be at most {STATEMENT_BYTES}")
    if message.workers > MOST_WORKERS:
        yield _violation("workers", f"is {message.workers}, must be at most {MOST_WORKERS}")
    for field in ("deadline_ms", "budget_units", "retry_cost"):
        value = getattr(message, field)
        if not 0 <= value <= MOST_MS * MOST_SUBPROBLEMS:
            yield _violation(field, f"is {value:g}, must be 0 to {MOST_MS * MOST_SUBPROBLEMS:g}")
    if message.HasField("objective"):
        yield from _objective(message.objective)


def _objective(objective: Any) -> Iterator[Violation]:
    weights = {name: getattr(objective, name) for name in ("time", "cost", "risk")}
    bad = {name: value for name, value in weights.items() if not 0 <= value < math.inf}
    for name, value in bad.items():
        yield _violation(f"objective.{name}", f"is {value:g}, must be finite and at least 0")
    if not bad and max(weights.values()) <= 0:
        yield _violation("objective", "has only weights of 0, one must be above")


def _subproblem(i: int, part: Any, number: dict[str, int]) -> list[Violation]:
    at, size, found = f"subproblems[{i}]", len(part.id.encode()), []
    if not 1 <= size <= ID_BYTES:
        found.append(_violation(f"{at}.id", f"has {size} bytes, must have 1 to {ID_BYTES}"))
    elif part.id in number:
        text = f"'{part.id}' is also the id of subproblems[{number[part.id]}], must be distinct"
        found.append(_violation(f"{at}.id", text))
    number.setdefault(part.id, i)
    if not 0 < part.effort_ms <= MOST_MS:
        found.append(_violation(f"{at}.effort_ms", f"is {part.effort_ms:g}, must be above 0 and at most {MOST_MS:g}"))
    for field, (low, high) in LIMITS.items():
        value = getattr(part, field)
        if part.HasField(field) and not low <= value <= high:
            found.append(_violation(f"{at}.{field}", f"is {value:g}, must be {low:g} to {high:g}"))
    return found


def _dependencies(i: int, part: Any, number: dict[str, int]) -> Iterator[Violation]:
    at, seen = f"subproblems[{i}].depends_on", set()
    if len(part.depends_on) > MOST_SUBPROBLEMS:
        yield _violation(at, f"holds {len(part.depends_on)}, must be at most {MOST_SUBPROBLEMS}")
        return
    for k, name in enumerate(part.depends_on):
        if name not in number:
            yield _violation(f"{at}[{k}]", f"'{name}' is no subproblem's id")
        elif name in seen:
            yield _violation(f"{at}[{k}]", f"'{name}' is named twice, must be distinct")
        seen.add(name)


def _cycle(message: Any, number: dict[str, int]) -> Iterator[Violation]:
    """Name the subproblems that cannot be ordered because they depend on each other."""
    parts = message.subproblems
    parent = [number[name] for part in parts for name in part.depends_on]
    first = np.cumsum([0, *(len(part.depends_on) for part in parts)]).astype(np.int64)
    effort = np.array([part.effort_ms for part in parts], np.float64)
    arranged = arrange(first, np.array(parent, np.int64), effort)
    if arranged.acyclic < len(parts):
        ordered = set(arranged.order[: arranged.acyclic].tolist())
        stuck = [part.id for i, part in enumerate(parts) if i not in ordered]
        text = f"{len(stuck)} subproblems depend on a cycle, must be none; among them {', '.join(stuck[:5])}"
        yield _violation("subproblems", text)


def broken_promises(message: Any, output: Any) -> list[str]:
    """Return what `output` promises and does not keep."""
    known = read(message)
    possible = [s for s in Strategy if path.possible(known.problem)[s]]
    if output.strategy - 1 not in possible:
        return [f"strategy {output.strategy} cannot be carried out"]
    return [*_forecasts(output, possible), *_steps(message, output, known)]


def _forecasts(output: Any, possible: list[Strategy]) -> Iterator[str]:
    others = [one.strategy - 1 for one in output.alternatives]
    if sorted([*others, output.strategy - 1]) != possible:
        yield "strategy and alternatives are not every possible strategy once"
    order = [(one.expected_regret, one.strategy) for one in output.alternatives]
    if order != sorted(order):
        yield "alternatives are not by expected regret, ties by number"
    if not all(0 <= one.expected_regret <= 1 for one in output.alternatives):
        yield "an expected regret is outside 0 to 1"
    if not (0 <= output.success_prob <= 1 and 0 <= output.expected_utility <= 1):
        yield "success_prob or expected_utility is outside 0 to 1"
    if not 0 < output.expected_time_ms < math.inf:
        yield "expected_time_ms is not a time"


def _steps(message: Any, output: Any, known: Read) -> Iterator[str]:
    depends = {part.id: list(part.depends_on) for part in message.subproblems}
    names = [step.id for step in output.steps]
    if sorted(names) != sorted(depends):
        yield "steps are not every subproblem once"
        return
    place = {name: k for k, name in enumerate(names)}
    if any(place[other] > place[name] for name in names for other in depends[name]):
        yield "a step comes before what it depends on"
    expected = path.steps(message, known.problem, known.arranged, Strategy(output.strategy - 1))
    if [s.SerializeToString() for s in expected] != [s.SerializeToString() for s in output.steps]:
        yield "steps are not those of the strategy's template"
    stage = {step.id: step.stage for step in output.steps}
    below = any(stage[other] >= stage[name] for name in names for other in depends[name])
    if below and output.strategy - 1 != Strategy.SPECULATIVE:
        yield "a step's stage is not after that of what it depends on"


def truth_violations(message: Any, target: Any) -> Iterator[Violation]:
    """Yield what is wrong with a `ConvergentTruth` about a checked problem context."""
    possible = path.possible(read(message).problem)
    if not target.outcomes and not target.best:
        yield Violation(field="convergent_truth", description="has neither outcomes nor best, must have one")
    seen: set[int] = set()
    for i, outcome in enumerate(target.outcomes):
        at = f"convergent_truth.outcomes[{i}]"
        yield from _known_strategy(f"{at}.strategy", outcome.strategy, possible)
        if outcome.strategy in seen:
            yield Violation(field=f"{at}.strategy", description=f"{outcome.strategy} is listed twice")
        seen.add(outcome.strategy)
        yield from _result(at, outcome)
    if target.best:
        yield from _known_strategy("convergent_truth.best", target.best, possible)


def _known_strategy(field: str, number: int, possible: Any) -> Iterator[Violation]:
    if not 1 <= number <= len(Strategy):
        yield Violation(field=field, description=f"is {number}, must be 1 to {len(Strategy)}")
    elif not possible[number - 1]:
        text = f"{Strategy(number - 1).name} cannot be carried out here: it needs more workers, or dependencies"
        yield Violation(field=field, description=text)


def _result(at: str, outcome: Any) -> Iterator[Violation]:
    kind = outcome.WhichOneof("result")
    if kind is None:
        yield Violation(field=f"{at}.result", description="is not set, must be a utility or a run")
    elif kind == "utility" and not 0 <= outcome.utility <= 1:
        yield Violation(field=f"{at}.utility", description=f"is {outcome.utility:g}, must be 0 to 1")
    elif kind == "run":
        for name in ("time_ms", "spent_units"):
            value = getattr(outcome.run, name)
            if not 0 <= value < math.inf:
                yield Violation(field=f"{at}.run.{name}", description=f"is {value:g}, must be finite and at least 0")
