"""What an operator decides about consolidation."""

from dataclasses import dataclass
from typing import Final

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Thresholds of consolidation; times in milliseconds.

    `merge_at`: the probability of stating the same from which patterns merge, 0 for the fitted one. `near`: the cosine
    below which a pair is not looked at. `ttl_ms`: how long a pattern lives without being used, 0 for ever.
    `half_life_ms`, `decay_below` and `protected_ms` are those of `ageing`.
    """

    merge_at: float = 0.0
    near: float = 0.6
    ttl_ms: int = 0
    half_life_ms: int = 90 * DAY_MS
    decay_below: float = 0.05
    protected_ms: int = 30 * DAY_MS
