"""What consensus-v1 stands on: its simulated world, the oracle, the classical methods, the experts, the copy test."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from acumen.models.coordination.consensus import collusion
from acumen.models.coordination.consensus.baselines import METHODS, dawid_skene, majority, one_coin
from acumen.models.coordination.consensus.evidence import (
    opinions_of,
)
from acumen.models.coordination.consensus.experts import confusion_matrices, tempered_one_coin
from acumen.models.coordination.consensus.oracle import oracle
from acumen.models.coordination.consensus.reading import message_of, read
from acumen.models.coordination.consensus.spec import SPEC
from acumen.models.coordination.consensus.structure import structure_of
from acumen.models.coordination.consensus.table import Table, table_of
from acumen.models.coordination.consensus.world import NO_GROUP, Case, Truth, generate, vote_probabilities
from acumen.proto.models.v1.coordination_pb2 import AgentHistory, Vote, VoteTable


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
