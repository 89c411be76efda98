"""How patterns are laid out for people."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from acumen_client.cli import figures, tables
from acumen_client.messages import Pattern, PatternStatistics, RetrievalScore, RetrieveResponse

_COMPONENTS = ("p_relevant", "score", "similarity", "lexical", "reliability", "recency")
_HEADS = ("p", "score", "simil.", "lexical", "reliab.", "recency")


def found(response: RetrieveResponse) -> RenderableType:
    """Return what was found with every component of its score, a single result in full, or why there is nothing."""
    parts: list[RenderableType] = []
    if response.results:
        rows = [(one.pattern.id, _name(one.pattern), *_scores(one.score)) for one in response.results]
        parts.append(tables.fitted(["pattern", "title", *_HEADS], rows, 1, range(2, 8)))
    if len(response.results) == 1:
        parts += [Text(), detail(response.results[0].pattern)]
    if response.reason:
        parts.append(Text(response.reason, style="yellow" if response.abstained else "dim"))
    return tables.page(*parts)


def listing(patterns: Sequence[Pattern]) -> RenderableType:
    """Return a line a pattern."""
    rows = [
        (
            one.id,
            _name(one),
            figures.word(one, "polarity"),
            figures.word(one, "state"),
            *_fared(one.statistics),
            tables.shorten(", ".join(one.tags), 20),
        )
        for one in patterns
    ]
    heads = ["pattern", "title", "polarity", "state", "success rate", "uses", "tags"]
    return tables.fitted(heads, rows, 1, [4, 5])


def detail(pattern: Pattern) -> RenderableType:
    """Return all of a pattern but its vector's components."""
    sort = f"{figures.word(pattern, 'polarity')}, {figures.word(pattern, 'state')}"
    rate, uses = _fared(pattern.statistics)
    facts: list[tuple[str, RenderableType]] = [
        ("pattern", Text(pattern.id, style="bold")),
        ("title", pattern.title),
        ("sort", sort),
        ("context", pattern.context),
        ("actions", "\n".join(f"{n}. {one}" for n, one in enumerate(pattern.actions, 1))),
        ("content", pattern.content),
        ("success rate", f"{rate} after {uses} uses"),
        ("tags", ", ".join(pattern.tags)),
        ("subject", pattern.subject),
        ("sources", ", ".join(pattern.sources)),
        ("made", figures.moment(pattern.create_time) if pattern.HasField("create_time") else ""),
        ("expires", figures.moment(pattern.expire_time) if pattern.HasField("expire_time") else ""),
        ("supersedes", ", ".join(pattern.supersedes)),
        ("superseded by", pattern.superseded_by),
        ("contradicts", ", ".join(pattern.contradicts)),
        ("embedder", pattern.embedder),
        ("vector", _vector(pattern)),
        ("revision", str(pattern.revision)),
    ]
    return tables.page(tables.lines((name, value) for name, value in facts if value))


def fared(ids: Sequence[str], statistics: Sequence[PatternStatistics]) -> RenderableType:
    """Return how patterns have fared."""
    rows = [(name, *_fared(one)) for name, one in zip(ids, statistics, strict=False)]
    return tables.page(tables.table("", ["pattern", "success rate", "uses"], rows, [1, 2]))


def _name(pattern: Pattern) -> str:
    return pattern.title or pattern.context or pattern.content


def _scores(score: RetrievalScore) -> list[str]:
    return [figures.score(getattr(score, name)) for name in _COMPONENTS]


def _fared(statistics: PatternStatistics) -> tuple[str, str]:
    return figures.score(statistics.success_rate), str(statistics.usage_count)


def _vector(pattern: Pattern) -> str:
    vector = pattern.vector
    count = len(vector.f32) // 4 if vector.WhichOneof("form") == "f32" else len(vector.floats.values)
    return f"{count} components; --format json shows them" if count else ""
