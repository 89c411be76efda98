"""`RunPipeline`: retrieve, judge, learn and consolidate in one call, each part optional and timed."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from acumen.bank.answers import Answers, timed
from acumen.bank.bank import DEFAULT_NAMESPACE
from acumen.bank.consolidation import Consolidation
from acumen.bank.convert import pattern_message, trajectory
from acumen.bank.distilling.distiller import Distiller, Dropped
from acumen.bank.distilling.settings import DistillSettings
from acumen.bank.keeping import kept, record, same_task
from acumen.bank.writes import Origin, Writes
from acumen.errors import InvalidInput
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.rpc.edge import Call

MOST_ATTEMPTS = 64  # newest attempts at the task that a pipeline learns from; Distill takes all


@dataclass(slots=True)
class PipelineServicer:
    """The RunPipeline method over a worker's bank."""

    answers: Answers
    writes: Writes
    consolidation: Consolidation

    async def run_pipeline(self, request: pb.RunPipelineRequest, _: Call) -> pb.RunPipelineResponse:
        """Do what was asked for, in order."""
        if (request.response or request.k) and not request.query:
            raise InvalidInput.of("query", "is empty, and a response is judged by it and patterns are found for it")
        response = pb.RunPipelineResponse()
        if request.query:
            found, spent = await timed(self._retrieve(request))
            response.retrieved.CopyFrom(found)
            response.elapsed["retrieve"].CopyFrom(spent)
        parts = []
        if request.HasField("trajectory"):
            parts.append(self._timed(response, "distill", self._learn(request, response)))
        if request.response:
            parts.append(self._timed(response, "judge", self._judge(request, response)))
        await asyncio.gather(*parts)  # together, so that what they write shares a commit
        if request.consolidate:
            spent = (await timed(self._consolidate(request, response)))[1]
            response.elapsed["consolidate"].CopyFrom(spent)
        return response

    async def _retrieve(self, request: pb.RunPipelineRequest) -> pb.RetrieveResponse:
        found = await self.answers.retrieve(
            pb.RetrieveRequest(namespace=request.namespace, text=request.query, k=request.k)
        )
        found.revision = self.writes.journal.revision
        return found

    @staticmethod
    async def _timed(response: pb.RunPipelineResponse, part: str, work: Awaitable[None]) -> None:
        response.elapsed[part].CopyFrom((await timed(work))[1])

    async def _judge(self, request: pb.RunPipelineRequest, response: pb.RunPipelineResponse) -> None:
        wanted = pb.JudgeRequest(
            namespace=request.namespace,
            response=request.response,
            task=request.query,
            reference=request.reference,
            criteria=request.criteria,
        )
        verdict = await self.answers.judge(wanted)
        revision = await self.writes.keep_verdict(request.namespace, verdict, _origin(request, "verdict"))
        response.verdict.CopyFrom(verdict)
        response.revision = max(response.revision, revision)

    async def _learn(self, request: pb.RunPipelineRequest, response: pb.RunPipelineResponse) -> None:
        """Keep the trajectory, and write what it and the newest attempts at its task teach together."""
        name = request.namespace or DEFAULT_NAMESPACE
        namespace, value = self.writes.bank.namespace(name), trajectory(request.trajectory)
        looked = self.writes.journal.revision
        distiller = Distiller(DistillSettings(max_records=MOST_ATTEMPTS), namespace.judged)
        taken = distiller.add(value)
        if isinstance(taken, Dropped):
            raise InvalidInput.of(f"trajectory.{taken.field}", taken.reason)
        message = kept(taken.record, value)
        others = [i for i in namespace.attempts.get(same_task(message), []) if i != value.id][-MOST_ATTEMPTS + 1 :]
        for other in others:
            distiller.hold(record(namespace.trajectories[other]))
        found = [pattern_message(one) for one in distiller.settle() if namespace.needs(one)]
        for one in found:
            namespace.keep_life(one)
        origin = _origin(request, "trajectory")
        keeping = self.writes.keep_trajectories(name, [message], origin, [looked])
        if found:
            putting = self.writes.put(name, found, _origin(request, "patterns"), looked=looked)
            _, (ids, revision) = await asyncio.gather(keeping, putting)  # in this order, in one commit
            response.patterns.extend(_public(self.writes.bank.namespace(name).records.messages(ids)))
        else:
            revision = await keeping
        response.revision = max(response.revision, revision)
        response.waiting_groups = len(distiller.report().waiting)

    async def _consolidate(self, request: pb.RunPipelineRequest, response: pb.RunPipelineResponse) -> None:
        touched = [one.id for one in response.patterns] + [one.pattern.id for one in response.retrieved.results]
        wanted = pb.ConsolidateRequest(namespace=request.namespace)
        report = await self.consolidation.around(wanted, touched)
        response.consolidation.CopyFrom(report)
        response.revision = max(response.revision, report.revision)


def _origin(request: pb.RunPipelineRequest, part: str) -> Origin:
    return Origin(request=request, request_id=f"{request.request_id}/{part}" if request.request_id else "")


def _public(messages: Sequence[Pattern]) -> Sequence[Pattern]:
    for message in messages:
        message.ClearField("vector")
    return messages
