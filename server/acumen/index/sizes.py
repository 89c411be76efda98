"""How large segments become, and what a graph is built and searched with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Rows are sealed at `seal_rows`; `factor` segments of one level are merged into one of the next.

    A graph has `links` neighbours a row above level 0 and twice that on it, chosen among the `build_width` best; a
    search keeps the `width` best and more (M, efConstruction and ef of Malkov & Yashunin 2016). `oversample` times k
    rows and more are taken by their bits, `oversample_int4` times k by their half bytes, and at least
    `least_candidates`, before the bytes decide. `rows_per_step` rows are scanned in the time in which a graph search
    looks around one: 8 ns in a cache and 24 from memory against 1.15 us, measured; where a scan is faster there is no
    graph.

    Width and oversampling grow with the rows, of which ever more lie between the nearest: they are as given up to
    `few_rows`. Of the exact ten nearest of a generated bank of 100,000, searched by one graph of 65,536 rows and scans
    of the rest, a width of 362 found .9835, of 566 .9885, and scans alone .9915 in no more time, which is what such
    segments get; beyond, the width is extrapolated. By bits .98 took 28 times k among 4,096 situations, 44 among
    16,384 and 66 among 65,536.
    """

    seal_rows: int = 4096
    factor: int = 4
    links: int = 24
    build_width: int = 200
    width: int = 300
    oversample: int = 32
    oversample_int4: int = 6
    least_candidates: int = 64
    rows_per_step: int = 100
    few_rows: int = 8192

    def oversampling(self, rows: int) -> int:
        """Return how many times k of `rows` to take by their bits."""
        return round(self.oversample * max(1.0, rows / self.few_rows) ** 0.35)

    def breadth(self, k: int, rows: int, wanted: int) -> int:
        """Return how many of the best to keep so that enough of them are wanted, `wanted` of `rows` being so."""
        width = round(self.width * max(1.0, rows / self.few_rows) ** 0.5)
        return -(-max(width, 2 * k) * rows // max(wanted, 1))

    def scans(self, k: int, rows: int, wanted: int) -> bool:
        """Whether to scan what is wanted of `rows` rather than search their graph."""
        return self.breadth(k, rows, wanted) * self.rows_per_step >= wanted


def due(levels: list[int], factor: int) -> int | None:
    """Return the lowest level that has `factor` segments, which are then to be merged; None if none has."""
    return next((level for level in sorted(set(levels)) if levels.count(level) >= factor), None)
