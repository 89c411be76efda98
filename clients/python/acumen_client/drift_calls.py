"""Asking whether inputs have drifted, as a value. No I/O."""

from collections.abc import Iterable

from google.protobuf.message import Message

from acumen_client import inputs
from acumen_client.call import NEURAL, Call, Defaults, unary
from acumen_client.gen.v1 import drift_pb2, neural_pb2


def detect_drift(
    defaults: Defaults,
    window: Iterable[Message] = (),
    *,
    model: str = "",
    version: str = "",
    recorded: int = 0,
    baseline: drift_pb2.DriftBaseline | Iterable[Message] = (),
    return_baseline: bool = False,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[drift_pb2.DetectDriftResponse]:
    """Say whether 50 to 1,000 inputs still look like those a model was made for.

    `window` holds typed inputs or `PredictRequest`s; in its place `recorded` takes so many of the newest recorded
    answers. `baseline` is what to compare with instead: a `DriftBaseline` of an earlier answer, or at least 100 inputs.
    """
    request = neural_pb2.DetectDriftRequest(
        model=model or defaults.model,
        version=version,
        window=[inputs.wrap(question) for question in window],
        recorded=recorded,
        return_baseline=return_baseline,
        namespace=defaults.namespace,
        min_revision=min_revision,
    )
    if isinstance(baseline, Message):
        request.baseline.CopyFrom(baseline)
    else:
        request.baseline_inputs.extend(inputs.wrap(question) for question in baseline)
    return unary(defaults, NEURAL, "DetectDrift", request, drift_pb2.DetectDriftResponse, timeout)
