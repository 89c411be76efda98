"""How large segments become, and what a graph is built and searched with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Rows are sealed at `seal_rows`; `factor` segments of one level are merged into one of the next.

    From `graph_rows` a segment is given a graph, with `links` neighbours a row above level 0 and twice that on it,
    chosen among the `build_width` best. A search keeps so many of the best as are measured to find `recall` of the ten
    nearest, the least of `widths` (M, efConstruction and ef of Malkov & Yashunin 2016). In the time in which it looks
    around one row, the bits of `rows_per_step` are read. Where these are as quick, no graph is kept.

    From `bits_rows` a segment that no graph serves is searched by its bits: `seeds` times k rows of high estimates are
    scored, then all whose estimate is at most `deviations` standard deviations short of the k-th best. Of rows just as
    good as the k-th best, .023 are missed so, of better ones fewer. By half bytes `oversample_int4` times k rows are
    taken, and at least `least_candidates`.
    """

    seal_rows: int = 4096
    factor: int = 4
    graph_rows: int = 98_304
    links: int = 24
    build_width: int = 200
    widths: tuple[int, ...] = (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
    recall: float = 0.99
    rows_per_step: int = 500
    bits_rows: int = 32_768
    seeds: int = 8
    deviations: float = 2.0
    oversample_int4: int = 6
    least_candidates: int = 64

    def breadth(self, k: int, width: int, rows: int, wanted: int) -> int:
        """Return how many of the best to keep so that enough of them are wanted, `wanted` of `rows` being so."""
        return -(-max(width, 2 * k) * rows // max(wanted, 1))

    def scans(self, k: int, width: int, rows: int, wanted: int) -> bool:
        """Whether to do without the graph of `rows`, for what is wanted of them is looked through as quickly."""
        return self.breadth(k, width, rows, wanted) * self.rows_per_step >= wanted


def due(levels: list[int], factor: int) -> int | None:
    """Return the lowest level that has `factor` segments, which are then to be merged; None if none has."""
    return next((level for level in sorted(set(levels)) if levels.count(level) >= factor), None)
