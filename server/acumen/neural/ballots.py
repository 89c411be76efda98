"""Ballots: what a model says as a distribution over named options, and the table consensus-v1 decides on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural.calibrate import Doubles
from acumen.neural.model import Model
from acumen.neural.spec import Answer, Want
from acumen.proto.models.v1.coordination_pb2 import AgentHistory, ConsensusDecision, Vote, VoteTable

CONSENSUS = "consensus-v1"
ASKED = "asked"
QUIET = Want(certificates=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One model's distribution `p` (k,) over `options`; no options where its answer names none."""

    options: tuple[str, ...]
    p: Doubles
    abstained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Cases whose right option is known: `votes` (n, m, k) and the number of the right option `right` (n,)."""

    votes: Doubles
    right: NDArray[np.int64]

    @property
    def correct(self) -> list[int]:
        """How often each member's first choice was right."""
        hits: list[int] = (self.votes.argmax(axis=2) == self.right[:, None]).sum(axis=0).tolist()
        return hits


def cast(model: Model, messages: Sequence[Any]) -> list[Ballot]:
    """Return a model's ballots on checked inputs."""
    return [ballot_of(scored.answer) for scored in model.answer(messages, QUIET)]


def ballot_of(answer: Answer) -> Ballot:
    """Return the ballot an answer amounts to."""
    p = np.asarray(answer.headline, np.float64)
    named = len(answer.options) == p.size and len(set(answer.options)) == p.size > 1
    return Ballot(options=tuple(answer.options) if named else (), p=p, abstained=answer.abstained)


def table_of(
    options: Sequence[str], votes: Doubles, past: Past | None, checked: Sequence[tuple[int, int]]
) -> VoteTable:
    """Return the members' first choices with their confidence, votes (m, k), as agents' votes on the item asked.

    Past votes are items too: they show who errs together. `checked` holds how many answers of each member were right,
    and of how many.
    """
    asked = [(ASKED, votes)] + ([] if past is None else [(f"past {i}", one) for i, one in enumerate(past.votes)])
    cells = [(item, m, int(row.argmax()), float(row.max())) for item, rows in asked for m, row in enumerate(rows)]
    return VoteTable(
        options=options,
        votes=[
            Vote(agent=agent_name(m), item=item, option=options[best], confidence=min(p, 1.0))
            for item, m, best, p in cells
        ],
        agent_history=[
            AgentHistory(agent=agent_name(m), correct=correct, total=total)
            for m, (correct, total) in enumerate(checked)
            if total
        ],
    )


def agent_name(member: int) -> str:
    """Return what a member is called in the table; models may sit in an ensemble more than once."""
    return f"member {member}"


def decided(decision: ConsensusDecision, members: int) -> tuple[Doubles, Doubles]:
    """Return the posterior (k,) of the item asked, and each member's reliability (m,)."""
    asked = next(one for one in decision.decisions if one.item == ASKED)
    reliability = {one.agent: one.reliability for one in decision.agents}
    return np.array(asked.posterior), np.array([reliability[agent_name(m)] for m in range(members)])
