"""Golden answers: what weights said when their card was written, to be said again by every machine that runs them."""

from typing import Any

from acumen.neural.model import Model
from acumen.neural.rounding import significant
from acumen.neural.spec import Want
from acumen.proto.v1.model_pb2 import GoldenAnswer

SEED, COUNT = 20_261_126, 8
TOLERANCE = 1e-3  # processor levels agree to four digits; see the contract's determinism


def answered(model: Model) -> list[GoldenAnswer]:
    """Return a model's answers to inputs of its own generator."""
    scored = model.answer(inputs(model), Want(certificates=False))
    return [GoldenAnswer(choice=one.answer.choice, p=significant(one.answer.p)) for one in scored]


def inputs(model: Model) -> list[Any]:
    """Return the inputs that golden answers are to."""
    return model.spec.examples(SEED, COUNT)


def differences(expected: list[GoldenAnswer], got: list[GoldenAnswer]) -> list[str]:
    """Return in words which answers differ."""
    if len(expected) != len(got):
        return [f"{len(expected)} answers are expected, there are {len(got)}"]
    pairs = list(enumerate(zip(expected, got, strict=True)))
    return [
        f"answer {number} is {g.choice} ({g.p:.4g}), {e.choice} ({e.p:.4g}) is expected"
        for number, (e, g) in pairs
        if g.choice != e.choice or abs(g.p - e.p) > TOLERANCE
    ]
