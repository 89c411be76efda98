"""From a question as callers write it to the `PredictRequest` that is sent."""

from typing import Literal

from google.protobuf.message import Message

from acumen_client.gen.v1 import neural_pb2

Explain = Literal["none", "certificate", "full"]
INPUT = neural_pb2.PredictRequest.DESCRIPTOR.oneofs_by_name["input"]
_FIELD_BY_TYPE = {kind.message_type.full_name: kind.name for kind in INPUT.fields if kind.message_type}


def wrap(question: Message) -> neural_pb2.PredictRequest:
    """Return a copy of a `PredictRequest`, or a typed input in a new one; `TypeError` for any other message."""
    request = neural_pb2.PredictRequest()
    if isinstance(question, neural_pb2.PredictRequest):
        request.CopyFrom(question)
        return request
    field = _FIELD_BY_TYPE.get(question.DESCRIPTOR.full_name)
    if field is None:
        known = ", ".join(sorted(_FIELD_BY_TYPE))
        raise TypeError(f"no model takes a {question.DESCRIPTOR.full_name}; inputs are {known}")
    getattr(request, field).CopyFrom(question)
    return request


def request(
    question: Message, options: neural_pb2.PredictOptions, model: str, version: str, min_revision: int
) -> neural_pb2.PredictRequest:
    """Return the request for a question; what is stated here takes precedence over what the question states."""
    made = wrap(question)
    namespace = made.options.namespace or options.namespace
    made.options.MergeFrom(options)
    made.options.namespace = namespace
    made.model = model or made.model
    made.version = version or made.version
    made.min_revision = min_revision or made.min_revision
    return made


def options(
    namespace: str, explain: Explain | None, alternatives: int | None, record: bool | None
) -> neural_pb2.PredictOptions:
    """Return the options stated; what is None stays as the server has it by default."""
    return neural_pb2.PredictOptions(
        namespace=namespace,
        alternatives=alternatives or 0,
        explain=None if explain is None else f"EXPLAIN_LEVEL_{explain.upper()}",
        record=None if record is None else f"RECORD_MODE_{'ON' if record else 'OFF'}",
    )
