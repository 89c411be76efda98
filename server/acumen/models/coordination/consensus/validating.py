"""Every promise of `ConsensusDecision`, derived again from the input and the posteriors."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus.deciding import (
    UNDECIDED,
    agreement_of,
    bias_of,
    group_members,
    margin_of,
    open_items,
    reliability_of,
)
from acumen.models.coordination.consensus.evidence import groups_in
from acumen.models.coordination.consensus.reading import Reading, read
from acumen.models.coordination.consensus.table import Doubles, Integers
from acumen.proto.models.v1.coordination_pb2 import ConsensusDecision, VoteTable

TOLERANCE = 1e-4
SUM_TOLERANCE = 1e-5


def broken_promises(message: VoteTable, output: ConsensusDecision) -> list[str]:
    """Return what of `output` is not as its contract says; empty when all is."""
    reading = read(message)
    shape = list(_shape(reading, output))
    if shape:
        return shape
    q = np.array([list(d.posterior) for d in output.decisions])
    return [
        *_posteriors(q, output),
        *_decisions(reading, q, output),
        *_agents(reading, q, output),
        *_groups(reading, output),
    ]


def _shape(reading: Reading, output: ConsensusDecision) -> Iterator[str]:
    if list(output.options) != list(reading.options):
        yield "options are not those of the table"
    if [d.item for d in output.decisions] != list(reading.items):
        yield "decisions are not one an item in order of appearance"
    if [a.agent for a in output.agents] != list(reading.agents):
        yield "agents are not in order of appearance"
    if any(len(d.posterior) != len(reading.options) for d in output.decisions):
        yield "a posterior has not one probability an option"
    if any(len(a.bias) != len(reading.options) for a in output.agents):
        yield "a bias has not one number an option"


def _posteriors(q: Doubles, output: ConsensusDecision) -> Iterator[str]:
    if not (np.isfinite(q).all() and (q >= 0).all() and (q <= 1).all()):
        yield "a posterior leaves 0..1"
    if (np.abs(q.sum(axis=1) - 1) > SUM_TOLERANCE).any():
        yield "a posterior does not sum to 1"
    if (np.abs(margin_of(q) - [d.margin for d in output.decisions]) > TOLERANCE).any():
        yield "a margin is not the first probability minus the second"


def _decisions(reading: Reading, q: Doubles, output: ConsensusDecision) -> Iterator[str]:
    counts = reading.table.counts()
    votes = counts.sum(axis=1)
    if [d.votes for d in output.decisions] != votes.astype(int).tolist():
        yield "a count of votes is wrong"
    if [d.abstained for d in output.decisions] != (votes < reading.quorum).tolist():
        yield "abstained is not 'fewer votes than the quorum'"
    if any((d.option == "") != d.abstained for d in output.decisions):
        yield "an option is empty without abstention, or named with it"
    number = {"": UNDECIDED, **{name: k for k, name in enumerate(reading.options)}}
    if any(d.option not in number for d in output.decisions):
        yield "a decision names no option"
        return
    decided = np.array([number[d.option] for d in output.decisions])
    yield from _least(reading, q, decided)
    yield from _unanimous(reading, q, decided, counts)
    yield from _open(reading, q, decided, counts, output)


def _least(reading: Reading, q: Doubles, decided: Integers) -> Iterator[str]:
    rows = np.flatnonzero(decided != UNDECIDED)
    cost = (1 - q if reading.loss is None else q @ reading.loss)[rows]
    excess = cost[np.arange(rows.size), decided[rows]] - cost.min(axis=1)
    if (excess > TOLERANCE * (1 + np.abs(cost).max(axis=1))).any():
        yield "a decision is not of least expected loss"


def _unanimous(reading: Reading, q: Doubles, decided: Integers, counts: Doubles) -> Iterator[str]:
    """Look at voters one item at a time, unlike the decoder."""
    table = reading.table
    chance = 1 / table.options
    for i in np.flatnonzero((counts > 0).sum(axis=1) == 1).tolist():
        voters = table.agent[table.item == i].tolist()
        gold = [(table.gold_correct[a], table.gold_total[a]) for a in voters]
        if not all(total > 0 and correct / total < chance for correct, total in gold):
            named = int(counts[i].argmax())
            if q[i, named] < q[i].max() - TOLERANCE or (reading.loss is None and decided[i] not in (named, UNDECIDED)):
                yield f"the unanimous votes on {reading.items[i]} were overturned"


def _open(reading: Reading, q: Doubles, decided: Integers, counts: Doubles, output: ConsensusDecision) -> Iterator[str]:
    mean = float(np.mean([a.reliability for a in output.agents]))
    margin = np.array([d.margin for d in output.decisions])
    number = {item: i for i, item in enumerate(reading.items)}
    listed = np.array([number[item] for item in output.needs_more_votes if item in number], np.int64)
    if len(set(listed.tolist())) < len(output.needs_more_votes):
        yield "needs_more_votes repeats an item or names none"
    if (np.diff(margin[listed]) < -TOLERANCE).any():
        yield "needs_more_votes is not least certain first"
    sets = [set(open_items(q, decided, margin, m, reading.loss, counts).tolist()) for m in _around(mean)]
    near = _near(reading, q, decided)
    if not set.intersection(*sets) - near <= set(listed.tolist()) <= set.union(*sets) | near:
        yield "needs_more_votes is not the decisions that one average vote could overturn"


def _around(mean: float) -> tuple[float, float, float]:
    return max(mean - TOLERANCE, 0.0), mean, min(mean + TOLERANCE, 1.0)


def _near(reading: Reading, q: Doubles, decided: Integers) -> set[int]:
    """Return the decided items so close that rounding alone may turn them."""
    if q.shape[1] == 1:
        return set()
    cost = np.partition(1 - q if reading.loss is None else q @ reading.loss, 1, axis=1)
    close = cost[:, 1] - cost[:, 0] < TOLERANCE * (1 + np.abs(cost).max(axis=1))
    return set(np.flatnonzero(close & (decided != UNDECIDED)).tolist())


def _agents(reading: Reading, q: Doubles, output: ConsensusDecision) -> Iterator[str]:
    table = reading.table
    reliability = np.array([a.reliability for a in output.agents])
    bias = np.array([list(a.bias) for a in output.agents])
    if [a.votes for a in output.agents] != np.bincount(table.agent, minlength=table.agents).tolist():
        yield "an agent's count of votes is wrong"
    if not ((reliability >= 0) & (reliability <= 1)).all() or _differs(reliability, reliability_of(table, q)):
        yield "a reliability is not the smoothed share of right votes"
    if (np.abs(bias.sum(axis=1)) > TOLERANCE).any() or _differs(bias, bias_of(table, q)):
        yield "a bias is not the share voted minus the share expected, or does not sum to 0"


def _differs(given: NDArray[np.float64], derived: Doubles) -> bool:
    return bool((np.abs(given - derived) > TOLERANCE).any())


def _groups(reading: Reading, output: ConsensusDecision) -> Iterator[str]:
    table = reading.table
    group = groups_in(table)
    expected = group_members(group)
    if [list(g.agents) for g in output.correlated_groups] != [
        [reading.agents[a] for a in m.tolist()] for m in expected
    ]:
        yield "correlated_groups are not those of the test"
    elif _differs(
        np.array([g.agreement for g in output.correlated_groups]), np.array([agreement_of(table, m) for m in expected])
    ):
        yield "an agreement is wrong"
    if any(len(g.agents) < 2 for g in output.correlated_groups):
        yield "a correlated group has one agent"
