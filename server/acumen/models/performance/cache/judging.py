"""Judging a model on cases: one trace and one cache size each, so that every choice is scored at every size."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.performance.cache import features, learning, plan, reading, spec, world
from acumen.neural import evaluate
from acumen.neural.model import Model
from acumen.neural.spec import Want
from acumen.proto.v1 import model_pb2

MISS_TARGET, REGRET_TARGET = 1.21, 0.035
ECE_TARGET, ECE_SHIFTED = 0.03, 0.08
UNLEARNED = (2, 3, 4, 5, 7, 8)
"""Columns whose hit ratios the network must forecast; the other three are replayed for every input."""
QUIET = Want(certificates=False)
Rivals = dict[str, NDArray[np.int64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A trace, a cache size, and the hits of Belady's MIN and every policy; on what followed too, if anything did."""

    keys: NDArray[np.uint64]
    capacity: int
    hits: NDArray[np.int64]
    later: NDArray[np.int64] | None

    @classmethod
    def of(cls, keys: Any, after: Any, capacity: int) -> "Case":
        """Replay everything."""
        trace = features.Trace.of(keys)
        later = None if after is None else learning.true_hits(features.Trace.of(after), capacity)
        return cls(keys=keys, capacity=capacity, hits=learning.true_hits(trace, capacity), later=later)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a model said of cases: the network's column, the final one, its probability, replays made, forecasts."""

    network: NDArray[np.int64]
    final: NDArray[np.int64]
    p: NDArray[np.float64]
    replays: NDArray[np.int64]
    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]


def generated(seed: int, indices: range, wide: bool = False, halves: bool = True) -> Iterable[Case]:
    """Generate cases: whole traces as in training, or first halves, the second of which come after."""
    for index in indices:
        rng = world.generator(seed, index, wide)
        keys = world.trace(rng, wide).astype(np.uint64)
        given, after = (keys[: keys.size // 2], keys[keys.size // 2 :]) if halves else (keys, None)
        for capacity in world.sizes(rng, int(np.unique(given).size), wide):
            yield Case.of(given, after, capacity)


def judge(model: Model, cases: Sequence[Case], summarised: bool = False) -> Judged:
    """Ask the model about every case, as a trace or as its summary."""
    messages = [reading.message_of(case.keys, [case.capacity]) for case in cases]
    if summarised:
        messages = [reading.summarised(message) for message in messages]
    parts = [_ask(model, messages[at : at + 64]) for at in range(0, len(messages), 64)]
    return Judged(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in Judged.__slots__})


def _ask(model: Model, messages: Sequence[Any]) -> Judged:
    batch = model.spec.featurise(messages)
    scores = model.score(batch)
    answers = model.decode(messages, batch, scores, QUIET)
    plans: list[Any] = [answer.output for answer in answers]
    forecasts = np.stack([scores[name] for name in ("low", "median", "high")], axis=2)
    replays = [_replays(facts, made) for facts, made in zip(batch.facts, plans, strict=True)]
    return Judged(
        network=scores["median"].argmax(axis=1),
        final=np.array([made.policy - 1 for made in plans]),
        p=np.array([answer.p for answer in answers]),
        replays=np.array(replays),
        low=forecasts[:, :, 0],
        median=forecasts[:, :, 1],
        high=forecasts[:, :, 2],
    )


def _replays(facts: spec.Facts, output: Any) -> int:
    """Count the policies whose forecast became a point though it was not free: those that were replayed."""
    if not facts.trace:
        return 0
    points = {p.policy - 1 for p in output.sizes[0].policies if p.hit_ratio_q10 == p.hit_ratio_q90}
    return len(points & {c for c in UNLEARNED if np.isnan(facts.exact[0, c])})


def rule(case: Case) -> int:
    """Choose a column as a person would: MRU for loops that do not fit, W-TinyLFU against keys seen once, else ARC."""
    summary = features.Trace.of(case.keys).summary()
    lru = features.lru_curve(summary, np.array([float(case.capacity)]))[0]
    if summary.loop >= plan.MOSTLY_LOOPS and lru < 0.5 * summary.bound:
        return 6
    return 7 if summary.one_hit >= plan.MANY_ONCE_SEEN else 5


def _picked(table: NDArray[Any], columns: NDArray[np.int64]) -> NDArray[Any]:
    return np.asarray(table[np.arange(len(columns)), columns])


def miss_ratio(hits: NDArray[np.int64], n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return (cases, 9) misses of every policy over Belady's."""
    return np.asarray((n[:, None] - hits[:, 1:]) / (n - hits[:, 0])[:, None])


def trio(regret: NDArray[Any]) -> tuple[int, ...]:
    """Return the three columns worth replaying everywhere beside FIFO, LRU and MRU; `regret` (rows, 9) of training."""
    free = regret[:, [c for c in range(regret.shape[1]) if c not in UNLEARNED]].min(axis=1)
    return min(
        combinations(UNLEARNED, 3), key=lambda three: float(np.minimum(free, regret[:, three].min(axis=1)).mean())
    )


def suite(
    model: Model, name: str, data: str, cases: Sequence[Case], three: tuple[int, ...], ece_target: float | None = None
) -> model_pb2.Suite:
    """Return measures on cases: of choices, and with a target for the calibration of forecasts and probabilities too.

    `three` are the columns that a fixed portfolio would replay in every case.
    """
    hits = np.array([case.hits for case in cases])
    lost = learning.regrets(hits)
    asked, blind = judge(model, cases), judge(model, cases, summarised=True)
    rivals = {"rule of thumb": np.array([rule(case) for case in cases]), "three fixed replays": _portfolio(hits, three)}
    missed = miss_ratio(hits, np.array([case.keys.size for case in cases]))
    alone = evaluate.interval(_picked(lost, blind.network))
    measures = [
        *_choice("regret", lost, asked, rivals, REGRET_TARGET),
        *_choice("misses over Belady's", missed, asked, rivals, MISS_TARGET),
        *_gains(lost, asked, rivals),
        evaluate.measure("regret from a summary alone", alone, _fixed(lost, rivals)),
        evaluate.measure("replays before settling, of 6", evaluate.interval(asked.replays)),
        *_forward(cases, asked, rivals),
    ]
    if ece_target is not None:
        measures += _forecasts(hits, asked, cases)
        measures += evaluate.calibration(
            asked.p, _picked(lost, asked.final) <= plan.REGRET, ece_target, ", trace given"
        )
        measures += evaluate.calibration(
            blind.p, _picked(lost, blind.final) <= plan.REGRET, ece_target, ", summary given"
        )
    return evaluate.suite(name, len(cases), data, measures)


def _portfolio(hits: NDArray[np.int64], three: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the best column of each case among the three and those replayed anyway."""
    tried = sorted({*range(len(plan.POLICIES))} - {*UNLEARNED} | {*three})
    return np.array([tried[i] for i in hits[:, 1:][:, tried].argmax(axis=1)])


def _fixed(table: NDArray[np.float64], rivals: Rivals) -> dict[str, tuple[str, float]]:
    """Return what each fixed policy, the rule and the best of each case reach."""
    means = {name: ("heuristic", float(table[:, i].mean())) for i, name in enumerate(plan.POLICIES)}
    means["LRU"] = ("naive", means["LRU"][1])
    means |= {name: ("heuristic", float(_picked(table, columns).mean())) for name, columns in rivals.items()}
    return {**means, "best of each case (replaying all nine)": ("oracle", float(table.min(axis=1).mean()))}


def _choice(
    name: str, table: NDArray[np.float64], asked: Judged, rivals: Rivals, target: float
) -> list[model_pb2.Measure]:
    fixed = _fixed(table, rivals)
    return [
        evaluate.measure(f"{name}, network only", evaluate.interval(_picked(table, asked.network)), fixed, target),
        evaluate.measure(f"{name}, with replays", evaluate.interval(_picked(table, asked.final)), fixed, target),
    ]


def _gains(lost: NDArray[np.float64], asked: Judged, rivals: Rivals) -> list[model_pb2.Measure]:
    best = int(lost.mean(axis=0).argmin())
    name = f"regret against {plan.POLICIES[best]} everywhere, the best fixed policy here"
    return [
        evaluate.measure(f"{name}, network only", evaluate.paired_gain(_picked(lost, asked.network), lost[:, best])),
        evaluate.measure(f"{name}, with replays", evaluate.paired_gain(_picked(lost, asked.final), lost[:, best])),
        *(
            evaluate.measure(
                f"regret against {rival}, with replays",
                evaluate.paired_gain(_picked(lost, asked.final), _picked(lost, columns)),
            )
            for rival, columns in rivals.items()
        ),
    ]


def _forecasts(hits: NDArray[np.int64], asked: Judged, cases: Sequence[Case]) -> list[model_pb2.Measure]:
    truth = hits[:, 1:] / np.array([case.keys.size for case in cases])[:, None]
    inside = ((asked.low <= truth) & (truth <= asked.high))[:, UNLEARNED].mean(axis=1)
    error = np.abs(np.clip(asked.median, 0, 1) - truth)[:, UNLEARNED].mean(axis=1)
    return [
        evaluate.measure("coverage of the 80 % interval, policies not replayed", evaluate.interval(inside)),
        evaluate.measure("absolute error of the median hit ratio, policies not replayed", evaluate.interval(error)),
    ]


def _forward(cases: Sequence[Case], asked: Judged, rivals: Rivals) -> list[model_pb2.Measure]:
    """Score the same choices on the accesses that came after, which nobody has seen."""
    index = [i for i, case in enumerate(cases) if case.later is not None]
    if not index:
        return []
    lost = learning.regrets(np.array([cases[i].later for i in index]))
    past = np.array([cases[i].hits[1:] for i in index]).argmax(axis=1)
    fixed = _fixed(lost, {name: columns[index] for name, columns in rivals.items()})
    fixed["best of the accesses given"] = ("heuristic", float(_picked(lost, past).mean()))
    name = "regret on what came after"
    return [
        evaluate.measure(f"{name}, network only", evaluate.interval(_picked(lost, asked.network[index])), fixed),
        evaluate.measure(f"{name}, with replays", evaluate.interval(_picked(lost, asked.final[index])), fixed),
    ]
