"""What must hold of a bank at any time; `acumend bank check` walks it, and so do the tests after every change."""

from collections.abc import Iterator

import numpy as np

from acumen.bank.bank import Bank
from acumen.bank.keeping import same_task
from acumen.bank.namespace import Namespace
from acumen.bank.pattern import State


def violations(bank: Bank) -> list[str]:
    """Return every broken invariant of every namespace, in words; none when all is well."""
    return [
        f"namespace '{name}': {text}"
        for name, namespace in sorted(bank.namespaces.items())
        for text in _violations(namespace)
    ]


def _violations(namespace: Namespace) -> Iterator[str]:
    yield from _of_records(namespace)
    yield from _of_indexes(namespace)
    yield from _of_attempts(namespace)


def _of_records(namespace: Namespace) -> Iterator[str]:
    records, columns = namespace.records, namespace.records.columns
    live = set(np.flatnonzero(columns["live"]).tolist())
    if live != set(records.rows.values()):
        yield f"{len(live)} rows are live, {len(records.rows)} patterns are there"
    for pattern_id, row in sorted(records.rows.items()):
        message = records.message(row)
        if message.id != pattern_id:
            yield f"pattern '{pattern_id}' is written as '{message.id}'"
        if (message.state, message.polarity) != (columns["state"][row], columns["polarity"][row]):
            yield f"pattern '{pattern_id}': state or polarity differ from their columns"
        if message.state == int(State.SUPERSEDED) and not message.superseded_by:
            yield f"pattern '{pattern_id}' is superseded by nothing"
        counts = (message.statistics.successes, message.statistics.failures)
        if not all(np.isfinite(count) and count >= 0 for count in counts):
            yield f"pattern '{pattern_id}' has impossible statistics"
    passive = sum(columns["state"][row] != int(State.ACTIVE) for row in records.rows.values())
    if passive != namespace.passive:
        yield f"{passive} patterns are not active, {namespace.passive} are counted"


def _of_indexes(namespace: Namespace) -> Iterator[str]:
    """The vectors and the terms are of the live patterns, all of them and no others."""
    if namespace.vectors is None:
        return
    live = sorted(namespace.records.rows.values())
    rows = [row for segment in namespace.vectors.image() for row in segment.rows[segment.alive].tolist()]
    if sorted(rows) != live:
        yield "the vector index does not hold exactly the live patterns"
    if namespace.lexical.image()["live"].tolist() != live:
        yield "the lexical index does not hold exactly the live patterns"


def _of_attempts(namespace: Namespace) -> Iterator[str]:
    known = {(key, i) for key, ids in namespace.attempts.items() for i in ids}
    if known != {(same_task(one), i) for i, one in namespace.trajectories.items()}:
        yield "the attempts by task are not those of the trajectories"
