"""Age: which patterns are past their time, and which are worth too little for how long nobody used them."""

from acumen.bank.consolidating.settings import Settings
from acumen.bank.pattern import Pattern, State


def is_expired(pattern: Pattern, now_ms: int, settings: Settings) -> bool:
    """Whether a pattern's own time is up, or it was not used for longer than the time to live."""
    if pattern.expires_ms and pattern.expires_ms <= now_ms:
        return True
    return bool(settings.ttl_ms) and now_ms - last_seen_ms(pattern) >= settings.ttl_ms


def worth(pattern: Pattern, now_ms: int, settings: Settings) -> float:
    """Return value times freshness, 0 to 1.

    Value is the mean of the Beta(1 + successes, 1 + failures) posterior; freshness is 2^-(idle / half-life), idle the
    time since the pattern was last used or, if it never was, created.
    """
    idle_ms = max(0, now_ms - last_seen_ms(pattern))
    return pattern.statistics.success_rate * 2.0 ** (-idle_ms / settings.half_life_ms)


def is_decayed(pattern: Pattern, now_ms: int, settings: Settings) -> bool:
    """Whether an active pattern is worth too little; one that ever succeeded and was used lately always stays."""
    if pattern.state is not State.ACTIVE or worth(pattern, now_ms, settings) >= settings.decay_below:
        return False
    used = pattern.statistics.last_used_ms
    return not (pattern.statistics.successes and used and now_ms - used < settings.protected_ms)


def last_seen_ms(pattern: Pattern) -> int:
    """Return when a pattern was last used, or created."""
    return max(pattern.created_ms, pattern.statistics.last_used_ms)
