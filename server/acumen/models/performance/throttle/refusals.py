"""Naming everything that is wrong with API metrics."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from acumen.errors import Violation
from acumen.models.performance.throttle.metrics import FIELDS, T
from acumen.models.performance.throttle.reading import table
from acumen.proto.models.v1 import performance_pb2 as pb

WINDOWS = 32
CLIENTS = 256
ID_BYTES = 256
LEAST, MOST = 1e-6, 1e9
MOST_TIME = 1e15
MOST_QUOTA = 1e15
MOST_RESET = 1e12
MOST_FACTOR = 1000.0
MOST_WEIGHT = 1e6


def violations(message: pb.ApiMetrics) -> list[Violation]:
    """Return every rule that an input breaks."""
    found = [*_numbers(message), *_windows(message), *_quota(message), *_clients(message)]
    return [Violation(field=f"api_metrics.{field}", description=text) for field, text in found]


def _numbers(message: pb.ApiMetrics) -> Iterator[tuple[str, str]]:
    for name in ("interval_ms", "current_limit_per_s"):
        yield from _positive(name, getattr(message, name), MOST)
    yield from _between("slo_ms", message.slo_ms, MOST)
    for name in ("max_rise", "max_fall"):
        value = getattr(message, name)
        if value and not 1 <= value <= MOST_FACTOR:
            yield name, f"is {value:.6g}, must be 0 or 1 to {MOST_FACTOR:g}"


def _positive(field: str, value: float, most: float) -> Iterator[tuple[str, str]]:
    if not LEAST <= value <= most:
        yield field, f"is {value:.6g}, must be {LEAST:g} to {most:g}"


def _between(field: str, value: float, most: float) -> Iterator[tuple[str, str]]:
    if not 0 <= value <= most:
        yield field, f"is {value:.6g}, must be 0 to {most:g}"


def _windows(message: pb.ApiMetrics) -> Iterator[tuple[str, str]]:
    n = len(message.windows)
    if not 1 <= n <= WINDOWS:
        yield "windows", f"holds {n} windows, must be 1 to {WINDOWS}"
        return
    rows = table(message)
    good = (rows >= 0) & (rows <= MOST)
    good[:, T] = np.abs(rows[:, T]) <= MOST_TIME
    if not good.all():
        for i, j in zip(*np.nonzero(~good), strict=True):
            limits = f"-{MOST_TIME:g} to {MOST_TIME:g}" if j == T else f"0 to {MOST:g}"
            yield f"windows[{i}].{FIELDS[j]}", f"is {rows[i, j]:.6g}, must be {limits}"
    for i, (a, b) in enumerate(pairwise(rows[:, T].tolist())):
        if b < a:
            yield f"windows[{i + 1}].t_ms", f"is {b:.12g}, must not be below the {a:.12g} before it"


def _quota(message: pb.ApiMetrics) -> Iterator[tuple[str, str]]:
    if not message.HasField("quota"):
        return
    quota = message.quota
    yield from _between("quota.limit", quota.limit, MOST_QUOTA)
    yield from _between("quota.remaining", quota.remaining, MOST_QUOTA)
    yield from _positive("quota.reset_ms", quota.reset_ms, MOST_RESET)
    if 0 < quota.limit < quota.remaining:
        yield "quota.remaining", f"is {quota.remaining:.9g}, must be at most the limit, {quota.limit:.9g}"


def _clients(message: pb.ApiMetrics) -> Iterator[tuple[str, str]]:
    if len(message.clients) > CLIENTS:
        yield "clients", f"holds {len(message.clients)} clients, must be at most {CLIENTS}"
        return
    seen: dict[str, int] = {}
    for i, client in enumerate(message.clients):
        yield from _id(client.id, i, seen)
        if client.weight and not LEAST <= client.weight <= MOST_WEIGHT:
            yield f"clients[{i}].weight", f"is {client.weight:.6g}, must be 0 or {LEAST:g} to {MOST_WEIGHT:g}"
        if client.HasField("demand_per_s"):
            yield from _between(f"clients[{i}].demand_per_s", client.demand_per_s, MOST)


def _id(name: str, i: int, seen: dict[str, int]) -> Iterator[tuple[str, str]]:
    size = len(name.encode())
    if not 1 <= size <= ID_BYTES:
        yield f"clients[{i}].id", f"has {size} bytes, must have 1 to {ID_BYTES}"
    elif name in seen:
        yield f"clients[{i}].id", f"'{name}' is also the id of clients[{seen[name]}], must be distinct"
    seen.setdefault(name, i)


def label_violations(message: pb.ApiMetrics, truth: pb.ThrottleTruth) -> list[Violation]:
    """Return every rule that a label breaks."""
    names = ("capacity_per_s", "sustainable_per_s", "carried_per_s", "p95_ms")
    given = [name for name in names if truth.HasField(name)]
    found = [one for name in given for one in _positive(name, getattr(truth, name), MOST)]
    if not given and not truth.HasField("over_capacity"):
        found.append(("", "says nothing, must have at least one field"))
    found += [] if found else _contradictions(message, truth)
    return [Violation(field=f"throttle_truth.{field}".rstrip("."), description=text) for field, text in found]


def _contradictions(message: pb.ApiMetrics, truth: pb.ThrottleTruth) -> list[tuple[str, str]]:
    """Return what cannot be true together."""
    found, limit = [], message.current_limit_per_s
    if truth.HasField("capacity_per_s"):
        capacity = truth.capacity_per_s
        if truth.carried_per_s > capacity:
            text = f"is {truth.carried_per_s:.6g}, must be at most capacity_per_s, {capacity:.6g}"
            found.append(("carried_per_s", text))
        if truth.HasField("over_capacity") and truth.over_capacity != (limit > capacity):
            word = "true" if truth.over_capacity else "false"
            found.append(
                ("over_capacity", f"is {word}, against a limit of {limit:.6g} and a capacity of {capacity:.6g}")
            )
    elif truth.HasField("carried_per_s") and truth.over_capacity and truth.carried_per_s >= limit:
        text = f"is {truth.carried_per_s:.6g}, must be below the limit in force, {limit:.6g}, that was over capacity"
        found.append(("carried_per_s", text))
    return found
