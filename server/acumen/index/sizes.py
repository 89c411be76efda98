"""How large segments become, and what a graph is built and searched with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Rows are sealed at `seal_rows`; `factor` segments of one level are merged into one of the next.

    From `graph_rows` a segment is given a graph, with `links` neighbours a row above level 0 and twice that on it,
    chosen among the `build_width` best. A search keeps so many of the best as are measured to find `recall` of the ten
    nearest, the least of `widths` (M, efConstruction and ef of Malkov & Yashunin 2016). In the time in which it looks
    around one row, `rows_per_step` are scanned: 130 and 175 were measured among 65,536, 70 among 16,384. Where a scan
    is as quick, no graph is kept.

    `oversample` times k rows and more are taken by their bits, `oversample_int4` times k by their half bytes, and at
    least `least_candidates`, before the bytes decide. By bits .98 of the exact ten nearest took 28 times k among 4,096
    situations of a generated bank, 44 among 16,384 and 66 among 65,536: up to `few_rows` it is as given, then grows.
    """

    seal_rows: int = 4096
    factor: int = 4
    graph_rows: int = 32_768
    links: int = 24
    build_width: int = 200
    widths: tuple[int, ...] = (32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048)
    recall: float = 0.99
    oversample: int = 32
    oversample_int4: int = 6
    least_candidates: int = 64
    rows_per_step: int = 150
    few_rows: int = 8192

    def oversampling(self, rows: int) -> int:
        """Return how many times k of `rows` to take by their bits."""
        return round(self.oversample * max(1.0, rows / self.few_rows) ** 0.35)

    def breadth(self, k: int, width: int, rows: int, wanted: int) -> int:
        """Return how many of the best to keep so that enough of them are wanted, `wanted` of `rows` being so."""
        return -(-max(width, 2 * k) * rows // max(wanted, 1))

    def scans(self, k: int, width: int, rows: int, wanted: int) -> bool:
        """Whether to scan what is wanted of `rows` rather than search their graph."""
        return self.breadth(k, width, rows, wanted) * self.rows_per_step >= wanted


def due(levels: list[int], factor: int) -> int | None:
    """Return the lowest level that has `factor` segments, which are then to be merged; None if none has."""
    return next((level for level in sorted(set(levels)) if levels.count(level) >= factor), None)
