"""Contexts: tasks that are alike form one group, whatever the order they came in.

Leader clustering (Hartigan, 1975) over tf-idf cosines, tasks taken in the order of their digests; candidates come from
an inverted index over each leader's terms, so that the cost stays near-linear.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from acumen.bank.distilling.entities import masked
from acumen.bank.distilling.record import Record

_WORD = re.compile(r"<[a-z_]+>|[a-z][a-z'\u2019-]{2,}")
_STOP_WORDS = (
    "the and for you your are was were with that this from have has had not but can could would should will shall "
    "may might must what which who whom how when where why also any all some about into onto out over under than "
    "then there their them they its it's i'm i'd i'll i've is am be been being do does did done please help need "
    "want like just get got let make sure thanks thank hello hey hi our ours his her him she one two"
)
_STOP = frozenset(_STOP_WORDS.split())
_ANY = "any task"
_MAX_TERMS = 64
_INDEX_TERMS = 24


def terms_of(text: str) -> tuple[str, ...]:
    """Return the content words of an abstracted text, each once, in the order they come; slots are left out."""
    found = (word for word in _WORD.findall(text.lower()) if word[0] != "<" and word not in _STOP)
    return tuple(dict.fromkeys(found))[:_MAX_TERMS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """A group of attempts at tasks that are alike; `text` is its most typical task, `key` its three heaviest terms.

    `subjects` are those whose words the text has.
    """

    key: tuple[str, ...]
    text: str
    records: tuple[Record, ...]
    subjects: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Task:
    vector: dict[str, float]
    records: list[Record]


def group(records: Sequence[Record], similarity: float) -> list[Context]:
    """Group records, sorted by rank, by the likeness of their tasks' texts; attempts at one task stay together."""
    tasks, frequency = _tasks(records)
    clusters: list[list[_Task]] = []
    index: dict[str, list[int]] = defaultdict(list)
    for task in tasks:
        best = _nearest(task.vector, clusters, index, similarity)
        if best is None:
            best = len(clusters)
            clusters.append([])
            for term in sorted(task.vector, key=lambda t: (-task.vector[t], t))[:_INDEX_TERMS]:
                index[term].append(best)
        clusters[best].append(task)
    return [_context(cluster, frequency) for cluster in clusters]


def applies(context: str, task: str, similarity: float = 0.3) -> bool:
    """Tell whether a pattern of this context speaks of a task: the cosine of their terms, all weighing the same.

    `task` is abstracted text. A context that came of everything speaks of everything.
    """
    ours, theirs = set(terms_of(context)), set(terms_of(task))
    return context.startswith(_ANY) or len(ours & theirs) >= similarity * math.sqrt(len(ours) * len(theirs)) > 0


def whole(records: Sequence[Record]) -> Context:
    """Return the context of everything, under no key; its text names the terms most tasks share."""
    frequency = Counter(term for record in records for term in terms_of(record.task))
    top = sorted(frequency, key=lambda term: (-frequency[term], term))[:8]
    return Context(key=(), text=f"{_ANY} about {', '.join(top)}" if top else _ANY, records=tuple(records))


def _tasks(records: Sequence[Record]) -> tuple[list[_Task], Counter[str]]:
    """Return the tasks with their attempts, and in how many of them each term occurs."""
    attempts: dict[str, list[Record]] = {}
    for record in records:
        attempts.setdefault(record.task_id or f"\0{record.task}", []).append(record)
    terms = [Counter(t for r in members for t in terms_of(r.task)) for members in attempts.values()]
    frequency = Counter(term for counter in terms for term in counter)
    tasks = [_Task(_unit(c, frequency, len(terms)), m) for c, m in zip(terms, attempts.values(), strict=True)]
    return tasks, frequency


def _unit(counts: Counter[str], frequency: Counter[str], n: int) -> dict[str, float]:
    """Return the tf-idf vector of length 1: log tf times smoothed log idf (Manning et al., 2008, section 6.4)."""
    raw = {t: (1 + math.log(c)) * math.log((1 + n) / frequency[t] + 1) for t, c in sorted(counts.items())}
    norm = math.sqrt(sum(v * v for v in raw.values())) or 1.0
    return {t: v / norm for t, v in raw.items()}


def _nearest(
    vector: dict[str, float], clusters: list[list[_Task]], index: dict[str, list[int]], similarity: float
) -> int | None:
    scores: dict[int, float] = defaultdict(float)
    for term, weight in vector.items():
        for number in index.get(term, ()):
            scores[number] += weight * clusters[number][0].vector[term]
    if not vector and any(not cluster[0].vector for cluster in clusters):
        return next(i for i, cluster in enumerate(clusters) if not cluster[0].vector)
    best = max(scores, key=lambda number: (scores[number], -number), default=None)
    return best if best is not None and scores[best] >= similarity else None


def _context(cluster: list[_Task], frequency: Counter[str]) -> Context:
    centre: dict[str, float] = defaultdict(float)
    for task in cluster:
        for term, weight in task.vector.items():
            centre[term] += weight
    key = sorted(centre, key=lambda term: (-centre[term], term))[:3]
    typical = max(cluster, key=lambda t: (sum(w * centre[x] for x, w in t.vector.items()), t.records[0].rank))
    records = sorted((record for task in cluster for record in task.records), key=lambda record: record.rank)
    return Context(
        key=tuple(sorted(key)),
        text=masked(typical.records[0].task, frequency),
        records=tuple(records),
        subjects=frozenset([typical.records[0].subject]),
    )
