"""From what `--input` says to a question."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message

from acumen_client.cli import traces
from acumen_client.cli.files import STANDARD_INPUT, open_text
from acumen_client.cli.votes import votes_of
from acumen_client.inputs import INPUT
from acumen_client.messages import PredictRequest

FILE_MARK = "@"
VOTE_SUFFIXES = (".csv", ".csv.gz")
_NAMES = {name for field in INPUT.fields for name in (field.name, field.json_name)}
InputField = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask, and what to tell the user about how it was read."""

    message: Message
    note: str = ""


def read(source: str, input_field: InputField, segment: traces.Segment | None) -> Question:
    """Return the question in a JSON text, in `@file`, or with `-` on standard input.

    `input_field` is asked for when bare JSON does not say its type. Raises `ValueError` or `OSError`.
    """
    path = Path(source.removeprefix(FILE_MARK)) if source.startswith(FILE_MARK) or source == STANDARD_INPUT else None
    if path is not None and path.name.endswith(traces.SUFFIXES):
        return _trace(path, segment or traces.Segment())
    if segment is not None:
        raise ValueError("--cache-entries, --limit-accesses and --offset are for trace files")
    if path is None:
        return Question(message=parse(source, input_field))
    with open_text(path) as lines:
        if path.name.endswith(VOTE_SUFFIXES):
            return _votes(lines)
        return Question(message=parse(lines.read(), input_field))


def parse(text: str, input_field: InputField) -> PredictRequest:
    """Return the question a JSON text asks; `ValueError` naming what is wrong."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return question_of(value, input_field)


def question_of(value: dict[str, Any], input_field: InputField) -> PredictRequest:
    """Return the question of a JSON object: a typed input, or one under its name as in `PredictRequest`."""
    wrapped = value if _NAMES & value.keys() else {input_field(): value}
    try:
        return ParseDict(wrapped, PredictRequest())
    except ParseError as error:
        raise ValueError(" ".join(str(error).split())) from None


def stated(name: str, option: str) -> str:
    """Return a name an input's type depends on; `ValueError` without one."""
    if not name:
        raise ValueError(
            f'the input does not say its type: give {option}, or wrap it as in {{"load_metrics": {{...}}}}'
        )
    return name


def _votes(lines: Any) -> Question:
    votes = votes_of(lines)
    note = f"{votes.dropped} repeated votes of an agent on an item dropped" if votes.dropped else ""
    return Question(message=votes.table, note=note)


def _trace(path: Path, segment: traces.Segment) -> Question:
    pattern = traces.pattern_of(path, segment)
    keys, entries = pattern.trace.key_hash, ", ".join(map(str, pattern.cache_entries))
    note = f"{len(keys)} accesses from {segment.offset} on, {len(set(keys))} distinct keys; cache sizes {entries}"
    return Question(message=pattern, note=note)
