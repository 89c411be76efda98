"""Operations between rows: picked, added, reduced by segment, laid side by side."""

from typing import Any

import numpy as np

from acumen.neural.chain import computed_by
from acumen.neural.node import Array, Node, node_of


class Rows:
    """Segment s is rows `offsets[s]` to `offsets[s + 1]`."""

    def gather(self, x: Any, index: Array) -> Node:
        """Return the rows `index` of `x`."""
        x = node_of(x)
        by, rows = computed_by(x.value), x.value.shape[0]
        return Node(by.gather(x.value, index), [(x, lambda g: by.scatter_sum(g, index, rows))])

    def scatter_sum(self, x: Any, index: Array, size: int) -> Node:
        """Return (size, d): the sum of the rows of `x` that go to each index."""
        x = node_of(x)
        by = computed_by(x.value)
        return Node(by.scatter_sum(x.value, index, size), [(x, lambda g: by.gather(g, index))])

    def segment_sum(self, x: Any, offsets: Array) -> Node:
        """Return one row a segment: the sum of its rows."""
        x = node_of(x)
        by = computed_by(x.value)
        return Node(by.segment_sum(x.value, offsets), [(x, lambda g: by.segment_spread(g, offsets))])

    def segment_mean(self, x: Any, offsets: Array) -> Node:
        """Return one row a segment: the mean of its rows; 0 for an empty one."""
        x = node_of(x)
        by = computed_by(x.value)
        return Node(by.segment_mean(x.value, offsets), [(x, lambda g: by.segment_spread(g, offsets, True))])

    def segment_max(self, x: Any, offsets: Array) -> Node:
        """Return one row a segment: the largest of its rows by column; 0 for an empty one. Ties share the gradient."""
        x = node_of(x)
        by, value = computed_by(x.value), x.value
        return Node(by.segment_max(value, offsets), [(x, lambda g: by.segment_max_gradient(g, value, offsets))])

    def segment_softmax(self, x: Any, offsets: Array) -> Node:
        """Return the softmax of each column within each segment."""
        x = node_of(x)
        by = computed_by(x.value)
        y = by.segment_softmax(x.value, offsets)
        return Node(y, [(x, lambda g: by.segment_softmax_gradient(g, y, offsets))])

    def window_concat(self, x: Any, offsets: Array, width: int) -> Node:
        """Return (n, width * d): each row beside its neighbours in its segment, so that a dense layer is a convolution.

        `width` is odd; beyond the ends of a segment are zeros.
        """
        x = node_of(x)
        by = computed_by(x.value)
        return Node(by.window_concat(x.value, offsets, width), [(x, lambda g: by.window_gradient(g, offsets, width))])

    def embedding_bag(
        self, table: Any, ids: Array, offsets: Array, weights: Array | None = None, scales: Array | None = None
    ) -> Node:
        """Return (bags, d): the sums of weights[t] * table[ids[t]] over t from `offsets[b]` to `offsets[b + 1]`.

        The gradient at `table` (rows, d) is dense. With `scales` the table is int8, row r standing for scales[r] *
        table[r]; such a table is a constant.
        """
        table = node_of(table)
        if scales is not None:
            table = Node.constant(np.asarray(table.value * scales[:, None], scales.dtype))
        by, rows = computed_by(table.value), table.value.shape[0]
        value = by.embedding_bag(table.value, ids, offsets, weights)
        return Node(value, [(table, lambda g: by.embedding_bag_gradient(g, ids, offsets, weights, rows))])
