"""Which form a namespace's vectors are held in: the smallest that keeps a recall floor, measured on the bank itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acumen.bank.namespace import TIERS, Namespace
from acumen.bank.statistics import resident_bytes
from acumen.bank.writes import Origin, Writes
from acumen.errors import InvalidInput
from acumen.index.coarse import resident_bytes as resident_tier_bytes
from acumen.index.recall import measured_recall, recall_of_tier
from acumen.index.vectors import VectorIndex
from acumen.neural.executor import BoundedExecutor
from acumen.neural.rounding import significant
from acumen.proto.storage.v1 import bank_pb2 as journalled
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb

DEFAULT_FLOOR, LEAST_FLOOR = 0.97, 0.5
SAMPLE = 200


@dataclass(slots=True)
class Compression:
    """The last part of a consolidation."""

    writes: Writes
    executor: BoundedExecutor
    name: str

    async def run(self, request: pb.ConsolidateRequest, report: pb.ConsolidateReport) -> None:
        """Change the form where that is asked for, and report recall and bytes before and after.

        Raises `InvalidInput` where the form asked for would keep less than the floor.
        """
        namespace = self.writes.bank.searchable(self.name)
        report.tier = namespace.tier
        report.bytes_before.update(resident_bytes(namespace))
        if namespace.vectors is not None and len(namespace.vectors):
            await self._measure(namespace, namespace.vectors, request, report)
        report.bytes_after.update(resident_bytes(namespace))
        report.memory_saved_bytes = sum(report.bytes_before.values()) - sum(report.bytes_after.values())

    async def _measure(
        self, namespace: Namespace, vectors: VectorIndex, request: pb.ConsolidateRequest, report: pb.ConsolidateReport
    ) -> None:
        queries = _sample(namespace, vectors)
        before = await self.executor.run(measured_recall, vectors, queries)
        report.recall_before = report.recall_after = significant(before)
        if request.tier == pb.COMPRESSION_TIER_UNSPECIFIED:
            return
        tier, recall = await self._choose(vectors, request, queries)
        report.tier, report.recall_after = tier, significant(recall)
        if not request.dry_run:
            change = journalled.TierChanged(namespace=self.name, tier=tier)
            request_id = f"{request.request_id}/tier" if request.request_id else ""
            origin = Origin(request=request, request_id=request_id)
            report.revision = await self.writes.append(lambda *_: JournalEntry(tier_changed=change), origin)
            report.tier = namespace.tier  # a retry's is that of the first call

    async def _choose(
        self, vectors: VectorIndex, request: pb.ConsolidateRequest, queries: NDArray[np.float32]
    ) -> tuple[pb.CompressionTier, float]:
        """Return the form and the recall it keeps: the one asked for, or the smallest above the floor."""
        floor = request.recall_floor or DEFAULT_FLOOR
        if floor < LEAST_FLOOR:
            raise InvalidInput.of("recall_floor", f"is {floor:.3g}, must be at least {LEAST_FLOOR}")
        automatic = request.tier == pb.COMPRESSION_TIER_AUTO
        for tier in smallest_first(len(vectors), vectors.dimension) if automatic else (request.tier,):
            build = self.writes.bank.build
            recall = await self.executor.run(recall_of_tier, vectors, TIERS[tier], queries, build)
            if recall >= floor:
                return tier, recall
        text = f"is {floor:.3g}, and {TIERS[tier]} keeps {recall:.3g} of the exact ten nearest"
        raise InvalidInput.of("recall_floor", text)


def smallest_first(rows: int, dimension: int) -> list[pb.CompressionTier]:
    """Return the forms in order of the bytes that so many rows would take: what all rows share counts, too."""
    return sorted(TIERS, key=lambda tier: resident_tier_bytes(TIERS[tier], rows, dimension))


def _sample(namespace: Namespace, vectors: VectorIndex) -> NDArray[np.float32]:
    """Return the vectors of some patterns, evenly spread over the rows."""
    rows = np.array(sorted(namespace.records.rows.values()), np.int64)
    some = rows[np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).astype(np.int64)]
    codes, scales = vectors.vectors(some)
    return codes.astype(np.float32) * scales[:, np.newaxis]
