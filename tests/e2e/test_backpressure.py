"""Overload is told, item by item, and passes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import grpc

from acumen_client.gen.models.v1.coordination_pb2 import Vote, VoteTable
from acumen_client.gen.v1 import neural_pb2
from acumen_client.gen.v1.neural_pb2_grpc import NeuralStub

ITEMS = 256


def test_a_full_executor_sends_backoff_and_answers_the_rest(acumend: Any) -> None:
    """One thread, 256 slow items: each is answered or backed off with a delay, and the next one is answered."""
    one = acumend("--threads=1").start()
    votes = [Vote(agent=f"a{a}", item=f"i{i}", option="xy"[(a * i) % 2]) for a in range(10) for i in range(60)]
    request = neural_pb2.PredictRequest(vote_table=VoteTable(votes=votes))

    def messages(count: int) -> Iterator[Any]:
        yield neural_pb2.PredictStreamRequest(start={"model": "consensus-v1", "max_in_flight": 256})
        for i in range(count):
            yield neural_pb2.PredictStreamRequest(item={"correlation_id": i, "request": request})

    with grpc.insecure_channel(one.address(), options=[("grpc.default_authority", "localhost")]) as channel:
        heard = list(NeuralStub(channel).PredictStream(messages(ITEMS), timeout=60))
        kinds = Counter(message.WhichOneof("message") for message in heard)
        named = [getattr(m, m.WhichOneof("message")).correlation_id for m in heard]
        assert sorted(named) == list(range(ITEMS))
        assert kinds["backoff"] > 0 and kinds["result"] > 0
        assert all(m.backoff.retry_delay.ToMilliseconds() > 0 for m in heard if m.HasField("backoff"))
        assert all(m.result.result.HasField("response") for m in heard if m.HasField("result"))
        (again,) = NeuralStub(channel).PredictStream(messages(1), timeout=60)
        assert again.result.result.HasField("response")
    assert one.stop() == 0
