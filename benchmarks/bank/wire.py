"""Retrieve and Judge over a real socket beside an echo of the same bytes, driven by h2load.

h2load repeats one body, so each round goes over several questions in short bursts, ours and the echo's in turn; every
call must have been answered OK. Server and generator have a processor each.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc
import numpy as np
from google.protobuf.message import Message

from acumen.proto.v1 import reasoning_bank_pb2 as pb
from benchmarks.bank.figures import Row, held
from benchmarks.bank.filled import Filled
from benchmarks.bank.judged import pair, response, run
from benchmarks.record import summary
from benchmarks.rpc import load
from benchmarks.rpc.echo import UNARY
from benchmarks.rpc.processes import Server, acumend, echo

SERVICE = "/acumen.v1.ReasoningBank"
ASKED = 8
P50_US = 1000


def rows(bank: Filled, rounds: int, calls: int) -> list[Row]:
    """Measure one size; `calls` a burst."""
    n = len(bank)
    questions = bank.questions[:ASKED]
    with bank.copied() as folder, acumend(f"--data-dir={folder}") as real, echo() as plain:
        found = []
        for k in (1, 10):
            asked = [pb.RetrieveRequest(text=text, k=k, min_p_relevant=0) for text in questions]
            row = _beside(f"Retrieve over the wire, k {k}, {bank.name}", "Retrieve", asked, real, plain, rounds, calls)
            found.append(held({**row, "n": n}, "p50_us", most=P50_US) if n <= 100_000 else {**row, "n": n})
        judged: list[tuple[str, Sequence[Message]]] = [
            ("Judge", [response(text) for text in questions]),
            ("JudgePair", [pair(text) for text in questions]),
            ("JudgeTrajectory", [pb.JudgeTrajectoryRequest(trajectory=run(number)) for number in range(ASKED)]),
        ]
        for method, requests in judged:
            what = f"{method} over the wire, the verdict on disk, beside {bank.name}"
            found.append(_beside(what, method, requests, real, plain, rounds, calls // 4))
        return found


def _beside(
    what: str, method: str, requests: Sequence[Message], real: Server, plain: Server, rounds: int, calls: int
) -> Row:
    bodies = [request.SerializeToString() for request in requests]
    bursts = [[_pair(real, plain, method, body, calls) for body in bodies] for _ in range(rounds + 1)][1:]
    ours, theirs = ([[pair[side] for pair in turn] for turn in bursts] for side in (1, 0))
    return {
        "what": what,
        "against": "echo of the same bytes",
        "calls": calls * len(bodies),
        "p50_us": summary([_mean(turn, "p50_us") for turn in ours]),
        "p99_us": summary([_mean(turn, "p99_us") for turn in ours]),
        "echo_p50_us": summary([_mean(turn, "p50_us") for turn in theirs]),
        "p50_ratio": summary([_mean(a, "p50_us") / _mean(b, "p50_us") for a, b in zip(ours, theirs, strict=True)]),
    }


def _pair(real: Server, plain: Server, method: str, body: bytes, calls: int) -> tuple[load.Load, load.Load]:
    return load.unary(plain.port, UNARY, body, calls, 1, 1), checked(real, method, body, calls)


@contextmanager
def channel_to(server: Server) -> Iterator[grpc.Channel]:
    """Open a channel to a server, and wait until it has answered."""
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        ask: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
        ask(b"", timeout=60, wait_for_ready=True)
        yield channel


def checked(server: Server, method: str, body: bytes, calls: int) -> load.Load:
    """Load a server and make sure that every call was answered OK, which HTTP's 200 does not say."""
    before = server.handled(method)
    result = load.unary(server.port, f"{SERVICE}/{method}", body, calls, 1, 1)
    if (answered := server.handled(method) - before) != calls:
        raise RuntimeError(f"{calls} calls of {method}, {answered} answered OK")
    return result


def _mean(turn: Sequence[load.Load], figure: str) -> float:
    """Return the mean over a round's bursts, one for each question."""
    return float(np.mean([getattr(burst, figure) for burst in turn]))
