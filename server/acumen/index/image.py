"""A segment as values, for snapshots."""

from dataclasses import dataclass

from acumen.index.block import Codes, Mask, Rows, Scores


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentImage:
    """`kind` is exact, hnsw, compact or int4. Dead rows are part: a graph leads through them until they are purged.

    rows (n,) int64, alive (n,) bool, codes (n, d) int8, scales (n,) float32. `level` is how often it was merged. All
    else is derived: a graph from the rows or from the cache, bits and half bytes from the codes.
    """

    kind: str
    level: int
    rows: Rows
    alive: Mask
    codes: Codes
    scales: Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class KindStats:
    """What the segments of one kind hold, and how many queries met at least one of them."""

    segments: int = 0
    rows: int = 0
    live: int = 0
    queries: int = 0
    resident_bytes: int = 0
    disk_bytes: int = 0
