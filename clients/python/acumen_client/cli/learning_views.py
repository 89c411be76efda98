"""How distillations, consolidations and pipelines are laid out for people."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from acumen_client.cli import figures, pattern_views, tables, verdict_views
from acumen_client.messages import (
    ConsolidateReport,
    ConsolidateResponse,
    ConsolidateStep,
    DistillReport,
    DistillResponse,
    RunPipelineResponse,
)

_Facts = list[tuple[str, RenderableType]]


def distillation(heard: Sequence[DistillResponse]) -> RenderableType:
    """Return the patterns that settled, what was dropped, and the report."""
    parts: list[RenderableType] = []
    if patterns := [one.pattern for one in heard if one.HasField("pattern")]:
        parts += [pattern_views.listing(patterns), Text()]
    dropped = [one.receipt for one in heard if one.receipt.dropped]
    if dropped:
        rows = [(str(one.number), one.trajectory_id, one.dropped) for one in dropped]
        parts += [tables.fitted(["dropped", "trajectory", "why"], rows, 2, [0]), Text()]
    parts += [tables.lines(_distilled(one.report)) for one in heard if one.HasField("report")]
    return tables.page(*parts)


def consolidation(heard: Sequence[ConsolidateResponse]) -> RenderableType:
    """Return the steps and the report."""
    steps = [one.step for one in heard if one.HasField("step")]
    parts: list[RenderableType] = [_steps(steps), Text()] if steps else []
    parts += [report(one.report) for one in heard if one.HasField("report")]
    return tables.page(*parts)


def report(found: ConsolidateReport) -> RenderableType:
    """Return what a consolidation came to."""
    done = "would be " if found.dry_run else ""
    facts: _Facts = [
        ("patterns looked at", str(found.patterns)),
        (f"duplicates {done}removed", str(found.duplicates_removed)),
        (f"contradictions {done}linked", str(found.contradictions)),
        (f"expired, {done}deleted", str(found.expired)),
        (f"of little value, {done}let go", str(found.decayed)),
        ("kept apart by guards", figures.by_name(found.kept_apart)),
        ("memory given back", figures.size(found.memory_saved_bytes)),
        ("bytes before", figures.by_name(found.bytes_before, figures.size)),
        ("bytes after", figures.by_name(found.bytes_after, figures.size)),
        ("recall@10", _recall(found)),
        ("compression", figures.word(found, "tier")),
        ("written", "nothing: a dry run" if found.dry_run else _written(found.revision)),
    ]
    return tables.lines(facts)


def pipeline(response: RunPipelineResponse) -> RenderableType:
    """Return what each part did."""
    parts: list[RenderableType] = []
    if response.HasField("retrieved"):
        parts += [tables.heading_of("Retrieved"), pattern_views.found(response.retrieved)]
    if response.HasField("verdict"):
        parts += [tables.heading_of("Judged"), verdict_views.verdict(response.verdict)]
    if response.patterns or response.waiting_groups:
        parts.append(tables.heading_of(f"Learned; {response.waiting_groups} groups wait for more support"))
        parts.append(pattern_views.listing(response.patterns))
    if response.HasField("consolidation"):
        parts += [tables.heading_of("Consolidated"), report(response.consolidation)]
    spent = figures.by_name(response.elapsed, figures.duration)
    return tables.page(*parts, Text(), tables.lines([("time", spent), ("revision", str(response.revision))]))


def _distilled(found: DistillReport) -> _Facts:
    return [
        ("trajectories read", str(found.read)),
        ("dropped", figures.by_name(found.dropped)),
        ("groups that wait for more support", str(found.waiting_groups)),
        ("patterns written or changed", str(found.patterns)),
        ("patterns promoted", str(found.promoted)),
        ("taken out", figures.by_name(found.scrubbed)),
        ("written", _written(found.revision)),
    ]


def _steps(steps: Sequence[ConsolidateStep]) -> RenderableType:
    rows = [
        (
            figures.word(one, "action"),
            one.other_id,
            one.kept_id,
            figures.score(one.similarity),
            figures.score(one.p_same),
            one.reason,
        )
        for one in steps
    ]
    return tables.fitted(["step", "pattern", "into or against", "simil.", "p same", "why"], rows, 5, [3, 4])


def _recall(found: ConsolidateReport) -> str:
    if not found.patterns:
        return "not measured: no patterns"
    return f"{figures.score(found.recall_before)} before, {figures.score(found.recall_after)} after"


def _written(revision: int) -> str:
    return f"up to revision {revision}" if revision else "nothing"
