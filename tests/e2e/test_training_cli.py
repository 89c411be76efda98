"""Training from the command line, as a person types it: every verb, its table and JSON, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf.json_format import MessageToDict

from tests.conftest import Acumend
from tests.e2e.training import BASE, examples

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file of 1,200 examples and one line that is none."""
    path = tmp_path_factory.mktemp("data") / "noisy.jsonl"
    lines = [json.dumps(MessageToDict(one)) for one in examples(1200)]
    path.write_text("\n".join([*lines, "no json"]))
    return path


def _acumen(server: Acumend, *words: str, code: int = 0, say: str | None = None) -> str:
    command = [sys.executable, "-m", "acumen_client.cli", "--address", server.address(), "neural", *words]
    wide = {**os.environ, "COLUMNS": "1000"}  # else an error's words are wrapped, by the length of the paths in it
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, input=say, env=wide)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def _json(server: Acumend, *words: str) -> dict:  # type: ignore[type-arg]
    return json.loads(_acumen(server, *words, "--format", "json"))  # type: ignore[no-any-return]


def test_a_file_is_trained_on_watched_drawn_and_described(server: Acumend, data: Path, tmp_path: Path) -> None:
    """The result, its versions and its job are told alike; the plot is a picture; each event is a line of JSON."""
    plot = tmp_path / "curves.png"
    options = ["--epochs", "4", "--early-stopping", "patience=3", "--plot", str(plot), "--memory-monitor"]
    told = _acumen(server, "train", "--model", BASE, "--data", str(data), "--name", "cli", *options)
    assert "cli 1.0.0" in told and "95 % interval" in told
    assert plot.read_bytes().startswith(b"\x89PNG") and plot.stat().st_size > 10_000
    job = _json(server, "jobs")["jobs"][0]
    assert job["spec"]["options"]["earlyStoppingPatience"] == 3 and job["examples"] == "1200"
    assert _json(server, "train-status", "--job-id", job["id"])["job"]["result"] == job["result"]
    lines = _acumen(server, "train-status", "--job-id", job["id"], "--follow", "--format", "jsonl").splitlines()
    assert [int(json.loads(line)["cursor"]) for line in lines] == list(range(1, int(job["cursor"]) + 1))
    assert _json(server, "versions", "--model", "cli")["versions"][0]["jobId"] == job["id"]
    assert _json(server, "verify", "--model", "cli", "--version", "1.0.0")["ok"]


def test_options_reach_the_job(server: Acumend, data: Path) -> None:
    """Every option of train and fine-tune changes the job's specification."""
    words = ["--batch-size", "16", "--gradient-accumulation", "2", "--gradient-checkpoint", "--seed", "7"]
    words += ["--learning-rate", "0.002", "--validation-split", "0.3", "--memory-limit", "1GiB", "--anchor", "0.5"]
    words += ["--domain", "noise", "--no-promote", "--epochs", "1"]
    job = _json(server, "train", "--model", BASE, "--data", str(data), "--name", "options", *words)["job"]
    assert job["spec"]["domain"] == "noise" and job["heldOut"] == "360"
    assert job["spec"]["options"] == {
        "epochs": 1,
        "batchSize": 16,
        "learningRate": 0.002,
        "validationSplit": 0.3,
        "seed": "7",
        "gradientAccumulation": 2,
        "checkpointLayers": 1,
        "memoryLimitBytes": str(1 << 30),
        "earlyStoppingPatience": 0,
        "freezeLayers": "",
        "anchor": 0.5,
        "checkpointEverySteps": 0,
        "promote": "PROMOTE_MODE_NEVER",
    }
    tuned = ["fine-tune", "--base-model", BASE, "--output", "tuned", "--freeze-layers", "0-1", "--epochs", "1"]
    spec = _json(server, *tuned, "--data", str(data))["job"]["spec"]
    assert (spec["name"], spec["options"]["freezeLayers"]) == ("tuned", "0-1")


def test_a_detached_job_is_listed_paused_resumed_and_cancelled(server: Acumend, data: Path) -> None:
    """The verbs say the state they led to; a second cancel is refused with exit code 1."""
    started = ["train", "--model", BASE, "--data", str(data), "--name", "detached", "--epochs", "500", "--detach"]
    job_id = _json(server, *started)["job"]["id"]
    assert _json(server, "pause", "--job-id", job_id)["job"]["state"] == "TRAINING_JOB_STATE_PAUSED"
    assert [one["id"] for one in _json(server, "jobs", "--state", "paused")["jobs"]] == [job_id]
    assert _json(server, "resume", "--job-id", job_id)["job"]["state"] == "TRAINING_JOB_STATE_QUEUED"
    assert _json(server, "cancel", "--job-id", job_id)["job"]["state"] == "TRAINING_JOB_STATE_CANCELLED"
    assert "is CANCELLED" in _acumen(server, "cancel", "--job-id", job_id, code=1)


def test_data_are_prepared_with_a_report(server: Acumend, data: Path, tmp_path: Path) -> None:
    """A folder gives a report a file; what was dropped is told with its line; the reports can be kept."""
    (tmp_path / "a.jsonl").write_bytes(data.read_bytes())
    (tmp_path / "b.json").write_text("[]")
    output = tmp_path.parent / "reports.json"
    _acumen(server, "prepare-data", "--model", BASE, "--source", str(tmp_path), "--output", str(output), code=1)
    first, second = json.loads(output.read_text())["reports"]
    assert (first["file"], first["kept"], first["dropped"][0]["lines"]) == ("a.jsonl", "1200", ["1201"])
    assert (second["file"], second["kept"], second["datasetId"]) == ("b.json", "0", "")


def test_a_stream_is_learned_from_and_gone_on_with(server: Acumend, data: Path) -> None:
    """Examples from standard input; a wrong use is exit code 2."""
    lines = "\n".join(data.read_text().splitlines()[:300])
    words = ["train-incremental", "--model", BASE, "--name", "streamed", "--data", "-", "--chunk-size", "100"]
    assert "streamed 1.0.0" in _acumen(server, *words, say=lines)
    assert "--resume" in _acumen(server, "train-incremental", "--data", "-", say=lines, code=2)


def test_an_archive_moves_between_registries(server: Acumend, data: Path, tmp_path: Path) -> None:
    """Downloaded into a folder, deleted, installed from the folder, updated from a server, rolled back."""
    for seed in ("1", "2"):
        words = ["--name", "moved", "--seed", seed, "--epochs", "1", "--no-promote", "--quiet"]
        _acumen(server, "train", "--model", BASE, "--data", str(data), *words)
        _acumen(server, "load", "--model", "moved", "--version", f"1.0.{int(seed) - 1}")
    for version in ("1.0.0", "1.0.1"):
        _acumen(server, "download", "--model", "moved", "--version", version, "--output", str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["moved-1.0.0.tar", "moved-1.0.1.tar"]
    _acumen(server, "delete", "--model", "moved")
    found = _json(server, "install", "--source", str(tmp_path), "--model", "moved", "--version", "1.0.0")
    assert found["version"]["serves"]
    assert _json(server, "update", "--model", "moved", "--source", str(tmp_path))["version"]["version"] == "1.0.1"
    assert _json(server, "rollback", "--model", "moved")["version"]["version"] == "1.0.0"
    assert "no archive" in _acumen(server, "install", "--source", str(tmp_path), "--model", "other", code=2)


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (["--freeze-layers", "0-5"], 1, "not within 0-2"),
        (["--early-stopping", "soon"], 2, "patience=N"),
        (["--memory-limit", "much"], 2, "KiB"),
        (["--memory-limit", "1MiB"], 1, "the least is"),
        (["--learning-rate", "2"], 1, "learning_rate"),
        (["--plot", "/nowhere/p.png"], 2, "no folder"),
    ],
)
def test_wrong_options_are_told(server: Acumend, data: Path, words: list[str], code: int, text: str) -> None:
    """The server's refusals are exit code 1, misuse is 2, and the reason is on standard error."""
    assert text in _acumen(server, "train", "--model", BASE, "--data", str(data), "--name", "wrong", *words, code=code)
