"""A bank as the sections of a snapshot, and back.

`frozen` copies, on the event loop, what the loop may change; `sections` turns the copy into bytes on any thread.
"""

import copy
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from acumen.bank.distilling.promotion import Evidence
from acumen.bank.learning import Learner
from acumen.bank.namespace import Namespace
from acumen.bank.records import Records
from acumen.errors import InvalidInput, SnapshotCorrupt
from acumen.index.image import SegmentImage
from acumen.proto.storage.v1.bank_pb2 import KeptTrajectory, NamespaceImage, PatternTest
from acumen.proto.v1.verdict_pb2 import Verdict
from acumen.storage.snapshot import FAST, HIGH, Section

NAMESPACES = "namespaces"
KINDS = ("exact", "hnsw", "compact", "int4")  # in a snapshot by their place: only add
SEGMENT = ("rows", "alive", "codes", "scales")


class Reader(Protocol):
    """What a snapshot can be asked for."""

    def section(self, name: str) -> bytes:
        """Return a section; raises `SnapshotCorrupt` where it is missing or damaged."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """A namespace that nothing changes any more."""

    meta: NamespaceImage
    bodies: list[bytes]
    columns: NDArray[Any]
    verdicts: list[bytes]
    trajectories: list[bytes]
    vectors: Any
    lexical: Any


def frozen(namespace: Namespace) -> Frozen:
    """Copy a namespace; bodies and vectors are shared, being values that are replaced, never changed."""
    meta = NamespaceImage(
        namespace=namespace.name,
        embedder=namespace.embedder,
        dimension=namespace.dimension,
        tier=namespace.tier,
        learned=namespace.learner.state(),
        outcomes=namespace.outcomes,
        tests=[
            PatternTest(id=i, attempts=gained.attempts, total=gained.total, squares=gained.squares)
            for i, gained in namespace.tests.items()
        ],
    )
    return Frozen(
        meta=meta,
        bodies=list(namespace.records.bodies),
        columns=namespace.records.columns.copy(),
        verdicts=list(namespace.verdicts.values()),
        trajectories=[kept.SerializeToString() for kept in namespace.trajectories.values()],
        vectors=namespace.vectors.image() if namespace.vectors else None,
        lexical=copy.deepcopy(namespace.lexical),
    )


def sections(parts: Sequence[Frozen]) -> Iterator[Section]:
    """Yield the sections of namespaces, in the order given."""
    yield Section(name=NAMESPACES, data=_array(np.array([len(parts)])))
    for number, part in enumerate(parts):
        yield Section(name=f"{number}.meta", data=part.meta.SerializeToString(deterministic=True))
        for name in ("bodies", "verdicts", "trajectories"):
            yield from _texts(f"{number}.{name}", getattr(part, name))
        yield Section(name=f"{number}.columns", data=_array(part.columns), level=FAST)
        for name, array in _arrays(part):
            yield Section(name=f"{number}.{name}", data=_array(array), level=FAST)


def _arrays(part: Frozen) -> Iterator[tuple[str, NDArray[Any]]]:
    segments = part.vectors or []
    yield "segments", np.array([(KINDS.index(one.kind), one.level) for one in segments], np.int64).reshape(-1, 2)
    for i, segment in enumerate(segments):
        for name in SEGMENT:
            yield f"segment.{i}.{name}", getattr(segment, name)
    terms = part.lexical.image()
    yield "lexical", np.array(sorted(terms), "S")
    for name in sorted(terms):
        yield f"lexical.{name}", terms[name]


def _texts(name: str, texts: list[bytes]) -> Iterator[Section]:
    yield Section(name=f"{name}.sizes", data=_array(np.array([len(text) for text in texts], np.uint32)))
    yield Section(name=name, data=b"".join(texts), level=HIGH)


def _array(array: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array, order="C"), allow_pickle=False)
    return file.getvalue()


def load(snapshot: Reader, new: Callable[[str], Namespace]) -> Iterator[Namespace]:
    """Yield the namespaces of a snapshot; `new` makes an empty one. Raises `SnapshotCorrupt`."""
    try:
        count = int(_read(snapshot, NAMESPACES)[0])
        for number in range(count):
            yield _load(snapshot, number, new)
    except (ValueError, TypeError, KeyError, IndexError, DecodeError, InvalidInput) as error:
        raise SnapshotCorrupt("content", f"is not that of a bank: {error}") from error


def _load(snapshot: Reader, number: int, new: Callable[[str], Namespace]) -> Namespace:
    meta = NamespaceImage.FromString(snapshot.section(f"{number}.meta"))
    namespace = new(meta.namespace)
    namespace.embedder, namespace.dimension = meta.embedder, meta.dimension
    namespace.tier, namespace.outcomes = meta.tier, meta.outcomes
    namespace.learner = Learner.of(meta.learned)
    namespace.records = Records.of(list(_split(snapshot, f"{number}.bodies")), _read(snapshot, f"{number}.columns"))
    for body in _split(snapshot, f"{number}.verdicts"):
        namespace.keep_verdict(Verdict.FromString(body))
    namespace.keep_trajectories(KeptTrajectory.FromString(b) for b in _split(snapshot, f"{number}.trajectories"))
    namespace.tests = {
        one.id: Evidence(attempts=one.attempts, total=one.total, squares=one.squares) for one in meta.tests
    }
    namespace.recount()
    kinds, names = _read(snapshot, f"{number}.segments"), _read(snapshot, f"{number}.lexical").astype(str)
    namespace.load_indexes(
        [_segment(snapshot, number, i, kinds[i]) for i in range(len(kinds))],
        {name: _read(snapshot, f"{number}.lexical.{name}") for name in names},
    )
    return namespace


def _segment(snapshot: Reader, number: int, place: int, kind: NDArray[np.int64]) -> SegmentImage:
    arrays = {name: _read(snapshot, f"{number}.segment.{place}.{name}") for name in SEGMENT}
    return SegmentImage(kind=KINDS[kind[0]], level=int(kind[1]), **arrays)


def _split(snapshot: Reader, name: str) -> Iterator[bytes]:
    sizes, data = _read(snapshot, f"{name}.sizes"), snapshot.section(name)
    ends = np.cumsum(sizes, dtype=np.int64).tolist()
    if (ends[-1] if ends else 0) != len(data):
        raise ValueError(f"the sizes of '{name}' do not add up")
    for start, end in zip([0, *ends], ends, strict=False):
        yield data[start:end]


def _read(snapshot: Reader, name: str) -> NDArray[Any]:
    return np.lib.format.read_array(io.BytesIO(snapshot.section(name)), allow_pickle=False)
