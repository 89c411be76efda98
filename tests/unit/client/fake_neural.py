# ruff: noqa: N802  (methods are called as in the proto)
"""A small `Neural` service that remembers what it was asked and fails when told to."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import grpc
from fake_bank import FakeBank
from fake_training import FakeTraining
from fake_versions import FakeVersions
from google.protobuf.duration_pb2 import Duration
from google.rpc import code_pb2, error_details_pb2, status_pb2

from acumen_client.gen.v1 import neural_pb2, neural_pb2_grpc, reasoning_bank_pb2_grpc, training_pb2_grpc
from acumen_client.messages import (
    Alternative,
    BackendTiming,
    BenchmarkResponse,
    Card,
    ColumnDrift,
    Confidence,
    Decision,
    DetectDriftResponse,
    DistributionPlan,
    EnsembleResponse,
    Kernels,
    Limits,
    Measure,
    MemberVote,
    Model,
    ModelMemory,
    ModelUsage,
    OptionShare,
    OutcomeStatistics,
    Platform,
    PredictResponse,
    Reason,
    RuntimeConfig,
    ServerWeight,
    Suite,
)

MODELS = {
    "balance-v1": "load_metrics",
    "consensus-v1": "vote_table",
    "cache-v1": "access_pattern",
    "sonar-v1": "tensor",
}
CATEGORIES = {"balance-v1": 3, "consensus-v1": 2, "cache-v1": 3, "sonar-v1": 5}
MILLISECOND = 1_000_000


def status(code, reason="", *, field="", quota="", retry_ms=None, metadata=None, text="refused"):
    """Return a status with the details a server sends."""
    made = status_pb2.Status(code=code_pb2.Code.Value(code), message=text)
    made.details.add().Pack(error_details_pb2.ErrorInfo(reason=reason, domain="acumen", metadata=metadata or {}))
    if field:
        violation = error_details_pb2.BadRequest.FieldViolation(field=field, description="is NaN")
        made.details.add().Pack(error_details_pb2.BadRequest(field_violations=[violation]))
    if quota:
        violation = error_details_pb2.QuotaFailure.Violation(subject=quota, description="300 of 256")
        made.details.add().Pack(error_details_pb2.QuotaFailure(violations=[violation]))
    if retry_ms is not None:
        delay = Duration(nanos=retry_ms * MILLISECOND)
        made.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return made


class FakeNeural(FakeVersions, neural_pb2_grpc.NeuralServicer):
    """Answers everything."""

    def __init__(self):
        super().__init__()
        self.backoff_first = False
        self.drain_after = None
        self.busy, self.most_busy = 0, 0
        self.config = RuntimeConfig(memory_max_bytes=1 << 30, threads=2, kernels=1)
        self._lock = threading.Lock()

    def ListModels(self, request, context):
        """Two pages of models."""
        self.note("ListModels", request, context)
        names = [name for name in MODELS if request.category in (0, CATEGORIES[name])]
        page = names[2:] if request.page_token else names[:2]
        rest = "" if request.page_token or len(names) <= 2 else "2"
        return neural_pb2.ListModelsResponse(models=[model(name) for name in page], next_page_token=rest)

    def GetModel(self, request, context):
        """One model with a card."""
        self.note("GetModel", request, context)
        if request.model not in MODELS:
            self.fail(status("NOT_FOUND", "MODEL_NOT_FOUND", text=f"no model '{request.model}'"))
            self.note("GetModel", request, context)
        suite = Suite(
            name="synthetic", n=1000, measures=[Measure(name="accuracy", value=0.9, ci_low=0.88, ci_high=0.92)]
        )
        return neural_pb2.GetModelResponse(
            model=model(request.model),
            card=Card(confidence_event="the plan holds", alternative_measure="ms", parameters=1000, suites=[suite]),
            outcomes=OutcomeStatistics(outcomes=4, accuracy=0.75),
        )

    def LoadModel(self, request, context):
        """The model, loaded."""
        self.note("LoadModel", request, context)
        return neural_pb2.LoadModelResponse(model=model(request.model), revision=7)

    def UnloadModel(self, request, context):
        """The model, unloaded."""
        self.note("UnloadModel", request, context)
        return neural_pb2.UnloadModelResponse(model=Model(name=request.model, state=3), revision=8)

    def UpdateConfig(self, request, context):
        """The configuration with the masked fields changed."""
        self.note("UpdateConfig", request, context)
        for path in request.update_mask.paths:
            self.config.ClearField(path)
        self.config.MergeFrom(request.config)
        return neural_pb2.UpdateConfigResponse(config=self.config, revision=9)

    def RecordOutcome(self, request, context):
        """Statistics with the outcome in them."""
        self.note("RecordOutcome", request, context)
        statistics = OutcomeStatistics(outcomes=1, accuracy=float(request.event_happened))
        return neural_pb2.RecordOutcomeResponse(model="balance-v1", outcomes=statistics, revision=10)

    def Predict(self, request, context):
        """An answer, when `hold` is set."""
        self.note("Predict", request, context)
        self.hold.wait(5)
        return answer(request)

    def PredictBatch(self, request, context):
        """Answers; a server called `bad` fails its item."""
        with self._lock:
            self.busy += 1
            self.most_busy = max(self.most_busy, self.busy)
        self.note("PredictBatch", request, context)
        self.hold.wait(0.05)
        with self._lock:
            self.busy -= 1
        return neural_pb2.PredictBatchResponse(results=[result(one) for one in request.requests])

    def PredictStream(self, requests, context):
        """Answers as they come; backs off the first item or drains when told to."""
        self.note("PredictStream", None, context)
        seen = 0
        for message in requests:
            self.calls.setdefault("PredictStreamMessages", []).append(message)
            if message.HasField("start"):
                continue
            seen += 1
            if self.backoff_first and seen == 1:
                delay = timedelta(milliseconds=1)
                backoff = neural_pb2.Backoff(correlation_id=message.item.correlation_id, retry_delay=delay)
                yield neural_pb2.PredictStreamResponse(backoff=backoff)
                continue
            answered = neural_pb2.PredictStreamResult(
                correlation_id=message.item.correlation_id, result=result(message.item.request)
            )
            yield neural_pb2.PredictStreamResponse(result=answered)
            if seen == self.drain_after:
                yield neural_pb2.PredictStreamResponse(draining=neural_pb2.Draining())
                return

    def ValidateInput(self, request, context):
        """Valid unless a server is called `bad`."""
        self.note("ValidateInput", request, context)
        if _is_bad(request.request):
            violation = neural_pb2.FieldViolation(field="load_metrics.servers[0].id", description="is bad")
            return neural_pb2.ValidateInputResponse(violations=[violation])
        warning = neural_pb2.RangeWarning(feature="rate", value=9, low=0, high=1)
        return neural_pb2.ValidateInputResponse(valid=True, warnings=[warning], ood_score=0.25)

    def DetectDrift(self, request, context):
        """An alarm of the first feature, and the baseline where it is asked for."""
        self.note("DetectDrift", request, context)
        made = DetectDriftResponse(
            model=request.model,
            version="1.0.0",
            window_inputs=len(request.window) or request.recorded,
            baseline_inputs=1000,
            baseline_source=2,
            features=[ColumnDrift(name="arrival rate", psi=0.31, ks=0.42, p=1e-6, q=2e-6, above=0.7, level=3)],
            output=ColumnDrift(name="confidence", ks=0.1, p=0.5, q=0.5, above=0.5, level=1),
            level=3,
            alarms=[1, 5],
        )
        made.discrepancy.value, made.discrepancy.threshold, made.discrepancy.level = 0.02, 0.01, 3
        if request.return_baseline:
            made.baseline.model, made.baseline.arrays = request.model, b"arrays"
        return made

    def Ensemble(self, request, context):
        """Two votes for `left`, one for `right`."""
        self.note("Ensemble", request, context)
        names = list(request.models) or [one.model for one in request.members]
        votes = [
            MemberVote(model=name, choice="left", options=[OptionShare(option="left", p=0.8)], weight=0.5)
            for name in names
        ]
        return EnsembleResponse(
            options=[OptionShare(option="left", p=0.75), OptionShare(option="right", p=0.25)],
            choice="left",
            confidence=0.75,
            abstained=request.threshold > 0.75,
            disagreement=0.125,
            members=votes,
            voting=request.voting,
            weight_source=1,
            weight_note="every vote counts the same",
        )

    def GetRuntime(self, request, context):
        """A runtime with every part set."""
        self.note("GetRuntime", request, context)
        return neural_pb2.GetRuntimeResponse(
            version="0.1.0",
            workers=1,
            kernels=Kernels(level="v3", built=["v3", "v2"], supported=["v3"], names=["dense"], compiled=True),
            platform=Platform(machine="x86_64", processors=2, cpu_features=["avx2"], python_version="3.11"),
            config=self.config,
            limits=Limits(batch_items=256),
            resident_bytes=100 << 20,
        )

    def Benchmark(self, request, context):
        """A round a backend and a summary."""
        self.note("Benchmark", request, context)
        backends = list(request.backends) or [1]
        for backend in backends:
            yield BenchmarkResponse(round={"round": 1, "backend": backend, "timing": timing()})
        summary = neural_pb2.BenchmarkSummary(model=request.model, version="1.0.0", level="v3", resident_bytes=1 << 20)
        for backend in backends:
            summary.backends.append(BackendTiming(backend=backend, timing=timing(), ratio=1.0))
        yield BenchmarkResponse(summary=summary)


def timing():
    """Return a timing of 50 us and its percentiles."""
    micro = 1000
    return {
        "n": 1000,
        "p50": {"nanos": 50 * micro},
        "p95": {"nanos": 80 * micro},
        "p99": {"nanos": 99 * micro},
        "items_per_s": 20000.0,
    }


def model(name):
    """Return a model as the service lists it."""
    made = Model(
        name=name,
        version="1.0.0",
        category=CATEGORIES[name],
        state=2,
        input_field=MODELS[name],
        summary=f"Decides for {name}.",
        weights_sha256="ab" * 32,
        memory=ModelMemory(weights_bytes=300_000, reference_bytes=20_000),
        usage=ModelUsage(inferences=12, cache_hits=11, cache_misses=1),
    )
    made.usage.p50.nanos, made.usage.p95.nanos, made.usage.p99.nanos = 41_000, 80_000, 130_000
    return made


def answer(request):
    """Return an answer that shows what was asked for."""
    reasons = (
        [] if request.options.explain == 1 else [Reason(kind=1, text="total capacity 40/s carries 12/s", value=40)]
    )
    if request.options.explain == 3:
        reasons.append(Reason(kind=2, text="without queue the p99 moves 3.1 ms", field_path="servers", effect=3.1))
    decision = Decision(
        prediction_id="" if request.options.record == 2 else "p-1",
        model=request.model or "balance-v1",
        version="1.0.0",
        weights_sha256="ab" * 32,
        confidence=Confidence(p=0.875, event="p99 stays below 80 ms", calibrated=True),
        ood_score=0.12,
        source=1,
        alternatives=[Alternative(option=f"option {k}", value=k) for k in range(request.options.alternatives)],
        reasons=reasons,
        inference_time={"nanos": 62_000},
    )
    weights = [
        ServerWeight(server=one.id, weight=1.0, speed_per_s=40, utilisation=0.3) for one in request.load_metrics.servers
    ]
    return PredictResponse(
        decision=decision, distribution_plan=DistributionPlan(weights=weights, expected_p99_ms_q50=41.25)
    )


def result(request):
    """Return an answer, or a status when a server is called `bad`."""
    if not _is_bad(request):
        return neural_pb2.PredictResult(response=answer(request))
    made = neural_pb2.PredictResult()
    made.status.ParseFromString(
        status("INVALID_ARGUMENT", "INVALID_FIELD", field="load_metrics.servers[0].id").SerializeToString()
    )
    return made


def _is_bad(request):
    return any(one.id == "bad" for one in request.load_metrics.servers)


@contextmanager
def serving(folder, name="acumen.sock"):
    """Serve a fake, with a fake `bank` and fake `training`, on a Unix socket; yields the fake and the address."""
    fake = FakeNeural()
    fake.bank, fake.training = FakeBank(), FakeTraining()
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", 16 << 20)])
    neural_pb2_grpc.add_NeuralServicer_to_server(fake, server)
    reasoning_bank_pb2_grpc.add_ReasoningBankServicer_to_server(fake.bank, server)
    training_pb2_grpc.add_TrainingServicer_to_server(fake.training, server)
    address = f"unix:{folder / name}"
    server.add_insecure_port(address)
    server.start()
    try:
        yield fake, address
    finally:
        fake.hold.set()
        fake.bank.hold.set()
        server.stop(None).wait()
