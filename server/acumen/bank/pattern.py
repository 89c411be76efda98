"""A pattern of reasoning: what was learned, from what, and how it has fared since."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

OWNER_BYTES = 8  # of a subject's SHA-256, that stand for it in a pattern


class Worded(Protocol):
    """What has a pattern's texts: the value below, and the contract's message."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def context(self) -> str: ...  # noqa: D102
    @property
    def actions(self) -> Iterable[str]: ...  # noqa: D102
    @property
    def content(self) -> str: ...  # noqa: D102


def situation_of(pattern: Worded) -> str:
    """Return the text that is embedded: title and context; without a context, title and content."""
    return "\n".join(part for part in (pattern.title, pattern.context or pattern.content) if part)


def text_of(pattern: Worded) -> str:
    """Return all of its words, for the lexical index."""
    parts = (pattern.title, pattern.context, " ".join(pattern.actions), pattern.content)
    return "\n".join(part for part in parts if part)


def owner_of(subject: str) -> bytes:
    """Return what stands for a subject: the beginning of its SHA-256."""
    return hashlib.sha256(subject.encode()).digest()[:OWNER_BYTES]


def owners_in(joined: bytes) -> tuple[bytes, ...]:
    """Return the owners that a message has one after the other."""
    return tuple(joined[start : start + OWNER_BYTES] for start in range(0, len(joined), OWNER_BYTES))


class Polarity(IntEnum):
    """Whether a pattern says what to do or what to beware of; numbers as on the wire."""

    STRATEGY = 1
    GUARDRAIL = 2


class State(IntEnum):
    """Where a pattern is in its life; numbers as on the wire."""

    PENDING = 1  # distilled, not yet shown to predict; found only on request
    ACTIVE = 2
    SUPERSEDED = 3  # lost a merge; kept, linked, restorable
    DEMOTED = 4  # contradicted by a pattern with better evidence; found only on request


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """How a pattern has fared; times are milliseconds since the epoch, 0 for never."""

    successes: float = 0.0
    failures: float = 0.0
    selections: int = 0
    last_used_ms: int = 0

    @property
    def success_rate(self) -> float:
        """Mean of the Beta(1 + successes, 1 + failures) posterior."""
        return (1 + self.successes) / (2 + self.successes + self.failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One lesson. `context` is the situation it is for, `actions` its abstract steps, `content` the lesson itself."""

    id: str
    title: str = ""
    context: str = ""
    actions: tuple[str, ...] = ()
    content: str = ""
    polarity: Polarity = Polarity.STRATEGY
    state: State = State.ACTIVE
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # ids of trajectories it came from, its own before those that came with merges
    merged_sources: int = 0  # how many came with merges
    owners: tuple[bytes, ...] = ()  # what stands for the subjects of all of them, its own first
    merged_owners: int = 0
    subject: str = ""  # whose data it is, for purges
    created_ms: int = 0
    expires_ms: int = 0  # 0: never
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""
    contradicts: tuple[str, ...] = ()
    statistics: Statistics = Statistics()

    @property
    def situation(self) -> str:
        """The text that is embedded."""
        return situation_of(self)

    @property
    def text(self) -> str:
        """All of its words."""
        return text_of(self)

    @property
    def own_sources(self) -> tuple[str, ...]:
        """The sources that no merge brought."""
        return self.sources[: len(self.sources) - self.merged_sources]

    @property
    def own_owners(self) -> tuple[bytes, ...]:
        """The owners that no merge brought."""
        return self.owners[: len(self.owners) - self.merged_owners]
