"""Answering requests: from `PredictRequest` to `PredictResponse`, for one or for many."""

import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.duration_pb2 import Duration

from acumen.clock import Clock
from acumen.errors import AcumenError
from acumen.neural import explain
from acumen.neural.model import Model, Scored
from acumen.neural.rounding import significant
from acumen.neural.spec import Source, Want
from acumen.neural.usage import Usage
from acumen.proto.v1 import decision_pb2, neural_pb2
from acumen.storage.predictions import Row

DEFAULT_NAMESPACE = "default"
NONE, FULL = decision_pb2.EXPLAIN_LEVEL_NONE, decision_pb2.EXPLAIN_LEVEL_FULL
OFF = decision_pb2.RECORD_MODE_OFF
SOURCES = {Source.NETWORK: decision_pb2.SOURCE_NETWORK, Source.HEURISTIC: decision_pb2.SOURCE_HEURISTIC}


class Predictor:
    """Answers inputs with a model in memory and hands each answer's record to `record`."""

    def __init__(self, record: Callable[[Row], None], clock: Clock) -> None:
        self._record, self._clock = record, clock
        self._prefix = f"p{secrets.token_hex(6)}"
        self._numbers = itertools.count(1)

    def answer(
        self, model: Model, usage: Usage, requests: Sequence[neural_pb2.PredictRequest]
    ) -> list[neural_pb2.PredictResponse]:
        """Answer requests for one model whose explanation and alternatives are alike; raises `InvalidInput`."""
        field = model.spec.identity.input_field
        inputs = [getattr(request, field) for request in requests]
        started = time.perf_counter()
        scored = self._scored(model, usage, inputs, _want(requests[0].options))
        each = (time.perf_counter() - started) / len(inputs)
        usage.served(len(inputs), each)
        return [
            self._respond(model, message, one, request.options, each)
            for message, one, request in zip(inputs, scored, requests, strict=True)
        ]

    def _scored(self, model: Model, usage: Usage, inputs: Sequence[Any], want: Want) -> list[Scored]:
        try:
            if not model.spec.identity.featurise_checks:
                for message in inputs:
                    model.spec.check(message)
            return model.answer(inputs, want)
        except AcumenError:
            usage.failed(len(inputs))
            raise

    def _respond(
        self, model: Model, message: Any, scored: Scored, options: neural_pb2.PredictOptions, seconds: float
    ) -> neural_pb2.PredictResponse:
        answer = scored.answer
        response = neural_pb2.PredictResponse()
        response.CopyFrom(model.template)
        decision, p = response.decision, significant(answer.p)
        decision.prediction_id = self._remember(model, p, options)
        decision.confidence.p = p
        decision.ood_score = significant(scored.unusual)
        decision.abstained = answer.abstained
        decision.source = SOURCES[answer.source]
        _set(decision.inference_time, seconds)
        for option, value in answer.alternatives:
            decision.alternatives.add(option=option, value=significant(value))
        _add_reasons(decision, explain.certificates(answer))
        if options.explain == FULL:
            started = time.perf_counter()
            _add_reasons(decision, explain.explain(model, message, answer))
            _set(decision.explain_time, time.perf_counter() - started)
        getattr(response, model.spec.identity.output_field).CopyFrom(answer.output)
        return response

    def _remember(self, model: Model, p: float, options: neural_pb2.PredictOptions) -> str:
        if options.record == OFF:
            return ""
        name = f"{self._prefix}{next(self._numbers):x}"
        identity, namespace = model.spec.identity, options.namespace or DEFAULT_NAMESPACE
        self._record((name, namespace, identity.name, identity.version, p, self._clock.now_ms()))
        return name


def group_key(request: neural_pb2.PredictRequest) -> tuple[int, int]:
    """Return what must be alike for requests to be answered together."""
    return request.options.explain, request.options.alternatives


def _want(options: neural_pb2.PredictOptions) -> Want:
    return Want(certificates=options.explain != NONE, alternatives=options.alternatives)


def _add_reasons(decision: decision_pb2.Decision, reasons: Sequence[explain.Reason]) -> None:
    for reason in reasons:
        decision.reasons.add(
            kind=int(reason.kind),
            text=reason.text,
            field_path=reason.field_path,
            value=significant(reason.value),
            effect=significant(reason.effect),
        )


def _set(duration: Duration, seconds: float) -> None:
    duration.seconds = int(seconds)
    duration.nanos = int((seconds - duration.seconds) * 1e9)
