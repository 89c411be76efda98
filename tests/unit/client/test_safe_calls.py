"""Drift and ensembles from Python and from the command line: what is sent, and what is shown."""

import json

import pytest
from google.protobuf.json_format import MessageToJson
from typer.testing import CliRunner

from acumen_client.cli.app import app
from acumen_client.messages import (
    VOTING_LEARNED,
    VOTING_WEIGHTED,
    DriftBaseline,
    EnsembleExample,
    LoadMetrics,
    MemberVote,
    OptionShare,
    PredictRequest,
    ServerLoad,
    VoteTable,
)

LINE = '{"servers": [{"id": "a"}]}'


def question(name="a"):
    return LoadMetrics(servers=[ServerLoad(id=name)])


@pytest.fixture
def acumen(address, monkeypatch):
    """Run the command line against the fake server."""
    monkeypatch.setenv("ACUMEN_ADDRESS", address)
    return lambda *arguments, given=None: CliRunner().invoke(app, ["neural", *arguments], input=given)


async def test_drift_has_three_forms(client):
    """Blocking, awaited and as a future: one answer; a model's handle fills its name in."""
    window = [question(str(n)) for n in range(3)]
    blocking = client.detect_drift(window, model="balance-v1")
    assert await client.aio.detect_drift(window, model="balance-v1") == blocking
    assert client.detect_drift_future(window, model="balance-v1").result(5) == blocking
    assert client.model("balance-v1").detect_drift(window) == blocking
    assert await client.aio.model("balance-v1").detect_drift(window) == blocking
    await client.aio.close()


def test_a_window_and_a_baseline_are_sent_as_given(client, fake):
    """Typed inputs are wrapped, requests kept; a baseline is a message of an earlier answer, or inputs."""
    client.detect_drift([question(), PredictRequest(vote_table=VoteTable())], recorded=7, return_baseline=True)
    sent = fake.last("DetectDrift")
    assert [one.WhichOneof("input") for one in sent.window] == ["load_metrics", "vote_table"]
    assert (sent.recorded, sent.return_baseline, sent.namespace) == (7, True, "default")
    assert not sent.HasField("baseline") and not sent.baseline_inputs
    client.detect_drift([question()], baseline=DriftBaseline(model="m", arrays=b"x"))
    assert fake.last("DetectDrift").baseline.arrays == b"x"
    client.detect_drift([question()], baseline=[question("b")], version="2", min_revision=5)
    sent = fake.last("DetectDrift")
    assert sent.baseline_inputs[0].load_metrics.servers[0].id == "b" and (sent.version, sent.min_revision) == ("2", 5)


async def test_an_ensemble_has_three_forms(client):
    """Blocking, awaited and as a future: one answer."""
    blocking = client.ensemble(question(), models=["a", "b", "c"], threshold=0.8)
    assert blocking.abstained and len(blocking.members) == 3
    assert await client.aio.ensemble(question(), models=["a", "b", "c"], threshold=0.8) == blocking
    assert client.ensemble_future(question(), models=["a", "b", "c"], threshold=0.8).result(5) == blocking
    await client.aio.close()


def test_members_and_examples_are_sent_as_given(client, fake):
    """Members with inputs of their own; examples as a question, a question each, votes, or a message."""
    members = [PredictRequest(model=name, load_metrics=question(name)) for name in "abc"]
    votes = [MemberVote(options=[OptionShare(option="x", p=1)]) for _ in range(3)]
    client.ensemble(
        members=members,
        voting="weighted",
        examples=[(question(), "x"), (members, "y"), (votes, "z"), EnsembleExample(outcome="w")],
        min_revision=3,
    )
    sent = fake.last("Ensemble")
    assert list(sent.members) == members and not sent.HasField("request") and sent.voting == VOTING_WEIGHTED
    assert [(len(one.inputs), len(one.votes), one.outcome) for one in sent.examples] == [
        (1, 0, "x"),
        (3, 0, "y"),
        (0, 3, "z"),
        (0, 0, "w"),
    ]
    assert sent.min_revision == 3 and sent.namespace == "default"


def test_drift_detection_shows_columns_and_tests(acumen, fake, tmp_path):
    """Bare inputs take the model's type; the table names the features, figures, tests and levels."""
    (tmp_path / "w.jsonl").write_text(f'{LINE}\n\n{{"load_metrics": {LINE}}}\n')
    ran = acumen("drift-detection", "--model", "balance-v1", "--window", str(tmp_path / "w.jsonl"))
    assert ran.exit_code == 0
    for said in ("arrival rate", "0.31", "0.42", "alarm by kolmogorov smirnov, location", "confidence", "generator"):
        assert said in ran.stdout
    assert [one.load_metrics.servers[0].id for one in fake.last("DetectDrift").window] == ["a", "a"]


def test_a_saved_baseline_is_read_again(acumen, fake, tmp_path):
    """`--save-baseline` writes what `--baseline` takes; a file of inputs is taken as inputs."""
    saved = tmp_path / "b.json"
    acumen("drift-detection", "--model", "balance-v1", "--recorded", "60", "--save-baseline", str(saved))
    assert fake.last("DetectDrift").return_baseline and "arrays" in json.loads(saved.read_text())
    acumen("drift-detection", "--model", "balance-v1", "--recorded", "60", "--baseline", str(saved))
    assert fake.last("DetectDrift").baseline == DriftBaseline(model="balance-v1", arrays=b"arrays")
    (tmp_path / "w.jsonl").write_text(f"{LINE}\n{LINE}\n")
    acumen("drift-detection", "--model", "balance-v1", "--recorded", "60", "--baseline", str(tmp_path / "w.jsonl"))
    assert len(fake.last("DetectDrift").baseline_inputs) == 2


def test_a_bad_line_is_named(acumen, tmp_path):
    """Exit 2 with the line's number, for windows, members and examples alike."""
    path = tmp_path / "w.jsonl"
    path.write_text(f'{{"load_metrics": {LINE}}}\n{{"servrs": []}}\n')
    ran = acumen("drift-detection", "--model", "balance-v1", "--window", str(path))
    assert ran.exit_code == 2 and "line 2" in ran.stderr and "servrs" in ran.stderr
    ran = acumen("ensemble", "--members", str(path))
    assert ran.exit_code == 2 and "line 2" in ran.stderr
    path.write_text('{"input": 3, "outcome": "x"}')
    ran = acumen("ensemble", "--models", "a,b,c", "--input", f'{{"load_metrics": {LINE}}}', "--examples", str(path))
    assert ran.exit_code == 2 and "line 1" in ran.stderr


def test_ensemble_shows_options_and_members(acumen, fake, tmp_path):
    """Choice, confidence, what abstaining means, each member's vote; examples and members travel."""
    asked = f'{{"load_metrics": {LINE}}}'
    (tmp_path / "e.jsonl").write_text(
        f'{{"input": {asked}, "outcome": "left"}}\n'
        + MessageToJson(EnsembleExample(inputs=[PredictRequest(load_metrics=question())], outcome="right"), indent=None)
    )
    ran = acumen(
        *("ensemble", "--models", "a, b,c", "--input", asked, "--voting", "learned"),
        *("--examples", str(tmp_path / "e.jsonl")),
    )
    assert ran.exit_code == 0
    for said in ("left", "75", "abstains", "disagreement 0.125", "every vote counts the same", "right"):
        assert said in ran.stdout
    sent = fake.last("Ensemble")
    assert list(sent.models) == ["a", "b", "c"] and sent.threshold == 0.85 and sent.voting == VOTING_LEARNED
    assert [one.outcome for one in sent.examples] == ["left", "right"]
    assert sent.examples[0].inputs[0].load_metrics == question()
    (tmp_path / "m.jsonl").write_text("\n".join(f'{{"model": "{n}", "loadMetrics": {LINE}}}' for n in "abc"))
    assert acumen("ensemble", "--members", str(tmp_path / "m.jsonl"), "--threshold", "0").exit_code == 0
    assert [one.model for one in fake.last("Ensemble").members] == ["a", "b", "c"]
