"""A trajectory: what agents thought, did and saw while they worked on one task, and how it ended."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum


class Outcome(IntEnum):
    """How a task ended; numbers as on the wire."""

    UNKNOWN = 0
    SUCCESS = 1
    FAILURE = 2


LONGEST_ARGUMENTS = 100_000  # characters that are still read as JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one agent. `arguments` is JSON text as the caller has it; all parts may be empty."""

    agent: str = ""
    thought: str = ""
    action: str = ""  # name of the tool or act; empty for a message or a thought alone
    arguments: str = ""
    observation: str = ""
    error: str = ""
    duration_ms: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """All steps of one attempt at one task; `reward` is 0 to 1 where the caller knows it."""

    id: str
    task: str
    task_id: str = ""  # attempts at the same task share it, so that they can be contrasted
    steps: tuple[Step, ...] = ()
    outcome: Outcome = Outcome.UNKNOWN
    reward: float | None = None
    subject: str = ""
    tags: tuple[str, ...] = ()
    created_ms: int = 0
    metadata: Mapping[str, str] = field(default_factory=dict)


def parsed(arguments: str) -> dict[str, object]:
    """Return a step's arguments as a mapping; empty where they are no JSON object, or a very long one."""
    if not arguments.startswith("{") or len(arguments) > LONGEST_ARGUMENTS:
        return {}
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
