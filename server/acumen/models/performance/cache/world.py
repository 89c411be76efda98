"""Synthetic access traces: ways in which programs, databases and crowds ask for keys, mixed.

Every pattern is `(rng, n, wide) -> keys (n,) int64 from 0`; `wide` moves its parameters outside those of training.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Keys: TypeAlias = NDArray[np.int64]
Pattern: TypeAlias = Callable[[np.random.Generator, int, bool], Keys]

LONGEST = 20_000


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw log-uniformly."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _universe(rng: np.random.Generator, wide: bool) -> int:
    return int(_between(rng, 20_000, 60_000) if wide else _between(rng, 30, 20_000))


def _ranks(rng: np.random.Generator, n: int, keys: int, alpha: float) -> Keys:
    """Draw ranks by a Zipf law of exponent `alpha` over `keys` keys."""
    mass = np.cumsum(np.arange(1, keys + 1) ** -alpha)
    return np.asarray(np.searchsorted(mass, rng.random(n) * mass[-1]), np.int64)


def _alpha(rng: np.random.Generator, wide: bool) -> float:
    return float(rng.uniform(1.4, 2.0) if wide else rng.uniform(0.0, 1.4))


def popular(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Independent draws by popularity, which in half of the traces drifts from key to key."""
    ranks = _ranks(rng, n, _universe(rng, wide), _alpha(rng, wide))
    if rng.random() < 0.5:
        ranks += np.floor(np.arange(n) * _between(rng, 1e-4, 0.3)).astype(np.int64)
    return ranks


def loop(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Keys asked for in order again and again, at times with jumps, or block by block."""
    length = int(_between(rng, 10, 2 * _universe(rng, wide)))
    steps = np.arange(n)
    if rng.random() < 0.4:
        block = max(2, int(length * _between(rng, 0.01, 1)))
        rounds = int(rng.integers(2, 12))
        steps = steps // (block * rounds) * block + steps % block
    jumps = rng.random(n) < (_between(rng, 1e-4, 0.05) if rng.random() < 0.5 else 0.0)
    return (steps + np.cumsum(jumps * rng.integers(0, length, n))) % length


def scan(_rng: np.random.Generator, n: int, _wide: bool) -> Keys:
    """Keys never asked for again."""
    return np.arange(n)


def recent(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Each access repeats one some time ago, or is new; times are lognormal, of one or two scales."""
    scale = np.where(rng.random(n) < rng.random(), _between(rng, 2, 300), _between(rng, 30, 20_000))
    ago = np.ceil(scale * np.exp(rng.normal(0, rng.uniform(0.1, 3.0 if wide else 2.0), n)))
    source = np.arange(n) - np.minimum(ago, n + 1).astype(np.int64)
    fresh = (rng.random(n) < _between(rng, 0.005, 0.7)) | (source < 0)
    source = np.where(fresh, np.arange(n), source)
    for _ in range(15):
        source = source[source]
    return np.asarray(source)


def phases(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Working sets that replace each other; old ones may come back."""
    universe = _universe(rng, wide)
    size, kinds = int(_between(rng, 5, max(10, universe // 2))), int(rng.integers(2, 30))
    owner = np.cumsum(rng.random(n) < 1 / _between(rng, 100, 8000))
    sets = rng.integers(0, universe, (kinds, size))
    return np.asarray(sets[(owner * int(rng.integers(1, kinds + 1))) % kinds, _ranks(rng, n, size, _alpha(rng, wide))])


def bursts(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Keys that live for a while: a few accesses close together, then none; many are asked for once."""
    uses = rng.geometric(rng.uniform(0.1, 1), n)
    if rng.random() < 0.5:
        uses = np.minimum(rng.zipf(rng.uniform(1.3, 3.5), n), 200)
    owner = np.repeat(np.arange(n), uses)[: 4 * n]
    start = np.arange(n) * float(uses.mean())
    when = start[owner] + rng.exponential(_between(rng, 1, 20_000 if wide else 5000), owner.size)
    return owner[np.argsort(when, kind="stable")][:n]


def transactions(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Sequences of keys asked for together, picked by popularity; they may share keys."""
    kinds, length = int(_between(rng, 3, 2000)), int(_between(rng, 2, 200 if wide else 60))
    keys = rng.integers(0, int(_between(rng, 0.2, 1.5) * kinds * length) + 2, (kinds, length))
    picks = _ranks(rng, n // length + 1, kinds, _alpha(rng, wide))
    return np.asarray(keys[picks].ravel()[:n])


def walk(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Runs through an address space from hot entry points, as code and tables are read."""
    universe, mean = _universe(rng, wide), _between(rng, 2, 500)
    lengths = rng.geometric(1 / mean, n)
    lengths = lengths[: np.searchsorted(np.cumsum(lengths), n) + 1]
    entries = rng.integers(0, universe, int(_between(rng, 2, 3000)))
    starts = entries[_ranks(rng, lengths.size, entries.size, _alpha(rng, wide))]
    offsets = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.asarray(((np.repeat(starts, lengths) + offsets) % universe)[:n])


def pools(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Index pages and records in turn: a small hot pool and a large cold one."""
    hot, period = int(_between(rng, 10, 1000)), int(rng.integers(2, 6))
    turn = np.arange(n) % period == 0
    return np.where(turn, hot + rng.integers(0, _universe(rng, wide), n), rng.integers(0, hot, n))


def sweeps(rng: np.random.Generator, n: int, wide: bool) -> Keys:
    """Arrays read side by side, a key several times in a row, sweep after sweep, with neighbours as in a stencil."""
    arrays, length = int(rng.integers(1, 8)), int(_between(rng, 20, 10_000 if wide else 5000))
    step, repeat = np.divmod(np.arange(n), arrays)
    cell = step // int(rng.integers(1, 12)) + rng.integers(-1, 2, n) * (rng.random() < 0.5)
    return np.asarray(cell % length + repeat * length)


PATTERNS: tuple[Pattern, ...] = (
    popular, loop, scan, recent, phases, bursts, transactions, walk, pools, sweeps,
)  # fmt: skip
ODDS = np.array([5, 4, 1, 5, 3, 3, 3, 3, 1, 2], float)


def trace(rng: np.random.Generator, wide: bool) -> Keys:
    """Draw one trace: one to three patterns (four to six when `wide`), mixed, of up to 20,000 accesses."""
    n = int(rng.integers(10_000, LONGEST + 1) if wide or rng.random() < 0.6 else _between(rng, 200, 10_000))
    count = int(rng.integers(4, 7)) if wide else int(rng.choice([1, 2, 3], p=[0.4, 0.4, 0.2]))
    kinds = rng.choice(len(PATTERNS), count, p=ODDS / ODDS.sum())
    parts = [PATTERNS[kind](rng, n, wide) for kind in kinds]
    offsets = np.cumsum([0, *(int(part.max()) + 1 for part in parts)])
    whole = np.stack([part + offset for part, offset in zip(parts, offsets[:-1], strict=True)])
    keys = _mix(rng, whole, n)
    if rng.random() < 0.25:
        keys = np.repeat(keys, rng.geometric(rng.uniform(0.2, 0.95), n))[:n]
    return keys


def _mix(rng: np.random.Generator, whole: Keys, n: int) -> Keys:
    """Interleave patterns access by access or in stretches, each going on where it stopped."""
    shares = rng.dirichlet(np.ones(len(whole)))
    stretch = 1.0 if rng.random() < 0.4 else _between(rng, 5, n / 2)
    turn = np.cumsum(rng.random(n) < 1 / stretch)
    owner = rng.choice(len(whole), n + 1, p=shares)[turn]
    if stretch > 1 and rng.random() < 0.3:
        owner = turn % len(whole)
    keys = np.empty(n, np.int64)
    for i, part in enumerate(whole):
        mine = owner == i
        keys[mine] = part[: int(mine.sum())]
    return keys


def sizes(rng: np.random.Generator, unique: int, wide: bool, count: int = 3) -> list[int]:
    """Draw ascending cache sizes, .3 to 60 % of the distinct keys (`wide`: beyond, .1 to .3 % or 60 to 90 %)."""
    shares = np.exp(rng.uniform(np.log(0.003), np.log(0.6), count))
    if wide:
        shares = np.where(rng.random(count) < 0.5, rng.uniform(0.001, 0.003, count), rng.uniform(0.6, 0.9, count))
    return sorted({max(1, int(share * unique)) for share in shares})


def generator(seed: int, index: int, wide: bool = False) -> np.random.Generator:
    """Return the source of chance of trace number `index`: any one of them can be made alone."""
    return np.random.default_rng([seed, int(wide), index])
