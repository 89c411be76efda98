"""From a table of votes to the input of consensus-v1."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass

from acumen_client.messages import Vote, VoteTable

_COLUMNS = {"item": ("item",), "agent": ("worker", "agent"), "option": ("label", "option")}
_CONFIDENCE = "confidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    """The table, and how many votes it leaves out because their agent had voted on the item before."""

    table: VoteTable
    dropped: int


def votes_of(lines: Iterable[str]) -> Votes:
    """Return the votes of a CSV with a header: item, worker or agent, label or option, and confidence if there is one.

    Only the first vote of an agent on an item counts. Raises `ValueError` naming the line or the missing column.
    """
    reader = csv.reader(lines)
    header = [name.strip().lower() for name in next(reader, [])]
    item, agent, option = (_position(header, names) for names in _COLUMNS.values())
    confidence = header.index(_CONFIDENCE) if _CONFIDENCE in header else None
    first: dict[tuple[str, str], Vote] = {}
    count = 0
    for row in filter(None, reader):
        if len(row) < len(header):
            raise ValueError(f"line {reader.line_num}: {len(row)} values for {len(header)} columns")
        count += 1
        stated = None if confidence is None else _confidence(row[confidence], reader.line_num)
        vote = Vote(item=row[item], agent=row[agent], option=row[option], confidence=stated)
        first.setdefault((row[item], row[agent]), vote)
    return Votes(table=VoteTable(votes=first.values()), dropped=count - len(first))


def _position(header: list[str], names: tuple[str, ...]) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    raise ValueError(f"no column '{' or '.join(names)}' in the header {', '.join(header) or '(empty)'}")


def _confidence(text: str, line: int) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise ValueError(f"line {line}: confidence '{text}' is not a number from 0 to 1")
    return value
