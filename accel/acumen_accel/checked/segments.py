"""Reductions over groups of contiguous rows."""

from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, Indices, indices, matrix
from acumen_accel.checked.raw import Bound


class Segments(Bound):
    """Segment s is rows offsets[s] to offsets[s + 1] of x; its result has the same bits whatever the others hold.

    x (n, d) float32, offsets (s + 1,) int64, from 0 to n and never decreasing. Raises ValueError otherwise.
    NaN in a segment propagates to that segment's column alone.
    """

    def segment_sum(self, x: ArrayLike, offsets: ArrayLike) -> Floats:
        """Return (s, d) sums; an empty segment is 0."""
        return self._raw.segment_sum(*self._segments(x, offsets))

    def segment_mean(self, x: ArrayLike, offsets: ArrayLike) -> Floats:
        """Return (s, d) means; an empty segment is 0."""
        return self._raw.segment_mean(*self._segments(x, offsets))

    def segment_max(self, x: ArrayLike, offsets: ArrayLike) -> Floats:
        """Return (s, d) maxima; an empty segment is 0."""
        return self._raw.segment_max(*self._segments(x, offsets))

    def segment_softmax(self, x: ArrayLike, offsets: ArrayLike) -> Floats:
        """Return (n, d): exp(x - max) / sum of exp(x - max), per column within each segment."""
        return self._raw.segment_softmax(*self._segments(x, offsets))

    def _segments(self, x: ArrayLike, offsets: ArrayLike) -> tuple[Floats, Indices]:
        x, offsets = matrix(x, "x"), indices(offsets, "offsets")
        self._cover(offsets, x.shape[0])
        return x, offsets
