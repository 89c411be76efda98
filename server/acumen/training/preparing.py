"""A file turned into examples, as it comes in, with a count of what was dropped and why."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from acumen.errors import InvalidInput, LimitExceeded
from acumen.neural.learner import Learner
from acumen.neural.spec import ModelSpec
from acumen.proto.v1 import training_pb2 as pb
from acumen.proto.v1.training_example_pb2 import TrainingExample
from acumen.training.reading import LONGEST_RECORD_BYTES, csv_rows, example_of, json_array, json_line

MOST_EXAMPLES = 1_000_000
LARGEST_FILE_BYTES = 1 << 30
MOST_REASONS, MOST_LINES, MOST_LABELS, LONGEST_REASON = 50, 20, 1_000, 300
_NUMBER = re.compile(r"\d+(\.\d+)?")
_QUOTED = re.compile(r"'[^']*'")


@dataclass(slots=True, kw_only=True)
class Preparing:
    """Reads a file of one format for one model; JSON lines as they come, other formats when all has come."""

    spec: ModelSpec
    learner: Learner
    format: int
    examples: list[TrainingExample] = field(default_factory=list)
    read: int = 0
    _size_bytes: int = 0
    _rest: bytearray = field(default_factory=bytearray)
    _line: int = 0
    _too_long: bool = False
    _dropped: dict[str, pb.DropReason] = field(default_factory=dict)

    @property
    def by_line(self) -> bool:
        """Whether the format is one record a line."""
        return self.format in (pb.DATA_FORMAT_UNSPECIFIED, pb.DATA_FORMAT_JSONL)

    def feed(self, chunk: bytes) -> None:
        """Take the file's next bytes; raises `LimitExceeded` for a file that is too large."""
        self._size_bytes += len(chunk)
        if self._size_bytes > LARGEST_FILE_BYTES:
            raise LimitExceeded("bytes of the file", self._size_bytes, LARGEST_FILE_BYTES)
        self._rest += chunk
        if self.by_line and b"\n" in chunk:
            *lines, rest = bytes(self._rest).split(b"\n")
            self._rest = bytearray(rest)
            for line in lines:
                self._take_line(line)
        if self.by_line and len(self._rest) > LONGEST_RECORD_BYTES:
            self._rest.clear()
            self._too_long = True

    def end(self) -> pb.PrepareDataReport:
        """Read what is left and return the report, but for the data set's id; raises `InvalidInput` for a bad file."""
        rest = bytes(self._rest)
        if self.by_line:
            if rest or self._too_long:
                self._take_line(rest)
        else:
            self._take_all(csv_rows(rest) if self.format == pb.DATA_FORMAT_CSV else enumerate(json_array(rest), 1))
        ordered = sorted(self._dropped.values(), key=lambda one: (-one.count, one.reason))
        return pb.PrepareDataReport(
            read=self.read, kept=len(self.examples), dropped=ordered, labels=_labels(self.examples, self.learner)
        )

    def _take_all(self, records: Iterable[tuple[int, Any]]) -> None:
        for line, record in records:
            self._take(line, lambda record=record: record)  # type: ignore[misc]

    def _take_line(self, line: bytes) -> None:
        self._line += 1
        if self._too_long:
            self._too_long = False
            self.read += 1
            self._drop(self._line, f"record: is longer than {LONGEST_RECORD_BYTES} bytes")
        elif line.strip():
            self._take(self._line, lambda: json_line(line))

    def _take(self, line: int, record: Any) -> None:
        self.read += 1
        try:
            example = example_of(record(), self.spec, self.learner)
        except InvalidInput as error:
            first = error.violations[0]
            self._drop(line, f"{first.field}: {first.description}")
            return
        if len(self.examples) >= MOST_EXAMPLES:
            raise LimitExceeded("examples", len(self.examples) + 1, MOST_EXAMPLES)
        self.examples.append(example)

    def _drop(self, line: int, reason: str) -> None:
        """Count a record under its reason; values apart, reasons that read alike are one, told as it was first."""
        key = _QUOTED.sub("''", _NUMBER.sub("0", reason))
        if key not in self._dropped and len(self._dropped) >= MOST_REASONS:
            key = reason = "other reasons"
        told = self._dropped.setdefault(key, pb.DropReason(reason=reason[:LONGEST_REASON]))
        told.count += 1
        if len(told.lines) < MOST_LINES:
            told.lines.append(line)


def _labels(examples: Iterable[TrainingExample], learner: Learner) -> Iterator[pb.LabelCount]:
    targets = [getattr(example, learner.target_field) for example in examples]
    named = [str(getattr(t, "label", "") or getattr(t, "name", "")) for t in targets]
    counts = Counter(name for name in named if name)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_LABELS]
    return (pb.LabelCount(label=label, count=count) for label, count in ranked)
