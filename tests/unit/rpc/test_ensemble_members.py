"""Ensembles of several models that take one input: who may be a member, and what is pooled."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

import acumen_accel
from acumen.clock import SystemClock
from acumen.errors import InvalidInput, ModelNotFound
from acumen.models.coordination.consensus import ENTRY as CONSENSUS
from acumen.models.reference.series import ENTRY as REFERENCE
from acumen.models.reference.series.spec import ReferenceSeries
from acumen.models.reference.series.world import SHAPES, generate
from acumen.neural.executor import BoundedExecutor
from acumen.neural.inference import Inference
from acumen.neural.predictor import Predictor
from acumen.neural.recipe import Entry
from acumen.neural.registry import CacheLimits, Registry
from acumen.neural.runtime import RuntimeConfig
from acumen.neural.serving import Serving
from acumen.neural.spec import Answer
from acumen.neural.versions import Versions
from acumen.proto.models.v1.tensor_pb2 import Tensor
from acumen.proto.v1 import ensemble_pb2
from acumen.proto.v1.neural_pb2 import EnsembleExample, EnsembleRequest, PredictRequest
from acumen.rpc.edge import Call
from acumen.rpc.ensemble import EnsembleServicer
from acumen.storage.journal import SqliteJournal

SERIES, KIND = generate(71, 200)
NAMES = ["sharp-v1", "plain-v1", "soft-v1"]


class Tempered(ReferenceSeries):
    """reference-v1 under another name, surer or less sure of itself; `named` False hides its options."""

    def __init__(self, name: str, sharpness: float, named: bool = True) -> None:
        self.identity = replace(ReferenceSeries.identity, name=name)
        self.sharpness, self.named = sharpness, named

    def network(self, ops: Any, weights: Any, batch: Any) -> dict[str, Any]:
        scores = super().network(ops, weights, batch)
        return {**scores, "logits": scores["logits"] * self.sharpness}

    def decode(self, *args: Any) -> list[Answer]:
        answers = super().decode(*args)
        return answers if self.named else [replace(answer, options=()) for answer in answers]


class Journal:
    """Has applied everything."""

    async def wait_for(self, revision: int, timeout_s: float | None) -> None:
        """Return at once."""


CALL = cast(Call, type("Anyone", (), {"remaining_s": lambda self: None})())


@pytest.fixture
async def servicer() -> AsyncIterator[EnsembleServicer]:
    """Three networks that differ in sharpness, one that names no options, and consensus-v1."""
    specs = [Tempered(name, power) for name, power in zip(NAMES, (2.0, 1.0, 0.3), strict=True)]
    entries = [Entry(spec=one, folder=REFERENCE.folder, recipe=REFERENCE.recipe) for one in specs]
    mute = Entry(spec=Tempered("mute-v1", 1.0, named=False), folder=REFERENCE.folder, recipe=REFERENCE.recipe)
    executor, loader = BoundedExecutor(1), ThreadPoolExecutor(1)
    limits = CacheLimits(keep=True, models=10, size_bytes=1 << 30)
    versions = Versions([*entries, mute, CONSENSUS], Path("/nowhere"))
    registry = Registry(versions, Inference(acumen_accel.backend()), limits, loader)
    config = RuntimeConfig(memory_max_bytes=1 << 30, threads=1, batch_window_ms=0, kernels="auto")
    serving = Serving(registry, Predictor(lambda _: None, SystemClock()), executor, config)
    yield EnsembleServicer(serving, cast(SqliteJournal, Journal()))
    executor.close()
    loader.shutdown()


def _request(number: int = 0) -> PredictRequest:
    return PredictRequest(tensor=Tensor(f32=SERIES[number].astype("<f4").tobytes()))


def _asked(models: list[str] = NAMES, **given: Any) -> EnsembleRequest:
    return EnsembleRequest(models=models, request=_request(), **given)


@pytest.mark.parametrize("voting", ["VOTING_MAJORITY", "VOTING_WEIGHTED", "VOTING_LEARNED"])
async def test_models_that_take_one_input_vote_together(servicer: EnsembleServicer, voting: Any) -> None:
    """Named models, one input: each votes once, in the request's order, and is counted as having answered."""
    found = await servicer.ensemble(_asked(voting=voting), CALL)
    assert [one.model for one in found.members] == NAMES and found.choice == SHAPES[KIND[0]]
    assert [servicer.serving.registry.usage[name].inferences for name in NAMES] == [1, 1, 1]
    sharp, plain, soft = (max(share.p for share in one.options) for one in found.members)
    assert sharp >= plain > soft


async def test_weights_soften_members_that_are_too_sure(servicer: EnsembleServicer) -> None:
    """Examples whose outcome is another shape in half of the cases take confidence out of the pool."""
    cases = [
        EnsembleExample(inputs=[_request(i)], outcome=SHAPES[KIND[i] if i % 2 else (KIND[i] + 1) % 8])
        for i in range(60)
    ]
    voting = ensemble_pb2.VOTING_WEIGHTED
    before = await servicer.ensemble(_asked(voting=voting), CALL)
    after = await servicer.ensemble(_asked(voting=voting, examples=cases), CALL)
    assert after.weight_source == ensemble_pb2.WEIGHT_SOURCE_EXAMPLES
    assert after.confidence < before.confidence
    assert sum(one.weight for one in after.members) < 1


async def test_who_scores_no_options_is_named_with_who_does(servicer: EnsembleServicer) -> None:
    """The member's place, and every model that could take it."""
    with pytest.raises(InvalidInput) as caught:
        await servicer.ensemble(_asked([*NAMES, "mute-v1"]), CALL)
    (violation,) = caught.value.violations
    assert violation.field == "models[3]" and "'mute-v1' scores no named options" in violation.description
    assert violation.description.endswith("compatible for tensor: plain-v1, sharp-v1, soft-v1")


async def test_too_few_are_told_who_would_fit(servicer: EnsembleServicer) -> None:
    """Two members: the limit, and the models that score the same options for this input."""
    with pytest.raises(InvalidInput, match="2 members, 3 to 16 are needed; compatible for tensor: plain-v1, sharp-v1"):
        await servicer.ensemble(_asked(NAMES[:2]), CALL)


async def test_an_unloaded_model_is_no_member_and_not_proposed(servicer: EnsembleServicer) -> None:
    """It is NOT_FOUND as a member, and missing among those that fit."""
    servicer.serving.registry.disable("soft-v1")
    with pytest.raises(ModelNotFound, match="unloaded"):
        await servicer.ensemble(_asked(), CALL)
    with pytest.raises(InvalidInput, match="compatible for tensor: plain-v1, sharp-v1$"):
        await servicer.ensemble(_asked(NAMES[:2]), CALL)


async def test_learned_voting_needs_its_judge(servicer: EnsembleServicer) -> None:
    """Without consensus-v1 in service learned voting is NOT_FOUND; the other ways still answer."""
    servicer.serving.registry.disable("consensus-v1")
    with pytest.raises(ModelNotFound, match="consensus-v1"):
        await servicer.ensemble(_asked(voting=ensemble_pb2.VOTING_LEARNED), CALL)
    assert (await servicer.ensemble(_asked(), CALL)).choice


async def test_the_form_is_checked_at_once(servicer: EnsembleServicer) -> None:
    """Everything wrong with the form is told together."""
    asked = EnsembleRequest(models=NAMES, members=[_request()] * 2, examples=[EnsembleExample(outcome="x")])
    asked.request.model = "plain-v1"
    with pytest.raises(InvalidInput) as caught:
        await servicer.ensemble(asked, CALL)
    fields = [violation.field for violation in caught.value.violations]
    assert fields == ["models", "request", "request.model", "members[1]", "examples"]
