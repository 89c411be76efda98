"""Vectors of another embedder are never compared: the bank says so until they are made anew."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acumen.bank.convert import pattern
from acumen.bank.image import frozen, sections
from acumen.bank.reembedding import Reembedding
from acumen.bank.retrieval import Retrieval
from acumen.bank.scoring import load
from acumen.errors import EmbedderMismatch, InvalidInput
from acumen.proto.storage.v1.bank_pb2 import PatternsDeleted, Reembedded, TierChanged
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import FloatVector, Pattern, Vector
from acumen.text.embedder import EmbedderIdentity
from tests.banks import Worker, embedded, fold, problems, worker, written


class Other:
    """Another embedder of the same dimension: what the shipped one says, turned round."""

    identity = EmbedderIdentity(id="other-1", dimension=embedded().identity.dimension)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.ascontiguousarray(embedded().embed(texts)[:, ::-1])


SHIPPED = embedded().identity.id
TEXTS = {"a": "retry the upload", "b": "use an index", "c": "roll back the deployment"}


def entries(embedder: str, texts: dict[str, str] = TEXTS) -> list[JournalEntry]:
    return [written(Pattern(id=i, context=text), embedder=embedder) for i, text in texts.items()]


def reembedded(embedder: str) -> JournalEntry:
    return JournalEntry(reembedded=Reembedded(namespace="default", embedder=embedder))


async def reembed(w: Worker, name: str = "") -> list[pb.ReembedResponse]:
    job = Reembedding(w.kept.writes, w.consolidation.executor)
    return [one async for one in job.run(pb.ReembedRequest(namespace=name))]


@pytest.mark.parametrize("again", [False, True])
async def test_another_embedder_answers_only_after_a_reembedding(tmp_path: Path, again: bool) -> None:
    """Search and Put are refused until then, whether the state came from the journal or, loaded, from a snapshot."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id=i, context=text) for i, text in TEXTS.items()])
        if again:
            await w.kept.upkeep.create_snapshot()
    async with worker(tmp_path) as w:
        bank = w.kept.state.bank
        bank.preparer.embedder = Other()
        for name in ("", "default"):
            with pytest.raises(EmbedderMismatch, match="other-1.*Reembed"):
                bank.searchable(name)
        with pytest.raises(EmbedderMismatch):
            await w.put([Pattern(id="d", content="x")])
        told = await reembed(w)
        assert told[-1].revision == w.kept.journal.revision and told[-1].progress.done == 3
        retrieval = Retrieval(Other(), load())
        request = pb.RetrieveRequest(text="use an index", min_p_relevant=0)
        (found,) = retrieval.retrieve(bank.searchable(""), request, 0).results
        assert found.pattern.id == "b" and found.score.similarity == pytest.approx(1, abs=0.01)
        await w.put([Pattern(id="d", content="x")])


async def test_a_namespace_reembedded_while_empty_takes_patterns(tmp_path: Path) -> None:
    """Nothing to embed is no reason not to find what is put later; nor are namespaces that nobody has written to."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id="a", context="retry the upload")])
        await w.delete(["a"])
        for name in ("default", "new"):
            await reembed(w, name)
            await w.put([Pattern(id="b", context="use an index")], name)
            assert await w.found("use an index", 3, name) == ["b"]
    async with worker(tmp_path) as w:
        assert await w.found("use an index", 3) == ["b"] == await w.found("use an index", 3, "new")
    assert problems(tmp_path) == []


async def test_callers_vectors_cannot_be_made_anew(tmp_path: Path) -> None:
    """Only the caller has them."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(vector=Vector(floats=FloatVector(values=[1, 2])))])
        with pytest.raises(InvalidInput):
            await reembed(w)


def test_every_order_of_embedders_replays_to_what_a_new_bank_would_be(tmp_path: Path) -> None:
    """Entries of an embedder that is not at hand leave the index waiting; a re-embedding makes it whole."""
    new = {"d": "ask for the booking reference"}
    history = [*entries("other-1"), reembedded(SHIPPED), *entries(SHIPPED, new)]
    direct = fold(tmp_path, *entries(SHIPPED, TEXTS | new))
    assert _answers(fold(tmp_path, *history)) == _answers(direct)
    back = [*entries(SHIPPED), reembedded("other-1"), *entries("other-1", new)]
    with pytest.raises(EmbedderMismatch):
        fold(tmp_path, *back).searchable("")
    assert _answers(fold(tmp_path, *back, reembedded(SHIPPED))) == _answers(direct)


def test_reembedding_keeps_the_form_vectors_are_held_in(tmp_path: Path) -> None:
    """A compressed namespace is compressed afterwards too."""
    tier = JournalEntry(tier_changed=TierChanged(namespace="default", tier=pb.COMPRESSION_TIER_BINARY))
    bank = fold(tmp_path, *entries(SHIPPED), tier, reembedded(SHIPPED))
    vectors = bank.namespace("").vectors
    assert vectors is not None and vectors.stats()["compact"].live == 3


def test_deleted_text_is_in_no_index_after_a_reembedding(tmp_path: Path) -> None:
    """It is made from what is there."""
    gone = JournalEntry(patterns_deleted=PatternsDeleted(namespace="default", ids=["b"]))
    bank = fold(tmp_path, *entries(SHIPPED), gone, reembedded(SHIPPED))
    assert [pattern(one.pattern).id for one in _found(bank, "use an index")] == ["a", "c"]
    assert b"".join(one.data for one in sections([frozen(bank.namespace(""))])).count(b"use an index") == 0


def _found(bank: object, text: str) -> Sequence[pb.RetrievedPattern]:
    request = pb.RetrieveRequest(text=text, k=9, min_p_relevant=0)
    found = Retrieval(embedded(), load()).retrieve(bank.searchable(""), request, 0)  # type: ignore[attr-defined]
    return sorted(found.results, key=lambda one: one.pattern.id)


def _answers(bank: object) -> list[tuple[str, bytes]]:
    found = _found(bank, "roll back the upload")
    return [(one.pattern.id, one.score.SerializeToString()) for one in found]
