"""`acumen.v1.ReasoningBank`, its unary methods: each decodes, calls, encodes."""

from dataclasses import dataclass
from itertools import islice

from acumen.bank.answers import Answers, timed
from acumen.bank.bank import DEFAULT_NAMESPACE, Bank
from acumen.bank.convert import statistics_message
from acumen.bank.selection import listed
from acumen.bank.statistics import statistics
from acumen.bank.writes import Origin, Writes
from acumen.clock import Clock
from acumen.errors import InvalidInput, PatternNotFound
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.trajectory_pb2 import OUTCOME_SUCCESS, OUTCOME_UNSPECIFIED
from acumen.rpc.edge import Call
from acumen.storage.journal import SqliteJournal
from acumen.upkeep.upkeep import Upkeep

LARGEST_PAGE = 100


@dataclass(slots=True)
class ReasoningBankServicer:
    """The ReasoningBank service over a worker's state."""

    bank: Bank
    answers: Answers
    writes: Writes
    journal: SqliteJournal
    upkeep: Upkeep
    clock: Clock

    async def retrieve(self, request: pb.RetrieveRequest, call: Call) -> pb.RetrieveResponse:
        """Find patterns."""
        if request.min_revision:
            await self.journal.wait_for(request.min_revision, call.remaining_s())
        response = await self.answers.retrieve(request)
        response.revision = self.journal.revision
        return response

    async def judge(self, request: pb.JudgeRequest, _: Call) -> pb.JudgeResponse:
        """Judge a response and keep the verdict."""
        verdict, elapsed = await timed(self.answers.judge(request))
        origin = Origin(request=request, request_id=request.request_id)
        revision = await self.writes.keep_verdict(request.namespace, verdict, origin)
        return pb.JudgeResponse(verdict=verdict, revision=revision, elapsed=elapsed)

    async def judge_pair(self, request: pb.JudgePairRequest, _: Call) -> pb.JudgePairResponse:
        """Judge a pair and keep the verdict."""
        verdict, elapsed = await timed(self.answers.judge_pair(request))
        origin = Origin(request=request, request_id=request.request_id)
        revision = await self.writes.keep_verdict(request.namespace, verdict, origin)
        return pb.JudgePairResponse(verdict=verdict, revision=revision, elapsed=elapsed)

    async def judge_trajectory(self, request: pb.JudgeTrajectoryRequest, _: Call) -> pb.JudgeTrajectoryResponse:
        """Judge a trajectory beside what is known of its task, and keep the verdict."""
        (verdict, compared), elapsed = await timed(self.answers.judge_trajectory(request))
        origin = Origin(request=request, request_id=request.request_id)
        revision = await self.writes.keep_verdict(request.namespace, verdict, origin)
        return pb.JudgeTrajectoryResponse(verdict=verdict, compared=compared, revision=revision, elapsed=elapsed)

    async def list_verdicts(self, request: pb.ListVerdictsRequest, call: Call) -> pb.ListVerdictsResponse:
        """Page through the verdicts, newest first; the token is the id of the last one of the page before."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        size = request.page_size or LARGEST_PAGE
        kept = self.bank.namespace(request.namespace).verdicts_before(request.page_token)
        found = (verdict for verdict in kept if request.kind in (0, verdict.kind))
        page = list(islice(found, size + 1))
        token = page[size - 1].id if len(page) > size else ""
        return pb.ListVerdictsResponse(verdicts=page[:size], next_page_token=token)

    async def record_outcome(
        self, request: pb.ReasoningBankRecordOutcomeRequest, _: Call
    ) -> pb.ReasoningBankRecordOutcomeResponse:
        """Journal how a task went; every worker counts and learns from it."""
        if request.outcome == OUTCOME_UNSPECIFIED and not request.HasField("reward"):
            raise InvalidInput.of("outcome", "neither outcome nor reward says how the task went")
        reward = request.reward if request.HasField("reward") else float(request.outcome == OUTCOME_SUCCESS)
        origin = Origin(request=request, request_id=request.request_id)
        revision = await self.writes.use(request.namespace, request.shown, reward, origin)
        records = self.bank.namespace(request.namespace).records
        rows = [records.rows.get(shown.id) for shown in request.shown]
        moved = [statistics_message(records.statistics(row)) for row in rows if row is not None]
        return pb.ReasoningBankRecordOutcomeResponse(statistics=moved, revision=revision)

    async def put_patterns(self, request: pb.PutPatternsRequest, _: Call) -> pb.PutPatternsResponse:
        """Write patterns, all or none."""
        origin = Origin(request=request, request_id=request.request_id)
        ids, revision = await self.writes.put(request.namespace, request.patterns, origin, request.create_only)
        return pb.PutPatternsResponse(ids=ids, revision=revision)

    async def get_pattern(self, request: pb.GetPatternRequest, call: Call) -> pb.GetPatternResponse:
        """Read one pattern."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        namespace = self.bank.namespace(request.namespace)
        row = namespace.records.rows.get(request.id)
        if row is None:
            raise PatternNotFound(request.id, f"in namespace '{namespace.name}'")
        message = namespace.records.message(row)
        if request.with_vector:
            namespace.fill_vector(message)
        else:
            message.ClearField("vector")
        return pb.GetPatternResponse(pattern=message)

    async def list_patterns(self, request: pb.ListPatternsRequest, call: Call) -> pb.ListPatternsResponse:
        """Page through the patterns by id; the token is the last id of the page before."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        size = request.page_size or LARGEST_PAGE
        namespace = self.bank.namespace(request.namespace)
        page = list(islice(listed(namespace, request.filter, request.page_token, self.clock.now_ms()), size + 1))
        for message in page:
            message.ClearField("vector")
        token = page[size - 1].id if len(page) > size else ""
        return pb.ListPatternsResponse(patterns=page[:size], next_page_token=token)

    async def delete_patterns(self, request: pb.DeletePatternsRequest, _: Call) -> pb.DeletePatternsResponse:
        """Delete patterns, all or none."""
        origin = Origin(request=request, request_id=request.request_id)
        return pb.DeletePatternsResponse(revision=await self.writes.delete(request.namespace, request.ids, origin))

    async def purge(self, request: pb.PurgeRequest, _: Call) -> pb.PurgeResponse:
        """Remove a subject, or a namespace, from memory and from every file."""
        origin = Origin(request=request, request_id=request.request_id)
        name = request.namespace or DEFAULT_NAMESPACE
        done = await self.upkeep.purge(name, request.subject, origin)
        return pb.PurgeResponse(
            patterns=done.patterns, verdicts=done.verdicts, trajectories=done.trajectories, revision=done.revision
        )

    async def unmerge(self, request: pb.UnmergeRequest, _: Call) -> pb.UnmergeResponse:
        """Undo a merge."""
        namespace = self.bank.namespace(request.namespace)
        merged = namespace.pattern(request.id)
        winner = merged.superseded_by if merged is not None else ""
        origin = Origin(request=request, request_id=request.request_id)
        revision = await self.writes.unmerge(request.namespace, request.id, origin)
        response = pb.UnmergeResponse(revision=revision)
        for field, pattern_id in ((response.restored, request.id), (response.winner, winner)):
            if pattern_id in namespace.records.rows:
                field.CopyFrom(namespace.records.messages([pattern_id])[0])
        return response

    async def get_stats(self, request: pb.GetStatsRequest, call: Call) -> pb.GetStatsResponse:
        """Count and measure a namespace."""
        await self.journal.wait_for(request.min_revision, call.remaining_s())
        stats = statistics(self.bank, request.namespace)
        stats.revision = self.journal.revision
        stats.started_from_snapshot = self.upkeep.started.snapshot
        stats.damaged_snapshots.extend(self.upkeep.started.damaged)
        return stats
