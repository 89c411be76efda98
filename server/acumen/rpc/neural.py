"""`acumen.v1.Neural`: each method decodes, calls, encodes."""

import asyncio
import sqlite3
from dataclasses import dataclass

from acumen.errors import InvalidInput, PredictionNotFound
from acumen.neural.predictor import DEFAULT_NAMESPACE
from acumen.neural.registry import card_of
from acumen.neural.runtime import changed, to_message
from acumen.neural.serving import Serving
from acumen.proto.storage.v1.journal_pb2 import (
    ConfigUpdated,
    JournalEntry,
    ModelLoaded,
    ModelUnloaded,
    OutcomeRecorded,
)
from acumen.proto.v1 import neural_pb2 as pb
from acumen.rpc.benchmark import benchmark
from acumen.rpc.convert import model_message, outcomes_message
from acumen.rpc.describe import Facts, runtime_message
from acumen.rpc.edge import Call
from acumen.rpc.predict_stream import PredictStream
from acumen.rpc.status import status_of
from acumen.rpc.stream import Stream
from acumen.rpc.validate_input import validate_input
from acumen.storage.journal import SqliteJournal
from acumen.storage.predictions import FLUSH_S, PredictionLog, settle

LARGEST_PAGE = 100


@dataclass(slots=True)
class NeuralServicer:
    """The Neural service over a worker's state."""

    serving: Serving
    journal: SqliteJournal
    predictions: PredictionLog
    facts: Facts

    async def list_models(self, request: pb.ListModelsRequest, call: Call) -> pb.ListModelsResponse:
        """Page through the models by name; the token is the last name of the page before."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        registry = self.serving.registry
        found = registry.versions.served()
        rest = [e for e in found if request.category in (0, e.spec.identity.category) and e.name > request.page_token]
        size = request.page_size or LARGEST_PAGE
        page, more = rest[:size], len(rest) > size
        models = [model_message(registry, entry) for entry in page]
        return pb.ListModelsResponse(models=models, next_page_token=page[-1].name if more else "")

    async def get_model(self, request: pb.GetModelRequest, call: Call) -> pb.GetModelResponse:
        """Describe one model."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        registry = self.serving.registry
        entry = registry.find(request.model, request.version)
        outcomes = self.serving.outcomes_of(entry.name, request.namespace)
        return pb.GetModelResponse(
            model=model_message(registry, entry), card=card_of(entry), outcomes=outcomes_message(outcomes)
        )

    async def load_model(self, request: pb.LoadModelRequest, _: Call) -> pb.LoadModelResponse:
        """Prove that the model loads, then journal the wish; every worker follows."""
        registry = self.serving.registry
        entry = registry.find(request.model, request.version)
        await registry.acquire(entry)
        change = ModelLoaded(model=entry.name, version=entry.version)
        revision = await self.journal.append(lambda *_: JournalEntry(model_loaded=change), request, request.request_id)
        await registry.acquire(entry)
        return pb.LoadModelResponse(model=model_message(registry, entry), revision=revision)

    async def unload_model(self, request: pb.UnloadModelRequest, _: Call) -> pb.UnloadModelResponse:
        """Journal the wish; every worker follows."""
        entry = self.serving.registry.find(request.model)
        change = JournalEntry(model_unloaded=ModelUnloaded(model=entry.name))
        revision = await self.journal.append(lambda *_: change, request, request.request_id)
        return pb.UnloadModelResponse(model=model_message(self.serving.registry, entry), revision=revision)

    async def update_config(self, request: pb.UpdateConfigRequest, _: Call) -> pb.UpdateConfigResponse:
        """Refuse what is out of range, journal the rest; every worker follows."""
        changed(self.serving.config, request.config, request.update_mask.paths)
        change = ConfigUpdated(config=request.config, paths=request.update_mask.paths)
        entry = JournalEntry(config_updated=change)
        revision = await self.journal.append(lambda *_: entry, request, request.request_id)
        return pb.UpdateConfigResponse(config=to_message(self.serving.config), revision=revision)

    async def record_outcome(self, request: pb.RecordOutcomeRequest, _: Call) -> pb.RecordOutcomeResponse:
        """Journal how an answer turned out; an answer of another worker may take a moment to reach the disk."""
        namespace = request.namespace or DEFAULT_NAMESPACE
        decided: list[OutcomeRecorded] = []

        def decide(connection: sqlite3.Connection, _: int) -> JournalEntry:
            before = settle(connection, request.prediction_id, namespace, request.event_happened)
            change = OutcomeRecorded(
                prediction_id=before.id,
                namespace=namespace,
                model=before.model,
                p=before.p,
                event_happened=request.event_happened,
            )
            if before.event_happened is not None:
                change.previous = before.event_happened
            decided.append(change)
            return JournalEntry(outcome_recorded=change)

        await self.predictions.flush()
        try:
            revision = await self.journal.append(decide, request, request.request_id)
        except PredictionNotFound:
            await asyncio.sleep(2 * FLUSH_S)
            revision = await self.journal.append(decide, request, request.request_id)
        model = decided[-1].model if decided else await self.predictions.model_of(request.prediction_id)
        outcomes = outcomes_message(self.serving.outcomes_of(model, namespace))
        return pb.RecordOutcomeResponse(model=model, outcomes=outcomes, revision=revision)

    async def predict(self, request: pb.PredictRequest, call: Call) -> pb.PredictResponse:
        """Answer one request."""
        if request.min_revision:
            await self.journal.wait_for(request.min_revision, call.remaining_s())
        return await self.serving.predict(request)

    async def predict_batch(self, request: pb.PredictBatchRequest, call: Call) -> pb.PredictBatchResponse:
        """Answer each request or say why not."""
        newest = max(one.min_revision for one in request.requests)
        await self.journal.wait_for(newest, call.remaining_s())
        results = await self.serving.predict_many(request.requests)
        return pb.PredictBatchResponse(
            results=[
                pb.PredictResult(status=status_of(result, call.request_id))
                if isinstance(result, Exception)
                else pb.PredictResult(response=result)
                for result in results
            ]
        )

    async def predict_stream(self, _: object, stream: Stream) -> None:
        """Answer items as they come."""
        await PredictStream(self.serving, stream, self.facts.drain_grace_s).run()

    async def validate_input(self, request: pb.ValidateInputRequest, _: Call) -> pb.ValidateInputResponse:
        """Check an input without answering it."""
        return await validate_input(self.serving, request.request)

    async def get_runtime(self, request: pb.GetRuntimeRequest, call: Call) -> pb.GetRuntimeResponse:
        """Say what is live here."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        return runtime_message(self.facts, self.serving, self.journal.revision, self.predictions.dropped)

    async def benchmark(self, request: pb.BenchmarkRequest, stream: Stream) -> None:
        """Time a model round by round."""
        entry = self.serving.registry.find(request.model)
        field = entry.spec.identity.input_field
        if wrong := [i for i, one in enumerate(request.inputs) if one.WhichOneof("input") != field]:
            raise InvalidInput.of(f"inputs[{wrong[0]}]", f"model '{entry.name}' takes {field}")
        await benchmark(self.serving, entry, request, stream)
