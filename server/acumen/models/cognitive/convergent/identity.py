"""What convergent-v1 is called, what it promises and what its features stand for."""

from collections.abc import Callable, Sequence
from typing import Any

from acumen.models.cognitive.convergent import path
from acumen.neural.selector import GROUPS
from acumen.neural.spec import Category, FeatureGroup, Identity, Lever
from acumen_accel.problem_graph import NAMES

HINTS = ("hint_cv", "hint_failure", "hint_shared")
COLUMNS = (*NAMES, *HINTS)
WITHIN = 0.02


def _lever(field: str, grid: Callable[[Any], Sequence[float]], whole: bool = False) -> Lever:
    def write(message: Any, value: float) -> None:
        setattr(message, field, int(value) if whole else value)

    return Lever(field_path=field, read=lambda message: float(getattr(message, field)), grid=grid, write=write)


def _total(message: Any) -> float:
    return float(sum(part.effort_ms for part in message.subproblems))


LEVERS = (
    _lever("workers", lambda _: (1, 2, 3, 4, 6, 8, 12, 16), whole=True),
    _lever("deadline_ms", lambda m: [_total(m) * share for share in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)]),
    _lever("budget_units", lambda m: [_total(m) / 1000 * share for share in (1.2, 1.6, 2.4, 4.0, 8.0)]),
    _lever("retry_cost", lambda m: [_total(m) / 1000 / len(m.subproblems) * share for share in (0.0, 0.5, 1.0, 2.0)]),
)


def _groups() -> tuple[FeatureGroup, ...]:
    def group(name: str, first: str, last: str, field_path: str) -> FeatureGroup:
        columns = slice(COLUMNS.index(first), COLUMNS.index(last) + 1)
        return FeatureGroup(name=name, array="graph", columns=columns, field_path=field_path)

    return (
        group("shape of the graph", "log_subproblems", "dependencies_each", "subproblems.depends_on"),
        group("how unequal the efforts are", "largest_effort", "effort_spread", "subproblems.effort_ms"),
        group("how uncertain the efforts are", "cv", "cv_together", "subproblems.effort_cv"),
        group("how attempts fail", "failure", "work_with_retries", "subproblems.success_prob"),
        group("work on shared state", "shared", "crowding", "subproblems.shared_state"),
        group("deadline", "log_deadline_by_critical_path", "log_deadline_by_effort", "deadline_ms"),
        group("budget", "log_budget_by_effort", "log_budget_by_effort", "budget_units"),
        group("cost of a retry", "log_retry", "log_retry", "retry_cost"),
        group("what matters", "weight_time", "weight_risk", "objective"),
        group("words for numbers left out", "cv_missing", "shared_missing", "statement"),
        group("time of each strategy without chance", "log_time_sequential", "log_time_adaptive", "subproblems"),
        group("work of each strategy without chance", "log_spent_sequential", "log_spent_adaptive", "subproblems"),
    )


IDENTITY = Identity(
    name="convergent-v1",
    version="1.0.0",
    category=Category.COGNITIVE,
    input_field="problem_context",
    output_field="solution_path",
    summary="Chooses one of eight ways to work through a problem's subproblems, and lays out the path.",
    event=f"the chosen strategy's mean utility is within {WITHIN:.0%} of that of the best of the eight",
    alternative_measure="expected utility lost against the chosen strategy",
    layer_groups=(*GROUPS, "time", "success"),
    training_data="generated problems of 2 to 24 subproblems, the utility of every strategy simulated 64 times each",
    limits=(
        "what a strategy is, and what it costs to coordinate, race, split or guess, is as the contract's enum says: "
        "where a team works otherwise, learn from outcomes (`ConvergentTruth`)",
        "numbers that are left out are taken as usual ones, or as words of the statement hint, negated or not",
        "subproblems are taken to fail independently, and efforts to be lognormal",
        "beyond 24 subproblems it extrapolates: choices stay good up to 48, probabilities are too high, see the suite "
        "'shifted'; they are too high on real workflows too",
        "where every number is given and is true, simulating 64 runs at the moment of choice is slightly better, and "
        "slower; the network's part is to be quick, and to learn from outcomes that no simulator explains",
        "the selector's code, fitted to few instances of many features, does not reach its goal on ASlib, see there",
    ),
    summary_names=COLUMNS,
    feature_groups=_groups(),
    exemplar_labels=path.NAMES,
    exemplar_noun="generated problems, best",
    levers=LEVERS,
)
