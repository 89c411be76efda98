"""`acumen bank`: what it prints, what it takes, and how it ends."""

import json
import os
import signal
import subprocess
import sys

import pytest
from bank_options import BANK, FOUND, PATTERN, TRAJECTORY
from fake_bank import LONG, SNAPSHOT, pattern
from fake_neural import status
from google.protobuf.json_format import Parse, ParseDict
from typer.testing import CliRunner

from acumen_client import messages
from acumen_client.cli.app import app
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb

PAGE_WIDTH = 100


@pytest.fixture
def acumen(address, monkeypatch):
    """Run `acumen bank` against the fake server."""
    monkeypatch.setenv("ACUMEN_ADDRESS", address)
    return lambda *arguments, given=None: CliRunner().invoke(app, ["bank", *arguments], input=given)


@pytest.fixture
def asked(fake):
    return fake.bank


def arguments_of(name, folder):
    (folder / "snapshot").write_bytes(SNAPSHOT)
    return [*name.split()[1:], *(one.replace("{folder}", str(folder)) for one in BANK[name])]


RESPONSES = {
    "bank retrieve": pb.RetrieveResponse,
    "bank feedback": pb.ReasoningBankRecordOutcomeResponse,
    "bank pipeline": pb.RunPipelineResponse,
    "bank judge": pb.JudgeResponse,
    "bank judge-pair": pb.JudgePairResponse,
    "bank judge-trajectory": pb.JudgeTrajectoryResponse,
    "bank verdicts": pb.ListVerdictsResponse,
    "bank put": pb.PutPatternsResponse,
    "bank get": pb.GetPatternResponse,
    "bank list": pb.ListPatternsResponse,
    "bank export": pb.ExportResponse,
    "bank delete": pb.DeletePatternsResponse,
    "bank purge": pb.PurgeResponse,
    "bank unmerge": pb.UnmergeResponse,
    "bank import": pb.ImportResponse,
    "bank stats": pb.GetStatsResponse,
    "bank reembed": pb.ReembedResponse,
    "bank snapshot create": pb.CreateSnapshotResponse,
    "bank snapshot list": pb.ListSnapshotsResponse,
    "bank snapshot verify": pb.VerifySnapshotResponse,
    "bank snapshot restore": pb.RestoreSnapshotResponse,
    "bank snapshot delete": pb.DeleteSnapshotResponse,
    "bank snapshot upload": pb.UploadSnapshotResponse,
}
LINES = {
    "bank retrieve": pb.RetrievedPattern,
    "bank verdicts": messages.Verdict,
    "bank list": messages.Pattern,
    "bank export": messages.Pattern,
    "bank distill": pb.DistillResponse,
    "bank consolidate": pb.ConsolidateResponse,
    "bank reembed": pb.ReembedResponse,
    "bank watch": pb.WatchChangesResponse,
    "bank snapshot list": messages.Snapshot,
}


@pytest.mark.parametrize("name", RESPONSES)
def test_json_is_the_protobuf_json_of_the_response(acumen, tmp_path, name):
    """`--format json` parses as the response's message and is not empty where the response is not."""
    ran = acumen(*arguments_of(name, tmp_path), "--format", "json")
    assert ran.exit_code == 0, ran.output
    assert Parse(ran.stdout, RESPONSES[name]()).ByteSize() > 0 or name == "bank snapshot delete"


@pytest.mark.parametrize("name", LINES)
def test_jsonl_is_a_message_a_line(acumen, tmp_path, name):
    """Each line parses as the message that is listed or streamed."""
    ran = acumen(*arguments_of(name, tmp_path), "--format", "jsonl")
    lines = ran.stdout.splitlines()
    assert ran.exit_code == 0 and len(lines) >= 1
    assert all(Parse(line, LINES[name]()).ByteSize() > 0 for line in lines)


@pytest.mark.parametrize("name", BANK)
def test_tables_fit_a_hundred_columns(acumen, asked, tmp_path, name):
    """However long titles, ids and tags are, nothing is wider than a page, and nothing is empty."""
    asked.patterns["p-1"].MergeFrom(messages.Pattern(title=LONG, tags=["a-rather-long-label"] * 3))
    asked.patterns["p-2"].id = "0123456789abcdef" * 2
    extra = ["-k", "2"] if name == "bank retrieve" else []
    ran = acumen(*arguments_of(name, tmp_path), *extra, "--format", "table")
    assert ran.exit_code == 0 and ran.stdout.strip()
    assert max(map(len, ran.stdout.splitlines())) <= PAGE_WIDTH or str(tmp_path) in ran.stdout


def test_retrieve_shows_why(acumen):
    """Every component to three digits, and a single pattern in full; several with their titles cut."""
    shown = acumen("retrieve", "flaky").stdout
    for said in ("0.912", "0.812", "0.877", "0.432", "0.667", "0.988", "1. run the test again", "Look at what differs"):
        assert said in shown
    several = acumen("retrieve", "flaky", "-k", "2").stdout
    assert "a title that" in several and "…" in several and "run the test again" not in several


def test_an_abstention_is_an_answer(acumen):
    """Nothing found: the reason on standard output, exit 0."""
    ran = acumen("retrieve", "nothing")
    assert (ran.exit_code, ran.stdout.strip()) == (0, "none of 2 patterns is likely enough")
    lines = acumen("retrieve", "nothing", "--format", "jsonl")
    assert lines.stdout == "" and "none of 2 patterns" in lines.stderr


def test_a_broken_trajectory_shows_where(acumen):
    """Step, agent and the evidence, verbatim."""
    shown = acumen("judge-trajectory", "--input", TRAJECTORY).stdout
    for said in ("0.877 that it succeeded", "step 3 by coder", "exit_code", "-0.500", "exit status 1", "2 known"):
        assert said in shown


def test_a_dry_run_says_that_it_is_one(acumen):
    """What would be done is not told as done."""
    assert "nothing: a dry run" in acumen("consolidate", "--dry-run").stdout
    assert "up to revision 20" in acumen("consolidate").stdout


def test_a_distillation_tells_what_was_dropped(acumen):
    """By number and id, with the reason; patterns and the report in one document as JSON."""
    lines = f'{TRAJECTORY}\n\n{{"task": "empty"}}\n'
    shown = acumen("distill", "--input", "-", given=lines).stdout
    for said in ("t-1", "steps: there are none", "learned", "email 2"):
        assert said in shown
    value = json.loads(acumen("distill", "--input", "-", "--format", "json", given=lines).stdout)
    assert (len(value["receipts"]), len(value["patterns"])) == (2, 1)
    assert ParseDict(value["report"], pb.DistillReport()).read == 2


@pytest.mark.parametrize(
    "given",
    [
        f"{PATTERN}\n\n{PATTERN}\n",
        f"[{PATTERN}, {PATTERN}]",
        f'{{"patterns": [{PATTERN}, {PATTERN}]}}',
        f"[\n{PATTERN},\n{PATTERN}]",
        f'{PATTERN}\n{{"id": "p-9",   "title": "t"}}',
    ],
)
def test_patterns_come_in_any_form_of_json(acumen, asked, tmp_path, given):
    """Lines, an array, what `list --format json` prints, on one line or on several; inline, from a file, from input."""
    (tmp_path / "patterns.json").write_text(given)
    acumen("import", "--input", given)
    acumen("import", "--input", f"@{tmp_path / 'patterns.json'}")
    acumen("import", "--input", "-", given=given)
    sent = [[(one.id, one.title) for one in call[0].patterns] for call in asked.calls["Import"]]
    assert sent == [[("p-9", "t")] * 2] * 3


def test_what_is_exported_can_be_imported(acumen, asked):
    """The lines that one prints the other takes, every field as it was but the revision, which is of another bank."""
    exported = acumen("export").stdout
    acumen("import", "--input", "-", given=exported)
    sent = asked.last("Import")[0].patterns
    kept = [pattern("p-1"), pattern("p-2", title=LONG)]
    for one in kept:
        one.ClearField("revision")
    assert list(sent) == kept


def test_an_import_that_fails_says_how_to_go_on(acumen, asked):
    """By the name it was sent under, also when that was drawn; for a refusal and for a line that is wrong."""
    asked.fail(status("RESOURCE_EXHAUSTED", "STORAGE_FULL"))
    refused = acumen("import", "--input", PATTERN)
    name = asked.last("Import")[0].request_id.removesuffix(".0")
    assert refused.exit_code == 1 and f"go on with --request-id {name}" in refused.stderr
    wrong = acumen("import", "--input", f"{PATTERN}\nnonsense", "--request-id", "mine")
    assert wrong.exit_code == 2 and "go on with --request-id mine" in wrong.stderr


def test_what_was_retrieved_is_taken_for_feedback(acumen, asked):
    """JSON and JSON lines of `retrieve` carry the scores along."""
    for form in ("json", "jsonl"):
        found = acumen("retrieve", "flaky", "--format", form).stdout
        assert acumen("feedback", "--retrieved", "-", "--reward", "0.5", given=found).exit_code == 0
        (shown,) = asked.last("RecordOutcome").shown
        assert (shown.id, shown.score.score) == ("p-1", 0.81234)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retrieve",), "give one of them"),
        (("retrieve", "x", "--vector", "[1]"), "give one of them"),
        (("retrieve", "--vector", "one"), "not a JSON array of numbers"),
        (("retrieve", "--vector", '["a"]'), "not a JSON array of numbers"),
        (("retrieve", "--vector", "3"), "not a JSON array of numbers"),
        (("retrieve", "x", "--max-age", "soon"), "90s, 15m, 12h or 30d"),
        (("retrieve", "x", "--state", "lost"), "'pending', 'active'"),
        (("retrieve", "x", "--polarity", "bad"), "'strategy'"),
        (("retrieve", "x", "-k", "99999999999"), "-k"),
        (("retrieve", "x", "--min-p", "2"), "--min-p"),
        (("retrieve", "@/no/such/file"), "No such file"),
        (("retrieve", "\udcff"), "not UTF-8"),
        (("feedback", "--outcome", "success"), "--pattern, --retrieved"),
        (("feedback", "--pattern", "p-1"), "--outcome, --reward"),
        (("feedback", "--pattern", "p-1", "--outcome", "success", "--reward", "1"), "--outcome, --reward"),
        (("feedback", "--retrieved", '{"id": 1}', "--outcome", "success"), "RetrievedPattern"),
        (("pipeline", "--consolidate"), "--query, --response, --trajectory"),
        (("judge",), "--response"),
        (("judge", "--response", "-", "--task", "-"), "only one of them"),
        (("judge", "--response", "r", "--criterion", "clarity=much"), "NAME=WEIGHT"),
        (("judge-trajectory", "--input", '{"tsk": "x"}'), "tsk"),
        (("judge-trajectory", "--input", "[]"), "not a JSON object"),
        (("distill", "--input", "nonsense"), "not JSON"),
        (("consolidate", "--tier", "zip"), "'int8'"),
        (("put", "--input", '{"titel": "x"}'), "titel"),
        (("put", "--input", "{"), "not JSON"),
        (("import", "--input", f"{PATTERN}\nnonsense"), "line 2"),
        (("import", "--input", f'{PATTERN}\n{{"titel": "x"}}'), "line 2"),
        (("delete",), "pattern_ids"),
        (("purge",), "--subject, --everything"),
        (("purge", "--subject", "a", "--everything"), "--subject, --everything"),
        (("watch", "--heartbeat", "0"), "--heartbeat"),
        (("snapshot", "download", "s-1"), "--output"),
        (("snapshot", "download", "s-1", "--output", "/no/such/folder/file"), "No such file"),
        (("snapshot", "upload", "/no/such/file"), "No such file"),
        (("snapshot", "undo"), "undo"),
        (("unknown",), "unknown"),
    ],
)
def test_used_wrongly_is_2_and_says_what_is_right(acumen, arguments, said):
    """What cannot be meant is refused here, without a traceback, and the message helps."""
    ran = acumen(*arguments)
    assert ran.exit_code == 2 and ran.stdout == "" and "Usage" in ran.stderr
    assert said in " ".join(ran.stderr.replace("│", " ").split())


@pytest.mark.parametrize("name", BANK)
def test_refused_is_1_with_the_reason(acumen, asked, tmp_path, name):
    """Code and reason on standard error, nothing on standard output, for every command."""
    asked.fail(*[status("FAILED_PRECONDITION", "EMBEDDER_MISMATCH", text="run Reembed first")] * 3)
    ran = acumen(*arguments_of(name, tmp_path))
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "FAILED_PRECONDITION EMBEDDER_MISMATCH: run Reembed first" in ran.stderr


@pytest.mark.parametrize(
    "name", ["bank retrieve", "bank import", "bank distill", "bank watch", "bank snapshot download"]
)
def test_not_reached_is_3(acumen, tmp_path, name):
    """Nothing listens: exit 3, for calls and streams of every direction."""
    ran = acumen(*arguments_of(name, tmp_path), "--address", f"unix:{tmp_path / 'none'}")
    assert ran.exit_code == 3 and "UNREACHABLE" in ran.stderr


def test_a_damaged_snapshot_exits_1(acumen):
    """What is damaged is on standard output; the exit code is for scripts."""
    ran = acumen("snapshot", "verify", "bad")
    assert ran.exit_code == 1 and "patterns: checksum differs" in ran.stdout
    assert acumen("snapshot", "verify", "s-1").exit_code == 0


def test_a_download_is_written_whole(acumen, tmp_path):
    """The file is the snapshot; the command says where and how much."""
    ran = acumen("snapshot", "download", "s-1", "--output", str(tmp_path / "file"))
    assert (tmp_path / "file").read_bytes() == SNAPSHOT and f"{len(SNAPSHOT)} bytes" in ran.stdout


def test_heartbeats_are_shown_when_asked_for(acumen):
    """Without --heartbeat only changes are; as lines, each change with its revision, time, sort and ids."""
    shown = acumen("watch").stdout.splitlines()
    assert len(shown) == 5 and shown[0].split() == ["1", "2025-10-09", "08:53:20", "written", "p-1,", "p-2"]
    assert "merge p-2" in shown[3] and "snapshot s-1" in shown[4]
    assert "heartbeat" in acumen("watch", "--heartbeat", "1").stdout


def test_ctrl_c_ends_a_watch_in_order(address, asked):
    """The changes so far are printed, the exit code is 0 and there is no traceback."""
    asked.endless = True
    command = [sys.executable, "-m", "acumen_client.cli", "bank", "watch", "--after", "0", "--format", "jsonl"]
    environment = {**os.environ, "ACUMEN_ADDRESS": address}
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert watching.stdout is not None
    shown = [watching.stdout.readline() for _ in range(5)]
    watching.send_signal(signal.SIGINT)
    rest, errors = watching.communicate(timeout=20)
    assert watching.returncode == 0 and "Traceback" not in errors and "no longer watching" in errors
    assert json.loads(shown[0])["revision"] == "1" and not rest


def test_bytes_of_a_vector_survive_json(acumen, asked):
    """`f32` goes out as base64 and comes back as the same bytes."""
    asked.patterns = {"p-1": messages.Pattern(id="p-1", vector=messages.Vector(f32=b"\x00\x01\xff\xfe"))}
    exported = acumen("export", "--with-vectors").stdout
    acumen("import", "--input", "-", given=exported)
    assert asked.last("Import")[0].patterns[0].vector.f32 == b"\x00\x01\xff\xfe"


def test_feedback_without_scores_and_with(acumen, asked):
    """Ids alone and retrieved results go together."""
    acumen("feedback", "--pattern", "p-2", "--retrieved", FOUND, "--outcome", "failure")
    assert [(one.id, one.HasField("score")) for one in asked.last("RecordOutcome").shown] == [
        ("p-2", False),
        ("p-1", True),
    ]
