"""`acumen bank` against a real server: each verb as a user types it, right and wrong."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from acumen_client import RetryPolicy
from acumen_client.cli.app import app
from acumen_client.messages import Pattern

LESSONS = [
    {
        "id": "flaky",
        "title": "Flaky login test",
        "context": "the login test fails now and then",
        "actions": ["run it twice", "compare the logs"],
        "content": "A race on the session cookie: wait for the cookie before the redirect.",
        "tags": ["tests"],
        "subject": "ann",
    },
    {
        "id": "deploy",
        "title": "Deployment without migration",
        "context": "a deployment fails because the schema is old",
        "content": "Run the migration before the new version starts.",
        "polarity": "POLARITY_GUARDRAIL",
        "tags": ["release"],
    },
]
Acumen = Callable[..., Any]


@pytest.fixture(scope="module")
def acumen(server: Any) -> Acumen:
    """Return a function that runs `acumen bank` in a namespace of the test's own."""

    def run(namespace: str, *arguments: str, given: str | None = None) -> Any:
        common = ["--address", server.address(), "--namespace", namespace, "bank"]
        return CliRunner().invoke(app, [*common, *arguments], input=given)

    return run


@pytest.fixture
def bank(acumen: Acumen, request: pytest.FixtureRequest) -> Acumen:
    """Return `acumen bank` in a namespace that holds two lessons."""
    name = request.node.name[:100]

    def run(*arguments: str, given: str | None = None) -> Any:
        return acumen(name, *arguments, given=given)

    assert run("put", "--input", json.dumps(LESSONS)).exit_code == 0
    return run


def value(ran: Any) -> Any:
    """Return the JSON a command printed; it must have ended well."""
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def ids(ran: Any) -> list[str]:
    """Return the ids of the patterns a command listed."""
    return [one["id"] for one in value(ran)["patterns"]]


def attempts(count: int) -> str:
    """Return attempts at six repairs as JSON lines: those that test before they push go well, the others do not."""
    lines = []
    for number in range(count):
        good = number % 2 == 0
        names = ["read", "edit", "test", "push"] if good else ["read", "edit", "push"]
        lines.append(
            {
                "id": f"attempt-{number}",
                "task": "repair the failing build of the parser",
                "taskId": f"task-{number // 2 % 6}",
                "steps": [{"agent": "coder", "action": one, "observation": "ok"} for one in names],
                "outcome": "OUTCOME_SUCCESS" if good else "OUTCOME_FAILURE",
            }
        )
    return "\n".join(map(json.dumps, lines))


def test_what_was_put_is_retrieved_with_its_score(bank: Acumen) -> None:
    """A paraphrase finds the lesson; filters hide it; a foreign question is abstained from with a reason, exit 0."""
    found = value(bank("retrieve", "login test is flaky", "--format", "json"))["results"]
    assert found[0]["pattern"]["id"] == "flaky" and 0 < found[0]["score"]["pRelevant"] <= 1
    table = bank("retrieve", "login test is flaky").stdout
    assert "Flaky login test" in table and "wait for the cookie" in table
    hidden = bank("retrieve", "login test is flaky", "--tag", "release", "--min-p", "0", "--format", "jsonl")
    assert [json.loads(line)["pattern"]["id"] for line in hidden.stdout.splitlines()] == ["deploy"]
    ragged = bank("retrieve", "--vector", "[1, 2]")
    assert ragged.exit_code == 1 and "256" in ragged.stderr
    nothing = value(bank("retrieve", "the price of tea in the harbour", "--min-p", "1", "--format", "json"))
    assert nothing["abstained"] and nothing["reason"] and nothing["results"] == []


def test_patterns_are_read_listed_and_deleted(bank: Acumen) -> None:
    """Get, list with filters and limit, delete; a second delete is refused with NOT_FOUND."""
    assert value(bank("get", "flaky", "--format", "json"))["pattern"]["subject"] == "ann"
    assert "Run the migration" in bank("get", "deploy").stdout
    assert ids(bank("list", "--format", "json")) == ["deploy", "flaky"]
    assert ids(bank("list", "--polarity", "guardrail", "--format", "json")) == ["deploy"]
    assert ids(bank("list", "--limit", "1", "--format", "json")) == ["deploy"]
    assert bank("delete", "deploy").exit_code == 0
    again = bank("delete", "deploy")
    assert again.exit_code == 1 and "NOT_FOUND PATTERN_NOT_FOUND" in again.stderr and again.stdout == ""
    assert bank("get", "deploy").exit_code == 1
    assert ids(bank("list", "--format", "json")) == ["flaky"]


def test_one_request_id_writes_once(bank: Acumen) -> None:
    """The same write again is the same answer; the id for another write is refused."""
    first = bank("put", "--input", '{"title": "new"}', "--request-id", "r-1", "--format", "json")
    assert value(bank("put", "--input", '{"title": "new"}', "--request-id", "r-1", "--format", "json")) == value(first)
    other = bank("put", "--input", '{"title": "other"}', "--request-id", "r-1")
    assert other.exit_code == 1 and "REQUEST_ID_REUSED" in other.stderr
    taken = bank("put", "--input", json.dumps(LESSONS[0]), "--create-only")
    assert taken.exit_code == 1 and "PATTERN_EXISTS" in taken.stderr
    stale = bank("put", "--input", json.dumps(LESSONS[0] | {"revision": "1"}))
    assert stale.exit_code == 1 and "REVISION_MISMATCH" in stale.stderr


def test_feedback_moves_statistics(bank: Acumen) -> None:
    """Results of retrieve are taken as they are printed; ids alone too; unknown ones are refused."""
    found = bank("retrieve", "login test is flaky", "--format", "json").stdout
    moved = value(bank("feedback", "--retrieved", "-", "--outcome", "success", "--format", "json", given=found))
    assert moved["statistics"][0]["successes"] == 1
    worse = value(bank("feedback", "--pattern", "flaky", "--reward", "0", "--format", "json"))
    assert worse["statistics"][0]["failures"] == 1 and worse["statistics"][0]["usageCount"] == "2"
    assert bank("feedback", "--pattern", "none", "--outcome", "success").exit_code == 1
    assert value(bank("stats", "--format", "json"))["outcomes"] == "2"


def test_responses_pairs_and_trajectories_are_judged(bank: Acumen) -> None:
    """Verdicts say of what they are the probability, and are listed afterwards, newest first."""
    good = value(bank("judge", "--response", "12 passed, 0 failed", "--task", "run the tests", "--format", "json"))
    bad = value(
        bank("judge", "--response", "-", "--task", "run the tests", "--format", "json", given="3 failed, exit 1")
    )
    assert good["verdict"]["score"] > bad["verdict"]["score"]
    shown = bank("judge", "--response", "done", "--criterion", "clarity=2", "--criterion", "correctness")
    assert shown.exit_code == 0 and "clarity" in shown.stdout and "correctness" in shown.stdout
    unknown = bank("judge", "--response", "done", "--criterion", "beauty")
    assert unknown.exit_code == 1 and "INVALID_FIELD" in unknown.stderr and "beauty" in unknown.stderr
    pair = ("--first", "2 + 2 = 4", "--second", "I do not know", "--task", "2 + 2?", "--reference", "4")
    assert value(bank("judge-pair", *pair, "--format", "json"))["verdict"]["score"] > 0.5
    broken = bank("judge-trajectory", "--input", attempts(2).splitlines()[1])
    assert broken.exit_code == 0 and "that it succeeded" in broken.stdout
    kinds = [one["kind"] for one in value(bank("verdicts", "--format", "json"))["verdicts"]]
    assert kinds[:2] == ["VERDICT_KIND_TRAJECTORY", "VERDICT_KIND_PAIR"] and len(kinds) == 5
    assert len(bank("verdicts", "--kind", "pair", "--format", "jsonl").stdout.splitlines()) == 1


def test_trajectories_teach(bank: Acumen, tmp_path: Path) -> None:
    """A dry run writes nothing; the run writes patterns that rest on the trajectories, from a file of JSON lines."""
    (tmp_path / "runs.jsonl").write_text(attempts(24))
    source = ("--input", f"@{tmp_path / 'runs.jsonl'}")
    dry = value(bank("distill", *source, "--dry-run", "--format", "json"))
    assert dry["report"]["read"] == "24" and dry["report"]["revision"] == "0" and len(dry["receipts"]) == 24
    assert value(bank("stats", "--format", "json"))["trajectories"] == "0"
    lines = [json.loads(line) for line in bank("distill", *source, "--format", "jsonl").stdout.splitlines()]
    assert [list(one) for one in lines[:24]] == [["receipt"]] * 24 and "report" in lines[-1]
    learned = [one["pattern"]["id"] for one in lines if "pattern" in one]
    assert learned and value(bank("get", learned[0], "--format", "json"))["pattern"]["sources"]
    assert value(bank("stats", "--format", "json"))["trajectories"] == "24"


def test_duplicates_are_merged_and_brought_back(bank: Acumen) -> None:
    """A dry run shows the step and writes nothing; the run does it; unmerge undoes it."""
    twin = LESSONS[0] | {"id": "flaky-2"}
    bank("put", "--input", json.dumps(twin))
    dry = value(bank("consolidate", "--dry-run", "--format", "json"))
    assert (
        dry["report"]["dryRun"]
        and dry["report"]["duplicatesRemoved"] == "1"
        and len(ids(bank("list", "--format", "json"))) == 3
    )
    assert "duplicates removed" in bank("consolidate").stdout
    (lost,) = ids(bank("list", "--state", "superseded", "--format", "json"))
    assert value(bank("unmerge", lost, "--format", "json"))["restored"]["id"] == lost
    assert len(ids(bank("list", "--format", "json"))) == 3
    assert bank("unmerge", "deploy").exit_code == 1


def test_the_pipeline_does_what_it_is_given(bank: Acumen) -> None:
    """Only the parts asked for are in the answer, each with its time."""
    one = attempts(1)
    arguments = ("--query", "login test is flaky", "--response", "12 passed", "--trajectory", one, "--consolidate")
    done = value(bank("pipeline", *arguments, "--format", "json"))
    assert {"retrieve", "judge", "distill", "consolidate"} == set(done["elapsed"]) and done["verdict"]["id"]
    only = value(bank("pipeline", "--query", "login test is flaky", "--format", "json"))
    assert set(only["elapsed"]) == {"retrieve"} and "verdict" not in only


def test_an_export_is_an_import(bank: Acumen, acumen: Acumen, tmp_path: Path) -> None:
    """Lines out, lines in elsewhere, the same lines out but for revisions; the same import again changes nothing."""
    exported = bank("export").stdout
    (tmp_path / "patterns.jsonl").write_text(exported)
    for _ in range(2):
        arguments = ("import", "--input", f"@{tmp_path / 'patterns.jsonl'}", "--request-id", "i-1", "--format", "json")
        assert value(acumen("moved", *arguments))["patterns"] == "2"
    moved = [json.loads(line) | {"revision": ""} for line in acumen("moved", "export").stdout.splitlines()]
    assert moved == [json.loads(line) | {"revision": ""} for line in exported.splitlines()]


def test_purging_a_subject_leaves_the_others(bank: Acumen) -> None:
    """Counts of what went; nothing of the subject is found; a namespace can be purged whole."""
    assert value(bank("purge", "--subject", "ann", "--format", "json"))["patterns"] == "1"
    assert ids(bank("list", "--format", "json")) == ["deploy"]
    assert value(bank("purge", "--everything", "--format", "json"))["patterns"] == "1"
    assert ids(bank("list", "--format", "json")) == []
    assert value(bank("retrieve", "login test is flaky", "--format", "json"))["abstained"]


def test_snapshots_travel_and_restore(bank: Acumen, tmp_path: Path) -> None:
    """Create, list, verify, download, upload, delete what came, restore as of it: what was deleted since is back."""
    made = value(bank("snapshot", "create", "--format", "json"))["snapshot"]["id"]
    assert made in bank("snapshot", "list").stdout
    assert "lexical" in bank("snapshot", "verify", made).stdout
    path = tmp_path / "bank.snapshot"
    assert bank("snapshot", "download", made, "--output", str(path)).exit_code == 0
    sent = bank("snapshot", "upload", str(path))
    assert sent.exit_code == 0, sent.output
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged").write_bytes(damaged)
    refused = bank("snapshot", "upload", str(tmp_path / "damaged"))
    assert refused.exit_code == 1 and "SNAPSHOT_CORRUPT" in refused.stderr
    assert bank("delete", "deploy").exit_code == 0
    assert bank("snapshot", "restore", made).exit_code == 0
    assert ids(bank("list", "--format", "json")) == ["flaky"]
    assert bank("snapshot", "restore", made, "--as-of").exit_code == 0
    assert ids(bank("list", "--format", "json")) == ["deploy", "flaky"]
    unknown = bank("snapshot", "verify", "none")
    assert unknown.exit_code == 1 and "SNAPSHOT_NOT_FOUND" in unknown.stderr


def test_watching_shows_changes_until_ctrl_c(bank: Acumen, server: Any, request: Any) -> None:
    """What was written before, from its revision on; what is written now; then SIGINT, exit 0."""
    address = ["--address", server.address(), "--namespace", request.node.name[:100]]
    before = str(int(value(bank("get", "flaky", "--format", "json"))["pattern"]["revision"]) - 1)
    command = [sys.executable, "-m", "acumen_client.cli", *address, "bank", "watch", "--after", before]
    command += ["--format", "jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watching:
        try:
            assert watching.stdout is not None
            first = watching.stdout.readline()
            assert first, watching.stderr.read()
            assert json.loads(first)["written"]["ids"] == ["flaky", "deploy"]
            bank("delete", "deploy")
            assert json.loads(watching.stdout.readline())["deleted"]["ids"] == ["deploy"]
            watching.send_signal(signal.SIGINT)
            _, errors = watching.communicate(timeout=20)
        finally:
            watching.kill()
    assert watching.returncode == 0 and "Traceback" not in errors


def test_a_watch_goes_on_after_a_restart(acumend: Any) -> None:
    """Through a drain and a new process, every change is seen once and in order, and nobody has to do anything."""
    one = acumend().start()
    with one.client(retry=RetryPolicy(resumptions=60)) as client:
        messages = client.bank.watch_changes(after_revision=0)
        heard = (message for message in messages if message.WhichOneof("change"))
        for name in ("a", "b"):
            client.bank.put_patterns([Pattern(id=name, title=name)])
        assert [next(heard).written.ids[0] for _ in range(2)] == ["a", "b"]
        assert one.stop() == 0
        one.start()
        client.bank.put_patterns([Pattern(id="c", title="c")])
        assert next(heard).written.ids[0] == "c"
        messages.close()
    assert one.stop() == 0


def test_a_namespace_is_embedded_anew(bank: Acumen) -> None:
    """With the embedder it has already: every pattern is counted, and is found as before."""
    done = value(bank("reembed", "--format", "json"))
    assert done["progress"]["done"] == done["progress"]["total"]
    assert value(bank("retrieve", "login test is flaky", "--format", "json"))["results"][0]["pattern"]["id"] == "flaky"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("get", "none"), "PATTERN_NOT_FOUND"),
        (("retrieve", ""), "INVALID_FIELD"),
        (("retrieve", "x", "-k", "101"), "INVALID_FIELD"),
        (("retrieve", "x", "--relevance-weight", ".5"), "INVALID_FIELD"),
        (("put", "--input", "{}"), "INVALID_FIELD"),
        (("put", "--input", '[{"id": "a", "title": "t"}, {"id": "a", "title": "t"}]'), "INVALID_FIELD"),
        (("distill", "--input", '{"task": ""}'), "INVALID_FIELD"),
        (("snapshot", "delete", "none"), "SNAPSHOT_NOT_FOUND"),
        (("snapshot", "download", "none", "--output", "/dev/null"), "SNAPSHOT_NOT_FOUND"),
    ],
)
def test_what_the_server_refuses_exits_1(acumen: Acumen, arguments: tuple[str, ...], said: str) -> None:
    """The reason is on standard error and standard output is empty."""
    ran = acumen("refused", *arguments)
    assert (ran.exit_code, ran.stdout) == (1, ""), ran.output
    assert said in ran.stderr


def test_nobody_listening_exits_3(tmp_path: Path) -> None:
    """The address is named."""
    ran = CliRunner().invoke(app, ["bank", "stats", "--address", f"unix:{tmp_path / 'none'}"])
    assert ran.exit_code == 3 and "UNREACHABLE" in ran.stderr


def test_the_clients_readme_works(server: Any) -> None:
    """Each example runs as it stands, against a server at the address the environment names."""
    text = (Path(__file__).parents[2] / "clients" / "python" / "README.md").read_text()
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    environment = {**os.environ, "ACUMEN_ADDRESS": server.address()}
    ran = [
        subprocess.run([sys.executable, "-c", one], capture_output=True, text=True, env=environment) for one in examples
    ]
    assert [one.returncode for one in ran] == [0, 0, 0], [one.stderr for one in ran]
    assert "MODEL_NOT_FOUND" in ran[0].stdout and "Flaky test" in ran[1].stdout and ran[1].stdout.endswith("report\n")
    assert ran[2].stdout.endswith("refund\n")
