"""Where results, notes, progress and errors go: results to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # noqa: F401  (lets JSON name the details)
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from acumen_client.errors import AcumenError

Format = Literal["table", "json", "jsonl"]
Document: TypeAlias = Any
M = TypeVar("M", bound=Message)
PLAIN_WIDTH = 120


def document(message: Message) -> Document:
    """Return a message as protobuf JSON: lowerCamelCase names, unset scalars and lists printed with their defaults."""
    return MessageToDict(message, always_print_fields_with_no_presence=True)


class Screen:
    """One command's output in the form that was asked for."""

    def __init__(self, *, format: Format, quiet: bool) -> None:  # noqa: A002
        self.format = format
        self._quiet = quiet
        self._out = _console(sys.stdout)
        self._err = _console(sys.stderr)

    @property
    def is_live(self) -> bool:
        """Whether there is a terminal to draw on, and nobody asked for quiet."""
        return self._err.is_terminal and not self._quiet

    @property
    def console(self) -> Console:
        """Where what is beside the result is drawn."""
        return self._err

    def show(
        self, value: Document, view: Callable[[], RenderableType], lines: Sequence[Document] | None = None
    ) -> None:
        """Print a document, as a table made by `view`, as JSON, or as JSON lines (without `lines`, the document)."""
        if self.format == "table":
            self._out.print(view())
        elif self.format == "json":
            self.line(json.dumps(value, indent=2, ensure_ascii=False))
        else:
            for one in [value] if lines is None else lines:
                self.line(json.dumps(one, ensure_ascii=False))

    def line(self, text: str) -> None:
        """Print a line as it is, at once."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def save(self, value: Document, path: Path | None) -> None:
        """Write a document to a file, if one is given."""
        if path is not None:
            path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
            self.note(f"written to {path}")

    def note(self, text: str) -> None:
        """Say something beside the result, unless that is unwanted."""
        if not self._quiet:
            self._err.print(text, style="dim")

    def warn(self, text: str) -> None:
        """Say why the exit code is not 0."""
        self._err.print(text, style="red")

    def error(self, error: AcumenError) -> None:
        """Say why the server refused, with every violation and the id to look for in its log."""
        named = " ".join(dict.fromkeys(part for part in (error.code.name, error.reason) if part))
        self._err.print(f"{named}: {error.message}", style="red")
        listed = [f"{violation.field}: {violation.description}" for violation in error.violations]
        for violation in listed if listed != [error.message] else ():
            self._err.print(f"  {violation}")
        if error.request_id:
            self._err.print(f"  request id {error.request_id}", style="dim")

    def stream(
        self,
        messages: Iterable[M],
        value: Callable[[list[M]], Document],
        view: Callable[[list[M]], RenderableType],
    ) -> int:
        """Print messages as they come as JSON lines, or all at the end in the other forms; returns their number."""
        count = 0
        heard = []
        for one in messages:
            count += 1
            if self.format == "jsonl":
                self.line(json.dumps(document(one), ensure_ascii=False))
            else:
                heard.append(one)
        if self.format != "jsonl":
            self.show(value(heard), lambda: view(heard))
        return count

    @contextmanager
    def progress(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show a bar on a terminal; yields what to call with each number of finished steps."""
        done = 0

        def advance(steps: int) -> None:
            nonlocal done
            done += steps
            move(label, done, total or 0)

        with self.phases(label) as move:
            move(label, 0, total or 0)
            yield advance

    @contextmanager
    def phases(self, label: str) -> Iterator[Callable[[str, int, int], None]]:
        """Show a bar on a terminal; yields what to call with what is being done, how much is and how much there is."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        if self._quiet or not self._err.is_terminal:
            yield lambda _phase, _done, _total: None
            return
        with Progress(*columns, console=self._err, transient=True) as bar:
            task = bar.add_task(label, total=None)
            yield lambda phase, done, total: bar.update(
                task, description=phase or label, completed=done, total=total or None
            )


def _console(stream: Any) -> Console:
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)
