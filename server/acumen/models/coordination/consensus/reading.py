"""Reading a `VoteTable`: names to numbers and back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from acumen.models.coordination.consensus.table import Doubles, Integers, Table
from acumen.proto.models.v1.coordination_pb2 import AgentHistory, Vote, VoteTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A checked vote table: its numbers, the names they stand for, and how to decide.

    `loss` (options, options) is the cost of deciding a column when a row is true, None when every error costs 1.
    """

    table: Table
    options: Sequence[str]
    items: Sequence[str]
    agents: Sequence[str]
    quorum: int
    loss: Doubles | None


def read(message: VoteTable) -> Reading:
    """Number items and agents in order of first appearance, options as given or sorted."""
    votes = message.votes
    agents, agent = numbered([vote.agent for vote in votes])
    items, item = numbered([vote.item for vote in votes])
    voted = [vote.option for vote in votes]
    options = option_names(message, voted)
    correct, total = _history(message, agents)
    table = Table(
        options=len(options),
        items=len(items),
        agents=len(agents),
        agent=agent,
        item=item,
        option=_lookup(voted, options),
        confidence=_confidence(message),
        gold_correct=correct,
        gold_total=total,
    )
    loss = np.array(message.loss_matrix, np.float64).reshape(len(options), -1) if message.loss_matrix else None
    return Reading(table=table, options=options, items=items, agents=agents, quorum=max(message.quorum, 1), loss=loss)


def option_names(message: VoteTable, voted: Iterable[str]) -> list[str]:
    """Return the options in the order of posteriors."""
    return list(message.options) if message.options else sorted(set(voted))


def numbered(names: Sequence[str]) -> tuple[list[str], Integers]:
    """Return the distinct names in order of first appearance, and each entry's number."""
    distinct = list(dict.fromkeys(names))
    return distinct, _lookup(names, distinct)


def _lookup(names: Sequence[str], among: Sequence[str]) -> Integers:
    number = {name: i for i, name in enumerate(among)}
    return np.fromiter(map(number.__getitem__, names), np.int64, len(names))


def _confidence(message: VoteTable) -> Doubles:
    stated = [vote.confidence if vote.HasField("confidence") else np.nan for vote in message.votes]
    return np.array(stated, np.float64)


def _history(message: VoteTable, agents: Sequence[str]) -> tuple[Doubles, Doubles]:
    known = {entry.agent: (entry.correct, entry.total) for entry in message.agent_history}
    rows = np.array([known.get(agent, (0, 0)) for agent in agents], np.float64)
    return rows[:, 0], rows[:, 1]


def message_of(table: Table) -> VoteTable:
    """Return a table as a message, agents, items and options named by their numbers."""
    votes = [
        Vote(agent=f"agent-{a}", item=f"item-{i}", option=f"option-{o:02d}", confidence=None if c != c else c)
        for a, i, o, c in zip(
            table.agent.tolist(), table.item.tolist(), table.option.tolist(), table.confidence.tolist(), strict=True
        )
    ]
    history = [
        AgentHistory(agent=f"agent-{a}", correct=int(table.gold_correct[a]), total=int(table.gold_total[a]))
        for a in np.flatnonzero(table.gold_total).tolist()
    ]
    options = [f"option-{o:02d}" for o in range(table.options)]
    return VoteTable(options=options, votes=votes, agent_history=history)
