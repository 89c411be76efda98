"""Every call of `Neural` as a value. No I/O.

The blocking and the awaitable client turn each function here into a method: `defaults` comes from the client, the rest
from the caller. Writes get a request id of their own when none is given, so that they can be retried. `timeout` is in
seconds; None takes the client's.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal

from google.protobuf.message import Message

from acumen_client import inputs
from acumen_client.call import NEURAL, Call, Defaults, new_id, unary
from acumen_client.gen.v1 import neural_pb2
from acumen_client.stream import Opening

Category = Literal["cognitive", "coordination", "performance", "specialised", "reference"]
KernelName = Literal["auto", "v4", "v3", "v2", "python"]
BackendName = Literal["kernels", "numpy", "python"]


def list_models(
    defaults: Defaults,
    *,
    category: Category | None = None,
    page_size: int = 0,
    page_token: str = "",
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[neural_pb2.ListModelsResponse]:
    """List the models the server knows, by name, a page at a time."""
    request = neural_pb2.ListModelsRequest(
        category=None if category is None else f"MODEL_CATEGORY_{category.upper()}",
        page_size=page_size,
        page_token=page_token,
        min_revision=min_revision,
    )
    return unary(defaults, NEURAL, "ListModels", request, neural_pb2.ListModelsResponse, timeout)


def get_model(
    defaults: Defaults, model: str = "", *, version: str = "", min_revision: int = 0, timeout: float | None = None
) -> Call[neural_pb2.GetModelResponse]:
    """Describe one model: its state, its card, how its recorded answers turned out."""
    request = neural_pb2.GetModelRequest(
        model=model or defaults.model, version=version, namespace=defaults.namespace, min_revision=min_revision
    )
    return unary(defaults, NEURAL, "GetModel", request, neural_pb2.GetModelResponse, timeout)


def load_model(
    defaults: Defaults, model: str = "", *, version: str = "", request_id: str = "", timeout: float | None = None
) -> Call[neural_pb2.LoadModelResponse]:
    """Bring a model into memory, now and after restarts."""
    request = neural_pb2.LoadModelRequest(
        model=model or defaults.model, version=version, request_id=request_id or new_id()
    )
    return unary(defaults, NEURAL, "LoadModel", request, neural_pb2.LoadModelResponse, timeout)


def unload_model(
    defaults: Defaults, model: str = "", *, request_id: str = "", timeout: float | None = None
) -> Call[neural_pb2.UnloadModelResponse]:
    """Take a model out of service, now and after restarts."""
    request = neural_pb2.UnloadModelRequest(model=model or defaults.model, request_id=request_id or new_id())
    return unary(defaults, NEURAL, "UnloadModel", request, neural_pb2.UnloadModelResponse, timeout)


def update_config(
    defaults: Defaults,
    *,
    memory_max_bytes: int | None = None,
    threads: int | None = None,
    batch_window: timedelta | None = None,
    kernels: KernelName | None = None,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[neural_pb2.UpdateConfigResponse]:
    """Change what is given and leave the rest of the configuration as it is."""
    wanted = {
        "memory_max_bytes": memory_max_bytes,
        "threads": threads,
        "batch_window": batch_window,
        "kernels": kernels and f"KERNEL_LEVEL_{kernels.upper()}",
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    request = neural_pb2.UpdateConfigRequest(
        config=neural_pb2.RuntimeConfig(**given),  # type: ignore[arg-type]
        request_id=request_id or new_id(),
    )
    request.update_mask.paths.extend(given)
    return unary(defaults, NEURAL, "UpdateConfig", request, neural_pb2.UpdateConfigResponse, timeout)


def record_outcome(
    defaults: Defaults,
    prediction_id: str,
    event_happened: bool,
    *,
    request_id: str = "",
    timeout: float | None = None,
) -> Call[neural_pb2.RecordOutcomeResponse]:
    """Say whether the event of an answer's confidence happened."""
    request = neural_pb2.RecordOutcomeRequest(
        prediction_id=prediction_id,
        event_happened=event_happened,
        namespace=defaults.namespace,
        request_id=request_id or new_id(),
    )
    return unary(defaults, NEURAL, "RecordOutcome", request, neural_pb2.RecordOutcomeResponse, timeout)


def predict(
    defaults: Defaults,
    question: Message,
    *,
    model: str = "",
    version: str = "",
    explain: inputs.Explain | None = None,
    alternatives: int | None = None,
    record: bool | None = None,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[neural_pb2.PredictResponse]:
    """Answer one input, a typed message or a whole `PredictRequest`; what is stated here takes precedence."""
    options = inputs.options(defaults.namespace, explain, alternatives, record)
    request = inputs.request(question, options, model or defaults.model, version, min_revision)
    return unary(defaults, NEURAL, "Predict", request, neural_pb2.PredictResponse, timeout)


def predict_batch(
    defaults: Defaults,
    questions: Iterable[Message],
    *,
    model: str = "",
    version: str = "",
    explain: inputs.Explain | None = None,
    alternatives: int | None = None,
    record: bool | None = None,
    min_revision: int = 0,
    timeout: float | None = None,
) -> Call[neural_pb2.PredictBatchResponse]:
    """Answer up to 256 inputs in order, each with a response or a status (see `error_of`)."""
    options = inputs.options(defaults.namespace, explain, alternatives, record)
    chosen = model or defaults.model
    requests = [inputs.request(question, options, chosen, version, min_revision) for question in questions]
    request = neural_pb2.PredictBatchRequest(requests=requests)
    return unary(defaults, NEURAL, "PredictBatch", request, neural_pb2.PredictBatchResponse, timeout)


def predict_stream(
    defaults: Defaults,
    *,
    model: str = "",
    version: str = "",
    explain: inputs.Explain | None = None,
    alternatives: int | None = None,
    record: bool | None = None,
    max_in_flight: int = 32,
    timeout: float | None = None,
) -> Opening:
    """Answer questions as they come, at most `max_in_flight` unanswered at once.

    The first argument of the client's method is the iterator of questions; each result's `correlation_id` is the
    position of its question, from 0. Results come in the order they are ready. Without a timeout unless one is given.
    """
    start = neural_pb2.PredictStreamStart(
        model=model or defaults.model,
        version=version,
        options=inputs.options(defaults.namespace, explain, alternatives, record),
        max_in_flight=max_in_flight,
    )
    return Opening(
        message=neural_pb2.PredictStreamRequest(start=start), window=max(max_in_flight, 1), timeout_s=timeout
    )


def validate_input(
    defaults: Defaults, question: Message, *, model: str = "", version: str = "", timeout: float | None = None
) -> Call[neural_pb2.ValidateInputResponse]:
    """Check an input against a model's rules and training range without answering it."""
    options = inputs.options(defaults.namespace, None, None, None)
    request = neural_pb2.ValidateInputRequest(
        request=inputs.request(question, options, model or defaults.model, version, 0)
    )
    return unary(defaults, NEURAL, "ValidateInput", request, neural_pb2.ValidateInputResponse, timeout)


def get_runtime(
    defaults: Defaults, *, min_revision: int = 0, timeout: float | None = None
) -> Call[neural_pb2.GetRuntimeResponse]:
    """Say what is live: kernels, configuration, limits, memory."""
    request = neural_pb2.GetRuntimeRequest(min_revision=min_revision)
    return unary(defaults, NEURAL, "GetRuntime", request, neural_pb2.GetRuntimeResponse, timeout)


def benchmark(
    defaults: Defaults,
    model: str = "",
    *,
    iterations: int = 0,
    rounds: int = 0,
    batch_size: int = 0,
    backends: Sequence[BackendName] = (),
    examples: Iterable[Message] = (),
    timeout: float | None = None,
) -> Call[neural_pb2.BenchmarkResponse]:
    """Time a model on the server, a message a round and a summary at the end; without a timeout unless one is given."""
    chosen = model or defaults.model
    options = inputs.options(defaults.namespace, None, None, False)
    request = neural_pb2.BenchmarkRequest(
        model=chosen,
        iterations=iterations,
        rounds=rounds,
        batch_size=batch_size,
        backends=[f"BACKEND_{name.upper()}" for name in backends],
        inputs=[inputs.request(example, options, chosen, "", 0) for example in examples],
    )
    return Call(
        service=NEURAL,
        method="Benchmark",
        request=request,
        response=neural_pb2.BenchmarkResponse,
        timeout_s=timeout,
    )
