"""The models of a worker: which exist, which are in memory, and what they cost there."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import IntEnum

from acumen.errors import InputTypeMismatch, InvalidInput, ModelCorrupt, ModelNotFound, ModelNotTrained, Violation
from acumen.neural import card
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Entry, load
from acumen.neural.usage import Usage
from acumen.neural.weights import TRAINABLE
from acumen.proto.v1 import model_pb2


class State(IntEnum):
    """Whether a model can answer; values are those of `acumen.v1.ModelState`."""

    AVAILABLE = 1
    LOADED = 2
    UNLOADED = 3
    UNTRAINED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident bytes of a loaded model."""

    weights_bytes: int
    reference_bytes: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.weights_bytes + self.reference_bytes


@dataclass(slots=True, kw_only=True)
class CacheLimits:
    """What the cache of loaded models may hold; `keep` False loads for every call."""

    keep: bool
    models: int
    size_bytes: int


class Registry:
    """Finds, loads and drops models; used on the event loop, reading files beside it."""

    def __init__(self, catalogue: Sequence[Entry], ops: Inference, limits: CacheLimits, executor: Executor) -> None:
        self.entries = {entry.name: entry for entry in sorted(catalogue, key=lambda e: e.name)}
        self.usage = {name: Usage() for name in self.entries}
        self.limits = limits
        self._ops = ops
        self._executor = executor
        self._loaded: OrderedDict[str, Model] = OrderedDict()
        self._loading: dict[str, asyncio.Future[Model]] = {}
        self._unloaded: set[str] = set()

    def find(self, name: str, version: str = "") -> Entry:
        """Return a model's entry; raises `ModelNotFound` when there is none of this name and version in service."""
        entry = self.entries.get(name)
        if entry is None:
            raise ModelNotFound(name, f"known are {', '.join(self.entries)}")
        if version and version != entry.spec.identity.version:
            raise ModelNotFound(f"{name} {version}", f"here is {entry.spec.identity.version}")
        return entry

    def serving(self, name: str, version: str, input_field: str | None) -> Entry:
        """Return the entry that answers an input, by name or, where only one model takes it, by the input's type.

        Raises `InvalidInput` without an input, `InputTypeMismatch` when name and type disagree, `ModelNotFound`.
        """
        if input_field is None:
            raise InvalidInput.of("input", "no input is set, exactly one must be")
        entry = self.find(name, version) if name else self._by_input(input_field)
        if entry.spec.identity.input_field != input_field:
            takes = entry.spec.identity.input_field
            raise InputTypeMismatch([Violation(field=input_field, description=f"model '{name}' takes {takes}")])
        if entry.name in self._unloaded:
            raise ModelNotFound(entry.name, "it is unloaded; LoadModel brings it back")
        return entry

    def _by_input(self, input_field: str) -> Entry:
        fitting = [e for e in self.entries.values() if e.spec.identity.input_field == input_field]
        if len(fitting) != 1:
            names = ", ".join(entry.name for entry in fitting) or "none"
            raise InvalidInput.of("model", f"must be set for {input_field}; models that take it: {names}")
        return fitting[0]

    def ready(self, name: str) -> Model | None:
        """Return the model if it is in memory, as a use of it."""
        model = self._loaded.get(name)
        if model is None:
            return None
        self._loaded.move_to_end(name)
        self.usage[name].cache_hits += 1
        return model

    async def acquire(self, name: str) -> Model:
        """Return the model, reading it beside the event loop if need be; callers that wait share one reading."""
        if model := self.ready(name):
            return model
        self.usage[name].cache_misses += 1
        if name not in self._loading:
            self._loading[name] = asyncio.ensure_future(self._read(name))
        return await asyncio.shield(self._loading[name])

    async def _read(self, name: str) -> Model:
        try:
            loop = asyncio.get_running_loop()
            model = await loop.run_in_executor(self._executor, load, self.entries[name], self._ops)
            if self.limits.keep:
                self._loaded[name] = model
                self.trim()
            return model
        finally:
            del self._loading[name]

    def trim(self) -> None:
        """Drop the least recently used models until the limits hold; one always stays."""
        while len(self._loaded) > 1 and (
            len(self._loaded) > self.limits.models or self._size() > self.limits.size_bytes
        ):
            self._loaded.popitem(last=False)

    def _size(self) -> int:
        return sum(memory_of(model).total for model in self._loaded.values())

    def enable(self, name: str) -> None:
        """Put a model in service."""
        self._unloaded.discard(name)

    def is_unloaded(self, name: str) -> bool:
        """Return whether a model was taken out of service."""
        return name in self._unloaded

    def disable(self, name: str) -> None:
        """Take a model out of service and out of memory."""
        self._unloaded.add(name)
        self._loaded.pop(name, None)

    def use(self, ops: Inference) -> None:
        """Compute with other kernels from now on."""
        self._ops = ops
        self._loaded = OrderedDict((name, model.with_ops(ops)) for name, model in self._loaded.items())

    def loaded(self, name: str) -> Model | None:
        """Return the model if it is in memory, without using it."""
        return self._loaded.get(name)

    def state(self, name: str) -> State:
        """Return whether a model can answer."""
        if name in self._unloaded:
            return State.UNLOADED
        if name in self._loaded:
            return State.LOADED
        return State.AVAILABLE if self.card(name).weights_sha256 else State.UNTRAINED

    def card(self, name: str) -> model_pb2.Card:
        """Return a model's card, empty when it was never trained."""
        try:
            return card.read(self.entries[name].folder)
        except (ModelNotTrained, ModelCorrupt):
            return model_pb2.Card()


def memory_of(model: Model) -> Memory:
    """Return what a model holds."""
    trained = sum(value.nbytes for name, value in model.weights.items() if name.startswith(TRAINABLE))
    everything = sum(value.nbytes for value in model.weights.values())
    return Memory(weights_bytes=trained, reference_bytes=everything - trained)
