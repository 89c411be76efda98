"""Planning a consolidation: which patterns expire, merge, contradict each other or decay, and why.

A pure function of the patterns, their near pairs and the time. The order of patterns and pairs does not matter, and
planning again after the plan was carried out finds nothing more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from acumen.bank.consolidating import ageing, contradicting, merging
from acumen.bank.consolidating.pairing import Pair, Pairing
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.settings import Settings
from acumen.bank.consolidating.step import Change, Evidence, Kind, Step
from acumen.bank.pattern import Pattern, State

Near = tuple[int, int, float]  # two positions in the patterns, and the cosine of their vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, step by step; each step starts from what the steps before it left."""

    steps: tuple[Step, ...] = ()
    kept_apart: Mapping[str, int] = field(default_factory=dict)  # by guard: pairs likely to be the same but for it

    def of(self, kind: Kind) -> tuple[Step, ...]:
        """Return the steps of one kind."""
        return tuple(step for step in self.steps if step.kind is kind)

    @property
    def duplicates_removed(self) -> int:
        """How many patterns are superseded by another that states the same."""
        return len(self.of(Kind.MERGE))

    @property
    def text_bytes_saved(self) -> int:
        """UTF-8 bytes of the texts that leave the indexes: of superseded, expired and decayed patterns."""
        gone = (change for step in self.steps for change in step.changes if _leaves(change))
        return sum(len(change.before.text.encode()) for change in gone)


def plan(patterns: Sequence[Pattern], near: Iterable[Near], now_ms: int, settings: Settings, model: PairModel) -> Plan:
    """Return the steps that consolidate a namespace: expiry, then merges, contradictions and decay.

    `patterns` are all of it, superseded ones too: what was merged earlier limits what may merge now. `near` are
    pairs of positions with their cosine, from an index; pairs below `settings.near` and repeated ones count nothing.
    """
    bank = {p.id: p for p in sorted(patterns, key=lambda p: p.id)}
    ids = [p.id for p in patterns]
    cosines = _cosines(ids, near, settings.near)
    steps = _expiry(bank, now_ms, settings)
    pairs = _Pairs.among(bank, cosines, settings.merge_at or model.fitted.merge_at, model)
    apart = merging.kept_apart(pairs.pairing, pairs.likely)
    steps += _merges(bank, pairs)
    steps += _contradictions(bank, pairs)
    steps += _decay(bank, now_ms, settings)
    return Plan(steps=tuple(steps), kept_apart=apart)


def _leaves(change: Change) -> bool:
    gone = change.after is None or change.after.state is not State.ACTIVE
    return gone and change.before.state is State.ACTIVE


def _cosines(ids: Sequence[str], near: Iterable[Near], least: float) -> dict[tuple[str, str], float]:
    """Return the cosine of each near pair, keyed by its ids in order; the greatest where a pair comes twice."""
    found: dict[tuple[str, str], float] = {}
    for i, j, cosine in near:
        if cosine >= least and i != j:
            pair = (ids[i], ids[j]) if ids[i] < ids[j] else (ids[j], ids[i])
            found[pair] = max(float(cosine), found.get(pair, -1.0))
    return found


def _carry_out(bank: dict[str, Pattern], step: Step) -> Step:
    for change in step.changes:
        if change.after is None:
            del bank[change.before.id]
        else:
            bank[change.after.id] = change.after
    return step


def _expiry(bank: dict[str, Pattern], now_ms: int, settings: Settings) -> list[Step]:
    expired = [p for p in bank.values() if ageing.is_expired(p, now_ms, settings)]
    return [_carry_out(bank, _expired(bank, bank[p.id], now_ms, settings)) for p in expired]


def _expired(bank: Mapping[str, Pattern], pattern: Pattern, now_ms: int, settings: Settings) -> Step:
    """Return the step that removes a pattern and brings back what it superseded and is not past its own time."""
    back = [
        Change(before=bank[id_], after=replace(bank[id_], state=State.ACTIVE, superseded_by=""))
        for id_ in pattern.supersedes
        if id_ in bank and bank[id_].superseded_by == pattern.id and not ageing.is_expired(bank[id_], now_ms, settings)
    ]
    return Step(kind=Kind.EXPIRE, changes=(Change(before=pattern, after=None), *back), evidence=Evidence())


def root(bank: Mapping[str, Pattern], id_: str) -> str:
    """Return the id of the pattern that by now represents another: itself, unless it was superseded."""
    seen = {id_}
    while bank[id_].superseded_by in bank and bank[id_].superseded_by not in seen:
        id_ = bank[id_].superseded_by
        seen.add(id_)
    return id_


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """The near pairs of a bank, numbered in the order of ids, and what is known of them."""

    pairing: Pairing
    roots: list[int]  # of each pattern: the one that represented it at the beginning
    cosines: Mapping[Pair, float]
    likely: list[Pair]  # to state the same, with at least the probability `merge_at`
    merge_at: float

    @classmethod
    def among(
        cls, bank: Mapping[str, Pattern], cosines: Mapping[tuple[str, str], float], merge_at: float, model: PairModel
    ) -> "_Pairs":
        """Number the patterns of near pairs and whatever is represented by the same ones."""
        roots = {id_: root(bank, id_) for id_ in bank}
        paired = {roots[id_] for pair in cosines for id_ in pair if id_ in bank}
        number = {id_: n for n, id_ in enumerate(id_ for id_ in bank if roots[id_] in paired)}
        pairing = Pairing([bank[id_] for id_ in number], model)
        numbered = {(number[a], number[b]): c for (a, b), c in cosines.items() if a in number and b in number}
        likely = pairing.likely(sorted(numbered), merge_at)
        return cls(
            pairing=pairing,
            roots=[number[roots[id_]] for id_ in number],
            cosines=numbered,
            likely=likely,
            merge_at=merge_at,
        )

    def evidence(self, i: int, j: int) -> Evidence:
        """Return what speaks for a step that rests on two patterns."""
        cosine = self.cosines.get((min(i, j), max(i, j)), -2.0)
        return Evidence(cosine=cosine, p_same=self.pairing.p_same(i, j), difference=self.pairing.difference(i, j))


def _merges(bank: dict[str, Pattern], pairs: _Pairs) -> list[Step]:
    found = merging.groups(pairs.pairing, pairs.roots, pairs.likely, pairs.merge_at)
    return [step for group in found for step in _merged(bank, pairs, group)]


def _merged(bank: dict[str, Pattern], pairs: _Pairs, group: list[int]) -> Iterable[Step]:
    patterns = pairs.pairing.patterns
    first = merging.winner(patterns, group)
    for second in group:
        if second != first:
            evidence = pairs.evidence(first, second)
            yield _carry_out(bank, merging.merged(bank[patterns[first].id], bank[patterns[second].id], evidence))


def _contradictions(bank: dict[str, Pattern], pairs: _Pairs) -> list[Step]:
    """Look at what represents each near pair by now."""
    ids = [p.id for p in pairs.pairing.patterns]
    number = {id_: n for n, id_ in enumerate(ids)}
    now = [number[root(bank, id_)] for id_ in ids]
    cosines: dict[Pair, float] = {}
    for (a, b), cosine in pairs.cosines.items():
        pair = min(now[a], now[b]), max(now[a], now[b])
        if pair[0] != pair[1]:
            cosines[pair] = max(cosine, cosines.get(pair, -1.0))
    unseen = pairs.pairing.likely(cosines.keys() - pairs.cosines.keys(), pairs.merge_at)
    steps = []
    for i, j in sorted([*cosines.keys() & set(pairs.likely), *unseen]):
        first, second = bank[ids[i]], bank[ids[j]]
        if first.state is State.ACTIVE is second.state and contradicting.contradict(pairs.pairing, i, j):
            evidence = replace(pairs.evidence(i, j), cosine=cosines[i, j])
            step = contradicting.linked(first, second, evidence)
            steps += [_carry_out(bank, step)] if step else []
    return steps


def _decay(bank: dict[str, Pattern], now_ms: int, settings: Settings) -> list[Step]:
    steps = []
    for pattern in list(bank.values()):
        if ageing.is_decayed(pattern, now_ms, settings):
            change = Change(before=pattern, after=replace(pattern, state=State.DEMOTED))
            evidence = Evidence(worth=ageing.worth(pattern, now_ms, settings))
            steps.append(_carry_out(bank, Step(kind=Kind.DECAY, changes=(change,), evidence=evidence)))
    return steps
