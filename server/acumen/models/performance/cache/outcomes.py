"""Observed hit ratios: what they must satisfy, and what they say of an answer."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acumen.errors import InvalidInput, Violation
from acumen.models.performance.cache import plan

ROOT: Final = "cache_outcome"
Doubles = NDArray[np.float64]


def refuse(message: Any, target: Any) -> None:
    """Raise `InvalidInput` with every violation; return when there is none."""
    violations = list(_violations(message, target))
    if violations:
        raise InvalidInput(violations)


def _violations(message: Any, target: Any) -> Iterator[Violation]:
    if not target.policies:
        yield Violation(field=f"{ROOT}.policies", description="is empty, must tell of a policy")
    sizes = list(message.cache_entries)
    seen: dict[tuple[int, int], int] = {}
    for i, told in enumerate(target.policies):
        path = f"{ROOT}.policies[{i}]"
        if not 1 <= told.policy <= len(plan.POLICIES):
            yield Violation(field=f"{path}.policy", description=f"is {told.policy}, must be 1 to {len(plan.POLICIES)}")
        if told.entries not in sizes:
            text = f"is {told.entries}, must be one of the input's sizes, {', '.join(map(str, sizes))}"
            yield Violation(field=f"{path}.entries", description=text)
        if not 0 <= told.hit_ratio <= 1:
            yield Violation(field=f"{path}.hit_ratio", description=f"is {told.hit_ratio:.6g}, must be 0 to 1")
        pair = (int(told.policy), int(told.entries))
        if pair in seen:
            yield Violation(field=path, description=f"is told in policies[{seen[pair]}] before")
        seen.setdefault(pair, i)


def ratios(message: Any, target: Any) -> Doubles:
    """Return (sizes, 9) observed hit ratios, NaN where not told."""
    row = {int(entries): i for i, entries in enumerate(message.cache_entries)}
    found = np.full((len(row), len(plan.POLICIES)), np.nan)
    for told in target.policies:
        found[row[told.entries], told.policy - 1] = told.hit_ratio
    return found


def regrets(observed: Doubles) -> Doubles:
    """Return (sizes, 9) hits lost to the best policy, over its own; NaN in rows where some policy is not told.

    The model's own regret is over what Belady's policy hits, which nobody observes; this one is never smaller.
    """
    best = observed.max(axis=1, keepdims=True)
    return np.asarray((best - observed) / np.maximum(best, 1e-12))


def error(output: Any, message: Any, target: Any) -> float:
    """Return the mean absolute error of the medians where hit ratios were observed."""
    row = {int(entries): i for i, entries in enumerate(message.cache_entries)}
    medians = np.empty((len(row), len(plan.POLICIES)))
    for size in output.sizes:
        for forecast in size.policies:
            medians[row[size.entries], forecast.policy - 1] = forecast.hit_ratio_q50
    missed = np.abs(ratios(message, target) - medians)
    return float(np.nanmean(missed))


def valid_or_none(output: Any, message: Any, target: Any) -> bool | None:
    """Return whether the chosen policy is within the regret at the chosen size; None unless all are told there."""
    at = list(message.cache_entries).index(output.recommended_entries)
    lost = regrets(ratios(message, target))[at, output.policy - 1]
    return None if np.isnan(lost) else bool(lost <= plan.REGRET)


def best_or_none(message: Any, target: Any) -> int | None:
    """Return the column of the best policy at the largest size; None unless all are told there."""
    largest = ratios(message, target)[-1]
    return None if np.isnan(largest).any() else int(largest.argmax())
