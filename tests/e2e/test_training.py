"""Training over a real socket: jobs are seen, stopped, resumed and survive kills; results serve only when better."""

import hashlib
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load

from acumen.models import CATALOGUE
from acumen.neural.archive import unpack
from acumen.neural.recipe import WEIGHTS
from acumen_client import Client, errors
from acumen_client.messages import (
    PROMOTE_MODE_NEVER,
    Tensor,
    TensorTruth,
    TrainingEvent,
    TrainingExample,
    TrainingJobState,
    TrainingSpec,
)
from acumen_client.training.jobs import finish
from tests.conftest import Acumend
from tests.e2e.training import BASE, examples, job

pytestmark = pytest.mark.slow


def _state(value: int) -> str:
    return TrainingJobState.Name(value).removeprefix("TRAINING_JOB_STATE_")


def _ended(client: Client, job_id: str, after: int = 0) -> Any:
    """Return a job once it has ended."""
    last = None
    for heard in client.training.watch_training(job_id, after_cursor=after, timeout=120):
        last = heard.event
    assert last is not None and last.HasField("job")
    return client.training.get_training_job(job_id).job


def _child_of(server: Acumend) -> int | None:
    """Return the id of the server's training process."""
    assert server.process is not None
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    for child in children.read_text().split():
        command = Path(f"/proc/{child}/cmdline")
        if command.exists() and b"acumen.training.child" in command.read_bytes():
            return int(child)
    return None


def test_a_job_is_seen_to_learn_and_its_result_serves(server: Acumend) -> None:
    """Events are numbered without gaps, losses fall, the model that was made answers under its name."""
    with server.client() as client:
        events = list(client.training.train(job(2000, "learns", epochs=6)))
        assert [event.cursor for event in events] == list(range(1, len(events) + 1))
        epochs = [event.progress for event in events if event.HasField("progress") and event.progress.epoch_end]
        assert [progress.epoch for progress in epochs] == [1, 2, 3, 4, 5, 6]
        assert epochs[-1].loss < epochs[0].loss
        assert all(p.memory.resident_bytes > 0 and p.memory.activation_bytes > 0 for p in epochs)
        result = events[-1].job.result
        assert _state(events[-1].job.state) == "SUCCEEDED" and result.promoted and result.gain_low > 0
        answer = client.predict(examples(1)[0].tensor, model="learns")
        assert (answer.decision.model, answer.decision.weights_sha256) == ("learns", result.weights_sha256)
        assert client.predict(examples(1)[0].tensor).decision.model == BASE
        assert client.verify_model("learns").ok


def test_equal_jobs_make_equal_weights_and_more_data_other_ones(server: Acumend) -> None:
    """The seed and the data decide; inline examples and a prepared data set are the same."""
    with server.client() as client:
        specs = [job(n, f"equal{number}") for number, n in enumerate((300, 300, 400))]
        made = [list(client.training.train(one))[-1].job.result for one in specs]
        assert made[0].weights_sha256 == made[1].weights_sha256 != made[2].weights_sha256


def test_what_is_not_to_be_promoted_waits(server: Acumend) -> None:
    """A better version does not serve when its job said so, and does once it is loaded."""
    with server.client() as client:
        wanted = job(2000, "waits", epochs=6)
        wanted.options.promote = PROMOTE_MODE_NEVER
        result = list(client.training.train(wanted))[-1].job.result
        assert result.gain_low > 0 and not result.promoted and "waits" in result.reason
        with pytest.raises(errors.NotFound, match="no version serves"):
            client.predict(examples(1)[0].tensor, model="waits")
        client.load_model("waits", version=result.version)
        assert client.predict(examples(1)[0].tensor, model="waits").decision.version == result.version


def test_zero_epochs_change_nothing(server: Acumend) -> None:
    """Without a pass over the data the weights are the base's, byte for byte, and are not promoted."""
    with server.client() as client:
        result = list(client.training.train(job(200, "nothing", epochs=0)))[-1].job.result
        assert result.weights_sha256 == client.get_model(BASE).model.weights_sha256
        assert not result.promoted and result.gain == 0
        with pytest.raises(errors.NotFound, match="no version serves"):
            client.predict(examples(1)[0].tensor, model="nothing")


def test_shuffled_labels_are_not_promoted(server: Acumend) -> None:
    """What was learned from labels that mean nothing is no better than the base, and does not serve."""
    with server.client() as client:
        result = list(client.training.train(job(1500, "shuffled", shuffled=True, epochs=8)))[-1].job.result
        assert not result.promoted and result.quality < 0.3


def test_frozen_groups_stay_as_they_are(server: Acumend, tmp_path: Path) -> None:
    """Layers 0-1 are byte-equal afterwards, the last is not; a range outside is refused with the valid one."""
    with server.client() as client:
        result = list(client.training.train(job(800, "frozen", freeze_layers="0-1")))[-1].job.result
        assert result.weights_sha256
        client.load_model("frozen", version=result.version)
        data = client.download_model(tmp_path / "frozen.tar", "frozen").read_bytes()
        trained = load(unpack(data, hashlib.sha256(data).hexdigest()).weights)
        base = load((next(e for e in CATALOGUE if e.name == BASE).folder / WEIGHTS).read_bytes())
        same = {name for name in base if name.startswith("net/") and base[name].tobytes() == trained[name].tobytes()}
        assert same == {n for n in base if n.split("/")[1:2] in (["input"], ["hidden"]) and n.startswith("net/")}
        with pytest.raises(errors.InvalidInput, match="not within 0-2"):
            client.training.start_training(job(20, "frozen", freeze_layers="0-5"))


def test_a_killed_process_and_a_killed_server_change_nothing(acumend: Any) -> None:
    """The process is killed at ten moments, the server twice; the weights are those of an undisturbed job."""
    calm = acumend(name="calm").start()
    with calm.client() as client:
        expected = list(client.training.train(job(1500, "m", epochs=30)))[-1].job.result.weights_sha256
    server = acumend(name="stormy").start()
    with server.client() as client:
        job_id = client.training.start_training(job(1500, "m", epochs=30)).job.id
    seen: list[TrainingEvent] = []
    for number in range(12):
        with server.client() as client:
            cursor = seen[-1].cursor if seen else 0
            for heard in client.training.watch_training(job_id, after_cursor=cursor, timeout=60):
                seen.append(heard.event)
                if heard.event.HasField("progress") and heard.event.progress.epoch >= 2 * number + 1:
                    break
            if number in (4, 8):
                server.kill()
                server.start()
            elif (child := _child_of(server)) is not None:
                os.kill(child, signal.SIGKILL)
    with server.client() as client:
        rest = client.training.watch_training(job_id, after_cursor=seen[-1].cursor, timeout=120)
        seen.extend(heard.event for heard in rest)
        final = client.training.get_training_job(job_id).job
    assert [event.cursor for event in seen] == list(range(1, len(seen) + 1))
    told = [event.progress.step for event in seen if event.HasField("progress")]
    assert told == sorted(set(told)), "no step is told twice"
    assert _state(final.state) == "SUCCEEDED" and final.runs >= 10
    assert final.result.weights_sha256 == expected


def test_a_watch_that_drops_ten_times_sees_every_event_once(server: Acumend) -> None:
    """Each watch is left after two events and taken up at its cursor; together they are the whole story."""
    with server.client() as client:
        job_id = client.training.start_training(job(600, "watched", epochs=20)).job.id
        seen: list[int] = []
        for _ in range(10):
            for heard in client.training.watch_training(job_id, after_cursor=seen[-1] if seen else 0, timeout=60):
                seen.append(heard.event.cursor)
                if len(seen) % 2 == 0:
                    break
        seen += [h.event.cursor for h in client.training.watch_training(job_id, after_cursor=seen[-1], timeout=60)]
        assert seen == list(range(1, client.training.get_training_job(job_id).job.cursor + 1))


def test_jobs_are_paused_resumed_and_cancelled(server: Acumend) -> None:
    """A paused job ends its process and goes on from where it was; a cancelled one never ends otherwise."""
    with server.client() as client:
        job_id = client.training.start_training(job(1500, "paused", epochs=40)).job.id
        _until_epoch(client, job_id, 3)
        assert _state(client.training.pause_training(job_id).job.state) == "PAUSED"
        with pytest.raises(errors.FailedPrecondition, match="is PAUSED"):
            client.training.pause_training(job_id)
        at = client.training.get_training_job(job_id).job
        client.training.resume_training(job_id)
        _until_epoch(client, job_id, at.progress.epoch + 2, after=at.cursor)
        assert _state(client.training.cancel_training(job_id).job.state) == "CANCELLED"
        assert _state(_ended(client, job_id).state) == "CANCELLED"
        assert [one.id for one in client.training.list_training_jobs(state="cancelled")] == [job_id]


def _until_epoch(client: Client, job_id: str, epoch: int, after: int = 0) -> None:
    for heard in client.training.watch_training(job_id, after_cursor=after, timeout=60):
        if heard.event.progress.epoch >= epoch:
            return


def test_a_job_over_its_memory_limit_stops_with_its_checkpoint(server: Acumend) -> None:
    """It fails with the limit and the value named; with a higher limit it goes on to the end."""
    with server.client() as client:
        spec = job(9_000, "small", memory_limit_bytes=64 << 20, batch_size=9_000, epochs=2)
        job_id = client.training.start_training(spec).job.id
        failed = _ended(client, job_id)
        assert _state(failed.state) == "FAILED" and "its limit is 67108864" in failed.error.message
        client.training.resume_training(job_id, memory_limit_bytes=1 << 30)
        assert _state(_ended(client, job_id, after=failed.cursor).state) == "SUCCEEDED"
        with pytest.raises(errors.InvalidInput, match="the least is"):
            client.training.start_training(job(20, memory_limit_bytes=1))


def test_bad_examples_are_refused_with_their_place(server: Acumend) -> None:
    """A wrong type, a class that is none and a NaN are each named; the model in use answers as before."""
    with server.client() as client:
        before = client.predict(examples(1)[0].tensor).tensor_classes
        bad = job(20, "bad")
        bad.data.examples.examples[3].tensor_truth.name = "SQUARE"
        bad.data.examples.examples[7].tensor.f32 = b"\x00\x00\xc0\x7f" * 64
        bad.data.examples.examples[9].CopyFrom(TrainingExample(tensor_truth=TensorTruth(name="STEP")))
        with pytest.raises(errors.InvalidInput) as caught:
            client.training.start_training(bad)
        fields = [violation.field for violation in caught.value.violations]
        assert any(field.startswith("spec.data.examples.examples[3]") for field in fields)
        assert any("examples[7]" in field for field in fields) and any("examples[9]" in field for field in fields)
        with pytest.raises(errors.InvalidInput, match="no examples are given"):
            client.training.start_training(TrainingSpec(model=BASE))
        with pytest.raises(errors.NotFound):
            client.training.start_training(TrainingSpec(model="nobody"))
        with pytest.raises(errors.AlreadyExists, match="family"):
            client.training.start_training(job(20, "balance-v1"))
        few = _ended(client, client.training.start_training(job(5, "few")).job.id)
        assert _state(few.state) == "FAILED" and "at least 10" in few.error.message
        assert client.predict(examples(1)[0].tensor).tensor_classes == before


def test_a_file_is_prepared_with_a_report_of_what_was_dropped(server: Acumend, tmp_path: Path) -> None:
    """Line 40,312 of wrong types, a missing label, a NaN and a broken line are counted with their numbers."""
    good = json.dumps({"input": {"values": [float(i) for i in range(64)]}, "target": {"name": "RISING"}})
    lines = [good] * 40_320
    lines[40_311] = '{"input": {"values": "many"}, "target": {"name": "RISING"}}'
    lines[10] = '{"input": {"values": [1, 2]}}'
    lines[11] = good.replace("[0.0", "[NaN")
    lines[12] = good[:-1]
    lines[13] = "17"
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines))
    with server.client() as client:
        report = client.training.prepare_data(path, BASE)
        assert (report.read, report.kept) == (40_320, 40_315) and report.dataset_id
        dropped = {line: one.reason for one in report.dropped for line in one.lines}
        assert set(dropped) == {11, 12, 13, 14, 40_312}
        assert "target" in dropped[11] and "NaN" in dropped[12] and "values[0]" in dropped[12]
        assert "JSON" in dropped[13]
        assert dropped[40_312].startswith("input") and "object" in dropped[14]
        assert [(one.label, one.count) for one in report.labels] == [("RISING", 40_315)]
        assert client.training.prepare_data(path, BASE).dataset_id == report.dataset_id


def test_a_stream_is_learned_from_chunk_by_chunk_and_resumed(server: Acumend) -> None:
    """A stream that breaks after 250 of 600 examples goes on at its last chunk; too few examples wait."""
    data = examples(600)
    with server.client() as client:
        start = TrainingSpec(model=BASE, name="stream")
        heard = client.training.train_incremental(iter(data[:250]), spec=start, chunk_size=100)
        positions = [message.position for message in heard if message.HasField("position")]
        assert (positions[-1].kept, positions[-1].waiting) == (200, 50)
        job_id = positions[-1].job_id
        rest = [*data[positions[-1].kept :], finish()]
        last = None
        for message in client.training.train_incremental(iter(rest), resume_job_id=job_id, timeout=120):
            last = message
        assert last is not None
        final = client.training.get_training_job(job_id).job
        assert _state(final.state) == "SUCCEEDED" and final.examples == 600
        with pytest.raises(errors.FailedPrecondition):
            list(client.training.train_incremental(iter([]), resume_job_id=job_id))


def test_versions_are_rolled_back_deleted_and_moved(server: Acumend, tmp_path: Path) -> None:
    """A second version serves, the first comes back, one that serves stays; an archive brings it to another server."""
    with server.client() as client:
        for seed in (5, 6):
            list(client.training.train(job(1200, "versions", seed=seed)))
        found = client.list_versions("versions").versions
        assert [one.version for one in found] == ["1.0.0", "1.0.1"]
        for number in ("1.0.0", "1.0.1"):
            client.load_model("versions", version=number)
        assert client.predict(Tensor(values=range(64)), model="versions").decision.version == "1.0.1"
        assert client.predict(Tensor(values=range(64)), model="versions", version="1.0.0").decision.version == "1.0.0"
        assert client.rollback_model("versions").version.version == "1.0.0"
        with pytest.raises(errors.FailedPrecondition, match="serves"):
            client.delete_model("versions", version="1.0.0")
        archive = client.download_model(tmp_path / "versions.tar", "versions", version="1.0.1")
        client.delete_model("versions", version="1.0.1")
        with pytest.raises(errors.NotFound):
            client.predict(Tensor(values=range(64)), model="versions", version="1.0.1")
        back = client.install_model(archive)
        assert (back.version.version, back.version.serves) == ("1.0.1", False)
        data = bytearray(archive.read_bytes())
        data[len(data) // 2] ^= 1
        archive.write_bytes(data)
        with pytest.raises(errors.DataLoss):
            client.install_model(archive)
        with pytest.raises(errors.FailedPrecondition, match="built in"):
            client.delete_model(BASE)


def test_results_survive_a_restart_and_a_snapshot(acumend: Any) -> None:
    """Jobs, their events and what they made are back after a kill, from the journal and from a snapshot."""
    server = acumend().start()
    with server.client() as client:
        events = list(client.training.train(job(600, "kept")))
        client.bank.create_snapshot()
        later = list(client.training.train(job(600, "later", seed=9)))
    server.kill()
    server.start()
    with server.client() as client:
        for known in (events, later):
            again = [h.event for h in client.training.watch_training(known[0].job.id, timeout=30)]
            assert again == known
        assert {one.id for one in client.training.list_training_jobs()} == {events[0].job.id, later[0].job.id}
        model = "kept" if events[-1].job.result.promoted else BASE
        assert client.predict(Tensor(values=range(64)), model=model).decision.model == model
