"""From a context's attempts to its patterns: mined, contrasted, chosen, and written in words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from acumen.bank.distilling.context import Context
from acumen.bank.distilling.contrast import Doubles, rate, strata, z_scores
from acumen.bank.distilling.record import Record
from acumen.bank.distilling.sequences import Subsequence, closed
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.pattern import Pattern, Polarity, State, Statistics, owner_of

_CONTEXT_CHARS = 400
_OVERLAP = 0.8  # two patterns that share this much of their attempts (Jaccard) say the same


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    subsequence: Subsequence
    polarity: Polarity
    z: float  # 0 where there was nothing to compare with


def lessons(context: Context, settings: DistillSettings) -> list[Pattern]:
    """Return the context's patterns, the best separated first; attempts of unknown outcome teach nothing."""
    records = [record for record in context.records if record.success is not None]
    if len(records) < settings.min_support:
        return []
    success = np.array([record.success for record in records], np.float64)
    sequences = [[move.symbol for move in record.moves] for record in records]
    found = closed(sequences, settings.min_support, settings.max_length)
    uniform = bool(np.all(success >= 0.5) or np.all(success < 0.5))
    findings = _usual(found, success) if uniform else _separating(found, success, records, settings)
    return [_write(context, finding, records, success) for finding in findings]


def _separating(
    found: Sequence[Subsequence], success: Doubles, records: Sequence[Record], settings: DistillSettings
) -> list[_Finding]:
    """Return what success and failure differ in by at least `min_z`, without saying one thing twice."""
    if not found:
        return []
    stratum = strata(records) if settings.paired else [0] * len(records)
    z = z_scores(np.array([s.present for s in found]), success, stratum)
    enough = np.flatnonzero(np.abs(z) >= settings.min_z).tolist()
    order = sorted(enough, key=lambda i: (-abs(z[i]), found[i].symbols))
    chosen: list[_Finding] = []
    for i in order:
        polarity = Polarity.STRATEGY if z[i] > 0 else Polarity.GUARDRAIL
        if len(chosen) < settings.max_patterns and not any(_same(found[i], polarity, other) for other in chosen):
            chosen.append(_Finding(subsequence=found[i], polarity=polarity, z=float(z[i])))
    return chosen


def _same(subsequence: Subsequence, polarity: Polarity, other: _Finding) -> bool:
    a, b = subsequence.present, other.subsequence.present
    shared = np.count_nonzero(a & b) / np.count_nonzero(a | b)
    return polarity is other.polarity and bool(shared >= _OVERLAP)


def _usual(found: Sequence[Subsequence], success: Doubles) -> list[_Finding]:
    """Return the way most attempts went where all ended alike: the longest path at least half of them share.

    Where all failed it warns only of steps that themselves failed or were repeated; the rest may be without fault. A
    single step that always went well is no strategy.
    """
    shared = [s for s in found if s.support >= 0.5 * success.size]
    if success[0] < 0.5:
        shared = [s for s in shared if s.symbols[-1][-1] in "!+"]
    best = max(shared, key=lambda s: (len(s.symbols), s.support, s.symbols), default=None)
    polarity = Polarity.STRATEGY if success[0] >= 0.5 else Polarity.GUARDRAIL
    if best is None or (polarity is Polarity.STRATEGY and len(best.symbols) < 2):
        return []
    return [_Finding(subsequence=best, polarity=polarity, z=0.0)]


def _write(context: Context, finding: _Finding, records: Sequence[Record], success: Doubles) -> Pattern:
    present = finding.subsequence.present
    supporters = [record for record, there in zip(records, present, strict=True) if there]
    won, n = rate(present, success)
    strategy = finding.polarity is Polarity.STRATEGY
    path = " → ".join(finding.subsequence.symbols)
    subjects = {record.subject for record in supporters}
    return Pattern(
        id=_id(context, finding),
        title=path if strategy else f"Beware: {path}",
        context=_whole_words(context.text),
        actions=_actions(finding.subsequence.symbols, supporters),
        content=_content(finding, success, path, _warning(finding, supporters)),
        polarity=finding.polarity,
        state=State.PENDING,
        tags=_tags(supporters),
        sources=tuple(record.id for record in supporters[:64]),
        owners=tuple(sorted(owner_of(subject) for subject in subjects | context.subjects if subject)),
        subject=subjects.pop() if len(subjects) == 1 else "",
        statistics=Statistics(successes=won if strategy else n - won, failures=n - won if strategy else won),
    )


def _id(context: Context, finding: _Finding) -> str:
    said = "\n".join((finding.polarity.name, *context.key, "", *finding.subsequence.symbols))
    return "dp-" + blake2b(said.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def _whole_words(text: str) -> str:
    return text if len(text) <= _CONTEXT_CHARS else text[:_CONTEXT_CHARS].rpartition(" ")[0]


def _actions(symbols: Sequence[str], supporters: Sequence[Record]) -> tuple[str, ...]:
    """Return each symbol with the kinds of arguments it most often had."""
    shapes: dict[str, Counter[str]] = {symbol: Counter() for symbol in symbols}
    for record in supporters:
        for move in record.moves:
            if move.symbol in shapes:
                shapes[move.symbol][move.shape] += 1
    usual = {symbol: max(seen, key=lambda s: (seen[s], s)) for symbol, seen in shapes.items()}
    return tuple(f"{symbol}({usual[symbol]})" for symbol in symbols)


def symbols_of(pattern: Pattern) -> tuple[str, ...]:
    """Return the symbols a distilled pattern's actions stand for."""
    return tuple(action.partition("(")[0] for action in pattern.actions)


def _content(finding: _Finding, success: Doubles, path: str, warning: str) -> str:
    present = finding.subsequence.present
    won, n = rate(present, success)
    other, rest = rate(~present, success)
    opening = f"Do {path}." if finding.polarity is Polarity.STRATEGY else f"Avoid {path}."
    counts = f" Of {n} attempts that did so {won:.6g} succeeded"
    against = (
        f", of {rest} that did not {other:.6g}; z {finding.z:.3g}." if finding.z else "; all attempts ended alike."
    )
    return opening + counts + against + warning


def _warning(finding: _Finding, supporters: Sequence[Record]) -> str:
    """Return what the failing steps of a guardrail most often said."""
    failing = {symbol for symbol in finding.subsequence.symbols if "!" in symbol}
    said = Counter(m.lesson for record in supporters for m in record.moves if m.symbol in failing and m.lesson)
    if finding.polarity is Polarity.STRATEGY or not said:
        return ""
    return " It said: " + max(said, key=lambda text: (said[text], text))


def _tags(supporters: Sequence[Record]) -> tuple[str, ...]:
    """Return the tags that all attempts share."""
    return tuple(sorted(set.intersection(*(set(record.tags) for record in supporters)))) if supporters else ()


def ordered(patterns: Sequence[Pattern]) -> list[Pattern]:
    """Return the patterns by id, each once."""
    unique: dict[str, Pattern] = {}
    for pattern in patterns:
        unique.setdefault(pattern.id, pattern)
    return [unique[key] for key in sorted(unique)]
