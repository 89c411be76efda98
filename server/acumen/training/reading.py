"""Records, as people write them, to examples, as models take them; or why not."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from acumen.errors import InvalidInput
from acumen.neural.learner import Learner
from acumen.neural.spec import ModelSpec
from acumen.proto.v1.training_example_pb2 import TrainingExample

LONGEST_RECORD_BYTES = 16 << 20
TEXT, LABEL = "text", "label"


def check(example: TrainingExample, spec: ModelSpec, learner: Learner) -> None:
    """Raise `InvalidInput` unless the example is one the model can learn from."""
    for part, wanted in (("input", spec.identity.input_field), ("target", learner.target_field)):
        given = example.WhichOneof(part)
        if given != wanted:
            raise InvalidInput.of(part, f"is {given or 'not set'}, '{spec.identity.name}' learns from {wanted}")
    message = getattr(example, spec.identity.input_field)
    spec.check(message)
    learner.check(message, getattr(example, learner.target_field))


def example_of(record: Any, spec: ModelSpec, learner: Learner) -> TrainingExample:
    """Return the checked example that a record says: `{"input", "target"}`, `{"text", "label"}`, or the message itself.

    A text without a label (null) is one that belongs to none. Raises `InvalidInput`.
    """
    if not isinstance(record, Mapping):
        raise InvalidInput.of("record", f"is {type(record).__name__}, must be an object")
    example = TrainingExample()
    if "input" in record or "target" in record:
        _fill(getattr(example, spec.identity.input_field), record, "input")
        _fill(getattr(example, learner.target_field), record, "target")
    elif spec.identity.input_field == TEXT and TEXT in record and not isinstance(record[TEXT], Mapping):
        _fill_text(example, record)
    else:
        _parse(example, record, "record")
    check(example, spec, learner)
    return example


def _fill(message: Message, record: Mapping[str, Any], part: str) -> None:
    if part not in record:
        raise InvalidInput.of(part, "is missing")
    message.SetInParent()
    _parse(message, record[part], part)


def _parse(message: Message, value: Any, part: str) -> None:
    try:
        json_format.ParseDict(value, message)
    except (json_format.ParseError, TypeError, ValueError, AttributeError) as error:
        raise InvalidInput.of(part, str(error)) from None


def _fill_text(example: TrainingExample, record: Mapping[str, Any]) -> None:
    if LABEL not in record:
        raise InvalidInput.of(LABEL, "is missing")
    text, label = record[TEXT], record[LABEL]
    for name, value in ((TEXT, text), (LABEL, label)):
        if not isinstance(value, str) and not (name == LABEL and value is None):
            raise InvalidInput.of(name, f"is {type(value).__name__}, must be a string")
    example.text.text = text
    if label is None:
        example.text_truth.out_of_scope = True
    else:
        example.text_truth.label = label


def json_line(line: bytes) -> Any:
    """Return what a line says; raises `InvalidInput`."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput.of("record", f"is not JSON: {getattr(error, 'msg', 'not UTF-8')}") from None


def json_array(data: bytes) -> list[Any]:
    """Return the records of an array; raises `InvalidInput` where it is none, for then nothing can be kept."""
    records = json_line(data)
    if not isinstance(records, list):
        raise InvalidInput.of("record", f"the file is {type(records).__name__}, must be an array of objects")
    return records


def csv_rows(data: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line and the record of each row; raises `InvalidInput` without a header of `text` and `label`."""
    csv.field_size_limit(LONGEST_RECORD_BYTES)
    reader = csv.DictReader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    missing = {TEXT, LABEL} - set(reader.fieldnames or ())
    if missing:
        raise InvalidInput.of("record", f"the header lacks {', '.join(sorted(missing))}")
    for row in reader:
        yield reader.line_num, row
