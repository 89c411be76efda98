"""A score is its components weighted; a probability is calibrated; exact text comes first."""

import numpy as np
import pytest

from acumen.bank import scoring
from acumen.index.lexical import Hits, LexicalIndex
from acumen.text.terms import terms

WEIGHTS = scoring.load()


def test_shipped_weights_are_a_mixture() -> None:
    """They are not negative and sum to 1, so that a score is 0 to 1 for components of 0 to 1."""
    assert (WEIGHTS.components >= 0).all() and WEIGHTS.components.sum() == pytest.approx(1, abs=1e-5)
    assert 0 < WEIGHTS.threshold < 1


def test_outcomes_move_reliability_from_a_half() -> None:
    """Without outcomes it is one half; success raises it, failure lowers it, more of either more."""
    values = scoring.reliability(np.array([0, 1, 9, 0, 0]), np.array([0, 0, 0, 1, 9]))
    assert values[0] == 0.5 and values[2] > values[1] > 0.5 > values[3] > values[4]


def test_recency_halves() -> None:
    """It is 1 now, a half after its half-life, and the future counts as now."""
    assert scoring.recency(np.array([0, scoring.HALF_LIFE_MS, -5])).tolist() == [1, 0.5, 1]


def test_a_failing_pattern_falls_behind_an_equal_one() -> None:
    """Of two patterns alike in everything else, the one with failures comes second."""
    reliable = scoring.reliability(np.array([0, 0]), np.array([3, 0]))
    table = np.column_stack([[0.7, 0.7], [0.5, 0.5], reliable, [1, 1]])
    ranking = scoring.order(scoring.score(table, WEIGHTS.components), np.zeros(2, np.bool_), np.array([1, 2]))
    assert ranking.tolist() == [1, 0]


def test_exact_text_is_first_and_ties_go_by_id() -> None:
    """An exact text beats any score; equal scores are in order of their ids."""
    exact = np.array([False, False, True, False])
    assert scoring.order(np.array([0.9, 0.9, 0.1, 0.95]), exact, np.array([8, 3, 9, 1])).tolist() == [2, 3, 1, 0]


def test_a_score_does_not_depend_on_its_company() -> None:
    """A candidate's score is the same bytes alone and among others."""
    table = np.random.default_rng(1).random((64, 4))
    whole = scoring.score(table, WEIGHTS.components)
    assert [scoring.score(row[None], WEIGHTS.components)[0] for row in table] == whole.tolist()


def test_more_evidence_is_more_likely() -> None:
    """Each kind of evidence raises the probability that the best result is relevant."""
    middle = np.array([0.5, 0.5, 0.1])
    for place in range(3):
        more = middle.copy()
        more[place] += 0.2
        raised, before = scoring.p_relevant(np.array([more, middle]), WEIGHTS)
        assert raised > before


def test_abstention_says_why() -> None:
    """The reason names the best probability and the threshold; there is none where something is returned."""
    text = scoring.reason(0.21, 0.35, 10)
    assert text == "nothing in this bank is likely enough: best p_relevant 0.21 < 0.35"
    assert scoring.reason(0.6, 0.35, 10) == "" and "nothing" in scoring.reason(0.0, 0.35, 0)


def test_words_are_scored_between_0_and_1() -> None:
    """The lexical component rises with shared words and stays within its range."""
    index = LexicalIndex()
    texts = ["restart the database", "restart the mail server", "paint the fence green"]
    index.add(range(3), [terms(text) for text in texts])
    hits = index.search(terms("restart the database"), 3)
    values = dict(zip(hits.rows.tolist(), scoring.lexical(hits, WEIGHTS).tolist(), strict=True))
    assert 1 >= values[0] > values[1] > values[2] >= 0


def test_evidence_of_a_lone_candidate() -> None:
    """With nothing beside it, a candidate neither leads nor stands out."""
    found = scoring.evidence(np.array([0.8]), np.array([0.6]), np.array([0.7]), [0])
    assert found.tolist() == [[0.8, 0.6, 0.0]]


def test_the_nearest_tells_whether_the_topic_is_known() -> None:
    """The best by words is as likely as the nearest is near; a result behind it is less likely."""
    similarity, coverage, scores = np.array([0.5, 0.7, 0.2]), np.full(3, 0.4), np.array([0.8, 0.6, 0.1])
    first, last = scoring.evidence(similarity, coverage, scores, [0, 2])
    assert first == pytest.approx([0.7, 0.4, 0.2]) and last == pytest.approx([0.4, 0.4, -0.7])


def _hits(bm25: list[float], agreement: float = 0.0, common: int = 0) -> Hits:
    count = len(bm25)
    of = [np.full(count, value, np.float32) for value in (0.5, agreement, common)]
    values = np.array(bm25, np.float32)
    return Hits(np.arange(count), values, *of, mass=10.0, unseen=0.0)


def test_chance_words_do_not_decide() -> None:
    """Where not even the best text has more of the query than chance gives, words count nothing; elsewhere they do."""
    assert scoring.lexical(_hits([0.09, 0.05]), WEIGHTS).tolist() == [0, 0]
    few, many = (scoring.lexical(_hits([best, 0.09]), WEIGHTS)[1] for best in (0.15, 0.4))
    assert 0 < few < many


def test_agreement_counts_where_much_is_in_common() -> None:
    """Full agreement in many words counts more than in few, and half agreement next to nothing."""
    many, few, half = (
        float(scoring.lexical(_hits([0.4], *given), WEIGHTS)[0]) for given in ((1.0, 16), (1.0, 4), (0.5, 16))
    )
    none = float(scoring.lexical(_hits([0.4]), WEIGHTS)[0])
    assert many > few > none and half - none < (many - none) / 8
