"""What a vote table must satisfy before it can be answered; all broken rules are found at once."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from acumen.errors import InvalidInput, Violation
from acumen.models.coordination.consensus.reading import numbered, option_names
from acumen.proto.models.v1.coordination_pb2 import VoteTable

ROOT = "vote_table"
MOST_VOTES, MOST_OPTIONS, MOST_HISTORIES, NAME_BYTES = 100_000, 64, 10_000, 256


def check(message: VoteTable) -> None:
    """Raise `InvalidInput` with every violation; of a table that is too long its length is the only one looked for."""
    if len(message.votes) > MOST_VOTES:
        raise InvalidInput([_violation("votes", f"{len(message.votes)} votes, the limit is {MOST_VOTES}")])
    agents = [vote.agent for vote in message.votes]
    items = [vote.item for vote in message.votes]
    voted = [vote.option for vote in message.votes]
    violations = list(
        chain(
            _sizes(message, voted),
            _names(f"{ROOT}.options[{{}}]", message.options),
            _names(f"{ROOT}.votes[{{}}].agent", agents),
            _names(f"{ROOT}.votes[{{}}].item", items),
            _options(message, voted),
            _confidences(message),
            _repeated(agents, items),
            _history(message),
            _loss(message, len(option_names(message, voted))),
        )
    )
    if violations:
        raise InvalidInput(violations)


def _sizes(message: VoteTable, voted: Sequence[str]) -> Iterator[Violation]:
    if not message.votes:
        yield _violation("votes", "there are 0 votes, at least 1 is needed")
    distinct = len(message.options) or len(set(voted))
    field = "options" if message.options else "votes"
    for name, size, limit in (
        (field, distinct, MOST_OPTIONS),
        ("agent_history", len(message.agent_history), MOST_HISTORIES),
        ("quorum", message.quorum, MOST_VOTES),
    ):
        if size > limit:
            what = "options are voted for" if (name, size) == (field, distinct) and field == "votes" else "is the value"
            yield _violation(name, f"{size} {what}, the limit is {limit}")


def _violation(field: str, text: str) -> Violation:
    return Violation(field=f"{ROOT}.{field}", description=text)


def _names(path: str, names: Sequence[str]) -> Iterator[Violation]:
    """Find names that are empty or too long; each distinct name is measured once."""
    bad = {name for name in set(names) if not 1 <= len(name.encode()) <= NAME_BYTES}
    if bad:
        for i, name in enumerate(names):
            if name in bad:
                text = f"{len(name.encode())} bytes, must be 1 to {NAME_BYTES}"
                yield Violation(field=path.format(i), description=text)


def _options(message: VoteTable, voted: Sequence[str]) -> Iterator[Violation]:
    if not message.options:
        yield from _names(f"{ROOT}.votes[{{}}].option", voted)
        return
    known = set(message.options)
    if len(known) < len(message.options):
        repeated = sorted({o for o in known if list(message.options).count(o) > 1})
        yield _violation("options", f"{', '.join(map(repr, repeated))} named more than once")
    unknown = set(voted) - known
    if unknown:
        for i, option in enumerate(voted):
            if option in unknown:
                yield _violation(f"votes[{i}].option", f"{option!r} is not one of the {len(known)} options")


def _confidences(message: VoteTable) -> Iterator[Violation]:
    p = np.array([vote.confidence for vote in message.votes], np.float64)  # An absent one reads as 0, which is allowed.
    for i in np.flatnonzero(~((p >= 0) & (p <= 1))).tolist():
        yield _violation(f"votes[{i}].confidence", f"{p[i]}, must be a number from 0 to 1")


def _repeated(agents: Sequence[str], items: Sequence[str]) -> Iterator[Violation]:
    """Find votes of an agent on an item it voted on before."""
    distinct, item = numbered(items)
    key = numbered(agents)[1] * max(len(distinct), 1) + item
    _, first, code = np.unique(key, return_index=True, return_inverse=True)
    earlier = first[code]
    for i in np.flatnonzero(earlier != np.arange(key.size)).tolist():
        text = (
            f"agent {agents[i]!r} voted on item {items[i]!r} before, in votes[{earlier[i]}]; one vote each is allowed"
        )
        yield _violation(f"votes[{i}]", text)


def _history(message: VoteTable) -> Iterator[Violation]:
    names = [entry.agent for entry in message.agent_history]
    yield from _names(f"{ROOT}.agent_history[{{}}].agent", names)
    seen: set[str] = set()
    for i, entry in enumerate(message.agent_history):
        if entry.correct > entry.total:
            text = f"{entry.correct} is more than the total of {entry.total}"
            yield _violation(f"agent_history[{i}].correct", text)
        if entry.agent in seen:
            yield _violation(
                f"agent_history[{i}].agent", f"{entry.agent!r} has an entry before; one an agent is allowed"
            )
        seen.add(entry.agent)


def _loss(message: VoteTable, options: int) -> Iterator[Violation]:
    loss = np.array(message.loss_matrix, np.float64)
    if loss.size not in (0, options * options):
        yield _violation("loss_matrix", f"{loss.size} entries, {options} options need {options * options}")
    for i in np.flatnonzero(~(np.isfinite(loss) & (loss >= 0))).tolist():
        yield _violation(f"loss_matrix[{i}]", f"{loss[i]}, must be finite and not negative")
