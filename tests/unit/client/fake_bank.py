# ruff: noqa: N802  (methods are called as in the proto)
"""A small `ReasoningBank` that keeps patterns, remembers what it was asked, breaks off and fails when told to."""

import hashlib

import grpc
from fake_calls import Remembering

from acumen_client.gen.v1 import reasoning_bank_pb2 as pb
from acumen_client.gen.v1 import reasoning_bank_pb2_grpc
from acumen_client.messages import (
    Pattern,
    PatternStatistics,
    RetrievalScore,
    Snapshot,
    SnapshotSection,
    Verdict,
)

TIME = {"seconds": 1_760_000_000}
SNAPSHOT = bytes(range(256)) * 10
CHUNK_BYTES = 1000
LONG = "a title that is a good deal longer than any table of a hundred columns has room to show it whole, so it is cut"


class FakeBank(Remembering, reasoning_bank_pb2_grpc.ReasoningBankServicer):
    """Answers everything; `break_after` ends a stream as a lost connection does, after so many messages."""

    def __init__(self):
        super().__init__()
        self.patterns = {one.id: one for one in (pattern("p-1"), pattern("p-2", title=LONG))}
        self.break_after = []
        self.uploaded = b""
        self.digest = hashlib.sha256(SNAPSHOT).hexdigest()
        self.received = {}
        self.changes = changes()
        self.endless = False

    def Retrieve(self, request, context):
        """The first k patterns; for `nothing`, an abstention."""
        self.note("Retrieve", request, context)
        self.hold.wait(5)
        if request.text == "nothing":
            return pb.RetrieveResponse(abstained=True, reason="none of 2 patterns is likely enough", revision=7)
        found = list(self.patterns.values())[: request.k or 1]
        return pb.RetrieveResponse(results=[retrieved(one) for one in found], revision=7, embedder="e")

    def Judge(self, request, context):
        """A verdict whose criteria are those that were asked for."""
        self.note("Judge", request, context)
        return pb.JudgeResponse(verdict=verdict(1, request.criteria), revision=8, elapsed={"nanos": 2_000_000})

    def JudgePair(self, request, context):
        """A verdict for the first."""
        self.note("JudgePair", request, context)
        return pb.JudgePairResponse(verdict=verdict(2, request.criteria), revision=8)

    def JudgeTrajectory(self, request, context):
        """A verdict with a breakage."""
        self.note("JudgeTrajectory", request, context)
        made = verdict(3, {})
        made.trajectory_id, made.breakage.step, made.breakage.agent = "t-1", 3, "coder"
        made.evidence.add(kind="exit_code", quote="exit status 1", step=3, effect=-0.5)
        return pb.JudgeTrajectoryResponse(verdict=made, compared=2, revision=8)

    def ListVerdicts(self, request, context):
        """Two pages of verdicts."""
        self.note("ListVerdicts", request, context)
        made = [verdict(request.kind or 1, {}, id=f"v-{number}") for number in range(3)]
        return pb.ListVerdictsResponse(
            verdicts=made[2:] if request.page_token else made[:2], next_page_token="" if request.page_token else "2"
        )

    def RunPipeline(self, request, context):
        """Each part that was asked for."""
        self.note("RunPipeline", request, context)
        response = pb.RunPipelineResponse(revision=9)
        if request.query:
            response.retrieved.results.append(retrieved(self.patterns["p-1"]))
            response.elapsed["retrieve"].nanos = 1_500_000
        if request.response:
            response.verdict.CopyFrom(verdict(1, request.criteria))
        if request.HasField("trajectory"):
            response.patterns.append(pattern("p-9"))
            response.waiting_groups = 2
        if request.consolidate:
            response.consolidation.CopyFrom(report(dry_run=False))
        return response

    def RecordOutcome(self, request, context):
        """Statistics for each."""
        self.note("RecordOutcome", request, context)
        moved = [PatternStatistics(successes=1, usage_count=1, success_rate=2 / 3) for _ in request.shown]
        return pb.ReasoningBankRecordOutcomeResponse(statistics=moved, revision=10)

    def PutPatterns(self, request, context):
        """Kept."""
        self.note("PutPatterns", request, context)
        ids = [one.id or f"made-{number}" for number, one in enumerate(request.patterns)]
        self.patterns |= dict(zip(ids, request.patterns, strict=True))
        return pb.PutPatternsResponse(ids=ids, revision=11)

    def GetPattern(self, request, context):
        """One pattern, if it is there."""
        self.note("GetPattern", request, context)
        if request.id not in self.patterns:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no pattern '{request.id}'")
        return pb.GetPatternResponse(pattern=self.patterns[request.id])

    def ListPatterns(self, request, context):
        """A pattern a page."""
        self.note("ListPatterns", request, context)
        ids = sorted(one for one in self.patterns if one > request.page_token)
        found = [self.patterns[one] for one in ids[:1]]
        return pb.ListPatternsResponse(patterns=found, next_page_token=ids[0] if len(ids) > 1 else "")

    def DeletePatterns(self, request, context):
        """Gone."""
        self.note("DeletePatterns", request, context)
        for one in request.ids:
            del self.patterns[one]
        return pb.DeletePatternsResponse(revision=12)

    def Purge(self, request, context):
        """Counts."""
        self.note("Purge", request, context)
        return pb.PurgeResponse(patterns=1, verdicts=2, trajectories=3, revision=13)

    def Unmerge(self, request, context):
        """Two patterns."""
        self.note("Unmerge", request, context)
        return pb.UnmergeResponse(restored=pattern(request.id), winner=pattern("winner"), revision=14)

    def CreateSnapshot(self, request, context):
        """A snapshot."""
        self.note("CreateSnapshot", request, context)
        return pb.CreateSnapshotResponse(snapshot=snapshot())

    def ListSnapshots(self, request, context):
        """A snapshot and a damaged file."""
        self.note("ListSnapshots", request, context)
        return pb.ListSnapshotsResponse(snapshots=[snapshot()], damaged=["old.snapshot: patterns"])

    def VerifySnapshot(self, request, context):
        """Whole, unless its id is `bad`."""
        self.note("VerifySnapshot", request, context)
        problems = ["patterns: checksum differs"] if request.id == "bad" else []
        sections = [SnapshotSection(name="patterns", stored_bytes=1000, raw_bytes=3000)]
        found = snapshot()
        found.sections.extend(sections)
        return pb.VerifySnapshotResponse(snapshot=found, problems=problems)

    def RestoreSnapshot(self, request, context):
        """Counts."""
        self.note("RestoreSnapshot", request, context)
        return pb.RestoreSnapshotResponse(patterns=2, deletions_reapplied=1, revision=15)

    def DeleteSnapshot(self, request, context):
        """Gone."""
        self.note("DeleteSnapshot", request, context)
        return pb.DeleteSnapshotResponse()

    def GetStats(self, request, context):
        """Something in every part."""
        self.note("GetStats", request, context)
        return pb.GetStatsResponse(
            namespaces=["default", "team"],
            patterns_by_state={"active": 2, "pending": 1},
            verdicts=3,
            trajectories=4,
            segments=[{"kind": "hnsw", "segments": 1, "rows": 3, "live_rows": 2, "queries": 9, "resident_bytes": 4096}],
            tier=1,
            embedder="e",
            dimension=256,
            weights={"similarity": 1.25, "lexical": 0.5},
            shipped_weights={"similarity": 1.0, "lexical": 0.5},
            revision=16,
            resident_bytes={"vectors": 2048, "terms": 1024},
        )

    def Distill(self, requests, context):
        """A receipt each, a pattern and a report."""
        self.note("Distill", None, context)
        read = 0
        for message in requests:
            self.calls.setdefault("DistillMessages", []).append(message)
            if message.HasField("trajectory"):
                dropped = "" if message.trajectory.steps else "steps: there are none"
                receipt = pb.DistillReceipt(number=read, trajectory_id=f"t-{read}", dropped=dropped)
                read += 1
                yield pb.DistillResponse(receipt=receipt)
        yield pb.DistillResponse(pattern=pattern("learned"))
        report = pb.DistillReport(read=read, waiting_groups=1, patterns=1, scrubbed={"email": 2}, revision=17)
        yield pb.DistillResponse(report=report)

    def Consolidate(self, request, context):
        """Progress, two steps, a report."""
        self.note("Consolidate", request, context)
        yield pb.ConsolidateResponse(progress={"phase": "looking for duplicates", "done": 1, "total": 2})
        for action, other in ((1, "p-2"), (3, "p-3")):
            step = pb.ConsolidateStep(action=action, kept_id="p-1", other_id=other, similarity=0.98765, p_same=0.91234)
            yield pb.ConsolidateResponse(step=step)
        yield pb.ConsolidateResponse(report=report(request.dry_run))

    def Reembed(self, request, context):
        """Halfway, done."""
        self.note("Reembed", request, context)
        yield pb.ReembedResponse(progress={"phase": "embedding", "done": 1, "total": 2})
        yield pb.ReembedResponse(progress={"phase": "embedding", "done": 2, "total": 2}, revision=18)

    def Export(self, request, context):
        """A message a pattern, behind the id."""
        self.note("Export", request, context)
        ids = sorted(one for one in self.patterns if one > request.after_id)
        yield from self._breaking(context, [pb.ExportResponse(patterns=[self.patterns[one]]) for one in ids])

    def DownloadSnapshot(self, request, context):
        """The bytes in small chunks."""
        self.note("DownloadSnapshot", request, context)
        starts = range(request.offset, len(SNAPSHOT), CHUNK_BYTES) or [request.offset]
        chunks = [
            pb.DownloadSnapshotResponse(
                offset=at, total_bytes=len(SNAPSHOT), data=SNAPSHOT[at : at + CHUNK_BYTES], sha256=self.digest
            )
            for at in starts
        ]
        yield from self._breaking(context, chunks)

    def WatchChanges(self, request, context):
        """The changes after a revision, then the end, or with `endless` a wait for it."""
        self.note("WatchChanges", request, context)
        yield from self._breaking(context, [one for one in self.changes if one.revision > request.after_revision])
        while self.endless and context.is_active():
            self.hold.clear()
            self.hold.wait(0.05)

    def Import(self, requests, context):
        """Each message once under its request id and number."""
        messages = list(requests)
        self.note("Import", messages, context)
        name = messages[0].request_id if messages else ""
        for number, message in enumerate(messages):
            self.received.setdefault((name, number), [one.id for one in message.patterns])
        return pb.ImportResponse(patterns=sum(len(one.patterns) for one in messages), revision=19)

    def UploadSnapshot(self, requests, context):
        """The bytes, checked as the server does."""
        messages = list(requests)
        if not messages[0].data:
            return pb.UploadSnapshotResponse(received_bytes=len(self.uploaded))
        self.note("UploadSnapshot", messages, context)
        data = self.uploaded[: messages[0].offset] + b"".join(one.data for one in messages)
        wrong = not messages or hashlib.sha256(data).hexdigest() != messages[0].sha256
        if wrong or len(data) != messages[0].total_bytes:
            context.abort(grpc.StatusCode.DATA_LOSS, "not what was promised")
        return pb.UploadSnapshotResponse(snapshot=snapshot())

    def _breaking(self, context, messages):
        limit = self.break_after.pop(0) if self.break_after else len(messages)
        yield from messages[:limit]
        if limit < len(messages):
            context.abort(grpc.StatusCode.UNAVAILABLE, "Socket closed")


def pattern(name, title="Retry flaky tests once"):
    """Return a pattern."""
    return Pattern(
        id=name,
        title=title,
        context="a test that fails now and then",
        actions=["run the test again", "compare the logs"],
        content="Look at what differs between two runs.",
        polarity=1,
        state=2,
        tags=["tests"],
        statistics=PatternStatistics(successes=3, failures=1, usage_count=4, success_rate=2 / 3),
        create_time=TIME,
        embedder="e",
        revision=5,
    )


def retrieved(one):
    """Return a pattern with a score."""
    score = RetrievalScore(
        similarity=0.87654, lexical=0.4321, reliability=2 / 3, recency=0.98765, score=0.81234, p_relevant=0.91234
    )
    return pb.RetrievedPattern(pattern=one, score=score)


def verdict(kind, criteria, id="v-1"):  # noqa: A002
    """Return a verdict with a row a criterion."""
    rows = [
        {"name": name, "weight": weight, "score": 0.5, "confidence": 0.25, "rationale": "as the tests say"}
        for name, weight in sorted(criteria.items())
    ]
    return Verdict(
        id=id,
        create_time=TIME,
        kind=kind,
        task="fix the build",
        score=0.87654,
        confidence=0.61234,
        rationale="All tests pass.",
        criteria=rows,
    )


def snapshot():
    """Return a snapshot."""
    return Snapshot(id="s-1", revision=6, create_time=TIME, size_bytes=len(SNAPSHOT), embedder="e", format_version=1)


def report(dry_run):
    """Return what a consolidation came to."""
    return pb.ConsolidateReport(
        patterns=5,
        duplicates_removed=1,
        kept_apart={"numbers": 2},
        memory_saved_bytes=2048,
        bytes_before={"vectors": 4096},
        bytes_after={"vectors": 2048},
        recall_before=1.0,
        recall_after=0.98765,
        tier=1,
        revision=20,
        dry_run=dry_run,
    )


def changes():
    """Return one change of each sort and a heartbeat."""
    return [
        pb.WatchChangesResponse(revision=1, time=TIME, written={"ids": ["p-1", "p-2"]}),
        pb.WatchChangesResponse(revision=2, time=TIME, deleted={"ids": ["p-3"]}),
        pb.WatchChangesResponse(revision=3, time=TIME, outcome={"ids": ["p-1"]}),
        pb.WatchChangesResponse(
            revision=4, time=TIME, consolidated={"steps": [{"action": 1, "kept_id": "p-1", "other_id": "p-2"}]}
        ),
        pb.WatchChangesResponse(revision=5, time=TIME, restored={"id": "s-1"}),
        pb.WatchChangesResponse(revision=6),
    ]
