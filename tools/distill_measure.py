"""How well a table does what its teacher does, and how fast."""

import time

import numpy as np

from benchmarks.eval.embedder import Embed
from tools.distill_corpus import Lesson
from tools.distill_train import Floats

PAIRS = 200_000


def agreement(embed: Embed, held: Lesson, axes: Floats) -> dict[str, float]:
    """Return how texts that were not learned from agree with the teacher.

    `cosine`: mean of each vector with the teacher's projected one (only a table learned along `axes` can have it high);
    `similarity_spearman`: rank correlation of the similarities of random pairs; `nearest_in_ten`: how often a text's
    nearest is among the teacher's nearest ten.
    """
    found, wanted = embed(held.texts), held.vectors @ axes
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    first, second = np.random.default_rng(0).integers(0, len(found), (2, PAIRS))
    ours, theirs = (np.einsum("ij,ij->i", v[first], v[second]) for v in (found, held.vectors))
    return {
        "n": len(found),
        "cosine": float(np.einsum("ij,ij->i", found, wanted).mean()),
        "similarity_spearman": float(np.corrcoef(_ranks(ours), _ranks(theirs))[0, 1]),
        "nearest_in_ten": _nearest_in_ten(found, held.vectors),
    }


def _ranks(values: Floats) -> Floats:
    return np.argsort(np.argsort(values)).astype(np.float32)


def _nearest_in_ten(found: Floats, taught: Floats) -> float:
    ours, theirs = found @ found.T, taught @ taught.T
    for similar in (ours, theirs):
        np.fill_diagonal(similar, -2)
    ten = np.argpartition(-theirs, 10, axis=1)[:, :10]
    return float((ten == ours.argmax(axis=1)[:, None]).any(axis=1).mean())


def latency_us(embed: Embed, rounds: int = 5) -> dict[str, float]:
    """Return median microseconds of one call with one text of 6, 10 and 25 words."""
    sentence = "why does the deployment of the payment service to the staging cluster fail with a connection error "
    found = {}
    for words in (6, 10, 25):
        texts = [" ".join((sentence * 3).split()[start : start + words]) for start in range(17)] * 20
        found[str(words)] = float(np.median([_timed(embed, texts) for _ in range(rounds)]))
    return found


def _timed(embed: Embed, texts: list[str]) -> float:
    times = []
    for text in texts:
        begun = time.perf_counter()
        embed([text])
        times.append(time.perf_counter() - begun)
    return float(np.median(times)) * 1e6
