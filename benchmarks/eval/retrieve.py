"""RETRIEVE measured on public sets, with nothing fitted on what is scored here."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from acumen.bank import scoring
from acumen.neural.calibrate import ece, luck
from acumen.text import minilm
from acumen.text.static import load
from benchmarks.eval.retrieval_bank import Embedder, Found, TextBank, judged
from benchmarks.eval.retrieval_learning import Regime, replay
from benchmarks.eval.retrieval_sets import absent, clinc, errors, nonsense, scifact, webarena
from benchmarks.eval.row import Row

Values = NDArray[np.float64]
Ranker = Callable[[Found], Values]
WEIGHTS = scoring.load()
RANKERS: dict[str, Ranker] = {
    "fused": lambda found: judged(found, WEIGHTS).scores,
    "lexical only (BM25)": lambda found: found.hits.bm25.astype(np.float64),
    "dense only": lambda found: found.similarity,
    "naive fusion (sum of z-scores)": lambda found: _standard(found.similarity) + _standard(found.hits.bm25),
}


def rows(data: Path, seed: int = 1, accurate: Path | None = None) -> list[Row]:
    """Return every row of RETRIEVE's quality; `data` is the folder of the public sets.

    The accurate tier has a row only where `accurate` is the folder of its installed weights.
    """
    embedder = load()
    better = [_claims(data, minilm.load(accurate), seed, "accurate", 0.72)] if accurate else []
    return [
        _claims(data, embedder, seed, "static", 0.69),
        *better,
        *_intents(data, embedder, seed),
        *_paraphrases(data, embedder, seed),
        *_scope(data, embedder, seed),
        *_calibration(data, embedder),
        *_learning(data, embedder, seed),
    ]


def interval(values: Any, seed: int, draws: int = 1000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean (n,) (Efron, 1979, percentiles)."""
    values = np.asarray(values, np.float64)
    picks = np.random.default_rng(seed).integers(values.size, size=(draws, values.size))
    low, high = np.quantile(values[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def _row(data: str, measure: str, values: Any, seed: int, **more: Any) -> Row:
    low, high = interval(values, seed)
    value, n = float(np.mean(values)), len(values)
    return Row(step="retrieve", data=data, measure=measure, value=value, n=n, low=low, high=high, **more)


def _standard(values: Any) -> Values:
    return np.asarray((values - values.mean()) / (values.std() + 1e-9), np.float64)


def _ranking(found: Found, ranker: Ranker) -> NDArray[np.int64]:
    return np.lexsort((found.rows, -ranker(found)))


def ndcg(relevant: NDArray[np.bool_], total: int, k: int = 10) -> float:
    """Return nDCG@k of a ranking's relevance (m,) where `total` texts are relevant (Järvelin and Kekäläinen, 2002)."""
    gains = 1 / np.log2(np.arange(k) + 2)
    return float(gains[: relevant[:k].size] @ relevant[:k] / gains[: min(k, total)].sum())


def _claims(data: Path, embedder: Embedder, seed: int, tier: str, goal: float) -> Row:
    questions = scifact(data, "validation")
    found = TextBank(questions.texts, embedder).answer(questions)
    scores = {
        name: [
            ndcg(f.relevant[_ranking(f, ranker)], len(there))
            for f, there in zip(found, questions.relevant, strict=True)
        ]
        for name, ranker in RANKERS.items()
    }
    fused = scores.pop("fused")
    baselines = {name: float(np.mean(values)) for name, values in scores.items()}
    return _row("SciFact", f"nDCG@10, {tier} tier", fused, seed, goal=goal, baselines=baselines)


def _first(found: Sequence[Found], ranker: Ranker) -> list[float]:
    return [float(f.relevant[_ranking(f, ranker)[0]]) for f in found]


def _intents(data: Path, embedder: Embedder, seed: int) -> list[Row]:
    questions = webarena(data)
    found = TextBank(questions.texts, embedder).answer(questions)
    hits = {name: _first(found, ranker) for name, ranker in RANKERS.items()}
    fused = hits.pop("fused")
    baselines = {name: float(np.mean(values)) for name, values in hits.items()}
    alone = sum(not there for there in questions.relevant)
    note = f"{alone} intents have a template of their own and can have no hit: the most is {1 - alone / len(fused):.3f}"
    whole = _row("WebArena", "leave one out hit@1", fused, seed, goal=0.95, baselines=baselines, note=note)
    there = [hit for hit, relevant in zip(fused, questions.relevant, strict=True) if relevant]
    return [whole, _row("WebArena", "leave one out hit@1 where there is another of the template", there, seed)]


def _paraphrases(data: Path, embedder: Embedder, seed: int) -> list[Row]:
    lines = (Path(__file__).with_name("paraphrases.tsv")).read_text().splitlines()
    texts, asked = zip(*(line.split("\t") for line in lines), strict=True)
    others = [*clinc(data, "test", 100, seed).texts, *dict.fromkeys(errors(data, 1, seed).texts)]
    mixed = [others[i] for i in np.random.default_rng(seed).permutation(len(others))]
    made = []
    for size, goal in ((1_000, 24), (10_000, 23)):
        bank = [*texts, *mixed[: size - len(texts)]]
        questions = absent("paraphrases", bank, asked)
        found = TextBank(bank, embedder).answer(questions)
        counts = {
            name: [float(place in f.rows[_ranking(f, ranker)[:5]]) for place, f in enumerate(found)]
            for name, ranker in RANKERS.items()
        }
        fused = counts.pop("fused")
        baselines = {name: sum(values) / len(values) for name, values in counts.items()}
        baselines["hashed n-grams"] = _hashed(bank, asked)
        name = f"share of paraphrases in the top 5 at {size:,} patterns"
        made.append(_row("24 own pairs", name, fused, seed, goal=goal / 24, baselines=baselines))
    return made


def _hashed(bank: Sequence[str], asked: Sequence[str]) -> float:
    """Return what 256 buckets of hashed words and letter trigrams find, as offline memories commonly have it."""
    texts, queries = (np.array([_buckets(text) for text in some]) for some in (bank, asked))
    nearest = np.argsort(-(queries @ texts.T), axis=1, kind="stable")[:, :5]
    return float(np.mean([place in row for place, row in enumerate(nearest)]))


def _buckets(text: str) -> Values:
    words = text.lower().split()
    grams = [*words, *(f" {word} "[i : i + 3] for word in words for i in range(len(word)))]
    vector = np.bincount([crc32(gram.encode()) % 256 for gram in grams], minlength=256).astype(np.float64)
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _probabilities(found: Sequence[Found]) -> tuple[Values, Values]:
    """Return the probability of each query's best result, and whether it is relevant."""
    answers = [judged(f, WEIGHTS) for f in found]
    likely = scoring.p_relevant(np.array([answer.evidence for answer in answers]), WEIGHTS)
    return likely, np.array([float(f.relevant[a.ranking[0]]) for f, a in zip(found, answers, strict=True)])


def _scope(data: Path, embedder: Embedder, seed: int) -> list[Row]:
    questions = clinc(data, "test", 100, seed)
    bank = TextBank(questions.texts, embedder)
    found = bank.answer(questions)
    likely, right = _probabilities(found)
    inside = np.array([bool(there) for there in questions.relevant])
    cut = float(np.quantile(likely[inside], 0.05))
    nearest = np.array([f.similarity.max() for f in found])
    best = np.array([f.hits.bm25.max() for f in found])
    baselines = {
        name: float(np.mean(values[~inside] < np.quantile(values[inside], 0.05)))
        for name, values in (("top cosine", nearest), ("top BM25", best))
    }
    noise = bank.answer(absent("nonsense", questions.texts, nonsense(300, seed)))
    withheld = _probabilities(noise)[0] < WEIGHTS.threshold
    outside = (likely[~inside] < cut).astype(np.float64)
    own = likely[~inside] < WEIGHTS.threshold
    lost = likely[inside & (right > 0)] < WEIGHTS.threshold
    note = "retrieval alone, no trained head"
    measure = "out-of-scope recall at 5 % in-scope rejected"
    return [
        _row("CLINC150", measure, outside, seed, goal=0.88, baselines=baselines, note=note),
        _row("CLINC150", "in-scope hit@1", right[inside], seed),
        _row("CLINC150", "out of scope abstained, shipped threshold", own, seed),
        _row("CLINC150", "right results withheld, shipped threshold", lost, seed, higher_is_better=False),
        _row("nonsense", "abstained, shipped threshold", withheld, seed),
    ]


def _calibration(data: Path, embedder: Embedder) -> list[Row]:
    """Half of the queries have their answers hidden: topics that are absent."""
    made = []
    sets = (clinc(data, "test", 10, 2), scifact(data, "validation"), webarena(data))
    for whole, known in zip(sets, ("other utterances", "other claims", "nothing of this set"), strict=True):
        even, odd = (whole.part(range(start, len(whole.queries), 2)) for start in (0, 1))
        bank = TextBank(whole.texts, embedder)
        likely, right = _probabilities([*bank.answer(even), *bank.answer(odd.without_answers())])
        made.append(
            Row(
                step="retrieve",
                data=whole.name,
                measure="ECE of p_relevant, half of the answers absent",
                value=ece(likely, right),
                n=right.size,
                goal=0.05,
                higher_is_better=False,
                baselines={"the same probabilities if they were true": luck(likely)},
                note=f"relevant {right.mean():.2f}; fitted on {known}",
            )
        )
    return made


def _learning(data: Path, embedder: Embedder, seed: int) -> list[Row]:
    questions = clinc(data, "val", 3, seed)
    questions = questions.part([place for place, there in enumerate(questions.relevant) if there])
    found = TextBank(questions.texts, embedder).answer(questions)
    regimes = {
        "without outcomes": Regime(),
        "statistics alone": Regime(statistics=True),
        "shuffled outcomes": Regime(statistics=True, weights=True, shuffled=True),
        "learned": Regime(statistics=True, weights=True),
    }
    seeds = range(seed, seed + 5)
    ends = {
        name: np.array([replay(found, len(questions.texts), one, regime)[0] for one in seeds])
        for name, regime in regimes.items()
    }
    gain = ends["learned"] - ends["without outcomes"]
    baselines = {name: float(values.mean()) for name, values in ends.items()}
    note = "5 replays of 3,000 tasks over 450 patterns, 40 % of them useless; the baselines are hit@1, this is the gain"
    return [
        _row("CLINC150 replay", "gain in hit@1 on the later half", gain, seed, goal=0.0, baselines=baselines, note=note)
    ]
