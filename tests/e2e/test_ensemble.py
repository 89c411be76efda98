"""Ensembles as an agent meets them: the real process, a real socket.

The catalogue has one model that scores shapes of series, so the members here are that model with series of its own
each, beside consensus-v1 voting on the same names.
"""

from typing import Any

import numpy as np
import pytest

from acumen.models.reference.series.world import SHAPES, generate
from acumen_client import Client
from acumen_client.errors import InvalidInput, NotFound
from acumen_client.gen.models.v1.coordination_pb2 import Vote, VoteTable
from acumen_client.gen.models.v1.tensor_pb2 import Tensor
from acumen_client.gen.v1 import ensemble_pb2 as pb
from acumen_client.gen.v1.neural_pb2 import PredictRequest

REFERENCE = "reference-v1"
SERIES, KIND = generate(61, 400)
VOTINGS = ("majority", "weighted", "learned")


def of_shape(name: str, count: int) -> list[PredictRequest]:
    """Return members that see different series of one shape."""
    rows = SERIES[SHAPES.index(name) == KIND][:count]
    return [PredictRequest(model=REFERENCE, tensor=Tensor(f32=row.astype("<f4").tobytes())) for row in rows]


def ballot(*said: str) -> PredictRequest:
    """Return consensus-v1 deciding on votes for shapes."""
    votes = [Vote(agent=f"agent {i}", item="series", option=name) for i, name in enumerate(said)]
    return PredictRequest(model="consensus-v1", vote_table=VoteTable(options=SHAPES, votes=votes))


@pytest.fixture
def client(server) -> Any:  # type: ignore[no-untyped-def]
    with server.client() as one:
        yield one


@pytest.mark.parametrize("voting", VOTINGS)
def test_members_that_agree_are_believed(client: Client, voting: Any) -> None:
    """Five views of periodic series: the choice, a distribution that sums to 1, each member's vote."""
    members = of_shape("PERIODIC", 5)
    found = client.ensemble(members=members, voting=voting)
    assert found.choice == found.options[0].option == "PERIODIC" and found.confidence == found.options[0].p
    assert {one.option for one in found.options} == set(SHAPES)
    assert abs(sum(one.p for one in found.options) - 1) < 1e-4
    assert [one.p for one in found.options] == sorted((one.p for one in found.options), reverse=True)
    assert not found.abstained and pb.Voting.Name(found.voting) == f"VOTING_{voting.upper()}"
    for member, vote in zip(members, found.members, strict=True):
        alone = client.predict(member)
        assert vote.choice == alone.tensor_classes.classes[0].name and len(vote.weights_sha256) == 64
        shares = {one.option: one.p for one in vote.options}
        assert all(abs(shares[one.name] - one.p) < 1e-5 for one in alone.tensor_classes.classes)


def test_disagreement_is_measured_and_makes_abstain(client: Client) -> None:
    """Members of one shape hardly disagree; of three shapes they do, and a threshold makes the answer abstain."""
    same = client.ensemble(members=of_shape("RISING", 3))
    mixed = [of_shape(name, 1)[0] for name in ("RISING", "FALLING", "PERIODIC")]
    apart = client.ensemble(members=mixed, threshold=0.85)
    assert same.disagreement < 0.2 < apart.disagreement <= 1
    assert apart.abstained and apart.confidence < 0.85 and apart.choice
    assert not client.ensemble(members=mixed).abstained


def test_other_models_vote_where_options_are_the_same(client: Client) -> None:
    """consensus-v1 over the names of shapes is a member beside two networks."""
    found = client.ensemble(members=[*of_shape("STEP", 2), ballot("STEP", "STEP", "SPIKE")], voting="weighted")
    assert found.choice == "STEP" and [one.model for one in found.members] == [REFERENCE, REFERENCE, "consensus-v1"]


def examples(count: int) -> list[Any]:
    """Return cases in which the first two members see the shape and the third another one."""
    rng, cases = np.random.default_rng(3), []
    by_shape = {name: of_shape(name, 40) for name in SHAPES}
    for i in range(count):
        name, other = rng.choice(SHAPES, 2, replace=False)
        pool = by_shape[str(name)]
        cases.append(([pool[i % len(pool)], pool[(i + 7) % len(pool)], by_shape[str(other)][0]], str(name)))
    return cases


@pytest.mark.parametrize("voting", ["weighted", "learned"])
def test_weights_are_learned_from_examples(client: Client, voting: Any) -> None:
    """After forty cases in which the third member was wrong it counts least, which the answer tells with the source."""
    right, wrong = of_shape("FALLING", 2), of_shape("BURSTY", 1)
    found = client.ensemble(members=[*right, *wrong], voting=voting, examples=examples(40))
    weights = [one.weight for one in found.members]
    assert found.weight_source == pb.WEIGHT_SOURCE_EXAMPLES and "40 examples" in found.weight_note
    assert weights[2] == min(weights) < 0.5 * max(weights) and found.choice == "FALLING"


def test_past_votes_serve_as_examples(client: Client) -> None:
    """What members said in earlier answers gives the weights that asking them again gives."""
    cases = examples(12)
    asked = [of_shape("STEADY", 3)[i] for i in range(3)]
    votes = [(list(client.ensemble(members=members).members), outcome) for members, outcome in cases]
    anew = client.ensemble(members=asked, voting="weighted", examples=cases)
    kept = client.ensemble(members=asked, voting="weighted", examples=votes)
    assert np.allclose([one.weight for one in anew.members], [one.weight for one in kept.members], atol=1e-3)


def test_recorded_outcomes_give_weights(client: Client) -> None:
    """Without ten outcomes of each member all weigh the same, and the answer says why; with them it says how many."""
    namespaced = Client(client.address, namespace="panel")
    members = of_shape("SPIKE", 3)
    before = namespaced.ensemble(members=members, voting="weighted")
    assert before.weight_source == pb.WEIGHT_SOURCE_EQUAL and "0 outcomes recorded" in before.weight_note
    for i in range(12):
        prediction = namespaced.predict(members[i % 3])
        namespaced.record_outcome(prediction.decision.prediction_id, i != 5)
    after = namespaced.ensemble(members=members, voting="weighted")
    assert after.weight_source == pb.WEIGHT_SOURCE_OUTCOMES and "right in 11 of 12" in after.weight_note
    assert client.ensemble(members=members, voting="weighted").weight_source == pb.WEIGHT_SOURCE_EQUAL
    namespaced.close()


def test_fewer_than_three_are_refused_naming_who_fits(client: Client) -> None:
    """The limit, and the models that score the same options for this input."""
    with pytest.raises(InvalidInput, match=r"1 members, 3 to 16 are needed; compatible for tensor: .*reference-v1"):
        client.ensemble(Tensor(f32=SERIES[0].astype("<f4").tobytes()), models=[REFERENCE])


def test_members_of_other_types_and_options_are_refused(client: Client) -> None:
    """A model that takes another input and one that scores other options are named by position, with who would fit."""
    series = Tensor(f32=SERIES[0].astype("<f4").tobytes())
    with pytest.raises(InvalidInput) as caught:
        client.ensemble(series, models=[REFERENCE, "balance-v1", "cache-v1"])
    assert [one.field for one in caught.value.violations] == ["models[1]", "models[2]"]
    assert "compatible for tensor" in str(caught.value)
    other = PredictRequest(vote_table=VoteTable(votes=[Vote(agent=a, item="i", option=a) for a in "xy"]))
    with pytest.raises(InvalidInput, match="scores x, y") as caught:
        client.ensemble(members=[*of_shape("STEP", 2), other])
    assert caught.value.violations[0].field == "members[2]"
    with pytest.raises(NotFound):
        client.ensemble(series, models=[REFERENCE, "none-v1", "nil-v1"])


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("models", {"members": []}),
        ("models", {"models": [REFERENCE]}),
        ("members[1]", {"members": of_shape("STEP", 1) * 3}),
        ("members[2].tensor", {"members": [*of_shape("STEP", 2), PredictRequest(model=REFERENCE, tensor=Tensor())]}),
        ("threshold", {"threshold": 1.5}),
        ("examples", {"examples": examples(1)}),
        ("examples", {"voting": "weighted", "examples": examples(9)}),
        ("examples[0]", {"voting": "learned", "examples": [([], "STEP")]}),
        ("examples[0]", {"voting": "learned", "examples": [(of_shape("STEP", 2), "STEP")]}),
        ("examples[0].outcome", {"voting": "learned", "examples": [(of_shape("STEP", 1), "SIDEWAYS")]}),
        (
            "examples[0].inputs[0].tensor",
            {"voting": "learned", "examples": [(PredictRequest(tensor=Tensor(values=[1.0])), "STEP")]},
        ),
        (
            "examples[0].votes[0].options",
            {
                "voting": "learned",
                "examples": [([pb.MemberVote(options=[pb.OptionShare(option="x", p=1)])] * 3, "STEP")],
            },
        ),
    ],
)
def test_wrong_requests_name_the_field(client: Client, field: str, change: dict[str, Any]) -> None:
    """INVALID_ARGUMENT with the path of what is wrong."""
    with pytest.raises(InvalidInput) as caught:
        client.ensemble(**{"members": of_shape("STEP", 3), **change})
    assert field in {violation.field for violation in caught.value.violations}


def test_nothing_is_recorded_and_answers_repeat(client: Client) -> None:
    """The same request gives the same bytes, and no member's answer is on record."""
    quiet = Client(client.address, namespace="quiet")
    members = of_shape("WANDERING", 4)
    first = quiet.ensemble(members=members, voting="learned")
    assert quiet.ensemble(members=members, voting="learned") == first
    with pytest.raises(InvalidInput, match="0 answers of reference-v1 are recorded in namespace 'quiet'"):
        quiet.detect_drift(model=REFERENCE, recorded=50)
    quiet.close()
