"""How verdicts are laid out for people."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from acumen_client.cli import figures, tables
from acumen_client.messages import CriterionScore, Evidence, Verdict

_MEANINGS = {1: "that the response is good", 2: "that the first is better", 3: "that it succeeded"}
_QUOTE = 60


def verdict(found: Verdict, *facts: tuple[str, RenderableType]) -> RenderableType:
    """Return a verdict with its reasons and the evidence for them."""
    probability = Text.assemble((figures.score(found.score), "bold green"), f" {_MEANINGS.get(found.kind, '')}")
    named: list[tuple[str, RenderableType]] = [
        ("probability", probability),
        ("confidence", figures.score(found.confidence)),
        ("why", found.rationale or "no evidence"),
    ]
    if found.HasField("breakage"):
        agent = f" by {found.breakage.agent}" if found.breakage.agent else ""
        named.append(("broke at", Text(f"step {found.breakage.step}{agent}", style="yellow")))
    parts: list[RenderableType] = [tables.lines([*named, *facts, ("verdict id", found.id)])]
    if found.criteria:
        parts += [Text(), _criteria(found.criteria)]
    evidence = [*found.evidence, *(one for part in found.criteria for one in part.evidence)]
    if evidence:
        parts += [tables.heading_of("Evidence"), _evidence(evidence)]
    return tables.page(*parts)


def listing(verdicts: Iterable[Verdict]) -> RenderableType:
    """Return a line a verdict."""
    rows = [
        (
            one.id,
            figures.moment(one.create_time),
            figures.word(one, "kind"),
            figures.score(one.score),
            figures.score(one.confidence),
            one.task,
        )
        for one in verdicts
    ]
    return tables.fitted(["verdict", "given", "kind", "score", "confidence", "task"], rows, 5, [3, 4])


def _criteria(criteria: Sequence[CriterionScore]) -> RenderableType:
    rows = [(one.name, *map(figures.score, (one.weight, one.score, one.confidence)), one.rationale) for one in criteria]
    return tables.table("", ["criterion", "weight", "score", "confidence", "why"], rows, [1, 2, 3])


def _evidence(evidence: Sequence[Evidence]) -> RenderableType:
    rows = [
        (
            one.kind,
            str(one.step) if one.HasField("step") else "",
            f"{one.effect:+.3f}",
            tables.shorten(one.quote, _QUOTE),
        )
        for one in evidence
    ]
    return tables.table("", ["evidence", "step", "effect", "quote"], rows, [1, 2])
