"""What every kind of segment can do."""

# ruff: noqa: D102 - said once, in the class.

from typing import Protocol

from acumen.index.block import Block, Codes, Found, Mask, Rows, Scores
from acumen.index.sketch import Question


class Segment(Protocol):
    """Some rows of a namespace, searched in one way.

    `search` returns the best k live rows, of those that `allowed` (by row number) allows if it is given: k of them
    wherever there are so many that reach the question's floor. `remove` makes rows dead and returns how many that were
    live; rows that are not here are passed over. `vectors` returns the codes and scales of such of `rows` as are here
    and live, and those rows. `rows` and `live` count. `alive` marks the rows of `block` that are live. `resident_bytes`
    are those in memory, `disk_bytes` those mapped from a file.
    """

    level: int

    @property
    def kind(self) -> str: ...
    @property
    def rows(self) -> int: ...
    @property
    def live(self) -> int: ...
    @property
    def block(self) -> Block: ...
    @property
    def alive(self) -> Mask: ...
    @property
    def resident_bytes(self) -> int: ...
    @property
    def disk_bytes(self) -> int: ...
    def search(self, question: Question, k: int, allowed: Mask | None) -> Found: ...
    def remove(self, rows: Rows) -> int: ...


def vectors(segment: Segment, rows: Rows) -> tuple[Rows, Codes, Scores]:
    """Return such of `rows` as are live in a segment, with their codes and scales."""
    block = segment.block
    at = block.places(rows)
    at = at[segment.alive[at]]
    return block.rows[at], block.codes[at], block.scales[at]


def drop(block: Block, alive: Mask, rows: Rows) -> int:
    """Mark rows dead and return how many were live."""
    at = block.places(rows)
    at = at[alive[at]]
    alive[at] = False
    return len(at)
