"""Pairs of texts that differ in one digit, one negation or one identifier: alike by every measure, never the same."""

import gzip
import json
from itertools import combinations
from pathlib import Path

import numpy as np

_STATEMENTS = (
    "Retry the {name} call {number} times before giving up.",
    "The {name} worker should {not_}be restarted after {number} failed jobs.",
    "Requests to {name} do {not_}need a timeout of {number} seconds.",
    "Set {name} to {number} when the queue grows.",
    "When {name} returns {number}, the client can{not_} retry the request.",
    "It is {not_}safe to run {name} with {number} threads.",
    "{name} is {not_}available in version {number} of the library.",
    "Customers with {number} bags are {not_}charged by {name}.",
    "Close port {number} on {name} when the test ends.",
    "A batch of {number} rows is {not_}accepted by {name}.",
)
_NAMES = (
    "parse_config", "getUserById", "--max-retries", "/etc/hosts", "billing-service", "payment_worker", "E1042",
    "DATABASE_URL", "src/app/main.py", "order_id", "cacheTtl", "--no-cache", "/var/log/syslog", "search-index",
    "TimeoutError", "http://localhost/api", "redis", "kafka", "Stripe", "Postgres",
)  # fmt: skip
KINDS = ("digit", "negation", "identifier")


def generated(count: int, seed: int) -> list[tuple[str, str, str]]:
    """Return `count` pairs of each kind: the kind and the two texts, which differ in nothing else."""
    rng = np.random.default_rng(seed)
    return [(kind, *_pair(kind, rng)) for kind in KINDS for _ in range(count)]


def _pair(kind: str, rng: np.random.Generator) -> tuple[str, str]:
    fitting = [s for s in _STATEMENTS if kind != "negation" or "{not_}" in s]
    statement = fitting[rng.integers(len(fitting))]
    first, second = (_NAMES[i] for i in rng.permutation(len(_NAMES))[:2])
    number = int(rng.integers(2, 1000))
    said = {"name": first, "number": number, "not_": ""}
    changed = {
        "digit": {"number": _other_digit(number, rng)},
        "negation": {"not_": "not "},
        "identifier": {"name": second},
    }
    return statement.format(**said), statement.format(**(said | changed[kind]))


def _other_digit(number: int, rng: np.random.Generator) -> int:
    digits = list(str(number))
    place = int(rng.integers(len(digits)))
    digits[place] = str((int(digits[place]) + int(rng.integers(1, 9))) % 10 or 1)
    changed = int("".join(digits))
    return changed if changed != number else number + 1


def real(data: Path) -> list[tuple[str, str]]:
    """Return WebArena intents of one template filled in differently: other tasks in nearly the same words."""
    with gzip.open(data / "webarena_templates" / "test.raw.json.gz", "rt", encoding="utf-8") as file:
        tasks = json.load(file)
    templates: dict[int, dict[str, str]] = {}
    for task in tasks:
        filled = json.dumps(task["instantiation_dict"], sort_keys=True)
        templates.setdefault(task["intent_template_id"], {}).setdefault(filled, task["intent"])
    pairs = [pair for intents in templates.values() for pair in combinations(intents.values(), 2)]
    return sorted((a, b) for a, b in pairs if a.lower() != b.lower())
