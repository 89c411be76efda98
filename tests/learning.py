"""Training in small, as the trainer does it, and what there is to learn: used to test what models learn from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from google.protobuf.message import Message

import acumen_accel
from acumen.models import CATALOGUE
from acumen.models.coordination.balance import moments as balance
from acumen.models.coordination.balance import world as clusters
from acumen.models.coordination.balance.planners import by_first_estimate
from acumen.models.coordination.consensus import ranges
from acumen.models.coordination.consensus import world as votes
from acumen.models.coordination.consensus.reading import message_of
from acumen.models.coordination.consensus.table import Table
from acumen.models.performance.cache import features, learning, reading
from acumen.models.performance.cache import world as traces
from acumen.models.reference.series.world import SHAPES, generate
from acumen.neural.fit import Adam, Schedule
from acumen.neural.inference import Inference
from acumen.neural.learner import Judged, Labelled, Learner, answers
from acumen.neural.recipe import Entry, load
from acumen.neural.tape import Node, Tape
from acumen.proto.models.v1 import coordination_pb2, performance_pb2, tensor_pb2

SMALL = replace(ranges.TRAINING, items=(5, 40), agents=(4, 12), votes_per_item=(2, 4))
OPS = Inference(acumen_accel.backend())
ENTRIES = {entry.name: entry for entry in CATALOGUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What one model can learn: shifted examples by seed, the same with shuffled labels, and how to train on them."""

    entry: Entry
    make: Callable[[int, int], Labelled]
    shuffle: Callable[[np.random.Generator, Any], Any] | None
    trained: int
    held: int
    steps: int
    rate: float

    @property
    def learner(self) -> Learner:
        assert self.entry.learner is not None
        return self.entry.learner()


def shuffled(lesson: Lesson, examples: Labelled) -> Labelled:
    """Return the examples with their labels in another order: among examples, or inside each of them."""
    rng = np.random.default_rng(0)
    if lesson.shuffle is None:
        order = rng.permutation(len(examples.targets))
        return replace(examples, targets=[examples.targets[i] for i in order])
    return replace(examples, targets=[lesson.shuffle(rng, target) for target in examples.targets])


def learn(
    lesson: Lesson, examples: Labelled, steps: int | None = None, frozen: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the base's weights after steps of 32 examples; `frozen` ones are constants."""
    learner, base = lesson.learner, load(lesson.entry, OPS).weights
    prepared = learner.prepare(base, examples)
    fixed = {name: value for name, value in base.items() if not name.startswith("net/")}
    schedule = Schedule(steps=steps or lesson.steps, learning_rate=lesson.rate, ema=0.98)
    adam = Adam({name: value for name, value in base.items() if name.startswith("net/")}, schedule, frozen)
    rng = np.random.default_rng(1)
    for _ in range(schedule.steps):
        index = rng.integers(0, prepared.size, 32)
        adam.update(gradients(lesson, prepared, {**fixed, **adam.weights}, index, 1 / 32, frozen))
    return {**fixed, **adam.averaged}


def gradients(
    lesson: Lesson,
    prepared: Any,
    weights: Any,
    index: Any,
    scale: float = 1.0,
    frozen: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Return the gradients of the loss over the examples `index`, but for the `frozen` weights."""
    moving = [name for name in weights if name.startswith("net/") and name not in frozen]
    nodes = {name: Node(weights[name]) for name in moving}
    batch, targets = prepared.take(index)
    tape = Tape()
    scores = lesson.entry.spec.network(tape, {**weights, **nodes}, batch)
    (lesson.learner.loss(tape, scores, batch, targets) * scale).backward()
    return {name: np.zeros_like(node.value) if node.grad is None else node.grad for name, node in nodes.items()}


def judged(lesson: Lesson, weights: Any, examples: Labelled) -> Judged:
    """Return how good the answers of weights are."""
    told = answers(lesson.entry.spec, weights, examples.messages, OPS)
    return lesson.learner.judge(told, examples)


def series(seed: int, n: int) -> Labelled:
    """Series of a source that reports a mean over five readings."""
    rows, kinds = generate(seed, n)
    smooth = np.apply_along_axis(np.convolve, 1, rows, np.full(5, 0.2), "same").astype("<f4")
    messages = [tensor_pb2.Tensor(f32=row.tobytes()) for row in smooth]
    return Labelled(messages=messages, targets=[tensor_pb2.TensorTruth(name=SHAPES[k]) for k in kinds])


def tables(seed: int, n: int) -> Labelled:
    """Small tables of agents that are sure when they are right, with the truth of up to 20 items."""
    cases = [votes.generate(1000 * seed + i, SMALL) for i in range(n)]
    targets = [
        coordination_pb2.ConsensusTruth(
            items=[
                coordination_pb2.ItemTruth(item=f"item-{i}", option=f"option-{o:02d}")
                for i, o in enumerate(case.truth.option[:20].tolist())
            ]
        )
        for case in cases
    ]
    return Labelled(messages=[message_of(_candid(case)) for case in cases], targets=targets)


def _candid(case: votes.Case) -> Table:
    """Return the table with confidences that tell right votes from wrong ones, nearly."""
    table = case.table
    right = case.truth.option[table.item] == table.option
    noise = np.random.default_rng(table.item.size).uniform(0, 0.3, right.size)
    return replace(table, confidence=np.where(right, 1 - noise, noise))


def loads(seed: int, n: int) -> Labelled:
    """Moments of larger and wilder clusters, with all that happened."""
    worlds = [clusters.generate(seed, i, clusters.SHIFTED) for i in range(n)]
    found, _ = balance.gather(worlds, by_first_estimate, 0.3, seed)
    messages = [coordination_pb2.LoadMetrics.FromString(moment.wire) for moment in found]
    return Labelled(messages=messages, targets=[_outcome(*pair) for pair in zip(messages, found, strict=True)])


def _outcome(message: Any, moment: balance.Moment) -> coordination_pb2.LoadOutcome:
    servers = [
        coordination_pb2.ServerOutcome(server=server.id, speed_per_s=speed, down=down)
        for server, speed, down in zip(message.servers, moment.speed.tolist(), moment.down.tolist(), strict=True)
    ]
    return coordination_pb2.LoadOutcome(servers=servers, p99_ms=moment.p99 * 1e3)


def patterns(seed: int, n: int) -> Labelled:
    """Summaries of wider traces, with every policy's hit ratio."""
    messages, targets = [], []
    for index in range(n):
        rng = traces.generator(seed, index, True)
        keys = traces.trace(rng, True)
        trace = features.Trace.of(keys.astype(np.uint64))
        sizes = traces.sizes(rng, trace.unique, True, 2)
        messages.append(reading.summarised(reading.message_of(keys, sizes)))
        hits = [learning.true_hits(trace, size)[1:] / keys.size for size in sizes]
        targets.append(
            performance_pb2.CacheOutcome(
                policies=[
                    performance_pb2.PolicyOutcome(policy=column + 1, entries=size, hit_ratio=ratio)  # type: ignore[arg-type]
                    for size, row in zip(sizes, hits, strict=True)
                    for column, ratio in enumerate(row.tolist())
                ]
            )
        )
    return Labelled(messages=messages, targets=targets)


def _among(rows: str, names: tuple[str, ...]) -> Callable[[np.random.Generator, Message], Message]:
    """Return what shuffles some fields among a target's own entries."""

    def shuffle(rng: np.random.Generator, target: Any) -> Any:
        other = type(target)()
        other.CopyFrom(target)
        entries = getattr(other, rows)
        order = rng.permutation(len(entries)).tolist()
        for entry, source in zip(entries, order, strict=True):
            for name in names:
                setattr(entry, name, getattr(getattr(target, rows)[source], name))
        return other

    return shuffle


LESSONS = (
    Lesson(entry=ENTRIES["reference-v1"], make=series, shuffle=None, trained=4000, held=1500, steps=400, rate=1e-3),
    Lesson(
        entry=ENTRIES["consensus-v1"],
        make=tables,
        shuffle=_among("items", ("option",)),
        trained=800,
        held=600,
        steps=300,
        rate=1e-3,
    ),
    Lesson(
        entry=ENTRIES["balance-v1"],
        make=loads,
        shuffle=_among("servers", ("speed_per_s", "down")),
        trained=40,
        held=30,
        steps=300,
        rate=1e-3,
    ),
    Lesson(
        entry=ENTRIES["cache-v1"],
        make=patterns,
        shuffle=_among("policies", ("hit_ratio",)),
        trained=200,
        held=150,
        steps=300,
        rate=1e-3,
    ),
)
