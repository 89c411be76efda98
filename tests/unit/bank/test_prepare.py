"""Vectors are made once, the same by themselves or among others, and of what can be searched."""

import numpy as np
import pytest

from acumen.bank.prepare import LARGEST_DIMENSION, Preparer, caller_id, floats, joined
from acumen.bank.records import Records
from acumen.errors import InvalidInput
from acumen.proto.storage.v1.bank_pb2 import PatternsWritten
from acumen.proto.v1.pattern_pb2 import FloatVector, Pattern, Vector
from tests.banks import embedded

TEXTS = ("use an index", "roll back the deployment", "", "zzqqj")


def test_both_forms_of_a_vector_are_the_same_direction() -> None:
    """Its length does not matter, neither huge nor tiny."""
    for scale in (1, 1e-38, 3e37):
        values = np.array([3, -4, 0], np.float32) * np.float32(scale)
        clear = Vector(floats=FloatVector(values=values.tolist()))
        for vector in (clear, Vector(f32=values.astype("<f4").tobytes())):
            assert floats(vector, "v") == pytest.approx([0.6, -0.8, 0], abs=1e-6)


def test_what_has_no_direction_is_refused() -> None:
    """By its place: no components, too many, none but zero, one that is no number."""
    for values in ([], [0.0] * (LARGEST_DIMENSION + 1), [0.0, 0.0], [1.0, float("nan")]):
        with pytest.raises(InvalidInput):
            floats(Vector(floats=FloatVector(values=values)), "v")
    with pytest.raises(InvalidInput, match="v.f32"):
        floats(Vector(f32=b"12345"), "v")


def test_a_text_has_the_same_vector_alone_and_in_a_batch() -> None:
    """So a replay, and a re-embedding row by row, give the bytes of the first time."""
    preparer = Preparer(embedded())
    records = Records()
    messages = [Pattern(id=str(i), context=text, content="c") for i, text in enumerate(TEXTS)]
    rows = [records.add(message, 1) for message in messages]
    name = embedded().identity.id
    whole = preparer.written(PatternsWritten(patterns=messages, embedder=name))
    alone = [preparer.written(PatternsWritten(patterns=[message], embedder=name)) for message in messages]
    by_row = preparer.by_row(records, rows)
    assert whole is not None
    for parts in (joined([one for one in alone if one]), joined([by_row[row] for row in rows])):
        assert parts.codes.tobytes() == whole.codes.tobytes() and parts.scales.tobytes() == whole.scales.tobytes()
        assert [one.tolist() for one in parts.terms] == [one.tolist() for one in whole.terms]
    assert preparer.by_row(records, []) == {}


def test_another_embedders_patterns_wait() -> None:
    """Nothing is made of them here; callers' vectors are taken as they come."""
    preparer = Preparer(embedded())
    assert preparer.written(PatternsWritten(patterns=[Pattern(content="x")], embedder="other-1")) is None
    message = Pattern(content="x", vector=Vector(floats=FloatVector(values=[0, 2])))
    own = preparer.written(PatternsWritten(patterns=[message], embedder=caller_id(2)))
    assert own is not None and (own.codes[0] * own.scales[0]).tolist() == pytest.approx([0, 1], abs=0.01)
