"""What the guards see of a text: its numbers, negations, identifiers, names, quantities, and their order."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from acumen.bank.consolidating import lexicon
from acumen.bank.consolidating.words import Kind, Token, tokens

CACHED_TEXTS = 1 << 15  # readings kept, about 3 kB each

Classes = Mapping[int, frozenset[int]]


class Placed(NamedTuple):
    """A word in its place: the role word before it, and whether only `and`, `or` or a comma joins it to the last."""

    key: str
    role: str
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One text as the guards see it; every part is compared on its own."""

    numbers: frozenset[str]  # value and unit; a repeated one carries its count
    loose_numbers: frozenset[str]
    negations: int
    identifiers: frozenset[str]
    names: frozenset[str]
    said: frozenset[str]  # stems of all words, names and numbers among them, determiners aside
    words: tuple[str, ...]  # the same in order
    content: frozenset[str]  # stems that are neither function words nor quantifiers
    contrasts: Classes
    quantities: Classes
    obligations: Classes
    entities: tuple[Placed, ...]  # numbers, identifiers and names in order, what `before` and `after` say earlier first
    order: tuple[Placed, ...]  # the same and all content words in order
    agents: frozenset[str]  # entities that `by` names after a form of `be`
    connective: str  # `before` or `after` where there is exactly one of them
    earlier: frozenset[str]
    later: frozenset[str]


@lru_cache(CACHED_TEXTS)
def read(text: str) -> Reading:
    """Read a text for the guards."""
    found = _with_number_words(tokens(text))
    lowers = [t.lower for t in found]
    earlier, later = _times(found)
    keys = [t.key for t in found if t.kind is not Kind.IDENTIFIER]
    return Reading(
        numbers=_counted(_measure(t) for t in found if t.kind is Kind.NUMBER),
        loose_numbers=frozenset(lexicon.LOOSE_NUMBERS[w] for w in lowers if w in lexicon.LOOSE_NUMBERS),
        negations=_negations(lowers),
        identifiers=frozenset(t.key for t in found if t.kind is Kind.IDENTIFIER),
        names=frozenset(t.key for t in found if t.kind is Kind.NAME),
        said=frozenset(t.key for t in found if t.lower not in lexicon.DETERMINERS),
        words=tuple(t.key for t in found if t.lower not in lexicon.DETERMINERS),
        content=_content(found),
        contrasts=_classes(keys, lexicon.CONTRASTS),
        quantities=_classes(keys, lexicon.QUANTITIES),
        obligations=_classes(keys, lexicon.OBLIGATIONS),
        entities=_placed([*earlier, *later], _is_entity),
        order=_placed([*earlier, *later], _is_ordered),
        agents=_agents(found),
        connective=next((w for w in lowers if w in ("before", "after")), "") if later else "",
        earlier=_content(earlier) if later else frozenset(),
        later=_content(later),
    )


def _measure(token: Token) -> str:
    return f"{token.key} {token.unit}" if token.unit else token.key


def _counted(keys: Iterable[str]) -> frozenset[str]:
    """Return each key, and as `key #n` every further time it occurs."""
    counts = Counter(keys)
    return frozenset(f"{key} #{n}" if n else key for key, count in counts.items() for n in range(count))


def _is_content(token: Token) -> bool:
    if token.kind in (Kind.IDENTIFIER, Kind.NAME):
        return True
    if token.kind is Kind.NUMBER or token.lower in lexicon.FUNCTION_WORDS or token.lower in lexicon.NEGATORS:
        return False
    return token.key not in lexicon.QUANTITIES and token.key not in lexicon.OBLIGATIONS


def _is_entity(token: Token) -> bool:
    return token.kind is not Kind.WORD


def _is_ordered(token: Token) -> bool:
    return token.kind is not Kind.WORD or _is_content(token)


def _classes(keys: list[str], table: Mapping[str, tuple[tuple[int, int], ...]]) -> Classes:
    found: dict[int, set[int]] = {}
    for key in keys:
        for row, number in table.get(key, ()):
            found.setdefault(row, set()).add(number)
    return {row: frozenset(numbers) for row, numbers in found.items()}


def _negations(lowers: list[str]) -> int:
    count = 0
    for i, word in enumerate(lowers):
        follows = lowers[i + 1 : i + 3]
        if word in lexicon.NEGATORS:
            taken_back = lexicon.TAKEN_BACK.intersection(follows[:2] if "to" in follows else follows[:1])
            count += not taken_back
        elif follows and (word, follows[0]) in lexicon.REPLACED:
            count += 1
    return count


def _with_number_words(found: list[Token]) -> list[Token]:
    """Put numbers for number words, and join a number with the unit or scale that follows it."""
    joined: list[Token] = []
    for token in found:
        number = _spelled(token, joined)
        if number:
            joined.append(number)
        elif not _is_joined(token, joined):
            joined.append(token)
    return joined


def _spelled(token: Token, before: list[Token]) -> Token | None:
    """Return the number that a word stands for."""
    lower = token.lower
    if lower in lexicon.CARDINALS and lower != "one":
        return token._replace(kind=Kind.NUMBER, key=str(lexicon.CARDINALS[lower] + _tens(token, before)))
    if lower == "second" and before and before[-1].lower in lexicon.BEFORE_ORDINALS:
        return token._replace(kind=Kind.NUMBER, key="2th")
    key = lexicon.ORDINALS.get(lower) or lexicon.MULTIPLES.get(lower)
    return token._replace(kind=Kind.NUMBER, key=key) if key else None


def _tens(token: Token, before: list[Token]) -> int:
    """Take the `twenty` of `twenty five` from what was read, and return it."""
    tens = lexicon.CARDINALS.get(before[-1].lower, 0) if before else 0
    if tens < 20 or lexicon.CARDINALS[token.lower] > 9:
        return 0
    before.pop()
    return tens


def _is_joined(token: Token, joined: list[Token]) -> bool:
    """Join a unit or a scale (`5 seconds`, `a minute`, `two hundred`) with the number before it, if there is one."""
    last = joined[-1] if joined else None
    if last is None or last.unit or not (last.kind is Kind.NUMBER or last.lower in lexicon.ONE):
        return False
    key = last.key if last.kind is Kind.NUMBER else "1"
    scale, unit = lexicon.SCALES.get(token.lower), lexicon.UNITS.get(token.lower)
    if scale and key.replace(".", "", 1).isdigit():
        joined[-1] = last._replace(kind=Kind.NUMBER, key=f"{float(key) * scale:.12g}", pause=token.pause)
    elif unit:
        joined[-1] = last._replace(kind=Kind.NUMBER, key=key, unit=unit, pause=token.pause)
    return bool(scale or unit)


def _placed(found: list[Token], kept: Callable[[Token], bool]) -> tuple[Placed, ...]:
    """Return what is kept in order, each with the role word before it and whether `and` alone joins it to the last."""
    places: list[Placed] = []
    role, joint = "", False
    for token in found:
        if kept(token):
            key = _measure(token) if token.kind is Kind.NUMBER else token.key
            places.append(Placed(key, role, joint and not role))
            role, joint = "", token.pause
        elif token.lower in lexicon.ROLES:
            role = token.lower
        elif token.lower in lexicon.JOINTS:
            role, joint = "", True
        elif token.lower not in lexicon.DETERMINERS:
            role, joint = "", False
    return tuple(places)


def _agents(found: list[Token]) -> frozenset[str]:
    """Return what `by` names after a form of `be`: who acts in a passive sentence."""
    passive = False
    agents = set()
    for token, following in pairwise(token for token in found if token.lower not in lexicon.DETERMINERS):
        passive = passive or token.lower in lexicon.BE
        if passive and token.lower == "by":
            agents.add(following.key)
    return frozenset(agents)


def _times(found: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return what comes earlier and what comes later, where one `before` or `after` says so; else all and nothing."""
    places = [i for i, token in enumerate(found) if token.lower in ("before", "after")]
    if len(places) != 1:
        return found, []
    at = places[0]
    ahead, behind = found[:at], found[at + 1 :]
    if not _content(ahead):  # the clause stands in front and ends at the comma
        comma = next((i for i, token in enumerate(behind) if token.pause), len(behind) - 1)
        ahead, behind = behind[comma + 1 :], behind[: comma + 1]
    return (ahead, behind) if found[at].lower == "before" else (behind, ahead)


def _content(found: list[Token]) -> frozenset[str]:
    return frozenset(token.key for token in found if _is_content(token))
