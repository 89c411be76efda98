"""consensus-v1: what it sees, computes and answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.models.coordination.consensus import answering, checking, network, validating
from acumen.models.coordination.consensus.batching import batch_of
from acumen.models.coordination.consensus.collusion import MOST_AGENTS
from acumen.models.coordination.consensus.deciding import outcome_of, softmax
from acumen.models.coordination.consensus.evidence import (
    CELL_NAMES,
    ITEM_NAMES,
    PAIR_NAMES,
    TABLE_NAMES,
    Evidence,
    evidence_of,
)
from acumen.models.coordination.consensus.outcomes import OUTCOMES
from acumen.models.coordination.consensus.reading import Reading, message_of, read
from acumen.models.coordination.consensus.table import Table
from acumen.models.coordination.consensus.world import generate
from acumen.neural.calibrate import Isotonic
from acumen.neural.spec import Answer, Batch, Category, FeatureGroup, Identity, Lever, Want
from acumen.proto.models.v1.coordination_pb2 import ConsensusDecision, VoteTable

EXAMPLE_SEEDS = 7_000_000


@dataclass(frozen=True, slots=True)
class Fact:
    """What the decoder needs of one input."""

    reading: Reading
    evidence: Evidence


def _groups(array: str, names: Sequence[str]) -> tuple[FeatureGroup, ...]:
    """Return one group a feature; `checked` ones come from the agents' history, all others from the votes."""
    paths = [f"{checking.ROOT}.{'agent_history' if 'checked' in name else 'votes'}" for name in names]
    return tuple(
        FeatureGroup(name=f"{array[:-1]} feature '{name}'", array=array, columns=slice(i, i + 1), field_path=path)
        for i, (name, path) in enumerate(zip(names, paths, strict=True))
    )


def _write_quorum(message: VoteTable, value: float) -> None:
    message.quorum = int(value)


def _quorums(message: VoteTable) -> Sequence[float]:
    votes = np.bincount(np.unique([vote.item for vote in message.votes], return_inverse=True)[1])
    return [float(v) for v in range(1, int(votes.max()) + 2) if v != max(message.quorum, 1)]


class Consensus:
    """A learned pool of classical and Bayesian aggregators of the votes of many agents on many items."""

    identity = Identity(
        name="consensus-v1",
        version="1.0.0",
        category=Category.COORDINATION,
        input_field="vote_table",
        output_field="consensus",
        summary="Decides items from agents' votes, weighing each agent by what all votes say of it.",
        event="the decided option of an item drawn at random among the decided ones is the true one",
        alternative_measure="posterior probability of the other option on that item",
        layer_groups=network.GROUPS,
        training_data="simulated tables of votes only (world.py); no external data",
        limits=(
            "Where most voters of an item share one wrong belief, no method that sees only votes can tell.",
            "It was trained on simulated agents only; the real suites show table by table where a classical method "
            "decides more items rightly.",
            "Agents that copy each other are found by shared errors; those that meet on few items stay unseen.",
            "Under a loss matrix the option of least expected loss is decided, even against unanimous votes; "
            "the option they name keeps the largest posterior all the same.",
            f"Copying is tested among the {MOST_AGENTS} most active agents only.",
        ),
        summary_names=TABLE_NAMES,
        feature_groups=(
            *_groups("tables", TABLE_NAMES),
            *_groups("items", ITEM_NAMES),
            *_groups("cells", CELL_NAMES),
            *_groups("pairs", PAIR_NAMES),
        ),
        exemplar_labels=OUTCOMES,
        exemplar_noun="simulated tables had",
        levers=(
            Lever(
                field_path=f"{checking.ROOT}.quorum",
                read=lambda message: float(max(message.quorum, 1)),
                grid=_quorums,
                write=_write_quorum,
            ),
        ),
    )

    def check(self, message: VoteTable) -> None:
        """Raise `InvalidInput` naming every broken rule."""
        checking.check(message)

    def cost(self, message: VoteTable) -> int:
        """Estimate microseconds from the votes and the options named."""
        return 3_000 + len(message.votes) * (6 + len(message.options))

    def featurise(self, messages: Sequence[VoteTable]) -> Batch:
        """Read each table by itself and lay them side by side; `facts` are `Fact`."""
        return self.batch([read(message) for message in messages])

    def batch(self, readings: Sequence[Reading]) -> Batch:
        """Return the batch of tables that were read already."""
        facts = [Fact(reading, evidence_of(reading.table)) for reading in readings]
        return batch_of([fact.evidence for fact in facts], facts)

    def network(self, ops: Any, weights: Any, batch: Batch) -> dict[str, Any]:
        """Return `logits` (cells, 1), by option within item within input, and `embedding` (size, d)."""
        return network.run(ops, weights, batch)

    def decode(
        self,
        messages: Sequence[VoteTable],  # noqa: ARG002
        batch: Batch,
        scores: Mapping[str, Any],
        confidence: Isotonic,
        want: Want,
    ) -> list[Answer]:
        """Decide every item of every table."""
        facts: Sequence[Fact] = batch.facts
        logits = item_logits(scores, [fact.reading.table for fact in facts])
        return [_answer(fact, part, confidence, want) for fact, part in zip(facts, logits, strict=True)]

    def validate(self, message: VoteTable, output: ConsensusDecision) -> list[str]:
        """Return every broken promise of the output."""
        return validating.broken_promises(message, output)

    def examples(self, seed: int, n: int) -> list[VoteTable]:
        """Generate inputs as in training, from seeds that training does not use."""
        first = EXAMPLE_SEEDS + 10_000 * seed
        return [message_of(generate(first + i).table) for i in range(n)]


def item_logits(scores: Mapping[str, Any], tables: Sequence[Table]) -> list[NDArray[Any]]:
    """Return each table's part of the scores (items, options)."""
    ends = np.cumsum([table.items * table.options for table in tables])
    parts = np.split(scores["logits"][:, 0], ends[:-1])
    return [part.reshape(table.items, table.options) for part, table in zip(parts, tables, strict=True)]


def _answer(fact: Fact, logits: NDArray[Any], confidence: Isotonic, want: Want) -> Answer:
    outcome = outcome_of(fact.reading, softmax(logits))
    group = fact.evidence.group
    return Answer(
        output=answering.message_of(fact.reading, outcome, group),
        choice=answering.choice(fact.reading, outcome),
        headline=answering.headline(outcome),
        p=float(confidence(answering.sureness(outcome))),
        abstained=bool((outcome.decided < 0).all()),
        alternatives=answering.alternatives(fact.reading, outcome, want.alternatives),
        certificates=answering.certificates(fact.reading, outcome, group) if want.certificates else (),
        options=fact.reading.options if outcome.decided.size == 1 else (),
    )


SPEC = Consensus()
