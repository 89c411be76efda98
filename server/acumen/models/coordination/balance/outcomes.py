"""What happened after a plan: what an outcome must satisfy, and how far an answer was from it."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput, Violation
from acumen.models.coordination.balance.learning import FARTHEST, LEVELS

ROOT: Final = "load_outcome"
NUMBERS: Final = ("speed_per_s", "served_per_s")
WRONG_OVERLOAD: Final = 0.5


def refuse(message: Any, target: Any) -> None:
    """Raise `InvalidInput` with every violation; return when there is none."""
    violations = list(_violations(message, target))
    if violations:
        raise InvalidInput(violations)


def _violations(message: Any, target: Any) -> Iterator[Violation]:
    if not target.servers and not target.HasField("p99_ms") and not target.HasField("carried"):
        yield Violation(field=ROOT, description="tells nothing: servers, p99_ms and carried are all absent")
    if target.HasField("p99_ms") and not (target.p99_ms > 0 and math.isfinite(target.p99_ms)):
        yield Violation(field=f"{ROOT}.p99_ms", description=f"is {target.p99_ms:.6g}, must be finite and above 0")
    names = {server.id for server in message.servers}
    seen: dict[str, int] = {}
    for i, told in enumerate(target.servers):
        path = f"{ROOT}.servers[{i}]"
        if told.server not in names:
            yield Violation(field=f"{path}.server", description=f"{told.server!r} is not one of the input's servers")
        elif told.server in seen:
            text = f"{told.server!r} is told in servers[{seen[told.server]}] before"
            yield Violation(field=f"{path}.server", description=text)
        seen.setdefault(told.server, i)
        if not any(told.HasField(name) for name in (*NUMBERS, "down")):
            yield Violation(field=path, description="tells nothing: speed_per_s, served_per_s and down are all absent")
        for name in NUMBERS:
            value = getattr(told, name)
            if not (value >= 0 and math.isfinite(value)):
                yield Violation(field=f"{path}.{name}", description=f"is {value:.6g}, must be finite and at least 0")


def by_server(pairs: Sequence[tuple[Any, Any]]) -> NDArray[np.float64]:
    """Return (rows, 3) over the servers of all inputs in order: speed, served, down; NaN where not told."""
    rows = []
    for message, target in pairs:
        told = {one.server: one for one in target.servers}
        rows += [_row(told.get(server.id)) for server in message.servers]
    return np.array(rows, np.float64).reshape(-1, 3)


def _row(told: Any) -> list[float]:
    names = (*NUMBERS, "down")
    return [float(getattr(told, n)) if told is not None and told.HasField(n) else math.nan for n in names]


def carried_or_none(message: Any, target: Any) -> bool | None:
    """Return whether arrivals were carried: as told, or by the speeds where all are told, or None."""
    if target.HasField("carried"):
        return bool(target.carried)
    speeds = [one.speed_per_s for one in target.servers if one.HasField("speed_per_s")]
    return None if len(speeds) < len(message.servers) else sum(speeds) > message.arrival_rate_per_s


def logarithm(ratio: Any) -> Any:
    """Return the logarithm of ratios of speeds, as far as speeds are told apart; NaN stays."""
    with np.errstate(divide="ignore"):
        return np.clip(np.log(ratio), -FARTHEST, FARTHEST)


def error(output: Any, message: Any, target: Any) -> float:
    """Return how far a plan was from what happened, over what is known of it.

    The sum of: mean |log ratio| of known speeds, bounds counted by what they are missed by; mean pinball loss of both
    log latencies; a half if `overload` was wrong.
    """
    inferred = np.maximum([weight.speed_per_s for weight in output.weights], 1e-9)
    speed, served, _ = by_server([(message, target)]).T
    missed = np.concatenate([np.abs(logarithm(speed / inferred)), np.maximum(logarithm(served / inferred), 0)])
    known = missed[~np.isnan(missed)]
    total = float(known.mean()) if known.size else 0.0
    if target.HasField("p99_ms"):
        told = np.array([output.expected_p99_ms_q50, output.expected_p99_ms_q90])
        above = np.clip(np.log(target.p99_ms / np.maximum(told, 1e-9)), -FARTHEST, FARTHEST)
        total += float(np.where(above > 0, np.array(LEVELS) * above, (np.array(LEVELS) - 1) * above).mean())
    carried = carried_or_none(message, target)
    return total + (WRONG_OVERLOAD if carried is not None and bool(output.overload) == carried else 0.0)
