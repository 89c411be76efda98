"""Measure start to SERVING and resident memory, of acumend beside the echo server."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from acumen.models import CATALOGUE
from acumen.neural.card import read
from acumen.neural.recipe import WEIGHTS
from acumen.neural.weights import load
from acumen.proto.v1 import neural_pb2 as pb
from benchmarks.record import summary, write
from benchmarks.rpc.processes import acumend, echo, free_port, wait_until_listening

SERVING = b"\x08\x01"


def start(rounds: int) -> list[dict[str, Any]]:
    """Time from spawning to the first SERVING, and to the echo server's first accepted connection, in turn."""
    pairs = [(_echo_start(), acumend_start()) for _ in range(rounds + 1)][1:]
    return [
        {
            "what": "process start to SERVING, seconds",
            "against": "process start of the echo server",
            "seconds": summary([b for _, b in pairs]),
            "echo_seconds": summary([a for a, _ in pairs]),
            "difference_seconds": summary([b - a for a, b in pairs]),
        }
    ]


def _echo_start() -> float:
    port = free_port()
    with _timed([sys.executable, "-m", "benchmarks.rpc.echo", str(port)]) as (started, process):
        wait_until_listening(port, process)
        return time.perf_counter() - started


def acumend_start(*flags: str) -> float:
    """Return the seconds from spawning to the first SERVING; flags come after the usual ones."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "acumen",
            f"--data-dir={folder}",
            "--socket=",
            "--metrics=",
            "--log-level=error",
        ]
        with _timed([*command, f"--tcp=127.0.0.1:{port}", *flags]) as (started, process):
            wait_until_listening(port, process)
            _wait_until_serving(port)
            return time.perf_counter() - started


@contextmanager
def _timed(command: list[str]) -> Iterator[tuple[float, "subprocess.Popen[bytes]"]]:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield started, process
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_serving(port: int) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        while check(b"", timeout=10, wait_for_ready=True) != SERVING:
            time.sleep(0.002)


def memory(rounds: int) -> list[dict[str, Any]]:
    """Resident memory: of the echo server, of an idle worker, with all models loaded; and the models' own bytes."""
    idle, loaded, plain = [], [], []
    for _ in range(rounds):
        with echo(pin=False) as server:
            plain.append(server.resident_bytes() / 1e6)
        with acumend(pin=False) as server, grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=10)
            idle.append(server.resident_bytes() / 1e6)
            load_model = channel.unary_unary("/acumen.v1.Neural/LoadModel")
            for entry in CATALOGUE:
                load_model(pb.LoadModelRequest(model=entry.name).SerializeToString(), timeout=30)
            loaded.append(server.resident_bytes() / 1e6)
    rows: list[dict[str, Any]] = [
        {
            "what": "resident memory, MB: idle worker",
            "against": "echo server",
            "mb": summary(idle),
            "echo_mb": summary(plain),
        },
        {
            "what": f"resident memory, MB: {len(CATALOGUE)} models loaded",
            "against": "idle worker",
            "mb": summary(loaded),
        },
    ]
    return rows + [_model_bytes(entry) for entry in CATALOGUE]


def _model_bytes(entry: Any) -> dict[str, Any]:
    weights = load(Path(entry.folder, WEIGHTS), read(entry.folder).weights_sha256)
    return {"what": f"bytes of {entry.name} in memory, MB", "mb": sum(value.nbytes for value in weights.values()) / 1e6}


def main() -> None:
    """Run and write `results/process.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    print(write("process", [*start(rounds), *memory(rounds)]))


if __name__ == "__main__":
    main()
