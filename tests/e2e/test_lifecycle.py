"""Starting, stopping, crashing and sharing: what an operator relies on."""

import queue
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from acumen_client import Client
from acumen_client.errors import AcumenError
from acumen_client.gen.v1 import neural_pb2
from acumen_client.gen.v1.neural_pb2_grpc import NeuralStub
from tests.e2e.test_neural import REFERENCE, same, wave


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_killed_server_forgets_nothing_it_acknowledged(acumend: Any) -> None:
    """After SIGKILL: outcomes, the unloaded model and the changed configuration are there, and answers are the same."""
    one = acumend().start()
    with one.client() as client:
        before = same(client.predict(wave(), model=REFERENCE))
        prediction_id = client.predict(wave(), model=REFERENCE).decision.prediction_id
        client.record_outcome(prediction_id, True)
        client.update_config(threads=5)
        revision = client.unload_model(REFERENCE).revision
    one.kill()
    one.start()
    with one.client() as client:
        runtime = client.get_runtime()
        assert runtime.revision == revision and runtime.config.threads == 5
        assert client.get_model(REFERENCE).outcomes.outcomes == 1
        assert client.get_model(REFERENCE).model.state == 3
        client.load_model(REFERENCE)
        assert same(client.predict(wave(), model=REFERENCE)) == before
    assert one.stop() == 0


def test_the_socket_is_private_and_gone_afterwards(acumend: Any) -> None:
    """Mode 0600 while serving; no file after a drain."""
    one = acumend().start()
    assert stat.S_IMODE(one.socket.stat().st_mode) == 0o600
    assert one.stop() == 0
    assert not one.socket.exists()


def test_a_second_server_on_the_same_socket_refuses_and_says_why(acumend: Any) -> None:
    """It exits 2 naming the socket and the process that has it, and the first goes on serving."""
    one = acumend().start()
    other = acumend(f"--data-dir={one.folder / 'other'}", f"--socket={one.socket}", name="t")
    assert other.spawn().wait(30) == 2
    assert re.search(
        rf"socket {one.socket} is in use by another acumend, process {one.process.pid}", other.log.read_text()
    )
    with one.client() as client:
        assert client.predict(wave()).decision.model == REFERENCE


def test_a_second_server_on_the_same_data_folder_refuses(acumend: Any) -> None:
    """Two servers never write one journal unknown to each other."""
    one = acumend().start()
    other = acumend(f"--data-dir={one.folder / 'data'}", name="t")
    assert other.spawn().wait(30) == 2
    assert "data folder" in other.log.read_text() and "in use" in other.log.read_text()


def test_a_socket_left_by_a_killed_server_is_taken_over(acumend: Any) -> None:
    """After SIGKILL the file is still there, and the next start serves on it."""
    one = acumend().start()
    one.kill()
    assert one.socket.exists()
    one.start()
    with one.client() as client:
        assert client.predict(wave()).decision.model == REFERENCE


def test_sigterm_under_load_loses_no_accepted_call(acumend: Any) -> None:
    """Four clients call without pause: each call is answered or refused with a typed reason, and the server exits 0."""
    one = acumend("--drain-grace-ms=5000").start()
    outcomes: list[str] = []
    enough = threading.Event()

    def load() -> None:
        with one.client(timeout=10) as client:
            stub = client.model(REFERENCE)
            for i in range(100_000):
                try:
                    stub.predict(wave(i % 5))
                    outcomes.append("answered")
                except AcumenError as error:
                    outcomes.append(error.reason)
                    return
                if len(outcomes) > 200:
                    enough.set()

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    assert one.stop() == 0
    for thread in threads:
        thread.join(30)
    assert outcomes.count("answered") > 200
    assert set(outcomes) <= {"answered", "DRAINING", "UNREACHABLE"}
    drained = one.events("drained")
    assert drained and drained[-1]["complete"] is True


def test_an_open_stream_is_told_that_the_server_drains(acumend: Any) -> None:
    """A stream gets Draining, what it sent before is answered, and closing it lets the server end within the grace."""
    one = acumend("--drain-grace-ms=20000").start()
    with raw_stream(one) as (say, heard):
        say(wave())
        assert next(heard).HasField("result")
        one.process.send_signal(signal.SIGTERM)
        assert next(heard).HasField("draining")
        say(wave(1))
        assert next(heard).HasField("result")
        say(None)
        assert list(heard) == []
    assert one.process.wait(15) == 0


def test_a_stream_that_ignores_draining_is_ended_after_the_grace(acumend: Any) -> None:
    """The server does not wait for ever: the stream ends UNAVAILABLE and the process exits 0."""
    one = acumend("--drain-grace-ms=300").start()
    with raw_stream(one) as (say, heard):
        say(wave())
        assert next(heard).HasField("result")
        one.process.send_signal(signal.SIGTERM)
        assert next(heard).HasField("draining")
        with pytest.raises(grpc.RpcError) as caught:
            next(heard)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE and "draining" in caught.value.details()
    assert one.process.wait(15) == 0


def test_a_second_sigterm_ends_at_once(acumend: Any) -> None:
    """With an open stream and a long grace, the second signal does not wait."""
    one = acumend("--drain-grace-ms=60000").start()
    with raw_stream(one) as (say, heard):
        say(wave())
        assert next(heard).HasField("result")
        one.process.send_signal(signal.SIGTERM)
        assert next(heard).HasField("draining")
        assert one.process.poll() is None
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(5) == 128 + signal.SIGTERM


@contextmanager
def raw_stream(one: Any) -> Iterator[tuple[Any, Any]]:
    """Yield a prediction stream as the wire has it: a function that sends a tensor (None closes), and what is heard."""
    said: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def requests() -> Iterator[Any]:
        yield neural_pb2.PredictStreamRequest(start=neural_pb2.PredictStreamStart(model=REFERENCE))
        while (tensor := said.get()) is not None:
            yield neural_pb2.PredictStreamRequest(item={"request": {"tensor": tensor}})

    with grpc.insecure_channel(one.address(), options=[("grpc.default_authority", "localhost")]) as opened:
        stream = NeuralStub(opened).PredictStream(requests(), timeout=60)
        yield said.put, stream
        said.put(None)


def test_all_configuration_mistakes_are_told_at_once(acumend: Any) -> None:
    """A wrong number, a wrong address and an unknown variable: exit 2, all three named."""
    one = acumend("--workers=0", "--metrics=nowhere", environment={"ACUMEN_TYPO": "1"})
    assert one.spawn().wait(30) == 2
    told = one.log.read_text()
    assert "workers" in told and "nowhere" in told and "ACUMEN_TYPO" in told


def test_flags_beat_environment_and_environment_beats_the_file(acumend: Any, tmp_path: Any) -> None:
    """The strongest source wins setting by setting."""
    (tmp_path / "acumen.toml").write_text("threads = 7\nmax_streams = 7\nmax_in_flight = 7\n")
    environment = {
        "ACUMEN_CONFIG": str(tmp_path / "acumen.toml"),
        "ACUMEN_MAX_STREAMS": "8",
        "ACUMEN_MAX_IN_FLIGHT": "8",
    }
    one = acumend("--max-in-flight=9", environment=environment).start()
    with one.client() as client:
        runtime = client.get_runtime()
    assert (runtime.config.threads, runtime.limits.streams, runtime.limits.calls_in_flight) == (7, 8, 9)


def test_metrics_are_served_and_count_calls(acumend: Any) -> None:
    """Prometheus finds the calls under the names of go-grpc-middleware."""
    port = _free_port()
    one = acumend(f"--metrics=127.0.0.1:{port}").start()
    with one.client() as client:
        for _ in range(3):
            client.predict(wave())
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        text = page.read().decode()
    labels = 'grpc_code="OK",grpc_method="Predict",grpc_service="acumen.v1.Neural",grpc_type="unary"'
    assert f"grpc_server_handled_total{{{labels}}} 3.0" in text
    assert f'acumen_inferences_total{{model="{REFERENCE}"}} 3.0' in text


def test_workers_answer_alike_and_follow_one_journal(acumend: Any) -> None:
    """Two workers: same bytes from both, an outcome told to one is known to the other, a change reaches both."""
    port = _free_port()
    one = acumend("--workers=2", f"--tcp=127.0.0.1:{port}").start(workers=2)
    with one.client(0) as first, one.client(1) as second:
        answers = [client.predict(wave(), model=REFERENCE) for client in (first, second)]
        assert same(answers[0]) == same(answers[1])
        assert {client.get_runtime().worker for client in (first, second)} == {0, 1}
        recorded = second.record_outcome(answers[0].decision.prediction_id, True)
        assert first.get_model(REFERENCE, min_revision=recorded.revision).outcomes.outcomes == 1
        unloaded = first.unload_model(REFERENCE)
        assert second.get_model(REFERENCE, min_revision=unloaded.revision).model.state == 3
        loaded = second.load_model(REFERENCE)
        assert first.predict(wave(), model=REFERENCE, min_revision=loaded.revision).decision.model == REFERENCE
    with Client(f"127.0.0.1:{port}") as client:
        assert client.predict(wave()).decision.model == REFERENCE
    assert one.stop() == 0


def test_a_worker_that_dies_is_replaced(acumend: Any) -> None:
    """After SIGKILL of one worker the other goes on and a new one takes its place."""
    one = acumend("--workers=2").start(workers=2)
    pids = subprocess.run(
        ["pgrep", "-P", str(one.process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    subprocess.run(["kill", "-9", pids[0]], check=True)
    served = len(one.events("serving"))
    for _ in range(300):
        if len(one.events("serving")) > served:
            break
        threading.Event().wait(0.1)
    assert len(one.events("serving")) == served + 1
    assert one.stop() == 0


def test_determinism_across_restarts_and_levels(acumend: Any) -> None:
    """The same bytes after a restart; on other processor levels the same decision and confidence to four digits."""
    answers = []
    levels = subprocess.run(
        [
            sys.executable,
            "-c",
            "import acumen_accel; i = acumen_accel.info(); print(*(set(i.built) & set(i.supported)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    for name, level in enumerate(["auto", "auto", "python", *sorted(levels)]):
        if level == "generic":
            continue
        one = acumend(f"--kernels={level}", name=f"l{name}").start()
        with one.client() as client:
            answers.append(client.predict(wave(), model=REFERENCE))
        assert one.stop() == 0
    assert same(answers[0]) == same(answers[1])
    for other in answers[2:]:
        assert other.tensor_classes.classes[0].name == answers[0].tensor_classes.classes[0].name
        assert abs(other.decision.confidence.p - answers[0].decision.confidence.p) < 1e-4


def test_health_and_reflection_speak_to_stock_tools(server: Any) -> None:
    """The raw health method says SERVING, and reflection lists the services under both of its names."""
    with grpc.insecure_channel(server.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        check = channel.unary_unary("/grpc.health.v1.Health/Check")
        assert check(b"", timeout=5) == b"\x08\x01"
        for version in ("v1", "v1alpha"):
            info = channel.stream_stream(f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")
            (answer,) = info(iter([b"\x3a\x01*"]), timeout=5)  # field 7: list_services
            assert b"acumen.v1.Neural" in answer and b"grpc.health.v1.Health" in answer
