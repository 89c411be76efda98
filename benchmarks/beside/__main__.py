"""Measure Predict over the wire while a training job runs, beside Predict without one, in alternating rounds."""

import argparse
import os
import time

import grpc
import numpy as np

from acumen.models import CATALOGUE
from acumen.models.reference.series.world import SHAPES, generate
from acumen.proto.models.v1.tensor_pb2 import Tensor, TensorTruth
from acumen.proto.v1 import neural_pb2, training_job_pb2, training_pb2
from acumen.proto.v1.training_example_pb2 import TrainingExample
from benchmarks.record import summary, write
from benchmarks.rpc.processes import acumend

BASE = "reference-v1"
CALLS = 3_000
EXAMPLES = 8_000
RUNNING = training_job_pb2.TRAINING_JOB_STATE_RUNNING


def _job() -> training_pb2.StartTrainingRequest:
    """Return a job that outlasts every round; it is cancelled when its round is over."""
    series, shape = generate(1, EXAMPLES, shifted=True)
    request = training_pb2.StartTrainingRequest()
    request.spec.model, request.spec.name = BASE, "beside"
    request.spec.options.epochs = 10_000
    request.spec.data.examples.examples.extend(
        TrainingExample(tensor=Tensor(f32=row.astype("<f4").tobytes()), tensor_truth=TensorTruth(name=SHAPES[k]))
        for row, k in zip(series, shape, strict=True)
    )
    return request


class Wire:
    """A channel to a server, and the calls that are made over it."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        entry = next(entry for entry in CATALOGUE if entry.name == "balance-v1")
        self._inputs = [
            neural_pb2.PredictRequest(load_metrics=one).SerializeToString() for one in entry.spec.examples(3, 64)
        ]
        self._predict = self._channel.unary_unary("/acumen.v1.Neural/Predict")

    def latencies_us(self) -> np.ndarray:  # type: ignore[type-arg]
        """Return the time of each of a round's calls, one after the other; each answer is read."""
        times = np.empty(CALLS)
        for i in range(CALLS):
            started = time.perf_counter()
            answer = self._predict(self._inputs[i % len(self._inputs)], timeout=30)
            times[i] = (time.perf_counter() - started) * 1e6
            assert neural_pb2.PredictResponse.FromString(answer).HasField("distribution_plan")
        return times

    def start(self, request: training_pb2.StartTrainingRequest) -> str:
        """Start a job and wait until its process learns."""
        call = self._channel.unary_unary("/acumen.v1.Training/StartTraining")
        started = training_pb2.StartTrainingResponse.FromString(call(request.SerializeToString(), timeout=60))
        watch = self._channel.unary_stream("/acumen.v1.Training/WatchTraining")
        events = watch(training_pb2.WatchTrainingRequest(job_id=started.job.id).SerializeToString(), timeout=120)
        for raw in events:
            if training_pb2.WatchTrainingResponse.FromString(raw).event.HasField("progress"):
                events.cancel()
                return started.job.id
        raise RuntimeError("the job ended before it was measured")

    def cancel(self, job_id: str) -> None:
        """Stop a job, which must still have been running."""
        get = self._channel.unary_unary("/acumen.v1.Training/GetTrainingJob")
        raw = get(training_pb2.GetTrainingJobRequest(job_id=job_id).SerializeToString(), timeout=30)
        assert training_pb2.GetTrainingJobResponse.FromString(raw).job.state == RUNNING
        call = self._channel.unary_unary("/acumen.v1.Training/CancelTraining")
        call(training_pb2.CancelTrainingRequest(job_id=job_id).SerializeToString(), timeout=30)


def measured(rounds: int) -> dict[str, object]:
    """Return p50 and p99 without and with a job, and the ratios of each round."""
    request, alone, beside = _job(), [], []
    with acumend(pin=False) as server:
        wire = Wire(server.port)
        wire.latencies_us()
        for _ in range(rounds):
            alone.append(np.percentile(wire.latencies_us(), [50, 99]))
            job_id = wire.start(request)
            beside.append(np.percentile(wire.latencies_us(), [50, 99]))
            wire.cancel(job_id)
            time.sleep(1)  # the process needs a moment to be gone; nothing is measured meanwhile
    row: dict[str, object] = {
        "what": f"Predict balance-v1, one call at a time, while a job trains {BASE} on {EXAMPLES:,} examples",
        "against": "the same without a job",
        "calls": CALLS,
    }
    for number, name in enumerate(("p50", "p99")):
        row[f"{name}_us"] = summary([one[number] for one in beside])
        row[f"{name}_alone_us"] = summary([one[number] for one in alone])
        row[f"{name}_ratio"] = summary([b[number] / a[number] for a, b in zip(alone, beside, strict=True)])
    return row


def main() -> None:
    """Run and write `results/beside.json`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    print(write("beside", [measured(rounds)]))


if __name__ == "__main__":
    main()
