"""How any message is laid out for people: what is single as lines, what repeats as tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from rich import box
from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from acumen_client.cli import figures

MOST_ROWS = 20
MOST_VALUES = 12
MOST_NESTED = 3
PAGE_WIDTH = 100
LEAST_CUT = 16
COLUMN_GAP = 3


def table(
    heading: str, columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()
) -> RenderableType:
    """Return a table under a heading, if there is one; the columns numbered in `right` are right-aligned."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    aligned = set(right)
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number in aligned else "left", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return Group(heading_of(heading), made) if heading else made


def fitted(
    columns: Sequence[str], rows: Sequence[Sequence[str]], cut: int, right: Iterable[int] = ()
) -> RenderableType:
    """Return a table at most `PAGE_WIDTH` wide: what does not fit into the column numbered `cut` is cut off."""
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    others = sum(width + COLUMN_GAP for number, width in enumerate(widths) if number != cut)
    room = max(PAGE_WIDTH - others, LEAST_CUT)
    shown = [[shorten(cell, room) if n == cut else cell for n, cell in enumerate(row)] for row in rows]
    return page(table("", columns, shown, right))


def page(*parts: RenderableType) -> RenderableType:
    """Return parts one below the other, at most `PAGE_WIDTH` wide."""
    return Constrain(Group(*parts), PAGE_WIDTH)


def shorten(text: str, width: int) -> str:
    """Return a text on one line, cut off where it is longer than `width`."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def heading_of(text: str) -> Text:
    """Return a heading, a line apart from what is above it."""
    return Text(f"\n{text}", style="bold")


def indented(part: RenderableType) -> RenderableType:
    """Return a part two columns to the right."""
    return Padding(part, (0, 0, 0, 2), expand=False)


def lines(pairs: Iterable[tuple[str, RenderableType]]) -> Table:
    """Return names and values, a line each."""
    made = Table.grid(padding=(0, 2))
    made.add_column(style="dim")
    made.add_column(overflow="fold")
    for name, value in pairs:
        made.add_row(name, value)
    return made


def layout(message: Message) -> Group:
    """Return a message: single values as lines, lists of messages as tables, at most 20 rows each."""
    singles: list[tuple[str, RenderableType]] = []
    tables: list[RenderableType] = []
    for field in figures.fields_of(message):
        value = getattr(message, field.name)
        if not field.is_repeated:
            singles += _single(message, field, value)
        elif not value:
            continue
        elif field.message_type is None:
            singles.append((figures.title(field.name), _listed(field, value)))
        else:
            tables += _repeated(field, value)
    return Group(*([lines(singles)] if singles else []), *tables)


def _single(message: Message, field: FieldDescriptor, value: Any) -> list[tuple[str, RenderableType]]:
    if field.has_presence and not message.HasField(field.name):
        return []
    return [(figures.title(field.name), _cell(field, value))]


def _repeated(field: FieldDescriptor, rows: Sequence[Message]) -> list[RenderableType]:
    columns = [one for one in figures.fields_of(rows[0]) if any(_filled(row, one) for row in rows)]
    right = [number for number, one in enumerate(columns) if _is_number(one)]
    cells = [[_cell(one, getattr(row, one.name)) for one in columns] for row in rows[:MOST_ROWS]]
    heading = figures.title(field.name).capitalize()
    made: list[RenderableType] = [table(heading, [figures.title(one.name) for one in columns], cells, right)]
    if len(rows) > MOST_ROWS:
        made.append(Text(f"{len(rows) - MOST_ROWS} more; --format json shows all", style="dim"))
    return made


def _cell(field: FieldDescriptor, value: Any) -> str:
    if field.is_repeated:
        return _nested(value) if field.message_type is not None else _listed(field, value)
    if figures.is_span(value):
        return figures.duration(value)
    if isinstance(value, Message):
        return _brief(value)
    return figures.figure(field, value)


def _listed(field: FieldDescriptor, values: Sequence[Any]) -> str:
    shown = ", ".join(figures.figure(field, value) for value in values[:MOST_VALUES])
    return f"{shown} and {len(values) - MOST_VALUES} more" if len(values) > MOST_VALUES else shown


def _nested(messages: Sequence[Message]) -> str:
    shown = "; ".join(_brief(one) for one in messages[:MOST_NESTED])
    return f"{shown} and {len(messages) - MOST_NESTED} more" if len(messages) > MOST_NESTED else shown


def _brief(message: Message) -> str:
    """Return a nested message in a few words: its scalars in order."""
    fields = [one for one in figures.fields_of(message) if _filled(message, one) and one.message_type is None]
    return " ".join(_cell(one, getattr(message, one.name)) for one in fields)


def _filled(message: Message, field: FieldDescriptor) -> bool:
    value = getattr(message, field.name)
    return message.HasField(field.name) if field.has_presence else bool(value) or _is_number(field)


def _is_number(field: FieldDescriptor) -> bool:
    return not field.is_repeated and field.cpp_type in {
        FieldDescriptor.CPPTYPE_DOUBLE,
        FieldDescriptor.CPPTYPE_FLOAT,
        FieldDescriptor.CPPTYPE_INT32,
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT32,
        FieldDescriptor.CPPTYPE_UINT64,
    }
