"""Training and versions from Python: the three forms, watches that are taken up again, files that arrive whole."""

from pathlib import Path

import pytest
from fake_neural import status
from fake_versions import ARCHIVE

from acumen_client import errors
from acumen_client.gen.v1 import training_pb2
from acumen_client.messages import TrainingExample, TrainingSpec
from acumen_client.training.jobs import finish
from acumen_client.training.specs import spec

LOST = status("UNAVAILABLE", "DRAINING", retry_ms=1)


async def test_every_call_of_the_service_is_there(client, fake, tmp_path):
    """Each unary method has a blocking and an awaitable form that reach it; the streams have theirs."""
    path = tmp_path / "data.csv"
    path.write_text("text,label\n")
    calls = {
        "start_training": (TrainingSpec(model="m"),),
        "get_training_job": ("t-1",),
        "cancel_training": ("t-1",),
        "pause_training": ("t-1",),
        "resume_training": ("t-1",),
        "prepare_data": (path, "m"),
    }
    for name, given in calls.items():
        blocking = getattr(client.training, name)(*given)
        assert type(blocking) is type(await getattr(client.aio.training, name)(*given))
    assert [one.id for one in client.training.list_training_jobs()] == ["t-2", "t-1"]
    assert [one.id async for one in client.aio.training.list_training_jobs()] == ["t-2", "t-1"]
    assert len(list(client.training.train_incremental([finish()]))) == 8
    assert [len(m.event.job.id) async for m in client.aio.training.train_incremental([finish()])][-1] == 3
    assert len(list(client.training.watch_training("t-1"))) == 6
    declared = set(training_pb2.DESCRIPTOR.services_by_name["Training"].methods_by_name)
    assert set(fake.training.calls) == declared - {"Train"}  # `train` is a start and a watch, which can be taken up
    assert fake.training.last("PrepareData")[0].start.format == training_pb2.DATA_FORMAT_CSV
    await client.aio.close()


async def test_training_goes_on_where_its_watch_broke(client, fake):
    """A lost connection is taken up after the last event; no event comes twice, and the job is started once."""
    fake.training.break_after = [3]
    cursors = [event.cursor for event in client.training.train(TrainingSpec(model="m"))]
    assert cursors == [1, 2, 3, 4, 5, 6]
    assert [one.after_cursor for one in fake.training.calls["WatchTraining"]] == [0, 3]
    assert len(fake.training.calls["StartTraining"]) == 1
    assert [event.cursor async for event in client.aio.training.train(TrainingSpec(model="m"))] == cursors
    await client.aio.close()


def test_a_start_is_retried_under_its_request_id(client, fake):
    """Two attempts carry one id, so that one job is started."""
    fake.training.fail(LOST)
    client.training.start_training(TrainingSpec(model="m"))
    first, second = fake.training.calls["StartTraining"]
    assert first.request_id == second.request_id != ""


def test_a_specification_is_stated_in_words():
    """Names, data and promotion are where the contract has them; wrong examples are a `TypeError` on a stream."""
    made = spec("m", name="n", version="1", domain="d", dataset_id="x" * 32, promote="never")
    assert (made.model, made.name, made.version, made.domain, made.data.dataset_id) == ("m", "n", "1", "d", "x" * 32)
    assert made.options.promote == 2
    assert len(spec("m", examples=[TrainingExample()] * 3).data.examples.examples) == 3


def test_a_wrong_item_of_a_stream_is_refused_before_it_is_sent(client):
    """The caller learns what a stream takes."""
    with pytest.raises(TypeError, match="training examples"):
        list(client.training.train_incremental([TrainingSpec()]))


async def test_archives_arrive_whole_through_a_broken_connection(client, fake, tmp_path: Path):
    """A download goes on after the bytes there are; an installation sends equal bytes."""
    fake.fail(LOST)
    seen = []
    path = client.download_model(tmp_path / "a.tar", "mine", progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == ARCHIVE and seen[-1] == (1000, 1000)
    assert [one.offset for one in fake.calls["DownloadModel"]] == [0, 300]
    assert (await client.aio.download_model(tmp_path / "b.tar", "mine")).read_bytes() == ARCHIVE
    assert client.install_model(path, serve=True).revision == 9
    assert (await client.aio.install_model(path)).revision == 9
    assert b"".join(part.data for part in fake.last("InstallModel")) == ARCHIVE
    with pytest.raises(FileNotFoundError):
        client.install_model(tmp_path / "none.tar")
    await client.aio.close()


async def test_versions_are_listed_rolled_back_deleted_and_verified(client, fake):
    """Each call has both forms; a handle fills in its model's name."""
    for name in ("list_versions", "rollback_model", "delete_model", "verify_model"):
        assert getattr(client, name)("mine") == await getattr(client.aio, name)("mine")
        getattr(client.model("other"), name)()
    assert {fake.last(method).model for method in ("ListVersions", "RollbackModel", "DeleteModel")} == {"other"}
    await client.aio.close()


def test_what_the_server_says_is_a_typed_error(client, fake):
    """Reasons of training arrive as their classes."""
    fake.training.fail(status("OUT_OF_RANGE", "CURSOR_TOO_OLD"))
    with pytest.raises(errors.OutOfRange):
        list(client.training.watch_training("t-1", after_cursor=1))
