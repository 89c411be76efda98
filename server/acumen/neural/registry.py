"""The models of a worker: which exist, which are in memory, and what they cost there."""

import asyncio
from collections import OrderedDict, defaultdict
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import IntEnum

from acumen.errors import InputTypeMismatch, InvalidInput, ModelCorrupt, ModelNotFound, ModelNotTrained, Violation
from acumen.neural import card
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import Entry, load
from acumen.neural.usage import Usage
from acumen.neural.versions import Versions
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

    def __init__(self, versions: Versions, ops: Inference, limits: CacheLimits, executor: Executor) -> None:
        self.versions = versions
        self.usage: defaultdict[str, Usage] = defaultdict(Usage, {name: Usage() for name in versions.names()})
        self.limits = limits
        self._ops = ops
        self._executor = executor
        self._loaded: OrderedDict[tuple[str, str], Model] = OrderedDict()
        self._loading: dict[tuple[str, str], asyncio.Future[Model]] = {}
        self._unloaded: set[str] = set()

    def find(self, name: str, version: str = "") -> Entry:
        """Return a model's entry, by default that of the version that serves; raises `ModelNotFound`."""
        return self.versions.find(name, version)

    def serving(self, name: str, version: str, input_field: str | None) -> Entry:
        """Return the entry that answers an input, by name or, where only one built-in model takes it, by its type.

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
        families = self.versions.families
        fitting = [name for name, e in families.items() if e.spec.identity.input_field == input_field]
        if len(fitting) != 1:
            names = ", ".join(fitting) or "none"
            raise InvalidInput.of("model", f"must be set for {input_field}; models that take it: {names}")
        return self.find(fitting[0])

    def ready(self, entry: Entry) -> Model | None:
        """Return the model if it is in memory, as a use of it."""
        key = (entry.name, entry.version)
        model = self._loaded.get(key)
        if model is None:
            return None
        self._loaded.move_to_end(key)
        self.usage[entry.name].cache_hits += 1
        return model

    async def acquire(self, entry: Entry) -> Model:
        """Return the model, reading it beside the event loop if need be; callers that wait share one reading."""
        if model := self.ready(entry):
            return model
        self.usage[entry.name].cache_misses += 1
        key = (entry.name, entry.version)
        if key not in self._loading:
            self._loading[key] = asyncio.ensure_future(self._read(key, entry))
        return await asyncio.shield(self._loading[key])

    async def _read(self, key: tuple[str, str], entry: Entry) -> Model:
        try:
            loop = asyncio.get_running_loop()
            model = await loop.run_in_executor(self._executor, load, entry, self._ops)
            if self.limits.keep:
                self._loaded[key] = model
                self.trim()
            return model
        finally:
            del self._loading[key]

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
        for key in [key for key in self._loaded if key[0] == name]:
            del self._loaded[key]

    def forget(self, name: str, version: str) -> None:
        """Take a version out of memory."""
        self._loaded.pop((name, version), None)

    def use(self, ops: Inference) -> None:
        """Compute with other kernels from now on."""
        self._ops = ops
        self._loaded = OrderedDict((key, model.with_ops(ops)) for key, model in self._loaded.items())

    def loaded(self, entry: Entry) -> Model | None:
        """Return the model if it is in memory, without using it."""
        return self._loaded.get((entry.name, entry.version))

    def state(self, entry: Entry) -> State:
        """Return whether a version of a model can answer."""
        if entry.name in self._unloaded:
            return State.UNLOADED
        if self.loaded(entry) is not None:
            return State.LOADED
        return State.AVAILABLE if card_of(entry).weights_sha256 else State.UNTRAINED


def card_of(entry: Entry) -> model_pb2.Card:
    """Return the card of a version of a model, empty when it was never trained."""
    try:
        return card.read(entry.folder)
    except (ModelNotTrained, ModelCorrupt):
        return model_pb2.Card()


def memory_of(model: Model) -> Memory:
    """Return what a model holds."""
    trained = sum(value.nbytes for name, value in model.weights.items() if name.startswith(TRAINABLE))
    everything = sum(value.nbytes for value in model.weights.values())
    return Memory(weights_bytes=trained, reference_bytes=everything - trained)
