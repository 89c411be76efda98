"""A pipeline waits for the disk once for what it learns."""

from pathlib import Path
from typing import Any, cast

import pytest

from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.trajectory_pb2 import OUTCOME_SUCCESS, Step, Trajectory
from acumen.rpc.bank_pipeline import PipelineServicer
from acumen.rpc.edge import Call
from tests.banks import problems, worker


async def test_a_trajectory_and_what_it_teaches_are_one_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trajectory first, the patterns behind it, and the answer has the revision of the last."""
    async with worker(tmp_path) as w:
        pipeline = PipelineServicer(w.answers, w.kept.writes, w.consolidation)
        commits: list[int] = []
        commit = w.kept.journal._commit

        def counted(taken: list[Any]) -> list[int | Exception]:
            commits.append(len(taken))
            return commit(taken)

        monkeypatch.setattr(w.kept.journal, "_commit", counted)
        steps = [Step(action=action) for action in ("knock", "enter", "sit down")]
        for number in range(4):
            run = Trajectory(id=f"t{number}", task="visit the neighbour", outcome=OUTCOME_SUCCESS, steps=steps)
            told = await pipeline.run_pipeline(pb.RunPipelineRequest(trajectory=run), cast(Call, None))
        assert commits == [1, 1, 1, 2] and told.revision == w.kept.journal.revision == 5
        assert [set(one.sources) for one in told.patterns] == [{"t0", "t1", "t2", "t3"}]
        assert [one.revision for one in told.patterns] == [5]
    assert problems(tmp_path) == []
