"""What a user gives: text and messages as they stand, from `@file`, or with `-` from standard input."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import typer
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import Message

from acumen_client.cli.files import STANDARD_INPUT, open_text

M = TypeVar("M", bound=Message)
FILE_MARK = "@"
_SPANS = {"": "seconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@contextmanager
def option(name: str) -> Iterator[None]:
    """Say of which option a value is wrong, or which file cannot be read; the exit code is then 2."""
    try:
        yield
    except (OSError, ValueError, EOFError) as error:
        raise typer.BadParameter(str(error), param_hint=name) from None


def text(source: str, name: str) -> str:
    """Return a text; `name` is the option it was given with."""
    with option(name):
        if _inline(source):
            return source
        with open_text(_path(source)) as file:
            return file.read()


def message(source: str, kind: type[M], name: str) -> M:
    """Return one message from JSON."""
    found = text(source, name)
    with option(name):
        return _parsed(_value(found), kind)


def messages(source: str, kind: type[M], name: str, listed: str) -> Iterator[M]:
    """Yield messages from JSON lines as they are read, or from one JSON document.

    A value is a message, an array of them, or an object that has them under `listed`, as `--format json` prints.
    """
    with option(name):
        if _inline(source):
            yield from _all(iter(source.splitlines(keepends=True)), kind, listed)
        else:
            with open_text(_path(source)) as file:
                yield from _all(iter(file), kind, listed)


def once(**sources: str | None) -> None:
    """Refuse a second use of standard input, which can be read only once."""
    taken = [f"--{name.replace('_', '-')}" for name, source in sources.items() if source == STANDARD_INPUT]
    if len(taken) > 1:
        raise typer.BadParameter("only one of them can read standard input", param_hint=" and ".join(taken))


def span(given: str | None, name: str) -> timedelta | None:
    """Return a span of time: 90, 90s, 15m, 12h or 30d."""
    if given is None:
        return None
    found = re.fullmatch(r"(\d{1,9}(?:\.\d+)?)([smhd]?)", given)
    if found is None:
        raise typer.BadParameter(f"'{given}' is not a span of time such as 90s, 15m, 12h or 30d", param_hint=name)
    return timedelta(**{_SPANS[found[2]]: float(found[1])})


def weights(given: list[str] | None, name: str) -> dict[str, float]:
    """Return weights by name: NAME=WEIGHT each, NAME alone weighs 1."""
    found = {}
    for one in given or ():
        word, _, weight = one.partition("=")
        with option(name):
            try:
                found[word] = float(weight or 1)
            except ValueError:
                raise ValueError(f"'{one}' is not NAME=WEIGHT") from None
    return found


def _all(lines: Iterator[str], kind: type[M], listed: str) -> Iterator[M]:
    number = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            if number > 1:
                raise ValueError(f"line {number} is not JSON, nor is the whole one document") from None
            value = _value("".join(chain([line], lines)))
        try:
            yield from (_parsed(one, kind) for one in _listed(value, listed))
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from None


def _listed(value: Any, listed: str) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get(listed), list):
        value = value[listed]
    return value if isinstance(value, list) else [value]


def _value(found: str) -> Any:
    try:
        return json.loads(found)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None


def _parsed(value: Any, kind: type[M]) -> M:
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    try:
        return ParseDict(value, kind())
    except ParseError as error:
        raise ValueError(" ".join(str(error).split())) from None


def _inline(source: str) -> bool:
    return source != STANDARD_INPUT and not source.startswith(FILE_MARK)


def _path(source: str) -> Path:
    return Path(source.removeprefix(FILE_MARK))
