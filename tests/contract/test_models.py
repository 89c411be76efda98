"""One suite over every model of the catalogue: what a model is, whatever it decides."""

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import acumen_accel
from acumen.errors import InvalidInput, ModelCorrupt, ModelNotTrained
from acumen.models import CATALOGUE
from acumen.neural import card, golden, weights
from acumen.neural.explain import Kind, explain
from acumen.neural.inference import Inference
from acumen.neural.model import Model
from acumen.neural.recipe import WEIGHTS, Entry, load
from acumen.neural.spec import Want
from acumen.proto.v1.neural_pb2 import PredictRequest, PredictResponse
from acumen.rpc.rules import Rules

EVERY = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
EVERYTHING = Want(certificates=True, alternatives=16)
EXAMPLES = 24


def _model(entry: Entry, backend: str = "kernels") -> Model:
    return load(entry, Inference(acumen_accel.backend(backend)))


def _bytes(model: Model, inputs: list[Any]) -> list[bytes]:
    """Return all that an answer says, as bytes that can be compared."""
    return [
        repr((s.answer.choice, s.answer.p, s.unusual, s.answer.alternatives, s.answer.certificates)).encode()
        + s.answer.output.SerializeToString(deterministic=True)
        for s in model.answer(inputs, EVERYTHING)
    ]


@EVERY
def test_its_fields_are_those_of_the_contract(entry: Entry) -> None:
    """Input and output are fields of the Predict messages, and the generator makes inputs of that type."""
    identity = entry.spec.identity
    field = PredictRequest.DESCRIPTOR.fields_by_name[identity.input_field]
    assert identity.output_field in PredictResponse.DESCRIPTOR.fields_by_name
    assert all(one.DESCRIPTOR is field.message_type for one in entry.spec.examples(1, 3))


@EVERY
def test_its_card_vouches_for_the_weights_and_the_recipe(entry: Entry) -> None:
    """The card carries the hash of the weights file and of the code that made it, and is the one that was generated."""
    written = card.read(entry.folder)
    data = (entry.folder / WEIGHTS).read_bytes()
    assert written.weights_sha256 == hashlib.sha256(data).hexdigest()
    assert len(data) <= 4 << 20
    assert (entry.folder / "CARD.md").read_text() == card.render(written)
    assert {suite.name for suite in written.suites} >= {"synthetic", "shifted"}
    assert all(suite.n and suite.measures for suite in written.suites)


@EVERY
def test_its_golden_answers_are_given_here_too(entry: Entry) -> None:
    """The card holds what the weights answered where they were judged; every processor level answers alike."""
    written = list(card.read(entry.folder).golden)
    assert len(written) == golden.COUNT
    assert golden.differences(written, golden.answered(_model(entry))) == []
    assert golden.differences(written, golden.answered(_model(entry, "numpy"))) == []


@EVERY
def test_its_layer_groups_are_those_of_its_weights(entry: Entry) -> None:
    """Every trainable tensor belongs to a listed group, and every listed group has one."""
    assert set(weights.groups(_model(entry).weights)) == set(entry.spec.identity.layer_groups)


@EVERY
def test_same_input_same_bytes_alone_or_in_a_batch(entry: Entry) -> None:
    """Each of 24 inputs gets the same bytes alone, among all, in reverse order, and from a model loaded anew."""
    inputs = entry.spec.examples(5, EXAMPLES)
    model = _model(entry)
    together = _bytes(model, inputs)
    assert [_bytes(model, [one])[0] for one in inputs] == together
    assert _bytes(model, inputs[::-1])[::-1] == together
    assert _bytes(_model(entry), inputs) == together


@EVERY
def test_processor_levels_agree(entry: Entry) -> None:
    """Every build that runs here agrees to four digits, and decides alike unless the top two are closer."""
    inputs = entry.spec.examples(6, EXAMPLES)
    expected = _model(entry).answer(inputs, EVERYTHING)
    info = acumen_accel.info()
    for level in ["python", "numpy", *(one for one in info.built if one in info.supported)]:
        for got, want in zip(_model(entry, level).answer(inputs, EVERYTHING), expected, strict=True):
            assert abs(got.answer.p - want.answer.p) <= 1e-4 * max(abs(want.answer.p), 1e-3)
            top = np.sort(want.answer.headline)[::-1]
            close = top.size > 1 and top[0] - top[1] < 1e-4
            assert got.answer.choice == want.answer.choice or close


@EVERY
@pytest.mark.slow
@settings(max_examples=125, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), scale=st.sampled_from([0.1, 1.0, 30.0, 1e4]))
def test_answers_are_valid_under_random_weights(entry: Entry, seed: int, scale: float) -> None:
    """Whatever the network says, the answer keeps every promise of its contract: eight inputs for each of 125 draws."""
    model = _model(entry)
    rng = np.random.default_rng(seed)
    random = {
        name: (scale * rng.standard_normal(value.shape)).astype(value.dtype) if name.startswith("net/") else value
        for name, value in model.weights.items()
    }
    inputs = entry.spec.examples(seed % 100_000, 8)
    with np.errstate(all="ignore"):
        answers = Model(entry.spec, random, "", model.ops).answer(inputs, EVERYTHING)
    for message, scored in zip(inputs, answers, strict=True):
        assert entry.spec.validate(message, scored.answer.output) == []
        assert 0 <= scored.answer.p <= 1 and 0 <= scored.unusual <= 1


@EVERY
def test_confidence_is_that_of_the_weights_and_calibrated(entry: Entry) -> None:
    """A shipped model's probability comes through a fitted map and differs between inputs."""
    model = _model(entry)
    p = {scored.answer.p for scored in model.answer(entry.spec.examples(8, EXAMPLES), EVERYTHING)}
    assert model.confidence.calibrated and len(p) > 1


@EVERY
def test_explanations_can_be_recomputed(entry: Entry) -> None:
    """Explaining twice says the same; attributions moved the answer; each counterfactual is a changed answer."""
    model = _model(entry)
    for message in entry.spec.examples(9, 4):
        answer = model.answer([message], EVERYTHING)[0].answer
        reasons = explain(model, message, answer)
        assert reasons == explain(model, message, answer)
        assert all(r.effect > 0 for r in reasons if r.kind is Kind.ATTRIBUTION)
        for reason in (r for r in reasons if r.kind is Kind.COUNTERFACTUAL):
            lever = next(one for one in entry.spec.identity.levers if one.field_path == reason.field_path)
            other = type(message)()
            other.CopyFrom(message)
            lever.write(other, reason.value)
            assert model.answer([other], EVERYTHING)[0].answer.choice != answer.choice


@EVERY
def test_random_weights_change_attributions(entry: Entry) -> None:
    """Explanations depend on what was learned (the sanity check of Adebayo et al., 2018)."""
    model = _model(entry)
    rng = np.random.default_rng(0)
    random = {
        name: rng.permutation(value.ravel()).reshape(value.shape) if name.startswith("net/") else value
        for name, value in model.weights.items()
    }
    other = Model(entry.spec, random, "", model.ops)
    told = [
        [r for m in entry.spec.examples(10, 4) for r in explain(one, m, one.answer([m], EVERYTHING)[0].answer)]
        for one in (model, other)
    ]
    assert told[0] != told[1]


@EVERY
def test_what_the_contracts_rules_refuse_the_model_refuses(entry: Entry) -> None:
    """The proto's rules are ignored on the hot path because check holds them too: here is the proof, list by list."""
    message = entry.spec.examples(11, 1)[0]
    rules = Rules([type(message)])
    refused = [bad for bad in _over_limits(message) if _is_refused(rules.check, bad)]
    assert refused
    assert all(_is_refused(entry.spec.check, bad) for bad in refused)


def _is_refused(check: Any, message: Any) -> bool:
    try:
        check(message)
    except InvalidInput:
        return True
    return False


def _over_limits(message: Any) -> Any:
    """Yield copies of a message that may break a rule each: an emptied input, and every list or bytes made too long."""
    yield type(message)()
    for field in message.DESCRIPTOR.fields:
        longer = type(message)()
        longer.CopyFrom(message)
        values = getattr(longer, field.name)
        if field.is_repeated and len(values):
            values.extend([values[-1]] * 100_001)
            yield longer
        elif isinstance(values, bytes) and values:
            setattr(longer, field.name, values + bytes(1 << 20))
            yield longer


@EVERY
def test_a_damaged_or_missing_weights_file_is_refused(entry: Entry, tmp_path: Any) -> None:
    """Every flipped bit is found by the hash; a missing file is said to be missing."""
    data = bytearray((entry.folder / WEIGHTS).read_bytes())
    sha256 = card.read(entry.folder).weights_sha256
    for at in np.random.default_rng(0).integers(0, len(data), 20):
        data[at] ^= 1
        (tmp_path / WEIGHTS).write_bytes(data)
        with pytest.raises(ModelCorrupt, match="SHA-256"):
            weights.load(tmp_path / WEIGHTS, sha256)
        data[at] ^= 1
    with pytest.raises(ModelNotTrained):
        weights.load(tmp_path / "nothing", sha256)
