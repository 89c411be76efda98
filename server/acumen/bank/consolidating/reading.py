"""What the guards see of a text: its numbers, negations, identifiers, names, quantities, and their order."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from acumen.bank.consolidating import lexicon
from acumen.bank.consolidating.words import Kind, Token, tokens

CACHED_TEXTS = 1 << 15  # readings kept, some kB each

Classes = Mapping[int, frozenset[int]]

_WORD, _NUMBER, _IDENTIFIER = Kind.WORD, Kind.NUMBER, Kind.IDENTIFIER  # looked up for every token
_UNSAID = lexicon.FUNCTION_WORDS | lexicon.NEGATORS
_GRADED = lexicon.QUANTITIES.keys() | lexicon.OBLIGATIONS.keys()


class Placed(NamedTuple):
    """A word in its place: the role word before it, and whether only `and`, `or` or a comma joins it to the last."""

    key: str
    role: str
    joined: bool


class Reading:
    """One text as the guards see it; every part is compared on its own, and worked out when it first is."""

    def __init__(self, text: str) -> None:
        self._found = _with_number_words(tokens(text))
        self._lowers = [t.lower for t in self._found]

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Values and units; a repeated one carries its count."""
        return _counted(_measure(t) for t in self._found if t.kind is _NUMBER)

    @cached_property
    def loose_numbers(self) -> frozenset[str]:
        """Numbers that words like `once` say in passing."""
        return frozenset(lexicon.LOOSE_NUMBERS[w] for w in self._lowers if w in lexicon.LOOSE_NUMBERS)

    @cached_property
    def negations(self) -> int:
        """How many negations there are."""
        return _negations(self._lowers)

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """What is written as code."""
        return frozenset(t.key for t in self._found if t.kind is _IDENTIFIER)

    @cached_property
    def names(self) -> frozenset[str]:
        """What is written as a name."""
        return frozenset(t.key for t in self._found if t.kind is Kind.NAME)

    @cached_property
    def said(self) -> frozenset[str]:
        """Stems of all words, names and numbers among them, determiners aside."""
        return frozenset(self.words)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The same in order."""
        return tuple(t.key for t in self._found if t.lower not in lexicon.DETERMINERS)

    @cached_property
    def content(self) -> frozenset[str]:
        """Stems that are neither function words nor quantifiers."""
        return _content(self._found)

    @cached_property
    def contrasts(self) -> Classes:
        """Rows of opposed words, with the sides that are said."""
        return _classes(self._keys, lexicon.CONTRASTS)

    @cached_property
    def quantities(self) -> Classes:
        """Rows of quantifiers likewise."""
        return _classes(self._keys, lexicon.QUANTITIES)

    @cached_property
    def obligations(self) -> Classes:
        """Rows of modals likewise."""
        return _classes(self._keys, lexicon.OBLIGATIONS)

    @cached_property
    def entities(self) -> tuple[Placed, ...]:
        """Numbers, identifiers and names in order, what `before` and `after` say earlier first."""
        return _placed([*self._times[0], *self._times[1]], _is_entity)

    @cached_property
    def order(self) -> tuple[Placed, ...]:
        """The same and all content words in order."""
        return _placed([*self._times[0], *self._times[1]], _is_ordered)

    @cached_property
    def agents(self) -> frozenset[str]:
        """Entities that `by` names after a form of `be`."""
        return _agents(self._found) if "by" in self._lowers else frozenset()

    @cached_property
    def connective(self) -> str:
        """`before` or `after` where there is exactly one of them."""
        return next((w for w in self._lowers if w in ("before", "after")), "") if self._times[1] else ""

    @cached_property
    def earlier(self) -> frozenset[str]:
        """Content words of what comes earlier, by the connective."""
        return _content(self._times[0]) if self._times[1] else frozenset()

    @cached_property
    def later(self) -> frozenset[str]:
        """Content words of what comes later."""
        return _content(self._times[1])

    @cached_property
    def _keys(self) -> list[str]:
        return [t.key for t in self._found if t.kind is not _IDENTIFIER]

    @cached_property
    def _times(self) -> tuple[list[Token], list[Token]]:
        return _times(self._found)


@lru_cache(CACHED_TEXTS)
def read(text: str) -> Reading:
    """Read a text for the guards."""
    return Reading(text)


def _measure(token: Token) -> str:
    return f"{token.key} {token.unit}" if token.unit else token.key


def _counted(keys: Iterable[str]) -> frozenset[str]:
    """Return each key, and as `key #n` every further time it occurs."""
    counts = Counter(keys)
    return frozenset(f"{key} #{n}" if n else key for key, count in counts.items() for n in range(count))


def _is_content(token: Token) -> bool:
    if token.kind is _WORD:
        return token.lower not in _UNSAID and token.key not in _GRADED
    return token.kind is not _NUMBER


def _is_entity(token: Token) -> bool:
    return token.kind is not _WORD


def _is_ordered(token: Token) -> bool:
    return token.kind is not _WORD or (token.lower not in _UNSAID and token.key not in _GRADED)


def _classes(keys: list[str], table: Mapping[str, tuple[tuple[int, int], ...]]) -> Classes:
    found: dict[int, set[int]] = {}
    for key in table.keys() & keys:
        for row, number in table[key]:
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
