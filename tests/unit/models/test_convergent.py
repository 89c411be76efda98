"""convergent-v1: the physics of its world, its selector, its path, its learner and its refusals."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.cognitive.convergent import (
    ENTRY,
    checks,
    judging,
    learning,
    path,
    reading,
    recipe,
    spec,
    world,
)
from acumen.models.cognitive.convergent.identity import COLUMNS
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import load
from acumen.neural.spec import Want
from acumen.proto.models.v1 import cognitive_pb2 as pb
from acumen_accel import execution_simulation as simulation
from acumen_accel.execution_simulation import Strategy
from acumen_accel.levels import RUNNABLE
from acumen_accel.levels import load as kernels
from acumen_accel.problem_graph import arrange, foretell

FULL = Want(certificates=True, alternatives=8)


def _graph(
    effort: Sequence[float], above: Sequence[Sequence[int]], p: float = 1.0, shared: float = 0.0
) -> simulation.Graph:
    first = np.cumsum([0, *map(len, above)]).astype(np.int64)
    parent = np.array([j for row in above for j in row], np.int64)
    efforts, n = np.array(effort, np.float64), len(effort)
    order = arrange(first, parent, efforts).order
    return simulation.Graph(
        first=first, parent=parent, effort=efforts, p=np.full(n, p), shared=np.full(n, shared), order=order
    )


def _chances(n: int, runs: int = 1, luck: float = 0.0) -> simulation.Chances:
    return simulation.Chances(factor=np.ones((runs, n, 12)), luck=np.full((runs, n, 24), luck))


def _run(graph: simulation.Graph, strategy: Strategy, workers: int = 2, luck: float = 0.0, **kw: float) -> Any:
    chances = _chances(graph.effort.size, luck=luck)
    made = simulation.simulate(graph, strategy, workers, kw.get("budget", 1e9), kw.get("retry", 0.0), chances)
    return made.time[0], made.spent[0], made.solved[0]


def _message(n: int = 3, **kw: Any) -> pb.ProblemContext:
    message = pb.ProblemContext(workers=2, deadline_ms=5000, budget_units=20, **kw)
    for i in range(n):
        part = message.subproblems.add(id=f"s{i}", effort_ms=1000, effort_cv=0.3, success_prob=0.9, shared_state=0.1)
        part.depends_on.extend([f"s{i - 1}"] if i else [])
    return message


def _model() -> Model:
    return load(ENTRY, Inference(acumen_accel.backend()))


def test_without_chance_the_simulator_is_arithmetic() -> None:
    """Four subproblems of 10 without dependencies, two workers: what each strategy takes can be computed by hand."""
    bag = _graph([10.0] * 4, [[]] * 4)
    assert _run(bag, Strategy.SEQUENTIAL) == pytest.approx((40, 40, True))
    assert _run(bag, Strategy.PARALLEL) == pytest.approx((20.6, 41.2, True))
    assert _run(bag, Strategy.DIVIDE_CONQUER, workers=1) == pytest.approx((43.2, 43.2, True))
    assert _run(bag, Strategy.ITERATIVE_REFINE) == pytest.approx((23, 46, True))
    assert _run(bag, Strategy.PORTFOLIO_RACE) == pytest.approx((41.2, 82.4, True))
    assert _run(bag, Strategy.ADAPTIVE) == pytest.approx((20.8, 41.6, True))
    chain = _graph([10.0, 10.0], [[], [0]])
    assert _run(chain, Strategy.PARALLEL) == pytest.approx((20.6, 20.6, True))
    assert _run(chain, Strategy.PIPELINE) == pytest.approx((15.75, 21, True))
    assert _run(chain, Strategy.SPECULATIVE) == pytest.approx((10.5, 21, True))


def test_shared_state_slows_what_runs_at_the_same_time() -> None:
    """The second of two at once pays 1 + shared x load; one after the other pays nothing."""
    pair = _graph([10.0, 10.0], [[], []], shared=0.5)
    assert _run(pair, Strategy.PARALLEL)[0] == pytest.approx(10.3 * 1.25)
    assert _run(pair, Strategy.SEQUENTIAL)[0] == pytest.approx(20)
    assert _run(pair, Strategy.ADAPTIVE)[0] == pytest.approx(20.8)


def test_failures_are_retried_paid_for_and_limited() -> None:
    """Luck above p fails every attempt: three of them, each later one with the retry's cost, then no solution."""
    one = _graph([10.0], [[]], p=0.5)
    time, spent, solved = _run(one, Strategy.SEQUENTIAL, luck=0.9, retry=2.0)
    assert (time, spent, solved) == pytest.approx((34, 34, False))
    assert _run(one, Strategy.SEQUENTIAL, luck=0.4)[2]
    assert _run(one, Strategy.ITERATIVE_REFINE, luck=0.9)[2], "the fourth pass fails with 0.5 / 2^3 only"
    assert not _run(one, Strategy.SEQUENTIAL, budget=9.0)[2]


def test_wrong_guesses_are_thrown_away() -> None:
    """A speculated subproblem is repeated when the guess fails (luck .8 above .75), and its work is paid twice."""
    chain = _graph([10.0, 10.0], [[], [0]])
    time, spent, solved = _run(chain, Strategy.SPECULATIVE, luck=0.8)
    assert (time, spent, solved) == pytest.approx((21, 31.5, True))


@pytest.mark.parametrize("level", ["kernels", *RUNNABLE])
def test_every_build_of_the_simulator_agrees(level: str) -> None:
    """Compiled and uncompiled sources simulate alike, on graphs of all kinds and every strategy."""
    raw = kernels("execution_simulation", level if level != "kernels" else "python")
    for index in range(6):
        case = world.case(world.generator(3, index))
        task = np.ascontiguousarray(case.problem.task[:, :3])
        chances = simulation.Chances.draw(np.random.default_rng(index), case.problem.task[:, 3], 4)
        for strategy in Strategy:
            out = np.zeros((4, 3))
            raw.simulate(
                int(strategy), case.problem.workers, case.problem.budget, case.problem.retry, case.arranged.order,
                case.problem.first, case.problem.parent, task, chances.factor, chances.luck, out,
            )  # fmt: skip
            graph = simulation.Graph(
                first=case.problem.first, parent=case.problem.parent, effort=task[:, 0].copy(), p=task[:, 1].copy(),
                shared=task[:, 2].copy(), order=case.arranged.order,
            )  # fmt: skip
            made = simulation.simulate(
                graph, strategy, case.problem.workers, case.problem.budget, case.problem.retry, chances
            )
            np.testing.assert_allclose(out, np.stack([made.time, made.spent, made.solved], axis=1), rtol=1e-9)


@pytest.mark.parametrize("level", RUNNABLE)
def test_every_build_measures_graphs_alike(level: str) -> None:
    """Order, levels, ranks, summaries and expected efforts of the compiled sources are those of the uncompiled one."""
    for index in range(6):
        problem = world.case(world.generator(4, index)).problem
        found = [_measured(kernels("problem_graph", one), problem) for one in ("python", level)]
        for expected, got in zip(*found, strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def _measured(raw: Any, problem: Any) -> list[Any]:
    n = len(problem.task)
    levels, rank, order = np.zeros(n, np.int64), np.zeros(n), np.zeros(n, np.int64)
    efforts, row = np.zeros((8, n)), np.zeros(32)
    context = np.array([problem.deadline, problem.budget, problem.retry, *problem.weights, *problem.missing])
    count = raw.arrange(problem.first, problem.parent, problem.task[:, 0].copy(), levels, rank, order)
    raw.expected(problem.task, problem.workers, problem.retry, efforts)
    raw.summary(problem.task, levels, rank, problem.parent.size, problem.workers, context, row)
    return [count, levels, rank, order, efforts, row]


def test_the_oracle_is_judged_by_other_runs_and_beats_every_fixed_strategy() -> None:
    """Chosen by some runs and measured on others, the best of eight is above the best single strategy."""
    cases = [world.case(world.generator(5, index)) for index in range(60)]
    judged = judging.simulated(cases, 5, 64, 64)
    fixed = max(judged.of(np.full(60, s)).mean() for s in Strategy)
    oracle = judged.of(judged.oracle).mean()
    assert oracle > fixed + 0.02
    assert oracle <= np.where(judged.possible, judged.utility, -1).max(axis=1).mean()


def test_more_time_and_money_never_hurt() -> None:
    """With the same chances a later deadline or a larger budget lowers no strategy's utility."""
    for index in range(20):
        case = world.case(world.generator(6, index))
        wider = {"deadline": case.problem.deadline * 2, "budget": case.problem.budget * 2}
        before = world.fared(case.problem, case.arranged, np.random.default_rng(1), 16).utility
        for field, value in wider.items():
            changed = _replaced(case.problem, **{field: value})
            after = world.fared(changed, case.arranged, np.random.default_rng(1), 16).utility
            assert (after >= before - 1e-12).all(), field


def _replaced(problem: Any, **fields: Any) -> Any:
    names = problem.__dataclass_fields__
    return type(problem)(**{**{name: getattr(problem, name) for name in names}, **fields})


def test_words_move_nothing_where_the_numbers_are_given() -> None:
    """With every number given, any statement gets the same bytes; with one left out, a hint may count."""
    model = _model()
    statements = ["", "It is all flaky, unclear and shared.", "conflict lock fail research " * 50]
    numbered = [_message(statement=text) for text in statements]
    told = {
        (s.answer.output.SerializeToString(deterministic=True), s.answer.p, s.unusual, s.answer.headline.tobytes())
        for s in model.answer(numbered, FULL)
    }
    assert len(told) == 1
    for message in numbered:
        for part in message.subproblems:
            part.ClearField("success_prob")
    assert len({s.answer.p for s in model.answer(numbered, FULL)} | {0.0}) > 1
    rows = spec.SPEC.featurise(numbered).arrays["graph"]
    assert not np.array_equal(rows[0], rows[1])


def test_given_numbers_read_the_same_as_the_assumed_ones_but_for_the_flag() -> None:
    """What is left out is read as the documented value."""
    message = _message()
    for part in message.subproblems:
        part.ClearField("effort_cv")
    assert reading.read(message).problem.task[:, 3].tolist() == [0.5] * 3
    message.statement = "Much of it is research."
    assert reading.read(message).problem.task[:, 3].tolist() == [1.2] * 3
    message.statement = "The clock is unlocked."
    assert reading.read(message).hints == (0.0, 0.0, 0.0)


def test_steps_follow_the_strategys_template() -> None:
    """Topological order whatever the order of input; stages, parts and copies as the contract says."""
    message = _message(4)
    message.subproblems.reverse()
    message.workers = 6
    known = reading.read(message)
    for strategy in Strategy:
        steps = path.steps(message, known.problem, known.arranged, strategy)
        assert [step.id for step in steps] == ["s0", "s1", "s2", "s3"]
        assert [step.stage for step in steps] == ([0] * 4 if strategy is Strategy.SPECULATIVE else [0, 1, 2, 3])
        assert {step.parts for step in steps} == ({4} if strategy is Strategy.DIVIDE_CONQUER else {1})
        assert {step.copies for step in steps} == ({3} if strategy is Strategy.PORTFOLIO_RACE else {1})
        assert [step.early for step in steps] == [False] + [strategy in path.EARLY] * 3


def test_only_what_can_be_carried_out_is_offered() -> None:
    """One worker leaves three strategies; without dependencies there is no pipeline and nothing to speculate on."""
    model, alone = _model(), _message()
    alone.workers = 1
    bag = _message()
    for part in bag.subproblems:
        del part.depends_on[:]
    for message, count in ((alone, 3), (bag, 6), (_message(), 8)):
        output: Any = model.answer([message], FULL)[0].answer.output
        assert 1 + len(output.alternatives) == count
        assert spec.SPEC.validate(message, output) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: m.subproblems[0].depends_on.append("s2"), "subproblems"),
        (lambda m: m.subproblems[1].depends_on.append("s1"), "subproblems"),
        (lambda m: m.subproblems[1].depends_on.append("nobody"), "subproblems[1].depends_on[1]"),
        (lambda m: m.subproblems[1].depends_on.append("s0"), "subproblems[1].depends_on[1]"),
        (lambda m: setattr(m.subproblems[2], "id", "s0"), "subproblems[2].id"),
        (lambda m: setattr(m.subproblems[2], "effort_ms", 0), "subproblems[2].effort_ms"),
        (lambda m: setattr(m.subproblems[2], "success_prob", 0), "subproblems[2].success_prob"),
        (lambda m: setattr(m.subproblems[2], "effort_cv", float("nan")), "subproblems[2].effort_cv"),
        (lambda m: setattr(m.subproblems[2], "shared_state", 1.5), "subproblems[2].shared_state"),
        (lambda m: setattr(m, "deadline_ms", float("inf")), "deadline_ms"),
        (lambda m: setattr(m, "workers", 257), "workers"),
        (lambda m: m.objective.SetInParent(), "objective"),
        (lambda m: setattr(m.objective, "cost", -1), "objective.cost"),
        (lambda m: setattr(m, "statement", "x" * 65_537), "statement"),
    ],
)
def test_bad_problems_are_refused_by_field(change: Any, field: str) -> None:
    """Cycles, dangling ids and numbers out of range are named where they stand."""
    message = _message()
    change(message)
    with pytest.raises(InvalidInput) as refused:
        spec.SPEC.check(message)
    assert f"problem_context.{field}" in {violation.field for violation in refused.value.violations}


def test_every_mistake_is_named_at_once() -> None:
    """Two bad fields are two violations."""
    message = _message()
    message.workers, message.subproblems[0].effort_ms = 999, -1
    assert len(checks.violations(message)) == 2


def test_the_recipe_draws_no_test_problem_in_training() -> None:
    """Training, calibration and test problems come from ranges of indices that do not meet, tests from another seed."""
    ranges = [recipe.TRAINING, recipe.CALIBRATION, recipe.TEST]
    assert all(a.stop <= b.start for a, b in pairwise(ranges))
    assert recipe.TEST_SEED > 1000


def test_runs_without_chance_match_the_simulator() -> None:
    """What the features foretell is the simulator with certain success and mean efforts."""
    graph = _graph([10.0, 20.0, 30.0], [[], [0], [0]])
    case = world.case(world.generator(1, 1))
    problem = _replaced(
        case.problem,
        task=np.array([[10.0, 1, 0, 0.5], [20.0, 1, 0, 0.5], [30.0, 1, 0, 0.5]]),
        first=graph.first,
        parent=graph.parent,
        workers=2,
        retry=0.0,
    )
    foretold = foretell(problem, arrange(graph.first, graph.parent, graph.effort))
    expected = [_run(graph, strategy)[:2] for strategy in Strategy]
    np.testing.assert_allclose(foretold, expected)


def test_shifted_problems_are_larger_than_any_in_training() -> None:
    """The shifted suite begins where training ends."""
    shifted = [world.case(world.generator(1, i, True), world.SHIFTED) for i in range(20)]
    usual = [world.case(world.generator(1, i)) for i in range(50)]
    assert min(len(c.message.subproblems) for c in shifted) >= max(len(c.message.subproblems) for c in usual)


def test_examples_of_training_carry_what_was_simulated() -> None:
    """Costs are 1.05 less utilities within 0 to 1, masked where a strategy cannot be carried out."""
    data = learning.examples(9, range(12), 16, print)
    assert data.size == 12 and data.graph.shape[1] == len(COLUMNS)
    utility = spec.FLOOR - data.targets.cost
    assert (utility >= -1e-12).all() and (utility <= 1).all()
    assert np.array_equal(data.targets.known, data.targets.possible)
