"""Files become examples; what is dropped is counted with its line and its reason."""

import json

import pytest

from acumen.errors import InvalidInput
from acumen.models import CATALOGUE
from acumen.proto.v1 import training_pb2 as pb
from acumen.training.preparing import LONGEST_RECORD_BYTES, Preparing
from acumen.training.task import learner_of

ENTRY = next(entry for entry in CATALOGUE if entry.name == "reference-v1")
GOOD = {"input": {"values": [float(i % 7) for i in range(64)]}, "target": {"name": "STEP"}}


def _preparing(kind: int = pb.DATA_FORMAT_JSONL) -> Preparing:
    return Preparing(spec=ENTRY.spec, learner=learner_of(ENTRY), format=kind)


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 20])
def test_how_the_bytes_are_cut_does_not_matter(size: int) -> None:
    """Any chunking of a file gives the same examples and the same report."""
    lines = [json.dumps(GOOD), "", "broken", json.dumps(GOOD), json.dumps({"input": GOOD["input"]})]
    data = "\n".join(lines).encode()
    preparing = _preparing()
    for start in range(0, len(data), size):
        preparing.feed(data[start : start + size])
    report = preparing.end()
    assert (report.read, report.kept) == (4, 2)
    assert {one.reason: list(one.lines) for one in report.dropped} == {
        "record: is not JSON: Expecting value": [3],
        "target: is missing": [5],
    }


def test_reasons_that_differ_in_their_numbers_are_one() -> None:
    """Twenty-five short tensors are one reason, told as it was first, with the first twenty lines."""
    preparing = _preparing()
    short = [json.dumps({"input": {"values": [1.0] * n}, "target": {"name": "STEP"}}) for n in range(1, 26)]
    preparing.feed("\n".join(short).encode())
    report = preparing.end()
    assert [one.count for one in report.dropped] == [25]
    assert list(report.dropped[0].lines) == list(range(1, 21))
    assert "1 values" in report.dropped[0].reason


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    """A record beyond the limit is dropped with its line, and what follows is read."""
    preparing = _preparing()
    for _ in range(LONGEST_RECORD_BYTES // (1 << 20) + 1):
        preparing.feed(b"x" * (1 << 20))
    preparing.feed(b"\n" + json.dumps(GOOD).encode())
    report = preparing.end()
    assert (report.read, report.kept, list(report.dropped[0].lines)) == (2, 1, [1])


def test_an_array_is_read_by_its_records_and_anything_else_refused() -> None:
    """Records of an array are counted from 1; a file that is no array cannot be read at all."""
    preparing = _preparing(pb.DATA_FORMAT_JSON)
    preparing.feed(json.dumps([GOOD, 5, GOOD]).encode())
    report = preparing.end()
    assert (report.kept, list(report.dropped[0].lines)) == (2, [2])
    for text in (b"{}", b"[1"):
        broken = _preparing(pb.DATA_FORMAT_JSON)
        broken.feed(text)
        with pytest.raises(InvalidInput):
            broken.end()


def test_a_whole_example_is_a_record_too() -> None:
    """A line may be the contract's own message; one for another model is dropped with the field."""
    preparing = _preparing()
    preparing.feed(json.dumps({"tensor": GOOD["input"], "tensorTruth": GOOD["target"]}).encode() + b"\n")
    preparing.feed(json.dumps({"text": {"text": "a"}, "textTruth": {"label": "b"}}).encode())
    report = preparing.end()
    assert report.kept == 1 and report.dropped[0].reason.startswith("input: is text")
