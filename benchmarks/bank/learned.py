"""Distill through the service: trajectories in, receipts and patterns out, everything kept on disk."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import grpc
import numpy as np

from acumen.bank.convert import trajectory_message
from acumen.bank.trajectory import Trajectory
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from benchmarks.bank.figures import Row, held
from benchmarks.bank.wire import SERVICE, channel_to
from benchmarks.distill.__main__ import long_runs, short_runs
from benchmarks.record import summary
from benchmarks.rpc.processes import acumend

WINDOW = 256  # trajectories under way before their receipts are awaited


def rows(rounds: int, scale: float) -> list[Row]:
    """Distill runs like tau-bench airline's and runs of three steps, in turn, each into a namespace of its own."""
    draw = np.random.default_rng(0)
    sets = {
        "12 steps, 8 kB": (long_runs(int(400 * scale), draw), 500),
        "three steps": (short_runs(int(4000 * scale), draw), 5000),
    }
    rates: dict[str, list[float]] = {name: [] for name in sets}
    patterns = dict.fromkeys(sets, 0)
    with acumend() as server, channel_to(server) as channel:
        for turn in range(rounds + 1):
            for at, (name, (runs, _)) in enumerate(sets.items()):
                seconds, report = _distilled(channel, f"set-{at}-round-{turn}", runs)
                rates[name].append(len(runs) / seconds)
                patterns[name] = report.patterns
    return [
        held(
            {
                "what": f"Distill over the wire, trajectories of {name}",
                "n": len(runs),
                "patterns": patterns[name],
                "per_s": summary(rates[name][1:]),
            },
            "per_s",
            least=goal,
        )
        for name, (runs, goal) in sets.items()
    ]


def _distilled(channel: grpc.Channel, namespace: str, runs: list[Trajectory]) -> tuple[float, pb.DistillReport]:
    """Return the seconds until the report, and the report; raises RuntimeError where one was dropped."""
    start = pb.DistillRequest(start=pb.DistillStart(namespace=namespace)).SerializeToString()
    bodies = [pb.DistillRequest(trajectory=trajectory_message(run)).SerializeToString() for run in runs]
    room = threading.Semaphore(WINDOW)
    method: Any = channel.stream_stream(f"{SERVICE}/Distill", response_deserializer=pb.DistillResponse.FromString)
    report = pb.DistillReport()
    started = time.perf_counter()
    for message in method(_sent(start, bodies, room), timeout=3600):
        if message.HasField("receipt"):
            room.release()
        report = message.report if message.HasField("report") else report
    seconds = time.perf_counter() - started
    if report.read != len(runs) or report.dropped:
        raise RuntimeError(f"{len(runs)} sent, {report.read} read, dropped: {dict(report.dropped)}")
    return seconds, report


def _sent(start: bytes, bodies: list[bytes], room: threading.Semaphore) -> Iterator[bytes]:
    yield start
    for body in bodies:
        room.acquire()
        yield body
