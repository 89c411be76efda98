"""What was purged is in no byte of any file, and nothing else is lost with it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from google.protobuf.message import Message

from acumen.bank.convert import trajectory
from acumen.bank.distilling.distiller import Accepted, Distiller
from acumen.bank.keeping import kept
from acumen.bank.writes import Origin
from acumen.errors import PatternNotFound
from acumen.neural.executor import BoundedExecutor
from acumen.proto.storage.v1.bank_pb2 import Consolidated
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.proto.v1.reasoning_bank_pb2 import CONSOLIDATE_ACTION_MERGE, ConsolidateStep
from acumen.proto.v1.trajectory_pb2 import OUTCOME_SUCCESS, Step, Trajectory
from acumen.proto.v1.verdict_pb2 import VERDICT_KIND_TRAJECTORY, Verdict
from acumen.rpc.bank_distill import DistillServicer
from acumen.rpc.stream import Stream
from acumen.storage.journal import Decide
from acumen.storage.transfer import file_sha256, read_chunk
from tests.banks import Worker, problems, worker

SECRETS = (b"quartz", b"umbrella", b"marzipan", b"zeppelin")


def origin(request_id: str = "") -> Origin:
    return Origin(request=pb.PurgeRequest(), request_id=request_id)


async def fill(w: Worker) -> None:
    """Write patterns, a verdict and a trajectory of ann, a lesson from it, and as much of bob's."""
    await w.put([Pattern(id="own", context="the pin of the vault is quartz", subject="ann", tags=["umbrella"])])
    await w.put([Pattern(id="own", context="the pin of the safe is quartz", subject="ann")])
    run = Trajectory(id="t-ann", task="open the marzipan box", subject="ann", steps=[Step(action="zeppelin")])
    await keep(w, run, Trajectory(id="t-bob", task="open the door", subject="bob", steps=[Step(action="knock")]))
    await w.put([Pattern(id="lesson", content="use the zeppelin with marzipan", sources=["t-bob", "t-ann"])])
    await w.put([Pattern(id="bobs", content="knock first", sources=["t-bob"], subject="bob")])
    for subject, run_id in (("ann", "t-ann"), ("bob", "t-bob")):
        verdict = Verdict(kind=VERDICT_KIND_TRAJECTORY, subject=subject, trajectory_id=run_id, score=0.9)
        verdict.rationale = "quartz" if subject == "ann" else "fine"
        await w.kept.writes.keep_verdict("", verdict, Origin(request=pb.JudgeRequest()))


async def keep(w: Worker, *runs: Trajectory) -> None:
    values = [trajectory(run) for run in runs]
    messages = []
    for value in values:
        taken = Distiller().add(value)
        assert isinstance(taken, Accepted)
        messages.append(kept(taken.record, value))
    await w.kept.writes.keep_trajectories("", messages, Origin(request=pb.DistillStart()))


def files_with(folder: Path, texts: Sequence[bytes] = SECRETS) -> list[str]:
    """Return the files that hold a text, snapshots unpacked too."""
    return [path.name for path in folder.rglob("*") if path.is_file() and _holds(path.read_bytes(), texts)]


def _holds(data: bytes, texts: Sequence[bytes]) -> bool:
    return any(text in data for text in texts)


async def snapshots_with(w: Worker) -> list[str]:
    """Return the snapshots whose sections hold a secret."""
    found = []
    for info in w.kept.upkeep.folder.list():
        with w.kept.upkeep.folder.open(info.id) as snapshot:
            names = [section.name for section in snapshot.header.sections]
            found += [info.id for name in names if _holds(snapshot.section(name), SECRETS)]
    return found


async def test_everything_of_a_subject_goes_from_every_file(tmp_path: Path) -> None:
    """Patterns, what was learned from its trajectories, those, verdicts: none is in journal, log or snapshot."""
    async with worker(tmp_path) as w:
        await fill(w)
        await w.kept.upkeep.create_snapshot()
        await w.delete(["own"])
        await w.put([Pattern(id="own", context="quartz again", subject="ann")])
        await w.kept.upkeep.create_snapshot()
        assert files_with(tmp_path) and await snapshots_with(w)
        done = await w.kept.upkeep.purge("default", "ann", origin())
        assert (done.patterns, done.verdicts, done.trajectories) == (2, 1, 1)
        assert not files_with(tmp_path) and not await snapshots_with(w)
        namespace = w.kept.state.bank.namespace("")
        assert w.ids() == {"bobs"} and set(namespace.trajectories) == {"t-bob"} == set(namespace.judged)
        assert set(await w.found("use the zeppelin with marzipan quartz", 9)) == {"bobs"}
        assert len(w.kept.upkeep.folder.list()) == 1
    assert problems(tmp_path) == [] and not files_with(tmp_path)
    async with worker(tmp_path) as w:
        assert w.ids() == {"bobs"} and set(w.kept.state.bank.namespace("").judged) == {"t-bob"}


async def test_a_purge_takes_nothing_of_another_namespace_or_subject(tmp_path: Path) -> None:
    """The same subject elsewhere stays; a whole namespace goes, embedder and all, and may begin anew."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id="a", content="x", subject="ann")])
        await w.put([Pattern(id="a", content="x", subject="ann"), Pattern(id="b", content="x")], "other")
        await w.kept.upkeep.purge("default", "ann", origin())
        assert w.ids() == set() and w.ids("other") == {"a", "b"}
        await w.kept.upkeep.purge("other", "", origin())
        assert w.ids("other") == set() and "other" not in w.kept.state.bank.namespaces
        vector = Pattern(id="v", content="x")
        vector.vector.floats.values.extend([1, 2])
        await w.put([vector], "other")
    assert problems(tmp_path) == []


async def test_writes_during_a_purge_are_kept(tmp_path: Path) -> None:
    """What is acknowledged after the purge was decided is there after it, and after a restart, also of the subject."""
    async with worker(tmp_path) as w:
        await fill(w)
        purging = asyncio.create_task(w.kept.upkeep.purge("default", "ann", origin()))
        while "own" in w.ids():
            await asyncio.sleep(0)
        written = [f"n{number}" for number in range(40)]
        for ident in written:
            await w.put([Pattern(id=ident, content="x", subject="ann")])
        await purging
        assert w.ids() == {"bobs", *written}
    assert problems(tmp_path) == []
    async with worker(tmp_path) as w:
        assert w.ids() == {"bobs", *written}


async def test_a_restore_of_an_uploaded_snapshot_brings_nothing_purged_back(tmp_path: Path) -> None:
    """Neither the bank nor, once it has returned, any file has it; `as_of` brings back what was deleted, not that."""
    async with worker(tmp_path) as w:
        await fill(w)
        info = await w.kept.upkeep.create_snapshot()
        data, sha256 = info.path.read_bytes(), file_sha256(info.path)
        chunk = read_chunk(info.path, sha256, 0, len(data))
        await w.kept.upkeep.purge("default", "ann", origin())
        await w.delete(["bobs"])
        for as_of in (False, True):
            with w.kept.upkeep.folder.upload(len(data), sha256, len(data)) as upload:
                upload.add(chunk)
                uploaded = w.kept.upkeep.folder.adopt(upload)
            await w.kept.upkeep.restore(uploaded.id, as_of, Origin(request=pb.RestoreSnapshotRequest()))
            assert w.ids() == ({"bobs"} if as_of else set())
            assert not files_with(tmp_path) and not await snapshots_with(w)
    assert problems(tmp_path) == []
    async with worker(tmp_path) as w:
        assert w.ids() == {"bobs"} and await w.found("quartz zeppelin", 5) == ["bobs"]


async def test_a_purged_pattern_is_unknown_to_decisions_too(tmp_path: Path) -> None:
    """It cannot be deleted, and its id is free."""
    async with worker(tmp_path) as w:
        await fill(w)
        await w.kept.upkeep.purge("default", "ann", origin())
        for ident in ("own", "lesson"):
            with pytest.raises(PatternNotFound):
                await w.delete([ident])
            await w.kept.writes.put("", [Pattern(id=ident, content="x")], origin(), create_only=True)
    assert problems(tmp_path) == []


async def test_another_worker_goes_on_after_a_purge(tmp_path: Path) -> None:
    """It has neither the patterns nor a reason to stop, and what it writes afterwards is there."""
    async with worker(tmp_path) as one, worker(tmp_path) as two:
        await fill(one)
        await two.kept.journal.wait_for(one.kept.journal.revision, 5)
        done = await two.kept.upkeep.purge("default", "ann", origin())
        await one.kept.journal.wait_for(done.revision, 5)
        assert one.ids() == two.ids() == {"bobs"}
        last = await one.put([Pattern(id="later", content="x")])
        await two.kept.journal.wait_for(last, 5)
        assert one.ids() == two.ids() == {"bobs", "later"}
        assert not one.kept.journal.failed.done()
    assert problems(tmp_path) == [] and not files_with(tmp_path)


async def test_what_is_learned_while_a_purge_is_decided_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and deciding: patterns of known and of new trajectories, a merge, and a name given anew."""
    async with worker(tmp_path) as w:
        await fill(w)
        append = w.kept.journal.append

        async def late(decide: Decide, request: Message, request_id: str = "") -> int:
            if isinstance(request, pb.PurgeRequest):
                await w.put([Pattern(id="late", content="zeppelin again", sources=["t-ann"])])
                await w.put([Pattern(id="early", content="quartz again", sources=["t-new"])])
                await keep(w, Trajectory(id="t-new", task="marzipan", subject="ann", steps=[Step(action="zeppelin")]))
                await w.put([Pattern(id="own", content="knock twice", subject="bob")])
                step = ConsolidateStep(action=CONSOLIDATE_ACTION_MERGE, kept_id="bobs", other_id="late")
                merge = Consolidated(namespace="default", steps=[step])
                await append(lambda *_: JournalEntry(consolidated=merge), pb.ConsolidateRequest())
            return await append(decide, request, request_id)

        monkeypatch.setattr(w.kept.journal, "append", late)
        done = await w.kept.upkeep.purge("default", "ann", origin())
        assert w.ids() == {"own"} and done.patterns == 4
        assert not files_with(tmp_path) and not await snapshots_with(w)
    assert problems(tmp_path) == []


async def test_what_was_learned_before_a_purge_is_not_written_after_it(tmp_path: Path) -> None:
    """A stream that had read a subject's trajectories keeps neither them nor what they taught."""
    async with worker(tmp_path) as w:
        await keep(w, *(run_of(f"t-old{n}", "ann") for n in range(3)))
        stream = Feed([run_of(f"t-ann{n}", "ann") for n in range(3)] + [run_of(f"t-bob{n}", "bob") for n in range(5)])
        stream.last = lambda: w.kept.upkeep.purge("default", "ann", origin())
        executor = BoundedExecutor(1)
        await DistillServicer(w.kept.writes, executor).distill(None, cast(Stream, stream))
        executor.close()
        namespace = w.kept.state.bank.namespace("")
        assert set(namespace.trajectories) == {f"t-bob{n}" for n in range(5)}
        assert w.ids() == set() and not files_with(tmp_path, [b"zeppelin"])
        again = Feed([])
        executor = BoundedExecutor(1)
        await DistillServicer(w.kept.writes, executor).distill(None, cast(Stream, again))
        executor.close()
        assert [set(one.sources) for one in namespace.patterns()] == [{f"t-bob{n}" for n in range(5)}]
    assert problems(tmp_path) == []


async def test_sources_that_were_evicted_are_purged_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pattern knows whose trajectories it came from when these are long gone: also after a restart and an import."""
    monkeypatch.setattr("acumen.bank.namespace.MOST_TRAJECTORIES", 2)
    async with worker(tmp_path) as w:
        await fill(w)
        await keep(w, *(Trajectory(id=f"t{n}", task="x", subject="cid", steps=[Step(action="a")]) for n in range(2)))
        assert set(w.kept.state.bank.namespace("").trajectories) == {"t0", "t1"}
        await w.kept.upkeep.create_snapshot()
    async with worker(tmp_path) as w:
        exported = w.kept.state.bank.namespace("").records.messages(["lesson"])
        exported[0].ClearField("revision")
        await w.put(exported, "other")
        await w.kept.upkeep.purge("default", "ann", origin())
        assert w.ids() == {"bobs"} and w.ids("other") == {"lesson"}
        await w.kept.upkeep.purge("other", "ann", origin())
        assert w.ids("other") == set()
    assert problems(tmp_path) == [] and not files_with(tmp_path)


def run_of(run_id: str, subject: str) -> Trajectory:
    """Return an attempt that succeeded by two acts."""
    steps = [Step(action="knock"), Step(action="enter"), Step(action="sit down")]
    return Trajectory(id=run_id, task="visit the neighbour", subject=subject, outcome=OUTCOME_SUCCESS, steps=steps)


class Feed:
    """The stream of a client that sends trajectories, and does something else before it is done."""

    def __init__(self, runs: Sequence[Trajectory]) -> None:
        self._messages = [pb.DistillRequest(start=pb.DistillStart())]
        self._messages += [pb.DistillRequest(trajectory=run) for run in runs]
        self.last: Callable[[], Awaitable[Any]] | None = None

    async def read(self) -> pb.DistillRequest | None:
        """Return the next message."""
        if self._messages:
            return self._messages.pop(0)
        if self.last is not None:
            await self.last()
        return None

    async def write(self, _: pb.DistillResponse) -> None:
        """Take an answer."""
