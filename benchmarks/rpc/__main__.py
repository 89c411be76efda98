"""Measure acumend beside an echo server: unary, stream, batches, one and two workers."""

import argparse
from collections.abc import Callable
from typing import Any

from acumen.models import CATALOGUE
from acumen.proto.v1 import decision_pb2 as d
from acumen.proto.v1 import neural_pb2 as pb
from benchmarks.record import summary, write
from benchmarks.rpc import load
from benchmarks.rpc.echo import STREAM, UNARY
from benchmarks.rpc.processes import Server, acumend, echo

PREDICT, BATCH, PREDICT_STREAM = (f"/acumen.v1.Neural/{name}" for name in ("Predict", "PredictBatch", "PredictStream"))
CERTIFICATE, NONE = d.EXPLAIN_LEVEL_CERTIFICATE, d.EXPLAIN_LEVEL_NONE


def question(model: str, explain: int, seed: int = 0) -> pb.PredictRequest:
    """Return a request of the model's own generator; balance-v1's has 8 servers."""
    spec = next(entry.spec for entry in CATALOGUE if entry.name == model)
    examples = spec.examples(seed, 200)
    if model == "balance-v1":
        examples = [one for one in examples if len(one.servers) == 8]
    request = pb.PredictRequest(model=model, options=pb.PredictOptions(explain=explain))
    getattr(request, spec.identity.input_field).CopyFrom(examples[0])
    return request


def unary(rounds: int, scale: float) -> list[dict[str, Any]]:
    """Predict against echo, one connection with one call and eight with four."""
    body = question("balance-v1", CERTIFICATE).SerializeToString()
    rows = []
    with echo() as plain, acumend() as real:
        for clients, each, calls in ((1, 1, int(4000 * scale)), (8, 4, int(20_000 * scale))):
            pairs = _pairs(
                rounds,
                lambda c=calls, n=clients, e=each: load.unary(plain.port, UNARY, body, c, n, e),
                lambda c=calls, n=clients, e=each: _checked(real, "Predict", PREDICT, body, c, n, e),
            )
            rows.append(
                {
                    "what": f"Predict balance-v1, 8 servers, CERTIFICATE, recording on, {clients} x {each} in flight",
                    "against": "echo of the same bytes",
                    "calls": calls,
                    "per_s": summary([b.per_s for _, b in pairs]),
                    "throughput_ratio": summary([b.per_s / a.per_s for a, b in pairs]),
                    "p50_us": summary([b.p50_us for _, b in pairs]),
                    "p95_us": summary([b.p95_us for _, b in pairs]),
                    "p99_us": summary([b.p99_us for _, b in pairs]),
                    "p50_ratio": summary([b.p50_us / a.p50_us for a, b in pairs]),
                }
            )
    return rows


def _checked(server: Server, method: str, path: str, body: bytes, calls: int, clients: int, each: int) -> load.Load:
    """Load a server and make sure that every call was answered OK, which HTTP's 200 does not say."""
    before = server.handled(method)
    result = load.unary(server.port, path, body, calls, clients, each)
    if server.handled(method) - before != calls:
        raise RuntimeError(f"{calls} calls, {server.handled(method) - before} answered OK")
    return result


def _pairs(rounds: int, first: Callable[[], Any], second: Callable[[], Any]) -> list[tuple[Any, Any]]:
    """Return both results of each round, in turn, after one round that does not count."""
    first(), second()
    return [(first(), second()) for _ in range(rounds)]


def streams(rounds: int, scale: float) -> list[dict[str, Any]]:
    """PredictStream against an echo stream."""
    request = question("balance-v1", CERTIFICATE)
    start = pb.PredictStreamRequest(start=pb.PredictStreamStart(model="balance-v1")).SerializeToString()
    item = pb.PredictStreamRequest(item=pb.PredictStreamItem(request=request)).SerializeToString()
    items = int(20_000 * scale)
    with echo() as plain, acumend() as real:
        pairs = _pairs(
            rounds,
            lambda: load.stream(plain.port, STREAM, None, item, items, item.__eq__),
            lambda: load.stream(real.port, PREDICT_STREAM, start, item, items, _answered),
        )
    return [
        {
            "what": "PredictStream balance-v1, 8 servers, CERTIFICATE, recording on, 4 streams x 32",
            "against": "echo stream of the same bytes",
            "messages": items,
            "per_s": summary([b for _, b in pairs]),
            "echo_per_s": summary([a for a, _ in pairs]),
            "throughput_ratio": summary([b / a for a, b in pairs]),
        }
    ]


def _answered(message: bytes) -> bool:
    return pb.PredictStreamResponse.FromString(message).result.result.HasField("response")


def batches(rounds: int, scale: float) -> list[dict[str, Any]]:
    """PredictBatch of 1, 8, 32 and 256, explain NONE, against the same inputs one by one."""
    rows = []
    with acumend() as real:
        for model in ("reference-v1", "balance-v1"):
            one = question(model, NONE)
            single = one.SerializeToString()
            for size in (1, 8, 32, 256):
                body = pb.PredictBatchRequest(requests=[one] * size).SerializeToString()
                calls = max(8, int(8_000 * scale) // size)
                pairs = _pairs(
                    rounds,
                    lambda s=single: _checked(real, "Predict", PREDICT, s, int(4000 * scale), 2, 2),
                    lambda b=body, c=calls: _checked(real, "PredictBatch", BATCH, b, c, 2, 2),
                )
                rows.append(
                    {
                        "what": f"PredictBatch {model}, explain NONE, recording on, batch of {size}",
                        "against": "Predict of the same input",
                        "inferences": calls * size,
                        "inferences_per_s": summary([b.per_s * size for _, b in pairs]),
                        "throughput_ratio": summary([b.per_s * size / a.per_s for a, b in pairs]),
                    }
                )
    return rows


def workers(rounds: int, scale: float) -> list[dict[str, Any]]:
    """Two workers against one, not pinned: with two processors the load generator takes its share of them."""
    body = question("balance-v1", CERTIFICATE).SerializeToString()
    calls = int(20_000 * scale)
    with acumend(pin=False) as one, acumend(pin=False, workers=2) as two:
        pairs = _pairs(
            rounds,
            lambda: _checked(one, "Predict", PREDICT, body, calls, 16, 4),
            lambda: _checked(two, "Predict", PREDICT, body, calls, 16, 4),
        )
    return [
        {
            "what": "Predict balance-v1 with two workers",
            "against": "one worker",
            "calls": calls,
            "per_s": summary([b.per_s for _, b in pairs]),
            "throughput_ratio": summary([b.per_s / a.per_s for a, b in pairs]),
        }
    ]


PARTS = {"unary": unary, "streams": streams, "batches": batches, "workers": workers}


def main() -> None:
    """Run the parts and write `results/rpc.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the usual number of calls")
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--name", default="rpc", help="name of the result file")
    options = parser.parse_args()
    rows = [row for part in options.parts for row in PARTS[part](options.rounds, options.scale)]
    print(write(options.name, rows))


if __name__ == "__main__":
    main()
