"""Where the truth comes from: simulated tables of votes whose true options, agents and items are known.

Agents follow the classical annotator models (one-coin and confusion matrices, Dawid and Skene, 1979; item difficulty,
Whitehill et al., 2009; spammers, Raykar and Yu, 2012; copying, Dong et al., 2009), mixed within one table, or look at
the items themselves (see `perception`).
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.agents import draw_agents
from acumen.models.coordination.consensus.perception import Perception, draw_perception
from acumen.models.coordination.consensus.ranges import TRAINING, Ranges, span
from acumen.models.coordination.consensus.table import Doubles, Integers, Table, table_of

NO_GROUP = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Everything the simulator knows of one table.

    `option` (items,) the true options; `prior` (options,); `answers` (agents, options, options) by true option each
    agent's chance of being right on the diagonal and shares of errors elsewhere; `skilled` (agents,) whether difficulty
    touches the agent; `difficulty` (items,) subtracted from an agent's log-odds of being right; `attraction` the share
    of errors that go to an item's own tempting wrong option; `group` (agents,) which hidden answer sheet one copies,
    with chance `copying`; `leaders` the agents whose answers those are; `boast` (agents,) by how much the log-odds of
    stated confidence rise when right, `mood` (agents,) their mean when wrong, noise of unit deviation;
    `perception`, if there, is how skilled agents vote instead of by `answers`.
    """

    option: Integers
    prior: Doubles
    answers: Doubles
    skilled: NDArray[np.bool_]
    difficulty: Doubles
    attraction: float
    group: Integers
    leaders: Integers
    copying: float
    boast: Doubles
    mood: Doubles
    perception: Perception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A table and the truth behind it; `truth.option[i]` belongs to `table` item i, agents likewise."""

    table: Table
    truth: Truth = field(repr=False)


def generate(seed: int, ranges: Ranges = TRAINING) -> Case:
    """Return one table with its truth, deterministic by `seed`."""
    rng = np.random.default_rng((seed, 0xC05E))
    options = _options(rng, ranges)
    assigned = _assignment(rng, ranges)
    agents = int(assigned[0].max()) + 1
    items = int(assigned[1].max()) + 1
    truth = _truth(rng, ranges, items, agents, options)
    option = _answers(rng, truth, *assigned)
    return _case(rng, truth, *assigned, option)


def _options(rng: np.random.Generator, ranges: Ranges) -> int:
    """Return a number of options; two in about four tables of ten, as in practice."""
    return 2 if rng.random() < 0.4 else int(rng.integers(ranges.options[0], ranges.options[1] + 1))


def _assignment(rng: np.random.Generator, ranges: Ranges) -> tuple[Integers, Integers]:
    """Return who votes on what: (v,) agent and item numbers, in random order, no pair twice, no number unused."""
    agents = max(2, round(span(rng, ranges.agents)))
    per_item = min(span(rng, ranges.votes_per_item), agents)
    items = max(1, min(round(span(rng, ranges.items)), int(ranges.most_votes / per_item)))
    activity = rng.normal(0, rng.uniform(*ranges.activity_spread), agents)
    keys = rng.gumbel(size=(items, agents)) + activity
    order = np.argsort(-keys, axis=1, kind="stable")
    wanted = np.full(items, round(per_item)) if rng.random() < 0.5 else rng.poisson(per_item, items)
    chosen = np.arange(agents) < np.clip(wanted, 1, agents)[:, None]
    item = np.repeat(np.arange(items), chosen.sum(axis=1))
    agent = order[chosen]
    shuffled = rng.permutation(item.size)
    return np.unique(agent[shuffled], return_inverse=True)[1], item[shuffled]


def _truth(rng: np.random.Generator, ranges: Ranges, items: int, agents: int, options: int) -> Truth:
    prior = rng.dirichlet(np.full(options, span(rng, (0.7, 30.0))))
    answers, skilled = draw_agents(rng, ranges, agents, options)
    group, leaders, copying = _groups(rng, ranges, agents)
    spread = rng.uniform(*ranges.difficulty) if rng.random() < 0.6 else 0.0
    option = rng.choice(options, items, p=prior)
    perceived = rng.random() < ranges.perceived
    return Truth(
        option=option,
        prior=prior,
        answers=answers,
        skilled=skilled,
        difficulty=rng.normal(0, spread, items),
        attraction=rng.uniform(*ranges.attraction) if rng.random() < 0.5 else 0.0,
        group=group,
        leaders=leaders,
        copying=copying,
        boast=rng.normal(0.8, 0.8, agents) * (rng.random() < 0.8),
        mood=rng.normal(rng.uniform(-0.5, 2.0), 0.7, agents),
        perception=draw_perception(rng, option, agents, options) if perceived else None,
    )


def _groups(rng: np.random.Generator, ranges: Ranges, agents: int) -> tuple[Integers, Integers, float]:
    """Return who copies which hidden answer sheet, whose sheets they are, and how often a copier copies."""
    group = np.full(agents, NO_GROUP)
    if agents < 4 or rng.random() >= ranges.colluders:
        return group, np.empty(0, np.int64), 0.0
    order, start = rng.permutation(agents), 0
    leaders: list[int] = []
    for _ in range(int(rng.integers(1, 4))):
        size = int(rng.integers(2, max(3, min(12, agents // 3) + 1)))
        if start + size > 0.5 * agents:
            break
        group[order[start : start + size]] = len(leaders)
        leaders.append(int(order[start]))
        start += size
    return group, np.array(leaders, np.int64), float(rng.uniform(0.6, 1.0))


def _answers(rng: np.random.Generator, truth: Truth, agent: Integers, item: Integers) -> Integers:
    """Return (v,) the options voted for."""
    options = truth.prior.size
    tempting = (truth.option + rng.integers(1, max(options, 2), truth.option.size)) % options
    own = _vote(rng, truth, agent, item, tempting)
    if not truth.leaders.size:
        return own
    items = np.arange(truth.option.size)
    sheets = np.stack([_vote(rng, truth, np.full(items.size, a), items, tempting) for a in truth.leaders])
    copies = (truth.group[agent] != NO_GROUP) & (rng.random(agent.size) < truth.copying)
    return np.where(copies, sheets[np.maximum(truth.group[agent], 0), item], own)


def _vote(rng: np.random.Generator, truth: Truth, agent: Integers, item: Integers, tempting: Integers) -> Integers:
    p = vote_probabilities(truth, agent, item, truth.option[item], tempting[item])
    edges = np.cumsum(p, axis=1)
    return np.asarray((rng.random(agent.size)[:, None] * edges[:, -1:] > edges[:, :-1]).sum(axis=1))


def vote_probabilities(truth: Truth, agent: Integers, item: Integers, true: Integers, tempting: Integers) -> Doubles:
    """Return (v, options): how an agent votes on an item if `true` were its true option and `tempting` its lure."""
    row = truth.answers[agent, true]
    at = np.arange(agent.size)
    right = np.clip(row[at, true], 1e-6, 1 - 1e-6)
    touched = np.log(right / (1 - right)) - truth.difficulty[item]
    right = np.where(truth.skilled[agent], 1 / (1 + np.exp(-touched)), right)
    lured = truth.attraction * truth.skilled[agent]
    wrong = row * (1 - lured)[:, None]
    wrong[at, tempting] += lured
    wrong[at, true] = 0.0
    p = wrong * ((1 - right) / np.maximum(wrong.sum(axis=1), 1e-12))[:, None]
    p[at, true] = right
    if truth.perception is not None:
        p = np.where(truth.skilled[agent][:, None], truth.perception.vote_probabilities(agent, item), p)
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def _case(rng: np.random.Generator, truth: Truth, agent: Integers, item: Integers, option: Integers) -> Case:
    """Add stated confidences and checked answers, each in some tables only, and number everything by appearance."""
    confidence = np.full(agent.size, np.nan)
    if rng.random() < 0.3:
        right = option == truth.option[item]
        logit = truth.mood[agent] + truth.boast[agent] * right + rng.standard_normal(agent.size)
        stated = rng.random(agent.size) < rng.choice([1.0, 0.6])
        confidence = np.where(stated, np.round(1 / (1 + np.exp(-logit)), 3), np.nan)
    correct, total = _gold(rng, truth)
    table = table_of(agent, item, option, truth.prior.size, confidence, gold_correct=correct, gold_total=total)
    return Case(table=table, truth=_renumbered(truth, agent, item))


def _gold(rng: np.random.Generator, truth: Truth) -> tuple[Doubles, Doubles]:
    """Return (agents,) checked answers right and in all; zero in three tables of four."""
    agents = truth.group.size
    total = rng.integers(0, 31, agents) * (rng.random(agents) < 0.8)
    if rng.random() >= 0.25:
        return np.zeros(agents), np.zeros(agents)
    agent = np.repeat(np.arange(agents), total)
    item = rng.integers(0, truth.option.size, agent.size)
    lure = (truth.option + rng.integers(1, max(truth.prior.size, 2), truth.option.size)) % truth.prior.size
    right = _vote(rng, truth, agent, item, lure) == truth.option[item]
    return np.asarray(np.bincount(agent, right, agents), np.float64), total.astype(np.float64)


def _renumbered(truth: Truth, agent: Integers, item: Integers) -> Truth:
    """Return the truth with agents and items in order of first appearance in the votes."""
    agents, items = _appearance(agent), _appearance(item)
    new_number = np.argsort(agents, kind="stable")
    seen = truth.perception
    if seen is not None:
        seen = seen.rearranged(agents, items)
    return Truth(
        option=truth.option[items],
        prior=truth.prior,
        answers=truth.answers[agents],
        skilled=truth.skilled[agents],
        difficulty=truth.difficulty[items],
        attraction=truth.attraction,
        group=truth.group[agents],
        leaders=new_number[truth.leaders],
        copying=truth.copying,
        boast=truth.boast[agents],
        mood=truth.mood[agents],
        perception=seen,
    )


def _appearance(numbers: Integers) -> Integers:
    distinct, first = np.unique(numbers, return_index=True)
    return distinct[np.argsort(first, kind="stable")]
