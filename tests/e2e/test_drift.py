"""Drift as an operator meets it: the real process, a real socket."""

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from typer.testing import CliRunner

from acumen.models.reference.series.world import generate
from acumen_client import Client
from acumen_client.cli.app import app
from acumen_client.errors import InvalidInput, NotFound
from acumen_client.gen.models.v1.coordination_pb2 import VoteTable
from acumen_client.gen.models.v1.tensor_pb2 import Tensor
from acumen_client.gen.v1 import drift_pb2 as pb
from acumen_client.gen.v1.neural_pb2 import PredictRequest

REFERENCE = "reference-v1"
SUMMARY = ["roughness", "kurtosis", "slope"]


def series(seed: int, n: int, shifted: bool = False) -> list[Tensor]:
    """Return series as in training, or noisier ones with outliers."""
    return [Tensor(f32=row.astype("<f4").tobytes()) for row in generate(seed, n, shifted)[0]]


@pytest.fixture
def client(server) -> Any:  # type: ignore[no-untyped-def]
    with server.client() as one:
        yield one


def test_inputs_as_in_training_do_not_alarm(client: Client) -> None:
    """200 fresh series: no alarm; every feature by name, and the model's confidences, with figures in range."""
    found = client.detect_drift(series(41, 200), model=REFERENCE)
    assert found.level in (pb.DRIFT_LEVEL_NONE, pb.DRIFT_LEVEL_WATCH) and not found.alarms
    assert [column.name for column in found.features] == SUMMARY and found.output.name == "confidence"
    assert (found.window_inputs, found.baseline_inputs) == (200, 1000)
    assert found.baseline_source == pb.BASELINE_SOURCE_GENERATOR and len(found.weights_sha256) == 64
    for column in (*found.features, found.output):
        assert column.psi >= 0 and 0 <= column.ks <= 1 and 0 <= column.p <= column.q <= 1 and 0 <= column.above <= 1
    assert found.discrepancy.value < found.discrepancy.threshold
    assert not found.HasField("baseline")


def test_other_inputs_alarm(client: Client) -> None:
    """60 noisier series: the roughness and the confidences alarm, and the tests that did are named."""
    found = client.detect_drift(series(42, 60, shifted=True), model=REFERENCE)
    assert found.level == pb.DRIFT_LEVEL_ALARM
    assert pb.DRIFT_TEST_MEAN_DISCREPANCY in found.alarms and pb.DRIFT_TEST_LOCATION in found.alarms
    assert found.features[0].level == pb.DRIFT_LEVEL_ALARM and found.features[0].above > 0.5
    assert found.discrepancy.level == pb.DRIFT_LEVEL_ALARM


def test_the_same_window_gives_the_same_answer(client: Client) -> None:
    """Twice, and with the model picked by the input's type: the same bytes."""
    window = series(43, 80)
    first = client.detect_drift(window, model=REFERENCE)
    assert client.detect_drift(window, model=REFERENCE) == first == client.detect_drift(window)


def test_a_baseline_of_own_inputs_is_returned_and_taken_again(client: Client) -> None:
    """Beside noisy inputs of one's own, noisy windows are usual and clean ones alarm; the saved one agrees."""
    own = series(44, 400, shifted=True)
    noisy, clean = series(45, 120, shifted=True), series(46, 120)
    made = client.detect_drift(noisy, model=REFERENCE, baseline=own, return_baseline=True)
    assert made.level != pb.DRIFT_LEVEL_ALARM and made.baseline_source == pb.BASELINE_SOURCE_INPUTS
    assert made.baseline.inputs == 400 == made.baseline_inputs and 0 < len(made.baseline.arrays) < 1 << 20
    again = client.detect_drift(clean, model=REFERENCE, baseline=made.baseline)
    assert again.level == pb.DRIFT_LEVEL_ALARM and again.baseline_source == pb.BASELINE_SOURCE_GIVEN
    assert client.detect_drift(clean, model=REFERENCE, baseline=own).alarms == again.alarms


def test_recorded_answers_are_a_window(client: Client) -> None:
    """Confidences alone: 300 recorded answers to noisy series alarm, in their namespace only; too few are refused."""
    recorded = Client(client.address, namespace="drifting")
    for start in (0, 150):
        recorded.predict_batch(series(47 + start, 150, shifted=True), model=REFERENCE)
    recorded.record_outcome(recorded.predict(series(9, 1)[0], model=REFERENCE).decision.prediction_id, True)
    found = recorded.detect_drift(model=REFERENCE, recorded=300)
    assert found.level == pb.DRIFT_LEVEL_ALARM and list(found.alarms) == [pb.DRIFT_TEST_OUTPUT]
    assert found.window_inputs == 300 and not found.features and not found.HasField("discrepancy")
    with pytest.raises(InvalidInput, match="0 answers of reference-v1 are recorded in namespace 'nobody'"):
        Client(client.address, namespace="nobody").detect_drift(model=REFERENCE, recorded=300)
    recorded.close()


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("window", {}),
        ("window", {"window": series(1, 60), "recorded": 60}),
        ("window", {"window": series(1, 49)}),
        ("recorded", {"recorded": 49}),
        ("baseline_inputs", {"window": series(1, 60), "baseline": series(2, 99)}),
        ("baseline", {"window": series(1, 60), "baseline": pb.DriftBaseline(model=REFERENCE, arrays=b"x")}),
        ("window[59]", {"window": [*series(1, 59), VoteTable()]}),
        ("window[0]", {"window": [PredictRequest(model="other-v1", tensor=one) for one in series(1, 60)]}),
        ("window[3].tensor", {"window": [*series(1, 3), Tensor(values=[1.0]), *series(2, 60)]}),
    ],
)
def test_wrong_requests_name_the_field(client: Client, field: str, given: dict[str, Any]) -> None:
    """INVALID_ARGUMENT with the path of what is wrong; nothing is computed."""
    window = given.pop("window", ())
    with pytest.raises(InvalidInput) as caught:
        client.detect_drift(window, model=REFERENCE, **given)
    assert field in {violation.field for violation in caught.value.violations}


def test_a_damaged_baseline_is_refused(client: Client) -> None:
    """Cut short, of another model, of other weights: each is said; an unknown model is NOT_FOUND."""
    window = series(48, 60)
    good = client.detect_drift(window, model=REFERENCE, return_baseline=True).baseline
    for field, change in (
        ("baseline.arrays", {"arrays": good.arrays[:-40]}),
        ("baseline.arrays", {"arrays": b""}),
        ("baseline", {"model": "balance-v1"}),
        ("baseline", {"weights_sha256": "0" * 64}),
    ):
        bad = pb.DriftBaseline()
        bad.CopyFrom(good)
        for name, value in change.items():
            setattr(bad, name, value)
        with pytest.raises(InvalidInput) as caught:
            client.detect_drift(window, model=REFERENCE, baseline=bad)
        assert caught.value.violations[0].field == field
    with pytest.raises(NotFound):
        client.detect_drift(window, model="none-v1")


def test_the_command_line_finds_drift(server: Any, tmp_path: Any) -> None:
    """A file of bare inputs; a baseline saved by one call and used by the next; JSON with the level."""
    lines = [json.dumps(MessageToDict(one)) for one in series(49, 60, shifted=True)]
    (tmp_path / "w.jsonl").write_text("\n".join(lines))
    window = ("--model", REFERENCE, "--window", str(tmp_path / "w.jsonl"))

    def acumen(*arguments: str) -> Any:
        common = ("--address", server.address(), "--format", "json")
        ran = CliRunner().invoke(app, [*common, "neural", "drift-detection", *window, *arguments])
        assert ran.exit_code == 0, ran.output
        return json.loads(ran.stdout)

    saved = str(tmp_path / "b.json")
    first = acumen("--save-baseline", saved)
    assert first["level"] == "DRIFT_LEVEL_ALARM" and [one["name"] for one in first["features"]] == SUMMARY
    second = acumen("--baseline", saved)
    assert second["baselineSource"] == "BASELINE_SOURCE_GIVEN" and second["alarms"] == first["alarms"]
