"""consensus-v1: its answers keep their promises for any scores, and its inputs are checked."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.coordination.consensus import ENTRY, deciding, network
from acumen.models.coordination.consensus.baselines import majority, one_coin
from acumen.models.coordination.consensus.evidence import (
    CELL_NAMES,
    ITEM_NAMES,
    PAIR_NAMES,
    TABLE_NAMES,
    evidence_of,
)
from acumen.models.coordination.consensus.reading import message_of, read
from acumen.models.coordination.consensus.real import read_all
from acumen.models.coordination.consensus.spec import SPEC, item_logits
from acumen.models.coordination.consensus.table import table_of
from acumen.models.coordination.consensus.world import generate
from acumen.neural.calibrate import IDENTITY
from acumen.neural.explain import Kind, certificates, explain
from acumen.neural.inference import Inference
from acumen.neural.recipe import load
from acumen.neural.spec import Want
from acumen.proto.models.v1.coordination_pb2 import AgentHistory, Vote, VoteTable

OPS = Inference(acumen_accel.backend("numpy"))
WANT = Want(certificates=True, alternatives=3)
WIDTHS = {"tables": len(TABLE_NAMES), "items": len(ITEM_NAMES), "cells": len(CELL_NAMES), "pairs": len(PAIR_NAMES)}


def weights(seed: int = 0, scale: float = 1.0) -> dict[str, Any]:
    """Random weights with a plain normaliser."""
    made = {name: value * np.float32(scale) for name, value in network.initial(seed).items()}
    made["cal/inverse_temperature"] = np.ones(1, np.float32)
    for name, width in WIDTHS.items():
        made[f"norm/{name}/center"] = np.zeros(width, np.float32)
        made[f"norm/{name}/scale"] = np.ones(width, np.float32)
    return made


def answers(messages: Sequence[VoteTable], net: dict[str, Any], ops: Inference = OPS) -> list[Any]:
    """Answer as `Model` does."""
    batch = SPEC.featurise(messages)
    return SPEC.decode(messages, batch, SPEC.network(ops, net, batch), IDENTITY, WANT)


def decoded(message: VoteTable, posterior: Any) -> Any:
    """Decode given posteriors instead of the network's."""
    batch = SPEC.featurise([message])
    q = np.array(posterior, np.float64)
    return SPEC.decode([message], batch, {"logits": np.log(q).reshape(-1, 1)}, IDENTITY, WANT)[0]


def ballot(*votes: str, **fields: Any) -> VoteTable:
    """Build a table from words `agent item option`."""
    return VoteTable(votes=[Vote(agent=a, item=i, option=o) for a, i, o in (v.split() for v in votes)], **fields)


NAMES = st.integers(0, 6)


@st.composite
def tables(draw: st.DrawFn) -> VoteTable:
    """Small tables with every optional field."""
    options = draw(st.integers(1, 5))
    cells = draw(st.sets(st.tuples(NAMES, NAMES), min_size=1, max_size=20))
    sure = st.none() | st.floats(0, 1)
    votes = [
        Vote(agent=f"a{a}", item=f"i{i}", option=f"o{draw(st.integers(0, options - 1))}", confidence=draw(sure))
        for a, i in draw(st.permutations(sorted(cells)))
    ]
    message = VoteTable(votes=votes, quorum=draw(st.integers(0, 4)))
    if draw(st.booleans()):
        message.options.extend(f"o{k}" for k in range(options))
        if draw(st.booleans()):
            cost = st.sampled_from([0.0, 1.0, 2.5, 1e9])
            message.loss_matrix.extend(draw(st.lists(cost, min_size=options**2, max_size=options**2)))
    for a in draw(st.sets(NAMES)):
        total = draw(st.integers(0, 9))
        message.agent_history.add(agent=f"a{a}", correct=draw(st.integers(0, total)), total=total)
    return message


class TestDecode:
    @settings(max_examples=600, deadline=None)
    @given(tables(), st.integers(0, 50), st.sampled_from([0.1, 1.0, 5.0, 30.0]))
    def test_random_weights_break_no_promise(self, message: VoteTable, seed: int, scale: float) -> None:
        """Whatever the weights, the answer is valid, its confidence a probability and its headline a distribution."""
        SPEC.check(message)
        answer = answers([message], weights(seed, scale))[0]
        assert SPEC.validate(message, answer.output) == []
        assert 0 <= answer.p <= 1
        assert answer.headline.sum() == pytest.approx(1)

    @settings(max_examples=400, deadline=None)
    @given(tables(), st.lists(st.sampled_from([np.nan, np.inf, -np.inf, 0.0, 1e30, -3.0, 2.0]), min_size=1, max_size=9))
    def test_extreme_scores_break_no_promise(self, message: VoteTable, values: list[float]) -> None:
        """NaN and infinite scores still give a valid answer."""
        batch = SPEC.featurise([message])
        table = batch.facts[0].reading.table
        scores = {"logits": np.resize(np.array(values, np.float32), (table.items * table.options, 1))}
        answer = SPEC.decode([message], batch, scores, IDENTITY, WANT)[0]
        assert SPEC.validate(message, answer.output) == []

    def test_batch_equals_singles(self) -> None:
        """The same bytes come back whatever tables are beside a table."""
        messages = [m for m in SPEC.examples(1, 40) if len(m.votes) < 150][:12]
        net, ops = weights(3), Inference(acumen_accel.backend())
        together = answers(messages, net, ops)
        alone = [answers([m], net, ops)[0] for m in messages]
        assert len({len(m.options) for m in messages}) > 2
        for one, other in zip(together, alone, strict=True):
            assert one.output.SerializeToString() == other.output.SerializeToString()
            assert (one.p, one.choice, one.alternatives) == (other.p, other.choice, other.alternatives)

    def test_options_may_be_permuted(self) -> None:
        """Renaming options so that their order reverses reverses the posteriors."""
        message = next(m for m in SPEC.examples(2, 40) if len(m.options) == 4 and len(m.votes) < 300)
        reverse = VoteTable()
        reverse.CopyFrom(message)
        del reverse.options[:]
        reverse.options.extend(reversed(message.options))
        one, other = (answers([m], weights(1, 0.5))[0].output for m in (message, reverse))
        for a, b in zip(one.decisions, other.decisions, strict=True):
            assert list(a.posterior) == pytest.approx(list(b.posterior)[::-1], abs=2e-3)

    def test_unanimous_votes_stand(self) -> None:
        """Scores against a unanimous item are swapped onto its option."""
        message = ballot("a x yes", "b x yes", options=["no", "yes"])
        output = decoded(message, [[0.9, 0.1]]).output
        assert output.decisions[0].option == "yes"
        assert list(output.decisions[0].posterior) == pytest.approx([0.1, 0.9])

    def test_unanimous_votes_of_proven_failures_may_fall(self) -> None:
        """When every voter is below chance in checked answers, the posterior decides; one good voter prevents it."""
        bad = [AgentHistory(agent=a, correct=1, total=9) for a in "ab"]
        message = ballot("a x yes", "b x yes", options=["no", "yes"], agent_history=bad)
        assert decoded(message, [[0.9, 0.1]]).output.decisions[0].option == "no"
        message.agent_history[1].correct = 5
        assert decoded(message, [[0.9, 0.1]]).output.decisions[0].option == "yes"

    def test_the_loss_matrix_decides(self) -> None:
        """At .8 for no, missing a yes at nine times the cost makes yes the decision."""
        message = ballot("a x no", "b x yes", options=["no", "yes"], loss_matrix=[0, 1, 9, 0])
        output = decoded(message, [[0.8, 0.2]]).output
        assert output.decisions[0].option == "yes"
        assert output.decisions[0].margin == pytest.approx(0.6)

    def test_ties_fall_to_the_more_voted_then_to_the_first(self) -> None:
        """Equal posteriors decide for the option with more votes, and in order without."""
        message = ballot("a x c", "b x c", "c x a", options=["a", "b", "c"])
        assert decoded(message, [[1 / 3] * 3]).output.decisions[0].option == "c"
        assert decoded(ballot("a x c", "b x b", options=["a", "b", "c"]), [[1 / 3] * 3]).choice == "b"

    def test_below_the_quorum_items_are_abstained(self) -> None:
        """An item with one vote of the two needed has a posterior and no option; all so, the answer is abstained."""
        message = ballot("a x yes", "b x yes", "a y no", quorum=2)
        answer = decoded(message, [[0.2, 0.8], [0.9, 0.1]])
        assert [(d.option, d.abstained) for d in answer.output.decisions] == [("yes", False), ("", True)]
        assert answer.p == pytest.approx(0.8)
        assert not answer.abstained
        message.quorum = 3
        assert decoded(message, [[0.2, 0.8], [0.9, 0.1]]).abstained

    def test_items_that_need_more_votes(self) -> None:
        """With agents right in about .8, .6 against .4 may turn and .99 may not; the less certain comes first."""
        message = ballot(*(f"{a} {i} yes" for a in "abcdefgh" for i in "xyz"), options=["no", "yes"])
        output = decoded(message, [[0.4, 0.6], [0.01, 0.99], [0.45, 0.55]]).output
        assert list(output.needs_more_votes) == ["z", "x"]

    def test_reliability_and_bias_by_hand(self) -> None:
        """Two smoothing votes at the table's mean; bias is the share voted minus the share expected."""
        message = ballot("a x yes", "a y yes", "b x no", "b y no", options=["no", "yes"])
        first = decoded(message, [[0.1, 0.9], [0.7, 0.3]]).output.agents[0]
        assert first.reliability == pytest.approx((0.9 + 0.3 + 2 * 0.5) / 4)
        assert list(first.bias) == pytest.approx([-0.4, 0.4])

    def test_validate_sees_a_broken_promise(self) -> None:
        """A changed posterior, option, reliability, group or list of open items is named."""
        message = SPEC.examples(3, 1)[0]
        good = answers([message], weights())[0].output

        def spoil(change: Any) -> list[str]:
            bad = type(good)()
            bad.CopyFrom(good)
            change(bad)
            return SPEC.validate(message, bad)

        assert SPEC.validate(message, good) == []
        assert spoil(lambda o: o.decisions[0].posterior.__setitem__(0, 2.0))
        assert spoil(lambda o: setattr(o.decisions[0], "option", "nobody"))
        assert spoil(lambda o: setattr(o.decisions[0], "margin", 0.123))
        assert spoil(lambda o: setattr(o.agents[0], "reliability", 0.01))
        assert spoil(lambda o: o.correlated_groups.add(agents=["agent-0"], agreement=1))
        assert spoil(lambda o: o.decisions.pop())


def refusal(message: VoteTable) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        SPEC.check(message)
    return {v.field: v.description for v in caught.value.violations}


class TestCheck:
    def test_all_broken_rules_are_named(self) -> None:
        """Every violation has its field, and several come at once."""
        message = ballot("a x yes", "a x no", options=["yes", "no", "no"], loss_matrix=[0, 1, -1, float("nan")])
        message.votes.add(agent="", item="y" * 257, option="maybe", confidence=1.5)
        message.votes.add(agent="b", item="y", option="yes", confidence=float("nan"))
        message.agent_history.add(agent="a", correct=3, total=2)
        message.agent_history.add(agent="a", correct=1, total=2)
        found = refusal(message)
        assert set(found) == {
            "vote_table.options",
            "vote_table.votes[1]",
            "vote_table.votes[2].agent",
            "vote_table.votes[2].item",
            "vote_table.votes[2].option",
            "vote_table.votes[2].confidence",
            "vote_table.votes[3].confidence",
            "vote_table.agent_history[0].correct",
            "vote_table.agent_history[1].agent",
            "vote_table.loss_matrix",
            "vote_table.loss_matrix[2]",
            "vote_table.loss_matrix[3]",
        }
        assert "votes[0]" in found["vote_table.votes[1]"]
        assert "257" in found["vote_table.votes[2].item"]

    def test_sizes(self) -> None:
        """No votes, more than 64 options voted for, and too high a quorum are refused."""
        assert "vote_table.votes" in refusal(VoteTable())
        assert "65" in refusal(ballot(*(f"a i{k} o{k}" for k in range(65))))["vote_table.votes"]
        assert "vote_table.quorum" in refusal(ballot("a x yes", quorum=100_001))

    def test_a_large_table_is_accepted(self) -> None:
        """20,000 votes without a broken rule pass."""
        SPEC.check(VoteTable(votes=[Vote(agent=f"{k % 97}", item=f"{k // 97}", option="o") for k in range(20_000)]))


class TestFeatures:
    def test_one_option_and_one_vote_are_finite(self) -> None:
        """The smallest table has finite features and a certain answer."""
        message = ballot("a x yes")
        evidence = evidence_of(read(message).table)
        assert all(np.isfinite(x).all() for x in (evidence.items, evidence.cells, evidence.log_q, evidence.table))
        assert list(answers([message], weights())[0].output.decisions[0].posterior) == [1.0]

    def test_confidence_reaches_the_answer(self) -> None:
        """A stated confidence changes the posterior."""
        plain = ballot("a x yes", "b x no", "c x no", "a y yes", "b y no")
        stated = VoteTable()
        stated.CopyFrom(plain)
        stated.votes[0].confidence = 0.99
        stated.votes[3].confidence = 0.2
        one, other = (answers([m], weights())[0].output.decisions[0].posterior for m in (plain, stated))
        assert list(one) != list(other)

    def test_scores_are_cut_by_input(self) -> None:
        """Each input gets the logits of its own items when inputs of several option counts are mixed."""
        a, b, c = (table_of(np.arange(2), np.arange(2), np.zeros(2, np.int64), k) for k in (2, 3, 2))
        parts = item_logits({"logits": np.arange(14).reshape(14, 1)}, [a, b, c])
        assert parts[1].tolist() == [[4, 5, 6], [7, 8, 9]]
        assert parts[2].tolist() == [[10, 11], [12, 13]]

    def test_softmax_survives_everything(self) -> None:
        """NaN and infinities give distributions."""
        q = deciding.softmax(np.array([[np.nan, np.inf], [-np.inf, -np.inf]], np.float32))
        assert q.sum(axis=1) == pytest.approx([1, 1])


def test_real_tables_keep_the_first_of_repeated_votes(tmp_path: Any) -> None:
    """A second vote of an agent on an item is left out and counted; items without truth are marked."""
    import gzip

    with gzip.open(tmp_path / "t-label.csv.gz", "wt") as labels:
        labels.write("item,worker,label\n1,a,0\n1,a,1\n1,b,1\n2,a,1\n")
    with gzip.open(tmp_path / "t-truth.csv.gz", "wt") as truths:
        truths.write("item,truth\n1,1\n")
    (real,) = read_all(tmp_path)
    assert (real.dropped, real.table.option.tolist(), real.truth.tolist()) == (1, [0, 1, 1], [1, -1])


class TestShippedWeights:
    def test_they_know_more_than_majority_and_one_coin(self) -> None:
        """On 60 fresh tables log loss is clearly below majority's and one-coin EM's, and accuracy above majority's."""
        model = load(ENTRY, OPS)
        loss: dict[str, list[float]] = {"ours": [], "majority": [], "one-coin": []}
        right: dict[str, list[float]] = {name: [] for name in loss}
        for seed in range(5_000_000, 5_000_060):
            case = generate(seed)
            truth, rows = case.truth.option, np.arange(case.table.items)
            output: Any = model.answer([message_of(case.table)], WANT)[0].answer.output
            found = {
                "ours": np.array([list(d.posterior) for d in output.decisions]),
                "majority": majority(case.table),
                "one-coin": one_coin(case.table),
            }
            for name, q in found.items():
                loss[name].append(float(-np.log(np.maximum(q[rows, truth], 1e-9)).mean()))
                right[name].append(float((q.argmax(axis=1) == truth).mean()))
        assert np.mean(loss["ours"]) < min(np.mean(loss["majority"]), np.mean(loss["one-coin"])) - 0.05
        assert np.mean(right["ours"]) > np.mean(right["majority"])

    def test_every_kind_of_reason_can_be_given(self) -> None:
        """Certificates, tried attributions, exemplars and a turned quorum explain a small table."""
        model = load(ENTRY, OPS)
        message = ballot("a x yes", "b x yes", "c x no", "a y no", "b y no", "c y yes", "a z yes", "c z no", quorum=2)
        answer = model.answer([message], WANT)[0].answer
        kinds = {reason.kind for reason in (*certificates(answer), *explain(model, message, answer))}
        assert kinds == set(Kind)
        assert 0 < answer.p < 1
