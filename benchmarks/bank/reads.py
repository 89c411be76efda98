"""Retrieve in process beside brute force, the index by bits beside scans, and what the coarse forms cost in recall."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from acumen.bank.retrieval import CANDIDATES
from acumen.index.recall import measured_recall
from acumen.index.sizes import Sizes
from acumen.index.vectors import TIERS, VectorIndex
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from benchmarks.bank.figures import Row, awaited, clocked, held, quantile
from benchmarks.bank.filled import Filled
from benchmarks.record import summary
from tests.banks import Worker

K = 10
ROUNDED = 1e-6
LEAST = {"int4": 0.99, "binary": 0.97}  # recall of the forms that scan coarsely
P50_US = {10_000: 250, 100_000: 500, 1_000_000: 1500}


async def rows(bank: Filled, rounds: int) -> list[Row]:
    """Measure one size."""
    async with bank.opened() as one:
        index = one.kept.state.bank.namespace("default").vectors
        assert index is not None
        brute = Brute(one, index)
        recall = brute.recall(index, bank.questions)
        found = [await _retrieve(bank, one, brute, k, recall, rounds) for k in (1, K)]
        asked = brute.embedded(bank.questions)
        if index.stats()["bits"].rows:
            found.append(_bits(index, asked, bank.name, rounds))
        return [*found, *(_tier(name, index, asked, bank.name, rounds) for name in LEAST)]


class Brute:
    """The vectors that the index holds as float32, one product and one selection a question."""

    def __init__(self, one: Worker, index: VectorIndex) -> None:
        self._embedder = one.kept.state.bank.preparer.embedder
        rows = np.array(sorted(one.kept.state.bank.namespace("default").records.rows.values()), np.int64)
        codes, scales = index.vectors(rows)
        self._rows, self._vectors = rows, codes * scales[:, np.newaxis]

    def search(self, text: str, k: int) -> Any:
        """Return the rows of the k nearest, embedding included."""
        scores = self._vectors @ self._embedder.embed([text])[0]
        best = np.argpartition(-scores, min(k, len(scores) - 1))[:k]
        return self._rows[best[np.argsort(-scores[best])]]

    def embedded(self, questions: list[str]) -> Any:
        """Return the questions' vectors (n, d)."""
        return self._embedder.embed(questions)

    def recall(self, index: VectorIndex, questions: list[str]) -> float:
        """Return the share of the exact ten nearest, by these vectors, that the index finds; any of equal ones will do.

        Of a million patterns thousands share a situation. Scores are equal that differ by what float32 rounds.
        """
        hits = 0
        for vector in self.embedded(questions):
            scores = self._vectors @ vector
            found = scores[np.searchsorted(self._rows, index.search(vector, K)[0])]
            hits += int(np.count_nonzero(found >= np.partition(scores, -K)[-K] - ROUNDED))
        return round(hits / (K * len(questions)), 4)


async def _retrieve(bank: Filled, one: Worker, brute: Brute, k: int, recall: float, rounds: int) -> Row:
    """Take turns round by round, as a server that is asked again and again finds its caches."""
    index = one.kept.state.bank.namespace("default").vectors
    assert index is not None
    before = {kind: held.queries for kind, held in index.stats().items()}
    ours, theirs = (np.empty((rounds + 1, len(bank.questions))) for _ in range(2))
    for turn in range(rounds + 1):
        for at, text in enumerate(bank.questions):
            request = pb.RetrieveRequest(text=text, k=k, min_p_relevant=0)
            ours[turn, at] = await awaited(one.answers.retrieve(request))
        for at, text in enumerate(bank.questions):
            theirs[turn, at] = clocked(lambda text=text: brute.search(text, k))  # type: ignore[misc]
    ours, theirs = ours[1:], theirs[1:]
    row = {
        "what": f"Retrieve in process, k {k}, {bank.name}",
        "against": "NumPy brute force over the same vectors, both with the embedding",
        "n": len(bank),
        "questions": len(bank.questions),
        "recall_at_10": recall,
        "served": " and ".join(kind for kind, held in index.stats().items() if held.queries > before[kind]),
        "p50_us": summary([quantile(turn, 0.5) for turn in ours]),
        "p99_us": summary([quantile(turn, 0.99) for turn in ours]),
        "brute_p50_us": summary([quantile(turn, 0.5) for turn in theirs]),
        "speedup": summary([quantile(b, 0.5) / quantile(a, 0.5) for a, b in zip(ours, theirs, strict=True)]),
    }
    row = held(row, "recall_at_10", least=0.99)
    return held(row, "p50_us", most=P50_US[len(bank)]) if len(bank) in P50_US else row


def _bits(index: VectorIndex, asked: Any, patterns: str, rounds: int) -> Row:
    """Search by bits and scan the same segments by turns, for as many as a retrieval asks for; without graphs."""
    n, ours, theirs = len(index), [], []
    with ThreadPoolExecutor(1) as build:
        bits, scans = Sizes(graph_rows=n + 1), Sizes(graph_rows=n + 1, bits_rows=n + 1)
        one, other = (VectorIndex(index.dimension, build, sizes) for sizes in (bits, scans))
        for each in (one, other):
            each.restore(index.image())
        for _ in range(rounds):
            ours.append([clocked(lambda query=query: one.search(query, CANDIDATES)) for query in asked])  # type: ignore[misc]
            theirs.append([clocked(lambda query=query: other.search(query, CANDIDATES)) for query in asked])  # type: ignore[misc]
        return {
            "what": f"search for {CANDIDATES}, by bits where a segment holds them, {patterns}",
            "against": "a scan of the same segments by their bytes",
            "n": n,
            "recall_at_10": round(measured_recall(one, asked, K), 4),
            "p50_us": summary([quantile(turn, 0.5) for turn in ours]),
            "scan_p50_us": summary([quantile(turn, 0.5) for turn in theirs]),
            "p50_ratio": summary([quantile(a, 0.5) / quantile(b, 0.5) for a, b in zip(ours, theirs, strict=True)]),
        }


def _tier(name: str, index: VectorIndex, asked: Any, patterns: str, rounds: int) -> Row:
    n = len(index)
    with ThreadPoolExecutor(1) as build:
        tier = index.compacted(name, build)
        times = [[clocked(lambda query=query: tier.search(query, K)) for query in asked] for _ in range(rounds)]  # type: ignore[misc]
        stats = tier.stats()[TIERS[name]]
        row = {
            "what": f"search of the {name} form, {patterns}",
            "n": n,
            "recall_at_10": round(measured_recall(tier, asked, K), 4),
            "p50_us": summary([quantile(turn, 0.5) for turn in times]),
            "resident_bytes_per_row": round(stats.resident_bytes / n, 1),
            "mapped_bytes_per_row": round(stats.disk_bytes / n, 1),
        }
        return held(row, "recall_at_10", least=LEAST[name])
