"""The Neural service without a transport: answering, and the state that the journal's entries fold into."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypeAlias

from acumen import log
from acumen.errors import AcumenError
from acumen.neural.coalesce import Coalescer
from acumen.neural.executor import BoundedExecutor
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.outcomes import Outcomes
from acumen.neural.predictor import DEFAULT_NAMESPACE, FULL, Predictor, group_key
from acumen.neural.recipe import Entry
from acumen.neural.registry import Registry
from acumen.neural.runtime import LEVELS, RuntimeConfig, changed, kernels_of, runnable
from acumen.proto.storage.v1.journal_pb2 import (
    ConfigUpdated,
    JournalEntry,
    ModelLoaded,
    ModelsImage,
    ModelUnloaded,
    OutcomeRecorded,
)
from acumen.proto.storage.v1.training_pb2 import VersionAdded, VersionDeleted, VersionServed
from acumen.proto.v1.neural_pb2 import PredictRequest, PredictResponse

# Microseconds of work from which it leaves the event loop.
BESIDE_US = 500
FULL_FACTOR = 50

_log = log.logger("neural")

Result: TypeAlias = PredictResponse | Exception


class Serving:
    """What one worker answers with; all of its state is a fold of the journal."""

    def __init__(
        self, registry: Registry, predictor: Predictor, executor: BoundedExecutor, config: RuntimeConfig
    ) -> None:
        self.registry, self.predictor, self.executor, self.config = registry, predictor, executor, config
        self.outcomes: dict[tuple[str, str], Outcomes] = {}
        self._changes: dict[str, ConfigUpdated] = {}  # the last of each field
        self._loading: set[asyncio.Task[Model]] = set()
        self._coalescer = Coalescer()
        self._configure(config)

    async def predict(self, request: PredictRequest) -> PredictResponse:
        """Answer one request, alone or, where a batch window is set, with others."""
        entry, model = await self._model_for(request)
        if self._beside(entry, [request]):
            return (await self.executor.run(self._answer, model, [request]))[0]
        if self.config.batch_window_ms > 0:
            key = (model, group_key(request))
            response: PredictResponse = await self._coalescer.submit(
                key, request, lambda all_: self._answer(model, all_)
            )
            return response
        return self._answer(model, [request])[0]

    def is_quick(self, request: PredictRequest) -> bool:
        """Return whether a request is answered (or refused) on the event loop without waiting for anything."""
        if self.config.batch_window_ms > 0:
            return False
        try:
            entry = self.registry.serving(request.model, request.version, request.WhichOneof("input"))
        except AcumenError:
            return True
        return self.registry.loaded(entry) is not None and not self._beside(entry, [request])

    async def predict_many(self, requests: Sequence[PredictRequest]) -> list[Result]:
        """Answer requests in order, each with its response or its error; those alike are computed together."""
        results: list[Result | None] = [None] * len(requests)
        found: list[tuple[Model, Entry, int]] = []
        for i, request in enumerate(requests):
            try:
                entry, model = await self._model_for(request)
                found.append((model, entry, i))
            except AcumenError as error:
                results[i] = error
        found.sort(key=lambda f: (f[1].name, group_key(requests[f[2]]), f[2]))
        for _, group in groupby(found, key=lambda f: (f[1].name, group_key(requests[f[2]]))):
            members = list(group)
            model, entry, _ = members[0]
            alike = [requests[i] for _, _, i in members]
            for (_, _, i), result in zip(members, await self._answer_alike(entry, model, alike), strict=True):
                results[i] = result
        return [result for result in results if result is not None]

    async def _model_for(self, request: PredictRequest) -> tuple[Entry, Model]:
        entry = self.registry.serving(request.model, request.version, request.WhichOneof("input"))
        return entry, self.registry.ready(entry) or await self.registry.acquire(entry)

    async def _answer_alike(self, entry: Entry, model: Model, requests: list[PredictRequest]) -> list[Result]:
        if self._beside(entry, requests):
            return await self.executor.run(self._answer_each, model, requests)
        return self._answer_each(model, requests)

    def _answer_each(self, model: Model, requests: list[PredictRequest]) -> list[Result]:
        """Answer together; where one request spoils that, answer each alone."""
        try:
            return list(self._answer(model, requests))
        except AcumenError as error:
            if len(requests) == 1:
                return [error]
        return [result for request in requests for result in self._answer_each(model, [request])]

    def _answer(self, model: Model, requests: Sequence[PredictRequest]) -> list[PredictResponse]:
        return self.predictor.answer(model, self.registry.usage[model.name], requests)

    @staticmethod
    def _beside(entry: Entry, requests: Sequence[PredictRequest]) -> bool:
        field = entry.spec.identity.input_field
        if len(requests) > 1 and len(requests) * 100 >= BESIDE_US:
            return True
        factor = FULL_FACTOR if requests[0].options.explain == FULL else 1
        return sum(entry.spec.cost(getattr(request, field)) for request in requests) * factor >= BESIDE_US

    def apply(self, entry: JournalEntry) -> None:
        """Fold one entry of the journal into the state; those of others change nothing here."""
        change = entry.WhichOneof("change") or ""
        handle = getattr(self, f"_on_{change}", None)
        if handle is not None:
            handle(getattr(entry, change))

    def _on_model_loaded(self, change: ModelLoaded) -> None:
        versions = self.registry.versions
        if versions.serving(change.model) is None and not change.version:
            return  # a newer server may have journalled a model that is not known here
        versions.serve(change.model, change.version)
        if (entry := versions.serving(change.model)) is not None:
            self.registry.enable(change.model)
            task = asyncio.ensure_future(self.registry.acquire(entry))
            self._loading.add(task)
            task.add_done_callback(self._loaded)

    def _loaded(self, task: "asyncio.Task[Model]") -> None:
        self._loading.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("wanted model not loaded", cause=str(error))

    def _on_model_unloaded(self, change: ModelUnloaded) -> None:
        self.registry.disable(change.model)

    def _on_version_added(self, change: VersionAdded) -> None:
        self.registry.versions.add(change.version)
        if change.serves:
            self.registry.versions.serve(change.version.model, change.version.version)

    def _on_version_served(self, change: VersionServed) -> None:
        self.registry.versions.serve(change.model, change.version)

    def _on_version_deleted(self, change: VersionDeleted) -> None:
        self.registry.versions.delete(change.model, change.version)
        self.registry.forget(change.model, change.version)

    def _on_config_updated(self, change: ConfigUpdated) -> None:
        # Journalled on another processor, a kernel level may not run on this one; it keeps what it has.
        here = LEVELS[change.config.kernels] in runnable()
        self._changes |= dict.fromkeys(change.paths, change)
        self._configure(changed(self.config, change.config, [p for p in change.paths if p != "kernels" or here]))

    def _on_outcome_recorded(self, change: OutcomeRecorded) -> None:
        previous = change.previous if change.HasField("previous") else None
        fold = self.outcomes.setdefault((change.namespace, change.model), Outcomes())
        fold.add(change.p, change.event_happened, previous)

    def _configure(self, config: RuntimeConfig) -> None:
        self.config = config
        self.executor.resize(config.threads)
        self.registry.limits.size_bytes = config.memory_max_bytes
        self.registry.trim()
        self.registry.use(Inference(kernels_of(config.kernels)))
        self._coalescer.window_s = config.batch_window_ms / 1e3

    def image(self) -> ModelsImage:
        """Return the state for a snapshot."""
        registry, names = self.registry, self.registry.versions.names()
        image = ModelsImage(
            loaded=[entry.name for entry in registry.versions.served() if registry.loaded(entry) is not None],
            unloaded=[name for name in names if registry.is_unloaded(name)],
            outcomes=[fold.image(*key) for key, fold in sorted(self.outcomes.items())],
        )
        added, past = registry.versions.image()
        image.training.versions.extend(added)
        image.training.served.extend(past)
        for path, change in sorted(self._changes.items()):
            image.config.MergeFrom(ConfigUpdated(paths=[path]))
            _copy_field(change.config, image.config.config, path)
        return image

    def restore(self, image: ModelsImage) -> None:
        """Take the state of a snapshot in place of the present one."""
        self.outcomes = {(one.namespace, one.model): Outcomes.of(one) for one in image.outcomes}
        self.registry.versions.restore(image.training.versions, image.training.served)
        for name in image.unloaded:
            self._on_model_unloaded(ModelUnloaded(model=name))
        for name in image.loaded:
            self._on_model_loaded(ModelLoaded(model=name))
        if image.config.paths:
            self._on_config_updated(image.config)

    async def loaded(self) -> None:
        """Return once every model that is to be in memory is there; one that cannot be was logged."""
        await asyncio.gather(*self._loading, return_exceptions=True)

    def outcomes_of(self, model: str, namespace: str) -> Outcomes:
        """Return how a model's recorded answers turned out in a namespace."""
        return self.outcomes.get((namespace or DEFAULT_NAMESPACE, model), Outcomes())


def _copy_field(source: Any, target: Any, name: str) -> None:
    value = getattr(source, name)
    if source.DESCRIPTOR.fields_by_name[name].message_type:
        getattr(target, name).CopyFrom(value)
    else:
        setattr(target, name, value)
