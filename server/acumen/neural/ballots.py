"""Ballots: what a model says as a distribution over named options, and the table consensus-v1 decides on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.neural import ensemble
from acumen.neural.calibrate import Doubles
from acumen.neural.model import Model
from acumen.neural.spec import Answer, Want
from acumen.proto.models.v1.coordination_pb2 import AgentHistory, Vote, VoteTable

CONSENSUS = "consensus-v1"
ASKED = "asked"
QUIET = Want(certificates=False)
PLAIN = np.array([1.0, 0.0])  # the posterior as it is


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


def judged(
    judge: Model, options: Sequence[str], votes: Doubles, checked: Sequence[tuple[int, int]], trust: Doubles = PLAIN
) -> tuple[Doubles, Doubles]:
    """Return what consensus-v1 makes of votes (m, k): a distribution (k,), and each member's reliability (m,).

    `checked` holds how many answers of each member were right, and of how many; `trust` is as `trust_of` returns it.
    """
    posterior, reliability = _decided(judge, options, [votes], checked)[0]
    return ensemble.log_linear(_sources(posterior, votes), trust), reliability


def trust_of(judge: Model, options: Sequence[str], past: Past, checked: Sequence[tuple[int, int]]) -> Doubles:
    """Return the powers of consensus-v1's posterior and of the members' geometric mean that predict past cases best.

    consensus-v1 reads first choices and takes its voters to err independently; members that see one input err
    together, and how near a choice was stands in their distributions alone.
    """
    posteriors = np.stack([p for p, _ in _decided(judge, options, list(past.votes), checked)])
    return ensemble.fit_weights(_sources(posteriors, past.votes), past.right)


def _sources(posterior: Doubles, votes: Doubles) -> Doubles:
    """Return (..., 2, k): the posterior, and the geometric mean of votes (..., m, k)."""
    mean = ensemble.log_linear(votes, ensemble.equal_weights(votes.shape[-2]))
    return np.stack([posterior, mean], axis=-2)


def _decided(
    judge: Model, options: Sequence[str], cases: Sequence[Doubles], checked: Sequence[tuple[int, int]]
) -> list[tuple[Doubles, Doubles]]:
    tables = [table_of(options, votes, checked) for votes in cases]
    for table in tables:
        judge.spec.check(table)
    outputs = [scored.answer.output for scored in judge.answer(tables, QUIET)]
    return [_read(output, len(votes)) for output, votes in zip(outputs, cases, strict=True)]


def table_of(options: Sequence[str], votes: Doubles, checked: Sequence[tuple[int, int]]) -> VoteTable:
    """Return the members' first choices with their confidence, votes (m, k), as agents' votes on one item."""
    return VoteTable(
        options=options,
        votes=[
            Vote(
                agent=agent_name(m),
                item=ASKED,
                option=options[int(row.argmax())],
                confidence=min(float(row.max()), 1.0),
            )
            for m, row in enumerate(votes)
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


def _read(decision: Any, members: int) -> tuple[Doubles, Doubles]:
    """Return the posterior (k,) of the only item, and each member's reliability (m,)."""
    reliability = {one.agent: one.reliability for one in decision.agents}
    return np.array(decision.decisions[0].posterior), np.array([reliability[agent_name(m)] for m in range(members)])
