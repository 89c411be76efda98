"""consensus-v1: learning from tables of which the true options of some items are known."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput, Violation
from acumen.models.coordination.consensus.batching import batch_of
from acumen.models.coordination.consensus.evidence import Evidence, evidence_of
from acumen.models.coordination.consensus.outcomes import grade
from acumen.models.coordination.consensus.reading import option_names, read
from acumen.models.coordination.consensus.spec import SPEC
from acumen.models.coordination.consensus.table import Integers
from acumen.models.coordination.consensus.training import log_loss
from acumen.neural.learner import Judged, Labelled
from acumen.neural.refit import calibrated, raw_answers, remembering
from acumen.neural.spec import Answer, Batch, Weights
from acumen.neural.tape import Node, Tape

ROOT = "consensus_truth"


@dataclass(frozen=True, slots=True)
class PreparedTables:
    """The evidence of each table's labelled items, and their true options."""

    evidence: Sequence[Evidence]
    truth: Sequence[Integers]

    @property
    def size(self) -> int:
        """How many tables there are."""
        return len(self.evidence)

    def take(self, index: NDArray[np.int64]) -> tuple[Batch, list[Integers]]:
        """Return some tables."""
        return batch_of([self.evidence[i] for i in index.tolist()]), [self.truth[i] for i in index.tolist()]


class ConsensusLearner:
    """See `acumen.neural.learner.Learner`."""

    target_field = ROOT
    measure = "share of the labelled items decided right"

    def check(self, message: Any, target: Any) -> None:
        """Refuse items that nobody voted on, items told twice, options that are none, and targets that tell nothing."""
        violations = _violations(message, target)
        if violations:
            raise InvalidInput(violations)

    def initial(self, weights: Weights, examples: Labelled, seed: int) -> dict[str, NDArray[Any]]:  # noqa: ARG002
        """Return the base's weights."""
        return dict(weights)

    def prepare(self, weights: Weights, examples: Labelled) -> PreparedTables:  # noqa: ARG002
        """Read the tables; of each the labelled items are kept, whose scores do not depend on the others' rows."""
        tables = [_labelled(*pair) for pair in zip(examples.messages, examples.targets, strict=True)]
        return PreparedTables([evidence for evidence, _ in tables], [truth for _, truth in tables])

    def loss(self, tape: Tape, scores: Mapping[str, Any], batch: Batch, targets: Any) -> Node:
        """Return the log loss of the true options; a table weighs as the root of its labelled items."""
        weight = np.concatenate([np.full(truth.size, truth.size**-0.5, np.float32) for truth in targets])
        return log_loss(tape, scores, batch, np.concatenate(targets), weight)

    def judge(self, answers: Sequence[Answer], examples: Labelled) -> Judged:
        """Count right decisions; the event is looked up on one decided item of each table, drawn by the names."""
        told = [_decided_right(*pair) for pair in zip(answers, examples.targets, strict=True)]
        drawn = [_drawn(target, right) for target, right in zip(examples.targets, told, strict=True)]
        quality = [np.mean([one is True for one in right]) for right in told]
        return Judged(quality=np.array(quality, np.float64), happened=np.array(drawn, np.bool_))

    def finish(self, weights: Weights, trained: Labelled, held: Labelled) -> dict[str, NDArray[Any]]:
        """Calibrate on the shares decided right, and keep training tables as exemplars, by how right they came out."""
        told = raw_answers(SPEC, weights, held.messages)
        shares = [(a.p, _share(_decided_right(a, t))) for a, t in zip(told, held.targets, strict=True)]
        known = [(p, share) for p, share in shares if share is not None]
        fitted = calibrated(weights, [p for p, _ in known], [share for _, share in known])
        right = self.judge(raw_answers(SPEC, weights, trained.messages), trained).quality
        return remembering(SPEC, fitted, trained.messages, trained.messages, grade(right).tolist())


def _violations(message: Any, target: Any) -> list[Violation]:
    items = {vote.item for vote in message.votes}
    options = set(option_names(message, (vote.option for vote in message.votes)))
    found = [] if target.items else [Violation(field=f"{ROOT}.items", description="is empty, must tell of an item")]
    seen: dict[str, int] = {}
    for i, told in enumerate(target.items):
        path = f"{ROOT}.items[{i}]"
        if told.item not in items:
            found.append(Violation(field=f"{path}.item", description=f"{told.item!r} has no vote"))
        elif told.item in seen:
            text = f"{told.item!r} is told in items[{seen[told.item]}] before"
            found.append(Violation(field=f"{path}.item", description=text))
        if told.option not in options:
            text = f"{told.option!r} is not one of the {len(options)} options"
            found.append(Violation(field=f"{path}.option", description=text))
        seen.setdefault(told.item, i)
    return found


def _labelled(message: Any, target: Any) -> tuple[Evidence, Integers]:
    reading = read(message)
    item_of = {name: i for i, name in enumerate(reading.items)}
    option_of = {name: i for i, name in enumerate(reading.options)}
    rows = np.array([item_of[told.item] for told in target.items], np.int64)
    truth = np.array([option_of[told.option] for told in target.items], np.int64)
    return evidence_of(reading.table).part(rows), truth


def _decided_right(answer: Answer, target: Any) -> list[bool | None]:
    """Return whether each labelled item was decided right, None where it was not decided."""
    made: Any = answer.output
    decided = {decision.item: None if decision.abstained else decision.option for decision in made.decisions}
    named = [(decided[told.item], told.option) for told in target.items]
    return [None if option is None else option == true for option, true in named]


def _share(right: Sequence[bool | None]) -> float | None:
    """Return the share of decided items that were right; None when none was decided."""
    known = [one for one in right if one is not None]
    return sum(known) / len(known) if known else None


def _drawn(target: Any, right: Sequence[bool | None]) -> bool:
    """Return whether one decided item, the same in every order of calls, was right; False when none was decided."""
    known = [one for one in right if one is not None]
    number = zlib.crc32("\n".join(told.item for told in target.items).encode())
    return bool(known) and known[number % len(known)]


LEARNER = ConsensusLearner()
