"""coordination-v2: the simulator's physics, the exact parts of a plan, refusals, and learning from what was tried."""

import ast
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.coordination.swarm import ENTRY, configurations, formulae, promises, reading, recipe, world
from acumen.models.coordination.swarm.learner import LEARNER, Runs
from acumen.models.coordination.swarm.spec import SPEC
from acumen.neural.inference import Inference
from acumen.neural.learner import Labelled
from acumen.neural.model import Model
from acumen.neural.recipe import load as load_model
from acumen.neural.reference import fit_reference
from acumen.neural.spec import Want
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1 import coordination_pb2 as pb
from acumen_accel import swarm_simulation
from acumen_accel.levels import RUNNABLE, UNCOMPILED, load
from acumen_accel.swarm_simulation import Chance, Job, Team
from tests.learning import Lesson, learn

TASK_MS, DELAY_MS, COST_MS = 1000.0, 10.0, 1.0
EVERY = np.arange(configurations.COUNT)


def _model() -> Model:
    """Return the model with starting weights: what holds for any scores needs no trained ones."""
    batch = SPEC.featurise(SPEC.examples(1, 40))
    weights = {**recipe.normalisers(batch), **recipe.initial(1), **fit_reference(batch.summary)}
    return Model(SPEC, weights, "", Inference(acumen_accel.backend()))


MODEL = _model()


def _play(
    configuration: tuple[int, ...], n: int, tasks: int, *, coupling: float = 0.0, loss: float = 0.0,
    deaths: tuple[float, ...] = (), cost: float = COST_MS,
) -> tuple[float, ...]:  # fmt: skip
    """Return time, messages and survival of equal agents with equal tasks, messages always taking their mean."""
    team = Team(
        speed=np.full(n, 1 / TASK_MS), latency=np.full(n, DELAY_MS), error=np.zeros(n), skills=np.full(n, 15, np.int64)
    )
    fate = np.ones((1, n, 2))
    fate[:, :, 1] = np.inf
    fate[0, : len(deaths), 1] = deaths
    work = np.full((1, tasks, 3), 0.5)
    work[:, :, 0] = 1.0
    job = Job(
        tasks=np.array([tasks, 0, 0, 0]), message_cost=cost, loss=loss, coupling=coupling, missed_after=50.0,
        heartbeat=np.inf, horizon=1e6, deadline=1e6, jitter=0.0,
    )  # fmt: skip
    chance = Chance(fate=fate, work=work, luck=np.full((1, 64), 0.5))
    out = swarm_simulation.simulate(np.array([configuration]), team, job, chance, np.arange(n)[None])
    return tuple(out[0, 0].tolist())


@pytest.mark.parametrize("row", configurations.TABLE.tolist(), ids=str)
def test_one_agent_does_its_tasks_in_a_row_and_sends_nothing(row: list[int]) -> None:
    """Five tasks of a second each take five seconds in any topology, coupled or not, without a message."""
    for coupling in (0.0, 1.0):
        assert _play(tuple(row), 1, 5, coupling=coupling) == (5 * TASK_MS, 0.0, 1.0)


@pytest.mark.parametrize(("n", "tasks"), [(2, 3), (3, 5), (5, 2)])
def test_a_chain_takes_the_first_tasks_way_and_a_part_for_each_other(n: int, tasks: int) -> None:
    """In one lane every agent does 1/n of each task: the first passes n - 1 links, the others follow at 1/n each."""
    time, messages, _ = _play((configurations.PIPELINE, 1, 1), n, tasks, cost=0.0)
    assert time == pytest.approx(TASK_MS + (tasks - 1) * TASK_MS / n + (n - 1) * DELAY_MS)
    assert messages == tasks * (n - 1)


def test_a_star_sends_a_task_out_and_a_report_back() -> None:
    """Four agents with two tasks each: the leader needs no message, the others two a task; the last report is sent."""
    time, messages, _ = _play((configurations.STAR, 0, 1), 4, 8, cost=0.0)
    assert (time, messages) == (2 * TASK_MS + 3 * DELAY_MS, 3 * 2 * 2)


def test_a_message_is_sent_and_received_at_a_cost() -> None:
    """The third of three messages leaves after 3 costs, travels, and is received after another."""
    time, _, _ = _play((configurations.STAR, 0, 1), 4, 4)
    assert time == TASK_MS + 3 * COST_MS + DELAY_MS + COST_MS


def test_a_ring_with_room_keeps_its_token() -> None:
    """Four tasks fit the leader's batch of four: it does them all and sends nothing; the fifth goes on to the next."""
    assert _play((configurations.RING, 1, 4), 4, 4)[:2] == (4 * TASK_MS, 0.0)
    assert _play((configurations.RING, 1, 4), 4, 5)[:2] == (4 * TASK_MS, 1.0)


def test_a_mesh_sends_each_its_share() -> None:
    """With equal agents nothing is left to steal before the last task ends: n - 1 messages of shares."""
    time, messages, _ = _play((configurations.MESH, 0, 1), 4, 8, cost=0.0)
    assert time == 2 * TASK_MS + DELAY_MS and messages >= 3


def test_a_market_asks_hears_and_awards() -> None:
    """One task, four bidders: three requests to bid, three bids; the leader bids for nothing and wins the tie."""
    time, messages, _ = _play((configurations.MARKET, 4, 1), 4, 1, cost=0.0)
    assert messages in (6, 7) and time in (TASK_MS + 2 * DELAY_MS, TASK_MS + 3 * DELAY_MS)


def test_a_blackboard_hands_out_batches_and_keeps_a_copy() -> None:
    """Two agents, eight tasks, four at once: a request, a batch, another request; no copy, as there is no third."""
    time, messages, _ = _play((configurations.BLACKBOARD, 0, 4), 2, 8, cost=0.0)
    assert messages in (2, 3) and time == pytest.approx(4 * TASK_MS + 2 * DELAY_MS)


def test_a_coupled_task_waits_for_an_answer() -> None:
    """In a star of two the question and the answer take a delay each, and no one else can be asked."""
    free, bound = (_play((configurations.STAR, 0, 1), 2, 2, coupling=c, cost=0.0) for c in (0.0, 1.0))
    assert bound[0] == free[0] + 2 * DELAY_MS and bound[1] == free[1] + 4


def test_lost_messages_are_sent_again() -> None:
    """With a draw of 0.5 and a loss of 0.6 every message is lost once: each counts twice and takes a timeout longer."""
    again = int(math.log(0.5) / math.log(0.6))
    whole, lossy = (_play((configurations.STAR, 0, 1), 2, 2, loss=loss, cost=0.0) for loss in (0.0, 0.6))
    assert again == 1 and lossy[1] == 2 * whole[1] and lossy[0] == whole[0] + 4 * DELAY_MS


@pytest.mark.parametrize("row", configurations.TABLE.tolist(), ids=str)
def test_deaths_cost_time_not_tasks_and_all_dead_is_the_end(row: list[int]) -> None:
    """When the leader dies all topologies still finish, later; when everyone dies none does."""
    alive = _play(tuple(row), 4, 12)
    bereft = _play(tuple(row), 4, 12, deaths=(1500.0,))
    assert bereft[2] == 1.0 and bereft[0] >= min(alive[0], 3 * TASK_MS)
    assert _play(tuple(row), 4, 12, deaths=(1500.0,) * 4)[::2] == (1e6, 0.0)


def test_the_files_of_the_kernel_name_the_same_numbers() -> None:
    """A constant has one value in all files that state it."""
    folder = Path(swarm_simulation.__file__).parent / "kernels"
    seen: dict[str, str] = {}
    for file in ("swarm_events", "swarm_failures", "swarm_sharing", "swarm_simulation"):
        for node in ast.parse((folder / f"{file}.py").read_text()).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, value = node.targets[0].id, ast.unparse(node.value)
                assert seen.setdefault(name, value) == value, f"{file}: {name}"
    assert len(seen) > 60


@pytest.mark.parametrize("level", RUNNABLE)
def test_compiled_and_plain_source_agree(level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every level gives the numbers of the source as it stands, on a swarm with deaths, losses and failed attempts."""
    message = _swarm(6, 14)
    message.deadline_ms = 4000.0
    orders = np.tile(formulae.standing(reading.swarm_of(message)), (configurations.COUNT, 1))
    runs = []
    for one in (UNCOMPILED, level):
        monkeypatch.setattr(swarm_simulation, "_RAW", load("swarm_simulation", one))
        runs.append(world.simulate(message, orders, EVERY, np.random.default_rng(1), 1))
    assert len(np.unique(runs[0][:, 0, 0])) > 12
    np.testing.assert_allclose(runs[1], runs[0], rtol=1e-6)


def _swarm(n: int, tasks: int, **fields: Any) -> Any:
    message = pb.SwarmState(tasks=tasks, message_cost_ms=2.0, loss_rate=0.05, coupling=0.3, **fields)
    for i in range(n):
        message.agents.add(
            id=f"a{i}", throughput_per_s=1 + 0.1 * i, latency_ms=20.0 + i, error_rate=0.1, reliability=0.5
        )
    return message


def test_edges_connect_every_number_of_agents() -> None:
    """All 24 graphs over 1 to 40 places are connected, as the plan's checker finds."""
    for n in (1, 2, 3, 4, 5, 7, 16, 33, 40):
        for index in EVERY.tolist():
            lane = np.where(np.arange(n) % 5 == 4, -1, np.arange(n) % max(1, configurations.TABLE[index, 1]))
            pairs = configurations.edges(index, n, lane)
            group = np.arange(n)
            for a, b in pairs.tolist():
                group[group == group[b]] = group[a]
            assert (group == group[0]).all(), (n, configurations.name(index))


def test_exact_parts_follow_their_formulae() -> None:
    """Majority, gossip, heartbeat and suspicion of a hand-checked swarm."""
    assert [formulae.quorum(n) for n in (1, 2, 3, 4, 5)] == [1, 2, 2, 3, 3]
    assert formulae.gossip_fanout(1, 0.0) == 0 and formulae.gossip_fanout(4, 0.5) == 3
    assert formulae.gossip_fanout(100, 0.0) == math.ceil(math.log(100) - math.log(-math.log(0.99)))
    assert formulae.misses(0.0) == 2 and formulae.misses(0.1) == 3
    swarm = reading.swarm_of(_swarm(3, 9))
    rate = math.log(2) / 60_000 * formulae.misses(0.05)
    assert formulae.heartbeat_ms(swarm) == pytest.approx(max(math.sqrt(2 / rate), 4 * 23))
    assert swarm.ideal_ms == pytest.approx(9 / (0.9 * 3.3) * 1000 + 2 * 23)


def test_dead_agents_and_observers_are_not_used_as_leaders() -> None:
    """A dead agent is nowhere in the plan; an observer is a member that never leads, whatever the scores."""
    message = _swarm(5, 20)
    message.agents[0].alive = False
    message.agents[1].role = pb.AGENT_ROLE_OBSERVER
    batch = SPEC.featurise([message])
    scores = MODEL.score(batch)
    scores["leader"] = np.full_like(scores["leader"], 0.0)
    scores["leader"][0] = -100.0
    output: Any = MODEL.decode([message], batch, scores, Want())[0].output
    assert sorted(output.members) == ["a1", "a2", "a3", "a4"] and output.leader_id not in ("a0", "a1")
    assert SPEC.validate(message, output) == []


def test_the_leader_is_the_one_that_scores_best() -> None:
    """The living agent of the lowest expected time leads."""
    message = _swarm(5, 20)
    batch = SPEC.featurise([message])
    for chosen in range(5):
        scores = MODEL.score(batch)
        scores["leader"] = np.zeros_like(scores["leader"])
        scores["leader"][chosen] = -1.0
        output: Any = MODEL.decode([message], batch, scores, Want())[0].output
        assert output.leader_id == f"a{chosen}"


@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0, 1e4])
def test_plans_are_valid_under_random_weights(scale: float) -> None:
    """Whatever the network says, every promise is kept: eight inputs for each of ten draws."""
    rng = np.random.default_rng(int(scale))
    for seed in range(10):
        weights = {
            name: (scale * rng.standard_normal(value.shape)).astype(value.dtype) if name.startswith("net/") else value
            for name, value in MODEL.weights.items()
        }
        inputs = SPEC.examples(seed, 8)
        with np.errstate(all="ignore"):
            answers = Model(SPEC, weights, "", MODEL.ops).answer(inputs, Want())
        for message, scored in zip(inputs, answers, strict=True):
            assert SPEC.validate(message, scored.answer.output) == [] and 0 <= scored.answer.p <= 1


def test_an_answer_does_not_depend_on_its_batch() -> None:
    """Alone, together and in reverse order an input gets the same bytes."""
    inputs = SPEC.examples(5, 12)
    together = [s.answer.output.SerializeToString(deterministic=True) for s in MODEL.answer(inputs, Want())]
    alone = [MODEL.answer([m], Want())[0].answer.output.SerializeToString(deterministic=True) for m in inputs]
    back = [s.answer.output.SerializeToString(deterministic=True) for s in MODEL.answer(inputs[::-1], Want())]
    assert alone == together == back[::-1]


def test_weights_decide_between_time_and_messages() -> None:
    """Heavier messages never raise the messages expected, heavier time never the time."""
    message = _swarm(12, 60)
    told: dict[str, list[float]] = {"completion_ms": [], "messages": []}
    for field, name in (("time", "completion_ms"), ("messages", "messages")):
        for weight in (0.01, 0.1, 1.0, 10.0):
            message.weights.CopyFrom(pb.CoordinationWeights(time=1, messages=1, robustness=1))
            setattr(message.weights, field, weight)
            plan: Any = MODEL.answer([message], Want())[0].answer.output
            told[name].append(getattr(plan.expected, name))
    assert told["messages"] == sorted(told["messages"], reverse=True)


def _set(message: Any, field: str, value: Any) -> None:
    for agent in message.agents:
        setattr(agent, field, value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda m: m.ClearField("agents"), "agents"),
        (lambda m: setattr(m, "tasks", 0), "tasks"),
        (lambda m: setattr(m, "coupling", 1.5), "coupling"),
        (lambda m: setattr(m, "loss_rate", math.nan), "loss_rate"),
        (lambda m: setattr(m.weights, "time", -1), "weights.time"),
        (lambda m: setattr(m.agents[1], "id", "a0"), "agents[1].id"),
        (lambda m: setattr(m.agents[2], "reliability", 2.0), "agents[2].reliability"),
        (lambda m: m.agents[0].skills.append(""), "agents[0].skills[0]"),
        (lambda m: _set(m, "alive", False), "agents"),
        (lambda m: _set(m, "load", 1.0), "agents"),
    ],
)
def test_bad_inputs_are_refused_by_field(change: Any, field: str) -> None:
    """Each wrong value is named with its path."""
    message = _swarm(3, 5)
    change(message)
    with pytest.raises(InvalidInput) as refused:
        SPEC.check(message)
    assert f"swarm_state.{field}" in {violation.field for violation in refused.value.violations}


def test_broken_promises_are_found() -> None:
    """Every part of a plan that is tampered with is noticed."""
    message = _swarm(9, 40)
    plan: Any = MODEL.answer([message], Want())[0].answer.output
    assert promises.broken(message, plan) == []
    for change in (
        lambda p: setattr(p, "quorum", 4),
        lambda p: setattr(p, "leader_id", p.members[1]),
        lambda p: p.edges.pop(),
        lambda p: setattr(p, "gossip_fanout", 0),
        lambda p: setattr(p, "heartbeat_ms", p.heartbeat_ms * 1.01),
        lambda p: setattr(p.expected, "cost", p.expected.cost + 1),
        lambda p: p.members.pop(),
        lambda p: p.alternatives.pop(),
        lambda p: setattr(p, "batch", 3),
    ):
        other = pb.CoordinationPlan()
        other.CopyFrom(plan)
        change(other)
        assert promises.broken(message, other) != []


@pytest.fixture(scope="module")
def labelled() -> Labelled:
    """Return swarms with made-up outcomes: configurations slow down with the coupling, each in its own measure."""
    messages = SPEC.examples(77, 48)
    targets = []
    for message in messages:
        swarm = reading.swarm_of(message)
        time = 1 + 0.1 * EVERY * (0.2 + swarm.coupling)
        made = world.Outcome(time=np.asarray(time, np.float64), messages=np.linspace(0.5, 5, 24), survived=1 / time)
        targets.append(recipe.truth(swarm, int(formulae.standing(swarm)[0]), made))
    return Labelled(messages=messages, targets=targets)


def test_the_oracle_beats_every_fixed_choice() -> None:
    """No configuration is the cheapest everywhere: the best fixed one costs more than the best of each case."""
    ratios = []
    for coupling, n, tasks in ((0.0, 2, 8), (1.0, 5, 20), (0.0, 6, 6), (0.5, 4, 24)):
        message = _swarm(n, tasks)
        message.coupling = coupling
        swarm = reading.swarm_of(message)
        leader = int(formulae.standing(swarm)[0])
        cost = world.outcome(message, leader, np.random.default_rng(n), 1).cost(swarm)
        ratios.append(cost / cost.min())
    assert np.mean(ratios, axis=0).min() > 1.01


def _loss(weights: dict[str, Any], batch: Any, runs: Runs) -> tuple[float, dict[str, Any]]:
    nodes = {name: Node(value) for name, value in weights.items() if name.startswith("net/")}
    tape = Tape()
    loss = LEARNER.loss(tape, SPEC.network(tape, {**weights, **nodes}, batch), batch, runs)
    loss.backward()
    return float(loss.value), {name: node.grad for name, node in nodes.items()}


def test_two_batches_weigh_as_one(labelled: Labelled) -> None:
    """Loss and gradients of 12 examples are the sums of those of 5 and 7."""
    prepared = LEARNER.prepare({}, labelled)
    weights = dict(MODEL.weights)
    whole, parts = (
        _loss(weights, *prepared.take(np.arange(12))),
        [_loss(weights, *prepared.take(index)) for index in (np.arange(5), np.arange(5, 12))],
    )
    assert whole[0] == pytest.approx(parts[0][0] + parts[1][0], rel=1e-4)
    for name, gradient in whole[1].items():
        np.testing.assert_allclose(gradient, parts[0][1][name] + parts[1][1][name], rtol=2e-3, atol=2e-3)


def test_a_partial_label_teaches_only_what_it_says(labelled: Labelled) -> None:
    """A run with messages alone gives the heads of time and survival no gradient."""
    runs = [pb.ObservedCoordination(topology=pb.TOPOLOGY_STAR, branching=0, batch=1, messages=7.0)]
    partial = Labelled(messages=labelled.messages[:1], targets=[pb.CoordinationTruth(runs=runs)])
    prepared = LEARNER.prepare({}, partial)
    _, gradients = _loss(dict(MODEL.weights), *prepared.take(np.arange(1)))
    assert np.abs(gradients["net/messages/w"]).sum() > 0
    assert np.abs(gradients["net/time/w"]).sum() == np.abs(gradients["net/survival/w"]).sum() == 0


def _trained(labelled: Labelled, steps: int = 60) -> tuple[float, float]:
    """Return the loss on the examples before and after some steps from random weights."""
    prepared = LEARNER.prepare({}, labelled)
    fixed = recipe.normalisers(prepared.batch)
    whole = prepared.take(np.arange(prepared.size))
    before = _loss({**fixed, **recipe.initial(3)}, *whole)[0]
    after = _loss({**fixed, **recipe.optimise(prepared, fixed, 3, lambda _: None, steps)}, *whole)[0]
    return before, after


def test_training_learns(labelled: Labelled) -> None:
    """Sixty steps halve the loss."""
    before, after = _trained(labelled)
    assert after < 0.5 * before


def test_shuffled_labels_teach_nothing_about_others(labelled: Labelled) -> None:
    """Trained on labels that belong to other inputs, the model is worse on true ones than trained on its own."""
    prepared = LEARNER.prepare({}, labelled)
    fixed = recipe.normalisers(prepared.batch)
    turned = Labelled(messages=labelled.messages, targets=[*labelled.targets[7:], *labelled.targets[:7]])
    for target in turned.targets:
        for run in target.runs:
            assert run.leader_id
    losses = []
    for taught in (labelled, _without_leaders(turned)):
        weights = recipe.optimise(LEARNER.prepare({}, taught), fixed, 3, lambda _: None, 120)
        losses.append(_loss({**fixed, **weights}, *prepared.take(np.arange(prepared.size)))[0])
    assert losses[1] > 1.3 * losses[0]


def _without_leaders(labelled: Labelled) -> Labelled:
    targets = []
    for target in labelled.targets:
        copy = pb.CoordinationTruth()
        copy.CopyFrom(target)
        for run in copy.runs:
            run.ClearField("leader_id")
        targets.append(copy)
    return Labelled(messages=labelled.messages, targets=targets)


@pytest.mark.parametrize("group", ["agent", "hidden2", "doubt"])
def test_a_frozen_group_stays_and_the_others_move(group: str, labelled: Labelled) -> None:
    """With one layer group frozen the shipped weights of that group keep every bit; each other group changes."""
    lesson = Lesson(entry=ENTRY, make=lambda *_: labelled, shuffle=None, trained=48, held=0, steps=3, rate=1e-3)
    base = load_model(ENTRY, MODEL.ops).weights
    kept = {f"net/{group}/w", f"net/{group}/b"}
    after = learn(lesson, labelled, 3, frozenset(kept))
    assert {n for n in base if n.startswith("net/") and after[n].tobytes() == base[n].tobytes()} == kept


def test_wrong_targets_are_refused_by_field() -> None:
    """An unknown configuration, a dead leader, nothing measured and a time of 0 are each named."""
    message = _swarm(3, 5)
    message.agents[2].alive = False
    runs = [pb.ObservedCoordination(branching=9, batch=9, leader_id="a2"), pb.ObservedCoordination(completion_ms=0.0)]
    with pytest.raises(InvalidInput) as refused:
        LEARNER.check(message, pb.CoordinationTruth(runs=runs))
    fields = {violation.field for violation in refused.value.violations}
    path = "coordination_truth.runs"
    assert {f"{path}[0]", f"{path}[0].leader_id", f"{path}[1]", f"{path}[1].completion_ms"} <= fields
    with pytest.raises(InvalidInput):
        LEARNER.check(message, pb.CoordinationTruth())


def test_judging_compares_the_tried(labelled: Labelled) -> None:
    """Preferring the cheapest of those tried loses nothing; the event happens where at most 5 % is lost."""
    told = [scored.answer for scored in MODEL.answer(labelled.messages, Want())]
    judged = LEARNER.judge(told, labelled)
    assert (judged.quality <= 0).all() and (judged.happened == (judged.quality >= -0.05 - 1e-9)).all()


def test_finishing_calibrates_anew(labelled: Labelled) -> None:
    """The finished weights carry a map fitted on the held-out examples; the network is as it was."""
    held = Labelled(messages=labelled.messages[24:], targets=labelled.targets[24:])
    finished = LEARNER.finish(dict(MODEL.weights), labelled, held)
    assert "cal/x" in finished and Model(SPEC, finished, "", MODEL.ops).confidence.calibrated
    assert all((finished[n] == MODEL.weights[n]).all() for n in finished if n.startswith("net/"))
