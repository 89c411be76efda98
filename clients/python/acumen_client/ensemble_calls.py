"""Asking several models at once, as a value. No I/O."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from google.protobuf.message import Message

from acumen_client import inputs
from acumen_client.call import NEURAL, Call, Defaults, unary
from acumen_client.gen.v1 import ensemble_pb2, neural_pb2

VotingName = Literal["majority", "weighted", "learned"]
# What was asked, of all members or of each, or what they said then; and the option that was right.
Case: TypeAlias = tuple[Message | Sequence[Message], str]


def ensemble(
    defaults: Defaults,
    question: Message | None = None,
    *,
    models: Iterable[str] = (),
    members: Iterable[Message] = (),
    voting: VotingName = "majority",
    threshold: float = 0.0,
    examples: Iterable[Case | neural_pb2.EnsembleExample] = (),
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[ensemble_pb2.EnsembleResponse]:
    """Let three to sixteen models answer together.

    Either all `models` take `question`, or each of `members` is a `PredictRequest` with its model and its own input.
    `examples` are what weighted and learned voting learn from: a question for all members, or a sequence of one
    question or one `MemberVote` for each, with the option that was right. Below `threshold` the answer is marked
    as abstained.
    """
    request = neural_pb2.EnsembleRequest(
        models=models,
        members=[inputs.wrap(member) for member in members],
        voting=f"VOTING_{voting.upper()}",
        threshold=threshold,
        examples=[case if isinstance(case, neural_pb2.EnsembleExample) else _example(*case) for case in examples],
        namespace=defaults.namespace,
        min_revision=min_revision,
    )
    if question is not None:
        request.request.CopyFrom(inputs.wrap(question))
    return unary(defaults, NEURAL, "Ensemble", request, ensemble_pb2.EnsembleResponse, timeout)


def _example(said: Message | Sequence[Message], outcome: str) -> neural_pb2.EnsembleExample:
    each = [said] if isinstance(said, Message) else list(said)
    example = neural_pb2.EnsembleExample(outcome=outcome)
    for one in each:
        if isinstance(one, ensemble_pb2.MemberVote):
            example.votes.append(one)
        else:
            example.inputs.append(inputs.wrap(one))
    return example
