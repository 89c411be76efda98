"""Naming everything that is wrong with load metrics."""

import math
from collections.abc import Iterator

from acumen.errors import InvalidInput, Violation
from acumen.proto.models.v1 import coordination_pb2 as pb

SERVERS = 256
WINDOWS = 32
ID_BYTES = 256
AT_MOST_ONE = frozenset({"max_step", "error_rate", "cpu", "current_weight"})
LOAD = ("arrival_rate_per_s", "arrival_cv", "size_cv", "slo_ms", "max_step")
SERVER = ("nominal_capacity_per_s", "p50_ms", "p99_ms", "error_rate", "cpu", "last_report_age_ms", "current_weight")
WINDOW = ("rate_per_s", "mean_ms")


def refuse(message: pb.LoadMetrics) -> None:
    """Raise `InvalidInput` with every violation; return when there is none."""
    violations = list(_all(message))
    if violations:
        raise InvalidInput(violations)


def _all(message: pb.LoadMetrics) -> Iterator[Violation]:
    if not message.servers:
        yield Violation(field="load_metrics.servers", description="is empty, must have at least 1")
    if len(message.servers) > SERVERS:
        text = f"has {len(message.servers)} servers, must have at most {SERVERS}"
        yield Violation(field="load_metrics.servers", description=text)
    yield from _numbers(message, LOAD, "load_metrics")
    seen: dict[str, int] = {}
    for i, server in enumerate(message.servers):
        path = f"load_metrics.servers[{i}]"
        yield from _id(server.id, i, path, seen)
        yield from _numbers(server, SERVER, path)
        if len(server.recent) > WINDOWS:
            yield Violation(
                field=f"{path}.recent", description=f"has {len(server.recent)} windows, must be at most {WINDOWS}"
            )
        for j, window in enumerate(server.recent):
            yield from _numbers(window, WINDOW, f"{path}.recent[{j}]")


def _id(name: str, i: int, path: str, seen: dict[str, int]) -> Iterator[Violation]:
    if not 1 <= len(name.encode()) <= ID_BYTES:
        yield Violation(field=f"{path}.id", description=f"has {len(name.encode())} bytes, must have 1 to {ID_BYTES}")
    elif name in seen:
        yield Violation(
            field=f"{path}.id", description=f"'{name}' is also the id of servers[{seen[name]}], must be distinct"
        )
    seen.setdefault(name, i)


def _numbers(
    message: pb.LoadMetrics | pb.ServerLoad | pb.LoadWindow, names: tuple[str, ...], path: str
) -> Iterator[Violation]:
    for name in names:
        value = getattr(message, name)
        if not math.isfinite(value):
            yield Violation(field=f"{path}.{name}", description=f"is {value}, must be finite")
        elif value < 0:
            yield Violation(field=f"{path}.{name}", description=f"is {value:.6g}, must be at least 0")
        elif value > 1 and name in AT_MOST_ONE:
            yield Violation(field=f"{path}.{name}", description=f"is {value:.6g}, must be at most 1")
