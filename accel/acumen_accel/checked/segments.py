"""Reductions over groups of contiguous rows."""

from numpy.typing import ArrayLike

from acumen_accel.checked.arguments import Floats, Indices, indices, matrix, same
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

    def segment_spread(self, g: ArrayLike, offsets: ArrayLike, divided: bool = False) -> Floats:
        """Return (n, d): each row has its segment's row of g (s, d), over the segment's rows if `divided`.

        The gradient of `segment_sum`, and of `segment_mean` if divided.
        """
        g, offsets = matrix(g, "g"), indices(offsets, "offsets")
        self._cover(offsets, int(offsets[-1]) if len(offsets) else 0)
        same("segments", len(offsets) - 1, "the rows of g", len(g))
        return self._raw.segment_spread(g, offsets, int(divided))

    def segment_max_gradient(self, g: ArrayLike, x: ArrayLike, offsets: ArrayLike) -> Floats:
        """Return the gradient (n, d) of `segment_max` at x for g (s, d); rows that tie share it."""
        x, offsets = self._segments(x, offsets)
        g = matrix(g, "g")
        self._shaped(g, (len(offsets) - 1, x.shape[1]))
        return self._raw.segment_max_gradient(g, x, offsets)

    def segment_softmax_gradient(self, g: ArrayLike, y: ArrayLike, offsets: ArrayLike) -> Floats:
        """Return the gradient (n, d) of `segment_softmax`, whose value was y (n, d), for g (n, d)."""
        y, offsets = self._segments(y, offsets)
        g = matrix(g, "g")
        self._shaped(g, y.shape)
        return self._raw.segment_softmax_gradient(g, y, offsets)

    def window_concat(self, x: ArrayLike, offsets: ArrayLike, width: int) -> Floats:
        """Return (n, width * d): each row beside its neighbours within its segment, in order; 0 beyond the ends.

        width is odd; a dense layer over it is a convolution.
        """
        _odd(width)
        return self._raw.window_concat(*self._segments(x, offsets), width)

    def window_gradient(self, g: ArrayLike, offsets: ArrayLike, width: int) -> Floats:
        """Return the gradient (n, d) of `window_concat` for g (n, width * d)."""
        _odd(width)
        g, offsets = self._segments(g, offsets)
        same("columns of g modulo the width", g.shape[1] % width, "none", 0)
        return self._raw.window_gradient(g, offsets, width)

    def _shaped(self, g: Floats, shape: tuple[int, ...]) -> None:
        if g.shape != shape:
            raise ValueError(f"g: shape {g.shape}, must be {shape}")

    def _segments(self, x: ArrayLike, offsets: ArrayLike) -> tuple[Floats, Indices]:
        x, offsets = matrix(x, "x"), indices(offsets, "offsets")
        self._cover(offsets, x.shape[0])
        return x, offsets


def _odd(width: int) -> None:
    if width < 1 or width % 2 == 0:
        raise ValueError(f"width: {width}, must be odd and at least 1")
