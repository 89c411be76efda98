"""The lexical index answers like BM25 computed by hand, whatever came and went before."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acumen.index import lexical, sums
from acumen.index.lexical import Hits, LexicalIndex
from acumen.index.postings import K1, B
from acumen.text.terms import terms

Documents = dict[int, list[int]]
WORDS = st.lists(st.integers(1, 12), max_size=9)
STEPS = st.lists(
    st.one_of(
        st.dictionaries(st.integers(0, 60), WORDS, min_size=1, max_size=12),
        st.lists(st.integers(0, 60), min_size=1, max_size=20),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexical, "TAIL_ROWS", 8)


def _array(words: list[int]) -> Any:
    return np.array(words, np.uint64)


def _played(steps: list[Any]) -> tuple[LexicalIndex, Documents]:
    index, documents = LexicalIndex(), {}
    for step in steps:
        if isinstance(step, dict):
            index.add(list(step), [_array(words) for words in step.values()])
            documents.update(step)
        else:
            index.remove(step)
            documents = {row: words for row, words in documents.items() if row not in step}
    return index, documents


def _by_hand(documents: Documents, query: list[int]) -> dict[int, float]:
    mean = max(sum(map(len, documents.values())) / len(documents), 1)
    found = {}
    for row, words in documents.items():
        counts, total = Counter(words), 0.0
        for term in set(query) & set(words):
            frequency = sum(term in other for other in documents.values())
            idf = math.log1p((len(documents) - frequency + 0.5) / (frequency + 0.5))
            total += idf * counts[term] / (counts[term] + K1 * (1 - B + B * len(words) / mean))
        found[row] = total
    return found


def _check(hits: Hits, documents: Documents, query: list[int], k: int) -> None:
    expected = {row: value / hits.mass for row, value in _by_hand(documents, query).items() if value}
    best = sorted(expected.values(), reverse=True)[:k]
    assert hits.bm25[: len(best)] == pytest.approx(best, abs=1e-5)
    assert [expected[row] for row in hits.rows.tolist()] == pytest.approx(hits.bm25.tolist(), abs=1e-5)
    assert len(hits.rows) == len(best)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.lists(st.integers(1, 14), min_size=1, max_size=5), st.integers(1, 9))
def test_search_is_bm25_over_what_is_live(steps: list[Any], query: list[int], k: int) -> None:
    """After any additions, replacements and removals, the k best are those of the formula, and no removed row is."""
    index, documents = _played(steps)
    assert len(index) == len(documents) and index.live_rows().tolist() == sorted(documents)
    if documents:
        _check(index.search(_array(query), k), documents, query, k)


@settings(max_examples=30, deadline=None)
@given(STEPS, STEPS, st.lists(st.integers(1, 14), min_size=1, max_size=5))
def test_a_restored_index_answers_and_grows_alike(steps: list[Any], later: list[Any], query: list[int]) -> None:
    """From its image an index comes back the same to the bit, now and after whatever is written next."""
    index, _ = _played(steps)
    copy = LexicalIndex.restore(index.image())
    for one in (index, copy):
        for step in later:
            if isinstance(step, dict):
                one.add(list(step), [_array(words) for words in step.values()])
            else:
                one.remove(step)
    ours, theirs = (one.search(_array(query), 5) for one in (index, copy))
    for name in ("rows", "bm25", "coverage", "agreement"):
        assert getattr(ours, name).tolist() == getattr(theirs, name).tolist()


def _many(count: int, seed: int = 3) -> tuple[LexicalIndex, list[Any]]:
    rng = np.random.default_rng(seed)
    shares = 1 / np.arange(1, 301)
    texts = [rng.choice(300, rng.integers(3, 15), p=shares / shares.sum()).astype(np.uint64) for _ in range(count)]
    index = LexicalIndex()
    index.add(range(count), texts)
    return index, texts


def test_skipping_common_terms_changes_nothing() -> None:
    """Where bounds let most postings of common terms be skipped, the best rows are still the best of all."""
    index, texts = _many(900)
    for place in range(0, 900, 41):
        whole = index.search(texts[place], 900)
        few = index.search(texts[place], 5)
        assert few.rows.tolist() == whole.rows[:5].tolist() and few.bm25.tolist() == whole.bm25[:5].tolist()


def test_a_bounded_search_scores_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only the rarest terms may be read, what is found still has its exact score, and some of the best is."""
    index, texts = _many(900)
    whole = [index.search(text, 900) for text in texts[::50]]
    monkeypatch.setattr(sums, "MOST_READ", 100)
    monkeypatch.setattr(sums, "EAGER", 50)
    for text, every in zip(texts[::50], whole, strict=True):
        few, known = index.search(text, 10), dict(zip(every.rows.tolist(), every.bm25.tolist(), strict=True))
        assert few.bm25.tolist() == [known[row] for row in few.rows.tolist()]
        assert len(set(few.rows.tolist()) & set(every.rows[:10].tolist())) >= 3


def test_a_mask_is_honoured_and_included_rows_are_scored() -> None:
    """Only allowed rows are found; asked-for rows come with the very scores they would be found with."""
    index, texts = _many(500)
    allowed = np.arange(index.rows) % 2 == 0
    found = index.search(texts[4], 20, allowed)
    assert found.rows.size == 20 and (found.rows % 2 == 0).all()
    whole = index.search(texts[4], 500)
    scored = index.score([7, 4, 11], texts[4])
    known = dict(zip(whole.rows.tolist(), whole.bm25.tolist(), strict=True))
    assert scored.rows.tolist() == [4, 7, 11]
    assert scored.bm25.tolist() == [known.get(row, 0.0) for row in (4, 7, 11)]


def test_a_code_alone_is_found_among_many() -> None:
    """An error code finds its pattern, and says that all of the query was found."""
    index = LexicalIndex()
    texts = [f"step {i} of the build reported problem E{i:04d} in module {i % 7}" for i in range(300)]
    index.add(range(300), [terms(text) for text in texts])
    hits = index.search(terms("E0123"), 1)
    assert hits.rows.tolist() == [123] and hits.coverage[0] == pytest.approx(1)


def test_slots_do_not_count_in_agreement() -> None:
    """Two wordings of one kind of task agree wholly, whatever names fill their slots."""
    index = LexicalIndex()
    names = ["ada", "bob", "cyd", "dan", "eve", "fay"]
    index.add(range(6), [terms(f"invite {name} as guest") for name in names])
    hits = index.search(terms("invite zoe as guest"), 6)
    assert hits.agreement == pytest.approx(np.ones(6), abs=1e-5) and (hits.coverage < 0.9).all()


def test_nothing_is_found_for_nothing() -> None:
    """An empty index, an empty query and unknown words give no rows, and unknown words say that they are."""
    index, _ = _many(10)
    assert LexicalIndex().search(terms("word"), 5).rows.size == 0
    assert index.search(terms(""), 5).rows.size == 0
    unknown = index.search(terms("unheard"), 5)
    assert unknown.rows.size == 0 and unknown.unseen == 1


def test_a_foreign_image_is_refused() -> None:
    """Arrays that cannot belong together are not taken for an index."""
    index, _ = _many(20)
    image = index.image()
    with pytest.raises(ValueError, match="do not fit"):
        LexicalIndex.restore({**image, "0.rows": image["0.rows"][:-1]})
