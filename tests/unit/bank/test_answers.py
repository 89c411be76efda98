"""Answers come from the state of one worker, ranked as they say."""

from pathlib import Path

import pytest

from acumen.errors import InvalidInput
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import FloatVector, Pattern, Vector
from acumen.proto.v1.verdict_pb2 import VERDICT_KIND_PAIR, VERDICT_KIND_RESPONSE
from tests.banks import Worker, stop_clock, worker

TEXTS = (
    "retry the upload after a timeout",
    "retry the upload after a time-out of 30 seconds",
    "retry the download after a timeout",
    "never retry a payment",
    "use an index for slow queries",
    "the build fails with error E0382",
)


async def fill(w: Worker) -> None:
    stop_clock(w, 1_800_000_000_000)
    await w.put([Pattern(id=f"p{i}", context=text) for i, text in enumerate(TEXTS)])


async def test_the_exact_text_ranks_first_whatever_its_record(tmp_path: Path) -> None:
    """Before a near one that has always succeeded; by title, context or content."""
    async with worker(tmp_path) as w:
        await fill(w)
        near = Pattern(id="near", context=TEXTS[0] + " now")
        near.statistics.successes, exact = 1000, Pattern(id="exact", title=TEXTS[0], content="c")
        exact.statistics.failures = 1000
        await w.put([near, exact])
        assert set((await w.found(TEXTS[0], 3))[:2]) == {"p0", "exact"}


async def test_full_weight_on_relevance_is_the_order_of_scores(tmp_path: Path) -> None:
    """With 1 the results are those without any weight; with less, the most relevant is still the first."""
    async with worker(tmp_path) as w:
        await fill(w)
        plain = await _ids(w)
        assert await _ids(w, relevance_weight=1.0) == plain
        diverse = await _ids(w, relevance_weight=0.7)
        assert diverse[0] == plain[0] and len(diverse) == len(set(diverse)) == 3


async def test_results_are_sorted_by_the_score_they_show(tmp_path: Path) -> None:
    """Every component is between its bounds, and equal requests have equal answers."""
    async with worker(tmp_path) as w:
        await fill(w)
        request = pb.RetrieveRequest(text="upload again after the timeout", k=6, min_p_relevant=0)
        first, second = [await w.answers.retrieve(request) for _ in "12"]
        scores = [one.score.score for one in first.results]
        assert len(scores) == 6 and scores == sorted(scores, reverse=True)
        assert all(0 <= one.score.p_relevant <= 1 and 0 <= one.score.lexical <= 1.1 for one in first.results)
        assert list(first.results) == list(second.results)


async def test_nothing_likely_is_an_abstention_with_its_reason(tmp_path: Path) -> None:
    """A question about something else entirely gets no pattern, and is told the best probability there was."""
    async with worker(tmp_path) as w:
        await fill(w)
        response = await w.answers.retrieve(pb.RetrieveRequest(text="quarterly violin rehearsal in Vienna"))
        assert response.abstained and not response.results and "p_relevant" in response.reason


async def test_queries_that_a_namespace_cannot_compare_are_refused(tmp_path: Path) -> None:
    """Text where vectors are the caller's, a vector of another length, a threshold on what is not estimated."""
    async with worker(tmp_path) as w:
        vector = Vector(floats=FloatVector(values=[1, 2]))
        await w.put([Pattern(id="a", vector=vector, content="x")])
        long = Vector(floats=FloatVector(values=[1, 2, 3]))
        for request in (
            pb.RetrieveRequest(text="x"),
            pb.RetrieveRequest(vector=long),
            pb.RetrieveRequest(vector=Vector(floats=FloatVector(values=[0, 0]))),
            pb.RetrieveRequest(vector=vector, min_p_relevant=0.5),
        ):
            with pytest.raises(InvalidInput):
                await w.answers.retrieve(request)


async def test_judging_beside_the_loop_is_judging(tmp_path: Path) -> None:
    """Short and long texts give verdicts of their kind, the same twice; unknown criteria are refused."""
    async with worker(tmp_path) as w:
        for size in (1, 600):
            request = pb.JudgeRequest(response="All 12 tests passed. " * size, task="make the tests pass")
            first, second = [await w.answers.judge(request) for _ in "12"]
            assert first == second and first.kind == VERDICT_KIND_RESPONSE and 0 <= first.score <= 1
        pair = pb.JudgePairRequest(
            first="All 12 tests passed.", second="3 of 12 tests failed.", task="make the tests pass"
        )
        verdict = await w.answers.judge_pair(pair)
        assert verdict.kind == VERDICT_KIND_PAIR and verdict.score > 0.5
        assert verdict.confidence == pytest.approx(2 * verdict.score - 1, abs=1e-5)
        with pytest.raises(InvalidInput):
            await w.answers.judge(pb.JudgeRequest(response="x", criteria={"charm": 1}))


async def _ids(w: Worker, **options: float) -> list[str]:
    request = pb.RetrieveRequest(text="retry the upload after a timeout", k=3, min_p_relevant=0, **options)  # type: ignore[arg-type]
    return [one.pattern.id for one in (await w.answers.retrieve(request)).results]
