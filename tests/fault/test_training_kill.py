"""Server and training process killed at every named point of a job: it ends once, with the weights of a calm one."""

from typing import Any

import pytest

from acumen_client import errors
from acumen_client.messages import TrainingJob
from tests.conftest import Acumend
from tests.e2e.training import job

pytestmark = pytest.mark.slow
STEPS = ("created", "synced", "renamed", "folder_synced")
OF_SERVER = [*(f"{kind}.{step}" for kind in ("dataset", "task") for step in STEPS), "training.placed"]
OF_PROCESS = [*(f"checkpoint.{step}:2" for step in STEPS), "training.step:7"]
WANTED: dict[str, Any] = {"n": 300, "name": "m", "epochs": 6, "checkpoint_every_steps": 3}


def _finished(server: Acumend) -> TrainingJob:
    """Ask for the job under one request id until the server lives to answer, and return how it ended."""
    with server.client(timeout=30) as client:
        job_id = client.training.start_training(job(**WANTED), request_id="once").job.id
        for _ in client.training.watch_training(job_id, timeout=60):
            pass
        assert [one.id for one in client.training.list_training_jobs()] == [job_id]
        assert [one.version for one in client.list_versions("m").versions] == ["1.0.0"]
        return client.training.get_training_job(job_id).job


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the weights of a job that nothing disturbed."""
    server = Acumend(tmp_path_factory.mktemp("calm")).start()
    try:
        return _finished(server).result.weights_sha256
    finally:
        server.kill()


@pytest.mark.parametrize("point", OF_SERVER)
def test_a_server_that_dies_goes_on_with_the_job(acumend: Any, calm: str, point: str) -> None:
    """Killed where its files are written, it has one job and one version in the end, and the same weights."""
    server = acumend(environment={"ACUMEN_FAILPOINT": point}).start()
    with server.client(timeout=30) as client, pytest.raises(errors.AcumenError):
        started = client.training.start_training(job(**WANTED), request_id="once").job
        list(client.training.watch_training(started.id, timeout=20))
    assert server.process is not None and server.process.wait(30) == -9
    after = Acumend(server.folder).start()
    try:
        assert _finished(after).result.weights_sha256 == calm
    finally:
        after.kill()


@pytest.mark.parametrize("point", OF_PROCESS)
def test_a_process_that_dies_again_and_again_gets_to_the_end(acumend: Any, calm: str, point: str) -> None:
    """Each process is killed at the same point; each gets further than the one before."""
    ended = _finished(acumend(environment={"ACUMEN_FAILPOINT": point}).start())
    assert ended.runs > 1 and ended.result.weights_sha256 == calm
