"""Whatever is done to a bank, in whatever order, it is what a dict would be."""

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from acumen.bank.invariants import violations
from acumen.bank.writes import Origin
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from tests.banks import Worker, problems, worker

EXAMPLES = 200
TOPICS = (
    "retry the upload after a timeout of 30 seconds",
    "never retry a payment",
    "use an index for slow queries",
    "the build fails with error E0382",
    "roll back the deployment of service-7",
    "ask for the booking reference first",
)
IDS = st.sampled_from([f"p{i}" for i in range(8)])
TEXTS = st.builds(lambda topic, n: f"{topic} ({n})", st.sampled_from(TOPICS), st.integers(0, 3))


class BankMachine(RuleBasedStateMachine):
    """Put, delete, record outcomes, consolidate, snapshot, restore and restart, beside a dict."""

    snapshots: Bundle[Any] = Bundle("snapshots")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.texts: dict[str, str] = {}
        self.outcomes: dict[str, list[float]] = {}
        self.deleted: dict[str, int] = {}
        self.open()

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def open(self) -> None:
        self.stack = AsyncExitStack()
        self.worker: Worker = self.run(self.stack.enter_async_context(worker(self.folder)))

    def close(self) -> None:
        self.run(self.stack.aclose())

    @rule(pattern_id=IDS, text=TEXTS)
    def put(self, pattern_id: str, text: str) -> None:
        self.run(self.worker.put([Pattern(id=pattern_id, context=text)]))
        self.texts[pattern_id] = text
        self.outcomes.setdefault(pattern_id, [0.0, 0.0])
        self.deleted.pop(pattern_id, None)

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        pattern_id = data.draw(st.sampled_from(sorted(self.texts)))
        self.deleted[pattern_id] = self.run(self.worker.delete([pattern_id]))
        del self.texts[pattern_id], self.outcomes[pattern_id]

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), reward=st.sampled_from([0.0, 0.5, 1.0]))
    def use(self, data: st.DataObject, reward: float) -> None:
        pattern_id = data.draw(st.sampled_from(sorted(self.texts)))
        origin = Origin(request=pb.ReasoningBankRecordOutcomeRequest())
        self.run(self.worker.kept.writes.use("default", [pb.ShownPattern(id=pattern_id)], reward, origin))
        self.outcomes[pattern_id][0] += reward
        self.outcomes[pattern_id][1] += 1 - reward

    @rule()
    def consolidate(self) -> None:
        """Merges may move outcomes from one pattern to another; none may be lost and no text may change."""
        total = sum(sum(counts) for counts in self.outcomes.values())
        self.run(self._consolidate())
        namespace = self.worker.kept.state.bank.namespace("default")
        for pattern in namespace.patterns():
            self.outcomes[pattern.id] = [pattern.statistics.successes, pattern.statistics.failures]
        active = [p for p in namespace.patterns() if not p.superseded_by]
        assert sum(p.statistics.successes + p.statistics.failures for p in active) == pytest.approx(total) or any(
            p.superseded_by for p in namespace.patterns()
        )

    async def _consolidate(self) -> None:
        async for _ in self.worker.consolidation.run(pb.ConsolidateRequest()):
            pass

    @rule(target=snapshots)
    def snapshot(self) -> Any:
        info = self.run(self.worker.kept.upkeep.create_snapshot())
        outcomes = {pattern_id: list(counts) for pattern_id, counts in self.outcomes.items()}
        return info.id, info.revision, dict(self.texts), outcomes

    @rule(snapshot=consumes(snapshots), as_of=st.booleans())
    def restore(self, snapshot: Any, as_of: bool) -> None:
        """A snapshot that retention has deleted meanwhile cannot be restored, and says so."""
        snapshot_id, revision, texts, outcomes = snapshot
        if snapshot_id not in {info.id for info in self.worker.kept.upkeep.folder.list()}:
            return
        self.run(self.worker.kept.upkeep.restore(snapshot_id, as_of, Origin(request=pb.RestoreSnapshotRequest())))
        gone = {} if as_of else {i for i, deleted in self.deleted.items() if deleted > revision}
        self.texts = {i: text for i, text in texts.items() if i not in gone}
        self.outcomes = {i: list(outcomes[i]) for i in self.texts}
        self.deleted = {i: r for i, r in self.deleted.items() if i not in self.texts}

    @rule()
    def restart(self) -> None:
        self.close()
        assert problems(self.folder) == []
        self.open()

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), k=st.integers(1, 10))
    def retrieve(self, data: st.DataObject, k: int) -> None:
        """The exact text comes first, and there are k results wherever k patterns are active."""
        namespace = self.worker.kept.state.bank.namespace("default")
        active = {p.id for p in namespace.patterns() if not p.superseded_by and p.state == 2}
        pattern_id = data.draw(st.sampled_from(sorted(self.texts)))
        found = self.run(self.worker.found(self.texts[pattern_id], k))
        assert len(found) == min(k, len(active)) and set(found) <= active
        if pattern_id in active:
            assert self.texts[found[0]] == self.texts[pattern_id]

    @invariant()
    def is_the_dict(self) -> None:
        bank = self.worker.kept.state.bank
        assert violations(bank) == []
        patterns = list(bank.namespace("default").patterns())
        assert {p.id: p.context for p in patterns} == self.texts
        for pattern in patterns:
            counted = [pattern.statistics.successes, pattern.statistics.failures]
            assert counted == pytest.approx(self.outcomes[pattern.id])

    def teardown(self) -> None:
        self.close()
        found = problems(self.folder)
        shutil.rmtree(self.folder)
        self.loop.close()
        assert found == []


TestBank = BankMachine.TestCase
TestBank.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
