"""The ReasoningBank over a real socket: nothing acknowledged is lost, nothing deleted comes back."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest

from acumen_client.gen.v1 import pattern_pb2, trajectory_pb2
from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1.reasoning_bank_pb2_grpc import ReasoningBankStub

Pattern = pattern_pb2.Pattern
SITUATIONS = (
    "retry the upload after a timeout",
    "the build fails with error E0382, use of moved value",
    "ask for the booking reference before a flight is changed",
    "a slow query needs an index on its filter column",
)
SECRET = "the vault opens with quartz-umbrella-7"


def _stub(server: Any, worker: int = 0) -> ReasoningBankStub:
    channel = grpc.insecure_channel(server.address(worker), options=[("grpc.default_authority", "localhost")])
    return ReasoningBankStub(channel)


def _filled(bank: ReasoningBankStub) -> int:
    patterns = [Pattern(id=f"p{i}", context=text) for i, text in enumerate(SITUATIONS)]
    return int(bank.PutPatterns(pb.PutPatternsRequest(patterns=patterns)).revision)


def _found(bank: ReasoningBankStub, text: str, **options: Any) -> list[str]:
    response = bank.Retrieve(pb.RetrieveRequest(text=text, **options))
    return [result.pattern.id for result in response.results]


def _same(response: Any) -> bytes:
    response.ClearField("elapsed")
    return response.SerializeToString(deterministic=True)


def _acumend(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "acumen", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})


def test_retrieve_finds_by_meaning_and_by_identifier_and_abstains(acumend: Any) -> None:
    """A paraphrase, an error code alone, nothing for nonsense, with a reason; an empty bank says that it is empty."""
    one = acumend().start()
    bank = _stub(one)
    empty = bank.Retrieve(pb.RetrieveRequest(text=SITUATIONS[0]))
    assert empty.abstained and "no patterns yet" in empty.reason
    revision = _filled(bank)
    assert _found(bank, "the upload timed out", min_revision=revision) == ["p0"]
    assert _found(bank, "E0382", min_p_relevant=0) == ["p1"]
    exact = bank.Retrieve(pb.RetrieveRequest(text=SITUATIONS[2])).results[0]
    assert exact.pattern.id == "p2" and exact.score.exact and exact.score.p_relevant == 1
    nothing = bank.Retrieve(pb.RetrieveRequest(text="qwzx vrrb plomf"))
    assert nothing.abstained and not nothing.results and "likely" in nothing.reason


def test_a_killed_server_has_every_acknowledged_write(acumend: Any) -> None:
    """After SIGKILL the same request gives the same bytes, and the offline check finds nothing wrong."""
    one = acumend().start()
    bank = _stub(one)
    _filled(bank)
    shown = [pb.ShownPattern(id="p0")]
    bank.RecordOutcome(pb.ReasoningBankRecordOutcomeRequest(shown=shown, outcome=trajectory_pb2.OUTCOME_SUCCESS))
    verdict = bank.Judge(pb.JudgeRequest(response="All 42 tests pass.", task="Make the tests pass")).verdict
    bank.DeletePatterns(pb.DeletePatternsRequest(ids=["p3"]))
    request = pb.RetrieveRequest(text="upload timed out", k=3, min_p_relevant=0)
    before = bank.Retrieve(request)
    one.kill()
    checked = _acumend("bank", "check", f"--data-dir={one.folder / 'data'}")
    assert checked.returncode == 0 and "3 patterns" in checked.stdout and "all is well" in checked.stdout
    bank = _stub(one.start())
    after = bank.Retrieve(request)
    for answer in (before, after):
        for result in answer.results:
            result.score.ClearField("recency")  # the clock went on
            result.score.ClearField("score")
    assert _same(before) == _same(after)
    assert bank.ListVerdicts(pb.ListVerdictsRequest()).verdicts[0] == verdict
    assert bank.GetPattern(pb.GetPatternRequest(id="p0")).pattern.statistics.usage_count == 1


# Imported before the server: graphs are wanted at once, and building one never ends.
NEVER_BUILT = """
import pathlib, threading
from functools import partial
from acumen.index import builds, vectors
def forever(block, sizes):
    pathlib.Path({began!r}).touch()
    threading.Event().wait()
builds.build = forever
vectors.Sizes = partial(vectors.Sizes, graph_rows=4096)
"""


def test_nothing_waits_for_a_graph_to_end(acumend: Any, tmp_path: Path) -> None:
    """SIGTERM while a graph is built, which nothing can call off, ends in order, and so does an offline verb."""
    began = tmp_path / "began"
    (tmp_path / "sitecustomize.py").write_text(NEVER_BUILT.format(began=str(began)))
    never = {"PYTHONPATH": str(tmp_path)}
    one = acumend(environment=never).start()
    vectors = np.random.default_rng(3).standard_normal((4_200, 32)).astype("<f4")
    patterns = [Pattern(id=f"p{i}", vector=pattern_pb2.Vector(f32=row.tobytes())) for i, row in enumerate(vectors)]
    bank = _stub(one)
    for start in range(0, len(patterns), 256):
        bank.PutPatterns(pb.PutPatternsRequest(patterns=patterns[start : start + 256]))
    for _ in range(3_000):
        if began.exists():
            break
        time.sleep(0.01)
    assert began.exists() and one.stop() == 0
    checked = _acumend("bank", "check", f"--data-dir={one.folder / 'data'}", **never)
    assert checked.returncode == 0 and "4200 patterns" in checked.stdout.replace(",", "")


def test_a_damaged_snapshot_is_set_aside_by_name(acumend: Any) -> None:
    """With a bit flipped in the newest snapshot the server starts from the one before and says which part was bad."""
    one = acumend().start()
    bank = _stub(one)
    _filled(bank)
    bank.CreateSnapshot(pb.CreateSnapshotRequest())
    bank.PutPatterns(pb.PutPatternsRequest(patterns=[Pattern(id="late", context="written later")]))
    newest = bank.CreateSnapshot(pb.CreateSnapshotRequest()).snapshot.id
    one.kill()
    (file,) = (one.folder / "data" / "snapshots").glob(f"*{newest}*")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    stats = _stub(one.start()).GetStats(pb.GetStatsRequest())
    assert sum(stats.patterns_by_state.values()) == 5
    assert stats.started_from_snapshot not in ("", newest)
    assert newest in stats.damaged_snapshots[0] and "section" in stats.damaged_snapshots[0]


def test_deleted_stays_deleted_and_purged_is_in_no_file(acumend: Any) -> None:
    """Through snapshot, restore and restart; and the bytes of a purged subject are gone from every file."""
    one = acumend().start()
    bank = _stub(one)
    _filled(bank)
    bank.PutPatterns(pb.PutPatternsRequest(patterns=[Pattern(id="s", context=SECRET, subject="ann")]))
    snapshot = bank.CreateSnapshot(pb.CreateSnapshotRequest()).snapshot.id
    bank.DeletePatterns(pb.DeletePatternsRequest(ids=["p0"]))
    restored = bank.RestoreSnapshot(pb.RestoreSnapshotRequest(id=snapshot))
    assert restored.patterns == 4 and restored.deletions_reapplied == 1
    assert "p0" not in _found(bank, SITUATIONS[0], k=10, min_p_relevant=0)
    purged = bank.Purge(pb.PurgeRequest(subject="ann"))
    assert purged.patterns == 1
    files = [path for path in (one.folder / "data").rglob("*") if path.is_file()]
    assert files and not [path for path in files if SECRET.encode() in path.read_bytes()]
    one.kill()
    bank = _stub(one.start())
    found = _found(bank, SECRET, k=10, min_p_relevant=0)
    assert sorted(found) == ["p1", "p2", "p3"]


def test_twelve_writers_leave_twelve_writers_rows_on_two_workers(acumend: Any) -> None:
    """12 x 1,000 patterns through two workers: 12,000 rows on each, and both answer alike."""
    one = acumend("--workers=2").start(workers=2)
    banks = [_stub(one, worker) for worker in (0, 1)]

    def write(writer: int) -> int:
        last = 0
        for start in range(0, 1000, 100):
            patterns = [Pattern(id=f"{writer}-{start + i}", content=f"row {start + i} of {writer}") for i in range(100)]
            last = banks[writer % 2].PutPatterns(pb.PutPatternsRequest(patterns=patterns)).revision
        return last

    with ThreadPoolExecutor(12) as pool:
        newest = max(pool.map(write, range(12)))
    answers = []
    for bank in banks:
        stats = bank.GetStats(pb.GetStatsRequest(min_revision=newest))
        assert sum(stats.patterns_by_state.values()) == 12_000
        answers.append(_found(bank, "row 500 of 7", k=5, min_p_relevant=0))
    assert answers[0] == answers[1] and answers[0][0] == "7-500"
    assert one.stop() == 0


def test_workers_end_when_their_supervisor_is_killed(acumend: Any) -> None:
    """No worker is left behind to hold sockets and files: each drains and logs it."""
    one = acumend("--workers=2").start(workers=2)
    one.kill()
    deadline = time.monotonic() + 20
    while len(one.events("drained")) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(one.events("drained")) == 2


def test_a_watcher_sees_every_change_once_across_a_restart(acumend: Any) -> None:
    """Resumed after the last revision it saw, a watch misses nothing and repeats nothing."""
    one = acumend().start()
    bank = _stub(one)
    first = _filled(bank)
    watch = bank.WatchChanges(pb.WatchChangesRequest(after_revision=0))
    assert next(watch).revision == 0
    change = next(watch)
    assert list(change.written.ids) == ["p0", "p1", "p2", "p3"] and change.revision == first
    watch.cancel()
    one.kill()
    bank = _stub(one.start())
    bank.DeletePatterns(pb.DeletePatternsRequest(ids=["p1"]))
    watch = bank.WatchChanges(pb.WatchChangesRequest(after_revision=first))
    assert next(watch).revision == first
    change = next(watch)
    assert list(change.deleted.ids) == ["p1"] and change.revision == first + 1
    started = time.monotonic()
    assert one.stop() == 0 and time.monotonic() - started < 8, "an open watch held up the drain"
    with pytest.raises(grpc.RpcError) as ended:
        next(watch)
    assert ended.value.code() is grpc.StatusCode.UNAVAILABLE


def test_the_offline_verbs_dump_and_restore(acumend: Any, tmp_path: Path) -> None:
    """Dump prints every pattern; restore brings a downloaded snapshot to an empty folder; a live one is refused."""
    one = acumend().start()
    bank = _stub(one)
    _filled(bank)
    snapshot = bank.CreateSnapshot(pb.CreateSnapshotRequest()).snapshot.id
    chunks = bank.DownloadSnapshot(pb.DownloadSnapshotRequest(id=snapshot))
    file = tmp_path / "copy.acumen"
    file.write_bytes(b"".join(chunk.data for chunk in chunks))
    busy = _acumend("bank", "restore", str(file), f"--data-dir={one.folder / 'data'}")
    assert busy.returncode == 2 and "stop the server first" in busy.stderr
    assert one.stop() == 0
    dumped = _acumend("bank", "dump", f"--data-dir={one.folder / 'data'}")
    assert dumped.returncode == 0 and len(dumped.stdout.splitlines()) == 4
    restored = _acumend("bank", "restore", str(file), f"--data-dir={tmp_path / 'new'}")
    assert restored.returncode == 0 and "4 patterns are back" in restored.stdout, restored.stderr
    assert _acumend("bank", "check", f"--data-dir={tmp_path / 'new'}").returncode == 0
    file.write_bytes(file.read_bytes()[:-10])
    refused = _acumend("bank", "restore", str(file), f"--data-dir={tmp_path / 'other'}")
    assert refused.returncode == 1 and "truncated" in refused.stderr


def test_trajectories_become_patterns_and_a_verdict_says_where_one_broke(acumend: Any) -> None:
    """Eight attempts at two tasks, half of which skip the check and fail: what separates them is learned."""
    bank = _stub(acumend().start())
    names = ["open", "check", "submit"]
    attempts = [
        trajectory_pb2.Trajectory(
            id=f"t{i}",
            task="submit the expense report",
            task_id=f"task {i % 2}",
            outcome=trajectory_pb2.OUTCOME_SUCCESS if i < 6 else trajectory_pb2.OUTCOME_FAILURE,
            steps=[trajectory_pb2.Step(action=name, observation="ok") for name in names if i < 6 or name != "check"],
        )
        for i in range(12)
    ]
    messages = [pb.DistillRequest(start=pb.DistillStart()), *(pb.DistillRequest(trajectory=t) for t in attempts)]
    answers = list(bank.Distill(iter(messages)))
    report = answers[-1].report
    patterns = [answer.pattern for answer in answers if answer.HasField("pattern")]
    assert report.read == 12 and report.patterns == len(patterns) >= 1
    assert any("check" in pattern.title for pattern in patterns)
    assert all(pattern.state == pattern_pb2.PATTERN_STATE_PENDING for pattern in patterns) or report.promoted
    judged = bank.JudgeTrajectory(pb.JudgeTrajectoryRequest(trajectory=attempts[-1]))
    assert judged.compared == 5 and 0 <= judged.verdict.score <= 1


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.RetrieveRequest(), "query"),
        (pb.RetrieveRequest(text="x", k=101), "k"),
        (pb.RetrieveRequest(text="x", relevance_weight=0.5), "relevance_weight"),
        (pb.JudgeRequest(response="x", criteria={"beauty": 1.0}), "criteria"),
        (pb.PutPatternsRequest(patterns=[Pattern()]), "patterns[0]"),
        (pb.PutPatternsRequest(patterns=[Pattern(id="a", title="x"), Pattern(id="a", title="y")]), "patterns[1].id"),
    ],
)
def test_wrong_input_is_refused_by_field(server: Any, request_: Any, field: str) -> None:
    """INVALID_ARGUMENT with the field's path in the text."""
    method = {"RetrieveRequest": "Retrieve", "JudgeRequest": "Judge", "PutPatternsRequest": "PutPatterns"}
    with pytest.raises(grpc.RpcError) as refused:
        getattr(_stub(server), method[type(request_).__name__])(request_)
    assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert field in refused.value.details()
