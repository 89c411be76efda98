"""How the bank's state, its snapshots and its changes are laid out for people."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from acumen_client.cli import figures, tables
from acumen_client.messages import GetStatsResponse, SegmentStats, Snapshot, WatchChangesResponse

_Facts = list[tuple[str, RenderableType]]
_BEFORE = 44
_SEGMENTS = ["segments", "count", "rows", "live", "queries", "resident", "on disk"]


def stats(found: GetStatsResponse) -> RenderableType:
    """Return counts, sizes and the weights of the ranking."""
    damaged: _Facts = [("damaged snapshot", Text(one, style="red")) for one in found.damaged_snapshots]
    facts: _Facts = [
        ("namespaces", ", ".join(found.namespaces) or "none"),
        ("patterns", figures.by_name(found.patterns_by_state)),
        ("verdicts", str(found.verdicts)),
        ("trajectories", str(found.trajectories)),
        ("outcomes", str(found.outcomes)),
        ("terms", str(found.terms)),
        ("embedder", f"{found.embedder}, {found.dimension} dimensions" if found.embedder else "none yet"),
        ("compression", figures.word(found, "tier")),
        ("memory", figures.by_name(found.resident_bytes, figures.size)),
        ("weights", figures.by_name(found.weights, figures.score)),
        ("as shipped", figures.by_name(found.shipped_weights, figures.score)),
        ("started from", found.started_from_snapshot or "the journal"),
        ("revision", str(found.revision)),
    ]
    parts: list[RenderableType] = [tables.lines([*facts, *damaged])]
    if found.segments:
        parts += [Text(), tables.table("", _SEGMENTS, [_segment(one) for one in found.segments], range(1, 7))]
    return tables.page(*parts)


def snapshots(found: Sequence[Snapshot], damaged: Sequence[str] = ()) -> RenderableType:
    """Return a line a snapshot, and what was set aside."""
    rows = [
        (one.id, figures.moment(one.create_time), str(one.revision), figures.size(one.size_bytes), one.embedder)
        for one in found
    ]
    table = tables.fitted(["snapshot", "made", "revision", "size", "embedder"], rows, 4, [2, 3])
    return tables.page(table, *(Text(f"set aside: {one}", style="red") for one in damaged))


def snapshot(found: Snapshot, problems: Sequence[str] = ()) -> RenderableType:
    """Return a snapshot with its sections, and every damaged part."""
    rows = [(one.name, figures.size(one.stored_bytes), figures.size(one.raw_bytes)) for one in found.sections]
    parts: list[RenderableType] = [snapshots([found])]
    if rows:
        parts += [Text(), tables.table("", ["section", "stored", "uncompressed"], rows, [1, 2])]
    return tables.page(*parts, *(Text(f"damaged: {one}", style="red") for one in problems))


def change(heard: WatchChangesResponse) -> Text:
    """Return one change, or a sign of life, as one line."""
    when = figures.moment(heard.time) if heard.HasField("time") else ""
    kind = heard.WhichOneof("change") or "heartbeat"
    what = tables.shorten(_what(heard, kind), tables.PAGE_WIDTH - _BEFORE)
    return Text(f"{heard.revision:>8}  {when:<19}  {kind:<12} {what}")


def _segment(one: SegmentStats) -> Sequence[str]:
    sizes = figures.size(one.resident_bytes), figures.size(one.disk_bytes)
    return (one.kind, *map(str, (one.segments, one.rows, one.live_rows, one.queries)), *sizes)


def _what(heard: WatchChangesResponse, kind: str) -> str:
    if kind == "heartbeat":
        return ""
    if kind == "restored":
        return f"snapshot {heard.restored.id}"
    if kind == "consolidated":
        return ", ".join(f"{figures.word(one, 'action')} {one.other_id}" for one in heard.consolidated.steps)
    return ", ".join(getattr(heard, kind).ids)
