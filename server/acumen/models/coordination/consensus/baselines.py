"""What consensus is measured against: majority vote, one-coin EM and smoothed Dawid-Skene, each at its best."""

from collections.abc import Callable

import numpy as np

from acumen.models.coordination.consensus.structure import Structure, segment_sums, softmax, structure_of
from acumen.models.coordination.consensus.table import Doubles, Table

ITERATIONS = 100
TOLERANCE = 1e-5
SMOOTHING = 0.5


def majority(table: Table) -> Doubles:
    """Return (items, options) vote shares, smoothed by half a vote an option; ties fall to the first option."""
    counts = table.counts() + SMOOTHING
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def one_coin(
    table: Table, iterations: int = ITERATIONS, structure: Structure | None = None, tolerance: float = TOLERANCE
) -> Doubles:
    """Return posteriors under one accuracy an agent, by EM from the majority (Dawid and Skene, 1979, one parameter).

    Each accuracy carries a Beta prior of two votes at the table's mean, and the agent's checked answers.
    """
    s = structure or structure_of(table)

    def scores(q: Doubles) -> Doubles:
        hit = segment_sums(q[s.item, s.pair_option[s.pair]], s.pair_offsets)
        right = segment_sums(hit, s.agent_offsets)
        votes = np.bincount(table.agent, minlength=table.agents)
        mean = right.sum() / votes.sum()
        r = (right + table.gold_correct + 2 * mean) / (votes + table.gold_total + 2)
        r = np.minimum(np.maximum(r, 1e-4), 1 - 1e-4)
        gain = np.log(r * max(table.options - 1, 1) / (1 - r))
        weight = np.zeros((s.pair_option.size, table.options))
        weight[np.arange(s.pair_option.size), s.pair_option] = gain[s.pair_agent]
        return weight

    return _em(table, s, scores, iterations, tolerance, prior=False)


def dawid_skene(
    table: Table, iterations: int = ITERATIONS, structure: Structure | None = None, tolerance: float = TOLERANCE
) -> Doubles:
    """Return posteriors under one confusion matrix an agent, by EM from the majority (Dawid and Skene, 1979).

    Matrices are smoothed by half a vote a cell, the class prior by half an item an option.
    """
    s = structure or structure_of(table)

    def scores(q: Doubles) -> Doubles:
        said = segment_sums(q[s.item], s.pair_offsets)
        total = segment_sums(said, s.agent_offsets)[s.pair_agent]
        return np.log((said + SMOOTHING) / (total + SMOOTHING * table.options))

    return _em(table, s, scores, iterations, tolerance, prior=True)


def _em(
    table: Table,
    s: Structure,
    scores: Callable[[Doubles], Doubles],
    iterations: int,
    tolerance: float,
    prior: bool,
) -> Doubles:
    """Alternate vote scores (pairs, options) and posteriors until nothing moves by more than `tolerance`."""
    q = majority(table)
    for _ in range(iterations):
        share = (q.sum(axis=0) + SMOOTHING) / (table.items + SMOOTHING * table.options)
        logits = segment_sums(scores(q)[s.pair[s.by_item]], s.item_offsets)
        new = softmax(logits + np.log(share) * prior)
        moved, q = np.abs(new - q).max(), new
        if moved < tolerance:
            break
    return q


METHODS: dict[str, Callable[[Table], Doubles]] = {
    "majority": majority,
    "one-coin EM": one_coin,
    "Dawid-Skene": dawid_skene,
}
