"""Public sets as retrieval: texts to find, queries, and which texts answer which query."""

import ast
import csv
import gzip
import io
import json
import lzma
import random
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from acumen.text.terms import terms


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalSet:
    """`relevant[q]` are the texts that answer query q; `hidden[q]` those it must not see, such as the query itself."""

    name: str
    texts: Sequence[str]
    queries: Sequence[str]
    relevant: Sequence[frozenset[int]]
    hidden: Sequence[frozenset[int]]

    def without_answers(self) -> "RetrievalSet":
        """Return the same queries with every answer hidden: all of them are absent topics."""
        hidden = [own | there for own, there in zip(self.hidden, self.relevant, strict=True)]
        nothing: list[frozenset[int]] = [frozenset()] * len(self.queries)
        return RetrievalSet(name=self.name, texts=self.texts, queries=self.queries, relevant=nothing, hidden=hidden)

    def part(self, places: Sequence[int]) -> "RetrievalSet":
        """Return the set with these queries only."""
        return RetrievalSet(
            name=self.name,
            texts=self.texts,
            queries=[self.queries[i] for i in places],
            relevant=[self.relevant[i] for i in places],
            hidden=[self.hidden[i] for i in places],
        )


def scifact(data: Path, split: str) -> RetrievalSet:
    """Return claims of `train` or `validation` (the BEIR test set) against 5,183 abstracts."""
    csv.field_size_limit(1 << 27)
    with zipfile.ZipFile(data / "scifact" / "scifact.zip") as archive:
        corpus, claims = (
            list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in ("corpus_train.csv", f"claims_{split}.csv")
        )
    places = {row["doc_id"]: place for place, row in enumerate(corpus)}
    cited: dict[str, set[int]] = defaultdict(set)
    texts: dict[str, str] = {}
    for row in claims:
        texts[row["id"]] = row["claim"]
        cited[row["id"]] |= {places[number] for number in re.findall(r"\d+", row["cited_doc_ids"])}
    return RetrievalSet(
        name="SciFact",
        texts=[f"{row['title']}\n{_sentences(row['abstract'])}" for row in corpus],
        queries=list(texts.values()),
        relevant=[frozenset(cited[claim]) for claim in texts],
        hidden=[frozenset()] * len(texts),
    )


def _sentences(printed: str) -> str:
    """Return the text of a printed array of strings, whose items no comma parts."""
    try:
        return "".join(ast.literal_eval(printed))
    except SyntaxError:
        return printed


def webarena(data: Path) -> RetrievalSet:
    """Return 812 intents, each to be found again among the others by one of the same template."""
    rows = json.loads(gzip.decompress((data / "webarena_templates" / "test.raw.json.gz").read_bytes()))
    return _leave_one_out("WebArena", [r["intent"] for r in rows], [str(r["intent_template_id"]) for r in rows])


def errors(data: Path, most: int, seed: int) -> RetrievalSet:
    """Return descriptions of AWS errors, each to be found again among other services by one of the same name."""
    lines = lzma.decompress((data / "aws_errors" / "botocore_error_shapes.jsonl.xz").read_bytes()).splitlines()
    names: dict[str, str] = {}
    for row in map(json.loads, lines):
        if row["doc"] and len(row["doc"].split()) > 3:
            names.setdefault(row["doc"], row["name"])
    whole = _leave_one_out("AWS errors", list(names), list(names.values()))
    answered = [place for place, there in enumerate(whole.relevant) if there]
    return whole.part(random.Random(seed).sample(answered, most))


def _leave_one_out(name: str, texts: list[str], labels: list[str]) -> RetrievalSet:
    places: dict[str, set[int]] = defaultdict(set)
    for place, label in enumerate(labels):
        places[label].add(place)
    relevant = [frozenset(places[label] - {place}) for place, label in enumerate(labels)]
    own = [frozenset({place}) for place in range(len(texts))]
    return RetrievalSet(name=name, texts=texts, queries=texts, relevant=relevant, hidden=own)


def clinc(data: Path, split: str, per_intent: int, seed: int) -> RetrievalSet:
    """Return utterances of `val` or `test` against so many training utterances per intent; out of scope: no answer."""
    content = json.loads(gzip.decompress((data / "clinc150" / "data_full.json.gz").read_bytes()))
    rng, taken, kept = random.Random(seed), Counter[str](), []
    for text, intent in rng.sample(content["train"], len(content["train"])):
        taken[intent] += 1
        if taken[intent] <= per_intent:
            kept.append((text, intent))
    places: dict[str, set[int]] = defaultdict(set)
    for place, (_, intent) in enumerate(kept):
        places[intent].add(place)
    asked = content[split] + content[f"oos_{split}"] + (content["oos_train"] if split == "val" else [])
    return RetrievalSet(
        name="CLINC150",
        texts=[text for text, _ in kept],
        queries=[text for text, _ in asked],
        relevant=[frozenset(places[intent]) if intent != "oos" else frozenset() for _, intent in asked],
        hidden=[frozenset()] * len(asked),
    )


def reworded(data: Path) -> RetrievalSet:
    """Return sentences that another says again with few of the same words (STS of 2012 to 2014, scores of 4 to 5)."""
    answers: dict[str, set[str]] = defaultdict(set)
    texts: dict[str, int] = {}
    for file in sorted((data / "semeval_sts").glob("201[234].*.tsv.gz")):
        for line in gzip.decompress(file.read_bytes()).decode(errors="replace").splitlines():
            score, first, second = line.split("\t")[:3]
            texts |= {text: texts.get(text, len(texts)) for text in (first, second) if text not in texts}
            if score and float(score) >= 4 and first != second:
                answers[first].add(second)
                answers[second].add(first)
    asked = [text for text in texts if text in answers and max(_likeness(text, o) for o in answers[text]) < 0.4]
    return RetrievalSet(
        name="rewordings",
        texts=list(texts),
        queries=asked,
        relevant=[frozenset(texts[other] for other in answers[text]) for text in asked],
        hidden=[frozenset({texts[text]}) for text in asked],
    )


def _likeness(one: str, other: str) -> float:
    own, theirs = set(terms(one).tolist()), set(terms(other).tolist())
    return 2 * len(own & theirs) / max(len(own) + len(theirs), 1)


def nonsense(count: int, seed: int) -> list[str]:
    """Return queries without meaning: random letters, pronounceable syllables, shuffled unrelated words."""
    rng = np.random.default_rng(seed)
    syllables = [a + b for a in "bcdfgklmnprstvz" for b in "aeiou"]
    words = ["seven", "purple", "because", "ladder", "under", "quickly", "maybe", "tooth", "orbit", "never", "salt"]

    def drawn(kind: int) -> str:
        if kind == 0:
            return " ".join("".join(rng.choice(list("qwxzjkvbpfgh"), rng.integers(3, 9))) for _ in range(4))
        if kind == 1:
            return " ".join("".join(rng.choice(syllables, rng.integers(2, 5))) for _ in range(rng.integers(3, 9)))
        return " ".join(rng.choice(words, rng.integers(4, 9), replace=False))

    return [drawn(kind % 3) for kind in range(count)]


def absent(name: str, texts: Sequence[str], queries: Sequence[str]) -> RetrievalSet:
    """Return queries that nothing of these texts answers."""
    nothing: list[frozenset[int]] = [frozenset()] * len(queries)
    return RetrievalSet(name=name, texts=texts, queries=queries, relevant=nothing, hidden=nothing)
