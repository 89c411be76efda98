"""consensus-v1: its world is what it says, and its answers keep their promises for any scores."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import acumen_accel
from acumen.errors import InvalidInput
from acumen.models.coordination.consensus import ENTRY, collusion, deciding, network
from acumen.models.coordination.consensus.baselines import METHODS, dawid_skene, majority, one_coin
from acumen.models.coordination.consensus.evidence import (
    CELL_NAMES,
    ITEM_NAMES,
    PAIR_NAMES,
    TABLE_NAMES,
    evidence_of,
    opinions_of,
)
from acumen.models.coordination.consensus.experts import confusion_matrices, tempered_one_coin
from acumen.models.coordination.consensus.oracle import oracle
from acumen.models.coordination.consensus.reading import message_of, read
from acumen.models.coordination.consensus.real import read_all
from acumen.models.coordination.consensus.spec import SPEC, item_logits
from acumen.models.coordination.consensus.structure import structure_of
from acumen.models.coordination.consensus.table import Table, table_of
from acumen.models.coordination.consensus.world import NO_GROUP, Case, Truth, generate, vote_probabilities
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


def known(accuracy: Sequence[float], options: int, prior: Sequence[float], **changed: Any) -> Truth:
    """One-coin agents of known accuracy over one item."""
    answers = np.full((len(accuracy), options, options), 1 / max(options - 1, 1))
    answers[:, np.arange(options), np.arange(options)] = np.array(accuracy)[:, None]
    values: dict[str, Any] = {
        "option": np.zeros(1, np.int64),
        "prior": np.array(prior),
        "answers": answers,
        "skilled": np.ones(len(accuracy), bool),
        "difficulty": np.zeros(1),
        "attraction": 0.0,
        "group": np.full(len(accuracy), NO_GROUP),
        "leaders": np.empty(0, np.int64),
        "copying": 0.0,
        "boast": np.zeros(len(accuracy)),
        "mood": np.zeros(len(accuracy)),
    }
    return Truth(**(values | changed))


def simulated(accuracy: Any, items: int, options: int, seed: int) -> tuple[Table, Any]:
    """Every agent, of one-coin accuracy, votes on every item."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, options, items)
    agents = len(accuracy)
    right = rng.random((agents, items)) < np.array(accuracy)[:, None]
    votes = np.where(right, truth, (truth + rng.integers(1, options, (agents, items))) % options)
    agent, item = np.repeat(np.arange(agents), items), np.tile(np.arange(items), agents)
    return table_of(agent, item, votes.ravel(), options), truth


class TestWorld:
    def test_the_same_seed_is_the_same_table(self) -> None:
        """A generated table depends on its seed alone."""
        first, second = generate(5), generate(5)
        assert message_of(first.table) == message_of(second.table)
        assert message_of(generate(6).table) != message_of(first.table)

    def test_generated_tables_are_valid_inputs(self) -> None:
        """No agent votes twice on an item, and every rule of the input holds, over many seeds."""
        for message in SPEC.examples(0, 60):
            SPEC.check(message)

    def test_the_ranges_are_broad(self) -> None:
        """Tables with 2 and with 10 options, gold, confidence, copiers and hard items all occur."""
        cases = [generate(seed) for seed in range(150)]
        assert {c.table.options for c in cases} == set(range(2, 11))
        assert 10 < sum(bool(c.table.gold_total.any()) for c in cases) < 75
        assert 10 < sum(bool(np.isfinite(c.table.confidence).any()) for c in cases) < 90
        assert 15 < sum(bool(c.truth.leaders.size) for c in cases) < 110
        assert sum(bool(c.truth.difficulty.any()) for c in cases) > 40

    def test_truth_is_numbered_like_the_table(self) -> None:
        """An agent's right answers follow its own accuracy after renumbering."""
        gaps = []
        for seed in range(80):
            case = generate(seed)
            if case.truth.leaders.size:
                continue
            right = case.table.option == case.truth.option[case.table.item]
            agent, item = case.table.agent, case.table.item
            p = vote_probabilities(case.truth, agent, item, case.truth.option[item], case.truth.option[item])
            chance = p[np.arange(agent.size), case.truth.option[item]]
            if not case.truth.attraction:
                gaps.append((right - chance).sum() / np.sqrt((chance * (1 - chance)).sum() + 1))
        assert len(gaps) > 15
        assert abs(np.mean(gaps)) < 3 / np.sqrt(len(gaps))
        assert np.abs(gaps).max() < 4.5

    def test_vote_probabilities_by_hand(self) -> None:
        """Difficulty log 3 turns .75 into .5; half of the errors go to the lure, the rest evenly."""
        truth = known([0.75], 3, [1 / 3] * 3, difficulty=np.array([np.log(3.0)]), attraction=0.5)
        zero = np.zeros(1, np.int64)
        p = vote_probabilities(truth, zero, zero, zero, zero + 2)
        assert p[0] == pytest.approx([0.5, 0.5 * 0.25, 0.5 * 0.75])


class TestOracle:
    def test_bayes_rule_by_hand(self) -> None:
        """Prior .3 against .7, votes of accuracy .8 for the first and .6 for the second option."""
        table = table_of(np.array([0, 1]), np.array([0, 0]), np.array([0, 1]), 2)
        q = oracle(Case(table=table, truth=known([0.8, 0.6], 2, [0.3, 0.7])))
        first, second = 0.3 * 0.8 * 0.4, 0.7 * 0.2 * 0.6
        assert q[0, 0] == pytest.approx(first / (first + second))

    def test_perfect_copies_count_once(self) -> None:
        """Three agents that always copy one sheet prove as much as its leader alone."""
        copied = known([0.8, 0.6, 0.9], 2, [0.5, 0.5], group=np.zeros(3, np.int64), leaders=np.array([1]), copying=1.0)
        table = table_of(np.arange(3), np.zeros(3, np.int64), np.ones(3, np.int64), 2)
        assert oracle(Case(table=table, truth=copied))[0, 1] == pytest.approx(0.6)

    def test_unknown_lures_are_averaged(self) -> None:
        """With every error on an unknown lure, two agreeing errors are likelier than by chance."""
        truth = known([0.4, 0.4], 3, [1 / 3] * 3, attraction=1.0)
        table = table_of(np.arange(2), np.zeros(2, np.int64), np.zeros(2, np.int64), 3)
        right, wrong = 0.4 * 0.4, 0.5 * 0.6 * 0.6
        assert oracle(Case(table=table, truth=truth))[0, 0] == pytest.approx(right / (right + 2 * wrong))

    def test_nothing_has_less_log_loss(self) -> None:
        """Over 60 tables the oracle's log loss is below every baseline's."""
        losses: dict[str, list[float]] = {}
        for seed in range(60):
            case = generate(seed)
            rows = np.arange(case.table.items)
            for name, q in [("oracle", oracle(case)), *((n, m(case.table)) for n, m in METHODS.items())]:
                losses.setdefault(name, []).append(-np.log(np.maximum(q[rows, case.truth.option], 1e-9)).mean())
        means = {name: np.mean(values) for name, values in losses.items()}
        assert min(means, key=lambda n: means[n]) == "oracle"


class TestBaselines:
    def test_majority_is_the_most_voted(self) -> None:
        """Posteriors are smoothed shares, and a tie falls to the first option."""
        table = table_of(np.arange(2), np.zeros(2, np.int64), np.array([1, 0]), 2)
        assert majority(table)[0] == pytest.approx([0.5, 0.5])
        assert majority(table)[0].argmax() == 0

    def test_em_finds_the_expert(self) -> None:
        """Two agents of .97 outvote five near guessing, which the majority does not see."""
        table, truth = simulated([0.97, 0.95, 0.55, 0.52, 0.5, 0.5, 0.55], 300, 2, 1)
        by = {name: (method(table).argmax(axis=1) == truth).mean() for name, method in METHODS.items()}
        assert by["one-coin EM"] > by["majority"] + 0.08
        assert by["Dawid-Skene"] > by["majority"] + 0.08

    def test_dawid_skene_uses_consistent_errors(self) -> None:
        """Agents that always swap two options are as good as right ones, for confusion matrices alone."""
        rng = np.random.default_rng(0)
        truth = rng.integers(0, 3, 400)
        swapped = np.array([0, 2, 1])[truth]
        good = [np.where(rng.random(400) < 0.75, truth, rng.integers(0, 3, 400)) for _ in range(3)]
        swapping = [np.where(rng.random(400) < 0.95, swapped, rng.integers(0, 3, 400)) for _ in range(2)]
        votes = np.concatenate([*good, *swapping])
        table = table_of(np.repeat(np.arange(5), 400), np.tile(np.arange(400), 5), votes, 3)
        right = {m.__name__: (m(table).argmax(axis=1) == truth).mean() for m in (one_coin, dawid_skene)}
        assert right["dawid_skene"] > right["one_coin"] + 0.05

    def test_gold_history_moves_one_coin(self) -> None:
        """With one vote each, the agent with a good record decides."""
        table = read(
            ballot(
                "a x yes",
                "b x no",
                agent_history=[
                    AgentHistory(agent="b", correct=30, total=30),
                    AgentHistory(agent="a", correct=10, total=30),
                ],
            )
        ).table
        assert one_coin(table)[0].argmax() == 0


class TestExperts:
    def test_both_find_the_expert(self) -> None:
        """Two agents of .97 outvote five near guessing."""
        table, truth = simulated([0.97, 0.95, 0.55, 0.52, 0.5, 0.5, 0.55], 300, 2, 1)
        s, ones = structure_of(table), np.ones(table.agent.size)
        coin = tempered_one_coin(table, s, ones, 12)
        matrices = confusion_matrices(table, s, ones, coin.posterior, 12)
        plain = (majority(table).argmax(axis=1) == truth).mean()
        for belief in (coin, matrices):
            assert belief.posterior.sum(axis=1) == pytest.approx(1)
            assert (belief.posterior.argmax(axis=1) == truth).mean() > plain + 0.08

    def test_strength_follows_how_much_agents_differ(self) -> None:
        """Agents of one accuracy make a strong prior, agents from .5 to .99 a weak one."""
        strengths = []
        for accuracy in ([0.75] * 12, np.linspace(0.5, 0.99, 12)):
            table, _ = simulated(accuracy, 300, 2, 5)
            strengths.append(tempered_one_coin(table, structure_of(table), np.ones(table.agent.size), 12).strength)
        assert strengths[0] > 3 * strengths[1]

    def test_evidence_tells_when_matrices_are_worth_it(self) -> None:
        """Votes of agents that swap two options surprise matrices less; those of one-coin agents hardly less."""
        rng = np.random.default_rng(2)
        truth = rng.integers(0, 3, 300)
        swapped = np.array([0, 2, 1])[truth]
        votes = [
            np.where(rng.random(300) < 0.85, said, rng.integers(0, 3, 300)) for said in [truth] * 4 + [swapped] * 2
        ]
        swapping = table_of(np.repeat(np.arange(6), 300), np.tile(np.arange(300), 6), np.concatenate(votes), 3)
        gains = []
        for table in (swapping, simulated([0.8] * 6, 300, 3, 7)[0]):
            opinions = opinions_of(table)
            gains.append(opinions.coin.surprise - opinions.matrices.surprise)
        assert gains[0] > gains[1] + 0.1

    def test_copies_count_once(self) -> None:
        """Two votes of half weight move a posterior as much as one whole vote."""
        whole = table_of(np.arange(2), np.zeros(2, np.int64), np.array([0, 1]), 2)
        halves = table_of(np.arange(3), np.zeros(3, np.int64), np.array([0, 1, 1]), 2)
        weight = np.array([1.0, 0.5, 0.5])
        for table, w in ((whole, np.ones(2)), (halves, weight)):
            q = tempered_one_coin(table, structure_of(table), w, 1).posterior
            assert q[0, 0] == pytest.approx(0.5, abs=0.12)


class TestCollusion:
    def test_copies_are_found(self) -> None:
        """Three copiers of one poor sheet among nine agents form the one group."""
        table, truth = simulated([0.8] * 6 + [0.6] * 3, 200, 3, 3)
        option = table.option.reshape(9, 200).copy()
        option[7:] = option[6]
        copied = table_of(table.agent, table.item, option.ravel(), 3)
        group = collusion.groups_of(copied, truth)
        assert np.flatnonzero(group == 0).tolist() == [6, 7, 8]
        assert (group[:6] == collusion.ALONE).all()

    def test_independent_agents_are_left_alone(self) -> None:
        """Of 60 tables of independent agents on items of unequal difficulty, at most two have a group."""
        seeds = (s for s in range(400) if not generate(s).truth.leaders.size)
        cases = [generate(s) for s, _ in zip(seeds, range(60), strict=False)]
        found = [collusion.groups_of(c.table, one_coin(c.table).argmax(axis=1)).max() >= 0 for c in cases]
        assert sum(found) <= 2

    def test_copies_are_counted_within_their_group(self) -> None:
        """A vote's copies are the votes of its group for its option on its item."""
        table = table_of(np.arange(4), np.zeros(4, np.int64), np.array([1, 1, 0, 1]), 2)
        assert collusion.copies(table, np.array([0, 0, 0, -1])).tolist() == [2, 2, 1, 1]


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
