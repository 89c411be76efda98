"""Which rows of a namespace a filter lets through."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from acumen.bank.namespace import Namespace
from acumen.bank.pattern import State
from acumen.bank.records import hash_of
from acumen.proto.v1.pattern_pb2 import Pattern, PatternFilter

Mask = NDArray[np.bool_]


def allowed(namespace: Namespace, wanted: PatternFilter, now_ms: int) -> Mask | None:
    """Return a mask by row of the patterns that a filter lets through, as long as the lexical index has room for rows.

    None stands for every live one.

    By default these are the active ones. One whose time is up is not among them, whether or not it is gone already.
    """
    expired = bool(namespace.first_expiry_ms) and now_ms >= namespace.first_expiry_ms
    if not (namespace.passive or expired or wanted.ByteSize()):
        return None
    columns = namespace.records.columns
    states = [int(state) for state in wanted.states] or [int(State.ACTIVE)]
    mask: Mask = columns["live"] & np.isin(columns["state"], states)
    if expired:
        mask &= (columns["expires_ms"] == 0) | (columns["expires_ms"] > now_ms)
    if wanted.polarity:
        mask &= columns["polarity"] == wanted.polarity
    if wanted.subject:
        mask &= columns["subject"] == hash_of(wanted.subject)
    if wanted.HasField("max_age"):
        mask &= columns["created_ms"] >= now_ms - wanted.max_age.ToMilliseconds()
    if wanted.min_success_rate:
        successes, failures = columns["successes"], columns["failures"]
        mask &= (1 + successes) / (2 + successes + failures) >= wanted.min_success_rate
    for tag in wanted.tags:
        mask &= _tagged(namespace, tag, len(mask))
    return np.concatenate([mask, np.zeros(max(0, namespace.lexical.rows - len(mask)), np.bool_)])


def _tagged(namespace: Namespace, tag: str, size: int) -> Mask:
    mask = np.zeros(size, np.bool_)
    rows = namespace.records.tags.get(tag)
    if rows:
        mask[np.frombuffer(rows, np.int64)] = True
    return mask


def listed(namespace: Namespace, wanted: PatternFilter, after: str, now_ms: int) -> Iterator[Pattern]:
    """Yield the patterns behind an id that a filter lets through, in order of their ids."""
    records, mask = namespace.records, allowed(namespace, wanted, now_ms)
    for pattern_id in records.after(after):
        row = records.rows[pattern_id]
        if mask is None or mask[row]:
            yield records.message(row)
