"""What keeping a bank costs: consolidating it, starting with it, and bytes for each pattern."""

import time
from pathlib import Path
from typing import Any

from acumen.proto.v1 import reasoning_bank_pb2 as pb
from benchmarks.bank.figures import Row, held
from benchmarks.bank.filled import Filled, settle
from benchmarks.bank.wire import SERVICE, channel_to
from benchmarks.process.__main__ import acumend_start
from benchmarks.record import summary
from benchmarks.rpc.processes import Server, acumend
from tests.banks import worker

CONSOLIDATE_S = {10_000: 2, 100_000: 30}
LEAST_WEIGHED = 10_000
LEAST_RECALL = 0.5  # of the compacted bank: it is measured, not refused


async def consolidate(bank: Filled, rounds: int) -> Row:
    """Consolidate a fresh copy of the bank each round, steps journalled; count what was merged rightly and wrongly."""
    same = {made.message.id: made.of for made in bank.made if made.same}
    alike = {made.message.id: made.of for made in bank.made if made.of and not made.same}
    seconds: list[float] = []
    found: list[pb.ConsolidateResponse] = []
    for _ in range(rounds):
        async with bank.opened() as one:
            started = time.perf_counter()
            found = [message async for message in one.consolidation.run(pb.ConsolidateRequest())]
            seconds.append(time.perf_counter() - started)
    report = found[-1].report
    merges = [{m.step.kept_id, m.step.other_id} for m in found if m.step.action == pb.CONSOLIDATE_ACTION_MERGE]
    row = {
        "what": f"Consolidate of {len(bank):,} patterns, in process, steps on disk",
        "n": len(bank),
        "seconds": summary(seconds),
        "rewordings": len(same),
        "look_alikes": len(alike),
        "merges": report.duplicates_removed,
        "contradictions": report.contradictions,
        "merged_with_look_alike": sum({i, of} in merges for i, of in alike.items()),
        "recall_at_10": report.recall_after,
    }
    most = CONSOLIDATE_S.get(len(bank))
    return held(row, "seconds", most=most) if most else row


def start(bank: Filled, rounds: int) -> Row:
    """Start a server with the bank and an empty one, in turn."""
    pairs = []
    for _ in range(rounds + 1):
        with bank.copied() as folder:
            pairs.append((acumend_start(), acumend_start(f"--data-dir={folder}")))
    row = {
        "what": f"process start to SERVING with {len(bank):,} patterns, seconds",
        "against": "an empty server",
        "n": len(bank),
        "seconds": summary([ours for _, ours in pairs[1:]]),
        "empty_seconds": summary([empty for empty, _ in pairs[1:]]),
        "difference_seconds": summary([ours - empty for empty, ours in pairs[1:]]),
    }
    return held(row, "difference_seconds", most=1.5) if len(bank) <= 100_000 else row


async def memory(bank: Filled) -> list[Row]:
    """Weigh a server with the bank against an empty one: as written, then compacted to the binary form."""
    with acumend() as server:
        _stats(server)
        empty = _anonymous_bytes(server)
    found = [_bounded(_weighed(bank, bank.folder, "hot", empty), 1600)]
    with bank.copied() as folder:
        async with worker(folder) as one:
            settle(one)
            request = pb.ConsolidateRequest(tier=pb.COMPRESSION_TIER_BINARY, recall_floor=LEAST_RECALL)
            report = [message async for message in one.consolidation.run(request)][-1].report
            await one.kept.upkeep.create_snapshot()
        row = {**_weighed(bank, folder, "compacted", empty), "recall_at_10": report.recall_after}
        return [*found, _bounded(row, 100)]


def _bounded(row: Row, most: int) -> Row:
    """Return the row with its goal, from where what a server needs anyway weighs little."""
    return held(row, "resident_bytes", most=most) if row["n"] >= LEAST_WEIGHED else row


def _weighed(bank: Filled, folder: Path, form: str, empty: int) -> Row:
    """Return bytes a pattern: of the process beyond an empty one less the texts; as the server counts; on disk."""
    n = len(bank)
    files = {
        "journal": sum(path.stat().st_size for path in folder.glob("acumen.db*")),
        "snapshots": sum(path.stat().st_size for path in folder.glob("snapshots/*")),
        "graphs": sum(path.stat().st_size for path in folder.glob("graphs/*")),
    }
    with acumend(f"--data-dir={folder}") as server:
        stats = _stats(server)
        whole = (_anonymous_bytes(server) - empty) / n
    parts = {name: round(size / n, 1) for name, size in sorted(stats.resident_bytes.items())}
    return {
        "what": f"bytes a pattern, {form}, {n:,} patterns, started from its snapshot",
        "against": "an empty server",
        "n": n,
        "resident_bytes": round(whole - parts["texts"], 1),
        **{f"counted_{name}": size for name, size in parts.items()},
        "mapped": round(sum(segment.disk_bytes for segment in stats.segments) / n, 1),
        **{f"disk_{name}": round(size / n, 1) for name, size in files.items()},
    }


def _stats(server: Server) -> pb.GetStatsResponse:
    with channel_to(server) as channel:
        ask: Any = channel.unary_unary(f"{SERVICE}/GetStats")
        return pb.GetStatsResponse.FromString(ask(b"", timeout=60))


def _anonymous_bytes(server: Server) -> int:
    """Return its resident memory but for what is mapped from files, which the system may drop."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))
