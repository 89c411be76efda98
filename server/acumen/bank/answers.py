"""What the bank answers without writing: retrievals and verdicts, beside the event loop where they take long."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.duration_pb2 import Duration

from acumen.bank import judgement
from acumen.bank.bank import Bank
from acumen.bank.convert import pattern, trajectory
from acumen.bank.judgement import Similarity
from acumen.bank.retrieval import Retrieval
from acumen.clock import Clock
from acumen.neural.executor import BoundedExecutor
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.verdict_pb2 import Verdict

BESIDE_CHARACTERS = 8_000  # longer texts take over a millisecond to judge

R = TypeVar("R")


@dataclass(slots=True)
class Answers:
    """Retrieve and judge over the state of one worker."""

    bank: Bank
    retrieval: Retrieval
    similarity: Similarity
    executor: BoundedExecutor
    clock: Clock
    slow_embedder: bool = False  # an embedding takes over a millisecond

    async def retrieve(self, request: pb.RetrieveRequest) -> pb.RetrieveResponse:
        """Find patterns; raises `EmbedderMismatch`, and `InvalidInput` for a vector that is not of the namespace."""
        started = time.perf_counter()
        namespace, query_of = self.bank.searchable(request.namespace), self.retrieval.query
        if self.slow_embedder:  # only that part: what is searched is changed on the event loop
            query = await self.executor.run(query_of, namespace, request)
            namespace = self.bank.searchable(request.namespace)
        else:
            query = query_of(namespace, request)
        response = self.retrieval.answer(namespace, query, request, self.clock.now_ms())
        response.elapsed.CopyFrom(_since(started))
        return response

    async def judge(self, request: pb.JudgeRequest) -> Verdict:
        """Judge a response, beside the patterns for its task where that is asked for; raises `InvalidInput`."""
        found: list[Any] = []
        if request.grounding_k and request.task:
            wanted = pb.RetrieveRequest(namespace=request.namespace, text=request.task, k=request.grounding_k)
            found = [pattern(result.pattern) for result in (await self.retrieve(wanted)).results]
        size = len(request.response) + len(request.reference) + request.trajectory.ByteSize()
        return await self._judged(size, judgement.of_response, request, found, self.similarity)

    async def judge_pair(self, request: pb.JudgePairRequest) -> Verdict:
        """Judge a pair; raises `InvalidInput`."""
        size = len(request.first) + len(request.second) + len(request.reference)
        return await self._judged(size, judgement.of_pair, request, self.similarity)

    async def judge_trajectory(self, request: pb.JudgeTrajectoryRequest) -> tuple[Verdict, int]:
        """Judge a trajectory; return with how many others of its task it was compared."""
        namespace, judged = self.bank.namespace(request.namespace), trajectory(request.trajectory)
        known = judgement.attempts(judged, namespace)
        return await self._judged(request.trajectory.ByteSize(), judgement.of_trajectory, judged, known)

    async def _judged(self, size: int, function: Callable[..., R], *args: Any) -> R:
        if size < BESIDE_CHARACTERS and not self.slow_embedder:
            return function(*args)
        return await self.executor.run(function, *args)


async def timed(work: Awaitable[R]) -> tuple[R, Duration]:
    """Await work; return its result and how long it took."""
    started = time.perf_counter()
    return await work, _since(started)


def _since(started: float) -> Duration:
    elapsed = Duration()
    elapsed.FromNanoseconds(int((time.perf_counter() - started) * 1e9))
    return elapsed
