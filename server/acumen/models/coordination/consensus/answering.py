"""From a decided table to the message, the words and the certificates of the answer."""

from collections.abc import Iterator

import numpy as np

from acumen.models.coordination.consensus.checking import ROOT
from acumen.models.coordination.consensus.deciding import UNDECIDED, Outcome, agreement_of, group_members
from acumen.models.coordination.consensus.reading import Reading
from acumen.models.coordination.consensus.table import Doubles, Integers
from acumen.neural.rounding import significant_array
from acumen.neural.spec import Certificate
from acumen.proto.models.v1.coordination_pb2 import (
    AgentReliability,
    ConsensusDecision,
    CorrelatedGroup,
    ItemDecision,
)

NONE = "no decision"


def message_of(reading: Reading, outcome: Outcome, group: Integers) -> ConsensusDecision:
    """Return the output message, its numbers rounded to six significant digits."""
    members = group_members(group)
    agreements = significant_array(np.array([agreement_of(reading.table, m) for m in members])).tolist()
    return ConsensusDecision(
        options=reading.options,
        decisions=_decisions(reading, outcome),
        agents=_agents(reading, outcome),
        correlated_groups=[
            CorrelatedGroup(agents=[reading.agents[a] for a in m.tolist()], agreement=agreement)
            for m, agreement in zip(members, agreements, strict=True)
        ],
        needs_more_votes=[reading.items[i] for i in outcome.open_items.tolist()],
    )


def _decisions(reading: Reading, outcome: Outcome) -> Iterator[ItemDecision]:
    names = [*reading.options, ""]
    rows = zip(
        reading.items,
        outcome.decided.tolist(),
        significant_array(outcome.posterior).tolist(),
        significant_array(outcome.margin).tolist(),
        outcome.votes.tolist(),
        strict=True,
    )
    for item, decided, posterior, margin, votes in rows:
        yield ItemDecision(
            item=item,
            option=names[decided],
            posterior=posterior,
            margin=margin,
            abstained=decided == UNDECIDED,
            votes=votes,
        )


def _agents(reading: Reading, outcome: Outcome) -> Iterator[AgentReliability]:
    votes = np.bincount(reading.table.agent, minlength=reading.table.agents).tolist()
    reliability, bias = significant_array(outcome.reliability).tolist(), significant_array(outcome.bias).tolist()
    rows = zip(reading.agents, reliability, bias, votes, strict=True)
    for agent, reliability, bias, cast in rows:
        yield AgentReliability(agent=agent, reliability=reliability, bias=bias, votes=cast)


def sureness(outcome: Outcome) -> float:
    """Return the mean posterior of the decisions; of the most probable options where nothing is decided."""
    rows = np.flatnonzero(outcome.decided != UNDECIDED)
    if not rows.size:
        return float(outcome.posterior.max(axis=1).mean())
    return float(outcome.posterior[rows, outcome.decided[rows]].mean())


def headline(outcome: Outcome) -> Doubles:
    """Return the probability of every (item, option) for an item drawn at random; sums to 1."""
    return np.asarray(outcome.posterior.ravel() / outcome.decided.size)


def choice(reading: Reading, outcome: Outcome) -> str:
    """Return the decision on a single item, or how many items each option was decided for."""
    names = [*reading.options, NONE]
    if outcome.decided.size == 1:
        return names[int(outcome.decided[0])]
    counts = np.bincount(outcome.decided % len(names), minlength=len(names))
    return ", ".join(f"{names[k]} on {counts[k]}" for k in np.flatnonzero(counts).tolist())


def alternatives(reading: Reading, outcome: Outcome, most: int) -> list[tuple[str, float]]:
    """Return the likeliest other options of decided items, as `item: option`, or the option alone for one item."""
    if not most:
        return []
    rows = np.flatnonzero(outcome.decided != UNDECIDED)
    q = outcome.posterior[rows]
    q[np.arange(rows.size), outcome.decided[rows]] = -1.0
    best = np.argsort(-q.ravel(), kind="stable")[:most]
    named = [(reading.items[rows[b // q.shape[1]]], reading.options[b % q.shape[1]], float(q.flat[b])) for b in best]
    single = outcome.decided.size == 1
    return [(option if single else f"{item}: {option}", p) for item, option, p in named if p >= 0]


def certificates(reading: Reading, outcome: Outcome, group: Integers) -> list[Certificate]:
    """Return the facts found while deciding."""
    facts = [
        _decided(reading, outcome),
        _majority(reading, outcome),
        _unanimous(outcome),
        _reliability(reading, outcome),
    ]
    facts.append(
        Certificate(
            text=f"one more vote of average reliability {outcome.reliability.mean():.3g} could overturn "
            f"{outcome.open_items.size} of the decisions",
            value=float(outcome.open_items.size),
            field_path=f"{ROOT}.votes",
        )
    )
    return facts + [_group(reading, members) for members in group_members(group)]


def _decided(reading: Reading, outcome: Outcome) -> Certificate:
    decided = int((outcome.decided != UNDECIDED).sum())
    text = f"{decided} of {outcome.decided.size} items have the quorum of {reading.quorum} votes and are decided"
    return Certificate(text=text, value=float(decided), field_path=f"{ROOT}.quorum")


def _majority(reading: Reading, outcome: Outcome) -> Certificate:
    counts = reading.table.counts()
    rows = np.flatnonzero(outcome.decided != UNDECIDED)
    against = int((counts[rows, outcome.decided[rows]] < counts[rows].max(axis=1)).sum())
    text = f"{against} decisions are for an option with fewer votes than another has"
    return Certificate(text=text, value=float(against), field_path=f"{ROOT}.votes")


def _unanimous(outcome: Outcome) -> Certificate:
    unanimous, open_to = int(outcome.unanimous.sum()), int((outcome.unanimous & ~outcome.protected).sum())
    text = f"{unanimous} items are unanimous; on {open_to} of them all voters are below chance in checked answers"
    return Certificate(text=text, value=float(unanimous), field_path=f"{ROOT}.votes")


def _reliability(reading: Reading, outcome: Outcome) -> Certificate:
    least = int(outcome.reliability.argmin())
    share = float(outcome.reliability[least])
    text = f"the least reliable agent is {reading.agents[least]}, expected right in {share:.3g} of its votes"
    return Certificate(text=text, value=share, field_path=f"{ROOT}.votes")


def _group(reading: Reading, members: Integers) -> Certificate:
    share = agreement_of(reading.table, members)
    names = ", ".join(reading.agents[a] for a in members.tolist())
    text = f"{names} repeat each other's errors; where two or more of them voted they agree on {share:.3g} of the items"
    return Certificate(text=text, value=share, field_path=f"{ROOT}.votes")
